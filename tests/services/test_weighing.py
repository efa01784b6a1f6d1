"""What is supposed of the indexes by whoever chooses a road: they hold what they are said to tell, and the choice is what one would expect."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import true

from inspect_app.models import cases
from inspect_app.services.narrowing import Some
from inspect_app.services.weighing import LOOKED_UP, SAYS, Often, Weighing

ORDERS = {"due": "ix_cases_open_due_order", "opened": "ix_cases_opened", "updated": "ix_cases_updated",
          "units due": "ix_cases_unit", "units opened": "ix_cases_unit_opened", "units updated": "ix_cases_unit_updated",
          "body": "ix_cases_body_id", "office": "ix_cases_office_id", "superior": "ix_cases_superior_office_id", "state": "ix_cases_state",
          "workflow": "ix_cases_workflow", "overdue": "ix_cases_open_due_order", "rehearsal": "ix_cases_rehearsal", "changed": "ix_cases_updated"}
COLUMNS = {"unit": {"unit_id"}, "overdue": {"is_open", "due_order"}, "open": {"is_open"}, "words": {"title_bits"}, "state": {"state"},
           "workflow": {"workflow"}, "body": {"body_id"}}
MILLION = 1_000_000


@pytest.mark.parametrize(("dialect", "index"), [(dialect, index) for dialect, indexes in SAYS.items() for index in indexes])
def test_an_index_holds_what_it_is_said_to_tell(dialect: str, index: str) -> None:
    indexes = {str(one.name): {column.name for column in one.columns} for one in cases.indexes}
    held = indexes[ORDERS[index]]
    for kind in SAYS[dialect][index]:
        assert COLUMNS[kind] <= held, (index, kind)


def some(kind: str, size: int) -> Some:
    return Some(size, true(), true(), True, kind)


@pytest.mark.parametrize("dialect", list(LOOKED_UP))
@pytest.mark.parametrize("order", ["opened", "updated"])
def test_few_are_gathered_and_many_are_met_on_the_way(dialect: str, order: str) -> None:
    for size, shorter in ((100, "gathered"), (49_000, "along")):
        one = some("workflow", size)
        weighing = Weighing(dialect, MILLION, (one,))
        costs = {"along": weighing.along(order, MILLION, MILLION * weighing.part, {}), "gathered": weighing.gathered("workflow", size, size, {})}
        assert min(costs, key=lambda way: costs[way]) == shorter, costs


parts = st.floats(0.0001, 1.0)


@given(st.sampled_from(list(LOOKED_UP)), st.sampled_from(list(ORDERS)), st.integers(0, MILLION), parts, parts, parts)
def test_to_ask_for_more_never_makes_a_step_dearer(dialect: str, index: str, size: int, units: float, have: float, marked: float) -> None:
    plain, narrower = Weighing(dialect, MILLION, ()), Weighing(dialect, MILLION, (some("state", size),), Often(have, max(have, marked)))
    assert narrower.part <= plain.part == 1
    assert 1 <= narrower.step(index, {"unit": units}) <= plain.step(index, {})
    assert narrower.along(index, MILLION, 0, {}) == MILLION * narrower.step(index, {})

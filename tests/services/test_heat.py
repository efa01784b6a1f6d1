"""The map of the organisation: counted once when the quarter is over, the same for everybody, and nothing small in it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inspect_app.now import hold
from inspect_app.services import heat
from inspect_app.services.queries import today
from tests.services.organisation import Organisation
from workflows.calendar import start_of
from workflows.figures import last_of, quarter_of

DAY = 86_400_000_000


def after_this_quarter(org: Organisation) -> int:
    return start_of(last_of(*quarter_of(today(org.house))) + timedelta(days=2), org.house.zone)


def shown(org: Organisation, quarter: heat.Quarter, measure: str = heat.OPEN) -> dict[str, int | None]:
    return {square.code: square.value for square in heat.squares(org.house, quarter, measure)}


def test_a_quarter_is_counted_when_it_is_over_and_never_again(org: Organisation) -> None:
    quarter = quarter_of(today(org.house))
    for n in range(9):
        org.open(title=f"Matter {n}", unit="W1")
    for n in range(12):
        org.open(title=f"Other {n}", unit="HQ")
    org.open(title="One alone", unit="W2")
    heat.freeze_due(org.house)
    assert quarter not in heat.quarters(org.house)
    with hold(after_this_quarter(org)):
        heat.freeze_due(org.house)
        assert shown(org, quarter) == {"HQ": 22, "W1": 9, "W2": None}
        for n in range(9):
            org.open(title=f"Late {n}", unit="W2")
        heat.freeze_due(org.house)
        assert shown(org, quarter) == {"HQ": 22, "W1": 9, "W2": None}


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_number_that_would_give_a_small_one_away_is_hidden_too(org: Organisation) -> None:
    quarter = quarter_of(today(org.house))
    for n in range(13):
        org.open(title=f"Matter {n}", unit="W1" if n < 10 else "W2")
    with hold(after_this_quarter(org)):
        heat.freeze_due(org.house)
    assert shown(org, quarter) == {"HQ": 13, "W1": None, "W2": None}


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_what_is_past_its_limit_is_overdue_at_the_end_of_the_quarter(org: Organisation) -> None:
    quarter = quarter_of(today(org.house))
    with hold(start_of(last_of(*quarter), org.house.zone) - 80 * DAY):
        for n in range(6):
            org.open(title=f"Matter {n}", unit="W1")
    with hold(after_this_quarter(org)):
        heat.freeze_due(org.house)
    assert shown(org, quarter, heat.OVERDUE)["HQ"] == 6

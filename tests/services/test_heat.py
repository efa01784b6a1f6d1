"""The map of the organisation: a part of what is published of a quarter, counted once, the same for everybody, and nothing small in it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inspect_app.now import hold
from inspect_app.services import heat, mapped, publishing
from inspect_app.services.queries import today
from tests.services.organisation import Organisation
from workflows.calendar import start_of
from workflows.figures import last_of, quarter_of

DAY = 86_400_000_000


def ended(org: Organisation) -> int:
    """The moment at which this quarter has ended and is published."""
    return start_of(last_of(*quarter_of(today(org.house))) + publishing.GRACE + timedelta(days=2), org.house.zone)


def shown(org: Organisation, quarter: str, measure: str = mapped.OPEN) -> dict[str, int | None]:
    one = heat.maps(publishing.newest(org.house))[quarter]
    return {square.code: square.value for square in heat.squares(one, measure)}


def test_the_map_is_frozen_with_the_quarter_and_never_counted_again(org: Organisation) -> None:
    quarter = publishing.named(today(org.house))
    for n in range(9):
        org.open(title=f"Matter {n}", unit="W1")
    for n in range(12):
        org.open(title=f"Other {n}", unit="HQ")
    org.open(title="One alone", unit="W2")
    publishing.round_of(org.house)
    assert quarter not in heat.maps(publishing.newest(org.house))
    with hold(ended(org)):
        publishing.round_of(org.house)
        assert shown(org, quarter) == {"HQ": 22, "W1": 9, "W2": None}
        for n in range(9):
            org.open(title=f"Late {n}", unit="W2")
        publishing.round_of(org.house)
        assert shown(org, quarter) == {"HQ": 22, "W1": 9, "W2": None}


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_number_that_would_give_a_small_one_away_is_hidden_too(org: Organisation) -> None:
    quarter = publishing.named(today(org.house))
    for n in range(13):
        org.open(title=f"Matter {n}", unit="W1" if n < 10 else "W2")
    with hold(ended(org)):
        publishing.round_of(org.house)
    assert shown(org, quarter) == {"HQ": 13, "W1": None, "W2": None}


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_what_is_past_its_limit_is_overdue_and_shown_where_enough_are_not(org: Organisation) -> None:
    quarter = publishing.named(today(org.house))
    end = start_of(last_of(*quarter_of(today(org.house))), org.house.zone)
    with hold(end - 80 * DAY):
        for n in range(6):
            org.open(title=f"Matter {n}", unit="W1")
    with hold(end - DAY):
        for n in range(6):
            org.open(title=f"New {n}", unit="HQ")
    with hold(ended(org)):
        publishing.round_of(org.house)
    assert shown(org, quarter, mapped.OVERDUE) == {"HQ": 6, "W1": None, "W2": None}, "all of W1 are overdue, and none in time is a small number"
    assert shown(org, quarter) == {"HQ": 12, "W1": 6, "W2": None}

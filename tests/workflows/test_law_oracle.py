"""Votes and limitation agree with a second, naive reading of the rules on a hundred thousand random cases."""

from __future__ import annotations

from random import Random

import pytest

from tests.workflows.law_oracle import a_reckoning, a_sitting
from workflows.limitation import barred
from workflows.votes import body_can_decide, defects, freeze_roll, outcome

SHORT, WHOLE = 10_000, 100_000


def agree_on_votes(seed: int, times: int) -> dict[str, int]:
    """Hold the law against the naive reading; returns how often each kind of end came about."""
    chance, ends = Random(seed), {"alone": 0, "added": 0, "nothing": 0, "able": 0}
    for _ in range(times):
        sitting = a_sitting(chance)
        roll = freeze_roll(sitting.members, sitting.values)
        assert (roll.voters, roll.base) == (sitting.voters, sitting.roll), sitting
        assert defects(sitting.ballot, roll, sitting.ladder, sitting.values) == ()
        found = outcome(sitting.ballot, roll, sitting.ladder, sitting.values, sitting.proposing)
        assert (found.reached, found.sanction, found.accumulated) == sitting.result(), sitting
        able = body_can_decide(roll, sitting.ladder, sitting.values, sitting.proposing)
        assert able.ok == sitting.can_decide(), sitting
        ends["added" if found.accumulated else "alone" if found.reached else "nothing"] += 1
        ends["able"] += able.ok
    return ends


def agree_on_limitation(seed: int, times: int) -> dict[bool, int]:
    chance, ends = Random(seed), {True: 0, False: 0}
    for _ in range(times):
        case = a_reckoning(chance)
        found = barred(case.violations, case.which, case.sanction, case.concluded_on, case.values)
        assert (found.barred, found.day) == case.result(), case
        ends[found.barred] += 1
    return ends


def test_votes_agree_with_a_naive_count() -> None:
    ends = agree_on_votes(1, SHORT)
    assert min(ends.values()) > SHORT // 50, ends


def test_limitation_agrees_with_a_naive_search() -> None:
    ends = agree_on_limitation(2, SHORT)
    assert min(ends.values()) > SHORT // 50, ends


@pytest.mark.full
def test_votes_agree_with_a_naive_count_a_hundred_thousand_times() -> None:
    agree_on_votes(3, WHOLE)


@pytest.mark.full
def test_limitation_agrees_with_a_naive_search_a_hundred_thousand_times() -> None:
    agree_on_limitation(4, WHOLE)

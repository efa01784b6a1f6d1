"""Exclusions: each rule of the contract by itself, and all of them against brute force."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest

from inspect_app.access.conflicts import Belonged, Granted, Held, Involved, Passed, Post, Snapshot, Tied, walls
from tests.access.oracle import walls_by_force
from tests.access.random_houses import FIRST, an_organisation, some_people

ACT, LATER, MUCH_LATER = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)
BEFORE = date(2026, 1, 1)
LAST = FIRST + timedelta(days=25)


def differences(seeds: range) -> list[int]:
    found = []
    for seed in seeds:
        rng = Random(seed)
        org, case = an_organisation(rng), some_people(rng)
        if walls(org, case) != walls_by_force(org, case, LAST):
            found.append(seed)
    return found


@pytest.mark.parametrize("part", range(2))
def test_brute_force_agrees_on_ten_thousand_random_organisations(part: int) -> None:
    assert differences(range(part * 5_000, (part + 1) * 5_000)) == []


@pytest.mark.full
@pytest.mark.parametrize("part", range(2))
def test_brute_force_agrees_on_a_hundred_thousand_random_organisations(part: int) -> None:
    assert differences(range(10_000 + part * 50_000, 10_000 + (part + 1) * 50_000)) == []


def test_the_respondent_and_close_ties_are_out_of_everything() -> None:
    org = Snapshot(tied=(Tied(1, 2, BEFORE, None), Tied(2, 3, BEFORE, None)))
    assert walls(org, Involved(ACT, {1: ACT})) == {(1, "all"): ACT, (2, "all"): ACT}


def test_a_tie_that_was_over_before_the_act_does_not_count_and_one_that_comes_later_does_from_then_on() -> None:
    org = Snapshot(tied=(Tied(1, 2, BEFORE, date(2026, 2, 28)), Tied(1, 3, LATER, MUCH_LATER)))
    assert walls(org, Involved(ACT, {1: ACT})) == {(1, "all"): ACT, (3, "all"): LATER}


def test_leaving_the_unit_after_the_act_opens_no_door() -> None:
    """The head of a unit that the person named has left since the act, and that head has left the office too."""
    org = Snapshot({5: Post(7, None)}, {7: frozenset({7})}, held=(Held(5, 2, BEFORE, LATER),), belonged=(Belonged(1, 7, BEFORE, ACT),))
    assert walls(org, Involved(ACT, named={1: ACT})) == {(1, "all"): ACT, (2, "all"): ACT}


def test_the_line_of_a_person_named_goes_one_step_up_and_all_the_way_down() -> None:
    offices = {n: Post(n, n - 1 if n > 1 else None) for n in range(1, 6)}
    org = Snapshot(offices, {n: frozenset({n}) for n in range(1, 6)}, held=tuple(Held(n, n, BEFORE, None) for n in range(1, 6)))
    assert {person for person, _ in walls(org, Involved(ACT, named={3: ACT}))} == {2, 3, 4, 5}


def test_the_line_of_a_chair_named_is_whoever_works_under_them() -> None:
    org = Snapshot(above={1: frozenset({1}), 2: frozenset({1, 2})},
                   granted=(Granted(1, "chair", 1, BEFORE, None), Granted(2, "officer", 2, LATER, None), Granted(3, "auditor", 1, BEFORE, None)))
    assert walls(org, Involved(ACT, named={1: ACT})) == {(1, "all"): ACT, (2, "all"): LATER}
    assert walls(org, Involved(ACT, named={2: ACT})) == {(2, "all"): ACT, (1, "all"): LATER}


def test_a_second_record_is_the_same_person() -> None:
    org = Snapshot(tied=(Tied(2, 4, BEFORE, None),), same={2: 1, 5: 4})
    assert set(walls(org, Involved(ACT, {1: ACT}))) == {(n, "all") for n in (1, 2, 4, 5)}


def test_whoever_the_respondent_answers_for_or_who_answers_for_them_is_walled_with_them() -> None:
    org = Snapshot(passed=(Passed(9, 1, 2, BEFORE, None), Passed(9, 2, 3, LATER, None), Passed(9, 1, 4, BEFORE, None)))
    assert walls(org, Involved(ACT, {3: ACT})) == {(3, "all"): ACT, (2, "all"): LATER, (1, "all"): LATER}
    assert {person for person, _ in walls(org, Involved(ACT, {4: ACT}))} == {1, 4}


def test_the_direct_superior_and_subordinates_are_kept_from_the_team_where_the_ruleset_says_so() -> None:
    org = Snapshot({1: Post(1, None), 2: Post(2, 1), 3: Post(3, 2)}, {n: frozenset(range(1, n + 1)) for n in (1, 2, 3)},
                   held=(Held(1, 1, BEFORE, None), Held(2, 2, BEFORE, None), Held(3, 3, BEFORE, None)), belonged=(Belonged(4, 2, BEFORE, None),))
    kept = walls(org, Involved(ACT, {2: ACT}))
    assert {person for person, part in kept if part == "team_lead"} >= {1, 3, 4} and (1, "all") not in kept
    assert walls(org, Involved(ACT, {2: ACT}, superior_may_investigate=True)) == {(2, "all"): ACT}


def test_who_investigated_does_not_decide_who_took_part_below_does_not_decide_the_appeal_and_an_owner_does_not_verify() -> None:
    case = Involved(ACT, below={1: ACT}, owners={2: ACT}, investigators={3: LATER}, declared={4: LATER})
    told = {(1, "appeal_decider"): ACT, (2, "verifier"): ACT, (3, "decider"): LATER, (4, "all"): LATER}
    assert walls(Snapshot(), case) == told
    assert (3, "decider") not in walls(Snapshot(), Involved(ACT, investigators={3: ACT}, investigators_may_decide=True))

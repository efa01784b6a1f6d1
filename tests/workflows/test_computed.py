"""What the law works out: it overwrites what was typed, copes with whatever it is shown, and codes are those the ruleset lists."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.workflows.samples import act, both, facts
from workflows.acts import ClockFact, StrandFact
from workflows.clocks import Calendar
from workflows.computed import COMPUTED, computes
from workflows.definition import Transition
from workflows.engine import needs, reckon
from workflows.inputs import Computed, Listed, Many, Number
from workflows.listed import codes, unlisted
from workflows.roles import Role
from workflows.ruleset import GENERIC

FIVE = ["a", "b", "c", "d", "e"]
SAID: dict[str, Any] = {"status_then": "person", "status_now": "person", "level": "body", "task": "own", "voters": FIVE, "base": 5}
VOTE = GENERIC.values | {"decision.rule": "vote"}


def asks(*names: str) -> Transition:
    return Transition(trigger="tell", label=both("Tell"), source="opened", dest="opened", who=(Role.OFFICER,),
                      inputs=tuple(Computed(name=name.replace(".", "_"), of=name, label=both(name)) for name in names))


def worked_out(name: str, data: dict[str, Any], **more: Any) -> Any:
    t = asks(name)
    return reckon(t, facts(**({"said": SAID, "ruleset": VOTE} | more)).only(needs(t)), act(data=data)).data.get(name.replace(".", "_"))


def tally(counts: dict[str, int], none: int = 0) -> dict[str, Any]:
    valid = sum(counts.values()) + none
    return {"votes": [{"sanction": code, "votes": n} for code, n in counts.items()], "none": none, "issued": valid, "returned": valid, "spoiled": 0}


@pytest.mark.parametrize(("counts", "none", "outcome"), [
    ({"warning": 3, "reprimand": 2}, 0, "warning"), ({"reprimand": 2, "warning": 2}, 1, "not_reached"), ({"reprimand": 1}, 4, "none"),
    ({"termination": 3}, 2, "not_reached"), ({"exile": 5}, 0, "not_reached")])
def test_a_vote_comes_to_what_the_roll_and_the_ruleset_say(counts: dict[str, int], none: int, outcome: str) -> None:
    assert worked_out("vote.decides", tally(counts, none)) == outcome


DAY = 24 * 3600 * 1_000_000
IN_WORKING_DAYS = VOTE | {"clock.appeal_window": "10wd"}


@pytest.mark.parametrize(("told", "received", "late"), [
    ({"clocks_above": {"appeal_window": ClockFact(99 * DAY, True, 0)}}, "2026-03-01", True),
    ({"clocks_above": {"appeal_window": ClockFact(101 * DAY, False, 0)}}, "2020-01-01", False),
    ({}, "2026-01-31", False), ({}, "2026-01-30", True), ({}, None, False),
    ({"ruleset": IN_WORKING_DAYS}, "2026-02-13", True),
    ({"ruleset": IN_WORKING_DAYS, "calendar": Calendar("tet", 1, "1111100", frozenset({date(2026, 2, 18)}))}, "2026-02-13", False),
])
def test_an_appeal_is_late_by_the_window_of_the_decision_or_else_by_the_calendar(told: dict[str, Any], received: str | None, late: bool) -> None:
    data = {"received_on": received} if received else {}
    assert worked_out("appeal.late", data, **told) is late


@pytest.mark.parametrize("outcome", ["none", "not_reached", None])
def test_what_is_no_sanction_is_never_spent_and_asks_no_ruleset(outcome: str | None) -> None:
    assert worked_out("sanction.expires", {"effective_on": "2026-03-02", "sanction": outcome}) == ""


def test_a_vote_that_is_dated_before_the_act_bars_nothing() -> None:
    said = SAID | {"allegations": [{"committed_on": "2026-03-03"}], "conclusions": [{"allegation": 1, "result": "proven"}]}
    assert worked_out("limitation.barred", {"outcome": "reprimand"}, said=said) is False
    assert worked_out("limitation.barred", {"outcome": "reprimand"}, said=said | {"allegations": [{"committed_on": "2024-03-03"}]}) is True


def test_what_was_typed_is_overwritten() -> None:
    assert worked_out("vote.decides", tally({"warning": 5}) | {"vote_decides": "termination"}) == "warning"
    assert worked_out("said.outcome", {"said_outcome": "warning"}, said={}) is None


@pytest.mark.parametrize("name", sorted(COMPUTED))
def test_a_computation_says_its_rule_and_copes_with_an_empty_case(name: str) -> None:
    assert COMPUTED[name].rule.strip().endswith(".")
    data = {"effective_on": "2026-03-02", "sanction": "reprimand"}
    worked_out(name, data, said={"effective_on": "2026-03-02"})


def test_a_computation_needs_a_name_of_its_own_and_facts_that_exist() -> None:
    with pytest.raises(ValueError, match="is there already"):
        computes("day")
    with pytest.raises(ValueError, match="weather"):
        computes("another", "weather")


def test_a_list_is_a_key_or_a_pattern_over_keys() -> None:
    values = {"ladder.person": ("a", "b"), "ladder.unit": ("b", "c"), "factors.mitigating": ("x",)}
    assert codes(values, "ladder.*") == ("a", "b", "c")
    assert codes(values, "ladder.?") == ("person", "unit")
    assert (codes(values, "factors.mitigating"), codes(values, "nothing")) == (("x",), ())


def test_a_code_that_is_not_listed_is_found_where_it_stands() -> None:
    rows = Many(name="votes", label=both("Votes"), of=(Listed(name="sanction", of="ladder.*", label=both("Sanction")),
                                                       Number(name="votes", label=both("Votes"))))
    factors = Listed(name="factors", of="factors.mitigating", several=True, label=both("Factors"))
    values = {"ladder.person": ("a",), "factors.mitigating": ("x", "y")}
    data = {"votes": [{"sanction": "a", "votes": 1}, {"sanction": "z", "votes": 1}], "factors": ["x", "x"]}
    assert list(unlisted((rows, factors), data, values)) == [(("votes", 1, "sanction"), ("a",)), (("factors",), ("x", "y"))]
    assert list(unlisted((rows, factors), {"factors": ["x", "y"]}, values)) == []


def test_a_unit_reports_its_own_shortcoming_where_its_leader_notes_it_or_its_own_check_finds_it() -> None:
    anna = act().actor.id
    assert worked_out("own.reporter", {}, parts=frozenset({"unit_lead", "officer"})) == [anna]
    assert worked_out("own.reporter", {}, parent=StrandFact("unit_check", "concluded", False, True)) == [anna]
    assert worked_out("own.reporter", {"own_reporter": ["bert"]}, parts=frozenset({"officer"})) is None
    assert worked_out("own.reporter", {}, parts=frozenset({"officer"}), parent=StrandFact("inspection", "concluded", False, True)) is None


def test_who_reports_is_asked_on_days_that_are_named_and_once_at_a_time() -> None:
    told = {"reported_by": ["anna"]}
    assert [worked_out(f"own.ask_{n}", told) for n in (30, 90, 180)] == ["2026-04-01", "2026-05-31", "2026-08-29"]
    assert worked_out("own.ask_30", told, asked_already=True) is None and worked_out("own.ask_30", {}) is None

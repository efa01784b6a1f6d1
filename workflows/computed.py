"""What the law works out and keeps with an act, so that nobody types it: the outcome of a vote, whether its time has run out, the day it is spent.

A computation is a pure function of declared facts and of the act; its name is law. A new one is a decision of the project."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from workflows.acts import FACTS, Act, Facts
from workflows.clocks import runs_out
from workflows.limitation import Violation, barred, expires_on
from workflows.sanctions import on_the_ballot
from workflows.votes import RECUSED, RESPONDENT, Ballot, Member, Roll, defects, freeze_roll, outcome

Value = str | int | bool | list[str] | list[dict[str, Any]] | None
NONE, NOT_REACHED = "none", "not_reached"
"""What a decision comes to where it is no sanction: it was found that there shall be none; or nothing was reached."""


@dataclass(frozen=True, slots=True)
class Computation:
    """One named computation: what it needs, and how it is done."""

    name: str
    needs: tuple[str, ...]
    of: Callable[[Facts, Act], Value]
    rule: str


COMPUTED: dict[str, Computation] = {}
"""The closed table of computations, by name."""


def computes(name: str, *needs: str) -> Callable[[Callable[[Facts, Act], Value]], Callable[[Facts, Act], Value]]:
    """Declare a computation; its docstring is its rule."""
    unknown = [fact for fact in needs if fact not in FACTS]
    if unknown or name in COMPUTED:
        raise ValueError(f"the computation “{name}” is there already, or needs facts that do not exist: {', '.join(unknown)}")

    def declare(function: Callable[[Facts, Act], Value]) -> Callable[[Facts, Act], Value]:
        COMPUTED[name] = Computation(name, needs, function, str(function.__doc__))
        return function

    return declare


def is_organisation(said: Mapping[str, Any]) -> bool:
    """Whether the matter is about a unit, for which the respondent speaks."""
    return bool(said.get("respondent_unit"))


def in_ladder(said: Mapping[str, Any], values: Mapping[str, Any]) -> tuple[str, ...]:
    """The sanctions on the ladder of the person's status, at the act and now, lightest first; none for a status nobody knows."""
    then = str(said.get("status_then"))
    now = str(said.get("status_now", then))
    known = {f"ladder.{then}", f"ladder.{now}"} <= values.keys()
    return on_the_ballot(then, now, values).sanctions if known else ()


def ballot_forms(said: Mapping[str, Any], values: Mapping[str, Any], *, proposing: bool) -> tuple[str, ...]:
    """The forms that stand on the ballot of this level, lightest first; none for a level nobody knows."""
    level = str(said.get("level"))
    if not in_ladder(said, values) or f"competence.{level}.decides" not in values:
        return ()
    then = str(said["status_then"])
    return on_the_ballot(then, str(said.get("status_now", then)), values, level, proposing=proposing, organisation=is_organisation(said)).sanctions


def roll_now(act: Act, respondents: Collection[str], values: Mapping[str, Any]) -> Roll:
    """The roll that an act freezes: whoever the matter is about is marked by the law, the rest as the recorder says, with the reason."""
    return freeze_roll((_member(row, respondents) for row in act.data.get("roll") or ()), values)


def _member(row: Mapping[str, Any], respondents: Collection[str]) -> Member:
    person = str(row.get("person"))
    marks = {str(row[name]) for name in ("mark",) if row.get(name)} | ({RECUSED} if row.get("recused") else set())
    return Member(person, frozenset(marks | ({RESPONDENT} if person in respondents else set())), not row.get("absent"))


def roll_of(said: Mapping[str, Any]) -> Roll:
    """The newest frozen roll of a case."""
    return Roll(tuple(said.get("voters") or ()), (), int(said.get("base") or 0))


def ballot_of(act: Act) -> Ballot:
    """The tally as it was counted."""
    counts = {str(row.get("sanction")): int(row.get("votes") or 0) for row in act.data.get("votes") or ()}
    return Ballot(counts, int(act.data.get("none") or 0), int(act.data.get("issued") or 0), int(act.data.get("returned") or 0),
                  int(act.data.get("spoiled") or 0))


def violations_of(said: Mapping[str, Any], which: Sequence[int] | None = None) -> tuple[Violation, ...]:
    """The violations alleged, or those of these numbers, as limitation looks at them."""
    told = said.get("allegations") or ()
    wanted = range(1, len(told) + 1) if which is None else which
    return tuple(_violation(told[n - 1]) for n in wanted if 0 < n <= len(told))


def _violation(row: Mapping[str, Any]) -> Violation:
    def day(name: str) -> date | None:
        return date.fromisoformat(str(row[name])) if row.get(name) else None

    begun = day("committed_on")
    assert begun is not None
    return Violation(act_on=begun, ended_on=day("ended_on"), discovered_on=day("discovered_on"), category=row.get("category"),
                     continuing=bool(row.get("continuing")), end_unknown=bool(row.get("end_unknown")))


def has_thresholds(forms: Collection[str], values: Mapping[str, Any], *, proposing: bool) -> bool:
    """Whether the ruleset says how many votes each of these needs; one under which one person decides need not."""
    return all(f"vote.{code}.{'propose' if proposing else 'decide'}" in values for code in forms)


def _voted(case: Facts, act: Act, *, proposing: bool) -> Value:
    ballot, roll, forms = ballot_of(act), roll_of(case.said), ballot_forms(case.said, case.ruleset, proposing=proposing)
    if defects(ballot, roll, forms, case.ruleset) or not has_thresholds(forms, case.ruleset, proposing=proposing):
        return NOT_REACHED
    found = outcome(ballot, roll, forms, case.ruleset, proposing=proposing)
    if found.reached and found.sanction is not None:
        return found.sanction
    return NONE if ballot.none * 2 > roll.base else NOT_REACHED


@computes("vote.decides", "said", "ruleset")
def _decides(case: Facts, act: Act) -> Value:
    """What a deciding vote comes to: a sanction, none, or not_reached."""
    return _voted(case, act, proposing=False)


@computes("vote.proposes", "said", "ruleset")
def _proposes(case: Facts, act: Act) -> Value:
    """What a vote on a proposal comes to; nothing is accumulated."""
    return _voted(case, act, proposing=True)


@computes("roll.voters", "people", "ruleset")
def _voters(case: Facts, act: Act) -> Value:
    """Who may vote."""
    return list(roll_now(act, case.people.get("respondent", ()), case.ruleset).entitled)


@computes("roll.base", "people", "ruleset")
def _base(case: Facts, act: Act) -> Value:
    """Of how many the thresholds are counted."""
    return int(roll_now(act, case.people.get("respondent", ()), case.ruleset).base)


@computes("one.decides")
def _one(case: Facts, act: Act) -> Value:
    """What one decider decided: the sanction named, or none."""
    return act.data.get("sanction") or NONE


@computes("limitation.barred", "said", "ruleset", "on")
def _barred(case: Facts, act: Act) -> Value:
    """Whether, for the sanction that was decided, the limitation has run out on every violation proven."""
    sanction = act.data.get("outcome")
    proven = [int(row.get("allegation") or 0) for row in case.said.get("conclusions") or () if row.get("result") == "proven"]
    if sanction in (None, NONE, NOT_REACHED) or not proven:
        return False
    every = violations_of(case.said)
    return all(every[n - 1].act_on <= case.on and barred(every, n - 1, str(sanction), case.on, case.ruleset).barred for n in proven)


@computes("said.outcome", "said")
def _decided(case: Facts, act: Act) -> Value:
    """What was decided before."""
    value: Value = case.said.get("outcome")
    return value


@computes("said.effective_on", "said")
def _effective(case: Facts, act: Act) -> Value:
    """The last day before the decision takes effect."""
    return (date.fromisoformat(str(case.said["effective_on"])) - timedelta(days=1)).isoformat()


@computes("said.expires_on", "said")
def _spent_on(case: Facts, act: Act) -> Value:
    """The day with which the sanction is spent, as it was decided."""
    return str(case.said.get("expires_on") or "")


@computes("sanction.expires", "ruleset")
def _expires(case: Facts, act: Act) -> Value:
    """The day with which the sanction is spent; empty where it never is, or where what was decided is no sanction."""
    if f"expiry.{act.data.get('sanction')}" not in case.ruleset:
        return ""
    day = expires_on(date.fromisoformat(str(act.data["effective_on"])), str(act.data["sanction"]), case.ruleset)
    return "" if day is None else day.isoformat()


@computes("day", "on")
def _day(case: Facts, act: Act) -> Value:
    """The day on which the act happened."""
    return str(case.on.isoformat())


@computes("not_yet")
def _not_yet(case: Facts, act: Act) -> Value:
    """No: what was agreed before does not count from here on."""
    return False


@computes("appeal.late", "now", "on", "ruleset", "clocks_above", "calendar")
def _late(case: Facts, act: Act) -> Value:
    """Whether an appeal came after the window of the decision it is about; where none was opened, after its time from the day of receipt."""
    window = case.clocks_above.get("appeal_window")
    if window is not None:
        return bool(window.due_at < (case.now if act.occurred_at is None else act.occurred_at))
    received = act.data.get("received_on")
    limit = str(case.ruleset.get("clock.appeal_window", "30d"))
    return bool(received) and bool(case.on > runs_out(date.fromisoformat(str(received)), limit, case.calendar))


@computes("appeal.stands", "said")
def _stands(case: Facts, act: Act) -> Value:
    """The sanction that stands after an appeal: the varied one, or the one appealed against."""
    varied = case.said.get("sanction")
    return str(varied if varied not in (None, NONE) else case.said.get("sanction_below") or "")


@computes("outside.decides", "said")
def _outside(case: Facts, act: Act) -> Value:
    """What a body outside decided on an appeal: the sanction it named, the one below where it upheld, or none."""
    result = act.data.get("result")
    below = str(case.said.get("sanction_below") or NONE)
    return below if result == "upheld" else NONE if result == "removed" else str(act.data.get("sanction") or below)


@computes("cycle", "said")
def _cycle(case: Facts, act: Act) -> Value:
    """Which attempt at a remedy this is."""
    return int(case.said.get("cycle") or 0) + 1

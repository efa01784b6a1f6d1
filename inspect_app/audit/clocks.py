"""Replay of time limits: each computed again from the events of its case, the ruleset and the calendars that they name; what differs from
the mirror is told. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from inspect_app.audit.envelope import disclosed
from inspect_app.audit.replay import Difference
from workflows.clocks import Calendar
from workflows.timekeeping import FIRED, RUNNING, TIMED, Clock, Happened, Kept, Law, turn


class ActRow(NamedTuple):
    """An act of a case with what it disclosed; None where its content is gone."""

    seq: int
    trigger: str
    before: str
    after: str
    occurred_at: int
    recorded_at: int
    body: bytes | None


class ClockRow(NamedTuple):
    """A time limit as it is mirrored."""

    name: str
    limit: str
    times: int
    started_seq: int
    due_at: int
    then: str | None
    status: str


def replay_clocks(law: Law, acts: Iterable[ActRow], mirror: list[ClockRow], where: str,
                  calendar: Callable[[str], Calendar | None]) -> Iterator[Difference]:
    """Every limit that is not as the events make it. A case of which a needed content is gone is left out."""
    told = list(acts)
    kept = Kept()
    for act in told:
        move = law.moves.get((act.before, act.trigger))
        if move is None:
            continue
        if act.body is None:
            if move.passes_on or any(isinstance(e, TIMED) for e in move.effects):
                return
            continue
        if not (move.passes_on or any(isinstance(e, TIMED) for e in move.effects) or b'"clock"' in act.body):
            continue
        fields = disclosed(act.body)
        if (under := calendar(fields["calendar"]) if "calendar" in fields else Calendar("")) is None:
            yield Difference(where, act.seq, f"the calendar {fields['calendar']} is not kept here")
            return
        data = {name.removeprefix("data."): value for name, value in fields.items() if name.startswith("data.")}
        fired = tuple(fields["clock"]) if "clock" in fields else None
        try:
            kept = turn(kept, move, Happened(act.seq, act.occurred_at, act.recorded_at, data, under, fired), law)
        except (KeyError, ValueError, TypeError) as error:
            yield Difference(where, act.seq, f"its time limits cannot be derived: {error}")
            return
    yield from _compare(law, told, list(kept.clocks), mirror, where)


def _compare(law: Law, acts: list[ActRow], made: list[Clock], mirror: list[ClockRow], where: str) -> Iterator[Difference]:
    if len(made) != len(mirror):
        yield Difference(where, 0, f"{len(mirror)} time limits are mirrored, its events make {len(made)}")
        return
    for one, there in zip(made, mirror, strict=True):
        truth = ClockRow(one.name, one.limit, one.times, one.started_seq, one.due_at, one.then, one.status)
        if there.status == FIRED and one.status == RUNNING and _passed_by(law, acts, one):
            truth = truth._replace(status=FIRED)
        for name, mirrored, told in zip(ClockRow._fields, there, truth, strict=True):
            if mirrored != told:
                what = f"{name} of the time limit “{one.name}” is mirrored as {mirrored!r}, its events make it {told!r}"
                yield Difference(where, one.started_seq, what)


def _passed_by(law: Law, acts: list[ActRow], one: Clock) -> bool:
    """Whether it ran out where what it fires was not possible: then it left no event."""
    before = [act.after for act in acts if act.recorded_at <= one.due_at][-1:]
    states = [*before, *(act.after for act in acts if act.recorded_at > one.due_at)]
    return any((state, one.then or "") not in law.moves for state in states)


def values_of(ruleset: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a ruleset, from its law."""
    return dict(ruleset["keys"]) | {f"clock.{name}": limit for name, limit in ruleset["clocks"].items()}

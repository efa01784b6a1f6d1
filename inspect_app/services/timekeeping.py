"""The rows of a case's time limits: what the fold of the law makes of an event is written down, and read back line by line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update

from inspect_app.db import Fixed, Session
from inspect_app.models import cases, clock, responsibility
from inspect_app.models.case import FAR
from inspect_app.services import absences
from inspect_app.services.house import House
from inspect_app.services.ledger import Event
from inspect_app.services.taken import Taken
from workflows import effects as fx
from workflows.acts import Act, ExtensionFact
from workflows.calendar import day_of
from workflows.clocks import Calendar, Why, share_of
from workflows.definition import Transition, Workflow
from workflows.timekeeping import COUNTED, NAMED, OPEN, RUNNING, TIMED, Clock, Happened, Kept, law_of, move_of, read_grounds, turn

_OPEN = Fixed("""SELECT id, name, "limit", times, started_seq, started_at, due_at, "then", status, ended_at, calendar, grounds
  FROM clock WHERE case_id = :case AND status IN ('running', 'paused') ORDER BY id""")
_ALL = Fixed("""SELECT id, name, "limit", times, started_seq, started_at, due_at, "then", status, ended_at, calendar, grounds
  FROM clock WHERE case_id = :case ORDER BY id""")
_CHANGED = update(clock).where(clock.c.id == bindparam("row"))
_MADE = insert(clock)
_FIRST = select(func.min(clock.c.due_at)).where(clock.c.case_id == bindparam("case"), clock.c.status == RUNNING,
                                                clock.c.name.not_in(bindparam("undue", expanding=True))).scalar_subquery()
_DUE = update(cases).where(cases.c.id == bindparam("case")).values(due_at=_FIRST, due_order=func.coalesce(_FIRST, FAR))


@dataclass(frozen=True, slots=True)
class Row:
    """A time limit with the number of its row."""

    id: int
    clock: Clock


def rows_of(session: Session, house: House, case_id: int, *, every: bool = False) -> list[Row]:
    """The limits of a case that run or are paused, oldest first; with `every`, also those that have ended."""
    return [_read(house, row) for row in (_ALL if every else _OPEN).run(session, {"case": case_id})]


def _read(house: House, row: tuple[Any, ...]) -> Row:
    id_, name, limit, times, started_seq, started_at, due_at, then, status, ended_at, calendar, grounds = row
    begun, due_on = day_of(started_at, house.zone), day_of(due_at, house.zone)
    told = read_grounds(grounds) if grounds is not None else {"kept": due_on} | ({"named": due_on} if limit == NAMED else {})
    return Row(id_, Clock(name, limit, times, started_seq, started_at, begun, due_on, due_at, then, status, ended_at, calendar or "", **told))


def calendar_for(session: Session, house: House, taken: Taken, transition: Transition) -> Calendar | None:
    """The calendar that an event of this transition names, kept under its hash; None where no days are counted."""
    if not any(isinstance(e, COUNTED) for e in transition.effects):
        return None
    found = house.calendar_for(session, taken.ruleset)
    house.pin(session, found)
    return found


def keep(session: Session, house: House, taken: Taken, transition: Transition, act: Act, event: Event, calendar: Calendar | None) -> None:
    """Carry out what an event means for the limits of its case."""
    if act.clock is None and not any(isinstance(e, TIMED) for e in transition.effects):
        return
    rows = rows_of(session, house, taken.id)
    starts = any(isinstance(e, fx.StartClock) for e in transition.effects)
    before = Kept(tuple(row.clock for row in rows), absences.of_case(session, taken.id) if starts and taken.workflow.knows_absence else ())
    happened = Happened(event.seq, event.occurred_at, event.recorded_at, act.data, calendar or Calendar(""), act.clock)
    after = turn(before, move_of(transition.effects, transition.who), happened, law_of(taken.workflow, taken.ruleset.values, house.zone))
    changed = [(row.id, now) for row, now in zip(rows, after.clocks, strict=False) if now != row.clock]
    for id_, now in changed:
        session.execute(_CHANGED, {"row": id_, **_values(now)})
    if made := [{"case_id": taken.id, **_values(one)} for one in after.clocks[len(rows):]]:
        session.execute(_MADE, made)
    _note_due(session, taken.id, [now for _, now in changed])
    mirror_due(session, taken.id, taken.workflow)


def _values(one: Clock) -> dict[str, Any]:
    return {"name": one.name, "limit": one.limit, "times": one.times, "started_seq": one.started_seq, "started_at": one.started_at,
            "due_at": one.due_at, "then": one.then, "status": one.status, "ended_at": one.ended_at, "calendar": one.calendar or None,
            "compared": one.calendar or None, "grounds": one.grounds()}


def _note_due(session: Session, case_id: int, changed: Iterable[Clock]) -> None:
    for one in changed:
        if one.name == "due" and one.status in OPEN:
            session.execute(update(responsibility).where(responsibility.c.case_id == case_id).values(due_on=one.due_on))


def mirror_due(session: Session, case_id: int, workflow: Workflow) -> None:
    """The case is due when the first of its running limits is; by a silent one, and by a window, nothing is."""
    session.execute(_DUE, {"case": case_id, "undue": list(workflow.undue_clocks)})


# What is told of them -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """A limit with why it ends on its day: the calendar it was derived under, and each step of the derivation."""

    clock: Clock
    calendar: str
    version: int
    lines: tuple[Why, ...]


def told(session: Session, house: House, case_id: int, week: str) -> list[Told]:
    """Every limit of a case, oldest first, derived again from what its row keeps. `week` is the ruleset's."""
    return [_told(session, house, row.clock, week) for row in rows_of(session, house, case_id, every=True)]


def _told(session: Session, house: House, one: Clock, week: str) -> Told:
    under = house.calendar(session, one.calendar) if one.calendar else Calendar("")
    return Told(one, under.name, under.version, one.derived(under.under(week), house.zone).lines)


def next_due(limits: Iterable[Told], undue: Iterable[str]) -> Told | None:
    """The limit that ends first of those that run and by which something is due."""
    running = [one for one in limits if one.clock.status == RUNNING and one.clock.name not in undue]
    return min(running, key=lambda one: one.clock.due_at, default=None)


# How far they may be extended -----------------------------------------------------------------------------------------


def extensions(session: Session, house: House, taken: Taken) -> dict[str, ExtensionFact]:
    """For each limit that runs, how far it may be extended under its ruleset; the last of the repetitions counts."""
    values = taken.ruleset.values
    under = house.calendar_for(session, taken.ruleset).under(values["working_week"])
    found = {row.clock.name: row.clock for row in rows_of(session, house, taken.id) if row.clock.status == RUNNING}
    return {name: _extension(one, under, house, values) for name, one in found.items()}


LONGEST_NAMED = 999
"""A day that was named further ahead counts as so many days ahead, where its share is taken."""


def _extension(one: Clock, under: Calendar, house: House, values: Mapping[str, Any]) -> ExtensionFact:
    cap, approver = values.get(f"extension.{one.name}"), values.get(f"extension.{one.name}.approver")
    limit = f"{min(max((one.named - one.begun).days, 1), LONGEST_NAMED)}d" if one.named is not None else one.limit
    longest, early = share_of(limit, str(cap)) if cap else None, share_of(limit, str(values.get("extension.early", "1/3")))
    plain = replace(one, extensions=())
    begin = replace(plain, not_before=None, kept=None, outages=())
    latest = _after(plain.derived(under, house.zone).due_on, longest, plain, under, house)
    early_until = replace(begin, limit=early, times=1, named=None).derived(under, house.zone).due_on if early else one.begun
    return ExtensionFact(one.due_on, latest, early_until, len(one.extensions), int(values.get("extension.times", 1)), approver)


def _after(due: date, longest: str | None, plain: Clock, under: Calendar, house: House) -> date | None:
    """The day on which so much more time is over, the days away not counted."""
    if longest is None:
        return None
    more = replace(plain, begun=due, limit=longest, times=1, named=None, not_before=None, kept=None, outages=())
    return more.derived(under, house.zone).due_on

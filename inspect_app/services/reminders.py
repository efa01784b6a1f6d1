"""Reminders: once a day, whoever can still do what a time limit waits for is told so many days before it ends, as the ruleset says; and whoever
answers an observation of an auditor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import insert, or_, select, update

from inspect_app.access.parts import ON_FAST_TRACK, REACHING
from inspect_app.db import DRIVER_CONFLICTS, Session
from inspect_app.models import case_role, cases, clock, installation, notice
from inspect_app.now import now
from inspect_app.services import observed, routing, standing
from inspect_app.services.house import House
from inspect_app.services.notices import REMINDER
from workflows import effects as fx
from workflows.calendar import day_of, start_of
from workflows.definition import Transition, Workflow
from workflows.roles import OF_OFFICE, Role
from workflows.timekeeping import RUNNING

DAYS = "remind.days"
"""The key of a ruleset: how many days before."""
LAST = "reminded"
"""Under this name the installation knows the last day whose reminders were written."""


class Owed(NamedTuple):
    """A time limit that runs: its case, and when it ends."""

    case_id: int
    workflow: Workflow
    state: str
    days: tuple[int, ...]
    clock: str
    started_seq: int
    due_on: date
    row: Any


def round_of(house: House, until: int | None = None) -> int:
    """Write the reminders of every day up to this moment (µs; now) that none were written for, in one transaction; returns how many. However many
    do it at the same time, each is written once."""
    day = day_of(now() if until is None else until, house.zone)
    with house.db.reading() as session:
        if _last(session, day) >= day:
            return 0
    try:
        with house.db.atomic("all") as session:
            last = _last(session, day)
            kept = installation.c.name == LAST
            if not session.execute(update(installation).where(kept, installation.c.value < day.isoformat()).values(value=day.isoformat())).rowcount:
                if session.execute(select(installation.c.value).where(kept)).first() is not None:
                    return 0
                session.execute(insert(installation).values(name=LAST, value=day.isoformat()))
            return _write(session, house, last, day) + observed.remind(session, house, last, day)
    except DRIVER_CONFLICTS:
        return 0  # another worker wrote the first of all reminders at the same moment


def _last(session: Session, day: date) -> date:
    """The last day that has its reminders; the day before, where none has."""
    kept = session.execute(select(installation.c.value).where(installation.c.name == LAST)).scalar()
    return date.fromisoformat(kept) if kept else day - timedelta(days=1)


def _write(session: Session, house: House, last: date, day: date) -> int:
    rows = []
    for owed in _near(session, house, day):
        if any((owed.due_on - day).days <= n < (owed.due_on - last).days for n in owed.days):
            rows += [{"person_id": person_id, "case_id": owed.case_id, "seq": owed.started_seq, "kind": REMINDER, "role": role.value,
                      "clock": owed.clock, "due_on": owed.due_on, "made_at": now()}
                     for person_id, role in owing(session, owed.row, owed.workflow, owed.state, owed.clock, day).items()]
    if rows:
        session.execute(insert(notice), rows)
    return len(rows)


def _near(session: Session, house: House, day: date) -> Iterable[Owed]:
    """The limits that end within the days of their ruleset; nothing of a rehearsal, nor of what is paused."""
    most = max((max(_days(r.values), default=0) for r in house.catalogue.rulesets_by_hash.values()), default=0)
    c = cases.c
    rows = session.execute(
        select(c.id, c.definition, c.ruleset, c.state, c.unit_id, c.office_id, c.body_id, c.superior_office_id, c.closed_circle,
               clock.c.name, clock.c.started_seq, clock.c.due_at)
        .join(clock, clock.c.case_id == c.id)
        .where(clock.c.status == RUNNING, clock.c.due_at >= start_of(day, house.zone),
               clock.c.due_at < start_of(day + timedelta(days=most + 1), house.zone),
               c.is_open, ~c.paused, ~c.rehearsal, c.disposed_at.is_(None)).order_by(clock.c.due_at, clock.c.id)).all()
    for row in rows:
        workflow = house.law(row.definition)
        if row.name not in workflow.silent_clocks:
            yield Owed(row.id, workflow, row.state, _days(house.rules(row.ruleset).values), row.name, row.started_seq, day_of(row.due_at, house.zone),
                       row)


def _days(values: Mapping[str, Any]) -> tuple[int, ...]:
    return tuple(values.get(DAYS, ()))


def owing(session: Session, row: Any, workflow: Workflow, state: str, name: str, day: date) -> dict[int, Role]:
    """Who can do today what a time limit of a case waits for, each with one part. Whoever has it by a grant for the unit is asked only where
    nobody has it by the case; whom a wall keeps out is not. `row` says id, unit, office, body and superior office of the case."""
    roles = roles_of(workflow, state, name)
    found: dict[int, Role] = {}
    r = case_role.c
    playing = session.execute(select(r.person_id, r.role).where(
        r.case_id == row.id, r.until_seq.is_(None), or_(r.until_on.is_(None), r.until_on >= day), r.role.in_([role.value for role in roles]))
        .order_by(r.person_id, r.role)).all()
    for person_id, code in playing:
        if Role(code) is not Role.SUPERIOR and (row.office_id is None or code not in OF_OFFICE):
            found.setdefault(person_id, Role(code))
    for role, office_id in ((workflow.held_role, row.office_id), (Role.SUPERIOR, row.superior_office_id)):
        if role in roles and role is not None and office_id is not None:
            answers = standing.who_answers(session, office_id, day, workflow.name)
            if answers is not None:
                found.setdefault(answers.person, role)
    if Role.DECIDER in roles and row.body_id is not None:
        found |= {person_id: Role.DECIDER for person_id in standing.seated(session, row.body_id, day) if person_id not in found}
    if not found and not row.closed_circle:
        for role in (*REACHING, *(ON_FAST_TRACK if workflow.fast else ())):
            if role in roles:
                found |= {person_id: role for person_id in routing.granted_for(session, role, row.unit_id, day) if person_id not in found}
    return {person_id: role for person_id, role in found.items() if standing.unwalled(session, row.id, person_id, day, frozenset({role}))}


def roles_of(workflow: Workflow, state: str, name: str) -> frozenset[Role]:
    """The parts whose steps end a limit in this state; where no step names it, those that can go on from here. A window, by which nothing is due,
    concerns only those who can do what it is open for."""
    ways = [t for t in workflow.out_of(state) if not t.unasked]
    ending = [t for t in ways if _ends(t, name)]
    if not ending and name not in workflow.undue_clocks:
        ending = [t for t in ways if workflow.arrives(state, t) != state]
    return frozenset(role for t in ending for role in t.who) - {Role.SYSTEM}


def _ends(transition: Transition, name: str) -> bool:
    return any(isinstance(e, fx.StopClock) and e.name == name for e in transition.effects)

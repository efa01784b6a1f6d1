"""What a responsibility asks of somebody: what, of which office, by whom, by when and why that day, who determines it. Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select

from inspect_app.db import Session
from inspect_app.models import case_role, clock, office, person, unit
from inspect_app.services import absences, standing
from inspect_app.services.house import House
from inspect_app.services.queries import CaseRow
from inspect_app.services.said import said
from workflows.calendar import day_of
from workflows.clocks import Span
from workflows.roles import Role
from workflows.timekeeping import RUNNING

ANSWERS = ("answer", "statement")
"""The limits by which whoever is asked has to answer: to say that it was received, then to take a position."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A time limit with how it was derived: from which day, how long, which days did not count, until when."""

    since: date
    limit: str
    until: date
    away: tuple[Span, ...] = ()
    status: str = "running"


@dataclass(frozen=True, slots=True)
class Ends:
    """The running limit for somebody's answer, and the first to run out where that is another: (name, moment) each."""

    answer: tuple[str, int] | None = None
    earlier: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked, as a page or a letter shows it. `named_on` is the day that was named, `due_on` the day it has become."""

    office: str
    where: str
    basis: str
    level: str
    owed: str
    summary: str
    due_on: date
    named_on: date
    asked_by: tuple[str, ...]
    body: str
    members: tuple[str, ...]
    answer: Limit | None = None
    away: tuple[Span, ...] = ()
    said: dict[str, Any] = field(default_factory=dict)


def asked(session: Session, house: House, case_id: int, today: date) -> Asked:
    """What a case of responsibility asks, as it stands today."""
    told = said(session, case_id)
    away = absences.of_case(session, case_id)
    officers = session.execute(select(person.c.full_name).join(case_role, case_role.c.person_id == person.c.id)
                               .where(case_role.c.case_id == case_id, case_role.c.role == Role.OFFICER.value, case_role.c.until_seq.is_(None))
                               .order_by(person.c.id)).scalars()
    due_on = absences.due_on(session, house, case_id, told["due"])
    return _made(session, told, today, tuple(officers), due_on, _answer(session, house, case_id, away), away)


def would_ask(session: Session, told: dict[str, Any], today: date, asked_by: str) -> Asked:
    """What an assignment that is being written would ask."""
    return _made(session, told, today, (asked_by,), date.fromisoformat(told["due"]))


def _made(session: Session, told: dict[str, Any], today: date, asked_by: tuple[str, ...], due_on: date, answer: Limit | None = None,
          away: tuple[Span, ...] = ()) -> Asked:
    post = session.execute(select(office.c.title, unit.c.name).join(unit, unit.c.id == office.c.unit_id)
                           .where(office.c.code == told.get("office"))).first()
    number, body = session.execute(select(unit.c.id, unit.c.name).where(unit.c.code == told.get("determiner"))).first() or (None, "–")
    seated = standing.seated(session, number, today) if number is not None else ()
    title, where = post or (str(told.get("office")), "")
    return Asked(title, where, told["basis"], told.get("level", "direct"), told["owed"], told["summary"], due_on,
                 date.fromisoformat(told["due"]), asked_by, body, names(session, seated), answer, away, told)


def names(session: Session, person_ids: Iterable[int]) -> tuple[str, ...]:
    """Full names, in the order of the people's numbers."""
    wanted = select(person.c.full_name).where(person.c.id.in_(tuple(person_ids))).order_by(person.c.id)
    return tuple(session.execute(wanted).scalars())


def _answer(session: Session, house: House, case_id: int, away: tuple[Span, ...]) -> Limit | None:
    """The newest limit for the first answer, or for the answer itself once it was received."""
    row = session.execute(select(clock.c.started_at, clock.c.limit, clock.c.due_at, clock.c.status)
                          .where(clock.c.case_id == case_id, clock.c.name.in_(ANSWERS)).order_by(clock.c.id.desc())).first()
    if row is None:
        return None
    begun, until = (day_of(moment, house.zone) for moment in (row.started_at, row.due_at))
    return Limit(begun, row.limit, until, tuple(a for a in away if a.until > begun and a.since <= until), row.status)


def ends(house: House, rows: Iterable[CaseRow]) -> dict[str, Ends]:
    """By when an answer is awaited in each of these cases, by uid; and what runs out before that, or at all where no answer is awaited."""
    wanted = {row.id: row for row in rows}
    with house.db.reading("all") as session:
        found = session.execute(select(clock.c.case_id, clock.c.name, clock.c.due_at).order_by(clock.c.due_at)
                                .where(clock.c.case_id.in_(wanted), clock.c.status == RUNNING)).all()
    told: dict[str, Ends] = {}
    for id_, row in wanted.items():
        shown = [(name, due_at) for case_id, name, due_at in found if case_id == id_ and name not in row.workflow.undue_clocks]
        answer = next((one for one in shown if one[0] in ANSWERS), None)
        first = shown[0] if shown else None
        told[row.uid] = Ends(answer, first if first and (answer is None or first[1] < answer[1]) else None)
    return told

"""Who opened which file: noted after the answer, counted by day, and shown to those whom the case is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, literal, select
from sqlalchemy.dialects import postgresql, sqlite

from inspect_app.access.parts import sees_everything
from inspect_app.access.reading import only_spoke
from inspect_app.db import Fixed, Session
from inspect_app.models import case_read, case_role, cases, installation, person
from inspect_app.now import now
from inspect_app.services.house import House
from inspect_app.services.queries import CaseRow, today
from inspect_app.services.recording import append_outside
from workflows import retention
from workflows.acts import SYSTEM, Actor
from workflows.roles import Role

STREAM = "access"
FORGOTTEN = "openings_forgotten"
MINUTE = 60_000_000
CONCERNED = frozenset({Role.RESPONDENT, Role.HEAD, Role.COMPANION, Role.OWNER, Role.REPORTER, Role.PROTECTED})
"""Parts that see who opened the file because it is about them; auditors and data officers see it because they ask."""
SHIELDED = (Role.REPORTER.value, Role.PROTECTED.value)
"""Whose own reading is told to nobody."""
_LAST = Fixed("SELECT last_at FROM case_read WHERE case_id = :case AND person_id = :person AND read_on = :day")


@dataclass(frozen=True, slots=True)
class Opened:
    """Somebody opened the file on a day, in a part; `name` is None for readers who are told the part alone."""

    name: str | None
    part: str
    on: date


def _insert(session: Session) -> Any:
    return (postgresql if session.dialect.name == "postgresql" else sqlite).insert(case_read)


def _counted(row: Any) -> Any:
    return row.on_conflict_do_update(index_elements=["case_id", "person_id", "read_on"],
                                     set_={"times": case_read.c.times + 1, "last_at": row.excluded.last_at})


def note(house: House, actor: Actor, row: CaseRow, door: str) -> None:
    """Note that this actor has read a case through a door (page, api); the first time on a day is an event as well."""
    if actor.person_id is None or sees_everything(actor):
        return
    moment, day = now(), today(house)
    with house.db.glance() as session:
        before = _LAST.run(session, {"case": row.id, "person": actor.person_id, "day": day.isoformat()})
    if before and before[0][0] > moment - MINUTE:
        return
    part = next((role.value for role in Role if role in row.parts), "")
    with house.db.atomic(actor.person_id) as session:
        values = {"case_id": row.id, "person_id": actor.person_id, "read_on": day, "door": door, "part": part, "times": 1, "first_at": moment,
                  "last_at": moment}
        times = session.execute(_counted(_insert(session).values(**values)).returning(case_read.c.times)).scalar_one()
        if times == 1:
            append_outside(session, house.log, STREAM, actor, "open_case", {"case": row.uid, "part": part, "door": door}, moment)


def note_export(session: Session, house: House, actor: Actor, chosen: list[ColumnElement[bool]], part: str) -> None:
    """Note that this actor has taken the histories of the chosen cases; that event stands in the stream of exports."""
    if actor.person_id is None or sees_everything(actor):
        return
    moment = now()
    values = select(cases.c.id, literal(actor.person_id), literal(today(house)), literal("export"), literal(part), literal(1), literal(moment),
                    literal(moment)).where(*chosen)
    names = ["case_id", "person_id", "read_on", "door", "part", "times", "first_at", "last_at"]
    session.execute(_counted(_insert(session).from_select(names, values)))


def forget_daily(house: House) -> int:
    """`forget`, the first time on a day that somebody asks."""
    day = today(house).isoformat()
    with house.db.atomic("all") as session:
        if session.execute(select(installation.c.value).where(installation.c.name == FORGOTTEN)).scalar() == day:
            return 0
        session.execute(delete(installation).where(installation.c.name == FORGOTTEN))
        session.execute(insert(installation).values(name=FORGOTTEN, value=day))
    return forget(house)


def forget(house: House) -> int:
    """Let the notes of who opened a file go whose time is over by the ruleset of the case; returns how many. That they went is told in the
    history of accesses, by number."""
    day, r, gone = today(house), case_read.c, 0
    with house.db.reading("all") as session:
        read = session.execute(select(cases.c.ruleset, r.read_on).join(cases, cases.c.id == r.case_id).distinct()).all()
    over = [(rules, on) for rules, on in read if _is_over(house, rules, on, day)]
    if over:
        with house.db.atomic("all") as session:
            for rules, on in over:
                of_rules = select(cases.c.id).where(cases.c.ruleset == rules)
                gone += session.execute(delete(case_read).where(r.read_on == on, r.case_id.in_(of_rules))).rowcount
            append_outside(session, house.log, STREAM, SYSTEM, "forget_openings", {"openings": gone}, now())
    return gone


def _is_over(house: House, rules: str, on: date, day: date) -> bool:
    period = retention.period_of(house.rules(rules).values, retention.ACCESS_LOG)
    return retention.is_due(retention.due(retention.Ended(on, retention.ACCESS_LOG, period)), day)


def may_see(actor: Actor, row: CaseRow) -> bool:
    """Whether this reader sees who opened the file: the case is about them, or they audit or answer questions of access."""
    return bool(row.parts & {*CONCERNED, Role.AUDITOR, Role.DATA_OFFICER}) or sees_everything(actor)


def openings(house: House, actor: Actor, row: CaseRow) -> list[Opened]:
    """Who opened the file, newest first; nothing for readers who may not see it. Never the reader's own openings, and never the reporter's.
    Whoever only spoke is told parts and no names, as they are told of acts."""
    if not may_see(actor, row):
        return []
    shielded = select(case_role.c.person_id).where(case_role.c.case_id == row.id, case_role.c.role.in_(SHIELDED))
    r = case_read.c
    with house.db.reading() as session:
        found = session.execute(
            select(person.c.full_name, r.part, r.read_on).join(person, person.c.id == r.person_id)
            .where(r.case_id == row.id, r.person_id != (actor.person_id or 0), r.person_id.not_in(shielded))
            .order_by(r.read_on.desc(), r.first_at.desc(), r.person_id, r.part)
        ).all()
    unnamed = only_spoke(row.parts) and not sees_everything(actor)
    return [Opened(None if unnamed else name, part, on) for name, part, on in found]

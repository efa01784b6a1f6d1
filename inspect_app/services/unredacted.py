"""Reading one case unredacted: an auditor asks with a reason, another person agrees, for some days. It changes no case: it is an event in the
history of accesses, as reading is, and shown to those whom the case is about.

Who agrees is a data officer or a chair for the unit of the case, whom no wall keeps out of it. What nobody but others reads, such as who
reported, stays withheld: only what is redacted from auditors is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert, or_, select, update

from inspect_app.access.conflicts import EVERY_PART
from inspect_app.access.parts import in_force
from inspect_app.access.policy import TABLE, Policy
from inspect_app.access.reading import only_spoke
from inspect_app.db import Session
from inspect_app.errors import Invalid, NotFound, NotYours
from inspect_app.models import cases, exclusion, person, role_grant, unit, unit_above, unredacted
from inspect_app.now import now
from inspect_app.services import readings
from inspect_app.services.administering import problem, records_of, text_of
from inspect_app.services.bulk import one_at_a_time
from inspect_app.services.house import House
from inspect_app.services.ledger import Key
from inspect_app.services.queries import CaseRow, today
from inspect_app.services.requests import note, was_done
from workflows.acts import Actor
from workflows.calendar import day_of
from workflows.roles import Role

LONGEST = 30
"""Days for which it may be agreed."""
WAITING, AGREED, DECLINED, OVER = "waiting", "agreed", "declined", "over"


@dataclass(frozen=True, slots=True)
class Request:
    """One request, with what came of it: `state` is waiting, agreed, declined, or over; `until` is the last day of what was agreed to. Names
    are None for readers who are told no names."""

    id: int
    case: str
    number: str
    workflow: str
    unit: str | None
    by: str | None
    reason: str
    days: int
    asked_on: date
    state: str
    answered_by: str | None
    until: date | None


def may_ask(actor: Actor, row: CaseRow) -> None:
    """Only an auditor of the case may ask. Raises `NotYours`."""
    if Role.AUDITOR not in row.parts or actor.person_id is None:
        raise NotYours("ask_unredacted", (Role.AUDITOR,))


def ask(house: House, actor: Actor, row: CaseRow, reason: str | None, days: int | None, key: Key | None = None) -> Request:
    """An auditor of a case asks to read it unredacted. With `key`, a request that was answered before is answered again. Raises `NotYours`,
    `Invalid`, `KeyReused`."""
    may_ask(actor, row)
    why = text_of(actor, reason, "reason", 1000)
    if days is None or not 1 <= days <= LONGEST:
        raise Invalid((problem(actor, "days", "fault.unredacted_days", most=LONGEST),))
    u, day = unredacted.c, today(house)
    mine = (u.case_id == row.id, u.person_id == actor.person_id)
    with house.db.atomic("all") as session:
        if not was_done(session, actor, key):
            runs = select(u.id).where(*mine, or_(u.answered_at.is_(None), u.until_on >= day))
            if session.execute(runs).first() is not None:
                raise Invalid((problem(actor, "", "fault.unredacted_twice"),))
            session.execute(insert(unredacted).values(case_id=row.id, person_id=actor.person_id, reason=why, days=days, asked_at=now()))
            note(session, house, readings.STREAM, actor, "ask_unredacted", {"case": row.uid, "reason": why, "days": days}, key)
        return _told(session.execute(_SELECT.where(*mine).limit(1)).one(), house, day)


def answer(house: House, actor: Actor, number: int, agree: bool, key: Key | None = None) -> Request:
    """Another person agrees to a request, declines it, or withdraws what was agreed to, at once. With `key`, a request that was answered
    before is answered again. Raises `NotFound` for one that is not there, not theirs to answer, or answered before; `KeyReused`."""
    u, day = unredacted.c, today(house)
    with house.db.atomic("all") as session:
        one_at_a_time(session, readings.STREAM)
        found = session.execute(_SELECT.where(u.id == number)).first()
        if found is None or not _may_answer(session, actor, found, day):
            raise NotFound("There is no such request that is yours to answer.")
        if not was_done(session, actor, key):
            _answer(session, house, actor, found, agree, day, key)
        return _told(session.execute(_SELECT.where(u.id == number)).one(), house, day)


def _answer(session: Session, house: House, actor: Actor, found: Any, agree: bool, day: date, key: Key | None) -> None:
    before = _state(found, day)
    if before != WAITING and (agree or before != AGREED):
        raise NotFound("This request was answered before.")
    until = day + timedelta(days=found.days - 1) if agree else day - timedelta(days=1) if before == AGREED else None
    values: dict[str, Any] = {"until_on": until}
    if before == WAITING:
        values |= {"agreed": agree, "answered_at": now(), "answered_by_id": actor.person_id}
    session.execute(update(unredacted).where(unredacted.c.id == found.id).values(**values))
    what = "agree_unredacted" if agree else "withdraw_unredacted" if before == AGREED else "decline_unredacted"
    note(session, house, readings.STREAM, actor, what, {"case": found.uid, "person": found.asker, "until": until.isoformat() if until else None}, key)


_ANSWERED_BY = person.alias("answered_by")
_SELECT = (
    select(unredacted, cases.c.uid, cases.c.number, cases.c.workflow, cases.c.unit_id, cases.c.closed_circle, unit.c.name.label("unit_name"),
           person.c.uid.label("asker"), person.c.full_name.label("asker_name"), _ANSWERED_BY.c.full_name.label("answered_by_name"))
    .join(cases, cases.c.id == unredacted.c.case_id).outerjoin(unit, unit.c.id == cases.c.unit_id)
    .join(person, person.c.id == unredacted.c.person_id).outerjoin(_ANSWERED_BY, _ANSWERED_BY.c.id == unredacted.c.answered_by_id)
    .order_by(unredacted.c.id.desc())
)


def _may_answer(session: Session, actor: Actor, found: Any, day: date) -> bool:
    """Granted for the unit of the case, not walled from it, and somebody else than who asks, in whatever record of them."""
    if actor.person_id is None or found.closed_circle or found.person_id in records_of(session, actor.person_id):
        return False
    g, x = role_grant.c, exclusion.c
    granted = select(g.id).join(unit_above, unit_above.c.above_id == g.unit_id).where(
        unit_above.c.unit_id == found.unit_id, g.person_id == actor.person_id, g.role.in_([r.value for r in TABLE[Policy.AGREES].granted]),
        in_force(role_grant, day))
    walled = select(x.case_id).where(x.case_id == found.case_id, x.person_id == actor.person_id, x.part == EVERY_PART, x.since_on <= day)
    return session.execute(granted).first() is not None and session.execute(walled).first() is None


def _state(found: Any, day: date) -> str:
    if found.answered_at is None:
        return WAITING
    return DECLINED if not found.agreed else AGREED if found.until_on >= day else OVER


def _told(found: Any, house: House, day: date, *, named: bool = True) -> Request:
    return Request(found.id, found.uid, found.number, found.workflow, found.unit_name, found.asker_name if named else None, found.reason, found.days,
                   day_of(found.asked_at, house.zone), _state(found, day), found.answered_by_name if named else None, found.until_on)


def to_answer(house: House, actor: Actor) -> list[Request]:
    """The requests that wait for this actor's word, and what was agreed to and runs, which they may withdraw; newest first."""
    day, u = today(house), unredacted.c
    with house.db.reading("all") as session:
        rows = session.execute(_SELECT.where(or_(u.answered_at.is_(None), u.until_on >= day))).all()
        return [_told(row, house, day) for row in rows if _may_answer(session, actor, row, day)]


def asked_by(house: House, actor: Actor) -> list[Request]:
    """The actor's own requests, newest first."""
    day = today(house)
    with house.db.reading("all") as session:
        return [_told(row, house, day) for row in session.execute(_SELECT.where(unredacted.c.person_id == actor.person_id)).all()]


def of_case(house: House, actor: Actor, row: CaseRow) -> list[Request]:
    """Every request about a case, for those who see who opened it; whoever only spoke is told no names."""
    if not readings.may_see(actor, row):
        return []
    day = today(house)
    with house.db.reading("all") as session:
        rows = session.execute(_SELECT.where(unredacted.c.case_id == row.id)).all()
    return [_told(one, house, day, named=not only_spoke(row.parts)) for one in rows]

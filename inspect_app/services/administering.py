"""What every administrative act shares: one transaction, one line in the administrative history, refusals in the reader's language.

Acts of administration come one at a time. Each writes and then looks at the whole that came of it: what does not hold is refused, and
the transaction leaves nothing behind."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, NoReturn

from sqlalchemy import Row, func, insert, select

from inspect_app import i18n
from inspect_app.access.parts import in_force, sees_everything
from inspect_app.audit.envelope import disclosed
from inspect_app.db import DRIVER_CONFLICTS, Fixed, Session
from inspect_app.errors import Invalid, KeyReused, NotYours, Problem
from inspect_app.models import account, answered, office, person, role_grant, unit, unit_above
from inspect_app.now import now
from inspect_app.services import chronicle
from inspect_app.services.bulk import one_at_a_time
from inspect_app.services.house import House
from inspect_app.services.ledger import Key
from inspect_app.services.queries import today
from workflows.acts import Actor
from workflows.roles import Role

CODE = re.compile(r"[\w.-]{1,60}")
FAR_PAST, FAR_FUTURE = date(1900, 1, 1), date(2999, 12, 31)


@dataclass(frozen=True, slots=True)
class Done:
    """What an administrative act did: its name, and the facts that were noted of it."""

    what: str
    facts: Mapping[str, Any]


Work = Callable[[Session], tuple[str, Mapping[str, Any]]]
"""Carries an act out in an open transaction; returns its name and what is to be noted."""


def carry_out(house: House, actor: Actor, work: Work, key: Key | None = None) -> Done:
    """Carry out one administrative act and note it, all of it or nothing. With `key`, a request that was answered before is answered
    again. Raises `Invalid`, `NotYours`, `KeyReused`."""
    try:
        with house.db.atomic("all") as session:
            one_at_a_time(session, chronicle.STREAM)
            if key is not None and (before := _before(session, actor, key)) is not None:
                return before
            what, facts = work(session)
            event = chronicle.note(session, house, actor, what, facts)
            if key is not None:
                session.execute(insert(answered).values(actor=actor.id, key=key.key, request=key.request, case_id=0, event=event, created_at=now()))
            return Done(what, facts)
    except DRIVER_CONFLICTS:
        refuse(actor, "", "fault.same_time")


_ANSWERED = Fixed("""SELECT a.request, e."trigger", c.body FROM answered a JOIN event e ON e.id = a.event JOIN content c ON c.event_id = e.event_id
  WHERE a.actor = :actor AND a.key = :key""")


def _before(session: Session, actor: Actor, key: Key) -> Done | None:
    rows = _ANSWERED.run(session, {"actor": actor.id, "key": key.key})
    if not rows:
        return None
    request, what, body = rows[0]
    if request != key.request:
        raise KeyReused
    return Done(what, facts_in(body))


def facts_in(body: bytes) -> dict[str, Any]:
    """The facts that an administrative event noted."""
    return {name.removeprefix("data."): value for name, value in disclosed(body).items() if name.startswith("data.")}


def problem(actor: Actor, field: str, key: str, **values: object) -> Problem:
    """What is wrong with a field, in the actor's language; `key` names the sentence, and its last part is the code."""
    return Problem(f"/{field}" if field else "", key.partition(".")[2], i18n.say(actor.language, key, **values))


def refuse(actor: Actor, field: str, key: str, **values: object) -> NoReturn:
    """Refuse an act because of one field. Raises `Invalid`."""
    raise Invalid((problem(actor, field, key, **values),))


def _sought(text: str | None) -> str:
    """A text to look something up by; what no database could hold finds nothing."""
    return "" if text is None or "\0" in text else text


class Named(NamedTuple):
    """A unit, office or person that was named: its number, how it is called in files, and the unit it belongs to."""

    id: int
    code: str
    unit_id: int | None


def unit_named(session: Session, actor: Actor, code: str | None, field: str = "unit") -> Row[Any]:
    """The unit or body with this code. Raises `Invalid`."""
    found = session.execute(select(unit).where(unit.c.code == _sought(code))).first()
    if found is None:
        refuse(actor, field, "fault.unit_unknown", code=(code or "")[:60])
    return found


def office_named(session: Session, actor: Actor, code: str | None, field: str = "office") -> Row[Any]:
    """The office with this code. Raises `Invalid`."""
    found = session.execute(select(office).where(office.c.code == _sought(code))).first()
    if found is None:
        refuse(actor, field, "fault.office_unknown", code=(code or "")[:60])
    return found


def person_named(session: Session, actor: Actor, text: str | None, field: str = "person") -> Named:
    """The person with this identifier or login. Raises `Invalid`."""
    found = session.execute(select(person.c.id, person.c.uid, person.c.unit_id).where(person.c.uid == _sought(text))).first()
    if found is None:
        found = session.execute(select(person.c.id, person.c.uid, person.c.unit_id).join(account, account.c.person_id == person.c.id)
                                .where(account.c.login == _sought(text).casefold())).first()
    if found is None:
        refuse(actor, field, "fault.person_unknown", code=(text or "")[:60])
    return Named(*found)


def records_of(session: Session, person_id: int) -> set[int]:
    """Every record of somebody who was entered more than once, this one included."""
    root = session.execute(select(func.coalesce(person.c.same_as_id, person.c.id)).where(person.c.id == person_id)).scalar_one()
    return {root, *session.execute(select(person.c.id).where(person.c.same_as_id == root)).scalars()}


def may_administer(session: Session, house: House, actor: Actor, unit_id: int | None) -> None:
    """Whether this actor administers this unit: granted for it or one above it. What belongs to no unit inside the house, what stands outside, and
    what nobody is granted for, is for those who administer a unit at the top. Raises `NotYours`."""
    if sees_everything(actor):
        return
    granted = select(role_grant.c.unit_id).where(role_grant.c.role == Role.ADMIN.value, in_force(role_grant, today(house)))
    mine = granted.where(role_grant.c.person_id == actor.person_id)
    outside = unit_id is None or session.execute(select(unit.c.external).where(unit.c.id == unit_id)).scalar_one()
    if not outside:
        above = select(unit_above.c.above_id).where(unit_above.c.unit_id == unit_id, unit_above.c.above_id.in_(granted))
        outside = session.execute(above.limit(1)).first() is None
    if outside:
        query = select(unit.c.id).where(unit.c.id.in_(mine), unit.c.parent_id.is_(None), ~unit.c.external)
    else:
        query = select(unit_above.c.unit_id).where(unit_above.c.unit_id == unit_id, unit_above.c.above_id.in_(mine))
    if session.execute(query.limit(1)).first() is None:
        raise NotYours("administer", (i18n.say(actor.language, "fault.not_your_unit"),))


def code_of(actor: Actor, text: str, field: str = "code") -> str:
    """A code as it may stand in addresses and files. Raises `Invalid`."""
    if CODE.fullmatch(text) is None:
        refuse(actor, field, "fault.code_form")
    return text


def text_of(actor: Actor, text: str | None, field: str, most: int, *, needed: bool = True) -> str | None:
    """A text without blanks around it, on one line, at most so long. Raises `Invalid`."""
    told = " ".join((text or "").split())
    if "\0" in told or len(told) > most:
        refuse(actor, field, "fault.text_long", most=most)
    if needed and not told:
        refuse(actor, field, "fault.text_needed")
    return told or None


def day_of_text(actor: Actor, value: str | date | None, field: str) -> date | None:
    """A day, from its text or as it is; None where none is given. Raises `Invalid`."""
    try:
        day = date.fromisoformat(value) if isinstance(value, str) and value else value or None
    except ValueError:
        refuse(actor, field, "fault.day_form", text=str(value)[:30])
    if isinstance(day, date) and not FAR_PAST <= day <= FAR_FUTURE:
        refuse(actor, field, "fault.day_form", text=str(value)[:30])
    return day if isinstance(day, date) else None


def said(value: date | None) -> str | None:
    """A day as it is noted."""
    return value.isoformat() if value else None


def changed(before: Mapping[str, Any], after: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """What a change changed, as it is noted: each field with what it was before."""
    found: dict[str, Any] = {}
    for name in names:
        if before.get(name) != after.get(name):
            found |= {name: after.get(name), f"{name}_before": before.get(name)}
    return found

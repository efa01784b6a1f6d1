"""People over time: where they belong, when they are away, who is close to whom, who was entered twice, and what is granted to them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, insert, or_, select, update
from uuid_utils import uuid4

from inspect_app.db import Session
from inspect_app.models import absence, account, belonging, close_tie, person, role_grant, unit
from inspect_app.services import administrators, checkpoints, freezes, setup, walls
from inspect_app.services.administering import (
    CODE,
    Done,
    Named,
    carry_out,
    changed,
    day_of_text,
    may_administer,
    person_named,
    records_of,
    refuse,
    said,
    text_of,
    unit_named,
)
from inspect_app.services.house import House
from inspect_app.services.ledger import Key
from inspect_app.services.queries import today
from workflows.acts import Actor
from workflows.roles import GRANTED, Role
from workflows.words import LANGUAGES

ABSENCES = ("leave", "illness")
TWO_HATS = frozenset({Role.ADMIN.value, Role.CHAIR.value})
"""Roles that nobody has at the same time."""


def add_person(house: House, actor: Actor, name: str, at: str, *, called: str | None = None, login: str | None = None,
               language: str = LANGUAGES[0], since: str | date | None = None, key: Key | None = None) -> Done:
    """Someone who belongs to a unit, from today unless told otherwise; with `login` they have an account, and no password yet.
    Raises `Invalid`, `NotYours`."""

    def work(session: Session) -> tuple[str, Mapping[str, Any]]:
        where = unit_named(session, actor, at)
        may_administer(session, house, actor, where.id)
        told = text_of(actor, name, "name", 300) or ""
        begin, uid = day_of_text(actor, since, "since") or today(house), str(uuid4())
        id_ = session.execute(insert(person).values(uid=uid, full_name=told, called=text_of(actor, called, "called", 100, needed=False)
                                                    or told.split()[-1][:100], unit_id=where.id).returning(person.c.id)).scalar_one()
        session.execute(insert(belonging).values(person_id=id_, unit_id=where.id, since_on=begin))
        if login:
            write_account(session, actor, id_, login, language)
        return "add_person", {"person": uid, "login": login.casefold() if login else None, "unit": at, "since": said(begin)}

    return carry_out(house, actor, work, key)


def write_account(session: Session, actor: Actor, person_id: int, login: str, language: str) -> None:
    """Give someone an account of this name, or change its name and language. Raises `Invalid`."""
    name = login.casefold()
    if CODE.fullmatch(name) is None and not (len(name) <= 100 and name.isprintable() and " " not in name):
        refuse(actor, "login", "fault.login_form")
    if language not in LANGUAGES:
        refuse(actor, "language", "fault.language", names=", ".join(LANGUAGES))
    other = session.execute(select(account.c.person_id).where(account.c.login == name)).scalar()
    if other not in (None, person_id):
        refuse(actor, "login", "fault.login_taken", login=name)
    if session.execute(update(account).where(account.c.person_id == person_id).values(login=name, language=language)).rowcount == 0:
        session.execute(insert(account).values(person_id=person_id, login=name, language=language))


def change_person(house: House, actor: Actor, who: str, changes: Mapping[str, Any]) -> Done:
    """What someone's full name is, and how they are `called`. Raises `Invalid`, `NotYours`."""

    def work(session: Session) -> tuple[str, Mapping[str, Any]]:
        someone = _mine(session, house, actor, who)
        row = session.execute(select(person.c.full_name, person.c.called).where(person.c.id == someone.id)).one()
        for field in set(changes) - {"full_name", "called"}:
            refuse(actor, field, "fault.field_unknown")
        after = {"full_name": text_of(actor, changes.get("full_name", row.full_name), "full_name", 300),
                 "called": text_of(actor, changes.get("called", row.called), "called", 100)}
        difference = changed(row._asdict(), after, after)
        if not difference:
            refuse(actor, "", "fault.nothing_new")
        session.execute(update(person).where(person.c.id == someone.id).values(**after))
        return "change_person", {"person": someone.code, **difference}

    return carry_out(house, actor, work)


def _mine(session: Session, house: House, actor: Actor, who: str, field: str = "person") -> Named:
    someone = person_named(session, actor, who, field)
    may_administer(session, house, actor, someone.unit_id)
    return someone


def move_person(house: House, actor: Actor, who: str, to: str, since: str | date | None = None) -> Done:
    """Someone belongs to another unit from a day on (today unless told otherwise). Raises `Invalid`, `NotYours`."""

    def work(session: Session) -> tuple[str, Mapping[str, Any]]:
        someone, where = _mine(session, house, actor, who), unit_named(session, actor, to)
        may_administer(session, house, actor, where.id)
        begin, b = day_of_text(actor, since, "since") or today(house), belonging.c
        if where.dissolved_on is not None and where.dissolved_on < begin:
            refuse(actor, "unit", "fault.unit_dissolved", code=to)
        rows = session.execute(select(belonging, unit.c.code).join(unit, unit.c.id == b.unit_id).where(b.person_id == someone.id)
                               .order_by(b.since_on)).all()
        last = rows[-1] if rows else None
        if last is not None and last.since_on > begin:
            refuse(actor, "since", "fault.moved_later", day=last.since_on.isoformat())
        if last is not None and last.unit_id == where.id and last.until_on is None:
            refuse(actor, "unit", "fault.belongs_already", code=to)
        freezes.look(session, house, actor, someone.id, ("transfer",), "person")
        session.execute(delete(belonging).where(b.person_id == someone.id, b.since_on == begin))
        session.execute(update(belonging).where(b.person_id == someone.id, or_(b.until_on.is_(None), b.until_on >= begin))
                        .values(until_on=begin - timedelta(days=1)))
        session.execute(insert(belonging).values(person_id=someone.id, unit_id=where.id, since_on=begin))
        mirror(session, today(house), someone.id)
        walls.rebuild_for(session, house, records_of(session, someone.id))
        return "move_person", {"person": someone.code, "unit": to, "unit_before": last.code if last else None, "since": said(begin)}

    return carry_out(house, actor, work)


def mirror(session: Session, day: date, person_id: int | None = None) -> set[int]:
    """Let `person.unit_id` say where people belong on this day; returns whose changed. Whoever belongs nowhere that day stays."""
    b = belonging.c
    query = select(b.person_id, b.unit_id).join(person, person.c.id == b.person_id).where(
        b.since_on <= day, or_(b.until_on.is_(None), b.until_on >= day), or_(person.c.unit_id.is_(None), person.c.unit_id != b.unit_id))
    rows = session.execute(query if person_id is None else query.where(b.person_id == person_id)).all()
    for who, where in rows:
        session.execute(update(person).where(person.c.id == who).values(unit_id=where))
    return {who for who, _ in rows}


def keep_today(house: House) -> int:
    """Once a day is enough, more often does no harm: let everyone belong where they belong today. Returns how many moved."""
    with house.db.reading() as session:
        b, day = belonging.c, today(house)
        due = session.execute(select(b.id).join(person, person.c.id == b.person_id).where(
            b.since_on <= day, or_(b.until_on.is_(None), b.until_on >= day), person.c.unit_id != b.unit_id).limit(1)).first()
    if due is None:
        return 0
    with house.db.atomic("all") as session:
        moved = mirror(session, today(house))
        walls.rebuild_for(session, house, moved)
        return len(moved)


def record_absence(house: House, actor: Actor, who: str, kind: str, since: str | date, until: str | date, *, key: Key | None = None) -> Done:
    """Someone is away (`leave`, `illness`) from a day to a day: what they owe waits. Raises `Invalid`, `NotYours`."""

    def work(session: Session) -> tuple[str, Mapping[str, Any]]:
        someone = _mine(session, house, actor, who)
        begin, last = day_of_text(actor, since, "since"), day_of_text(actor, until, "until")
        if begin is None or last is None:
            refuse(actor, "since" if begin is None else "until", "fault.day_needed")
        look_at_absence(session, actor, someone.id, kind, begin, last)
        id_ = session.execute(insert(absence).values(person_id=someone.id, kind=kind, since_on=begin, until_on=last)
                              .returning(absence.c.id)).scalar_one()
        return "record_absence", {"id": id_, "person": someone.code, "kind": kind, "since": said(begin), "until": said(last)}

    return carry_out(house, actor, work, key)


def look_at_absence(session: Session, actor: Actor, person_id: int, kind: str, begin: date, last: date, but: int = 0) -> None:
    """Whether an absence may be entered. Raises `Invalid`."""
    if kind not in ABSENCES:
        refuse(actor, "kind", "fault.absence_kind")
    if last < begin:
        refuse(actor, "until", "fault.order")
    a = absence.c
    if session.execute(select(a.id).where(a.person_id == person_id, a.id != but, a.since_on <= last, a.until_on >= begin)).first():
        refuse(actor, "since", "fault.absent_twice")


def end_absence(house: House, actor: Actor, number: int, until: str | date | None = None) -> Done:
    """Someone is back: the absence ends with this day, yesterday unless told otherwise. Raises `Invalid`, `NotYours`."""

    def work(session: Session) -> tuple[str, Mapping[str, Any]]:
        row = session.execute(select(absence, person.c.uid).join(person, person.c.id == absence.c.person_id).where(absence.c.id == number)).first()
        if row is None:
            refuse(actor, "absence", "fault.absence_unknown")
        _mine(session, house, actor, row.uid)
        last = day_of_text(actor, until, "until") or today(house) - timedelta(days=1)
        if last < row.since_on:
            session.execute(delete(absence).where(absence.c.id == number))
        else:
            look_at_absence(session, actor, row.person_id, row.kind, row.since_on, last, number)
            session.execute(update(absence).where(absence.c.id == number).values(until_on=last))
        return "end_absence", {"id": number, "person": row.uid, "until": said(last), "until_before": said(row.until_on)}

    return carry_out(house, actor, work)


def tie(house: House, actor: Actor, one: str, other: str, reason: str, since: str | date | None = None) -> Done:
    """Two persons have a close tie, from a day on. The reason is sealed: it is kept, and shown nowhere. Raises `Invalid`, `NotYours`."""

    def work(session: Session) -> tuple[str, Mapping[str, Any]]:
        a, b = _mine(session, house, actor, one, "one"), _mine(session, house, actor, other, "other")
        begin, sealed = day_of_text(actor, since, "since") or today(house), text_of(actor, reason, "reason", 4000)
        write_tie(session, actor, a.id, b.id, begin, sealed or "")
        walls.rebuild_for(session, house, (a.id, b.id))
        return "tie", {"one": a.code, "other": b.code, "since": said(begin)}

    return carry_out(house, actor, work)


def write_tie(session: Session, actor: Actor, one: int, other: int, since: date, sealed: str) -> None:
    """Write a tie, in the order of the numbers. Raises `Invalid` where it is one person, or written already."""
    if one == other:
        refuse(actor, "other", "fault.tie_self")
    low, high, t = min(one, other), max(one, other), close_tie.c
    if session.execute(select(t.id).where(t.one_id == low, t.other_id == high, or_(t.until_on.is_(None), t.until_on >= since))).first():
        refuse(actor, "other", "fault.tied_twice")
    session.execute(insert(close_tie).values(one_id=low, other_id=high, since_on=since, sealed_reason=sealed))


def untie(house: House, actor: Actor, one: str, other: str, until: str | date | None = None) -> Done:
    """A close tie ends with this day, today unless told otherwise. Raises `Invalid`, `NotYours`."""

    def work(session: Session) -> tuple[str, Mapping[str, Any]]:
        a, b = _mine(session, house, actor, one, "one"), _mine(session, house, actor, other, "other")
        last, t = day_of_text(actor, until, "until") or today(house), close_tie.c
        found = session.execute(select(t.id, t.since_on).where(t.one_id == min(a.id, b.id), t.other_id == max(a.id, b.id),
                                                               or_(t.until_on.is_(None), t.until_on >= last))).first()
        if found is None:
            refuse(actor, "other", "fault.tie_unknown")
        if last < found.since_on:
            refuse(actor, "until", "fault.order")
        session.execute(update(close_tie).where(t.id == found.id).values(until_on=last))
        walls.rebuild_for(session, house, (a.id, b.id))
        return "untie", {"one": a.code, "other": b.code, "until": said(last)}

    return carry_out(house, actor, work)


def mark_same(house: House, actor: Actor, who: str, as_who: str | None) -> Done:
    """This record is of the same person as another one; None takes that back. Raises `Invalid`, `NotYours`."""

    def work(session: Session) -> tuple[str, Mapping[str, Any]]:
        a, b = _mine(session, house, actor, who), _mine(session, house, actor, as_who, "same_as") if as_who else None
        before = records_of(session, a.id)
        write_same(session, actor, a.id, b.id if b else None)
        both = before | records_of(session, a.id)
        look_at_roles(session, actor, a.id, "same_as")
        walls.rebuild_for(session, house, both)
        return "mark_same", {"person": a.code, "same_as": b.code if b else None}

    return carry_out(house, actor, work)


def write_same(session: Session, actor: Actor, this: int, other: int | None) -> None:
    """Let one record stand for another: every record of somebody points to the same one, so that there are no circles."""
    if this == other:
        refuse(actor, "same_as", "fault.same_self")
    root = session.execute(select(person.c.same_as_id).where(person.c.id == other)).scalar() or other if other else None
    if root == this:
        refuse(actor, "same_as", "fault.same_circle")
    session.execute(update(person).where(person.c.id == this).values(same_as_id=root))
    if root is not None:
        session.execute(update(person).where(person.c.same_as_id == this).values(same_as_id=root))


def grant(house: House, actor: Actor, who: str, role: str, at: str, *, since: str | date | None = None, until: str | date | None = None,
          reason: str | None = None, key: Key | None = None) -> Done:
    """A role for a unit and all below it, from a day on, perhaps until a day. An auditor's names the mandate and an end.
    Raises `Invalid`, `NotYours`."""

    def work(session: Session) -> tuple[str, Mapping[str, Any]]:
        someone, where = person_named(session, actor, who), unit_named(session, actor, at)
        may_administer(session, house, actor, where.id)
        begin, last = day_of_text(actor, since, "since") or today(house), day_of_text(actor, until, "until")
        why = text_of(actor, reason, "reason", 1000, needed=False)
        id_ = session.execute(insert(role_grant).values(person_id=someone.id, role=role_of(actor, role), unit_id=where.id, since_on=begin,
                                                        until_on=last,
                                                        reason=why).returning(role_grant.c.id)).scalar_one()
        look_at_grant(session, actor, id_)
        walls.rebuild_for(session, house, (someone.id,))
        told = {"id": id_, "person": someone.code, "role": role, "unit": at, "since": said(begin), "until": said(last), "reason": why}
        if role == Role.AUDITOR.value and (signed := checkpoints.newest_signed(session, house.log)) is not None:
            told["checkpoint"] = signed.note
        return "grant", told

    return carry_out(house, actor, work, key)


def role_of(actor: Actor, role: str) -> str:
    """A role that can be granted. Raises `Invalid`."""
    if role not in {str(r) for r in GRANTED}:
        refuse(actor, "role", "fault.role", names=", ".join(GRANTED))
    return role


def look_at_grant(session: Session, actor: Actor, number: int) -> None:
    """Whether a grant may stand as it was written. Raises `Invalid`."""
    g = role_grant.c
    row = session.execute(select(role_grant).where(g.id == number)).one()
    if row.until_on is not None and row.until_on < row.since_on:
        refuse(actor, "until", "fault.order")
    if row.role == Role.AUDITOR.value and row.until_on is None:
        refuse(actor, "until", "fault.auditor_end")
    if row.role == Role.AUDITOR.value and not row.reason:
        refuse(actor, "reason", "fault.auditor_mandate")
    if session.execute(select(g.id).where(g.id != number, g.person_id == row.person_id, g.role == row.role, g.unit_id == row.unit_id,
                                          *_meets(row.since_on, row.until_on))).first():
        refuse(actor, "role", "fault.granted_twice")
    if row.role in {str(r) for r in setup.APART} and setup.is_contact(session, row.person_id):
        refuse(actor, "role", "fault.is_contact")
    look_at_roles(session, actor, row.person_id, "role")


def _meets(since: date, until: date | None) -> list[Any]:
    g = role_grant.c
    return [or_(g.until_on.is_(None), g.until_on >= since), *([] if until is None else [g.since_on <= until])]


def look_at_roles(session: Session, actor: Actor, person_id: int, field: str) -> None:
    """Nobody is administrator and chair on the same day, in whatever record of them. Raises `Invalid`."""
    g = role_grant.c
    rows = session.execute(select(g.role, g.since_on, g.until_on).where(g.person_id.in_(records_of(session, person_id)), g.role.in_(TWO_HATS))).all()
    for one in rows:
        if any(other.role != one.role and (one.until_on is None or other.since_on <= one.until_on)
               and (other.until_on is None or one.since_on <= other.until_on) for other in rows):
            refuse(actor, field, "fault.two_hats")


def end_grant(house: House, actor: Actor, number: int, until: str | date | None = None) -> Done:
    """A grant ends with this day (yesterday where none is given: it is over at once), or its end moves there; one that never began is taken
    back. The last administrator stays. Raises `Invalid`, `NotYours`."""

    def work(session: Session) -> tuple[str, Mapping[str, Any]]:
        row = session.execute(select(role_grant, person.c.uid).join(person, person.c.id == role_grant.c.person_id)
                              .where(role_grant.c.id == number)).first()
        if row is None:
            refuse(actor, "grant", "fault.grant_unknown")
        may_administer(session, house, actor, row.unit_id)
        last = day_of_text(actor, until, "until") or today(house) - timedelta(days=1)
        if last == row.until_on:
            refuse(actor, "until", "fault.nothing_new")
        before = administrators.administered(session, today(house))
        if last < row.since_on:
            session.execute(delete(role_grant).where(role_grant.c.id == number))
        else:
            session.execute(update(role_grant).where(role_grant.c.id == number).values(until_on=last))
            look_at_grant(session, actor, number)
        administrators.look(session, actor, before, today(house), "until")
        walls.rebuild_for(session, house, (row.person_id,))
        return "end_grant", {"id": number, "person": row.uid, "role": row.role, "until": said(last), "until_before": said(row.until_on)}

    return carry_out(house, actor, work)

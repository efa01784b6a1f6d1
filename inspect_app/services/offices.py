"""Offices: made, changed, held, acted in, delegated. Every period is exact to the day; who answers is never stored (`access.offices`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Row, delete, insert, select, update

from inspect_app.access import trees
from inspect_app.access.offices import ANY_SCOPE, Appointed, Delegated, OfficeHistory, may_not_appoint, may_not_delegate
from inspect_app.db import Session
from inspect_app.models import appointment, delegation, office, person, unit
from inspect_app.services import freezes, setup, walls
from inspect_app.services.administering import (
    Done,
    carry_out,
    changed,
    code_of,
    day_of_text,
    may_administer,
    office_named,
    person_named,
    refuse,
    said,
    text_of,
    unit_named,
)
from inspect_app.services.house import House
from inspect_app.services.ledger import Key
from inspect_app.services.queries import today
from inspect_app.services.standing import histories
from workflows.acts import Actor

LINES = ("unit", "body")
LONGEST_SCOPE = 300
"""Characters of the names that a delegation may list."""
MOST_SEATS = 500
CHANGES = ("title", "unit", "line", "superior", "seats")
"""What of an office may be changed."""

WHY_NOT = {
    "order": ("until", "fault.order"),
    "self": ("to", "fault.to_oneself"),
    "not_theirs": ("from", "fault.not_theirs"),
    "circle": ("to", "fault.delegation_circle"),
    "taken": ("person", "fault.seat_taken"),
}
"""For each reason that `access.offices` gives: the field it is about, and its sentence."""


def add_office(house: House, actor: Actor, code: str, title: str, at: str, *, line: str | None = None, superior: str | None = None,
               seats: int = 1, key: Key | None = None) -> Done:
    """An office of a unit or body, on a line, perhaps under another. `line` is that of the unit where it is not given.
    Raises `Invalid`, `NotYours`."""

    def work(session: Session) -> tuple[str, Mapping[str, Any]]:
        where = unit_named(session, actor, at)
        may_administer(session, house, actor, where.id)
        if session.execute(select(office.c.id).where(office.c.code == code_of(actor, code))).first():
            refuse(actor, "code", "fault.office_taken", code=code)
        facts = {"title": text_of(actor, title, "title", 300), "unit": at, "line": line or where.kind, "superior": superior or None, "seats": seats}
        id_ = session.execute(insert(office).values(code=code, title="", unit_id=where.id).returning(office.c.id)).scalar_one()
        write(session, actor, id_, facts)
        look(session, actor, id_)
        setup.look(session, house, actor, "superior")
        return "add_office", {"office": code, **facts}

    return carry_out(house, actor, work, key)


def change_office(house: House, actor: Actor, code: str, changes: Mapping[str, Any]) -> Done:
    """Change an office: some of `CHANGES`; `superior` None is the top of its line. Raises `Invalid`, `NotYours`."""

    def work(session: Session) -> tuple[str, Mapping[str, Any]]:
        row = office_named(session, actor, code, "code")
        may_administer(session, house, actor, row.unit_id)
        for field in set(changes) - set(CHANGES):
            refuse(actor, field, "fault.field_unknown")
        before = _facts(session, row)
        after = before | dict(changes)
        after["title"] = text_of(actor, after["title"], "title", 300)
        after["superior"] = after["superior"] or None
        difference = changed(before, after, CHANGES)
        if not difference:
            refuse(actor, "", "fault.nothing_new")
        if "unit" in difference:
            may_administer(session, house, actor, unit_named(session, actor, after["unit"]).id)
        write(session, actor, row.id, after)
        look(session, actor, row.id)
        setup.look(session, house, actor, "superior")
        walls.rebuild_for(session, house, _holders(session, (row.id,)))
        return "change_office", {"office": code, **difference}

    return carry_out(house, actor, work)


def write(session: Session, actor: Actor, id_: int, facts: Mapping[str, Any]) -> None:
    """Write the fields of an office. Raises `Invalid` where one names nothing, or has no such value."""
    where = unit_named(session, actor, facts["unit"])
    above = office_named(session, actor, facts["superior"], "superior") if facts["superior"] else None
    if facts["line"] not in LINES:
        refuse(actor, "line", "fault.line")
    if isinstance(facts["seats"], bool) or not isinstance(facts["seats"], int) or not 1 <= facts["seats"] <= MOST_SEATS:
        refuse(actor, "seats", "fault.seats", most=MOST_SEATS)
    session.execute(update(office).where(office.c.id == id_).values(
        title=facts["title"], unit_id=where.id, line=facts["line"], superior_id=above.id if above else None, seats=facts["seats"]))


def _facts(session: Session, row: Row[Any]) -> dict[str, Any]:
    where = session.execute(select(unit.c.code).where(unit.c.id == row.unit_id)).scalar_one()
    above = session.execute(select(office.c.code).where(office.c.id == row.superior_id)).scalar()
    return {"title": row.title, "unit": where, "line": row.line, "superior": above, "seats": row.seats}


class Lines(NamedTuple):
    """All offices as they stand, and those directly below each."""

    rows: Mapping[int, Any]
    below: Mapping[int, Sequence[Any]]
    up: Mapping[int, Sequence[int]]

    @classmethod
    def read(cls, session: Session) -> Lines:
        o = office.c
        rows = session.execute(select(o.id, o.code, o.line, o.superior_id, o.seats)).all()
        below: dict[int, list[Any]] = {}
        for row in rows:
            below.setdefault(row.superior_id, []).append(row)
        return cls({r.id: r for r in rows}, below, {r.id: [r.superior_id] if r.superior_id else [] for r in rows})


def look(session: Session, actor: Actor, id_: int, lines: Lines | None = None) -> None:
    """Whether an office stands as it may, after it was written: on a line without circles, with a seat for everyone who holds it.
    Raises `Invalid`."""
    lines = lines or Lines.read(session)
    this = lines.rows[id_]
    if not 1 <= this.seats <= MOST_SEATS:
        refuse(actor, "seats", "fault.seats", most=MOST_SEATS)
    above = trees.line(lines.up, id_)
    if id_ in above:
        refuse(actor, "superior", "fault.office_circle")
    if len(above) >= trees.DEEPEST:
        refuse(actor, "superior", "fault.tree_deep", most=trees.DEEPEST)
    for other in (lines.rows.get(this.superior_id), *lines.below.get(id_, ())):
        if other is not None and other.line != this.line:
            refuse(actor, "superior", "fault.another_line", code=other.code)
    history = histories(session, (id_,))[id_]
    for n, one in enumerate(history.appointed):
        if may_not_appoint(but(history, appointed=history.appointed[:n]), one, this.seats) == "taken":
            refuse(actor, "seats", "fault.seats_held")


def but(history: OfficeHistory, appointed: Iterable[Appointed] | None = None, delegated: Iterable[Delegated] | None = None) -> OfficeHistory:
    """The history with other appointments or delegations."""
    return OfficeHistory(history.number, history.superior, tuple(history.appointed if appointed is None else appointed),
                         tuple(history.delegated if delegated is None else delegated))


def _holders(session: Session, numbers: Iterable[int]) -> set[int]:
    """Everyone who ever held, or was delegated, one of these offices or one directly below: those whose line hangs on them."""
    known = select(office.c.id).where(office.c.id.in_(list(numbers)) | office.c.superior_id.in_(list(numbers)))
    held = session.execute(select(appointment.c.person_id).where(appointment.c.office_id.in_(known))).scalars()
    given = session.execute(select(delegation.c.to_id).where(delegation.c.office_id.in_(known))).scalars()
    return {*held, *given}


def appoint(house: House, actor: Actor, code: str, who: str, since: str | date | None = None, until: str | date | None = None, *,
            acting: bool = False, key: Key | None = None) -> Done:
    """Someone (by identifier or login) holds an office, or acts in it, from a day on, perhaps until a day. Who holds an office of one seat
    without an end leaves it the day before. Raises `Invalid`, `NotYours`."""

    def work(session: Session) -> tuple[str, Mapping[str, Any]]:
        row, someone = office_named(session, actor, code), person_named(session, actor, who)
        may_administer(session, house, actor, row.unit_id)
        begin = day_of_text(actor, since, "since") or today(house)
        new = Appointed(someone.id, acting, begin, day_of_text(actor, until, "until"))
        unit_lives(session, actor, row.unit_id, new.until)
        freezes.look(session, house, actor, someone.id, ("appointment", "promotion"), "person")
        before = _succeed(session, row, begin) if row.seats == 1 and not acting else None
        history = histories(session, (row.id,))[row.id]
        if (reason := may_not_appoint(history, new, row.seats)) is not None:
            field, sentence = WHY_NOT.get(reason, ("person", "fault.appointed_twice"))
            refuse(actor, field, sentence)
        id_ = session.execute(insert(appointment).values(office_id=row.id, person_id=someone.id, acting=acting, since_on=begin, until_on=new.until)
                              .returning(appointment.c.id)).scalar_one()
        cut = tidy(session, row.id)
        setup.look(session, house, actor, "person")
        walls.rebuild_for(session, house, _holders(session, (row.id,)))
        return "appoint", {"id": id_, "office": code, "person": someone.code, "acting": acting, "since": said(begin), "until": said(new.until),
                           "predecessor": before, "delegations_cut": cut}

    return carry_out(house, actor, work, key)


def unit_lives(session: Session, actor: Actor, unit_id: int, until: date | None) -> None:
    """In a dissolved unit nothing goes on after its last day."""
    last = session.execute(select(unit.c.dissolved_on).where(unit.c.id == unit_id)).scalar()
    if last is not None and (until is None or until > last):
        refuse(actor, "until", "fault.unit_is_over", day=last.isoformat())


def _succeed(session: Session, row: Row[Any], begin: date) -> str | None:
    """End the open appointment of whoever holds the office, the day before; returns their identifier."""
    a = appointment.c
    found = session.execute(select(a.id, person.c.uid).join(person, person.c.id == a.person_id).where(
        a.office_id == row.id, ~a.acting, a.until_on.is_(None), a.since_on < begin)).first()
    if found is None:
        return None
    session.execute(update(appointment).where(a.id == found.id).values(until_on=begin - timedelta(days=1)))
    return str(found.uid)


def end_appointment(house: House, actor: Actor, number: int, until: str | date | None = None) -> Done:
    """An appointment ends with this day (today where none is given), or its end moves there; one that has not begun by then is taken back.
    What was delegated on the strength of it afterwards falls away. Raises `Invalid`, `NotYours`."""

    def work(session: Session) -> tuple[str, Mapping[str, Any]]:
        row = session.execute(select(appointment).where(appointment.c.id == number)).first()
        if row is None:
            refuse(actor, "appointment", "fault.appointment_unknown")
        at = session.execute(select(office).where(office.c.id == row.office_id)).one()
        may_administer(session, house, actor, at.unit_id)
        last = day_of_text(actor, until, "until") or today(house)
        if last == row.until_on:
            refuse(actor, "until", "fault.nothing_new")
        unit_lives(session, actor, at.unit_id, last)
        people = _holders(session, (at.id,))
        history = histories(session, (at.id,))[at.id]
        own = Appointed(row.person_id, bool(row.acting), row.since_on, row.until_on)
        if last < row.since_on:
            session.execute(delete(appointment).where(appointment.c.id == number))
        elif (why := may_not_appoint(but(history, appointed=without(history.appointed, own)), own._replace(until=last), at.seats)) is not None:
            refuse(actor, "until", WHY_NOT.get(why, ("", "fault.appointed_twice"))[1])
        else:
            session.execute(update(appointment).where(appointment.c.id == number).values(until_on=last))
        cut = tidy(session, at.id)
        walls.rebuild_for(session, house, people)
        uid = session.execute(select(person.c.uid).where(person.c.id == row.person_id)).scalar_one()
        return "end_appointment", {"id": number, "office": at.code, "person": uid, "until": said(last), "until_before": said(row.until_on),
                                   "delegations_cut": cut}

    return carry_out(house, actor, work)


def without(rows: tuple[Any, ...], one: Any) -> tuple[Any, ...]:
    """The rows without this one."""
    n = rows.index(one)
    return (*rows[:n], *rows[n + 1:])


def delegate(house: House, actor: Actor, code: str, giver: str, taker: str, since: str | date | None, until: str | date | None, *,
             scope: str = ANY_SCOPE, may_pass_on: bool = False, reason: str = "", key: Key | None = None) -> Done:
    """Whoever answers in an office lets another answer, from a day to a day, in the matters of `scope` (names of workflows, or `*`),
    perhaps to pass it on. Raises `Invalid`, `NotYours`."""

    def work(session: Session) -> tuple[str, Mapping[str, Any]]:
        row = office_named(session, actor, code)
        may_administer(session, house, actor, row.unit_id)
        one, other = person_named(session, actor, giver, "from"), person_named(session, actor, taker, "to")
        begin, last = day_of_text(actor, since, "since") or today(house), day_of_text(actor, until, "until")
        if last is None:
            refuse(actor, "until", "fault.end_needed")
        unit_lives(session, actor, row.unit_id, last)
        told, names = text_of(actor, reason, "reason", 1000), scope_of(house, actor, scope)
        new = Delegated(one.id, other.id, names, may_pass_on, begin, last)
        if (why := may_not_delegate(histories(session, (row.id,))[row.id], new)) is not None:
            field, sentence = WHY_NOT.get(why, ("from", "fault.delegated_twice"))
            refuse(actor, field, sentence)
        id_ = session.execute(insert(delegation).values(office_id=row.id, from_id=one.id, to_id=other.id, scope=names, may_pass_on=may_pass_on,
                                                        since_on=begin, until_on=last, reason=told).returning(delegation.c.id)).scalar_one()
        setup.look(session, house, actor, "to")
        walls.rebuild_for(session, house, _holders(session, (row.id,)))
        return "delegate", {"id": id_, "office": code, "from": one.code, "to": other.code, "scope": names, "may_pass_on": may_pass_on,
                            "since": said(begin), "until": said(last), "reason": told}

    return carry_out(house, actor, work, key)


def scope_of(house: House, actor: Actor, scope: str) -> str:
    """The scope of a delegation in its one form: `*`, or names of workflows in order. Raises `Invalid`."""
    names = sorted(set(scope.split()))
    if not names or ANY_SCOPE in names:
        return ANY_SCOPE
    for name in names:
        if name not in house.catalogue.by_name:
            refuse(actor, "scope", "fault.scope", name=name[:60], names=", ".join(sorted(house.catalogue.by_name)))
    told = " ".join(names)
    if len(told) > LONGEST_SCOPE:
        refuse(actor, "scope", "fault.scope_long")
    return told


def end_delegation(house: House, actor: Actor, number: int, until: str | date | None = None) -> Done:
    """A delegation ends with this day (yesterday where none is given: it is over at once), or its end moves there; what rests on it ends
    with it. Raises `Invalid`, `NotYours`."""

    def work(session: Session) -> tuple[str, Mapping[str, Any]]:
        row = session.execute(select(delegation).where(delegation.c.id == number)).first()
        if row is None:
            refuse(actor, "delegation", "fault.delegation_unknown")
        at = session.execute(select(office).where(office.c.id == row.office_id)).one()
        may_administer(session, house, actor, at.unit_id)
        last = day_of_text(actor, until, "until") or today(house) - timedelta(days=1)
        if last == row.until_on:
            refuse(actor, "until", "fault.nothing_new")
        people = _holders(session, (at.id,))
        if last < row.since_on:
            session.execute(delete(delegation).where(delegation.c.id == number))
        else:
            history = histories(session, (at.id,))[at.id]
            own = Delegated(row.from_id, row.to_id, row.scope, bool(row.may_pass_on), row.since_on, row.until_on)
            rest = but(history, delegated=without(history.delegated, own))
            if last > row.until_on and (why := may_not_delegate(rest, own._replace(until=last))) is not None:
                refuse(actor, "until", WHY_NOT.get(why, ("", "fault.delegated_twice"))[1])
            session.execute(update(delegation).where(delegation.c.id == number).values(until_on=last))
        cut = tidy(session, at.id)
        walls.rebuild_for(session, house, people)
        return "end_delegation", {"id": number, "office": at.code, "until": said(last), "until_before": said(row.until_on), "delegations_cut": cut}

    return carry_out(house, actor, work)


def tidy(session: Session, office_id: int) -> int:
    """Let what was delegated on the strength of something that is no longer so end with it; returns how many delegations were cut."""
    d, cut = delegation.c, 0
    while True:
        history = histories(session, (office_id,))[office_id]
        rows = session.execute(select(d.id, d.from_id, d.to_id, d.scope, d.may_pass_on, d.since_on, d.until_on)
                               .where(d.office_id == office_id).order_by(d.since_on, d.id)).all()
        for id_, *rest in rows:
            one = Delegated(rest[0], rest[1], rest[2], bool(rest[3]), rest[4], rest[5])
            others = but(history, delegated=without(history.delegated, one))
            if may_not_delegate(others, one) != "not_theirs":
                continue
            ends = [o.until for o in others.delegated if o.until < one.until
                    and may_not_delegate(others, one._replace(until=o.until)) is None]
            if ends:
                session.execute(update(delegation).where(d.id == id_).values(until_on=max(ends)))
            else:
                session.execute(delete(delegation).where(d.id == id_))
            cut += 1
            break
        else:
            return cut

"""For whom somebody acts today: offices that are not their own and whose word is theirs, by a delegation, by acting in them, or because nobody
holds them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from inspect_app.access.parts import in_force, reach_of
from inspect_app.models import appointment, cases, delegation, office, person, unit
from inspect_app.services.house import House
from inspect_app.services.queries import CaseRow, today
from inspect_app.services.standing import offices_of, who_answers
from workflows.acts import Actor


@dataclass(frozen=True, slots=True)
class ActsFor:
    """An office somebody acts for: its code, what it is called and where, on whose behalf (None: nobody holds it, or they act in it
    themselves), and the last day, where there is one."""

    code: str
    title: str
    where: str
    behalf: str | None
    until: date | None


def offices(house: House, actor: Actor) -> list[ActsFor]:
    """The offices this actor acts for today, in the order of the tree."""
    if actor.person_id is None:
        return []
    day, a, d = today(house), appointment.c, delegation.c
    with house.db.reading() as session:
        reached = {number for some in offices_of(session, actor.person_id, day).values() for number in some}
        if not reached:
            return []
        own = set(session.execute(select(a.office_id).where(a.person_id == actor.person_id, ~a.acting, in_force(appointment, day))).scalars())
        others = reached - own
        if not others:
            return []
        given = {number: (name, until) for number, name, until in session.execute(
            select(d.office_id, person.c.full_name, d.until_on).join(person, person.c.id == d.from_id)
            .where(d.to_id == actor.person_id, d.office_id.in_(others), in_force(delegation, day)))}
        acted = {number: until for number, until in session.execute(select(a.office_id, a.until_on).where(
            a.person_id == actor.person_id, a.acting, a.office_id.in_(others), in_force(appointment, day)))}
        rows = session.execute(select(office.c.id, office.c.code, office.c.title, unit.c.name).join(unit, unit.c.id == office.c.unit_id)
                               .where(office.c.id.in_(others)).order_by(unit.c.path, office.c.id)).all()
    return [ActsFor(code, title, where, given[number][0] if number in given else None, given[number][1] if number in given else acted.get(number))
            for number, code, title, where in rows]


def offices_of_cases(house: House, actor: Actor, rows: Iterable[CaseRow], among: Collection[str]) -> dict[str, str]:
    """Which of these cases are with which of these offices: the case's identifier to the office's code."""
    ids = [row.id for row in rows]
    if not ids or not among:
        return {}
    with house.db.reading(reach_of(actor)) as session:
        return {uid: code for uid, code in session.execute(select(cases.c.uid, office.c.code).join(office, office.c.id == cases.c.office_id)
                                                           .where(cases.c.id.in_(ids), office.c.code.in_(among)))}


def behalf(house: House, actor: Actor, row: CaseRow) -> tuple[str, str] | None:
    """(identifier, name) of the person on whose behalf this actor answers in a case: who delegated the office to them. None where they speak for
    themselves."""
    if actor.person_id is None or row.workflow.held_role not in row.parts:
        return None
    with house.db.reading(reach_of(actor)) as session:
        number = session.execute(select(cases.c.office_id).where(cases.c.id == row.id)).scalar()
        found = who_answers(session, number, today(house), row.workflow.name) if number is not None else None
        if found is None or found.person != actor.person_id or not found.through:
            return None
        uid, name = session.execute(select(person.c.uid, person.c.full_name).where(person.c.id == found.through[0])).one()
    return uid, name


__all__ = ["ActsFor", "behalf", "offices", "offices_of_cases"]

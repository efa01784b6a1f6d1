"""Where somebody's rights come from on a day: grants and how far down they reach, offices and how these came to them, bodies they sit on. Nothing of
any case, and no exclusion: not even that there is one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select

from inspect_app.access.parts import in_force
from inspect_app.db import Session
from inspect_app.errors import NotFound
from inspect_app.models import account, appointment, delegation, office, person, role_grant, unit, unit_above
from inspect_app.services.house import House
from inspect_app.services.queries import today
from inspect_app.services.standing import bodies_of, offices_of


@dataclass(frozen=True, slots=True)
class Right:
    """One source: `kind` is grant, holds, acts, delegated, vacant or body; the role of a grant, the office, the unit or body with its code, how many
    units below are reached too, from whom it was delegated, and the last day, where there is one."""

    kind: str
    where: str
    code: str
    role: str = ""
    office: str = ""
    office_code: str = ""
    below: int = 0
    giver: str = ""
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """Everything that gives somebody rights today; `comes_in` says whether they have an account that is open."""

    comes_in: bool
    rights: tuple[Right, ...]


def trace(house: House, uid: str) -> Trace:
    """The rights of a person today, each with its source. Raises `NotFound`."""
    day = today(house)
    with house.db.reading() as session:
        found = session.execute(select(person.c.id, account.c.active).outerjoin(account, account.c.person_id == person.c.id)
                                .where(person.c.uid == uid)).first() if "\0" not in uid else None
        if found is None:
            raise NotFound
        return Trace(bool(found.active), (*_grants(session, found.id, day), *_offices(session, found.id, day), *_bodies(session, found.id, day)))


def _grants(session: Session, person_id: int, day: date) -> list[Right]:
    r = role_grant.c
    below = select(func.count()).select_from(unit_above).where(unit_above.c.above_id == r.unit_id, unit_above.c.steps > 0).correlate(
        role_grant).scalar_subquery()
    rows = session.execute(select(r.role, r.until_on, unit.c.name, unit.c.code, below.label("below")).join(unit, unit.c.id == r.unit_id)
                           .where(r.person_id == person_id, in_force(role_grant, day)).order_by(r.role, unit.c.path)).all()
    return [Right("grant", row.name, row.code, role=row.role, below=int(row.below), until=row.until_on) for row in rows]


def _offices(session: Session, person_id: int, day: date) -> list[Right]:
    reached = offices_of(session, person_id, day)
    numbers = {number for some in reached.values() for number in some}
    a, d = appointment.c, delegation.c
    held = {row.office_id: row for row in session.execute(select(a.office_id, a.acting, a.until_on).where(
        a.person_id == person_id, in_force(appointment, day)).order_by(a.acting.desc()))}
    given = {row.office_id: row for row in session.execute(
        select(d.office_id, d.until_on, person.c.full_name).join(person, person.c.id == d.from_id)
        .where(d.to_id == person_id, in_force(delegation, day)))}
    rows = session.execute(select(office.c.id, office.c.code, office.c.title, unit.c.name, unit.c.code.label("unit")).join(
        unit, unit.c.id == office.c.unit_id).where(or_(office.c.id.in_(numbers), office.c.id.in_(list(held)))).order_by(unit.c.path, office.c.id))
    found = []
    for row in rows:
        if row.id in held:
            kind, giver, until = "acts" if held[row.id].acting else "holds", "", held[row.id].until_on
        elif row.id in given:
            kind, giver, until = "delegated", given[row.id].full_name, given[row.id].until_on
        else:
            kind, giver, until = "vacant", "", None
        found.append(Right(kind, row.name, row.unit, office=row.title, office_code=row.code, giver=giver, until=until))
    return found


def _bodies(session: Session, person_id: int, day: date) -> list[Right]:
    rows = session.execute(select(unit.c.name, unit.c.code).where(unit.c.id.in_(bodies_of(session, person_id, day))).order_by(unit.c.path))
    return [Right("body", row.name, row.code) for row in rows]


__all__ = ["Right", "Trace", "trace"]

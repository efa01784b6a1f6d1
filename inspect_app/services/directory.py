"""Who and what there is: people, offices and units by name, for the lists of forms and for showing names; and what someone is granted."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import exists, func, select

from inspect_app.access.parts import in_force, sees_everything
from inspect_app.db import Fixed
from inspect_app.models import installation, office, person, role_grant, unit, unit_above
from inspect_app.services.house import House
from inspect_app.services.queries import today
from workflows.acts import Actor
from workflows.roles import Role


def people(house: House) -> list[tuple[str, str]]:
    """(identifier, name and unit) of everyone, for the lists of forms."""
    with house.db.reading() as session:
        rows = session.execute(
            select(person.c.uid, person.c.full_name, unit.c.name)
            .outerjoin(unit, unit.c.id == person.c.unit_id)
            .order_by(person.c.full_name, person.c.id)
        ).all()
    return [(uid, f"{name} – {where}" if where else name) for uid, name, where in rows]


def names(house: House, uids: Sequence[str]) -> dict[str, str]:
    """Names of persons by identifier."""
    with house.db.reading() as session:
        rows = session.execute(select(person.c.uid, person.c.full_name).where(person.c.uid.in_(set(uids)))).all()
    return {uid: name for uid, name in rows}


def office_titles(house: House, codes: Sequence[str]) -> dict[str, str]:
    """Titles of offices by code."""
    with house.db.reading() as session:
        rows = session.execute(
            select(office.c.code, office.c.title, unit.c.name).join(unit, unit.c.id == office.c.unit_id).where(office.c.code.in_(set(codes)))
        )
        return {code: f"{title} – {where}" for code, title, where in rows}


def offices(house: House) -> list[tuple[str, str]]:
    """(code, title and unit) of every office, for the lists of forms."""
    with house.db.reading() as session:
        rows = session.execute(
            select(office.c.code, office.c.title, unit.c.name).join(unit, unit.c.id == office.c.unit_id).order_by(unit.c.path, office.c.id)
        ).all()
    return [(code, f"{title} – {where}") for code, title, where in rows]


def units(house: House, actor: Actor | None = None) -> list[tuple[str, str]]:
    """(code, name) of every unit inside the house, in the order of the tree; of an actor's own granted units where one is given."""
    with house.db.reading() as session:
        query = select(unit.c.code, unit.c.name).where(~unit.c.external).order_by(unit.c.path)
        if actor is not None and not sees_everything(actor):
            query = query.where(
                exists().where(unit_above.c.unit_id == unit.c.id, role_grant.c.unit_id == unit_above.c.above_id,
                               role_grant.c.person_id == actor.person_id, in_force(role_grant, today(house)))
            )
        return [(code, name) for code, name in session.execute(query)]


def below(house: House, code: str) -> list[tuple[str, str]]:
    """(code, name) of a unit and all below it inside the house, in the order of the tree."""
    top = select(unit.c.id).where(unit.c.code == code).scalar_subquery()
    with house.db.reading() as session:
        query = select(unit.c.code, unit.c.name).join(unit_above, unit_above.c.unit_id == unit.c.id).where(unit_above.c.above_id == top,
                                                                                                          ~unit.c.external)
        return [(found, name) for found, name in session.execute(query.order_by(unit.c.path))]


def bodies(house: House) -> list[tuple[str, str]]:
    """(code, name) of every body inside the house, in the order of the tree."""
    with house.db.reading() as session:
        query = select(unit.c.code, unit.c.name).where(~unit.c.external, unit.c.kind == "body", unit.c.dissolved_on.is_(None)).order_by(unit.c.path)
        return [(code, name) for code, name in session.execute(query)]


def unit_of_office(house: House, code: str) -> str | None:
    """The unit that an office belongs to, by code."""
    with house.db.reading() as session:
        return session.execute(select(unit.c.code).join(office, office.c.unit_id == unit.c.id).where(office.c.code == code)).scalar()


def unit_of_person(house: House, uid: str) -> str | None:
    """The unit that a person belongs to today, by code."""
    with house.db.reading() as session:
        return session.execute(select(unit.c.code).join(person, person.c.unit_id == unit.c.id).where(person.c.uid == uid)).scalar()


def unit_granted(house: House, actor: Actor, roles: Collection[Role]) -> str | None:
    """The topmost unit for which one of these roles is granted to an actor today, by code."""
    with house.db.reading() as session:
        return session.execute(
            select(unit.c.code).join(role_grant, role_grant.c.unit_id == unit.c.id)
            .where(role_grant.c.person_id == actor.person_id, role_grant.c.role.in_([r.value for r in roles]), in_force(role_grant, today(house)))
            .order_by(func.length(unit.c.path), unit.c.path).limit(1)).scalar()


def unit_names(house: House, codes: Sequence[str]) -> dict[str, str]:
    """Names of units and bodies by code."""
    with house.db.reading() as session:
        return {code: name for code, name in session.execute(select(unit.c.code, unit.c.name).where(unit.c.code.in_(set(codes))))}


def ruleset_of(house: House) -> str:
    """The ruleset new cases of this installation fall under: what it was founded with, else the generic one."""
    with house.db.reading() as session:
        chosen = session.execute(select(installation.c.value).where(installation.c.name == "ruleset")).scalar()
    return chosen if chosen in house.catalogue.rulesets_by_name else "generic"


_GRANTED = Fixed("""SELECT DISTINCT role FROM role_grant
  WHERE person_id = :person AND since_on <= :today AND (until_on IS NULL OR until_on >= :today)""")


def granted(house: House, actor: Actor) -> frozenset[Role]:
    """The roles granted to this actor today, for whatever unit."""
    if actor.person_id is None:
        return frozenset()
    with house.db.glance() as session:
        return frozenset(Role(code) for (code,) in _GRANTED.run(session, {"person": actor.person_id, "today": today(house).isoformat()}))

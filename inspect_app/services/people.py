"""Units, people, offices and grants, as an administrator keeps them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import insert, select, update
from uuid_utils import uuid4

from inspect_app.db import Session
from inspect_app.errors import Invalid, Problem
from inspect_app.models import account, appointment, office, person, role_grant, unit
from inspect_app.services.house import House
from inspect_app.services.queries import today
from inspect_app.services.units import plant
from workflows.roles import Role


def _wrong(field: str, code: str, message: str) -> Invalid:
    return Invalid((Problem(f"/{field}", code, message),))


def _unit(session: Session, code: str) -> int:
    found = session.execute(select(unit.c.id).where(unit.c.code == code)).scalar()
    if found is None:
        raise _wrong("unit", "unknown", f"There is no unit with the code “{code}”.")
    return int(found)


def _login(session: Session, login: str) -> int:
    found = session.execute(select(account.c.person_id).where(account.c.login == login.casefold())).scalar()
    if found is None:
        raise _wrong("login", "unknown", f"There is no account “{login}”.")
    return int(found)


def _day(text: str | None, field: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise _wrong(field, "invalid", f"“{text}” is no day; write YYYY-MM-DD.") from None


def days(text: str, most: int) -> int:
    """`"30d"` → 30, at most `most`. Raises `Invalid`."""
    number = text.removesuffix("d")
    if not number.isascii() or not number.isdigit() or not 1 <= int(number) <= most:
        raise _wrong("expires", "invalid", f"Write a number of days from 1d to {most}d.")
    return int(number)


def add_unit(house: House, code: str, name: str, under: str | None = None, *, kind: str = "unit", external: bool = False) -> None:
    """A unit or body, under another or at the top of its tree. Raises `Invalid`."""
    with house.db.atomic() as session:
        if session.execute(select(unit.c.id).where(unit.c.code == code)).first():
            raise _wrong("code", "taken", f"There is a unit with the code “{code}” already.")
        plant(session, code=code, name=name, kind=kind, external=external, parent_id=_unit(session, under) if under else None)


def add_person(house: House, login: str, name: str, at: str, language: str) -> str:
    """A person with an account, who sets a password with a one-time link; returns the person's identifier. Raises `Invalid`."""
    with house.db.atomic() as session:
        if session.execute(select(account.c.person_id).where(account.c.login == login.casefold())).first():
            raise _wrong("login", "taken", f"There is an account “{login}” already.")
        unit_id = _unit(session, at)
        uid = str(uuid4())
        id_ = session.execute(
            insert(person).values(uid=uid, full_name=name, called=name.split()[-1], unit_id=unit_id).returning(person.c.id)
        ).scalar_one()
        session.execute(insert(account).values(person_id=id_, login=login.casefold(), language=language))
    return uid


def grant(house: House, login: str, role: str, at: str, until: str | None = None) -> None:
    """A role for a unit and all below it, from today. An administrator is not at the same time chair. Raises `Invalid`."""
    with house.db.atomic() as session:
        person_id, unit_id = _login(session, login), _unit(session, at)
        held = set(session.execute(select(role_grant.c.role).where(role_grant.c.person_id == person_id)).scalars())
        if {role, *held} >= {Role.ADMIN.value, Role.CHAIR.value}:
            raise _wrong("role", "both", "Nobody is administrator and chair at the same time; choose another person.")
        session.execute(
            insert(role_grant).values(person_id=person_id, role=role, unit_id=unit_id, since_on=today(house), until_on=_day(until, "until"))
        )


def add_office(house: House, code: str, title: str, at: str) -> None:
    """An office of a unit. Raises `Invalid`."""
    with house.db.atomic() as session:
        if session.execute(select(office.c.id).where(office.c.code == code)).first():
            raise _wrong("code", "taken", f"There is an office with the code “{code}” already.")
        session.execute(insert(office).values(code=code, title=title, unit_id=_unit(session, at)))


def appoint(house: House, code: str, login: str, since: str | None = None, *, acting: bool = False) -> None:
    """Someone holds an office, or acts in it, from a day on; a holder's predecessor leaves it the day before. Raises `Invalid`."""
    with house.db.atomic() as session:
        office_id = session.execute(select(office.c.id).where(office.c.code == code)).scalar()
        if office_id is None:
            raise _wrong("office", "unknown", f"There is no office with the code “{code}”.")
        start = _day(since, "since") or today(house)
        if not acting:
            session.execute(
                update(appointment)
                .where(appointment.c.office_id == office_id, ~appointment.c.acting, appointment.c.until_on.is_(None))
                .values(until_on=date.fromordinal(start.toordinal() - 1))
            )
        session.execute(insert(appointment).values(office_id=office_id, person_id=_login(session, login), acting=acting, since_on=start))

"""People with an account and a password of their own, as the console enters them."""

from __future__ import annotations

from sqlalchemy import insert, select
from uuid_utils import uuid4

from inspect_app.db import Session
from inspect_app.errors import Invalid, Problem
from inspect_app.models import account, belonging, person, unit
from inspect_app.services.house import House
from inspect_app.services.queries import today


def _wrong(field: str, code: str, message: str) -> Invalid:
    return Invalid((Problem(f"/{field}", code, message),))


def _unit(session: Session, code: str) -> int:
    found = session.execute(select(unit.c.id).where(unit.c.code == code)).scalar()
    if found is None:
        raise _wrong("unit", "unknown", f"There is no unit with the code “{code}”.")
    return int(found)


def days(text: str, most: int) -> int:
    """`"30d"` → 30, at most `most`. Raises `Invalid`."""
    number = text.removesuffix("d")
    if not number.isascii() or not number.isdigit() or not 1 <= int(number) <= most:
        raise _wrong("expires", "invalid", f"Write a number of days from 1d to {most}d.")
    return int(number)


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
        session.execute(insert(belonging).values(person_id=id_, unit_id=unit_id, since_on=today(house)))
        session.execute(insert(account).values(person_id=id_, login=login.casefold(), language=language))
    return uid

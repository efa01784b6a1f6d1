"""Whom the installation named for concerns: the contact, and the body that hears appeals, with who answers there."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from inspect_app.db import Session
from inspect_app.models import installation, office, person, unit
from inspect_app.services import standing

CONTACT, APPEAL_BODY = "concerns_contact", "appeal_body"
"""Values of the installation: a person's identifier, and the code of a body."""


def _value(session: Session, name: str) -> str | None:
    return session.execute(select(installation.c.value).where(installation.c.name == name)).scalar()


def contact(session: Session) -> int | None:
    """The number of the contact for concerns; None where nobody is named."""
    return session.execute(select(person.c.id).where(person.c.uid == (_value(session, CONTACT) or ""))).scalar()


def appeal_body(session: Session) -> tuple[str, int | None] | None:
    """(name of the body that hears appeals, its number where it is inside the house, else None); None where none is named."""
    row = session.execute(select(unit.c.name, unit.c.external, unit.c.id).where(unit.c.code == (_value(session, APPEAL_BODY) or ""))).first()
    return (row.name, None if row.external else row.id) if row else None


def appeal_holders(session: Session, day: date, workflow: str) -> list[int]:
    """Who answers on a day for the offices of the appeal body, where it is inside the house."""
    body = appeal_body(session)
    if body is None or body[1] is None:
        return []
    numbers = session.execute(select(office.c.id).where(office.c.unit_id == body[1]).order_by(office.c.id)).scalars().all()
    found = (standing.who_answers(session, number, day, workflow) for number in numbers)
    return list(dict.fromkeys(a.person for a in found if a is not None))

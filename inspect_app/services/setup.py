"""The set-up: who decides appeals, and to whom concerns about the chair's own line go. No formal case opens before both are named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, exists, func, insert, or_, select, union

from inspect_app.db import Session
from inspect_app.models import account, appointment, delegation, installation, office, person, role_grant, unit
from inspect_app.services.administering import Done, carry_out, may_administer, person_named, records_of, refuse, unit_named
from inspect_app.services.contacts import APPEAL_BODY, CONTACT
from inspect_app.services.house import House
from inspect_app.services.ledger import Key
from inspect_app.services.queries import today
from workflows.acts import Actor
from workflows.roles import GRANTED, Role

NAMES = (APPEAL_BODY, CONTACT)
APART = tuple(role for role in GRANTED if role not in (Role.AUDITOR, Role.DATA_OFFICER))
"""Roles that the contact for concerns may not have: concerns may be about each of them."""


def named_in(session: Session) -> dict[str, str | None]:
    """What is named: the code of the appeal body, the identifier of the contact; None where it is not."""
    rows = session.execute(select(installation.c.name, installation.c.value).where(installation.c.name.in_(NAMES))).all()
    return {name: None for name in NAMES} | {name: value for name, value in rows}


def named(house: House) -> dict[str, str | None]:
    """`named_in`, and the names of both for reading: `appeal_body_name`, `concerns_contact_name`."""
    with house.db.reading() as session:
        told = named_in(session)
        body = session.execute(select(unit.c.name).where(unit.c.code == told["appeal_body"])).scalar()
        contact = session.execute(select(person.c.full_name).where(person.c.uid == told["concerns_contact"])).scalar()
    return told | {"appeal_body_name": body, "concerns_contact_name": contact}


def name_both(house: House, actor: Actor, appeal_body: str | None = None, contact: str | None = None, *, key: Key | None = None) -> Done:
    """Name the appeal body (the code of a body, inside or outside) or the contact for concerns (a person, by identifier or login), or
    both; what is not given stays. Raises `Invalid`, `NotYours`."""

    def work(session: Session) -> tuple[str, Mapping[str, Any]]:
        may_administer(session, house, actor, None)
        facts: dict[str, Any] = {}
        if appeal_body:
            facts["appeal_body"] = appeal_body_of(session, actor, appeal_body)
        if contact:
            facts["concerns_contact"] = contact_of(session, house, actor, contact)
        if not facts:
            refuse(actor, "appeal_body", "fault.setup_nothing")
        for name, value in facts.items():
            keep(session, name, value)
        return "set_up", facts

    return carry_out(house, actor, work, key)


def keep(session: Session, name: str, value: str) -> None:
    """Write one value of the set-up."""
    session.execute(delete(installation).where(installation.c.name == name))
    session.execute(insert(installation).values(name=name, value=value))


def appeal_body_of(session: Session, actor: Actor, code: str, field: str = "appeal_body") -> str:
    """The code of a body that can decide appeals. Raises `Invalid`."""
    row = unit_named(session, actor, code, field)
    if row.kind != "body":
        refuse(actor, field, "fault.not_a_body", code=code)
    if row.dissolved_on is not None:
        refuse(actor, field, "fault.unit_dissolved", code=code)
    return code


def contact_of(session: Session, house: House, actor: Actor, text: str, field: str = "contact") -> str:
    """The identifier of a person who can be the contact: someone who signs in, handles no case and leads nobody. Raises `Invalid`."""
    someone = person_named(session, actor, text, field)
    day = today(house)
    if session.execute(select(account.c.person_id).where(account.c.person_id == someone.id, account.c.active)).first() is None:
        refuse(actor, field, "fault.contact_account")
    same = records_of(session, someone.id)
    role = session.execute(select(role_grant.c.role).where(role_grant.c.person_id.in_(same), role_grant.c.role.in_([str(r) for r in APART]),
                                                           or_(role_grant.c.until_on.is_(None), role_grant.c.until_on >= day))).scalar()
    if role is not None:
        refuse(actor, field, "fault.contact_role", role=role)
    below = office.alias()
    leads = exists().where(below.c.superior_id == office.c.id)
    held = session.execute(select(office.c.code).join(appointment, appointment.c.office_id == office.c.id).where(
        leads, appointment.c.person_id.in_(same), or_(appointment.c.until_on.is_(None), appointment.c.until_on >= day)).union(
            select(office.c.code).join(delegation, delegation.c.office_id == office.c.id).where(
                leads, delegation.c.to_id.in_(same), delegation.c.until_on >= day))).scalar()
    if held is not None:
        refuse(actor, field, "fault.contact_office", code=held)
    return someone.code


def fit(house: House) -> set[str]:
    """The identifiers of everyone who can be the contact for concerns, as `contact_of` judges each of them."""
    day, root, below = today(house), func.coalesce(person.c.same_as_id, person.c.id), office.alias()
    roles = select(role_grant.c.person_id).where(role_grant.c.role.in_([str(r) for r in APART]),
                                                 or_(role_grant.c.until_on.is_(None), role_grant.c.until_on >= day))
    leading = select(office.c.id).where(exists().where(below.c.superior_id == office.c.id))
    holds = select(appointment.c.person_id).where(appointment.c.office_id.in_(leading),
                                                  or_(appointment.c.until_on.is_(None), appointment.c.until_on >= day))
    given = select(delegation.c.to_id).where(delegation.c.office_id.in_(leading), delegation.c.until_on >= day)
    with house.db.reading() as session:
        busy = set(session.execute(select(root).where(person.c.id.in_(union(roles, holds, given)))).scalars())
        rows = session.execute(select(person.c.uid, root).join(account, account.c.person_id == person.c.id).where(account.c.active)).all()
    return {uid for uid, number in rows if number not in busy}


def look(session: Session, house: House, actor: Actor, field: str) -> None:
    """Whether whoever is the contact can still be it, after offices or their holders changed. Raises `Invalid`."""
    uid = named_in(session)["concerns_contact"]
    if uid is not None:
        contact_of(session, house, actor, uid, field)


def is_contact(session: Session, person_id: int) -> bool:
    """Whether this person, in any record of them, is the contact for concerns."""
    uid = named_in(session)["concerns_contact"]
    contact = session.execute(select(person.c.id).where(person.c.uid == uid)).scalar() if uid else None
    return contact is not None and contact in records_of(session, person_id)

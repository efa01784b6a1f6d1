"""The way of a concern: to those who handle matters of the unit, or past all of them to the contact, in a closed circle.

It is decided in the transaction that opens the concern, from who is named, so that there is no moment in which the wrong people could see it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import insert, literal, or_, select, update

from inspect_app.access.conflicts import EVERY_PART
from inspect_app.access.parts import in_force
from inspect_app.db import Session
from inspect_app.errors import Invalid, Problem
from inspect_app.models import appointment, case_role, cases, delegation, exclusion, named, office, person, role_grant, unit_above
from inspect_app.services import contacts, walls
from inspect_app.services.folding import folded
from inspect_app.services.house import House
from inspect_app.services.relations import superiors_on
from inspect_app.services.taken import Taken
from workflows.acts import Actor
from workflows.calendar import day_of
from workflows.effects import Route
from workflows.guards_concern import RETALIATION
from workflows.protection import OWN_REPORTS, TESTIMONY
from workflows.roles import Role

HANDLING = (Role.ADMIN, Role.CHAIR, Role.MEMBER, Role.OFFICER, Role.RECORDER, Role.UNIT_LEAD)
"""Whoever is granted one of these, for whatever unit, must not be the one a concern about them goes to; nor anyone who holds an office."""

OWN = (Role.REPORTER.value, Role.PROTECTED.value)


@dataclass(frozen=True, slots=True)
class Way:
    """Where a concern goes: past everyone in a closed circle or not, and whom it names."""

    closed: bool
    named: frozenset[int]


def find(session: Session, house: House, taken: Taken, effect: Route, data: Mapping[str, Any], actor: Actor, today: date) -> Way:
    """The way of a concern. Raises `Invalid` where it stands under another case, or follows one that is not the reporter's."""
    if taken.parent_id is not None:
        raise Invalid((Problem("/parent", "unfit", "A concern stands alone; leave the parent out."),))
    rows = data.get(effect.named) or []
    described = [str(row["described"]) for row in rows if row.get("described") and not row.get("person")]
    spoken_of = _records(session, [str(row["person"]) for row in rows if row.get("person")]) | _recognised(session, described, today)
    if about := data.get(effect.about):
        spoken_of |= _named_before(session, house, str(about), actor)
    retaliation = data.get(effect.kind_of) == RETALIATION
    closed = bool(retaliation or data.get(effect.apart) or described or handles(session, spoken_of, today))
    return Way(closed, frozenset(spoken_of))


def take_way(session: Session, house: House, taken: Taken, way: Way, actor: Actor, today: date, seq: int) -> list[tuple[int, Role]]:
    """Write the way down: whom it names, the walls that follow, the circle. Returns who gets which part: nobody behind a wall. Raises
    `Invalid` where nobody inside may receive it, with the way outside."""
    if way.named:
        session.execute(insert(named), [{"case_id": taken.id, "person_id": p, "seq": seq} for p in sorted(way.named)])
    if way.closed:
        close_circle(session, taken)
    walls.rebuild(session, house, taken.id)
    walled = set(session.execute(select(exclusion.c.person_id).where(exclusion.c.case_id == taken.id, exclusion.c.part == EVERY_PART)).scalars())
    if not way.closed:
        officers, chairs = ([p for p in granted_for(session, role, taken.unit_id, today) if p not in walled] for role in (Role.OFFICER, Role.CHAIR))
        if officers or chairs:
            return [(p, Role.OFFICER) for p in officers]
        close_circle(session, taken)
    return [(p, Role.DECIDER) for p in _receivers(session, way.named | walled, actor, today, taken.workflow.name)]


def close_circle(session: Session, taken: Taken) -> None:
    """From now on the case is for those who have a part in it alone."""
    session.execute(update(cases).where(cases.c.id == taken.id).values(closed_circle=True))
    taken.closed_circle = True


def keep_circle(session: Session, house: House, parent: Taken, taken: Taken) -> None:
    """What a case in a closed circle opens stays in it: the same are named, and whoever decides there decides here."""
    close_circle(session, taken)
    session.execute(insert(named).from_select(["case_id", "person_id", "seq"], select(
        literal(taken.id), named.c.person_id, literal(1)).where(named.c.case_id == parent.id)))
    deciders = select(literal(taken.id), case_role.c.person_id, case_role.c.role, literal(1)).where(
        case_role.c.case_id == parent.id, case_role.c.role == Role.DECIDER.value, case_role.c.until_seq.is_(None))
    session.execute(insert(case_role).from_select(["case_id", "person_id", "role", "since_seq"], deciders))
    walls.rebuild(session, house, taken.id)


def _records(session: Session, uids: Sequence[str]) -> set[int]:
    """The persons with these identifiers; somebody who was entered twice is both."""
    rows = session.execute(select(person.c.id, person.c.same_as_id).where(person.c.uid.in_(uids))).all()
    return every_record(session, (number for row in rows for number in row if number is not None))


def every_record(session: Session, numbers: Iterable[int]) -> set[int]:
    """These persons under every number they were ever entered with."""
    found = set(numbers)
    first = session.execute(select(person.c.same_as_id).where(person.c.id.in_(found), person.c.same_as_id.is_not(None))).scalars().all()
    found |= {int(number) for number in first if number is not None}
    return found | set(session.execute(select(person.c.id).where(person.c.same_as_id.in_(found))).scalars())


def _recognised(session: Session, described: Sequence[str], today: date) -> set[int]:
    """Persons whose full name, or the title of whose office, stands in a description."""
    texts = [f" {_plain(text)} " for text in described]
    if not texts:
        return set()
    spoken = [(id_, _plain(name)) for id_, name in session.execute(select(person.c.id, person.c.full_name))]
    spoken += [(id_, _plain(title)) for id_, title in session.execute(
        select(appointment.c.person_id, office.c.title).join(office, office.c.id == appointment.c.office_id).where(in_force(appointment, today)))]
    return every_record(session, {id_ for id_, words in spoken if any(f" {words} " in text for text in texts)})


def _plain(text: str) -> str:
    """The words of a text without diacritics, capitals and punctuation."""
    return " ".join("".join(c if c.isalnum() else " " for c in folded(text)).split())


def handles(session: Session, numbers: Iterable[int], today: date) -> bool:
    """Whether any of these persons is granted a role that handles matters, or holds an office, for whatever unit."""
    who = list(numbers)
    granted = select(role_grant.c.id).where(role_grant.c.person_id.in_(who), role_grant.c.role.in_(HANDLING), in_force(role_grant, today))
    held = select(appointment.c.id).where(appointment.c.person_id.in_(who), in_force(appointment, today))
    given = select(delegation.c.id).where(delegation.c.to_id.in_(who), in_force(delegation, today))
    return any(session.execute(query.limit(1)).first() is not None for query in (granted, held, given))


def granted_for(session: Session, role: Role, unit_id: int | None, today: date) -> list[int]:
    """Who is granted a role for a unit today."""
    return list(session.execute(
        select(role_grant.c.person_id).join(unit_above, unit_above.c.above_id == role_grant.c.unit_id)
        .where(unit_above.c.unit_id == unit_id, role_grant.c.role == role.value, in_force(role_grant, today)).distinct()
        .order_by(role_grant.c.person_id)).scalars())


def _receivers(session: Session, spoken_of: frozenset[int], actor: Actor, today: date, workflow: str) -> list[int]:
    """The contact; where the concern is about them, or theirs, whoever answers in the appeal body."""
    first = contacts.contact(session)
    if first is None:
        raise Invalid((Problem("/data/named", "no_contact", "Nobody is named as the contact for concerns yet. Ask for the contact to be named; "
                               f"{_outside(session)}"),))
    kept_out = spoken_of | (every_record(session, {actor.person_id}) if actor.person_id is not None else set())
    if first not in kept_out:
        return [first]
    above = [p for p in contacts.appeal_holders(session, today, workflow) if p not in kept_out]
    if not above:
        raise Invalid((Problem("/data/named", "outside", "It is about the contact for concerns, or touches them, and nobody inside may "
                               f"receive it instead; {_outside(session)}"),))
    return above[:1]


def _outside(session: Session) -> str:
    body = contacts.appeal_body(session)
    return f"the way outside is: {body[0]}." if body else "the way outside is the body that hears appeals, or the law."


def _named_before(session: Session, house: House, number: str, actor: Actor) -> set[int]:
    """Whom the reporter's own matter names: in a concern; of a testimony, whom the matter is about; where they reported a shortcoming of their unit,
    who stood right above them. Raises `Invalid` where it is not theirs."""
    theirs = or_(cases.c.uid == (actor.holds or ""), select(case_role.c.case_id).where(
        case_role.c.case_id == cases.c.id, case_role.c.person_id == (actor.person_id or 0), case_role.c.role.in_(OWN),
        case_role.c.until_seq.is_(None)).exists())
    row = session.execute(select(cases.c.id, cases.c.workflow, cases.c.parent_id, cases.c.opened_at).where(cases.c.number == number, theirs)).first()
    if row is None:
        raise Invalid((Problem("/data/about", "unknown", "Give the number of a matter in which you reported or are protected."),))
    found = set(session.execute(select(named.c.person_id).where(named.c.case_id == row.id)).scalars())
    if row.workflow == TESTIMONY and row.parent_id is not None:
        found |= set(walls.against_whom(session, house, row.parent_id))
    if row.workflow in OWN_REPORTS and actor.person_id is not None:
        found |= superiors_on(session, actor.person_id, day_of(row.opened_at, house.zone))
    return found

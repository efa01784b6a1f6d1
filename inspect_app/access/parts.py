"""Which parts someone plays: from the case, and from dated grants for the case's unit or one above it. Exclusion beats both."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, false, literal, or_, select, true

from inspect_app.models import case_role, cases, exclusion, role_grant, unit
from workflows.acts import Actor
from workflows.definition import Workflow
from workflows.roles import GRANTED, Role

REACHING = (Role.CHAIR, Role.AUDITOR)
"""Roles that see every case in the units they are granted for."""

ON_FAST_TRACK = (Role.UNIT_LEAD,)
"""Roles that see the fast-track cases of their units."""

ANYWHERE = frozenset({"system"})


def sees_everything(actor: Actor) -> bool:
    """The system and the console act for the installation itself."""
    return actor.id in ANYWHERE or actor.id.startswith("console:")


def parts_in(workflow: Workflow, own: str | None, granted: str | None) -> frozenset[Role]:
    """The parts in one case: `own` and `granted` are role codes joined by commas, as the database gives them."""
    found = {Role(code) for code in (own or "").split(",") if code}
    for code in (granted or "").split(","):
        role = Role(code) if code else None
        if role in REACHING or (role in ON_FAST_TRACK and workflow.fast):
            found.add(role)
    return frozenset(found)


def parts_on_opening(granted: Iterable[str]) -> frozenset[Role]:
    """The parts of someone who opens a case in a unit: all that are granted for it."""
    return frozenset(Role(code) for code in granted if code in GRANTED)


def visible_to(actor: Actor, today: date, fast: Iterable[str]) -> ColumnElement[bool]:
    """The WHERE clause of every list: cases this actor may know of. `fast` names the fast-track workflows."""
    if sees_everything(actor):
        return true()
    if actor.person_id is None:
        return false()
    mine = exists().where(case_role.c.case_id == cases.c.id, case_role.c.person_id == actor.person_id, case_role.c.until_seq.is_(None))
    above = unit.alias("above")
    below = unit.alias("below")
    reach = exists(select(literal(1)).select_from(role_grant.join(above, above.c.id == role_grant.c.unit_id)).select_from(below)
                   .where(below.c.id == cases.c.unit_id, role_grant.c.person_id == actor.person_id,
                          role_grant.c.since_on <= today, or_(role_grant.c.until_on.is_(None), role_grant.c.until_on >= today),
                          below.c.path.like(above.c.path + "%"),
                          or_(role_grant.c.role.in_(REACHING),
                              and_(role_grant.c.role.in_(ON_FAST_TRACK), cases.c.workflow.in_(list(fast))))))
    excluded = exists().where(exclusion.c.case_id == cases.c.id, exclusion.c.person_id == actor.person_id)
    return and_(or_(mine, reach), ~excluded)

"""Which parts someone plays: from the case, from the office that handles it, and from dated grants for its unit or one above it.

Exclusion beats grants: a wall with the part `all` leaves a person what the case itself made them (respondent, head, reporter …) and
nothing else; a wall with a role takes that role alone. A case in a closed circle is reached by no grant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, literal, or_, select, true

from inspect_app.access.conflicts import EVERY_PART
from inspect_app.access.offices import ANY_SCOPE
from inspect_app.db import Reach
from inspect_app.models import case_role, cases, exclusion, role_grant, unit_above
from workflows.acts import Actor
from workflows.definition import Workflow
from workflows.roles import GRANTED, PERSONAL, Role

REACHING = (Role.CHAIR, Role.AUDITOR)
"""Roles that see every case in the units they are granted for."""

ON_FAST_TRACK = (Role.UNIT_LEAD,)
"""Roles that see the fast-track cases of their units."""

ANYWHERE = frozenset({"system"})


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks, on which day, and for which offices they answer that day: by workflow, and under `*` for all workflows not named."""

    actor: Actor
    today: date
    offices: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


def sees_everything(actor: Actor) -> bool:
    """The system and the console act for the installation itself."""
    return actor.id in ANYWHERE or actor.id.startswith("console:")


def reach_of(actor: Actor) -> Reach:
    """For whom a transaction of this actor reads: what the database's own row-level security goes by."""
    return "all" if sees_everything(actor) else actor.person_id


def parts_in(workflow: Workflow, own: str | None, granted: str | None, walls: str | None = None, *, closed_circle: bool = False,
             answers: bool = False) -> frozenset[Role]:
    """The parts in one case. `own`, `granted` and `walls` are codes joined by commas, as the database gives them; `answers` says that
    this person answers today for the office that handles the case."""
    found = {Role(code) for code in (own or "").split(",") if code}
    for code in (granted or "").split(",") if not closed_circle else ():
        role = Role(code) if code else None
        if role in REACHING or (role in ON_FAST_TRACK and workflow.fast):
            found.add(role)
    for wall in (walls or "").split(","):
        found = found & set(PERSONAL) if wall == EVERY_PART else found - {wall}
    if answers and workflow.held_role is not None:
        found.add(workflow.held_role)
    return frozenset(found)


def parts_on_opening(granted: Iterable[str]) -> frozenset[Role]:
    """The parts of someone who opens a case in a unit: all that are granted for it."""
    return frozenset(Role(code) for code in granted if code in GRANTED)


def in_force(dated: Any, today: date) -> ColumnElement[bool]:
    """Whether a row with `since_on` and `until_on` holds on this day."""
    return and_(dated.c.since_on <= today, or_(dated.c.until_on.is_(None), dated.c.until_on >= today))


def visible_to(viewer: Viewer, fast: Iterable[str]) -> ColumnElement[bool]:
    """The WHERE clause of every list: cases this viewer may know of. `fast` names the fast-track workflows.

    It holds exactly where `parts_in` gives a part."""
    person, today = viewer.actor.person_id, viewer.today
    if sees_everything(viewer.actor):
        return true()
    if person is None:
        return false()
    mine = and_(case_role.c.case_id == cases.c.id, case_role.c.person_id == person, case_role.c.until_seq.is_(None),
                or_(case_role.c.until_on.is_(None), case_role.c.until_on >= today))
    walled = and_(exclusion.c.case_id == cases.c.id, exclusion.c.person_id == person, exclusion.c.since_on <= today)
    personal = exists().where(mine, case_role.c.role.in_(PERSONAL), ~exists().where(walled, exclusion.c.part == case_role.c.role))
    conducting = exists().where(mine, case_role.c.role.not_in(PERSONAL), ~exists().where(walled, exclusion.c.part == case_role.c.role))
    reach = exists(select(literal(1)).select_from(role_grant.join(unit_above, unit_above.c.above_id == role_grant.c.unit_id))
                   .where(unit_above.c.unit_id == cases.c.unit_id, role_grant.c.person_id == person, in_force(role_grant, today),
                          or_(role_grant.c.role.in_(REACHING), and_(role_grant.c.role.in_(ON_FAST_TRACK), cases.c.workflow.in_(list(fast)))),
                          ~exists().where(walled, exclusion.c.part == role_grant.c.role)))
    granted = and_(or_(conducting, and_(~cases.c.closed_circle, reach)), ~exists().where(walled, exclusion.c.part == EVERY_PART))
    found = or_(personal, granted)
    return or_(*handling(viewer.offices), found)


def handling(offices: Mapping[str, tuple[int, ...]]) -> list[ColumnElement[bool]]:
    """Cases that are with an office for which the viewer answers."""
    named = [w for w in offices if w != ANY_SCOPE]
    found = [and_(cases.c.office_id.in_(offices[w]), cases.c.workflow == w) for w in named if offices[w]]
    if offices.get(ANY_SCOPE):
        found.append(and_(cases.c.office_id.in_(offices[ANY_SCOPE]), cases.c.workflow.not_in(named)))
    return found

"""Which parts someone plays: from the case, from the office that handles it, and from dated grants for its unit or one above it.

Exclusion beats grants: a wall with the part `all` leaves a person what the case itself made them (respondent, head, reporter …) and
nothing else; a wall with a role takes that role alone. A case in a closed circle is reached by no grant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true

from inspect_app.access.conflicts import EVERY_PART
from inspect_app.access.numbers import among
from inspect_app.access.offices import ANY_SCOPE
from inspect_app.db import Reach
from inspect_app.models import case_role, cases, exclusion, unit, unit_above
from workflows.acts import Actor
from workflows.definition import Workflow
from workflows.roles import GRANTED, OF_OFFICE, PERSONAL, Role

REACHING = (Role.CHAIR, Role.AUDITOR)
"""Roles that see every case in the units they are granted for."""

ON_FAST_TRACK = (Role.UNIT_LEAD,)
"""Roles that see the fast-track cases of their units."""

ANYWHERE = frozenset({"system"})

Looked = Callable[[ColumnElement[Any]], ColumnElement[Any]]
"""How a column is named in a condition."""


def as_it_is(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A column by its name."""
    return column


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks, on which day, and what their parts come from that day: the cases in which they have one of their own (None: too many to name), those
    in which they were given one that comes with an office (`held`: it counts where the case is with none), the units their grants reach (None: all),
    those where they see the fast track (None: all), the offices they answer for, by workflow and under `*` for all workflows not named, and the
    bodies on which they sit. `wide` says that most lists are theirs to a good part. `concerned` are those of their own cases that are about them
    (None: too many to name), `audited` the units that they reach as auditors (None: all), `playing` the parts that they have in any of their own
    (None: any part), `units_in_all` and `cases_in_all` about how many of both there are. What the parts in one case are made from, as
    `parts_in` takes it: `roles` by case (None: too many to name), `walls` by case, `granted` by unit, and `everywhere` for all units."""

    actor: Actor
    today: date
    own: frozenset[int] | None = frozenset()
    held: frozenset[int] = frozenset()
    units: frozenset[int] | None = frozenset()
    fast_units: frozenset[int] | None = frozenset()
    offices: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    bodies: tuple[int, ...] = ()
    wide: bool = False
    concerned: frozenset[int] | None = frozenset()
    audited: frozenset[int] | None = frozenset()
    playing: frozenset[Role] | None = None
    units_in_all: int = 0
    cases_in_all: int = 0
    roles: Mapping[int, str] | None = field(default_factory=dict)
    walls: Mapping[int, str] = field(default_factory=dict)
    granted: Mapping[int, str] = field(default_factory=dict)
    everywhere: str = ""


def sees_everything(actor: Actor) -> bool:
    """The system and the console act for the installation itself."""
    return actor.id in ANYWHERE or actor.id.startswith("console:")


def reach_of(actor: Actor) -> Reach:
    """For whom a transaction of this actor reads: what the database's own row-level security goes by."""
    return "all" if sees_everything(actor) else actor.person_id


def parts_in(workflow: Workflow, own: str | None, granted: str | None, walls: str | None = None, *, closed_circle: bool = False,
             handled: bool = False, answers: bool = False, sits: bool = False, hears: bool = False, keeps: bool = False,
             hidden: bool = False) -> frozenset[Role]:
    """The parts in one case. `own`, `granted` and `walls` are codes joined by commas, as the database gives them; `handled` says that
    the case is with an office, `answers` that this person answers for it today, `sits` that they sit today on the body that decides, `hears`
    that they answer today for the office it was reported to, `keeps` that the act is one by which content is held or goes: to such a data officer
    comes, who sees nothing of the case by it. `hidden` is what is spent, annulled or cleared, for all but those whom it is about and auditors; who
    keeps it may still let it go."""
    found = {Role(code) for code in (own or "").split(",") if code} - {Role.SUPERIOR}
    if handled:
        found -= set(OF_OFFICE)
    if sits:
        found.add(Role.DECIDER)
    if hears:
        found.add(Role.SUPERIOR)
    for code in (granted or "").split(",") if not closed_circle else ():
        role = Role(code) if code else None
        if role in REACHING or (role in ON_FAST_TRACK and workflow.fast):
            found.add(role)
    if keeps and not closed_circle and Role.DATA_OFFICER in (granted or "").split(","):
        found.add(Role.DATA_OFFICER)
    for wall in (walls or "").split(","):
        found = found & set(PERSONAL) if wall == EVERY_PART else found - {wall}
    if hidden and not keeps:
        found &= {*PERSONAL, Role.AUDITOR}
    if answers and workflow.held_role is not None:
        found.add(workflow.held_role)
    return frozenset(found)


def parts_on_opening(granted: Iterable[str]) -> frozenset[Role]:
    """The parts of a person who opens a case in a unit: all that are granted for it; and anyone may report."""
    return frozenset(Role(code) for code in granted if code in GRANTED) | {Role.REPORTER}


def in_force(dated: Any, today: date) -> ColumnElement[bool]:
    """Whether a row with `since_on` and `until_on` holds on this day."""
    return and_(dated.c.since_on <= today, or_(dated.c.until_on.is_(None), dated.c.until_on >= today))


def visible_to(viewer: Viewer, fast: Iterable[str], looked: Looked = as_it_is) -> ColumnElement[bool]:
    """The WHERE clause of every list: cases this viewer may know of. `fast` names the fast-track workflows. What was disposed of is in no list.
    `looked` names a column in other words where no index of it is to be used.

    It holds exactly where `parts_in` gives a part; walls of a single role are only ever of parts that the case itself gave."""
    if sees_everything(viewer.actor):
        return true()
    return and_(cases.c.disposed_at.is_(None), reached_by(viewer, fast, looked))


def reached_by(viewer: Viewer, fast: Iterable[str], looked: Looked = as_it_is) -> ColumnElement[bool]:
    """The same, whether or not a case was disposed of meanwhile."""
    person, today = viewer.actor.person_id, viewer.today
    if person is None:
        return false()
    walled = _walled(viewer, EVERY_PART)
    reach = or_(_in_units(viewer.units, looked), and_(looked(cases.c.workflow).in_(list(fast)), _in_units(viewer.fast_units, looked)))
    granted = [and_(~cases.c.closed_circle, reach)]
    sits = [cases.c.body_id.in_(viewer.bodies)] if viewer.bodies else []
    for role, ways in ((Role.DECIDER, sits), (Role.SUPERIOR, handling(viewer.offices, cases.c.superior_office_id))):
        if ways:
            granted.append(and_(or_(*ways), ~_walled(viewer, role)))
    own = _named(looked(cases.c.id), viewer.own, viewer.held) if viewer.own is not None else _own(person, today)
    handled = handling(viewer.offices, cases.c.office_id)
    concerned = _named(looked(cases.c.id), viewer.concerned, viewer.held) if viewer.concerned is not None else _own(person, today, PERSONAL)
    audited = and_(~cases.c.closed_circle, _in_units(viewer.audited, looked), ~walled)
    return and_(or_(and_(or_(*granted), ~walled), *handled, own), or_(~cases.c.hidden, concerned, *handled, audited))


def _in_units(units: frozenset[int] | None, looked: Looked) -> ColumnElement[bool]:
    return looked(cases.c.unit_id) > 0 if units is None else among(cases.c.unit_id, units)


def _walled(viewer: Viewer, part: str) -> ColumnElement[bool]:
    """Cases in which a wall takes this part from the viewer."""
    return among(cases.c.id, (number for number, parts in viewer.walls.items() if part in parts.split(",")))


def _named(case: ColumnElement[int], own: frozenset[int], held: frozenset[int]) -> ColumnElement[bool]:
    found = among(case, own)
    return or_(found, and_(cases.c.office_id.is_(None), among(case, held))) if held else found


def has_part(*where: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a case has a part of which this is true, asked of one case after the other: of a single value no database makes a table of all such
    parts first, as it may of `EXISTS`."""
    return select(true()).where(case_role.c.case_id == cases.c.id, *where).correlate(cases).limit(1).scalar_subquery()


def lies_in(code: str) -> ColumnElement[bool]:
    """Whether a case lies in the unit with this code or in one below it, asked likewise."""
    top = select(unit.c.id).where(unit.c.code == code).scalar_subquery()
    return select(true()).where(unit_above.c.unit_id == cases.c.unit_id, unit_above.c.above_id == top).correlate(cases).limit(1).scalar_subquery()


def _own(person: int, today: date, among: Iterable[Role] | None = None) -> ColumnElement[bool]:
    """Cases in which a person has a part (of these) that no wall takes away, where they are too many to name: asked of one case after another."""
    wall = exists().where(exclusion.c.case_id == case_role.c.case_id, exclusion.c.person_id == person, exclusion.c.since_on <= today,
                          or_(exclusion.c.part == case_role.c.role, and_(exclusion.c.part == EVERY_PART, case_role.c.role.not_in(PERSONAL))))
    role = case_role.c.role
    until = case_role.c.until_on
    mine = [case_role.c.person_id == person, case_role.c.until_seq.is_(None), or_(until.is_(None), until >= today), ~wall]
    if among is not None:
        mine.append(role.in_(list(among)))
    return or_(has_part(*mine, role.not_in((*OF_OFFICE, Role.SUPERIOR))), and_(cases.c.office_id.is_(None), has_part(*mine, role.in_(OF_OFFICE))))


def handling(offices: Mapping[str, tuple[int, ...]], column: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    """Cases that are with an office for which the viewer answers; `column` says which office of the case."""
    named = [w for w in offices if w != ANY_SCOPE]
    found = [and_(column.in_(offices[w]), cases.c.workflow == w) for w in named if offices[w]]
    if offices.get(ANY_SCOPE):
        found.append(and_(column.in_(offices[ANY_SCOPE]), cases.c.workflow.not_in(named)))
    return found

"""What a list asks for: its filters and orders, and its filters as conditions on cases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, select

from inspect_app.access.parts import Looked, as_it_is, has_part, lies_in
from inspect_app.errors import Invalid, Problem
from inspect_app.models import case_role, cases, dossier, person, register_flag, unit
from inspect_app.now import now
from inspect_app.services.house import House
from workflows.roles import Role

SORTS: dict[str, tuple[Any, bool]] = {
    "due": (cases.c.due_order, False),
    "-due": (cases.c.due_order, True),
    "updated": (cases.c.updated_at, False),
    "-updated": (cases.c.updated_at, True),
    "opened": (cases.c.opened_at, False),
    "-opened": (cases.c.opened_at, True),
}
"""What a list is ordered by, and whether downwards."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list asks for; every part may be left out. `unit` includes its subtree; `q` are words of number and title, without diacritics;
    `contradictory` are cases from a register that contradicts itself."""

    state: str | None = None
    workflow: str | None = None
    unit: str | None = None
    overdue: bool | None = None
    assigned_to: str | None = None
    q: str | None = None
    updated_since: int | None = None
    dossier: str | None = None
    is_open: bool | None = None
    contradictory: bool | None = None
    body: str | None = None
    """The code of the body that decides."""
    rehearsal: bool | None = False
    """Rehearsals stand in no list but their own; None: both."""


def part_of(uid: str) -> tuple[ColumnElement[bool], ...]:
    """The parts that somebody plays in cases and that may be told, as conditions on parts."""
    c = case_role.c
    whose = select(person.c.id).where(person.c.uid == uid).scalar_subquery()
    return c.person_id == whose, c.until_seq.is_(None), c.role.not_in((Role.REPORTER, Role.PROTECTED))


def openness(house: House, wanted: Filter) -> frozenset[bool]:
    """Whether the cases of a list may be open, and whether they may have ended: a state may be one of open or of ended cases alone."""
    found = {True, False} if wanted.is_open is None else {wanted.is_open}
    found &= {True} if wanted.overdue else {True, False}
    if wanted.state:
        found &= {not w.is_final(wanted.state) for w in house.catalogue.by_hash.values() if any(s.name == wanted.state for s in w.states)}
    return frozenset(found)


def sound(wanted: Filter) -> None:
    """Raises `Invalid` for a text that cannot be looked for."""
    texts = (wanted.state, wanted.workflow, wanted.unit, wanted.assigned_to, wanted.q, wanted.dossier, wanted.body)
    if any("\0" in (text or "") for text in texts):
        raise Invalid((Problem("/q", "character", "The character NUL occurs in no text; leave it out."),))


def conditions(house: House, wanted: Filter, looked: Looked = as_it_is) -> list[ColumnElement[bool]]:
    """What a list asks for, but for its words, as conditions on cases; `looked` as in `visible_to`. Raises `Invalid` for a text that cannot be looked
    for."""
    sound(wanted)
    found: list[ColumnElement[bool]] = []
    for column, told in ((cases.c.state, wanted.state), (cases.c.workflow, wanted.workflow)):
        if told:
            found.append(looked(column) == told)
    if wanted.unit:
        found.append(lies_in(wanted.unit))
    if wanted.body:
        found.append(looked(cases.c.body_id) == select(unit.c.id).where(unit.c.code == wanted.body).scalar_subquery())
    if wanted.overdue is not None:
        over = and_(cases.c.is_open, cases.c.due_order < now())
        found.append(over if wanted.overdue else ~over)
    if wanted.assigned_to:
        found.append(has_part(*part_of(wanted.assigned_to)))
    if wanted.updated_since is not None:
        found.append(looked(cases.c.updated_at) >= wanted.updated_since)
    if wanted.dossier:
        found.append(looked(cases.c.dossier_id) == select(dossier.c.id).where(dossier.c.uid == wanted.dossier).scalar_subquery())
    if wanted.contradictory is not None:
        flagged = select(register_flag.c.case_id).where(register_flag.c.until.is_(None))
        found.append(cases.c.id.in_(flagged) if wanted.contradictory else ~flagged.where(register_flag.c.case_id == cases.c.id).exists())
    is_open = openness(house, wanted)
    flags = ((cases.c.rehearsal, wanted.rehearsal), (cases.c.is_open, next(iter(is_open)) if len(is_open) == 1 else wanted.is_open))
    return found + [column == told for column, told in flags if told is not None]


__all__ = ["SORTS", "Filter", "conditions", "openness", "part_of", "sound"]

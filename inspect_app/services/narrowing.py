"""What cases have in common by which an index has them together: one of the things that a list asks for, or a reason for which somebody sees them
without any grant. Each is counted, so that a list can be looked for where the fewest are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, select, true

from inspect_app.access.numbers import among
from inspect_app.access.parts import Viewer, handling, has_part
from inspect_app.db import Fixed, Session
from inspect_app.models import case_role, cases, dossier, person, register_flag
from inspect_app.models.case import FAR
from inspect_app.now import now
from inspect_app.services.filters import Filter, part_of
from inspect_app.services.reckoning import counted
from inspect_app.services.steering import looked_at, walked

ONE_BY_ONE = 8
"""So many offices or bodies are asked for one after the other."""
_BODY = Fixed("SELECT id FROM unit WHERE code = :code")


class Some(NamedTuple):
    """Cases that an index has together, about how many they are, and how it is asked whether a case that was found otherwise is one of them.
    `ordered` says that the index has them in the order of due days, `kind` what they have in common; `numbers` asks for their numbers alone, where
    these are known without the cases."""

    size: int
    where: ColumnElement[bool]
    met: ColumnElement[bool]
    ordered: bool = False
    kind: str = ""
    numbers: Select[int] | None = None
    body: int | None = None
    """The one body of all of them, where they have one in common."""

    def within(self, units: Iterable[int]) -> Some:
        """The same in some units, where what was changed is asked for: an index has what was changed in each."""
        return self._replace(where=and_(among(cases.c.unit_id, units), self.where)) if self.kind == "changed" else self


def asked_for(session: Session, viewer: Viewer, wanted: Filter, bodies: Collection[int]) -> Iterable[Some]:
    """The cases that fulfil one of the things that a list asks for, each by itself; `bodies` are those that it asks for."""
    def some(kind: str, told: str | int | Sequence[int], where: Callable[[Any], ColumnElement[bool]]) -> Some:
        size, other = counted(session, viewer.cases_in_all, kind, told), cases.alias()
        return Some(size, where(cases.c), true(), True, kind, select(other.c.id).where(where(other.c)))

    if wanted.dossier:
        yield Some(0, cases.c.dossier_id == select(dossier.c.id).where(dossier.c.uid == wanted.dossier).scalar_subquery(), true())
    if wanted.contradictory:
        yield Some(0, cases.c.id.in_(select(register_flag.c.case_id).where(register_flag.c.until.is_(None))), true())
    if wanted.rehearsal:
        yield some("rehearsal", "", lambda c: c.rehearsal)
    if wanted.body:
        yield some("body", sorted(bodies), lambda c: among(c.body_id, bodies))
    if wanted.state:
        yield some("state", wanted.state, lambda c: c.state == wanted.state)
    if wanted.workflow:
        yield some("workflow", wanted.workflow, lambda c: c.workflow == wanted.workflow)
    if wanted.overdue:
        moment = now()
        yield some("overdue", moment, lambda c: and_(c.is_open, c.due_order < moment))
    if wanted.assigned_to:
        people = session.execute(select(person.c.id).where(person.c.uid == wanted.assigned_to)).scalars().all()
        numbers = select(case_role.c.case_id).where(*part_of(wanted.assigned_to))
        yield Some(counted(session, viewer.cases_in_all, "person", people), cases.c.id.in_(numbers), true(), False, "person", numbers)
    if wanted.updated_since is not None:
        since = wanted.updated_since
        yield some("changed", since, lambda c: c.updated_at.between(since, FAR))._replace(ordered=False)


def body_of(session: Session, code: str | None) -> frozenset[int]:
    """The body with a code; nothing where there is none."""
    return frozenset(id_ for (id_,) in _BODY.run(session, {"code": code})) if code else frozenset()


def of_their_own(session: Session, viewer: Viewer) -> Iterable[Some]:
    """What somebody sees without any grant: their own cases, those of their offices, and those of their bodies."""
    if own := _named(viewer, cases.c.id):
        yield Some(len(viewer.own or ()) + len(viewer.held), own[0], _named(viewer, looked_at(cases.c.id))[0])
    if viewer.own is None and viewer.actor.person_id is not None:
        c, whose = case_role.c, [viewer.actor.person_id]
        played = cases.c.id.in_(select(c.case_id).where(c.person_id == whose[0], c.until_seq.is_(None)))
        yield Some(counted(session, viewer.cases_in_all, "person", whose), played, _played(viewer))
    offices = sorted({number for numbers in viewer.offices.values() for number in numbers})
    for kind, column, numbers in (("office", cases.c.office_id, offices), ("superior", cases.c.superior_office_id, offices),
                                  ("body", cases.c.body_id, sorted(viewer.bodies))):
        for some in [[number] for number in numbers] if len(numbers) <= ONE_BY_ONE else [numbers]:
            size = counted(session, viewer.cases_in_all, kind, some)
            body = some[0] if kind == "body" and len(some) == 1 else None
            yield Some(size, among(column, some), among(walked(session, column), some), len(some) == 1, kind, body=body)


def mine(viewer: Viewer) -> list[ColumnElement[bool]]:
    """Which cases, found otherwise, somebody sees without any grant: their own, those of their offices, those of their bodies."""
    offices = [*handling(viewer.offices, cases.c.office_id), *handling(viewer.offices, cases.c.superior_office_id)]
    bodies = [cases.c.body_id.in_(viewer.bodies)] if viewer.bodies else []
    return [*([_played(viewer)] if viewer.own is None else _named(viewer, looked_at(cases.c.id))), *offices, *bodies]


def _named(viewer: Viewer, case: ColumnElement[int]) -> list[ColumnElement[bool]]:
    own = (viewer.own or frozenset()) | viewer.held
    return [among(case, own)] if own else []


def _played(viewer: Viewer) -> ColumnElement[bool]:
    """Whether somebody has a part in a case, where they have too many to name."""
    return has_part(case_role.c.person_id == viewer.actor.person_id, case_role.c.until_seq.is_(None))


__all__ = ["Some", "asked_for", "body_of", "mine", "of_their_own"]

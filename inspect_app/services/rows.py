"""A case as a row of a list and as the top of its page: what a reader is told of it, and which parts they play in it. Nothing here writes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, TextClause, select, text

from inspect_app.access.offices import ANY_SCOPE
from inspect_app.access.parts import Viewer, parts_in, sees_everything, visible_to
from inspect_app.access.reading import HANDLING
from inspect_app.db import Fixed, Session, together
from inspect_app.models import cases, dossier, unit
from inspect_app.now import now
from inspect_app.services.house import House
from inspect_app.services.standing import joined
from inspect_app.services.steering import steered
from workflows.calendar import day_of
from workflows.concern_v1 import CONCERN
from workflows.definition import Workflow
from workflows.roles import Role


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in a list or on its page. Moments are µs since 1970 UTC. `parent` is None where the reader may not know of the case it came
    from; parties are never told of a concern."""

    id: int
    uid: str
    number: str
    reference: str | None
    dossier: str
    workflow: Workflow
    ruleset: str
    state: str
    seq: int
    title: str
    unit: str | None
    unit_name: str | None
    is_open: bool
    paused: bool
    rehearsal: bool
    opened_at: int
    updated_at: int
    due_at: int | None
    origin: str
    parent: str | None
    parts: frozenset[Role] = frozenset()
    waits: tuple[str, ...] = ()
    closed_circle: bool = False
    unredacted: bool = False
    """It is shown by itself to an auditor, and another person agreed that nothing is redacted."""


def today(house: House) -> date:
    """Today in the organisation's zone."""
    return day_of(now(), house.zone)


def fast(house: House) -> list[str]:
    """The names of the fast-track workflows."""
    return [w.name for w in house.catalogue.workflows if w.fast]


Known = Mapping[int, Sequence[Any]]
"""All that is told of some cases, by number, as it was read."""
NOTHING: Known = MappingProxyType({})

_OF_CASES = """cases.id, cases.uid, cases.number, cases.title, cases.reference, cases.definition, cases.ruleset, cases.state, cases.seq,
  cases.unit_id, cases.is_open, cases.paused, cases.rehearsal, cases.opened_at, cases.updated_at, cases.due_at, cases.origin, cases.office_id,
  cases.body_id, cases.superior_office_id, cases.closed_circle, cases.hidden, cases.parent_id"""
_WHAT = f"{_OF_CASES}, d.uid, u.code, u.name"
"""All that a row tells: of a case, its dossier (d) and its unit (u)."""
NUMBER, TITLE, _PARENT = 2, 3, 22
"""Where they stand in a row as it was read."""
_AT_ONCE = text(f"""{_OF_CASES}, (SELECT d.uid FROM dossier d WHERE d.id = cases.dossier_id),
  (SELECT u.code FROM unit u WHERE u.id = cases.unit_id), (SELECT u.name FROM unit u WHERE u.id = cases.unit_id)""")  # noqa: S608 - constants
_ROWS = Fixed(f"""SELECT {_WHAT}
  FROM cases JOIN dossier d ON d.id = cases.dossier_id LEFT JOIN unit u ON u.id = cases.unit_id
  WHERE cases.id AMONG :ids""")  # noqa: S608 - joined from constants
"""Always the same few rows by their numbers: planned once."""
_D, _U = dossier.alias("d"), unit.alias("u")
_WHERE = select(text(_WHAT)).select_from(cases.join(_D, _D.c.id == cases.c.dossier_id).outerjoin(_U, _U.c.id == cases.c.unit_id))
"""The same of cases that fulfil something."""
_ROLES = Fixed("""SELECT case_id, role FROM case_role WHERE person_id = :person AND case_id AMONG :ids AND until_seq IS NULL
  AND (until_on IS NULL OR until_on >= :today)""")


def found_in(session: Session, house: House, viewer: Viewer, *where: ColumnElement[bool], down: bool = False) -> list[CaseRow]:
    """The cases of this viewer that fulfil this, by their numbers, upwards or downwards."""
    known = rows_where(session, *where, visible_to(viewer, fast(house)))
    return told(session, house, viewer, sorted(known, reverse=down), known)


def rows_where(session: Session, *where: ColumnElement[bool]) -> Known:
    """All that is told of the cases that fulfil this, by number, as `told` takes it. To be asked of few."""
    with steered(session):
        return {row[0]: row for row in session.execute(_WHERE.where(*where))}


def at_once(session: Session) -> tuple[TextClause, ...]:
    """All that is told of a case, as columns of the statement that finds a page; none on SQLite. PostgreSQL tells it of the cases of the page alone,
    and is spared to find them again and to ask its policy of them; SQLite would tell it of every case that it sorts."""
    return () if session.dialect.name == "sqlite" else (_AT_ONCE,)


def told(session: Session, house: House, viewer: Viewer, ids: Sequence[int], known: Known = NOTHING) -> list[CaseRow]:
    """What this viewer is told of cases that are theirs to see, in this order; of some of them the rows may be known already."""
    missing = [id_ for id_ in ids if id_ not in known]
    rows = {**known, **{row[0]: row for row in _ROWS.run(session, {"ids": together(missing)})}} if missing else known
    roles = viewer.roles
    if roles is None:
        roles = joined(_ROLES.run(session, {"ids": together(ids), "person": viewer.actor.person_id, "today": viewer.today.isoformat()}))
    above = {rows[id_][_PARENT] for id_ in ids if id_ in rows} - {None}
    parents = _parents(session, house, viewer, above) if above else {}
    return [_row(house, viewer, rows[id_], roles.get(id_), parents) for id_ in ids if id_ in rows]


def _parents(session: Session, house: House, viewer: Viewer, ids: Collection[int]) -> dict[int, Sequence[str]]:
    """Of these cases those that the viewer may know of: uid and workflow."""
    found = session.execute(select(cases.c.id, cases.c.uid, cases.c.workflow).where(cases.c.id.in_(ids), visible_to(viewer, fast(house))))
    return {id_: parent for id_, *parent in found}


def _row(house: House, viewer: Viewer, row: Sequence[Any], own: str | None, parents: Mapping[int, Sequence[str]]) -> CaseRow:
    (id_, uid, number, title, reference, definition, ruleset, state, seq, unit_id, is_open, paused, rehearsal, opened_at, updated_at, due_at, origin,
     office_id, body_id, superior_office_id, closed_circle, away, parent_id, in_dossier, code, name) = row
    parent, above = parents.get(parent_id, (None, None))
    granted = f"{viewer.everywhere},{viewer.granted.get(unit_id, '')}" if unit_id is not None else None
    workflow = house.law(definition)
    speaks_for = viewer.offices.get(workflow.name, viewer.offices.get(ANY_SCOPE, ()))
    parts = parts_in(workflow, own, granted, viewer.walls.get(id_), closed_circle=bool(closed_circle), handled=office_id is not None,
                     answers=office_id in speaks_for, sits=body_id in viewer.bodies, hears=superior_office_id in speaks_for, hidden=bool(away))
    return CaseRow(
        id_,
        uid,
        number,
        reference,
        in_dossier,
        workflow,
        house.rules(ruleset).name,
        state,
        seq,
        title,
        code,
        name,
        bool(is_open),
        bool(paused),
        bool(rehearsal),
        opened_at,
        updated_at,
        due_at,
        origin,
        parent if above != CONCERN.name or parts & HANDLING or sees_everything(viewer.actor) else None,
        parts,
        _waits(workflow, state, bool(paused), parts),
        bool(closed_circle),
    )


def _waits(workflow: Workflow, state: str, paused: bool, parts: frozenset[Role]) -> tuple[str, ...]:
    """The steps forward that are this reader's to take; a paused case waits for nobody."""
    return () if paused else tuple(t.trigger for t in workflow.onward.get(state, ()) if not parts.isdisjoint(t.who))

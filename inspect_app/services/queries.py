"""Reads: what someone may know of, and what waits for them. Nothing here writes."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import orjson
from sqlalchemy import ColumnElement, and_, exists, func, literal, or_, select, tuple_

from inspect_app.access.offices import ANY_SCOPE
from inspect_app.access.parts import Viewer, handling, in_force, parts_in, reach_of, sees_everything, visible_to
from inspect_app.access.reading import HANDLING
from inspect_app.db import Session
from inspect_app.errors import Invalid, NotFound, Problem
from inspect_app.models import (
    case_role,
    case_search,
    cases,
    dossier,
    exclusion,
    office,
    person,
    register_flag,
    responsibility,
    role_grant,
    stream,
    unit,
    unit_above,
    unredacted,
)
from inspect_app.models.case import FAR
from inspect_app.now import now
from inspect_app.services import disposals
from inspect_app.services.folding import folded
from inspect_app.services.house import House
from inspect_app.services.standing import viewer_of
from workflows.acts import Actor
from workflows.calendar import day_of
from workflows.concern_v1 import CONCERN
from workflows.definition import ANY, Workflow
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


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; `cursor` leads to the next, None at the end."""

    rows: tuple[CaseRow, ...]
    cursor: str | None


def today(house: House) -> date:
    """Today in the organisation's zone."""
    return day_of(now(), house.zone)


def fast(house: House) -> list[str]:
    """The names of the fast-track workflows."""
    return [w.name for w in house.catalogue.workflows if w.fast]


def _joined(session: Session, column: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.string_agg(column, ",") if session.dialect.name == "postgresql" else func.group_concat(column)


def _select(session: Session, house: House, viewer: Viewer) -> Any:
    parent = cases.alias("parent")
    person_id, on = viewer.actor.person_id, viewer.today
    own = (
        select(_joined(session, case_role.c.role))
        .where(case_role.c.case_id == cases.c.id, case_role.c.person_id == person_id, case_role.c.until_seq.is_(None),
               or_(case_role.c.until_on.is_(None), case_role.c.until_on >= on))
        .scalar_subquery()
    )
    granted = (
        select(_joined(session, role_grant.c.role))
        .join(unit_above, unit_above.c.above_id == role_grant.c.unit_id)
        .where(unit_above.c.unit_id == cases.c.unit_id, role_grant.c.person_id == person_id, in_force(role_grant, on))
        .correlate(cases)
        .scalar_subquery()
    )
    walls = (
        select(_joined(session, exclusion.c.part))
        .where(exclusion.c.case_id == cases.c.id, exclusion.c.person_id == person_id, exclusion.c.since_on <= on)
        .scalar_subquery()
    )
    c = cases.c
    return (
        select(c.id, c.uid, c.number, c.reference, dossier.c.uid, c.definition, c.ruleset, c.state, c.seq, c.title, unit.c.code, unit.c.name,
               c.is_open, c.paused, c.rehearsal, c.opened_at, c.updated_at, c.due_at, c.origin, c.office_id, c.body_id, c.superior_office_id,
               c.closed_circle, c.parent_id, parent.c.uid, parent.c.workflow, own, granted, walls, c.hidden)
        .join(dossier, dossier.c.id == cases.c.dossier_id)
        .outerjoin(unit, unit.c.id == cases.c.unit_id)
        .outerjoin(parent, parent.c.id == cases.c.parent_id)
    )


def found_in(session: Session, house: House, viewer: Viewer, chosen: Any) -> list[CaseRow]:
    """The chosen cases of this viewer: first which, by narrow rows in their order, then everything about those few."""
    ids = [row[0] for row in session.execute(chosen.where(visible_to(viewer, fast(house))))]
    rows = {row[0]: row for row in session.execute(_select(session, house, viewer).where(cases.c.id.in_(ids)))} if ids else {}
    above = {row[_PARENT] for row in rows.values()} - {None}
    known = set(session.execute(select(cases.c.id).where(cases.c.id.in_(above), visible_to(viewer, fast(house)))).scalars()) if above else set()
    return [_row(house, viewer, rows[id_], known) for id_ in ids if id_ in rows]


_PARENT = -7
"""Where the number of the parent stands in a row of `_select`."""


def _row(house: House, viewer: Viewer, row: Sequence[Any], known: set[int]) -> CaseRow:
    (id_, uid, number, reference, in_dossier, definition, ruleset, state, seq, title, code, name, is_open, paused, rehearsal, opened_at,
     updated_at, due_at, origin, office_id, body_id, superior_office_id, closed_circle, parent_id, parent, above, own, granted, walls,
     away) = row
    workflow = house.law(definition)
    speaks_for = viewer.offices.get(workflow.name, viewer.offices.get(ANY_SCOPE, ()))
    parts = parts_in(workflow, own, granted, walls, closed_circle=bool(closed_circle), handled=office_id is not None,
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
        parent if parent_id in known and (above != CONCERN.name or parts & HANDLING or sees_everything(viewer.actor)) else None,
        parts,
        _waits(workflow, state, bool(paused), parts),
        bool(closed_circle),
    )


def _waits(workflow: Workflow, state: str, paused: bool, parts: frozenset[Role]) -> tuple[str, ...]:
    """The steps forward that are this reader's to take; a paused case waits for nobody."""
    if paused:
        return ()
    return tuple(t.trigger for t in workflow.out_of(state) if t.dest != ANY and not (t.while_paused or t.unasked) and parts & set(t.who))


def case(house: House, actor: Actor, uid: str) -> CaseRow:
    """One case. Raises `NotFound` where it is not this actor's to see."""
    with house.db.reading(reach_of(actor)) as session:
        viewer = viewer_of(session, actor, today(house))
        found = found_in(session, house, viewer, select(cases.c.id).where(cases.c.uid == uid))
        if not found:
            disposals.tell(house, viewer, uid, fast(house))
            raise NotFound(f"There is no case {uid} here.")
        return replace(found[0], unredacted=found[0].parts == {Role.AUDITOR} and _agreed(session, found[0].id, viewer))


def _agreed(session: Session, case_id: int, viewer: Viewer) -> bool:
    """Whether another person agreed that this auditor reads a case unredacted, today."""
    u = unredacted.c
    return session.execute(select(u.id).where(u.case_id == case_id, u.person_id == viewer.actor.person_id, u.agreed,
                                              u.until_on >= viewer.today).limit(1)).first() is not None


def below(house: House, actor: Actor, row: CaseRow) -> list[CaseRow]:
    """The cases that a case opened and this actor may know of, oldest first."""
    with house.db.reading(reach_of(actor)) as session:
        viewer = viewer_of(session, actor, today(house))
        return found_in(session, house, viewer, select(cases.c.id).where(cases.c.parent_id == row.id).order_by(cases.c.id))


def by_number(house: House, actor: Actor, number: str) -> CaseRow | None:
    """The case with this number, if this actor may know of it."""
    with house.db.reading(reach_of(actor)) as session:
        viewer = viewer_of(session, actor, today(house))
        return next(iter(found_in(session, house, viewer, select(cases.c.id).where(cases.c.number == number))), None)


def uid_of(house: House, number: str) -> str:
    """The identifier of the case with this number, whoever may know of it: for the console. Raises `NotFound`."""
    with house.db.reading("all") as session:
        found = session.execute(select(cases.c.uid).where(cases.c.number == number)).scalar()
    if found is None:
        raise NotFound(f"There is no case {number} here.")
    return str(found)


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
    """What a list asks for; every part may be left out. `unit` includes its subtree; `q` looks without diacritics; `contradictory` are cases
    from a register that contradicts itself."""

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


def register(house: House, actor: Actor, wanted: Filter = Filter(), *, sort: str = "-updated", limit: int = 50, cursor: str | None = None) -> Page:
    """One page of the cases this actor may know of. Raises `Invalid` for an unknown sort or cursor."""
    if sort not in SORTS:
        raise Invalid((Problem("/sort", "unknown", f"Sort by one of: {', '.join(SORTS)}."),))
    key, down = SORTS[sort]
    with house.db.reading(reach_of(actor)) as session:
        viewer, query, tie = viewer_of(session, actor, today(house)), select(cases.c.id).where(*conditions(house, wanted)), cases.c.id
        if key is cases.c.updated_at and viewer.wide and not (wanted.q or wanted.unit or wanted.dossier or wanted.assigned_to):
            # When a case was changed is when its stream was: there an index holds it, and whoever sees much walks it for a page.
            query, key, tie = query.join(stream, stream.c.id == cases.c.id), stream.c.at, stream.c.id
        if cursor is not None:
            value, last = _read_cursor(cursor, sort)
            query = query.where(_after(key, tie, down, value, last))
        order = (key.desc(), tie.desc()) if down else (key, tie)
        rows = found_in(session, house, viewer, query.order_by(*order).limit(limit + 1))
    return Page(tuple(rows[:limit]), place(rows[limit - 1], sort) if len(rows) > limit else None)


def _after(key: ColumnElement[Any], tie: ColumnElement[Any], down: bool, value: int, last: int) -> ColumnElement[bool]:
    """What comes after a place in a list; a comparison of rows, which an index answers. `tie` is the number of the case."""
    here, there = tuple_(key, tie), tuple_(literal(value), literal(last))
    return here < there if down else here > there


def _value(row: CaseRow, sort: str) -> int:
    """What a case is ordered by."""
    match sort.lstrip("-"):
        case "due":
            return FAR if row.due_at is None else row.due_at
        case "updated":
            return row.updated_at
        case _:
            return row.opened_at


def conditions(house: House, wanted: Filter) -> list[ColumnElement[bool]]:
    """What a list asks for, as conditions on cases."""
    found: list[ColumnElement[bool]] = []
    if any("\0" in (text or "") for text in (wanted.state, wanted.workflow, wanted.unit, wanted.assigned_to, wanted.q, wanted.dossier)):
        raise Invalid((Problem("/q", "character", "The character NUL occurs in no text; leave it out."),))
    if wanted.state:
        found.append(cases.c.state == wanted.state)
        ends = {w.is_final(wanted.state) for w in house.catalogue.by_hash.values() if any(s.name == wanted.state for s in w.states)}
        found += [cases.c.is_open == (not ends.pop())] if len(ends) == 1 else []  # by it an index finds them
    if wanted.workflow:
        found.append(cases.c.workflow == wanted.workflow)
    if wanted.unit:
        top = select(unit.c.id).where(unit.c.code == wanted.unit).scalar_subquery()
        found.append(exists().where(unit_above.c.unit_id == cases.c.unit_id, unit_above.c.above_id == top))
    if wanted.body:
        found.append(cases.c.body_id == select(unit.c.id).where(unit.c.code == wanted.body.replace("\0", "")).scalar_subquery())
    if wanted.overdue is not None:
        over = and_(cases.c.is_open, cases.c.due_at < now())
        found.append(over if wanted.overdue else or_(cases.c.due_at.is_(None), ~over))
    if wanted.assigned_to:
        found.append(
            exists().where(
                case_role.c.case_id == cases.c.id,
                case_role.c.until_seq.is_(None),
                case_role.c.role.not_in((Role.REPORTER, Role.PROTECTED)),
                person.c.id == case_role.c.person_id,
                person.c.uid == wanted.assigned_to,
            )
        )
    if wanted.q:
        for word in folded(wanted.q).split():
            pattern = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
            found.append(exists().where(case_search.c.case_id == cases.c.id, case_search.c.folded.like(pattern, escape="\\")))
    if wanted.updated_since is not None:
        found.append(cases.c.updated_at >= wanted.updated_since)
    if wanted.dossier:
        found.append(cases.c.dossier_id == select(dossier.c.id).where(dossier.c.uid == wanted.dossier).scalar_subquery())
    if wanted.contradictory is not None:
        flagged = exists().where(register_flag.c.case_id == cases.c.id, register_flag.c.until.is_(None))
        found.append(flagged if wanted.contradictory else ~flagged)
    flags = ((cases.c.rehearsal, wanted.rehearsal), (cases.c.is_open, wanted.is_open))
    return found + [column == told for column, told in flags if told is not None]


def place(row: CaseRow, sort: str) -> str:
    """The cursor of the place of a case in a list."""
    return cursor_at(sort, _value(row, sort), row.id)


def cursor_at(sort: str, value: int, number: int) -> str:
    """The cursor to what comes after this value and case."""
    return urlsafe_b64encode(orjson.dumps((sort, value, number))).decode("ascii").rstrip("=")


def _read_cursor(text: str, sort: str) -> tuple[int, int]:
    try:
        told, value, last = orjson.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if told != sort or any(not isinstance(n, int) or abs(n) >= 2**63 for n in (value, last)):
            raise ValueError
    except (ValueError, TypeError):
        raise Invalid((Problem("/cursor", "invalid", "Take the cursor from the list's own answer, with the same sort."),)) from None
    return value, last


def work(house: House, actor: Actor, limit: int = 100) -> tuple[CaseRow, ...]:
    """What waits for this actor, most urgent first."""
    found: list[CaseRow] = []
    with house.db.reading(reach_of(actor)) as session:
        viewer = viewer_of(session, actor, today(house))
        query = select(cases.c.id).where(cases.c.is_open, ~cases.c.paused, ~cases.c.rehearsal)
        query = query.order_by(cases.c.due_order, cases.c.id).limit(AT_A_TIME)
        rows = found_in(session, house, viewer, query)
        for _ in range(MOST_LOOKS):
            found += [row for row in rows if row.waits]
            if len(rows) < AT_A_TIME or len(found) >= limit:
                break
            rows = found_in(session, house, viewer, query.where(_after(cases.c.due_order, cases.c.id, False, _value(rows[-1], "due"), rows[-1].id)))
    return tuple(found[:limit])


AT_A_TIME, MOST_LOOKS = 200, 50
"""How many open cases are looked at in one go for what waits, and how often at most."""


def responsibilities(house: House, actor: Actor) -> list[dict[str, Any]]:
    """The responsibilities served on this actor, most urgent first."""
    if actor.person_id is None:
        return []
    with house.db.reading(reach_of(actor)) as session:
        viewer = viewer_of(session, actor, today(house))
        mine = or_(and_(responsibility.c.person_id == actor.person_id, cases.c.office_id.is_(None)), *handling(viewer.offices, cases.c.office_id))
        rows = session.execute(
            select(cases.c.uid, responsibility.c.basis, responsibility.c.level, responsibility.c.due_on, office.c.code, office.c.title)
            .join(cases, cases.c.id == responsibility.c.case_id)
            .join(office, office.c.id == responsibility.c.office_id)
            .where(mine, ~cases.c.rehearsal, visible_to(viewer, fast(house)))
            .order_by(~cases.c.is_open, responsibility.c.due_on, cases.c.id)
        ).all()
    return [
        {"case": case(house, actor, uid), "basis": basis, "level": level, "due_on": due_on, "office": code, "office_title": title}
        for uid, basis, level, due_on, code, title in rows
    ]

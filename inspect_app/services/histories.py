"""Whose history: which cases somebody chose, and their events in order, each with what its reader may see."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from inspect_app.access.parts import in_force, parts_in, sees_everything, visible_to
from inspect_app.access.reading import HANDLING, declared, is_told, readable
from inspect_app.db import Session
from inspect_app.errors import NotFound
from inspect_app.exports.history import HistoryEvent, history_event
from inspect_app.exports.pseudonyms import Pseudonyms
from inspect_app.models import case_role, case_search, cases, content, dossier, event, exclusion, role_grant, unit, unit_above
from inspect_app.services.bulk import stream_rows
from inspect_app.services.folding import folded
from inspect_app.services.house import House
from inspect_app.services.queries import fast, today
from inspect_app.services.standing import viewer_of
from workflows.acts import Actor
from workflows.definition import Workflow
from workflows.inputs import Input, Klass, Many, Person
from workflows.roles import Role


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases: one by its number, those that a search finds, or (neither given) all that the actor may see."""

    number: str | None = None
    query: str | None = None

    def said(self) -> str:
        return f"case {self.number}" if self.number else f"query {self.query}" if self.query else "all"


def chosen(session: Session, house: House, actor: Actor, wanted: Wanted) -> list[ColumnElement[bool]]:
    """The WHERE clause of the cases that are wanted, as far as this actor may know of them; a rehearsal is taken by its
    number alone. Raises `NotFound` for one case that is not there."""
    found = [] if sees_everything(actor) else [visible_to(viewer_of(session, actor, today(house)), fast(house))]
    if wanted.number is not None:
        found.append(cases.c.number == wanted.number)
        if session.execute(select(cases.c.id).where(*found)).first() is None:
            raise NotFound(f"There is no case {wanted.number} here.")
    else:
        found.append(~cases.c.rehearsal)
    for word in folded(wanted.query).split() if wanted.query else ():
        pattern = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        found.append(exists().where(case_search.c.case_id == cases.c.id, case_search.c.folded.like(pattern, escape="\\")))
    return found


def joined(session: Session, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The values of a column as one text with commas between them."""
    return func.string_agg(column, ",") if session.dialect.name == "postgresql" else func.group_concat(column)


@dataclass(frozen=True, slots=True)
class Cut:
    """What of the chosen cases' history is taken: events recorded by `as_of` (µs), or all; under `pseudonyms`, or by name."""

    as_of: int | None = None
    pseudonyms: Pseudonyms | None = None


def _recorded(chosen: list[ColumnElement[bool]], cut: Cut) -> ColumnElement[bool]:
    until = [] if cut.as_of is None else [event.c.recorded_at <= cut.as_of]
    return and_(event.c.dossier_id.is_not(None), *chosen, *until)


def standard(chosen: list[ColumnElement[bool]], cut: Cut) -> Select[Any]:
    """The standard facts of the chosen cases' events, as `lines` wants them."""
    e = event.c
    return (
        select(dossier.c.uid, cases.c.number, cases.c.workflow, e.position, e.seq, e.id, e.trigger, e.before, e.after, e.actor, e.role,
               e.on_behalf_of, e.recorded_for, e.occurred_at, e.zone, e.recorded_at, e.origin, e.fits)
        .select_from(event)
        .join(cases, cases.c.id == e.stream_id)
        .join(dossier, dossier.c.id == e.dossier_id)
        .where(_recorded(chosen, cut))
        .order_by(e.dossier_id, e.position)
    )


def holding(session: Session, chosen: list[ColumnElement[bool]], newest: int | None = None) -> str:
    """The chosen cases as a hash: of those up to `newest`, or up to the newest there is, which is named before it."""
    until = [] if newest is None else [cases.c.id <= newest]
    digest, last = sha256(), newest or 0
    with closing(stream_rows(session, select(cases.c.id).where(*chosen, *until).order_by(cases.c.id))) as flow:
        for (id_,) in flow:
            digest.update(b"%d," % id_)
            last = id_ if newest is None else last
    return f"{last}.{digest.hexdigest()}"


def how_many(session: Session, chosen: list[ColumnElement[bool]], cut: Cut) -> int:
    """How many events that is at most; a reader may be told of fewer."""
    return int(session.execute(select(func.count()).select_from(event).join(cases, cases.c.id == event.c.stream_id)
                               .where(_recorded(chosen, cut))).scalar_one())


def _query(session: Session, house: House, actor: Actor, chosen: list[ColumnElement[bool]], cut: Cut) -> Select[Any]:
    sight: tuple[ColumnElement[Any], ...] = ()
    if not sees_everything(actor):
        on = today(house)
        own = (
            select(joined(session, case_role.c.role))
            .where(case_role.c.case_id == cases.c.id, case_role.c.person_id == actor.person_id, case_role.c.until_seq.is_(None),
                   or_(case_role.c.until_on.is_(None), case_role.c.until_on >= on))
            .correlate(cases)
            .scalar_subquery()
        )
        granted = (
            select(joined(session, role_grant.c.role))
            .join(unit_above, unit_above.c.above_id == role_grant.c.unit_id)
            .where(unit_above.c.unit_id == cases.c.unit_id, role_grant.c.person_id == actor.person_id, in_force(role_grant, on))
            .correlate(cases)
            .scalar_subquery()
        )
        walls = (
            select(joined(session, exclusion.c.part))
            .where(exclusion.c.case_id == cases.c.id, exclusion.c.person_id == actor.person_id, exclusion.c.since_on <= on)
            .correlate(cases)
            .scalar_subquery()
        )
        sight = (own.label("own"), granted.label("granted"), walls.label("walls"), cases.c.closed_circle, cases.c.hidden)
    return (
        select(
            event.c.event_id,
            dossier.c.uid,
            cases.c.number,
            cases.c.workflow,
            cases.c.definition,
            event.c.position,
            event.c.seq,
            event.c.id,
            event.c.recorded_at,
            event.c.fits,
            unit.c.code,
            content.c.body,
            *sight,
        )
        .select_from(event)
        .join(cases, cases.c.id == event.c.stream_id)
        .join(dossier, dossier.c.id == event.c.dossier_id)
        .outerjoin(unit, unit.c.id == cases.c.unit_id)
        .outerjoin(content, content.c.event_id == event.c.event_id)
        .where(_recorded(chosen, cut))
        .order_by(event.c.dossier_id, event.c.position)
    )


def history(session: Session, house: House, actor: Actor, chosen: list[ColumnElement[bool]],
            cut: Cut = Cut()) -> Generator[HistoryEvent, None, None]:
    """The chosen cases' events by dossier, then position, each with what this actor may read."""
    whole, pseudonyms = sees_everything(actor), cut.pseudonyms
    with closing(stream_rows(session, _query(session, house, actor, chosen, cut))) as flow:
        for rows in _by_event(flow):
            _, uid, number, workflow, law_hash, position, seq, id_, recorded_at, fits, code, _, *sight = rows[0]
            bodies = [row[11] for row in rows if row[11] is not None]
            made = history_event(uid, number, workflow, position, seq, id_, recorded_at, bool(fits), bodies, code)
            if not whole:
                law, (own, granted, walls, closed, away) = house.law(law_hash), sight
                parts = parts_in(law, own, granted, walls, closed_circle=bool(closed), hidden=bool(away))
                if not is_told(law, made.trigger, made.role or "", parts):
                    continue
                made = _for_reader(law, made, parts)
            if pseudonyms is not None:
                made = pseudonyms.event(unnamed(house.law(law_hash), made, pseudonyms) if made.data else made)
            yield made


def _by_event(flow: Iterable[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    """The rows in groups of the same event."""
    held: list[tuple[Any, ...]] = []
    for row in flow:
        if held and held[0][0] != row[0]:
            yield held
            held = [row]
        else:
            held.append(row)
    if held:
        yield held


def _for_reader(law: Workflow, made: HistoryEvent, parts: frozenset[Role]) -> HistoryEvent:
    """The event with what the reader's parts may read: withheld values are null and named."""
    seen, hidden = readable(law, made.trigger, made.data, parts)
    data: Mapping[str, Any] = seen
    if hidden:
        data = seen | {name: None for name in hidden if "." not in name} | {"withheld": sorted(hidden)}
    handles = bool(parts & HANDLING)
    return made._replace(
        data=data,
        attributes=made.attributes if handles else (),
        trace_attributes=made.trace_attributes if handles else (),
    )


def unnamed(law: Workflow, made: HistoryEvent, pseudonyms: Pseudonyms) -> HistoryEvent:
    """The event with the inputs that name nobody: those of class plain, and persons under their pseudonyms. Who is sealed has none: it would join
    them to what else they do."""
    inputs = declared(law, made.trigger)
    return made._replace(data={name: _nameless(inputs[name], value, pseudonyms) for name, value in made.data.items()
                               if name in inputs and _names_nobody(inputs[name])})


def _names_nobody(i: Input) -> bool:
    return (isinstance(i, Person) and i.klass != Klass.SEALED) or i.klass == Klass.PLAIN


def _nameless(i: Input, value: Any, pseudonyms: Pseudonyms) -> Any:
    if isinstance(i, Person) and isinstance(value, str):
        return pseudonyms.person(value)
    if isinstance(i, Many) and isinstance(value, list):
        kept = {column.name: column for column in i.of if _names_nobody(column)}
        return [{name: _nameless(kept[name], each, pseudonyms) for name, each in row.items() if name in kept} for row in value]
    return value

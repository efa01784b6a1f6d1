"""Taking histories out: streaming, whole or not at all; and the taking is an event, in a stream of its own."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from secrets import token_hex
from typing import Any, BinaryIO

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, or_, select

from inspect_app.access.parts import in_force, parts_in, reach_of, sees_everything, visible_to
from inspect_app.access.policy import TABLE, Policy
from inspect_app.access.reading import HANDLING, is_told, readable
from inspect_app.db import Session
from inspect_app.errors import NotFound, Refusal
from inspect_app.exports.formats import FORMATS
from inspect_app.exports.history import HistoryEvent, history_event
from inspect_app.exports.xes import Extension, write_xes
from inspect_app.models import case_role, case_search, cases, content, dossier, event, exclusion, role_grant, unit_above
from inspect_app.now import now
from inspect_app.services import readings
from inspect_app.services.bulk import stream_rows
from inspect_app.services.facts import data_of
from inspect_app.services.folding import folded
from inspect_app.services.house import House
from inspect_app.services.logs import extensions
from inspect_app.services.queries import fast, today
from inspect_app.services.recording import append_outside
from inspect_app.services.standing import viewer_of
from workflows.acts import Actor
from workflows.definition import Workflow
from workflows.roles import Role

AUDIENCES = ("full", "internal", "person", "public")
STREAM = "exports"


class NotAvailable(Refusal):
    """This installation cannot do that; the message says what it can do."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases: one by its number, those that a search finds, or (neither given) all that the actor may see."""

    number: str | None = None
    query: str | None = None

    def said(self) -> str:
        return f"case {self.number}" if self.number else f"query {self.query}" if self.query else "all"


@dataclass
class Taken:
    """What was taken out."""

    events: int = 0
    bytes: int = 0
    sha256: str = ""


def check(form: str, audience: str) -> None:
    """Raises `NotAvailable` for a format or an audience that is not offered."""
    if form not in FORMATS:
        raise NotAvailable(f"The format “{form}” is not available here; there are: {', '.join(FORMATS)}.")
    if audience != "full":
        known = "is not available here" if audience in AUDIENCES else "is unknown"
        raise NotAvailable(f"The audience “{audience}” {known}; take the audience “full”, which withholds what the reader may not see.")


def export(house: House, actor: Actor, wanted: Wanted, form: str, out: str | Path, *, audience: str = "full") -> Taken:
    """Write histories to the file `out` (`-`: standard output), whole or not at all, then note that they were taken.

    Raises `NotAvailable`, or `NotFound` where there is no such case for this actor."""
    check(form, audience)
    taken = Taken()
    with house.db.snapshot(reach_of(actor)) as session:
        chosen = _chosen(session, house, actor, wanted)
        digest = sha256()
        with closing(history(session, house, actor, chosen)) as events, _target(out) as (stream, finish):
            if form == "xes":
                declared_before = [Extension(*each) for each in extensions(session).values()]
                pieces = write_xes(counted(events, taken), extensions=declared_before)
            else:
                pieces = FORMATS[form].write(counted(events, taken))
            for piece in pieces:
                stream.write(piece)
                digest.update(piece)
                taken.bytes += len(piece)
            finish()
    taken.sha256 = digest.hexdigest()
    with house.db.atomic(reach_of(actor)) as session:
        readings.note_export(session, house, actor, chosen, _as_whom(session, house, actor))
        append_outside(
            session,
            house.log,
            STREAM,
            actor,
            "export",
            {
                "query": wanted.said(),
                "format": form,
                "audience": audience,
                "events": taken.events,
                "bytes": taken.bytes,
                "sha256": taken.sha256,
            },
            now(),
        )
    return taken


def _as_whom(session: Session, house: House, actor: Actor) -> str:
    """In which granted role somebody takes histories."""
    rows = session.execute(select(role_grant.c.role).where(role_grant.c.person_id == actor.person_id, in_force(role_grant, today(house)))).scalars()
    return next(iter(sorted({*rows} & {role.value for role in TABLE[Policy.EXPORTS].granted})), "")


def counted(events: Iterable[HistoryEvent], taken: Taken) -> Iterator[HistoryEvent]:
    """The same events, counted as they pass."""
    for each in events:
        taken.events += 1
        yield each


@contextmanager
def _target(out: str | Path) -> Iterator[tuple[BinaryIO, Callable[[], None]]]:
    """Where to write: a file that takes its name only when it is whole, or standard output."""
    if str(out) == "-":
        yield sys.stdout.buffer, sys.stdout.buffer.flush
        return
    path = Path(out)
    if not path.parent.is_dir():
        raise NotFound(f"There is no folder “{path.parent}” to write to.")
    if path.is_dir():
        raise NotAvailable(f"“{path}” is a folder; name a file.")
    part = path.with_name(f".{path.name}.{token_hex(4)}.part")
    try:
        with part.open("xb") as stream:

            def finish() -> None:
                stream.flush()
                os.fsync(stream.fileno())
                part.replace(path)

            yield stream, finish
    except OSError as error:
        raise NotAvailable(f"“{path}” cannot be written: {error.strerror or error}.") from None
    finally:
        part.unlink(missing_ok=True)


def _chosen(session: Session, house: House, actor: Actor, wanted: Wanted) -> list[ColumnElement[bool]]:
    chosen = [] if sees_everything(actor) else [visible_to(viewer_of(session, actor, today(house)), fast(house))]
    if wanted.number is not None:
        chosen.append(cases.c.number == wanted.number)
        if session.execute(select(cases.c.id).where(*chosen)).first() is None:
            raise NotFound(f"There is no case {wanted.number} here.")
    for word in folded(wanted.query).split() if wanted.query else ():
        pattern = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        chosen.append(exists().where(case_search.c.case_id == cases.c.id, case_search.c.folded.like(pattern, escape="\\")))
    return chosen


def joined(session: Session, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The values of a column as one text with commas between them."""
    return func.string_agg(column, ",") if session.dialect.name == "postgresql" else func.group_concat(column)


def _query(session: Session, house: House, actor: Actor, chosen: list[ColumnElement[bool]]) -> Select[Any]:
    own: ColumnElement[Any] = literal(None)
    granted: ColumnElement[Any] = literal(None)
    walls: ColumnElement[Any] = literal(None)
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
            content.c.body,
            own.label("own"),
            granted.label("granted"),
            walls.label("walls"),
            cases.c.closed_circle,
        )
        .select_from(event)
        .join(cases, cases.c.id == event.c.stream_id)
        .join(dossier, dossier.c.id == event.c.dossier_id)
        .outerjoin(content, content.c.event_id == event.c.event_id)
        .where(event.c.dossier_id.is_not(None), and_(True, *chosen))
        .order_by(event.c.dossier_id, event.c.position)
    )


def history(session: Session, house: House, actor: Actor, chosen: list[ColumnElement[bool]]) -> Generator[HistoryEvent, None, None]:
    """The chosen cases' events by dossier, then position, each with what this actor may read."""
    whole = sees_everything(actor)
    with closing(stream_rows(session, _query(session, house, actor, chosen))) as flow:
        for _, group in groupby(flow, itemgetter(0)):
            rows = list(group)
            _, uid, number, workflow, law_hash, position, seq, id_, recorded_at, fits, _, own, granted, walls, closed = rows[0]
            bodies = [row[10] for row in rows if row[10] is not None]
            made = history_event(uid, number, workflow, position, seq, id_, recorded_at, bool(fits), bodies)
            if made.data:
                made = made._replace(data=data_of({f"data.{name}": value for name, value in made.data.items()}))
            law = house.law(law_hash)
            parts = None if whole else parts_in(law, own, granted, walls, closed_circle=bool(closed))
            if is_told(law, made.trigger, made.role or "", parts):
                yield made if parts is None else _for_reader(law, made, parts)


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

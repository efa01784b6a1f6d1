"""Taking histories out: streaming, whole or not at all; and the taking is an event, in a stream of its own, before anybody has the file."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Any, BinaryIO

from sqlalchemy import ColumnElement, select

from inspect_app.access.parts import in_force, reach_of, sees_everything
from inspect_app.access.policy import TABLE, Policy
from inspect_app.db import Session
from inspect_app.errors import NotFound, Refusal
from inspect_app.exports.formats import FORMATS, Parts
from inspect_app.exports.history import HistoryEvent
from inspect_app.exports.pseudonyms import Pseudonyms
from inspect_app.exports.template import Lines, Shape, filled
from inspect_app.exports.xes import Extension
from inspect_app.models import role_grant
from inspect_app.now import now
from inspect_app.services import audiences, bundling, case_files, histories, readings
from inspect_app.services.histories import Cut, Wanted
from inspect_app.services.house import House
from inspect_app.services.in_shares import shared
from inspect_app.services.lines import lines
from inspect_app.services.logs import extensions
from inspect_app.services.queries import today
from inspect_app.services.recording import append_outside
from inspect_app.services.verifying_beside import processes_for
from workflows.acts import Actor
from workflows.calendar import micros

AUDIENCES = ("full", "internal", "person", "public")
OF_BUNDLES = audiences.AUDIENCES
FACTS = ("all", "standard")
"""Every committed fact, or the standard ones alone: who did what to which case, when, and what came of it."""
STREAM = "exports"
IN_LINES = 4096
"""Dossiers whose standard facts are asked for together by one of several processes."""


class NotAvailable(Refusal):
    """This installation cannot do that; the message says what it can do. `field` is the part of the order it is about."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be taken: whose history, in which form, why. `named` None leaves it to the format whether persons, cases and dossiers go by
    their names; `as_of` (µs) takes what was recorded by then, under the rights and rules of now. `language` is that of papers; None: the
    taker's own."""

    wanted: Wanted
    form: str
    audience: str = "full"
    facts: str = "all"
    named: bool | None = None
    as_of: int | None = None
    reason: str = ""
    language: str | None = None

    def by_name(self) -> bool:
        return not FORMATS[self.form].pseudonymous if self.named is None else self.named

    def said(self) -> dict[str, Any]:
        """The order as the stream of exports keeps it."""
        as_of = {} if self.as_of is None else {"as_of": self.as_of}
        return {"query": self.wanted.said(), "format": self.form, "audience": self.audience, "facts": self.facts, "named": self.by_name(),
                "reason": self.reason, **as_of}


@dataclass
class Taken:
    """What was taken out."""

    events: int = 0
    bytes: int = 0
    sha256: str = ""


def check(order: Order) -> None:
    """Raises `NotAvailable` for a format, an audience or facts that are not offered, and for a moment that has not come."""
    form, audience = order.form, order.audience
    if form not in FORMATS:
        raise NotAvailable(f"The format “{form}” is not available here; there are: {', '.join(FORMATS)}.", "format")
    if audience != "full" and not (form == "bundle" and audience in OF_BUNDLES):
        known = "is not available here" if audience in AUDIENCES else "is unknown"
        raise NotAvailable(f"The audience “{audience}” {known}; take the audience “full”, which withholds what the reader may not see, "
                           f"or a bundle for one of: {', '.join(OF_BUNDLES)}.", "audience")
    if order.facts not in FACTS:
        raise NotAvailable(f"There are no facts “{order.facts}”; there are: {', '.join(FACTS)}.", "facts")
    if order.facts == "standard" and FORMATS[form].by_line is None:
        raise NotAvailable(f"The format “{form}” holds every fact; take it with the facts “all”.", "facts")
    if order.named is False and FORMATS[form].parts is None:
        raise NotAvailable(f"The format “{form}” is by name; take another one for pseudonyms.", "named")
    if order.as_of is not None and order.as_of > now():
        raise NotAvailable("That moment has not come; take one that has passed.", "as_of")


def moment(house: House, told: str | None) -> int | None:
    """A day (its end in the organisation's zone) or a moment, ISO 8601, as µs since 1970; None for nothing. Raises `NotAvailable`."""
    if not told:
        return None
    try:
        if len(told) == 10:
            return micros(datetime.combine(date.fromisoformat(told), time.max, house.zone))
        at = datetime.fromisoformat(told)
        return micros(at if at.tzinfo else at.replace(tzinfo=house.zone))
    except (ValueError, OverflowError):
        raise NotAvailable(f"“{told}” is no day and no moment; write it like 2026-05-31 or 2026-05-31T17:00:00+07:00.", "as_of") from None


@dataclass
class _Flow:
    """An export under way: the cases that are chosen, the bytes, and what has passed so far."""

    chosen: list[ColumnElement[bool]]
    pieces: Iterator[bytes]
    taken: Taken
    at_most: int = 0
    holds: str = ""


@contextmanager
def _flowing(house: House, actor: Actor, order: Order, taken: Taken | None = None, counted: bool = False) -> Generator[_Flow, None, None]:
    """The export in one snapshot; `counted` says beforehand how many events there are at most, and of which cases."""
    if order.form == "bundle":
        try:
            bundling.settle(house)
        except bundling.NotReady as error:
            raise NotAvailable(f"A bundle cannot be made now: {error}.", "format") from None
    with house.db.reading(reach_of(actor)) as session:
        chosen = histories.chosen(session, house, actor, order.wanted)
    cut, taken = Cut(order.as_of, None if order.by_name() else Pseudonyms()), taken or Taken()
    in_shares = FORMATS[order.form].parts is not None and order.wanted.number is None
    make = partial(_share, actor, order, chosen, cut)
    many = IN_LINES if _in_lines(actor, order) else None
    with shared(house, reach_of(actor), processes_for(house) if in_shares else 1, make, many) as (session, parts):
        flow = _Flow(chosen, iter(()), taken)
        if counted:
            flow.at_most, flow.holds = histories.how_many(session, chosen, cut), histories.holding(session, chosen)
        if parts is not None:
            flow.pieces = _measured(_form(session, order).joined(_told(parts, taken)), taken)
            yield flow
        elif FORMATS[order.form].parts is None:
            flow.pieces = _measured(_whole(session, house, actor, order, chosen, taken), taken)
            yield flow
        else:
            with closing(_source(session, house, actor, order, chosen, cut)) as source:
                flow.pieces = _measured(_form(session, order).write(_counted(source, taken)), taken)
                yield flow


def _share(actor: Actor, order: Order, chosen: list[ColumnElement[bool]], cut: Cut, session: Session, house: House,
           where: ColumnElement[bool]) -> Iterator[Any]:
    """What stands in the file for the events of some dossiers, and how many events that are."""
    taken = Taken()
    with closing(_source(session, house, actor, order, [*chosen, where], cut, whole=False)) as source:
        yield from _form(session, order).of(_counted(source, taken))
    yield taken


def _told(parts: Iterable[Any], taken: Taken) -> Iterator[Any]:
    """The parts alone; the events are added up."""
    for part in parts:
        if isinstance(part, Taken):
            taken.events += part.events
        else:
            yield part


def _form(session: Session, order: Order) -> Parts:
    """How the file of an order is written, every fact or the standard ones alone."""
    form = FORMATS[order.form]
    if order.facts == "standard" and form.by_line is not None:
        return Parts(iter, form.by_line.join)
    assert form.parts is not None
    if not form.extended:
        return form.parts
    known = [Extension(*each) for each in extensions(session).values()]
    return Parts(partial(form.parts.of, extensions=known), partial(form.parts.joined, extensions=known))


def _whole(session: Session, house: House, actor: Actor, order: Order, chosen: list[ColumnElement[bool]], taken: Taken) -> Iterator[bytes]:
    """What is made from more than events. Raises `NotAvailable` where it would be too long, or cannot be proven."""
    language = order.language or actor.language
    if order.form == "bundle":
        try:
            yield from bundling.make(session, house, actor, chosen, audience=order.audience, language=language, as_of=order.as_of,
                                     wanted=order.wanted.said(), taken=taken)
        except bundling.TooMuch:
            raise NotAvailable(f"A bundle holds at most {bundling.MOST_CASES} cases; take fewer.", "format") from None
        except bundling.NotReady as error:
            raise NotAvailable(f"A bundle cannot be made now: {error}.", "format") from None
        return
    try:
        pdf, taken.events = case_files.make(session, house, actor, chosen, language, order.as_of, order.wanted.said())
    except case_files.TooLong:
        raise NotAvailable(f"A PDF holds at most {case_files.MOST_CASES} cases and {case_files.MOST_EVENTS} events; take fewer, or another format.",
                           "format") from None
    yield pdf


def _in_lines(actor: Actor, order: Order) -> bool:
    """Whether the standard facts can leave line by line, because this reader is told of every event."""
    return order.facts == "standard" and sees_everything(actor)


def _source(session: Session, house: House, actor: Actor, order: Order, chosen: list[ColumnElement[bool]],
            cut: Cut, *, whole: bool = True) -> Generator[Any, None, None]:
    by_line = FORMATS[order.form].by_line
    if _in_lines(actor, order) and by_line is not None:
        return lines(session, histories.standard(chosen, cut), by_line.shape, cut.pseudonyms, whole=whole)
    events = histories.history(session, house, actor, chosen, cut)
    return _in_lines_of(events, by_line.shape) if order.facts == "standard" and by_line is not None else events


def _in_lines_of(events: Generator[HistoryEvent, None, None], shape: Shape) -> Generator[Lines, None, None]:
    with closing(events):
        yield from filled(events, shape)


def _counted(source: Iterable[Any], taken: Taken) -> Iterator[Any]:
    for each in source:
        taken.events += each.events if isinstance(each, Lines) else 1
        yield each


def _measured(pieces: Iterable[bytes], taken: Taken) -> Iterator[bytes]:
    digest = sha256()
    for piece in pieces:
        digest.update(piece)
        taken.bytes += len(piece)
        yield piece
    taken.sha256 = digest.hexdigest()


def export(house: House, actor: Actor, order: Order, out: str | Path) -> Taken:
    """Write histories to the file `out`, whole or not at all, and note that they were taken before the file has its name; or to standard output
    (`-`), where that is noted before the first byte.

    Raises `NotAvailable`, or `NotFound` where there is no such case for this actor."""
    if str(out) != "-":
        return write(house, actor, order, Path(out)).taken
    taken = Taken()
    for piece in streamed(house, actor, order, taken):
        sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()
    return taken


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written: what is in it, and which cases, as `histories.holding` names them."""

    taken: Taken
    holds: str


def write(house: House, actor: Actor, order: Order, path: Path, watch: Callable[[Taken, int], None] | None = None) -> Written:
    """Write histories to a file, whole or not at all, and note it. `watch` is told, with each piece, what was taken so far and how many events
    there are at most; what it raises ends the export. Raises as `export` does."""
    check(order)
    with _file(path) as (stream, finish):
        with _flowing(house, actor, order, counted=watch is not None) as flow:
            for piece in flow.pieces:
                stream.write(piece)
                if watch is not None:
                    watch(flow.taken, flow.at_most)
        stream.flush()
        os.fsync(stream.fileno())
        note(house, actor, order, flow.chosen, flow.taken)
        finish()
    return Written(flow.taken, flow.holds)


def streamed(house: House, actor: Actor, order: Order, taken: Taken | None = None) -> Iterator[bytes]:
    """Histories as they are read, for a door that sends them on: noted before the first byte, and once more with what was sent, or that it
    broke off. Everything that can be refused is refused before this returns."""
    check(order)
    with house.db.reading(reach_of(actor)) as session:
        chosen = histories.chosen(session, house, actor, order.wanted)
    note(house, actor, order, chosen, None)
    return _sent(house, actor, order, taken or Taken())


def _sent(house: House, actor: Actor, order: Order, taken: Taken) -> Iterator[bytes]:
    trigger = "export_broke_off"
    try:
        with _flowing(house, actor, order, taken) as flow:
            yield from flow.pieces
        trigger = "export_sent"
    finally:
        with house.db.atomic(reach_of(actor)) as session:
            append_outside(session, house.log, STREAM, actor, trigger, order.said() | _of(taken), now())


def note(house: House, actor: Actor, order: Order, chosen: list[ColumnElement[bool]], taken: Taken | None) -> None:
    """Note that these histories were taken, or (without `taken`) that they begin to be sent."""
    with house.db.atomic(reach_of(actor)) as session:
        readings.note_export(session, house, actor, chosen, _as_whom(session, house, actor))
        append_outside(session, house.log, STREAM, actor, "export", order.said() | ({} if taken is None else _of(taken)), now())


def _of(taken: Taken) -> dict[str, Any]:
    return {"events": taken.events, "bytes": taken.bytes, "sha256": taken.sha256}


def _as_whom(session: Session, house: House, actor: Actor) -> str:
    """In which granted role somebody takes histories."""
    rows = session.execute(select(role_grant.c.role).where(role_grant.c.person_id == actor.person_id, in_force(role_grant, today(house)))).scalars()
    return next(iter(sorted({*rows} & {role.value for role in TABLE[Policy.EXPORTS].granted})), "")


def _named(part: Path, path: Path) -> None:
    part.replace(path)


@contextmanager
def _file(path: Path) -> Iterator[tuple[BinaryIO, Callable[[], None]]]:
    """A file that takes its name only when it is finished."""
    if not path.parent.is_dir():
        raise NotFound(f"There is no folder “{path.parent}” to write to.")
    if path.is_dir():
        raise NotAvailable(f"“{path}” is a folder; name a file.")
    part = path.with_name(f".{path.name}.{token_hex(4)}.part")
    try:
        with part.open("xb") as stream:
            yield stream, lambda: _named(part, path)
    except OSError as error:
        raise NotAvailable(f"“{path}” cannot be written: {error.strerror or error}.") from None
    finally:
        part.unlink(missing_ok=True)

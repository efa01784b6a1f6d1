"""A line of an export over the standard facts of an event, as data: the same template is filled in event by event here, and by whole columns in
`columns`, which is faster wherever no value of the row needs care."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from enum import StrEnum
from operator import itemgetter
from typing import NamedTuple, TypeAlias

from inspect_app.exports.history import HistoryEvent
from inspect_app.exports.moments import serial, written

TEXTS = ("case_number", "workflow", "trigger", "before", "after", "actor", "role", "on_behalf_of", "recorded_for", "origin")
"""The facts that may be any text."""

FEW, MANY = 16, 512
"""So many lines are handed on together: at first, and later."""

UNSAFE = r"""["&<>\\,\u0001-\u001f\u007f\ufffe\uffff]|_x|  |^[=+@ -]|[ ']$"""
"""What makes a row need care when found in one of its texts: whatever some format has to escape."""


class How(StrEnum):
    """How a fact becomes text: as it is; a moment in its zone, in UTC, or as the number of days that spreadsheets know; yes or no, in words
    or as a bit."""

    PLAIN = "plain"
    PLACED = "placed"
    UTC = "utc"
    DAYS = "days"
    DAYS_UTC = "days_utc"
    FLAG = "flag"
    BIT = "bit"


class Say(NamedTuple):
    """A place in a template: the fact between `before` and `after`; or, where there is none (a text that is empty counts as none), `absent`.
    A moment for which spreadsheets have no number stands in `absent` for `{}`, as ISO 8601."""

    fact: str
    how: How = How.PLAIN
    before: str = ""
    after: str = ""
    absent: str = ""


Template: TypeAlias = tuple[str | Say, ...]
Escape: TypeAlias = Callable[[str], str]


class Lines(NamedTuple):
    """The lines of so many events, as they stand in the file, with what stands around those of a dossier."""

    events: int
    text: bytes


class Around(NamedTuple):
    """What stands around the lines of a dossier: a template over its name, and a text."""

    begins: Template
    ends: str


class Shape(NamedTuple):
    """How the standard facts stand in a format: the line of an event, how a text stands in it, and what stands around a dossier, if anything does."""

    line: Template
    inside: Escape
    around: Around | None = None



def filled(events: Iterable[HistoryEvent], shape: Shape) -> Generator[Lines, None, None]:
    """The lines of events, which come ordered by dossier: a few at first, so that nobody waits, then many at a time."""
    fill, around = filler(shape.line, shape.inside), shape.around
    begin = filler(around.begins, shape.inside) if around else None
    held, count, enough, dossier = list[str](), 0, FEW, None
    for event in events:
        if around and begin and event.dossier != dossier:
            held += [around.ends if dossier is not None else "", begin(event)]
            dossier = event.dossier
        held.append(fill(event))
        count += 1
        if count == enough:
            yield Lines(count, "".join(held).encode("utf-8", "replace"))
            held, count, enough = [], 0, MANY
    if dossier is not None and around:
        held.append(around.ends)
    if held:
        yield Lines(count, "".join(held).encode("utf-8", "replace"))


def filler(template: Template, escape: Escape) -> Callable[[HistoryEvent], str]:
    """What fills the template in for an event; `escape` makes any text fit the format."""
    makers = [_maker(piece, escape) for piece in template]
    return lambda event: "".join([make(event) for make in makers])


def _maker(piece: str | Say, escape: Escape) -> Callable[[HistoryEvent], str]:
    if isinstance(piece, str):
        return lambda _: piece
    at, how, before, after, absent = HistoryEvent._fields.index(piece.fact), piece.how, piece.before, piece.after, piece.absent
    moment: Callable[[HistoryEvent], int] = itemgetter(at)
    zone: Callable[[HistoryEvent], str] = itemgetter(HistoryEvent._fields.index("zone"))
    if how == How.PLAIN:
        return lambda event: absent if event[at] in (None, "") else f"{before}{escape(str(event[at]))}{after}"
    if how == How.PLACED:
        return lambda event: f"{before}{written(moment(event), zone(event))}{after}"
    if how == How.UTC:
        return lambda event: f"{before}{written(moment(event))}{after}"
    if how in (How.FLAG, How.BIT):
        yes, no = ("true", "false") if how == How.FLAG else ("1", "0")
        return lambda event: absent if event[at] is None else f"{before}{yes if event[at] else no}{after}"
    of_place = how == How.DAYS

    def days(event: HistoryEvent) -> str:
        where = zone(event) if of_place else "Z"
        number = serial(moment(event), where)
        return absent.replace("{}", written(moment(event), where)) if number is None else f"{before}{number}{after}"

    return days

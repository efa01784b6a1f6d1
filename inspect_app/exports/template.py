"""A line of an export over the standard facts of an event, as data: the same template is filled in here, event by event, and in the database, which
fills it in faster wherever no value of the row needs care."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from inspect_app.exports.history import HistoryEvent
from inspect_app.exports.moments import serial, written

TEXTS = ("case_number", "workflow", "trigger", "before", "after", "actor", "role", "on_behalf_of", "recorded_for", "origin")
"""The facts that may be any text."""

UNSAFE = r"""["&<>\\,\u0001-\u001f\u007f\ufffe\uffff]|_x|  |(^|\|)[=+@ -]|[ '](\||$)"""
"""What makes a row need care when found in its texts, joined by `|`: whatever some format has to escape. A regular expression for Python
and for PostgreSQL alike."""


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
Line: TypeAlias = tuple[str, bytes]
"""The dossier of an event, and its line."""


def filler(template: Template, escape: Escape) -> Callable[[HistoryEvent], str]:
    """What fills the template in for an event; `escape` makes any text fit the format."""
    makers = [_maker(piece, escape) for piece in template]
    return lambda event: "".join([make(event) for make in makers])


def _maker(piece: str | Say, escape: Escape) -> Callable[[HistoryEvent], str]:
    if isinstance(piece, str):
        return lambda _: piece
    at, how, before, after, absent = HistoryEvent._fields.index(piece.fact), piece.how, piece.before, piece.after, piece.absent
    zone = HistoryEvent._fields.index("zone")
    if how == How.PLAIN:
        return lambda event: absent if event[at] in (None, "") else f"{before}{escape(str(event[at]))}{after}"
    if how == How.PLACED:
        return lambda event: f"{before}{written(event[at], event[zone])}{after}"
    if how == How.UTC:
        return lambda event: f"{before}{written(event[at])}{after}"
    if how in (How.FLAG, How.BIT):
        yes, no = ("true", "false") if how == How.FLAG else ("1", "0")
        return lambda event: absent if event[at] is None else f"{before}{yes if event[at] else no}{after}"
    of_place = how == How.DAYS

    def days(event: HistoryEvent) -> str:
        where = event[zone] if of_place else "Z"
        number = serial(event[at], where)
        return absent.replace("{}", written(event[at], where)) if number is None else f"{before}{number}{after}"

    return days

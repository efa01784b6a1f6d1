"""History as CSV (RFC 4180, UTF-8): one row an event, no cell that a spreadsheet would run as a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator

from inspect_app.exports.chunks import CHUNK, chunked
from inspect_app.exports.history import HistoryEvent
from inspect_app.exports.moments import written
from inspect_app.exports.table import EVERY, STANDARD, Kind, as_json
from inspect_app.exports.template import How, Lines, Say, Shape, Template

COLUMNS = tuple(column.name for column in EVERY)
_FORMULA = frozenset("=+-@\t\r")
_FITS = {None: "", True: "true", False: "false"}
_QUOTED = re.compile("[\",\r\n]|^ | $")
_HOW = {Kind.TEXT: How.PLAIN, Kind.NUMBER: How.PLAIN, Kind.PLACED: How.PLACED, Kind.UTC: How.UTC, Kind.FLAG: How.FLAG}


def write_csv(events: Iterable[HistoryEvent], *, bom: bool = False) -> Iterator[bytes]:
    """The events as CSV. With `bom`, the mark that tells some spreadsheets that this is UTF-8 comes first."""
    if bom:
        yield b"\xef\xbb\xbf"
    yield from under_names(rows(events))


def rows(events: Iterable[HistoryEvent]) -> Iterator[bytes]:
    """The rows of the events, many at a time."""
    page = io.StringIO(newline="")
    row = csv.writer(page, lineterminator="\r\n").writerow
    for event in events:
        row(_cells(event))
        if page.tell() >= CHUNK:
            yield page.getvalue().encode("utf-8", "replace")
            page.seek(0)
            page.truncate()
    if page.tell():
        yield page.getvalue().encode("utf-8", "replace")


def under_names(pages: Iterable[bytes]) -> Iterator[bytes]:
    """Rows under the names of their columns."""
    yield ",".join(COLUMNS).encode() + b"\r\n"
    yield from pages


def _cells(event: HistoryEvent) -> tuple[str | int, ...]:
    (dossier, case, workflow, position, seq, event_id, trigger, before, after, actor, role, on_behalf_of, recorded_for,
     occurred_at, zone, recorded_at, origin, fits, *_) = event
    return (
        _plain(dossier), _plain(case), _plain(workflow), position, seq, event_id, _plain(trigger), _plain(before),
        _plain(after), _plain(actor), _plain(role), _plain(on_behalf_of), _plain(recorded_for),
        written(occurred_at, zone), written(recorded_at), _plain(origin), _FITS[fits], *as_json(event))


def _plain(text: str | None) -> str:
    """The text as a cell that stays text."""
    if not text:
        return ""
    return "'" + text if text[0] in _FORMULA else text


def cell(text: str) -> str:
    """The text as a cell of a line that is put together by hand: one that stays text, in quotes where it needs them."""
    return quoted(_plain(text))


def line(texts: Iterable[str]) -> str:
    """The texts as a line of a table that is put together by hand."""
    return ",".join(map(cell, texts)) + "\r\n"


def quoted(text: str) -> str:
    """The text in quotes where it needs them."""
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text


def _line() -> Template:
    pieces: list[str | Say] = []
    for n, column in enumerate(STANDARD):
        pieces += ["," if n else "", Say(column.fact, _HOW[column.kind])]
    return (*pieces, "\r\n")


SHAPE = Shape(_line(), cell)
"""The standard facts as a line."""


def join_csv(lines: Iterable[Lines]) -> Iterator[bytes]:
    """The lines of the standard facts under their names."""
    yield ",".join(column.name for column in STANDARD).encode() + b"\r\n"
    yield from chunked(text for _, text in lines)

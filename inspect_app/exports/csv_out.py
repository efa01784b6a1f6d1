"""History as CSV (RFC 4180, UTF-8): one row an event, no cell that a spreadsheet would run as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

import orjson

from inspect_app.exports.chunks import CHUNK
from inspect_app.exports.history import HistoryEvent
from inspect_app.exports.moments import written

COLUMNS = ("dossier", "case", "workflow", "position", "seq", "event_id", "trigger", "before", "after", "actor", "role",
           "on_behalf_of", "recorded_for", "occurred_at", "recorded_at", "origin", "fits", "data", "attributes",
           "trace_attributes")
_FORMULA = frozenset("=+-@\t\r")
_FITS = {None: "", True: "true", False: "false"}


def write_csv(events: Iterable[HistoryEvent], *, bom: bool = False) -> Iterator[bytes]:
    """The events as CSV. With `bom`, the mark that tells some spreadsheets that this is UTF-8 comes first."""
    page = io.StringIO(newline="")
    row = csv.writer(page, lineterminator="\r\n").writerow
    row(COLUMNS)
    if bom:
        yield b"\xef\xbb\xbf"
    for event in events:
        row(_cells(event))
        if page.tell() >= CHUNK:
            yield page.getvalue().encode("utf-8", "replace")
            page.seek(0)
            page.truncate()
    yield page.getvalue().encode("utf-8", "replace")


def _cells(event: HistoryEvent) -> tuple[str | int, ...]:
    (dossier, case, workflow, position, seq, event_id, trigger, before, after, actor, role, on_behalf_of, recorded_for,
     occurred_at, zone, recorded_at, origin, fits, data, attributes, of_trace) = event
    return (
        _plain(dossier), _plain(case), _plain(workflow), position, seq, event_id, _plain(trigger), _plain(before),
        _plain(after), _plain(actor), _plain(role), _plain(on_behalf_of), _plain(recorded_for),
        written(occurred_at, zone), written(recorded_at), _plain(origin), _FITS[fits],
        orjson.dumps(data).decode() if data else "{}",
        orjson.dumps({key: (kind, text) for key, kind, text in attributes}).decode() if attributes else "{}",
        orjson.dumps({key: (kind, text) for key, kind, text in of_trace}).decode() if of_trace else "{}",
    )


def _plain(text: str | None) -> str:
    """The text as a cell that stays text."""
    if not text:
        return ""
    return "'" + text if text[0] in _FORMULA else text

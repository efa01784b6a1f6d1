"""Reading an event log that is a table: one row an event, one column the trace; rows of traces may interleave."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import BinaryIO, NamedTuple
from zoneinfo import ZoneInfo

import orjson

from inspect_app.imports.log_values import ACTIVITY, ACTOR, MOMENT, Attribute, Recorded, Trace
from inspect_app.imports.mapping import LogMapping
from inspect_app.imports.moments import in_zone, moment, placed
from inspect_app.imports.problems import NotReadable, RowProblem

MOST_ROWS = 2_000_000
"""A table is grouped in memory; a longer one is cut into files of whole traces first."""

_NUMBER = re.compile(r"-?\d{1,18}(\.\d{1,18})?", re.ASCII)


class _Layout(NamedTuple):
    """Where in a row each thing stands, and how times are written."""

    width: int
    trace: int
    activity: int
    occurred_at: int
    date: int | None
    actor: int | None
    sort: int | None
    attributes: tuple[tuple[str, int], ...]
    time_format: str | None
    zone: ZoneInfo | None


def read_csv_log(stream: BinaryIO, mapping: LogMapping) -> Iterator[Trace]:
    """The traces of a CSV log, in the order in which each first appears; rows in the order of the file or of the column
    `sort`. Rows that name no trace, or hold no text, come last, as the problems of one trace without a key."""
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="strict", newline="")
    try:
        layout, groups, orphans = _group(text, mapping)
    finally:
        text.detach()
    for key in list(groups):
        yield _trace(key, groups.pop(key), layout)
    if orphans:
        yield Trace("", (), (), tuple(orphans))


def _group(text: io.TextIOWrapper, mapping: LogMapping) -> tuple[_Layout, dict[str, bytearray], list[RowProblem]]:
    rows = csv.reader(text, delimiter=mapping.delimiter, strict=True)
    groups: dict[str, bytearray] = {}
    orphans: list[RowProblem] = []
    number = 0
    layout: _Layout | None = None
    try:
        for number, cells in enumerate(rows, 1):
            if layout is None:
                layout = _layout(cells, mapping)
                continue
            if not cells:
                continue
            key = cells[layout.trace] if layout.trace < len(cells) else ""
            if not key:
                orphans.append(RowProblem(number, "no_trace", "the row names no trace; fill in its column"))
                continue
            if any("\0" in cell for cell in cells):
                orphans.append(RowProblem(number, "not_text", "a cell holds a NUL, which is not text; remove it"))
                continue
            if number > MOST_ROWS:
                raise NotReadable(f"there are more than {MOST_ROWS} rows; cut the file, keeping traces whole", number)
            groups.setdefault(key, bytearray()).extend(orjson.dumps([number, *cells], option=orjson.OPT_APPEND_NEWLINE))
    except UnicodeDecodeError:
        raise NotReadable("the file is not UTF-8 from about here on; save it as CSV UTF-8", number + 1) from None
    except csv.Error as error:
        raise NotReadable(f"this is not a proper CSV file ({error}); check its quotes and the delimiter",
                          rows.line_num) from None
    except orjson.JSONEncodeError:
        raise NotReadable("a cell holds characters that are not text; correct it in the source", number) from None
    if layout is None:
        raise NotReadable("the file is empty; export the log again")
    return layout, groups, orphans


def _layout(heading: list[str], mapping: LogMapping) -> _Layout:
    columns = mapping.columns
    if columns is None:
        raise NotReadable("the mapping has no [columns]; say which column of the file means what")
    for name in (*columns.named(), *((mapping.sort,) if mapping.sort else ())):
        if name not in heading:
            raise NotReadable(f"the file has no column “{name}”; it has: {', '.join(heading)}. "
                              "Correct the mapping (its delimiter too)", 1)
        if heading.count(name) > 1:
            raise NotReadable(f"the file has the column “{name}” more than once; rename one", 1)
    at = heading.index
    return _Layout(
        width=len(heading),
        trace=at(columns.trace),
        activity=at(columns.activity),
        occurred_at=at(columns.occurred_at),
        date=None if columns.date is None else at(columns.date),
        actor=None if columns.actor is None else at(columns.actor),
        sort=None if mapping.sort is None else at(mapping.sort),
        attributes=tuple((name, at(name)) for name in columns.attributes),
        time_format=mapping.time_format,
        zone=mapping.zone,
    )


def _trace(key: str, packed: bytearray, layout: _Layout) -> Trace:
    problems: list[RowProblem] = []
    read: list[tuple[Decimal, Recorded]] = []
    for line in packed.splitlines():
        number, *cells = orjson.loads(line)
        try:
            read.append(_row(number, cells, layout))
        except _Unfit as unfit:
            problems.append(RowProblem(number, unfit.code, unfit.message))
    if layout.sort is not None:
        read.sort(key=lambda each: each[0])
    return Trace(key, ((ACTIVITY, "string", key),), tuple(event for _, event in read), tuple(problems))


class _Unfit(Exception):
    """A row cannot be read."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def _row(number: int, cells: list[str], layout: _Layout) -> tuple[Decimal, Recorded]:
    if len(cells) != layout.width:
        raise _Unfit("width", f"the row has {len(cells)} cells, the heading {layout.width}; check its quotes")
    activity = cells[layout.activity]
    if not activity:
        raise _Unfit("no_activity", "the row names no activity; fill in its column")
    place = Decimal(number)
    if layout.sort is not None:
        given = cells[layout.sort]
        if not _NUMBER.fullmatch(given):
            raise _Unfit("sort", f"“{given}” in the column that orders the rows is not a number; correct it")
        place = Decimal(given)
    written = cells[layout.occurred_at]
    if layout.date is not None:
        written = f"{cells[layout.date]} {written}" if layout.time_format else f"{cells[layout.date]}T{written}"
    try:
        occurred_at, zone, iso = _moment(written, layout)
    except ValueError as error:
        raise _Unfit("moment", str(error)) from None
    actor = (cells[layout.actor] or None) if layout.actor is not None else None
    attributes: list[Attribute] = [(ACTIVITY, "string", activity), (MOMENT, "date", iso)]
    if actor is not None:
        attributes.append((ACTOR, "string", actor))
    attributes.extend((name, "string", cells[at]) for name, at in layout.attributes if cells[at])
    return place, Recorded(activity, occurred_at, zone, actor, tuple(attributes), number)


def _moment(written: str, layout: _Layout) -> tuple[int, str, str]:
    """µs, offset, and the same as an XML dateTime."""
    if layout.time_format is None:
        iso = written.replace(" ", "T", 1)
        if len(iso) == 10:
            iso += "T00:00:00"
        occurred_at, zone = moment(iso, layout.zone)
        return occurred_at, zone, iso if iso.endswith(zone) else iso + zone
    before, aware, after = layout.time_format.partition("%z")
    try:
        local = datetime.strptime(written if aware else f"{written}+0000", f"{before}%z{after}")
    except ValueError:
        raise ValueError(f"“{written}” is not a time written like {layout.time_format}; correct the row or the "
                         "mapping's time_format") from None
    if not aware:
        local = in_zone(local, layout.zone)
    occurred_at, zone = placed(local)
    return occurred_at, zone, local.isoformat()

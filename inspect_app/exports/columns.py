"""Lines of the standard facts, made of whole columns of events at a time: many times as fast as event by event.

Columns are only ever put together from values in which nothing has to be escaped in any format; an event with a value that has is filled in by
`template`, so that escaping is written once."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable
from typing import TYPE_CHECKING, Any

from inspect_app.exports.history import HistoryEvent
from inspect_app.exports.moments import DAY, FIRST_SERIAL, SERIAL_EPOCH, offset
from inspect_app.exports.pseudonyms import CASE, DOSSIER, PERSON, Pseudonyms
from inspect_app.exports.template import TEXTS, UNSAFE, Around, How, Lines, Say, Shape, Template, filler

if TYPE_CHECKING:
    import pyarrow

FACTS = ("dossier", "case_number", "workflow", "position", "seq", "event_id", "trigger", "before", "after", "actor", "role", "on_behalf_of",
         "recorded_for", "occurred_at", "zone", "recorded_at", "origin", "fits")
"""The standard facts of an event, in the order of `HistoryEvent`."""
NUMBERS = ("position", "seq", "occurred_at", "recorded_at")
_KINDS = {"dossier": DOSSIER, "case_number": CASE, "actor": PERSON, "on_behalf_of": PERSON, "recorded_for": PERSON}
_PLAIN = bytes(c for c in range(128) if chr(c).isalnum() or chr(c) in "_.:/") + bytes(range(128, 256))
"""Bytes that need no care wherever they stand, but for `_NOT_PLAIN`."""
_NOT_PLAIN = (b"_x", b"\xef\xbf")
_UNSAFE = re.sub(r"\\u([0-9a-f]{4})", r"\\x{\1}", UNSAFE)
"""The same as Arrow's regular expressions write it."""


def schema() -> pyarrow.Schema:
    """The columns that lines are made from. A text that is empty counts as none."""
    import pyarrow as pa

    kinds = {"fits": pa.bool_()} | dict.fromkeys(NUMBERS, pa.int64())
    return pa.schema([(fact, kinds.get(fact, pa.string())) for fact in FACTS])


def in_lines(tables: Iterable[pyarrow.Table], shape: Shape, pseudonyms: Pseudonyms | None) -> Generator[Lines, None, None]:
    """The lines of events that come in such columns, ordered by dossier."""
    fill, last = filler(shape.line, shape.inside), None
    for table in tables:
        columns = {name: table[name].combine_chunks() for name in FACTS}
        care = _needing_care(columns, shape.line)
        events = [_event(row, pseudonyms) for row in table.filter(care).to_pylist()] if care is not None else []
        if pseudonyms is not None:
            columns |= {name: _under_pseudonym(columns[name], kind, pseudonyms) for name, kind in _KINDS.items()}
        begins: list[Any] = []
        if shape.around:
            begins, last = [_openings(columns, shape.around, last)], columns["dossier"][len(columns["dossier"]) - 1].as_py()
        found = _joined(shape.line, columns, begins)
        if events:
            begun = begins[0].filter(care).to_pylist() if begins else [""] * len(events)
            lines = [begin + fill(event).encode("utf-8", "replace").decode() for begin, event in zip(begun, events, strict=True)]
            found = _replaced(found, care, lines)
        yield Lines(table.num_rows, _text(found))
    if last is not None and shape.around:
        yield Lines(0, shape.around.ends.encode())


def _event(row: dict[str, Any], pseudonyms: Pseudonyms | None) -> HistoryEvent:
    event = HistoryEvent(**row, data={})
    return event if pseudonyms is None else pseudonyms.event(event)


def _replaced(found: Any, care: Any, lines: list[str]) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.replace_with_mask(found, care, pa.array(lines, pa.string()))


def _text(found: Any) -> bytes:
    """All values of a column of texts, one after the other."""
    import pyarrow.compute as pc

    size = pc.sum(pc.binary_length(found)).as_py() or 0
    return bytes(found.buffers()[2].slice(0, size)) if size else b""


def _needing_care(columns: dict[str, Any], line: Template) -> Any:
    """Which rows have a value that must not stand in a line as it is; None where none has."""
    import pyarrow.compute as pc

    found = [mask for name in TEXTS if (mask := _unsafe(columns[name])) is not None]
    if any(isinstance(piece, Say) and piece.how in (How.DAYS, How.DAYS_UTC) for piece in line):
        moment = pc.min_element_wise(_local(columns, "occurred_at"), columns["recorded_at"])
        found.append(pc.less(moment, FIRST_SERIAL))
    if not found:
        return None
    together = found[0]
    for mask in found[1:]:
        together = pc.or_(together, mask)
    return together if pc.any(together).as_py() else None


def _unsafe(column: Any) -> Any:
    import pyarrow.compute as pc

    data = column.buffers()[2]
    text = bytes(data) if data is not None else b""
    rest = text.translate(None, _PLAIN)
    if not rest.strip(b"-") and not any(piece in text for piece in _NOT_PLAIN):
        return pc.fill_null(pc.starts_with(column, "-"), False) if rest else None
    return pc.fill_null(pc.match_substring_regex(column, _UNSAFE), False)


def _under_pseudonym(column: Any, kind: str, pseudonyms: Pseudonyms) -> Any:
    return _each(column, lambda names: pseudonyms.each(kind, names))


def _each(column: Any, made: Callable[[list[str]], list[Any]]) -> Any:
    """What is made of each value of a column of texts, made once for each value."""
    import pyarrow as pa

    known = column.dictionary_encode()
    return pa.array(made(known.dictionary.to_pylist())).take(known.indices) if len(known.dictionary) else column


def _joined(template: Template, columns: dict[str, Any], begins: Iterable[Any] = ()) -> Any:
    """The template filled in with every row, after columns of texts with which the rows begin."""
    import pyarrow.compute as pc

    pieces = list(begins)
    for piece in template:
        pieces += [piece] if isinstance(piece, str) else _said(piece, columns)
    literal, together = "", list[Any]()
    for piece in pieces:
        if isinstance(piece, str):
            literal += piece
            continue
        together += [literal, piece] if literal else [piece]
        literal = ""
    return pc.binary_join_element_wise(*together, literal, "")


def _said(say: Say, columns: dict[str, Any]) -> list[Any]:
    """A place in a template as columns of texts, and texts that are the same in each row."""
    import pyarrow as pa
    import pyarrow.compute as pc

    column = columns[say.fact]
    if say.how in (How.FLAG, How.BIT):
        yes, no = ("true", "false") if say.how == How.FLAG else ("1", "0")
        return [say.before, pc.if_else(column, yes, no), say.after]
    if say.how == How.PLACED:
        return [say.before, _iso(_local(columns, say.fact)), columns["zone"], say.after]
    if say.how == How.UTC:
        return [say.before, _iso(column), f"Z{say.after}"]
    if say.how in (How.DAYS, How.DAYS_UTC):
        moment = _local(columns, say.fact) if say.how == How.DAYS else column
        days = pc.add(pc.divide(pc.cast(moment, pa.float64()), float(DAY)), float(SERIAL_EPOCH))
        return [say.before, pc.replace_substring_regex(pc.cast(days, pa.string()), r"\.0$", ""), say.after]
    if column.null_count == len(column):
        return [say.absent]
    text = pc.cast(column, pa.string())
    if not column.null_count:
        return [say.before, text, say.after]
    around = pc.binary_join_element_wise(say.before, text, say.after, "") if say.before or say.after else text
    return [pc.fill_null(around, say.absent)]


def _local(columns: dict[str, Any], fact: str) -> Any:
    """A moment on the clocks of its place: µs since 1970 there."""
    import pyarrow.compute as pc

    return pc.add(columns[fact], _each(columns["zone"], lambda zones: [offset(zone) * 1_000_000 for zone in zones]))


def _iso(moment: Any) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    text = pc.cast(pc.cast(moment, pa.timestamp("us")), pa.string())
    return pc.replace_substring(pc.utf8_rtrim(pc.utf8_rtrim(text, "0"), "."), " ", "T")


def _openings(columns: dict[str, Any], around: Around, last: str | None) -> Any:
    """What ends a dossier and begins the next, where an event is the first of one; elsewhere nothing. `last` is the dossier before them."""
    import pyarrow as pa
    import pyarrow.compute as pc

    dossiers = columns["dossier"]
    before = pa.concat_arrays([pa.array([last], pa.string()), dossiers.slice(0, len(dossiers) - 1)])
    begins = pc.fill_null(pc.not_equal(dossiers, before), True)
    openings = _joined((around.ends, *around.begins), columns)
    if last is None:
        openings = pa.concat_arrays([_joined(around.begins, {name: column.slice(0, 1) for name, column in columns.items()}), openings.slice(1)])
    return pc.if_else(begins, openings, "")

"""History as Parquet: typed columns, packed with zstd, a group of rows at a time. Moments are UTC; the zone stands beside the one of the place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from inspect_app.exports.csv_out import quoted
from inspect_app.exports.history import HistoryEvent
from inspect_app.exports.table import IN_JSON, ZONED, Column, Kind, as_json
from inspect_app.exports.template import How, Lines, Say, Shape, Template

if TYPE_CHECKING:
    import pyarrow

GROUP = 4_096
"""Rows of a group: what is held in memory, as columns."""
AT_ONCE = 128
"""Events that are held as such, until they are columns; they take many times the room."""

inside = quoted


def _template() -> Template:
    pieces: list[str | Say] = []
    for n, column in enumerate(ZONED):
        pieces += ["," if n else "", Say(column.fact, How.FLAG if column.kind == Kind.FLAG else How.PLAIN)]
    return (*pieces, "\n")


SHAPE = Shape(_template(), inside)
"""The standard facts as a line of CSV whose moments are numbers: what is read fastest into columns."""


class _Outlet:
    """A file that can only be written to, and hands on what was written."""

    def __init__(self) -> None:
        self._held: list[bytes] = []
        self._at = 0
        self.closed = False

    def write(self, data: Any) -> int:
        piece = bytes(data)
        self._held.append(piece)
        self._at += len(piece)
        return len(piece)

    def tell(self) -> int:
        return self._at

    def flush(self) -> None:
        """Nothing is held back."""

    def taken(self) -> bytes:
        """What was written since the last time."""
        data = b"".join(self._held)
        self._held.clear()
        return data


def _schema(columns: tuple[Column, ...]) -> pyarrow.Schema:
    import pyarrow as pa

    moment = pa.timestamp("us", "UTC")
    kinds = {Kind.NUMBER: pa.int64(), Kind.FLAG: pa.bool_(), Kind.PLACED: moment, Kind.UTC: moment}
    return pa.schema([pa.field(c.name, kinds.get(c.kind, pa.string())) for c in columns])


def _written(batches: Iterable[pyarrow.RecordBatch], schema: pyarrow.Schema) -> Iterator[bytes]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    outlet = _Outlet()
    with pq.ParquetWriter(pa.PythonFile(outlet, "w"), schema, compression="zstd", compression_level=1,
                          use_dictionary=[n for n in schema.names if n not in ("event_id", "dossier", "case", "data", "attributes")],
                          write_statistics=True) as writer:
        yield outlet.taken()
        for batch in batches:
            writer.write_batch(batch)
            if data := outlet.taken():
                yield data
    yield outlet.taken()


def join_parquet(lines: Iterable[Lines]) -> Iterator[bytes]:
    """The lines of the standard facts as a Parquet file."""
    schema = _schema(ZONED)
    return _written(_groups(_read(lines, schema), schema), schema)


def _read(lines: Iterable[Lines], schema: pyarrow.Schema) -> Iterator[pyarrow.RecordBatch]:
    import pyarrow as pa
    from pyarrow import csv

    plain = {f.name: pa.int64() if pa.types.is_timestamp(f.type) else f.type for f in schema}
    for _, text in lines:
        table = csv.read_csv(
            pa.BufferReader(text),
            read_options=csv.ReadOptions(use_threads=False, column_names=schema.names, block_size=len(text) + 1),
            parse_options=csv.ParseOptions(newlines_in_values=True),
            convert_options=csv.ConvertOptions(column_types=plain, null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=False))
        yield from table.cast(schema).combine_chunks().to_batches()


def write_parquet(events: Iterable[HistoryEvent]) -> Iterator[bytes]:
    """The events as a Parquet file, every committed fact; inputs and attributes as JSON."""
    return in_file(batches(events))


def batches(events: Iterable[HistoryEvent]) -> Iterator[pyarrow.RecordBatch]:
    """The events as columns, so many at a time as are held as events."""
    import pyarrow as pa

    schema = _schema((*ZONED, *IN_JSON))
    places = [HistoryEvent._fields.index(column.fact) for column in ZONED]
    texts = [column.kind == Kind.TEXT for column in ZONED]
    flow = iter(events)
    while block := list(islice(flow, AT_ONCE)):
        facts = list(zip(*block, strict=True))
        said = list(zip(*map(as_json, block), strict=True))
        columns = [[value or None for value in facts[at]] if text else facts[at] for at, text in zip(places, texts, strict=True)]
        columns += [[None if text == "{}" else text for text in column] for column in said]
        yield pa.record_batch([pa.array(values, f.type) for values, f in zip(columns, schema, strict=True)], schema=schema)


def in_file(batches: Iterable[pyarrow.RecordBatch]) -> Iterator[bytes]:
    """Batches of columns as a Parquet file, in groups of the same size however they come."""
    schema = _schema((*ZONED, *IN_JSON))
    return _written(_groups(batches, schema), schema)


def _groups(batches: Iterable[pyarrow.RecordBatch], schema: pyarrow.Schema) -> Iterator[pyarrow.RecordBatch]:
    import pyarrow as pa

    held = pa.Table.from_batches([], schema)
    for batch in batches:
        held = pa.concat_tables([held, pa.Table.from_batches([batch], schema)])
        if held.num_rows >= GROUP:
            yield from held.slice(0, GROUP).combine_chunks().to_batches()
            held = held.slice(GROUP)
    yield from held.combine_chunks().to_batches()

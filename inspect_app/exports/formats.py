"""Every format a history can leave in, by the name it has at each door."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from inspect_app.exports import csv_out, jsonl, ocel, parquet, xes, xlsx
from inspect_app.exports.chunks import chunked
from inspect_app.exports.template import Lines, Shape


class ByLine(NamedTuple):
    """How a format writes the standard facts alone: the lines of events, and what joins them."""

    shape: Shape
    join: Callable[[Iterable[Lines]], Iterator[bytes]]


class Parts(NamedTuple):
    """How a format writes every committed fact: what stands in it for the events of whole dossiers, and how all of that, made here or elsewhere,
    becomes a file."""

    of: Callable[..., Iterator[Any]]
    joined: Callable[..., Iterator[bytes]]

    def write(self, source: Iterable[Any]) -> Iterator[bytes]:
        """All of it here."""
        return self.joined(self.of(source))


class Format(NamedTuple):
    """How a format is announced, how its files end, and how it is written. Where `pseudonymous`, persons, cases and dossiers go under pseudonyms
    unless their names are asked for. Without `parts` it is made whole, from more than events. `extended` formats are told of the vocabularies of
    imported logs."""

    media_type: str
    extension: str
    parts: Parts | None
    by_line: ByLine | None = None
    pseudonymous: bool = False
    extended: bool = False


FORMATS: Mapping[str, Format] = MappingProxyType({
    "csv": Format("text/csv; charset=utf-8", "csv", Parts(csv_out.rows, csv_out.under_names),
                  ByLine(csv_out.SHAPE, csv_out.join_csv)),
    "jsonl": Format("application/x-ndjson", "jsonl", Parts(jsonl.rows, chunked), ByLine(jsonl.SHAPE, jsonl.join_jsonl)),
    "xlsx": Format("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx", Parts(xlsx.rows, xlsx.in_book),
                   ByLine(xlsx.SHAPE, xlsx.join_xlsx)),
    "xes": Format("application/xml; charset=utf-8", "xes", Parts(xes.traces, xes.in_log), ByLine(xes.SHAPE, xes.join_xes),
                  pseudonymous=True, extended=True),
    "ocel-json": Format("application/json", "ocel.json", Parts(ocel.parts, ocel.in_document), pseudonymous=True),
    "parquet": Format("application/vnd.apache.parquet", "parquet", Parts(parquet.batches, parquet.in_file),
                      ByLine(parquet.SHAPE, parquet.join_parquet)),
    "pdf": Format("application/pdf", "pdf", None),
    "bundle": Format("application/zip", "zip", None),
})

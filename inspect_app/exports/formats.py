"""Every format a history can leave in, by the name it has at each door."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from inspect_app.exports import csv_out, jsonl, parquet, xes, xlsx
from inspect_app.exports.history import HistoryEvent
from inspect_app.exports.ocel import write_ocel
from inspect_app.exports.template import Line, Template


class ByLine(NamedTuple):
    """How a format writes the standard facts alone: the line of an event, how a text stands in it, what joins the lines."""

    line: Template
    inside: Callable[[str], str]
    join: Callable[[Iterable[Line]], Iterator[bytes]]


class Format(NamedTuple):
    """How a format is announced, how its files end, and who writes it. Where `pseudonymous`, persons, cases and dossiers go under pseudonyms
    unless their names are asked for. Without `write` it is made whole, from more than events."""

    media_type: str
    extension: str
    write: Callable[[Iterable[HistoryEvent]], Iterator[bytes]] | None
    by_line: ByLine | None = None
    pseudonymous: bool = False


FORMATS: Mapping[str, Format] = MappingProxyType({
    "csv": Format("text/csv; charset=utf-8", "csv", csv_out.write_csv, ByLine(csv_out.LINE, csv_out.cell, csv_out.join_csv)),
    "jsonl": Format("application/x-ndjson", "jsonl", jsonl.write_jsonl, ByLine(jsonl.LINE, jsonl.inside, jsonl.join_jsonl)),
    "xlsx": Format("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx", xlsx.write_xlsx,
                   ByLine(xlsx.LINE, xlsx.inside, xlsx.join_xlsx)),
    "xes": Format("application/xml; charset=utf-8", "xes", xes.write_xes, ByLine(xes.LINE, xes.safe, xes.join_xes), pseudonymous=True),
    "ocel-json": Format("application/json", "ocel.json", write_ocel, pseudonymous=True),
    "parquet": Format("application/vnd.apache.parquet", "parquet", parquet.write_parquet,
                      ByLine(parquet.LINE, parquet.inside, parquet.join_parquet)),
    "pdf": Format("application/pdf", "pdf", None),
    "bundle": Format("application/zip", "zip", None),
})

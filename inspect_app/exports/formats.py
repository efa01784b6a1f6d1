"""Every format a history can leave in, by the name it has at each door."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from inspect_app.exports.csv_out import write_csv
from inspect_app.exports.history import HistoryEvent
from inspect_app.exports.jsonl import write_jsonl
from inspect_app.exports.xes import write_xes


class Format(NamedTuple):
    """How a format is announced, how its files end, and who writes it."""

    media_type: str
    extension: str
    write: Callable[[Iterable[HistoryEvent]], Iterator[bytes]]


FORMATS: Mapping[str, Format] = MappingProxyType({
    "csv": Format("text/csv; charset=utf-8", "csv", write_csv),
    "jsonl": Format("application/x-ndjson", "jsonl", write_jsonl),
    "xes": Format("application/xml; charset=utf-8", "xes", write_xes),
})

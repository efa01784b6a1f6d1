"""An event as a row of a table: the columns that CSV, XLSX and Parquet have in common, and which kind of value stands in each."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

import orjson

from inspect_app.exports.history import Attribute, HistoryEvent


class Kind(StrEnum):
    """What the values of a column are. A moment may be absent from no row; `placed` is one that is written on the clocks of its place."""

    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"
    PLACED = "placed"
    UTC = "utc"
    JSON = "json"


class Column(NamedTuple):
    """A column: its name, the fact of the event it holds, its kind."""

    name: str
    fact: str
    kind: Kind = Kind.TEXT


STANDARD = (
    Column("dossier", "dossier"), Column("case", "case_number"), Column("workflow", "workflow"), Column("position", "position", Kind.NUMBER),
    Column("seq", "seq", Kind.NUMBER), Column("event_id", "event_id"), Column("trigger", "trigger"), Column("before", "before"),
    Column("after", "after"), Column("actor", "actor"), Column("role", "role"), Column("on_behalf_of", "on_behalf_of"),
    Column("recorded_for", "recorded_for"), Column("occurred_at", "occurred_at", Kind.PLACED), Column("recorded_at", "recorded_at", Kind.UTC),
    Column("origin", "origin"), Column("fits", "fits", Kind.FLAG),
)
"""The standard facts: who did what to which case, when, and what came of it."""

ZONED = (*STANDARD[:14], Column("zone", "zone"), *STANDARD[14:])
"""The same for tables whose moments are typed: there the zone stands beside the moment."""

IN_JSON = (Column("data", "data", Kind.JSON), Column("attributes", "attributes", Kind.JSON),
           Column("trace_attributes", "trace_attributes", Kind.JSON))
"""The other committed facts: what was filled in, and what an imported log brought along."""

EVERY = (*STANDARD, *IN_JSON)


def as_json(event: HistoryEvent) -> tuple[str, str, str]:
    """Inputs, attributes and attributes of the trace, each as the text of a JSON object."""
    return (orjson.dumps(event.data).decode() if event.data else "{}", _attributes(event.attributes), _attributes(event.trace_attributes))


def _attributes(attributes: tuple[Attribute, ...]) -> str:
    return orjson.dumps({key: (kind, text) for key, kind, text in attributes}).decode() if attributes else "{}"

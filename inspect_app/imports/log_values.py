"""What a reader of event logs hands over: traces, each with its recorded events, in the order of the file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from inspect_app.imports.problems import RowProblem

Attribute: TypeAlias = tuple[str, str, str]
"""Key, kind (one of `KINDS`) and text: the source's own spelling, so that a float stays the string that was written."""

KINDS = frozenset({"string", "date", "int", "float", "boolean", "id"})

ACTIVITY = "concept:name"
MOMENT = "time:timestamp"
ACTOR = "org:resource"


@dataclass(frozen=True, slots=True)
class Recorded:
    """One event of the source: what was done, when (µs since 1970 UTC, with the offset written), by whom, and every
    attribute as it was written. `row` counts the events of a XES log from 1, the rows of a CSV file with its heading
    as row 1."""

    activity: str
    occurred_at: int
    zone: str
    actor: str | None
    attributes: tuple[Attribute, ...]
    row: int


@dataclass(frozen=True, slots=True)
class Trace:
    """One history of the source. A row that cannot be read is not among `events`; it stands in `problems` instead."""

    key: str
    attributes: tuple[Attribute, ...]
    events: tuple[Recorded, ...]
    problems: tuple[RowProblem, ...] = ()

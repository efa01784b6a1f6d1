"""One event as every exporter takes it, and how the stored content of an event becomes one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, TypeAlias

import orjson

Json: TypeAlias = Any
Attribute: TypeAlias = tuple[str, str, str]
"""Key, kind and text of an imported attribute, as the source spelled them."""

IMPORTED = "x"
OF_TRACE = "trace"
INPUT = "data"


class HistoryEvent(NamedTuple):
    """One event, ready to be written. What was withheld or erased is empty. Writers take events ordered by dossier,
    then position; `trace_attributes` need stand only with the first event of a dossier."""

    dossier: str
    case_number: str
    workflow: str
    position: int
    seq: int
    event_id: str
    trigger: str
    before: str
    after: str
    actor: str | None
    role: str | None
    on_behalf_of: str | None
    recorded_for: str | None
    occurred_at: int
    zone: str
    recorded_at: int
    origin: str
    fits: bool | None
    data: Mapping[str, Json]
    attributes: tuple[Attribute, ...] = ()
    trace_attributes: tuple[Attribute, ...] = ()


def disclosed(body: bytes) -> dict[str, Json]:
    """The facts in one stored content body, a JSON list of [salt, name, value], in the order they were stored."""
    return {name: value for _salt, name, value in orjson.loads(body)}


def history_event(
    dossier: str, case_number: str, workflow: str, position: int, seq: int, event_id: str, recorded_at: int,
    fits: bool | None, bodies: Iterable[bytes],
) -> HistoryEvent:
    """The event whose plain columns are given and whose facts stand in `bodies`, one for each person they speak of."""
    said: dict[str, Json] = {}
    data: dict[str, Json] = {}
    attributes: list[Attribute] = []
    of_trace: list[Attribute] = []
    for body in bodies:
        for _salt, name, value in orjson.loads(body):
            kind, dot, rest = name.partition(".")
            if not dot:
                said[name] = value
            elif kind == IMPORTED:
                attributes.append((rest, value[0], value[1]))
            elif kind == INPUT:
                data[rest] = value
            elif kind == OF_TRACE:
                of_trace.append((rest, value[0], value[1]))
            else:
                said[name] = value
    get = said.get
    occurred_at = get("occurred_at")
    return HistoryEvent(
        dossier, case_number, workflow, position, seq, event_id,
        get("trigger") or "", get("before") or "", get("after") or "", get("actor"), get("role"), get("on_behalf_of"),
        get("recorded_for"), recorded_at if occurred_at is None else occurred_at, get("zone") or "Z", recorded_at,
        get("origin") or "", fits, data, tuple(attributes), tuple(of_trace))

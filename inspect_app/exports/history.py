"""One event as every exporter takes it, and how the stored content of an event becomes one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import Any, NamedTuple, TypeAlias

import orjson

Json: TypeAlias = Any
Attribute: TypeAlias = tuple[str, str, str]
"""Key, kind and text of an imported attribute, as the source spelled them."""


class HistoryEvent(NamedTuple):
    """One event, ready to be written. What was withheld or erased is empty. Writers take events ordered by dossier,
    then position; `trace_attributes` need stand only with the first event of a dossier. `unit` is the code of the case's unit."""

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
    unit: str | None = None


def disclosed(body: bytes) -> dict[str, Json]:
    """The facts in one stored content body, a JSON list of [salt, name, value], in the order they were stored."""
    return {name: value for _salt, name, value in orjson.loads(body)}


def history_event(
    dossier: str, case_number: str, workflow: str, position: int, seq: int, event_id: str, recorded_at: int,
    fits: bool | None, bodies: Iterable[bytes], unit: str | None = None,
) -> HistoryEvent:
    """The event whose plain columns are given and whose facts stand in `bodies`, one for each person they speak of."""
    said: dict[str, Json] = {}
    data: dict[str, Json] = {}
    attributes: list[Attribute] = []
    of_trace: list[Attribute] = []
    rows = False
    for body in bodies:
        for _, name, value in orjson.loads(body):
            if "." not in name:
                said[name] = value
            elif name[:2] == "x.":
                attributes.append((name[2:], value[0], value[1]))
            elif name[:5] == "data.":
                data[name[5:]] = value
                rows = rows or "." in name[5:]
            elif name[:6] == "trace.":
                of_trace.append((name[6:], value[0], value[1]))
    get = said.get
    occurred_at = get("occurred_at")
    return HistoryEvent(
        dossier, case_number, workflow, position, seq, event_id,
        get("trigger") or "", get("before") or "", get("after") or "", get("actor"), get("role"), get("on_behalf_of"),
        get("recorded_for"), recorded_at if occurred_at is None else occurred_at, get("zone") or "Z", recorded_at,
        get("origin") or "", fits, _with_lists(data) if rows else data, tuple(attributes), tuple(of_trace), unit)


def _with_lists(data: Mapping[str, Json]) -> dict[str, Json]:
    """The inputs with lists put together from their rows (`norms.0`, `norms.1`), in order; a withheld row is left out."""
    whole: dict[str, Json] = {}
    rows: dict[str, list[tuple[int, Json]]] = {}
    for name, value in data.items():
        of, dot, n = name.partition(".")
        if dot:
            whole.setdefault(of, None)
            rows.setdefault(of, []).append((int(n), value))
        elif name not in rows:
            whole[name] = value
    return whole | {of: [value for _, value in sorted(each, key=itemgetter(0))] for of, each in rows.items()}

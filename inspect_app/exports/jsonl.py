"""History as JSON Lines: one object an event, one event a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import orjson

from inspect_app.exports.chunks import chunked
from inspect_app.exports.history import HistoryEvent
from inspect_app.exports.moments import written
from inspect_app.exports.table import STANDARD, Kind
from inspect_app.exports.template import How, Lines, Say, Shape, Template


def write_jsonl(events: Iterable[HistoryEvent]) -> Iterator[bytes]:
    """The events as JSON Lines. Imported attributes are an object of key to [kind, text], in the source's order."""
    return rows(events)


def rows(events: Iterable[HistoryEvent]) -> Iterator[bytes]:
    """The lines of the events, many at a time."""
    return chunked(map(_line, events))


def _line(event: HistoryEvent) -> bytes:
    (dossier, case, workflow, position, seq, event_id, trigger, before, after, actor, role, on_behalf_of, recorded_for,
     occurred_at, zone, recorded_at, origin, fits, data, attributes, of_trace, *_) = event
    return orjson.dumps({
        "dossier": dossier, "case": case, "workflow": workflow, "position": position, "seq": seq, "event_id": event_id,
        "trigger": trigger, "before": before, "after": after, "actor": actor, "role": role,
        "on_behalf_of": on_behalf_of, "recorded_for": recorded_for, "occurred_at": written(occurred_at, zone),
        "recorded_at": written(recorded_at), "origin": origin, "fits": fits, "data": data,
        "attributes": {key: (kind, text) for key, kind, text in attributes},
        "trace_attributes": {key: (kind, text) for key, kind, text in of_trace},
    }, option=orjson.OPT_APPEND_NEWLINE)


def inside(text: str) -> str:
    """The text as it stands between the quotes of a JSON string."""
    return orjson.dumps(text).decode()[1:-1]


def _template() -> Template:
    pieces: list[str | Say] = []
    for n, (name, fact, kind) in enumerate(STANDARD):
        pieces.append(f'{"," if n else "{"}"{name}":')
        if kind == Kind.NUMBER:
            pieces.append(Say(fact))
        elif kind == Kind.FLAG:
            pieces.append(Say(fact, How.FLAG, absent="null"))
        elif kind == Kind.TEXT:
            pieces.append(Say(fact, How.PLAIN, '"', '"', "null" if fact in ("actor", "on_behalf_of", "recorded_for") else '""'))
        else:
            pieces.append(Say(fact, How.PLACED if kind == Kind.PLACED else How.UTC, '"', '"'))
    return (*pieces, "}\n")


SHAPE = Shape(_template(), inside)
"""The standard facts as a line."""


def join_jsonl(lines: Iterable[Lines]) -> Iterator[bytes]:
    """The lines of the standard facts."""
    return chunked(text for _, text in lines)

"""History as OCEL 2.0 (JSON): events and the cases, dossiers, units and persons they touch. Values are texts, typed by declaration; the
declarations come last, when all kinds are known, and objects wait in a temporary file, so that memory stays flat."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from tempfile import SpooledTemporaryFile
from typing import Any

import orjson

from inspect_app.exports.chunks import CHUNK, chunked
from inspect_app.exports.history import Attribute, HistoryEvent
from inspect_app.exports.moments import written

_TYPES = {"string": "string", "id": "string", "date": "time", "int": "integer", "float": "float", "boolean": "boolean"}
_ALWAYS = "1970-01-01T00:00:00Z"
ACTIVITY = "concept:name"
OBJECT_TYPES = ("case", "dossier", "person", "unit")


def write_ocel(events: Iterable[HistoryEvent]) -> Iterator[bytes]:
    """The events as one OCEL 2.0 document. A recorded event has the activity of its source as its type, an act its trigger."""
    return chunked(_Writer().pieces(events))


class _Writer:
    def __init__(self) -> None:
        self._kinds: dict[str, dict[str, str]] = {}
        self._of_objects: dict[str, dict[str, str]] = {kind: {} for kind in OBJECT_TYPES}
        self._known: set[str] = set()

    def pieces(self, events: Iterable[HistoryEvent]) -> Iterator[bytes]:
        with SpooledTemporaryFile(max_size=CHUNK * 16) as objects:
            yield b'{"events":['
            dossier, cases, first = "", set[str](), True
            for event in events:
                if event.dossier != dossier:
                    dossier, cases = event.dossier, set()
                    self._object(objects, "dossier", f"dossier:{dossier}", event.trace_attributes, ())
                if event.case_number not in cases:
                    cases.add(event.case_number)
                    self._case(objects, event)
                for name in (event.actor, event.on_behalf_of, event.recorded_for):
                    if name and name not in self._known:
                        self._known.add(name)
                        self._object(objects, "person", f"person:{name}", (), ())
                yield (b"" if first else b",") + orjson.dumps(self._event(event))
                first = False
            yield b'],"objects":['
            objects.seek(1)
            while piece := objects.read(CHUNK):
                yield piece
        yield b'],"eventTypes":' + _declared(self._kinds) + b',"objectTypes":' + _declared(self._of_objects) + b"}\n"

    def _case(self, objects: Any, event: HistoryEvent) -> None:
        related = [(f"dossier:{event.dossier}", "of dossier")]
        if event.unit:
            related.append((f"unit:{event.unit}", "of unit"))
            if f"unit:{event.unit}" not in self._known:
                self._known.add(f"unit:{event.unit}")
                self._object(objects, "unit", f"unit:{event.unit}", (), ())
        self._object(objects, "case", f"case:{event.case_number}", (("workflow", "string", event.workflow),), related)

    def _object(self, objects: Any, kind: str, name: str, attributes: Iterable[Attribute], related: Iterable[tuple[str, str]]) -> None:
        values = self._values(self._of_objects[kind], attributes)
        objects.write(b"," + orjson.dumps({
            "id": name, "type": kind, "attributes": [each | {"time": _ALWAYS} for each in values],
            "relationships": [{"objectId": other, "qualifier": how} for other, how in related]}))

    def _event(self, event: HistoryEvent) -> dict[str, Any]:
        kind = next((text for key, _, text in event.attributes if key == ACTIVITY), event.trigger) if event.attributes else event.trigger
        related = [(f"case:{event.case_number}", "case"), (f"dossier:{event.dossier}", "dossier")]
        if event.unit:
            related.append((f"unit:{event.unit}", "unit"))
        if event.actor:
            related.append((f"person:{event.actor}", event.role or "actor"))
        if event.on_behalf_of:
            related.append((f"person:{event.on_behalf_of}", "on behalf of"))
        if event.recorded_for:
            related.append((f"person:{event.recorded_for}", "recorded for"))
        return {
            "id": event.event_id, "type": kind, "time": written(event.occurred_at),
            "attributes": self._values(self._kinds.setdefault(kind, {}), chain(_own(event), event.attributes, _data(event))),
            "relationships": [{"objectId": name, "qualifier": how} for name, how in related],
        }

    def _values(self, declared: dict[str, str], attributes: Iterable[Attribute]) -> list[dict[str, str]]:
        values = []
        for key, kind, text in attributes:
            if kind == "float" and text.strip() == "NaN":
                continue
            of_type = _TYPES.get(kind, "string")
            if declared.setdefault(key, of_type) != of_type:
                declared[key] = "string"
            values.append({"name": key, "value": text})
        return values


def _own(event: HistoryEvent) -> Iterator[Attribute]:
    """What an event of ours has, in our words: none of them is the name of an imported attribute or of an input."""
    yield "inspect:trigger", "string", event.trigger
    yield "inspect:position", "int", str(event.position)
    yield "inspect:seq", "int", str(event.seq)
    yield "inspect:before", "string", event.before
    yield "inspect:after", "string", event.after
    yield "inspect:zone", "string", event.zone
    yield "inspect:recorded_at", "date", written(event.recorded_at)
    yield "inspect:origin", "string", event.origin
    if event.fits is not None:
        yield "inspect:fits", "boolean", "true" if event.fits else "false"


def _data(event: HistoryEvent) -> Iterator[Attribute]:
    for name, value in event.data.items():
        if value is not None:
            yield f"data.{name}", "string", value if isinstance(value, str) else orjson.dumps(value).decode()


def _declared(kinds: dict[str, dict[str, str]]) -> bytes:
    return orjson.dumps([{"name": kind, "attributes": [{"name": name, "type": of_type} for name, of_type in attributes.items()]}
                         for kind, attributes in kinds.items()])

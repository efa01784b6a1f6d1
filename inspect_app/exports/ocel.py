"""History as OCEL 2.0 (JSON): events and the cases, dossiers, units and persons they touch. Values are texts, typed by declaration; the
declarations come last, when all kinds are known, and objects wait in a temporary file, so that memory stays flat."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from tempfile import SpooledTemporaryFile
from typing import Any, NamedTuple

import orjson

from inspect_app.exports.chunks import CHUNK, chunked
from inspect_app.exports.history import Attribute, HistoryEvent
from inspect_app.exports.moments import written

_TYPES = {"string": "string", "id": "string", "date": "time", "int": "integer", "float": "float", "boolean": "boolean"}
_ALWAYS = "1970-01-01T00:00:00Z"
ACTIVITY = "concept:name"
OBJECT_TYPES = ("case", "dossier", "person", "unit")
_AGAIN = ("person", "unit")
"""Objects that more than one dossier knows."""


class Thing(NamedTuple):
    """An object that events touch, as it stands in the document."""

    name: str
    kind: str
    said: bytes


class Kinds(NamedTuple):
    """The kinds of events and objects that were met, with the types of their attributes."""

    of_events: dict[str, dict[str, str]]
    of_objects: dict[str, dict[str, str]]


Part = Thing | Kinds | bytes
"""A piece of a document: an object, kinds, or an event."""


def write_ocel(events: Iterable[HistoryEvent]) -> Iterator[bytes]:
    """The events as one OCEL 2.0 document. A recorded event has the activity of its source as its type, an act its trigger."""
    return in_document(parts(events))


def parts(events: Iterable[HistoryEvent]) -> Iterator[Part]:
    """What stands in a document of these events, with the kinds of all of it at the end. Persons and units may come more than once."""
    return _Writer().parts(events)


def in_document(parts: Iterable[Part]) -> Iterator[bytes]:
    """Parts as one document; every object once."""
    return chunked(_document(parts))


def _document(parts: Iterable[Part]) -> Iterator[bytes]:
    kinds, known, first = Kinds({}, {kind: {} for kind in OBJECT_TYPES}), set[str](), True
    with SpooledTemporaryFile(max_size=CHUNK * 16) as objects:
        yield b'{"events":['
        for part in parts:
            if isinstance(part, bytes):
                yield part if first else b"," + part
                first = False
            elif isinstance(part, Kinds):
                for into, told in zip(kinds, part, strict=True):
                    for kind, declared in told.items():
                        for key, of_type in declared.items():
                            _declare(into.setdefault(kind, {}), key, of_type)
            elif part.name not in known:
                if part.kind in _AGAIN:
                    known.add(part.name)
                objects.write(b"," + part.said)
        yield b'],"objects":['
        objects.seek(1)
        while piece := objects.read(CHUNK):
            yield piece
    yield b'],"eventTypes":' + _declared(kinds.of_events) + b',"objectTypes":' + _declared(kinds.of_objects) + b"}\n"


def _declare(declared: dict[str, str], key: str, of_type: str) -> None:
    """Note the type of an attribute: of a text, where it has more than one."""
    if declared.setdefault(key, of_type) != of_type:
        declared[key] = "string"


class _Writer:
    def __init__(self) -> None:
        self._kinds = Kinds({}, {kind: {} for kind in OBJECT_TYPES})
        self._known: set[str] = set()

    def parts(self, events: Iterable[HistoryEvent]) -> Iterator[Part]:
        dossier, cases = "", set[str]()
        for event in events:
            if event.dossier != dossier:
                dossier, cases = event.dossier, set()
                yield self._thing("dossier", f"dossier:{dossier}", event.trace_attributes, ())
            if event.case_number not in cases:
                cases.add(event.case_number)
                yield from self._case(event)
            for name in (event.actor, event.on_behalf_of, event.recorded_for):
                if name and name not in self._known:
                    self._known.add(name)
                    yield self._thing("person", f"person:{name}", (), ())
            yield orjson.dumps(self._event(event))
        yield self._kinds

    def _case(self, event: HistoryEvent) -> Iterator[Thing]:
        related = [(f"dossier:{event.dossier}", "of dossier")]
        if event.unit:
            related.append((f"unit:{event.unit}", "of unit"))
            if f"unit:{event.unit}" not in self._known:
                self._known.add(f"unit:{event.unit}")
                yield self._thing("unit", f"unit:{event.unit}", (), ())
        yield self._thing("case", f"case:{event.case_number}", (("workflow", "string", event.workflow),), related)

    def _thing(self, kind: str, name: str, attributes: Iterable[Attribute], related: Iterable[tuple[str, str]]) -> Thing:
        values = self._values(self._kinds.of_objects[kind], attributes)
        return Thing(name, kind, orjson.dumps({
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
            "attributes": self._values(self._kinds.of_events.setdefault(kind, {}), [*_own(event), *event.attributes, *_data(event)]),
            "relationships": [{"objectId": name, "qualifier": how} for name, how in related],
        }

    def _values(self, declared: dict[str, str], attributes: Iterable[Attribute]) -> list[dict[str, str]]:
        values = []
        for key, kind, text in attributes:
            if kind == "float" and text.strip() == "NaN":
                continue
            of_type = _TYPES.get(kind, "string")
            if declared.get(key) != of_type:
                _declare(declared, key, of_type)
            values.append({"name": key, "value": text})
        return values


def _own(event: HistoryEvent) -> list[Attribute]:
    """What an event of ours has, in our words: none of them is the name of an imported attribute or of an input."""
    told = [
        ("inspect:trigger", "string", event.trigger), ("inspect:position", "int", str(event.position)), ("inspect:seq", "int", str(event.seq)),
        ("inspect:before", "string", event.before), ("inspect:after", "string", event.after), ("inspect:zone", "string", event.zone),
        ("inspect:recorded_at", "date", written(event.recorded_at)), ("inspect:origin", "string", event.origin)]
    if event.fits is not None:
        told.append(("inspect:fits", "boolean", "true" if event.fits else "false"))
    return told


def _data(event: HistoryEvent) -> Iterator[Attribute]:
    for name, value in event.data.items():
        if value is not None:
            yield f"data.{name}", "string", value if isinstance(value, str) else orjson.dumps(value).decode()


def _declared(kinds: dict[str, dict[str, str]]) -> bytes:
    return orjson.dumps([{"name": kind, "attributes": [{"name": name, "type": of_type} for name, of_type in attributes.items()]}
                         for kind, attributes in kinds.items()])

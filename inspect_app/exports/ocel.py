"""History as OCEL 2.0 (JSON): events and the cases, dossiers, units and persons they touch. Values are texts, typed by declaration; the
declarations come last, when all kinds are known, and objects wait in a temporary file, so that memory stays flat.

The text of an event is put together from pieces that come again and again: half the work of making it from objects of Python."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from tempfile import SpooledTemporaryFile
from typing import NamedTuple

import orjson

from inspect_app.exports.chunks import CHUNK, chunked
from inspect_app.exports.history import Attribute, HistoryEvent
from inspect_app.exports.jsonl import inside
from inspect_app.exports.moments import written

_TYPES = {"string": "string", "id": "string", "date": "time", "int": "integer", "float": "float", "boolean": "boolean"}
_ALWAYS = '"time":"1970-01-01T00:00:00Z",'
ACTIVITY = "concept:name"
OBJECT_TYPES = ("case", "dossier", "person", "unit")
FEW, MANY = 2, 128
"""So many events are handed on together: at first, so that nobody waits, and later."""
_KEPT = 10_000
"""So many texts are kept as they stand in the document."""
_SPECIAL = re.compile('["\\\\\x00-\x1f]')


class Known(NamedTuple):
    """An object that more than one dossier knows, a person or a unit, as its name and it stand in the document."""

    name: str
    said: bytes


class Told(NamedTuple):
    """Events, and the objects that no other dossier knows, as they stand in the document, each with commas between them."""

    events: bytes
    objects: bytes


class Kinds(NamedTuple):
    """The kinds of events and objects that were met, with the types of their attributes."""

    of_events: dict[str, dict[str, str]]
    of_objects: dict[str, dict[str, str]]


Part = Known | Told | Kinds
"""A piece of a document."""


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
    kinds, known, first = Kinds({}, {kind: {} for kind in OBJECT_TYPES}), dict[str, bytes](), True
    with SpooledTemporaryFile(max_size=CHUNK * 16) as objects:
        yield b'{"events":['
        for part in parts:
            if isinstance(part, Told):
                yield part.events if first else b"," + part.events
                first = False
                objects.write(b"," + part.objects if part.objects else b"")
            elif isinstance(part, Kinds):
                for into, told in zip(kinds, part, strict=True):
                    for kind, declared in told.items():
                        for key, of_type in declared.items():
                            _declare(into.setdefault(kind, {}), key, of_type)
            else:
                known.setdefault(part.name, part.said)
        for said in known.values():
            objects.write(b"," + said)
        yield b'],"objects":['
        objects.seek(1)
        while piece := objects.read(CHUNK):
            yield piece
    yield b'],"eventTypes":' + _declared(kinds.of_events) + b',"objectTypes":' + _declared(kinds.of_objects) + b"}\n"


def _declare(declared: dict[str, str], key: str, of_type: str) -> None:
    """Note the type of an attribute: of a text, where it has more than one."""
    if declared.setdefault(key, of_type) != of_type:
        declared[key] = "string"


class _Openings(dict[tuple[str, str], str]):
    """Key and kind of an attribute to what stands before its value. What is met for the first time is declared; `time` is that of the
    attributes of objects."""

    def __init__(self, declared: dict[str, str], time: str = "") -> None:
        super().__init__()
        self._declared, self._time = declared, time
        self.step = lru_cache(_KEPT)(self._step)

    def __missing__(self, attribute: tuple[str, str]) -> str:
        key, kind = attribute
        _declare(self._declared, key, _TYPES.get(kind, "string"))
        opening = self[attribute] = f'{{"name":"{inside(key)}",{self._time}"value":"'
        return opening

    def _step(self, trigger: str, before: str, after: str, zone: str, origin: str, fits: bool | None) -> str:
        """What many events have in common, in our words: none of them is the name of an imported attribute or of an input."""
        told = [("inspect:trigger", "string", trigger), ("inspect:before", "string", before), ("inspect:after", "string", after),
                ("inspect:zone", "string", zone), ("inspect:origin", "string", origin)]
        if fits is not None:
            told.append(("inspect:fits", "boolean", "true" if fits else "false"))
        return ",".join(_values(self, told))


class _Inside(dict[str, str]):
    """Texts that come again and again, as they stand between the quotes of a JSON string."""

    def __missing__(self, text: str) -> str:
        told = inside(text)
        if len(self) < _KEPT:
            self[text] = told
        return told


class _Writer:
    def __init__(self) -> None:
        self._kinds = Kinds({}, {kind: {} for kind in OBJECT_TYPES})
        self._of_events: dict[str, _Openings] = {}
        self._of_objects = {kind: _Openings(declared, _ALWAYS) for kind, declared in self._kinds.of_objects.items()}
        self._inside = _Inside()

    def parts(self, events: Iterable[HistoryEvent]) -> Iterator[Part]:
        told, objects, enough = list[str](), list[str](), FEW
        dossier, of_dossier, case, cases, known = "", "", "", dict[str, str](), set[str]()
        for event in events:
            if event.dossier != dossier or not cases:
                dossier, of_dossier, case, cases = event.dossier, inside(f"dossier:{event.dossier}"), "", {}
                objects.append(self._object("dossier", of_dossier, event.trace_attributes))
            if event.case_number != case or not case:
                case, of_unit = event.case_number, self._inside[f"unit:{event.unit}"] if event.unit else ""
                if case not in cases:
                    of_case = inside(f"case:{case}")
                    if of_unit and of_unit not in known:
                        known.add(of_unit)
                        yield Known(of_unit, self._object("unit", of_unit).encode())
                    objects.append(self._object("case", of_case, (("workflow", "string", event.workflow),), [
                        _related(of_dossier, "of dossier"), *([_related(of_unit, "of unit")] if of_unit else ())]))
                    cases[case] = ",".join([_related(of_case, "case"), _related(of_dossier, "dossier"),
                                            *([_related(of_unit, "unit")] if of_unit else ())])
            for person in (event.actor, event.on_behalf_of, event.recorded_for):
                if person and (of_person := self._inside[f"person:{person}"]) not in known:
                    known.add(of_person)
                    yield Known(of_person, self._object("person", of_person).encode())
            told.append(self._event(event, cases[case]))
            if len(told) == enough:
                yield Told(",".join(told).encode(), ",".join(objects).encode())
                told, objects, enough = [], [], MANY
        if told:
            yield Told(",".join(told).encode(), ",".join(objects).encode())
        yield self._kinds

    def _object(self, kind: str, said: str, attributes: Iterable[Attribute] = (), related: Iterable[str] = ()) -> str:
        values = ",".join(_values(self._of_objects[kind], attributes))
        return f'{{"id":"{said}","type":"{kind}","attributes":[{values}],"relationships":[{",".join(related)}]}}'

    def _event(self, event: HistoryEvent, related: str) -> str:
        (_, _, _, position, seq, event_id, trigger, before, after, actor, role, on_behalf_of, recorded_for, occurred_at, zone, recorded_at, origin,
         fits, data, attributes, *_) = event
        kind = trigger
        for key, _, text in attributes:
            if key == ACTIVITY:
                kind = text
                break
        opening, inside_ = self._openings(kind), self._inside
        if actor:
            related += "," + _related(inside_[f"person:{actor}"], inside_[role or "actor"])
        if on_behalf_of:
            related += "," + _related(inside_[f"person:{on_behalf_of}"], "on behalf of")
        if recorded_for:
            related += "," + _related(inside_[f"person:{recorded_for}"], "recorded for")
        values = _values(opening, attributes)
        if data:
            values += _values(opening, _data(event))
        return (
            f'{{"id":"{_safe(event_id)}","type":"{inside_[kind]}","time":"{written(occurred_at)}","attributes":['
            f'{opening.step(trigger, before, after, zone, origin, fits)},{opening["inspect:position", "int"]}{position}"}},'
            f'{opening["inspect:seq", "int"]}{seq}"}},{opening["inspect:recorded_at", "date"]}{written(recorded_at)}"}}'
            f'{"," if values else ""}{",".join(values)}],"relationships":[{related}]}}')

    def _openings(self, kind: str) -> _Openings:
        found = self._of_events.get(kind)
        if found is None:
            found = self._of_events[kind] = _Openings(self._kinds.of_events.setdefault(kind, {}))
        return found


def _values(opening: _Openings, attributes: Iterable[Attribute]) -> list[str]:
    return [f'{opening[key, kind]}{inside(text) if _SPECIAL.search(text) else text}"}}' for key, kind, text in attributes
            if kind != "float" or text.strip() != "NaN"]


def _safe(text: str) -> str:
    return inside(text) if _SPECIAL.search(text) else text


def _related(said: str, how: str) -> str:
    return f'{{"objectId":"{said}","qualifier":"{how}"}}'


def _data(event: HistoryEvent) -> Iterator[Attribute]:
    for name, value in event.data.items():
        if value is not None:
            yield f"data.{name}", "string", value if isinstance(value, str) else orjson.dumps(value).decode()


def _declared(kinds: dict[str, dict[str, str]]) -> bytes:
    return orjson.dumps([{"name": kind, "attributes": [{"name": name, "type": of_type} for name, of_type in attributes.items()]}
                         for kind, attributes in kinds.items()])

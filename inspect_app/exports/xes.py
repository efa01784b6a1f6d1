"""History as XES (IEEE 1849-2016): one trace a dossier, its events in order; what was imported leaves as it came."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

import orjson

from inspect_app.exports.chunks import chunked
from inspect_app.exports.history import Attribute, HistoryEvent, Json
from inspect_app.exports.moments import written
from inspect_app.exports.names import safe_key
from inspect_app.exports.template import Around, How, Lines, Say, Shape, Template


class Extension(NamedTuple):
    """A vocabulary of keys: its name, its prefix, where it is defined."""

    name: str
    prefix: str
    uri: str


OWN = Extension("Inspect", "inspect", "urn:inspect-app:xes:1")
EXTENSIONS = (
    Extension("Concept", "concept", "http://www.xes-standard.org/concept.xesext"),
    Extension("Time", "time", "http://www.xes-standard.org/time.xesext"),
    Extension("Lifecycle", "lifecycle", "http://www.xes-standard.org/lifecycle.xesext"),
    Extension("Organizational", "org", "http://www.xes-standard.org/org.xesext"),
    Extension("ID", "identity", "http://www.xes-standard.org/identity.xesext"),
    Extension("Cost", "cost", "http://www.xes-standard.org/cost.xesext"),
    Extension("Semantic", "semantic", "http://www.xes-standard.org/semantic.xesext"),
    OWN,
)
"""Declared in every log, so that a stream need not know beforehand which keys will come."""

KINDS = frozenset({"string", "date", "int", "float", "boolean", "id"})
_SPECIAL = re.compile("[&<>\"\x00-\x1f\ud800-\udfff\ufffe\uffff]")
_ENTITY = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
_TRACE_ENDS, _FOOT = "\t</trace>\n", b"</log>\n"


def write_xes(events: Iterable[HistoryEvent], *, extensions: Iterable[Extension] = ()) -> Iterator[bytes]:
    """The events as one XES log. `extensions` are declared beside our own: those of a log that was imported."""
    return in_log(traces(events, extensions=extensions), extensions=extensions)


def traces(events: Iterable[HistoryEvent], *, extensions: Iterable[Extension] = ()) -> Iterator[bytes]:
    """The traces of the events, many at a time."""
    return chunked(piece.encode() for piece in _Writer(extensions).pieces(events))


def in_log(pieces: Iterable[bytes], *, extensions: Iterable[Extension] = ()) -> Iterator[bytes]:
    """Whole traces as one XES log."""
    return chunked(chain([_Writer(extensions).head()], pieces, [_FOOT]))


class _Openings(dict[tuple[str, str], str]):
    """Kind and key of an attribute to the beginning of its tag."""

    def __init__(self, prefixes: frozenset[str]) -> None:
        super().__init__()
        self._prefixes = prefixes

    def __missing__(self, kind_key: tuple[str, str]) -> str:
        kind, key = kind_key
        tag = kind if kind in KINDS else "string"
        opening = f'\t\t\t<{tag} key="{safe_key(key, self._prefixes)}" value="'
        if len(self) < 10_000:
            self[kind_key] = opening
        return opening


class _Writer:
    def __init__(self, extensions: Iterable[Extension]) -> None:
        declared = {extension.prefix: extension for extension in EXTENSIONS}
        for extension in extensions:
            declared.setdefault(extension.prefix, extension)
        self._extensions = tuple(declared.values())
        self._openings = _Openings(frozenset(declared))

    def pieces(self, events: Iterable[HistoryEvent]) -> Iterator[str]:
        dossier: str | None = None
        for event in events:
            if event.dossier != dossier:
                yield self._trace(event) if dossier is None else _TRACE_ENDS + self._trace(event)
                dossier = event.dossier
            yield self._event(event)
        if dossier is not None:
            yield _TRACE_ENDS

    def head(self) -> bytes:
        declared = "".join(f'\t<extension name="{safe(name)}" prefix="{safe(prefix)}" uri="{safe(uri)}"/>\n'
                           for name, prefix, uri in self._extensions)
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<log xmlns="http://www.xes-standard.org/" xes.version="1849.2016" xes.features="">\n'
            f'{declared}'
            '\t<global scope="trace">\n\t\t<string key="concept:name" value="UNKNOWN"/>\n\t</global>\n'
            '\t<global scope="event">\n\t\t<string key="concept:name" value="UNKNOWN"/>\n\t</global>\n'
            '\t<classifier name="EventName" scope="event" keys="concept:name"/>\n'
        ).encode()

    def _trace(self, event: HistoryEvent) -> str:
        attributes = event.trace_attributes or (("concept:name", "string", event.dossier),)
        return "\t<trace>\n" + self._attributes(attributes)

    def _event(self, event: HistoryEvent) -> str:
        return "\t\t<event>\n" + self._attributes(event.attributes or _native(event)) + "\t\t</event>\n"

    def _attributes(self, attributes: Iterable[Attribute]) -> str:
        openings = self._openings
        return "".join([
            f'{openings[kind, key]}{safe(text) if _SPECIAL.search(text) else text}"/>\n'
            for key, kind, text in attributes if kind != "float" or text.strip() != "NaN"])


def _said_in(kind: str, key: str, fact: str, how: How = How.PLAIN) -> Say:
    return Say(fact, how, f'\t\t\t<{kind} key="{key}" value="', '"/>\n')


_LINE: Template = (
    "\t\t<event>\n",
    Say("trigger", How.PLAIN, '\t\t\t<string key="concept:name" value="', '"/>\n', '\t\t\t<string key="concept:name" value=""/>\n'),
    '\t\t\t<string key="lifecycle:transition" value="complete"/>\n',
    _said_in("date", "time:timestamp", "occurred_at", How.PLACED), _said_in("id", "identity:id", "event_id"),
    _said_in("string", "inspect:case", "case_number"), _said_in("string", "inspect:workflow", "workflow"),
    _said_in("int", "inspect:position", "position"), _said_in("int", "inspect:seq", "seq"), _said_in("string", "inspect:before", "before"),
    _said_in("string", "inspect:after", "after"), _said_in("date", "inspect:recorded_at", "recorded_at", How.UTC),
    _said_in("string", "inspect:origin", "origin"), _said_in("string", "org:resource", "actor"), _said_in("string", "org:role", "role"),
    _said_in("string", "inspect:on_behalf_of", "on_behalf_of"), _said_in("string", "inspect:recorded_for", "recorded_for"),
    _said_in("boolean", "inspect:fits", "fits", How.FLAG), "\t\t</event>\n",
)
_NAME: Template = ("\t<trace>\n", Say("dossier", How.PLAIN, '\t\t\t<string key="concept:name" value="', '"/>\n'))


def join_xes(lines: Iterable[Lines]) -> Iterator[bytes]:
    """The lines of the standard facts as one XES log; a dossier goes by the name that comes with its lines."""
    return in_log(text for _, text in lines)


def _native(event: HistoryEvent) -> list[Attribute]:
    """An act of our own in the standard's words, and in ours where the standard has none."""
    (_, case, workflow, position, seq, event_id, trigger, before, after, actor, role, on_behalf_of, recorded_for,
     occurred_at, zone, recorded_at, origin, fits, data, *_) = event
    said: list[Attribute] = [
        ("concept:name", "string", trigger),
        ("lifecycle:transition", "string", "complete"),
        ("time:timestamp", "date", written(occurred_at, zone)),
        ("identity:id", "id", event_id),
        ("inspect:case", "string", case),
        ("inspect:workflow", "string", workflow),
        ("inspect:position", "int", str(position)),
        ("inspect:seq", "int", str(seq)),
        ("inspect:before", "string", before),
        ("inspect:after", "string", after),
        ("inspect:recorded_at", "date", written(recorded_at)),
        ("inspect:origin", "string", origin),
    ]
    if actor is not None:
        said.append(("org:resource", "string", actor))
    if role is not None:
        said.append(("org:role", "string", role))
    if on_behalf_of is not None:
        said.append(("inspect:on_behalf_of", "string", on_behalf_of))
    if recorded_for is not None:
        said.append(("inspect:recorded_for", "string", recorded_for))
    if fits is not None:
        said.append(("inspect:fits", "boolean", "true" if fits else "false"))
    said.extend((f"data.{name}", "string", _said(value)) for name, value in data.items() if value is not None)
    return said


def _said(value: Json) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def safe(text: str) -> str:
    """The text as the value of an XML attribute; characters that XML forbids become U+FFFD."""
    return _SPECIAL.sub(lambda match: _ENTITY.get(match[0], "\ufffd"), text)


SHAPE = Shape(_LINE, safe, Around(_NAME, _TRACE_ENDS))
"""The standard facts as an event, in the trace of its dossier."""

"""Reading XES (IEEE 1849), with or without its namespace: traces one after the other, in flat memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import BinaryIO, NoReturn
from zoneinfo import ZoneInfo

from inspect_app.imports.log_values import ACTIVITY, ACTOR, KINDS, MOMENT, Attribute, Recorded, Trace
from inspect_app.imports.moments import is_date, moment
from inspect_app.imports.names import Keys
from inspect_app.imports.problems import NotReadable, RowProblem
from inspect_app.imports.xes_parser import TAGS, feed, hardened, named

MOST_EVENTS = 100_000
"""In one trace."""
MOST_ATTRIBUTES = 1_000
"""In one event or trace."""

_KIND = {written: tag for written, tag in TAGS.items() if tag in KINDS}
_INT = re.compile(r"[+-]?\d+", re.ASCII)
_FLOAT = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|-?INF|NaN", re.ASCII)


def read_xes(stream: BinaryIO, *, actor: str = ACTOR, zone: ZoneInfo | None = None) -> Iterator[Trace]:
    """The traces of a XES log, in its order. `actor` is the attribute that names who acted; `zone` is where clocks
    stood that were written down without an offset."""
    reader = _Reader(actor, zone)
    for _ in feed(reader.parser, stream):
        yield from reader.ready
        reader.ready.clear()


@lru_cache(maxsize=65_536)
def fault(kind: str, text: str) -> str | None:
    """What is wrong with `text` as a value of `kind`, or nothing."""
    text = text.strip()
    if kind == "int":
        if _INT.fullmatch(text) and len(text) <= 20 and -(2**63) <= int(text) < 2**63:
            return None
        return "is not a whole number of 64 bits"
    if kind == "float":
        return None if _FLOAT.fullmatch(text) else "is not a number"
    if kind == "boolean":
        return None if text in {"true", "false", "1", "0"} else "is neither true nor false"
    if kind == "date":
        return None if is_date(text) else "is not a date and time like 2006-07-24T09:30:00+02:00"
    return None


class _Reader:
    """The handlers of the parser: outside, in a trace, in an event. Only the one that fits is installed."""

    def __init__(self, actor: str, zone: ZoneInfo | None) -> None:
        self.parser = hardened()
        self.ready: list[Trace] = []
        self._actor = actor
        self._zone = zone
        self._keys = Keys()
        self._depth = 0
        self._row = 0
        self._inside = False
        self._trace: list[Attribute] = []
        self._events: list[Recorded] = []
        self._problems: list[RowProblem] = []
        self._event: list[Attribute] = []
        self._faults: list[str] = []
        self._outside()

    def _outside(self) -> None:
        self.parser.StartElementHandler = self._start_outside
        self.parser.EndElementHandler = self._end_outside

    def _in_trace(self) -> None:
        self.parser.StartElementHandler = self._start_in_trace
        self.parser.EndElementHandler = self._end_in_trace

    def _start_outside(self, name: str, attrs: list[str]) -> None:
        tag = TAGS.get(name)
        if self._depth == 0 and tag != "log":
            self._refuse(f"the root is <{name}>, not <log>; this is not a XES log: export it as XES")
        if self._depth == 1 and tag == "trace":
            self._trace, self._events, self._problems = [], [], []
            self._in_trace()
            return
        if self._depth == 1 and tag == "event":
            self._refuse("an event stands outside every trace; put each event into the trace it belongs to")
        if self._depth == 1 and tag is None:
            self._refuse(f"<{name}> is no part of a XES log; remove it")
        self._depth += 1

    def _end_outside(self, _: str) -> None:
        self._depth -= 1

    def _start_in_trace(self, name: str, attrs: list[str]) -> None:
        if not self._inside and TAGS.get(name) == "event":
            self._row += 1
            if len(self._events) >= MOST_EVENTS:
                self._refuse(f"the trace has more than {MOST_EVENTS} events; split it in the source")
            self._event = []
            self.parser.StartElementHandler = self._start_in_event
            self.parser.EndElementHandler = self._end_in_event
            return
        self._add(self._trace, name, attrs)

    def _end_in_trace(self, _: str) -> None:
        if self._inside:
            self._inside = False
            return
        keys = {key: text for key, _kind, text in self._trace}
        name = keys.get(ACTIVITY, "")
        at = self._events[0].row if self._events else self._row
        if not name:
            self._problems.append(RowProblem(at, "trace_without_name", f"the trace has no {ACTIVITY}; give it one"))
        if len(keys) != len(self._trace):
            self._problems.append(RowProblem(at, "key_twice", "the trace has an attribute twice; keep one of them"))
        for said in self._faults:
            self._problems.append(RowProblem(at, "value", said))
        self._faults.clear()
        self.ready.append(Trace(name, tuple(self._trace), tuple(self._events), tuple(self._problems)))
        self._outside()

    def _start_in_event(self, name: str, attrs: list[str]) -> None:
        self._add(self._event, name, attrs)

    def _end_in_event(self, _: str) -> None:
        if self._inside:
            self._inside = False
            return
        event = self._event
        values = {key: text for key, _kind, text in event}
        activity = values.get(ACTIVITY, "")
        when = values.get(MOMENT, "")
        problems = self._problems
        before = len(problems)
        occurred_at, offset = 0, "Z"
        if not activity:
            problems.append(RowProblem(self._row, "no_activity", f"the event has no {ACTIVITY}; name what was done"))
        if not when:
            problems.append(RowProblem(self._row, "no_moment", f"the event has no {MOMENT}; say when it was done"))
        elif not self._faults:
            try:
                occurred_at, offset = moment(when.strip(), self._zone)
            except ValueError as error:
                problems.append(RowProblem(self._row, "moment", str(error)))
        if len(values) != len(event):
            problems.append(RowProblem(self._row, "key_twice", "the event has an attribute twice; keep one of them"))
        for said in self._faults:
            problems.append(RowProblem(self._row, "value", said))
        self._faults.clear()
        if len(problems) == before:
            self._events.append(
                Recorded(activity, occurred_at, offset, values.get(self._actor), tuple(event), self._row))
        self._in_trace()

    def _add(self, to: list[Attribute], name: str, attrs: list[str]) -> None:
        kind = _KIND.get(name)
        if kind is None or self._inside:
            self._refuse_tag(name)
        self._inside = True
        if len(attrs) == 4 and attrs[0] == "key" and attrs[2] == "value":
            key, text = self._keys[attrs[1]], attrs[3]
        else:
            key, text = self._pair(kind, attrs)
        if not key:
            self._faults.append("an attribute has an empty key; name it in the source")
        if kind != "string" and (said := fault(kind, text)):
            self._faults.append(f"{key} is “{text[:80]}”, which {said}; correct it in the source")
        if len(to) >= MOST_ATTRIBUTES:
            self._refuse(f"more than {MOST_ATTRIBUTES} attributes in one place; is this a log?")
        to.append((key, kind, text))

    def _pair(self, kind: str, attrs: list[str]) -> tuple[str, str]:
        given = named(attrs)
        if "key" not in given or "value" not in given:
            self._refuse(f"a <{kind}> has no key or no value; write both")
        return self._keys[given["key"]], given["value"]

    def _refuse_tag(self, name: str) -> NoReturn:
        tag = TAGS.get(name)
        if tag in {"list", "container", "values"}:
            self._refuse(f"a <{tag}> of attributes cannot be kept in a history; write its members as plain attributes")
        if tag in KINDS:
            self._refuse("an attribute inside another attribute cannot be kept in a history; "
                         "write it beside the other, with a key of its own")
        self._refuse(f"<{tag or name}> has no place here; only plain attributes and events stand in a trace")

    def _refuse(self, message: str) -> NoReturn:
        raise NotReadable(message, self.parser.CurrentLineNumber)

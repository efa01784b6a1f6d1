"""Replay: every case recomputed from its events, under the law that was kept; what differs from the mirrors is named.

Pure: rows in, differences out. Acts are judged by the law again; recorded events are folded as they are marked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, NamedTuple, Protocol

import orjson

from inspect_app.audit.envelope import b64url

START = ""
ANY = "*"


class Difference(NamedTuple):
    """One thing that is not as its events make it: where, at which event (0: the whole), what."""

    where: str
    seq: int
    what: str


class StreamRow(NamedTuple):
    """A stream as it is mirrored; the case's columns are None for a stream that is no case."""

    id: int
    cid: bytes
    kind: str
    seq: int
    head: bytes
    number: str | None
    definition: str | None
    state: str | None
    case_seq: int | None
    is_open: bool | None


class EventRow(NamedTuple):
    """An event as it is stored."""

    stream_id: int
    seq: int
    envelope: bytes
    leaf: bytes
    trigger: str
    before: str
    after: str
    role: str
    origin: str
    fits: bool


@dataclass(frozen=True)
class Table:
    """A law as replay reads it: (state, trigger) to the state after and the roles that may; and the final states."""

    edges: Mapping[tuple[str, str], tuple[str, frozenset[str]]]
    final: frozenset[str]
    put_away: frozenset[str] = frozenset()

    @classmethod
    def read(cls, law: bytes) -> Table:
        """The table in a law's canonical bytes."""
        raw = orjson.loads(law)
        final = frozenset(state["name"] for state in raw["states"] if state["final"])
        every = [state["name"] for state in raw["states"]]
        edges: dict[tuple[str, str], tuple[str, frozenset[str]]] = {}
        for entry, transitions in ((False, raw["transitions"]), (True, raw["entries"])):
            for t in transitions:
                who = frozenset(t["who"])
                for source in t["source"]:
                    for state in [s for s in every if entry or s not in final] if source == ANY else [source]:
                        edges.setdefault((state, t["trigger"]), (state if t["dest"] == ANY else t["dest"], who))
        return cls(edges, final, frozenset(state["name"] for state in raw["states"] if state.get("put_away")))


def replay(
    streams: Iterable[StreamRow], events: Iterable[EventRow], laws: Mapping[str, Table], *logs: str
) -> Iterator[Difference]:
    """Every difference. Streams come by number, events by stream and `seq`."""
    flow = iter(events)
    ahead = next(flow, None)
    for stream in streams:
        where = stream.number or stream.kind
        while ahead is not None and ahead.stream_id < stream.id:
            yield Difference(f"stream {ahead.stream_id}", ahead.seq, "the event belongs to no stream")
            ahead = next(flow, None)
        own: list[EventRow] = []
        while ahead is not None and ahead.stream_id == stream.id:
            own.append(ahead)
            ahead = next(flow, None)
        yield from _chain(stream, own, where, logs)
        if stream.kind == "case":
            yield from fold(stream, own, where, laws)
    while ahead is not None:
        yield Difference(f"stream {ahead.stream_id}", ahead.seq, "the event belongs to no stream")
        ahead = next(flow, None)


def _chain(stream: StreamRow, events: list[EventRow], where: str, logs: tuple[str, ...]) -> Iterator[Difference]:
    """The bytes: each leaf is the hash of its envelope, which names the leaf before it, its place and its stream."""
    cid, wf = b64url(stream.cid), stream.definition or ""
    head, prev = b"", ""
    for n, event in enumerate(events, 1):
        if event.seq != n:
            yield Difference(where, n, f"event {n} is missing; the next there is {event.seq}")
            return
        if sha256(b"\x00" + event.envelope).digest() != event.leaf:
            yield Difference(where, n, "its hash is not that of its bytes")
        try:
            envelope = orjson.loads(event.envelope)
        except orjson.JSONDecodeError:
            envelope = None
        if not isinstance(envelope, dict):
            yield Difference(where, n, "its envelope cannot be read")
            envelope = {}
        expected = {"seq": n, "prev": prev, "cid": cid, "log": envelope.get("log") if envelope.get("log") in logs else logs[0], "wf": wf}
        for key, value in expected.items():
            if envelope and envelope.get(key) != value:
                yield Difference(where, n, f"its envelope says {key} {envelope.get(key)!r}, not {value!r}")
        head = event.leaf
        prev = b64url(head)
    if stream.seq != len(events):
        yield Difference(where, 0, f"the stream stands at event {stream.seq}, its events end at {len(events)}")
    if stream.head != head:
        yield Difference(where, 0, "the stream's head is not the hash of its last event")


class Moved(Protocol):
    """What replay looks at in an event."""

    @property
    def seq(self) -> int: ...
    @property
    def trigger(self) -> str: ...
    @property
    def before(self) -> str: ...
    @property
    def after(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def origin(self) -> str: ...
    @property
    def fits(self) -> bool: ...


def fold(stream: StreamRow, events: Sequence[Moved], where: str, laws: Mapping[str, Table]) -> Iterator[Difference]:
    """The meaning: every move under the law, and the mirrors it leaves."""
    if stream.state is None:
        yield Difference(where, 0, "there is no case for this stream")
        return
    law = laws.get(stream.definition or "")
    if law is None:
        yield Difference(where, 0, f"the law {stream.definition} is not kept here")
        return
    state = START
    for event in events:
        if event.before != state:
            yield Difference(where, event.seq, f"it begins in “{event.before}”, but the case stood in “{state}”")
        if (wrong := _move(law, state, event)) is not None:
            yield Difference(where, event.seq, wrong)
        state = event.after
    mirrors: list[tuple[str, Any, Any]] = [
        ("state", stream.state, state),
        ("seq", stream.case_seq, len(events)),
        ("is_open", stream.is_open, state not in law.final),
    ]
    for name, mirror, truth in mirrors:
        if mirror != truth:
            yield Difference(where, 0, f"{name} is mirrored as {mirror!r}, its events make it {truth!r}")


def _move(law: Table, state: str, event: Moved) -> str | None:
    """What is wrong with one move, or nothing."""
    if not event.fits:
        if event.origin == "act":
            return "an act is marked as not fitting"
        return None if event.after == state else "it does not fit, and yet it moved the case"
    edge = law.edges.get((state, event.trigger))
    if edge is None:
        return f"the law knows no “{event.trigger}” from “{state}”"
    after, who = edge
    if event.after != after:
        return f"“{event.trigger}” leads to “{after}”, not to “{event.after}”"
    if event.origin == "act" and event.role not in who:
        return f"“{event.trigger}” is not for the role “{event.role}”"
    return None

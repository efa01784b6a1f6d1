"""Verifying streams: the bytes of every event, chain, commitments, the law that is folded over them, and every row that follows from it.

In portions of streams, each of which is judged alone, in whatever process: what they find is joined in their order, so that it does not matter
where each was judged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any, NamedTuple

import orjson

from inspect_app.audit import casemap
from inspect_app.audit.erased import Erased
from inspect_app.audit.replay import Difference, StreamRow, Table, fold
from inspect_app.audit.whole import StoredEvent, stream_faults
from inspect_app.db import Fixed, Session
from inspect_app.models.case import FAR
from inspect_app.services import beginning, mirrors, wording
from inspect_app.services.folding import folded
from inspect_app.services.house import House
from inspect_app.services.replaying import STREAMS_AT_ONCE, Laws, clocks_differ
from inspect_app.services.verified import NOWHERE, Finding, Verified

EVENTS_AT_ONCE = 2000
LOWEST, HIGHEST = -2**63, 2**63 - 1
OF_NO_CASE = frozenset({"organisation", "exports", "access", "registers", "searches", "audits", beginning.STREAM})
"""The kinds of streams beside those of cases."""

OF_LAW = frozenset({"change_paper_text", "change_paper_numbering"})
"""Administrative acts that name the law they made by its hash, which only they can name."""

Portion = tuple[int, int]
"""Streams by number: those after the first one, up to and with the last one."""

MOST_PORTIONS = 10_000

_HOW_MANY = Fixed("SELECT COUNT(*) FROM stream")
_BOUNDS = Fixed("""SELECT id FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS n FROM stream) AS counted WHERE n % :portion = 0 ORDER BY id""")
_STREAMS = Fixed("""SELECT s.id, s.cid, s.kind, s.seq, s.head, s.at, c.number, c.definition, c.state, c.seq, c.is_open, c.workflow, c.ruleset,
  c.updated_at, c.title, x.folded, h.key, h.seq, h.head, h.rows, h.salt, d.uid, c.id, c.disposed_at, c.disposed_under, c.put_away,
  c.title_bits
  FROM stream s LEFT JOIN cases c ON c.id = s.id LEFT JOIN case_search x ON x.case_id = s.id LEFT JOIN log_head h ON h.stream_id = s.id
  LEFT JOIN dossier d ON d.id = c.dossier_id WHERE s.id > :after AND s.id <= :last ORDER BY s.id""")
_EVENTS = Fixed("""SELECT e.event_id, e.stream_id, e.seq, e.envelope, e.leaf, e."trigger", e."before", e."after", e.actor, e.role, e.on_behalf_of,
  e.recorded_for, e.occurred_at, e.zone, e.late, e.recorded_at, e.origin, e.fits, e.source_row, e.position, d.uid, c.body, l.idx
  FROM event e LEFT JOIN content c ON c.event_id = e.event_id AND c.subject_id = 0 LEFT JOIN log_leaf l ON l.event_id = e.event_id
  LEFT JOIN dossier d ON d.id = e.dossier_id WHERE (e.stream_id, e.seq) > (:stream, :seq) AND e.stream_id <= :last
  ORDER BY e.stream_id, e.seq LIMIT :limit""")
_DUE = Fixed("""SELECT c.id, c.number, c.definition, c.due_at, c.due_order, k.name, k.due_at FROM cases c
  LEFT JOIN clock k ON k.case_id = c.id AND k.status = 'running' WHERE c.id > :after AND c.id <= :last
  AND (c.due_at IS NOT NULL OR c.due_order <> :far OR k.id IS NOT NULL) ORDER BY c.id""")


class Stream(NamedTuple):
    """A stream with everything that mirrors it."""

    id: int
    cid: bytes
    kind: str
    seq: int
    head: bytes
    at: int
    number: str | None
    definition: str | None
    state: str | None
    case_seq: int | None
    is_open: bool | None
    workflow: str | None
    ruleset: str | None
    updated_at: int | None
    title: str | None
    folded: str | None
    key: bytes | None
    logged: int | None
    logged_head: bytes | None
    rows: bytes | None
    salt: bytes | None
    dossier: str | None
    case_id: int | None
    disposed_at: int | None
    disposed_under: str | None
    put_away: bool | None
    title_bits: int | None

    @property
    def where(self) -> str:
        return self.number or self.kind


class Ground(NamedTuple):
    """What every stream is held against: the names of the log, the laws that are kept (kind, hash, name, law), what recorded acts took out, and
    the leaves that receipts promise."""

    logs: tuple[str, ...]
    laws: tuple[tuple[str, str, str, bytes], ...]
    erased: Erased
    promised: frozenset[bytes]


@dataclass
class Part:
    """What one portion came to: its findings and counts, and the promised leaves that are there."""

    done: Verified = field(default_factory=Verified)
    kept: set[bytes] = field(default_factory=set)


def portions(session: Session) -> list[Portion]:
    """Every stream there is or could be, so many at a time."""
    each = max(STREAMS_AT_ONCE, int(_HOW_MANY.run(session, {})[0][0]) // MOST_PORTIONS)
    edges = [LOWEST, *(int(row[0]) for row in _BOUNDS.run(session, {"portion": each})), HIGHEST]
    return list(pairwise(edges))


class Judge:
    """Whoever verifies portions, in one snapshot of the database."""

    def __init__(self, session: Session, house: House, ground: Ground) -> None:
        self.session, self.ground = session, ground
        self.laws = Laws.of(house, [(kind, law_hash, law) for kind, law_hash, _, law in ground.laws])
        self.tables = {law_hash: Table.read(law) for law_hash, law in self.laws.workflows.items()}
        self.names = {law_hash: name for _, law_hash, name, _ in ground.laws}
        self._silent: dict[str, frozenset[str]] = {}

    def portion(self, portion: Portion) -> Part:
        """Verify the streams of a portion. Reads only; raises nothing that tampering could cause."""
        part = Part()
        with part.done.reading("streams"):
            _verify_streams(self, part, *portion)
        return part

    def silent(self, law_hash: str) -> frozenset[str]:
        """The time limits of a law by which nothing is due: silent ones, and windows."""
        if law_hash not in self._silent:
            raw = orjson.loads(self.laws.workflows.get(law_hash, b'{"transitions":[],"entries":[]}'))
            effects = [effect for t in (*raw["transitions"], *raw["entries"]) for effect in t["effects"]]
            self._silent[law_hash] = frozenset(e["name"] for e in effects if e["kind"] == "startclock" and (e.get("silent") or e.get("window")))
        return self._silent[law_hash]


@dataclass
class _Passed:
    """What is kept of a stream's events as they pass, however many there are."""

    count: int = 0
    last: StoredEvent | None = None
    newest: StoredEvent | None = None
    """The last that is in the log."""
    of_law: list[StoredEvent] = field(default_factory=list)

    def by(self, events: Iterable[StoredEvent], part: Part, promised: frozenset[bytes]) -> Iterator[StoredEvent]:
        for event in events:
            self.count += 1
            self.last = event
            if event.place is not None:
                self.newest = event
            if event.trigger in OF_LAW:
                self.of_law.append(event)
            if promised and event.leaf in promised:
                part.kept.add(event.leaf)
            yield event


def _events(session: Session, after: int, last: int) -> Iterator[StoredEvent]:
    """Every event of a portion by stream and number."""
    stream, seq = after, HIGHEST
    while rows := _EVENTS.run(session, {"stream": stream, "seq": seq, "last": last, "limit": EVENTS_AT_ONCE}):
        for row in rows:
            yield StoredEvent(*row)
        stream, seq = rows[-1][1], rows[-1][2]


def _verify_streams(judge: Judge, part: Part, after: int, last: int) -> None:
    flow = groupby(_events(judge.session, after, last), key=itemgetter(1))
    ahead = next(flow, None)
    streams = [Stream(*row) for row in _STREAMS.run(judge.session, {"after": after, "last": last})]
    digests = mirrors.digests(judge.session, [one.id for one in streams])
    for stream in streams:
        while ahead is not None and ahead[0] < stream.id:
            ahead = _astray(part, ahead, flow)
        own: Iterable[StoredEvent] = ()
        if ahead is not None and ahead[0] == stream.id:
            own = ahead[1]
        with part.done.reading(stream.where):
            _verify_stream(judge, part, stream, own, digests.get(stream.id))
        if ahead is not None and ahead[0] == stream.id:
            ahead = next(flow, None)
    while ahead is not None:
        ahead = _astray(part, ahead, flow)
    with part.done.reading("time limits"):
        for difference in clocks_differ(judge.session, judge.laws, after, last):
            part.done.add(Finding(*difference))
        _verify_due(judge, part, after, last)


def _astray(part: Part, ahead: tuple[int, Iterator[StoredEvent]], flow: Any) -> Any:
    for event in ahead[1]:
        part.done.add(Finding(f"stream {event.stream_id}", event.seq, "the event belongs to no stream", _place(event)))
    return next(flow, None)


def _place(event: StoredEvent) -> int:
    return NOWHERE if event.place is None else event.place


def _place_of(events: list[StoredEvent], seq: int) -> int:
    """Where the last event with this number stands in the log."""
    return next((_place(event) for event in reversed(events) if event.seq == seq), NOWHERE)


def _verify_stream(judge: Judge, part: Part, stream: Stream, flow: Iterable[StoredEvent], digest: bytes | None) -> None:
    """A stream with all that mirrors it. The events of a case are gathered, because the law is folded over them; those of other streams, which
    grow for ever, pass."""
    done, where, erased, passed = part.done, stream.where, judge.ground.erased, _Passed()
    done.streams += 1
    events: list[StoredEvent] = []
    if stream.kind == "case":
        events = list(flow)
        flow = events
    for event, what in stream_faults(passed.by(flow, part, judge.ground.promised), judge.ground.logs, stream.cid, stream.definition or "", erased):
        done.add(Finding(where, event.seq, what, _place(event)))
    for event in passed.of_law:
        if str(_field(event, "data.hash")) not in judge.names:
            done.add(Finding(where, event.seq, "the law that it made is not kept here", _place(event)))
    done.events += passed.count
    for stream_id, seq, what in erased.faults:
        if stream_id == stream.id:
            done.add(Finding(where, seq, what, _place_of(events, seq)))
    for difference in _differences(judge, stream, events, passed):
        done.add(Finding(difference.where, difference.seq, difference.what, _place_of(events, difference.seq)))
    newest = passed.newest
    if (stream.logged or 0, stream.logged_head or b"") != ((newest.seq, newest.leaf) if newest else (0, b"")):
        done.add(Finding(where, 0, "the map of heads does not end at its newest event in the log"))
    if stream.key is not None and stream.key != casemap.key_of(stream.cid):
        done.add(Finding(where, 0, "its head stands under another key"))
    if digest is None and (stream.rows or casemap.NOTHING, stream.salt or b"") != (casemap.NOTHING, b""):
        done.add(Finding(where, 0, "rows are committed to, and there are none"))
    if digest is not None and newest is not None and newest is passed.last and mirrors.salted(stream.salt or b"", digest) != stream.rows:
        done.add(Finding(where, 0, "the rows beside its events are not those that were committed to", _place(newest)))


def _differences(judge: Judge, stream: Stream, events: list[StoredEvent], passed: _Passed) -> Iterator[Difference]:
    """What differs between a stream's mirrors and its events."""
    where, last = stream.where, passed.last
    if stream.seq != passed.count:
        yield Difference(where, 0, f"the stream stands at event {stream.seq}, its events end at {passed.count}")
    if (stream.head, stream.at) != ((last.leaf, last.recorded_at) if last else (b"", 0)):
        yield Difference(where, 0, "the stream's head and moment are not those of its last event")
    if stream.kind != "case":
        if stream.kind not in OF_NO_CASE or stream.case_id is not None:
            yield Difference(where, 0, f"there is no stream of the kind “{stream.kind}”")
        return
    told = StreamRow(stream.id, stream.cid, stream.kind, stream.seq, stream.head, stream.number, stream.definition, stream.state, stream.case_seq,
                     stream.is_open)
    yield from fold(told, events, where, judge.tables)
    if last is None or stream.number is None:
        return
    first = events[0]
    if stream.ruleset != _field(first, "ruleset"):
        yield Difference(where, 0, "its ruleset is not the one that its first event names")
    if stream.workflow != judge.names.get(stream.definition or ""):
        yield Difference(where, 0, "its workflow is not the one of its law")
    if stream.updated_at != last.recorded_at:
        yield Difference(where, 0, f"updated_at is mirrored as {stream.updated_at}, its events make it {last.recorded_at}")
    if any(event.dossier != stream.dossier for event in events):
        yield Difference(where, 0, "it stands in another dossier than its events")
    gone = judge.ground.erased.disposed.get(stream.id)
    if (stream.disposed_at, stream.disposed_under) != ((gone.at, gone.rule) if gone else (None, None)):
        yield Difference(where, 0, "when it was disposed of, and under what, is not what its events say")
    table = judge.tables.get(stream.definition or "")
    if table is not None and bool(stream.put_away) != (last.origin == "act" and last.after in table.put_away):
        yield Difference(where, 0, f"put_away is mirrored as {stream.put_away}, its events make it {not stream.put_away}")
    if stream.folded != folded(f"{stream.number} {stream.title}"):
        yield Difference(where, 0, "what is searched is not its number and title")
    if stream.title_bits not in (wording.bits(stream.title or ""), -1):
        yield Difference(where, 0, "the marks of its title are not those of its words")


def _field(event: StoredEvent, name: str) -> Any:
    try:
        for _, key, value in orjson.loads(event.body or b"[]"):
            if key == name:
                return value
        return None
    except (orjson.JSONDecodeError, ValueError, TypeError):
        return None


def _verify_due(judge: Judge, part: Part, after: int, last: int) -> None:
    """Cases are due when the first of their running limits is, but for those by which nothing is."""
    rows = _DUE.run(judge.session, {"after": after, "last": last, "far": FAR})
    for _, group in groupby(rows, key=itemgetter(0)):
        own = list(group)
        _, number, law, due_at, due_order = own[0][:5]
        running = [due for *_, name, due in own if name is not None and name not in judge.silent(law)]
        due = min(running, default=None)
        if (due_at, due_order) != (due, FAR if due is None else due):
            part.done.add(Finding(number, 0, f"due_at is mirrored as {due_at}, its limits make it {due}"))

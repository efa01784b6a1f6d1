"""Verifying everything: the whole history, the log, and every table derived from them, in one snapshot and in flat memory.

`audit verify` proves the database against itself, and against what is held outside it: checkpoints, receipts, and what the signer saw last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import orjson
from sqlalchemy import select

from inspect_app.audit import casemap
from inspect_app.audit.erased import Erased
from inspect_app.audit.replay import Difference, StreamRow, Table, fold
from inspect_app.audit.whole import StoredEvent, stream_faults
from inspect_app.db import Fixed, Session
from inspect_app.models import definition
from inspect_app.models.case import FAR
from inspect_app.services import beginning, mirrors
from inspect_app.services.erased import erasing_acts
from inspect_app.services.folding import folded
from inspect_app.services.house import House
from inspect_app.services.replaying import STREAMS_AT_ONCE, Laws, clocks_differ, dossiers_differ
from inspect_app.services.verified import NOWHERE, Finding, Verified
from inspect_app.services.verifying_outside import Outside, Promise, Run, broken, hold_against, promised
from inspect_app.services.verifying_tree import keys_of, verify_map, verify_tree

__all__ = ["Outside", "verify"]

EVENTS_AT_ONCE = 2000
OF_NO_CASE = frozenset({"organisation", "exports", "access", "registers", "searches", "audits", beginning.STREAM})
"""The kinds of streams beside those of cases."""

_STREAMS = Fixed("""SELECT s.id, s.cid, s.kind, s.seq, s.head, s.at, c.number, c.definition, c.state, c.seq, c.is_open, c.workflow, c.ruleset,
  c.updated_at, c.title, x.folded, h.key, h.seq, h.head, h.rows, h.salt, d.uid, c.id, c.disposed_at, c.disposed_under, c.put_away
  FROM stream s LEFT JOIN cases c ON c.id = s.id LEFT JOIN case_search x ON x.case_id = s.id LEFT JOIN log_head h ON h.stream_id = s.id
  LEFT JOIN dossier d ON d.id = c.dossier_id WHERE s.id > :after ORDER BY s.id LIMIT :limit""")
_EVENTS = Fixed("""SELECT e.event_id, e.stream_id, e.seq, e.envelope, e.leaf, e."trigger", e."before", e."after", e.actor, e.role, e.on_behalf_of,
  e.recorded_for, e.occurred_at, e.zone, e.late, e.recorded_at, e.origin, e.fits, e.source_row, e.position, d.uid, c.body, l.idx
  FROM event e LEFT JOIN content c ON c.event_id = e.event_id AND c.subject_id = 0 LEFT JOIN log_leaf l ON l.event_id = e.event_id
  LEFT JOIN dossier d ON d.id = e.dossier_id WHERE e.stream_id >= :stream AND (e.stream_id > :stream OR e.seq > :seq)
  ORDER BY e.stream_id, e.seq LIMIT :limit""")
_COUNTS = Fixed("""SELECT
  (SELECT COUNT(*) FROM event e WHERE NOT EXISTS (SELECT 1 FROM log_leaf l WHERE l.event_id = e.event_id)
     AND NOT EXISTS (SELECT 1 FROM log_pending p WHERE p.event_id = e.event_id)),
  (SELECT COUNT(*) FROM log_pending p WHERE NOT EXISTS (SELECT 1 FROM event e WHERE e.event_id = p.event_id)
     OR EXISTS (SELECT 1 FROM log_leaf l WHERE l.event_id = p.event_id)),
  (SELECT COUNT(*) FROM content c WHERE c.subject_id <> 0 OR NOT EXISTS (SELECT 1 FROM event e WHERE e.event_id = c.event_id)),
  (SELECT COUNT(*) FROM log_head h WHERE NOT EXISTS (SELECT 1 FROM stream s WHERE s.id = h.stream_id)),
  (SELECT COUNT(*) FROM cases c WHERE NOT EXISTS (SELECT 1 FROM stream s WHERE s.id = c.id AND s.kind = 'case')),
  (SELECT COUNT(*) FROM log_pending),
  (SELECT COUNT(*) FROM dossier d WHERE NOT EXISTS (SELECT 1 FROM cases c WHERE c.dossier_id = d.id)),
  (SELECT COUNT(*) FROM (SELECT definition AS hash FROM cases UNION SELECT ruleset FROM cases UNION SELECT calendar FROM clock
     UNION SELECT hash FROM calendar) used WHERE used.hash IS NOT NULL AND NOT EXISTS (SELECT 1 FROM definition d WHERE d.hash = used.hash)),
  (SELECT COUNT(*) FROM cases c WHERE c.hidden <> (c.put_away
     AND NOT EXISTS (SELECT 1 FROM cases o WHERE o.dossier_id = c.dossier_id AND o.is_open)))""")
_TOLD = ("events are neither in the log nor waiting for it", "events wait for the log that are in it, or nowhere",
         "contents belong to no event", "heads belong to no stream", "cases have no stream", "", "dossiers hold no case",
         "laws are in use and are not kept", "cases are hidden or shown against their states")
_NEWEST = Fixed("SELECT COALESCE(MAX(recorded_at), 0) FROM event")
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

    @property
    def where(self) -> str:
        return self.number or self.kind


@dataclass
class _Run(Run):
    """One verification under way."""

    laws: Laws
    tables: Mapping[str, Table]
    names: Mapping[str, str]
    logs: tuple[str, ...]
    silent: dict[str, frozenset[str]] = field(default_factory=dict)
    promised: dict[bytes, Promise] = field(default_factory=dict)
    erased: Erased = field(default_factory=Erased)


def verify(house: House, outside: Outside | None = None) -> Verified:
    """Verify everything. Reads only; raises nothing that tampering could cause."""
    done, outside = Verified(), outside or Outside()
    with house.db.snapshot("all") as session:
        known = [*outside.keys]
        with done.reading("log keys"):
            known += keys_of(session, done)
        run = _begin(session, house, done)
        run.promised = promised(outside.receipts, known, house, done)
        with done.reading("log"):
            verify_tree(session, house, known, done)
        with done.reading("map of heads"):
            verify_map(session, done)
        with done.reading("acts of erasure"):
            run.erased = erasing_acts(session)
        with done.reading("streams"):
            _verify_streams(run)
        for difference in dossiers_differ(session):
            done.add(Finding(*difference))
        _count(run)
        with done.reading("beginnings of logs"):
            for what in beginning.faults(session, house):
                done.add(Finding("beginnings of logs", 0, what))
        with done.reading("log"):
            hold_against(run, outside, known)
        newest = int(_NEWEST.run(session, {})[0][0])
    for leaf, told in run.promised.items():
        broken(run, leaf, told, outside.restoring and told.at > newest)
    return done


def _begin(session: Session, house: House, done: Verified) -> _Run:
    """A verification with the laws that are kept; one that is not what its hash says is told, and not used."""
    good, names = [], {}
    for kind, law_hash, name, law in session.execute(select(definition.c.kind, definition.c.hash, definition.c.name, definition.c.law)):
        with done.reading(f"definition {law_hash}"):
            if sha256(law).hexdigest() != law_hash:
                done.add(Finding("definition", 0, f"the law {law_hash} is not what its hash says"))
                continue
            Laws.of(house, [(kind, law_hash, law)])
            good.append((kind, law_hash, law))
            names[law_hash] = name
    laws = Laws.of(house, good)
    return _Run(session, house, done, laws, {law_hash: Table.read(law) for law_hash, law in laws.workflows.items()}, names, house.log_names)


def _events(session: Session) -> Iterator[StoredEvent]:
    """Every event by stream and number."""
    stream, seq = 0, 0
    while rows := _EVENTS.run(session, {"stream": stream, "seq": seq, "limit": EVENTS_AT_ONCE}):
        for row in rows:
            yield StoredEvent(*row)
        stream, seq = rows[-1][1], rows[-1][2]


def _verify_streams(run: _Run) -> None:
    flow = groupby(_events(run.session), key=itemgetter(1))
    ahead = next(flow, None)
    after = 0
    while rows := _STREAMS.run(run.session, {"after": after, "limit": STREAMS_AT_ONCE}):
        streams = [Stream(*row) for row in rows]
        digests = mirrors.digests(run.session, [one.id for one in streams])
        for stream in streams:
            while ahead is not None and ahead[0] < stream.id:
                ahead = _astray(run, ahead, flow)
            own: list[StoredEvent] = []
            if ahead is not None and ahead[0] == stream.id:
                own = list(ahead[1])
                ahead = next(flow, None)
            with run.done.reading(stream.where):
                _verify_stream(run, stream, own, digests.get(stream.id))
        with run.done.reading("time limits"):
            for difference in clocks_differ(run.session, run.laws, after, streams[-1].id):
                run.done.add(Finding(*difference))
            _verify_due(run, after, streams[-1].id)
        after = streams[-1].id
    while ahead is not None:
        ahead = _astray(run, ahead, flow)


def _astray(run: _Run, ahead: tuple[int, Iterator[StoredEvent]], flow: Any) -> Any:
    for event in ahead[1]:
        run.done.add(Finding(f"stream {event.stream_id}", event.seq, "the event belongs to no stream", _place(event)))
    return next(flow, None)


def _place(event: StoredEvent) -> int:
    return NOWHERE if event.place is None else event.place


def _place_of(events: list[StoredEvent], seq: int) -> int:
    """Where the last event with this number stands in the log."""
    return next((_place(event) for event in reversed(events) if event.seq == seq), NOWHERE)


def _verify_stream(run: _Run, stream: Stream, events: list[StoredEvent], digest: bytes | None) -> None:
    done, where = run.done, stream.where
    done.streams += 1
    done.events += len(events)
    for event, what in stream_faults(events, run.logs, stream.cid, stream.definition or "", run.erased):
        done.add(Finding(where, event.seq, what, _place(event)))
    if run.promised:
        for event in events:
            run.promised.pop(event.leaf, None)
    for stream_id, seq, what in run.erased.faults:
        if stream_id == stream.id:
            done.add(Finding(where, seq, what, _place_of(events, seq)))
    for difference in _differences(run, stream, events):
        done.add(Finding(difference.where, difference.seq, difference.what, _place_of(events, difference.seq)))
    newest = next((event for event in reversed(events) if event.place is not None), None)
    if (stream.logged or 0, stream.logged_head or b"") != ((newest.seq, newest.leaf) if newest else (0, b"")):
        done.add(Finding(where, 0, "the map of heads does not end at its newest event in the log"))
    if stream.key is not None and stream.key != casemap.key_of(stream.cid):
        done.add(Finding(where, 0, "its head stands under another key"))
    if digest is None and (stream.rows or casemap.NOTHING, stream.salt or b"") != (casemap.NOTHING, b""):
        done.add(Finding(where, 0, "rows are committed to, and there are none"))
    if digest is not None and newest is not None and newest is events[-1] and mirrors.salted(stream.salt or b"", digest) != stream.rows:
        done.add(Finding(where, 0, "the rows beside its events are not those that were committed to", _place(newest)))


def _differences(run: _Run, stream: Stream, events: list[StoredEvent]) -> Iterator[Difference]:
    """What differs between a stream's mirrors and its events."""
    where, last = stream.where, events[-1] if events else None
    if stream.seq != len(events):
        yield Difference(where, 0, f"the stream stands at event {stream.seq}, its events end at {len(events)}")
    if (stream.head, stream.at) != ((last.leaf, last.recorded_at) if last else (b"", 0)):
        yield Difference(where, 0, "the stream's head and moment are not those of its last event")
    if stream.kind != "case":
        if stream.kind not in OF_NO_CASE or stream.case_id is not None:
            yield Difference(where, 0, f"there is no stream of the kind “{stream.kind}”")
        return
    told = StreamRow(stream.id, stream.cid, stream.kind, stream.seq, stream.head, stream.number, stream.definition, stream.state, stream.case_seq,
                     stream.is_open)
    yield from fold(told, events, where, run.tables)
    if last is None or stream.number is None:
        return
    first = events[0]
    if stream.ruleset != _field(first, "ruleset"):
        yield Difference(where, 0, "its ruleset is not the one that its first event names")
    if stream.workflow != run.names.get(stream.definition or ""):
        yield Difference(where, 0, "its workflow is not the one of its law")
    if stream.updated_at != last.recorded_at:
        yield Difference(where, 0, f"updated_at is mirrored as {stream.updated_at}, its events make it {last.recorded_at}")
    if any(event.dossier != stream.dossier for event in events):
        yield Difference(where, 0, "it stands in another dossier than its events")
    gone = run.erased.disposed.get(stream.id)
    if (stream.disposed_at, stream.disposed_under) != ((gone.at, gone.rule) if gone else (None, None)):
        yield Difference(where, 0, "when it was disposed of, and under what, is not what its events say")
    table = run.tables.get(stream.definition or "")
    if table is not None and bool(stream.put_away) != (last.origin == "act" and last.after in table.put_away):
        yield Difference(where, 0, f"put_away is mirrored as {stream.put_away}, its events make it {not stream.put_away}")
    if stream.folded != folded(f"{stream.number} {stream.title}"):
        yield Difference(where, 0, "what is searched is not its number and title")


def _field(event: StoredEvent, name: str) -> Any:
    try:
        for _, key, value in orjson.loads(event.body or b"[]"):
            if key == name:
                return value
        return None
    except (orjson.JSONDecodeError, ValueError, TypeError):
        return None


def _verify_due(run: _Run, after: int, last: int) -> None:
    """Cases are due when the first of their running limits is, but for those by which nothing is."""
    rows = _DUE.run(run.session, {"after": after, "last": last, "far": FAR})
    for _, group in groupby(rows, key=itemgetter(0)):
        own = list(group)
        _, number, law, due_at, due_order = own[0][:5]
        running = [due for *_, name, due in own if name is not None and name not in _silent(run, law)]
        due = min(running, default=None)
        if (due_at, due_order) != (due, FAR if due is None else due):
            run.done.add(Finding(number, 0, f"due_at is mirrored as {due_at}, its limits make it {due}"))


def _silent(run: _Run, law_hash: str) -> frozenset[str]:
    """The time limits of a law by which nothing is due: silent ones, and windows."""
    if law_hash not in run.silent:
        raw = orjson.loads(run.laws.workflows.get(law_hash, b'{"transitions":[],"entries":[]}'))
        effects = [effect for t in (*raw["transitions"], *raw["entries"]) for effect in t["effects"]]
        run.silent[law_hash] = frozenset(e["name"] for e in effects if e["kind"] == "startclock" and (e.get("silent") or e.get("window")))
    return run.silent[law_hash]


def _count(run: _Run) -> None:
    """What belongs to nothing, and what is missing everywhere."""
    counts = _COUNTS.run(run.session, {})[0]
    run.done.waiting = counts[5]
    for count, what in zip(counts, _TOLD, strict=True):
        if what and count:
            run.done.add(Finding("tables", 0, f"{count} {what}"))
    for table, count in mirrors.astray(run.session).items():
        run.done.add(Finding(table, 0, f"{count} rows belong to no case"))

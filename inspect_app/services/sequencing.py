"""The sequencer: puts waiting events into the log, batch by batch, each in one transaction of its own that no act waits for.

It is fed by what waits (`log_pending`), never by numbers, so that an event whose transaction ended late is late and not lost. Each leaf is
held against its stored bytes, its chain against the map of heads, before it is put in; what does not fit is left waiting and told. Nothing
depends on there being one sequencer only: a batch that does not begin where the log ends is not written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from os import urandom
from typing import Any, NamedTuple

import orjson

from inspect_app.audit import batches, casemap
from inspect_app.audit.canonical import canonical
from inspect_app.audit.casemap import Head, Top
from inspect_app.audit.envelope import b64url
from inspect_app.audit.merkle import leaf_hash
from inspect_app.audit.tiles import Growing
from inspect_app.db import Fixed, Session, together
from inspect_app.models import log_checkpoint, log_head, log_leaf, log_map
from inspect_app.now import now
from inspect_app.services import mirrors
from inspect_app.services.bulk import insert_rows, one_at_a_time
from inspect_app.services.house import House

AT_ONCE = 4096
"""Events in a batch at most."""
MOST_TOLD = 100
NAME = "log"

_SIZE = Fixed("SELECT size FROM log_checkpoint ORDER BY size DESC LIMIT 1")
_TILE = Fixed("SELECT data FROM log_tile WHERE level = :level AND idx = :idx")
_BUCKETS = Fixed("SELECT place, hash FROM log_map WHERE place >= :first")
_WAITING = Fixed("""SELECT p.event_id, e.stream_id, s.cid, e.seq, e.envelope, e.leaf FROM log_pending p
  LEFT JOIN event e ON e.event_id = p.event_id LEFT JOIN stream s ON s.id = e.stream_id
  WHERE p.event_id > :after ORDER BY p.event_id LIMIT :limit""")
_FIRST = Fixed("""SELECT p.event_id, e.stream_id, s.cid, e.seq, e.envelope, e.leaf FROM log_pending p
  JOIN event e ON e.event_id = p.event_id JOIN stream s ON s.id = e.stream_id WHERE s.kind = 'log' ORDER BY p.event_id LIMIT 1""")
_HEADS = Fixed("SELECT stream_id, key, seq, head, rows FROM log_head WHERE bucket AMONG :buckets")
_DROP_HEADS = Fixed("DELETE FROM log_head WHERE stream_id AMONG :ids")
_DROP_PLACES = Fixed("DELETE FROM log_map WHERE place AMONG :ids")
_TILE_IN = Fixed("INSERT INTO log_tile (level, idx, data) VALUES (:level, :idx, :data) "
                 "ON CONFLICT (level, idx) DO UPDATE SET data = excluded.data")
_PUT_IN = Fixed("DELETE FROM log_pending WHERE event_id IN (SELECT event_id FROM log_leaf WHERE idx >= :first)")


class Overtaken(Exception):
    """Another sequencer put a batch in meanwhile; the next round begins where that one ended."""


class Waiting(NamedTuple):
    """An event that waits, as it is stored."""

    event_id: int
    stream_id: int | None
    cid: bytes | None
    seq: int
    envelope: bytes
    leaf: bytes


@dataclass
class Batch:
    """What one transaction writes."""

    before: int
    leaves: list[tuple[int, int]] = field(default_factory=list)
    heads: dict[int, Head] = field(default_factory=dict)
    salts: dict[int, bytes] = field(default_factory=dict)
    places: dict[int, bytes] = field(default_factory=dict)
    tiles: list[tuple[int, int, bytes]] = field(default_factory=list)
    checkpoint: tuple[Any, ...] = ()


class Sequencer:
    """The log as one process knows it between two rounds. What it knows it can read again at any time: 0.1 s, whatever the size."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.refused: dict[int, str] = {}
        self._tree: Growing | None = None
        self._top = Top()

    def round(self) -> int:
        """Put in what waits, up to one batch; returns how many events that were. Nothing waits for it."""
        try:
            batch = self._planned()
            if batch is None:
                return 0
            self._write(batch)
        except Overtaken:
            self._tree = None
            return 0
        except BaseException:
            self._tree = None
            raise
        return len(batch.leaves)

    def _planned(self) -> Batch | None:
        with self.house.db.snapshot("all") as session:
            size = size_of(session)
            if self._tree is None or self._tree.size != size:
                self._tree, self._top = Growing(size, lambda level, idx: _tile(session, level, idx)), _top(session)
            refused: dict[int, str] = {}
            for page in _pages(session) if size > self.house.begun or not self.house.former else _first(session):
                buckets = _buckets(session, {casemap.key_of(one.cid) for one in page if one.cid is not None})
                fit = list(_fitting(page, {h.key: h for own in buckets.values() for h in own.values()}, self.house.log_names, refused))
                if fit:
                    self.refused = refused
                    return self._batch(session, self._tree, size, fit, buckets)
        self.refused = refused
        return None

    def _batch(self, session: Session, tree: Growing, size: int, fit: list[tuple[Waiting, Head]], buckets: dict[int, dict[bytes, Head]]) -> Batch:
        batch = Batch(size)
        tree.extend([one.leaf for one, _ in fit])
        for n, (one, head) in enumerate(fit):
            batch.leaves.append((size + n, one.event_id))
            assert one.stream_id is not None
            batch.heads[one.stream_id] = head
        for id_, digest in mirrors.digests(session, batch.heads).items():
            batch.salts[id_] = urandom(16)
            batch.heads[id_] = batch.heads[id_]._replace(rows=mirrors.salted(batch.salts[id_], digest))
        touched = set()
        for head in batch.heads.values():
            bucket = casemap.bucket_of(head.key)
            buckets.setdefault(bucket, {})[head.key] = head
            touched.add(bucket)
        batch.places = self._top.changed((bucket, casemap.bucket_hash(sorted(buckets[bucket].values()))) for bucket in touched)
        moment, ends = now(), size + len(fit)
        entry = batches.write(batches.Batch(self.house.log, ends, self._top.root, moment))
        tree.append(leaf_hash(entry))
        batch.tiles = tree.changed()
        batch.checkpoint = (ends + 1, tree.range.root(), self._top.root, entry, moment)
        return batch

    def _write(self, batch: Batch) -> None:
        with self.house.db.atomic("all") as session:
            one_at_a_time(session, NAME)
            if size_of(session) != batch.before:
                raise Overtaken
            insert_rows(session, log_leaf, ("idx", "event_id"), batch.leaves)
            if _PUT_IN.changed(session, {"first": batch.before}) != len(batch.leaves):
                raise Overtaken
            _TILE_IN.run_many(session, [{"level": level, "idx": idx, "data": data} for level, idx, data in batch.tiles])
            _DROP_HEADS.run(session, {"ids": together(batch.heads)})
            insert_rows(session, log_head, ("stream_id", "bucket", "key", "seq", "head", "rows", "salt"),
                        [(id_, casemap.bucket_of(h.key), h.key, h.seq, h.head, h.rows, batch.salts.get(id_, b"")) for id_, h in batch.heads.items()])
            _DROP_PLACES.run(session, {"ids": together(batch.places)})
            insert_rows(session, log_map, ("place", "hash"), list(batch.places.items()))
            insert_rows(session, log_checkpoint, ("size", "root", "map_root", "entry", "made_at"), [batch.checkpoint])


def size_in(house: House) -> int:
    """How many leaves the log of a house has."""
    with house.db.reading("all") as session:
        return size_of(session)


def size_of(session: Session) -> int:
    """How many leaves the log has."""
    rows = _SIZE.run(session, {})
    return int(rows[0][0]) if rows else 0


def _tile(session: Session, level: int, idx: int) -> bytes:
    rows = _TILE.run(session, {"level": level, "idx": idx})
    return bytes(rows[0][0]) if rows else b""


def _top(session: Session) -> Top:
    return Top((place - casemap.BUCKETS, bytes(value)) for place, value in _BUCKETS.run(session, {"first": casemap.BUCKETS}))


def _pages(session: Session) -> Iterator[list[Waiting]]:
    """What waits, in portions, by the order in which it was written."""
    after = 0
    while rows := _WAITING.run(session, {"after": after, "limit": AT_ONCE}):
        yield [Waiting(*row) for row in rows]
        after = rows[-1][0]


def _first(session: Session) -> Iterator[list[Waiting]]:
    """The first leaf of a log that was begun from another: what names that one, before anything else that waits."""
    yield [Waiting(*row) for row in _FIRST.run(session, {})]


def _buckets(session: Session, keys: set[bytes]) -> dict[int, dict[bytes, Head]]:
    """The heads of every bucket in which one of these keys stands, by bucket and key."""
    found: dict[int, dict[bytes, Head]] = {}
    for _, key, seq, head, rows in _HEADS.run(session, {"buckets": together({casemap.bucket_of(key) for key in keys})}):
        found.setdefault(casemap.bucket_of(key), {})[key] = Head(key, seq, head, rows)
    return found


def _fitting(page: list[Waiting], heads: dict[bytes, Head], logs: tuple[str, ...], refused: dict[int, str]) -> Iterator[tuple[Waiting, Head]]:
    """The events of a page that are as they are said to be, each with the head it makes; why another is not goes to `refused`."""
    for one in page:
        key = casemap.key_of(one.cid) if one.cid is not None else b""
        before = heads.get(key)
        wrong = _wrong(one, before, logs)
        if wrong is None:
            heads[key] = head = Head(key, one.seq, one.leaf)
            yield one, head
        elif len(refused) < MOST_TOLD:
            refused[one.event_id] = wrong


def _wrong(one: Waiting, before: Head | None, logs: tuple[str, ...]) -> str | None:
    """What speaks against putting an event into the log; None where nothing does."""
    if one.stream_id is None or one.cid is None:
        return "it is in no stream"
    if leaf_hash(one.envelope) != one.leaf:
        return "its hash is not that of its bytes"
    try:
        env = orjson.loads(one.envelope)
    except orjson.JSONDecodeError:
        return "its envelope cannot be read"
    if not isinstance(env, dict) or canonical(env) != one.envelope:
        return "its envelope is not canonical"
    if env.get("log") not in logs or env.get("cid") != b64url(one.cid) or env.get("seq") != one.seq:
        return "its envelope belongs elsewhere"
    if one.seq != (before.seq if before else 0) + 1 or env.get("prev") != (b64url(before.head) if before else ""):
        return "it does not follow the newest event of its stream in the log"
    return None

"""Checkpoints: the log's keys and their announcement, signing what was put in, the newest signed tree, and how far behind the log is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import insert, select

from config import BadSetting
from inspect_app.audit import checkpoint, merkle, receipts, tiles
from inspect_app.audit.checkpoint import Checkpoint
from inspect_app.audit.notes import BadNote, Signer, Verifier
from inspect_app.db import Fixed, Session
from inspect_app.errors import NotFound
from inspect_app.models import log_key
from inspect_app.now import now
from inspect_app.services import chronicle, keys, signer
from inspect_app.services.house import House
from inspect_app.services.ledger import Event
from inspect_app.services.signer import SignerRefuses
from workflows.acts import SYSTEM

LATE = 60_000_000
"""So long (µs) an event may wait before the log is late."""
UNSIGNED = 120_000_000
"""So long (µs) a tree may wait for its signature."""
ANNOUNCED = "announce_log_key"
"""The administrative act by which a key is made known; data: `key`, and where one before it is followed, `signed` by that one."""

_UNSIGNED = Fixed("SELECT size, root FROM log_checkpoint WHERE note IS NULL AND size > :begun ORDER BY size LIMIT 1")
_NOTE = Fixed("UPDATE log_checkpoint SET note = :note WHERE size = :size AND note IS NULL")
_SIGNED = Fixed("SELECT size, root, note, entry, made_at FROM log_checkpoint WHERE note IS NOT NULL ORDER BY size DESC LIMIT 1")
_TILES = Fixed("SELECT idx, data FROM log_tile WHERE level = 0 AND idx >= :first AND idx <= :last ORDER BY idx")
_TILE = Fixed("SELECT data FROM log_tile WHERE level = :level AND idx = :idx")
_OLDEST = Fixed("""SELECT (SELECT COUNT(*) FROM log_pending), (SELECT MIN(e.recorded_at) FROM event e WHERE e.event_id IN (
  SELECT event_id FROM log_pending ORDER BY event_id LIMIT 1)), (SELECT MAX(size) FROM log_checkpoint),
  (SELECT MAX(size) FROM log_checkpoint WHERE note IS NOT NULL),
  (SELECT MIN(made_at) FROM log_checkpoint WHERE note IS NULL AND size > :begun)""")
_PLACE = Fixed("""SELECT l.idx FROM event e JOIN log_leaf l ON l.event_id = e.event_id WHERE e.stream_id = :stream AND e.seq = :seq""")


@dataclass(frozen=True, slots=True)
class Standing:
    """How the log stands: leaves, leaves under the newest signed tree, events that wait, for how long (µs) the oldest of them does, and
    for how long the oldest unsigned tree does."""

    size: int
    signed: int
    waiting: int
    waits: int
    unsigned: int

    @property
    def trouble(self) -> str | None:
        """What is wrong, in a word: `late`, `unsigned`; None where nothing is."""
        return "late" if self.waits > LATE else "unsigned" if self.unsigned > UNSIGNED else None


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed tree, with the entry that ends it."""

    point: Checkpoint
    note: str
    entry: bytes
    made_at: int


def signers(house: House) -> list[Signer]:
    """The keys that sign checkpoints, newest first; none where the file is elsewhere. Raises `BadSetting`."""
    return [Signer(house.log, secret) for secret in keys.signing(house.keys, keys.LOG)]


def promise(house: House, event: Event) -> dict[str, object] | None:
    """The receipt of an event that is committed: a signed promise that the log has it. None where there is no key: no act waits for one."""
    try:
        own = keys.signing(house.keys, keys.RECEIPTS)
    except BadSetting:
        return None
    if not own:
        return None
    name = receipts.key_name(house.log)
    leaf = bytes.fromhex(event.leaf)
    return {"log": house.log, "leaf": event.leaf, "note": receipts.signed(receipts.Receipt(house.log, leaf, event.recorded_at), Signer(name, own[0]))}


def announce(house: House) -> list[str]:
    """Make known, by an event each, the keys in use that are not yet known; returns them. A new one is signed by the one before it."""
    new = []
    for file, name in ((keys.LOG, house.log), (keys.RECEIPTS, receipts.key_name(house.log))):
        own = [Signer(name, secret) for secret in keys.signing(house.keys, file)]
        if not own:
            continue
        key = own[0].verifier.written()
        with house.db.atomic("all") as session:
            if session.execute(select(log_key.c.key).where(log_key.c.key == key)).first() is not None:
                continue
            known = set(session.execute(select(log_key.c.key)).scalars())
            before = next((one for one in own[1:] if one.verifier.written() in known), None)
            told = {"key": key} | ({"before": before.verifier.written(), "signed": before.sign(f"{key}\n")} if before else {})
            session.execute(insert(log_key).values(key=key, announced_at=now()))
            chronicle.note(session, house, SYSTEM, ANNOUNCED, told)
        new.append(key)
    return new


def sign(house: House) -> int:
    """Sign every tree that is not signed, in order, each before the next; returns how many. Raises `SignerRefuses`."""
    done = 0
    while True:
        with house.db.snapshot("all") as session:
            rows = _UNSIGNED.run(session, {"begun": house.begun})
            if not rows:
                return done
            own = signers(house)
            if not own:
                raise SignerRefuses(f"there is no {keys.LOG} in {house.keys}")
            point = Checkpoint(house.log, int(rows[0][0]), bytes(rows[0][1]))
            note = signer.sign(house.keys, own[0], point, partial(leaves, session))
        with house.db.atomic("all") as session:
            _NOTE.run(session, {"size": point.size, "note": note})
        done += 1


def leaves(session: Session, begin: int, end: int) -> list[bytes]:
    """The leaf hashes from one place up to another, as far as there are any."""
    found: list[bytes] = []
    width = tiles.WIDTH
    for idx, data in _TILES.run(session, {"first": begin // width, "last": (end - 1) // width}):
        first = max(begin, idx * width)
        if first != begin + len(found):
            break
        spot = (first - idx * width) * tiles.HASH
        found += [data[n:n + tiles.HASH] for n in range(spot, min(len(data), (end - idx * width) * tiles.HASH), tiles.HASH)]
    return found


def nodes(session: Session) -> merkle.Nodes:
    """The hashes of the tree, from its tiles."""
    def tile(level: int, idx: int) -> bytes:
        rows = _TILE.run(session, {"level": level, "idx": idx})
        return bytes(rows[0][0]) if rows else b""

    return tiles.nodes(tile)


def newest_signed(session: Session, log: str) -> Signed | None:
    """The newest signed tree of a log; None where there is none yet."""
    rows = _SIGNED.run(session, {})
    if not rows:
        return None
    size, root, note, entry, made_at = rows[0]
    if str(note).partition("\n")[0] != log:
        return None
    return Signed(Checkpoint(log, int(size), bytes(root)), str(note), bytes(entry), int(made_at))


def newest(house: House) -> Signed:
    """The newest signed tree. Raises `NotFound` where there is none yet."""
    with house.db.reading() as session:
        found = newest_signed(session, house.log)
    if found is None:
        raise NotFound("The log has no signed checkpoint yet.")
    return found


def consistent(house: House, first: Checkpoint, second: Checkpoint) -> list[bytes]:
    """The proof that the second tree goes on from the first, from the tiles of this log; whoever gets it checks it."""
    with house.db.snapshot() as session:
        try:
            return merkle.consistency(first.size, second.size, nodes(session))
        except LookupError as error:
            raise NotFound(f"The log here does not reach so far: {error}.") from None


def covering(session: Session, house: House, stream_id: int, seq: int) -> Checkpoint | None:
    """The newest signed tree, if this event is under it."""
    place, signed = _PLACE.run(session, {"stream": stream_id, "seq": seq}), newest_signed(session, house.log)
    return signed.point if place and signed is not None and place[0][0] < signed.point.size else None


def under(house: House, stream_id: int, seq: int) -> Checkpoint | None:
    """`covering`, in a reading of its own."""
    with house.db.reading("all") as session:
        return covering(session, house, stream_id, seq)


def standing(house: House) -> Standing:
    """How the log stands now."""
    with house.db.reading("all") as session:
        waiting, oldest, size, signed, unsigned = _OLDEST.run(session, {"begun": house.begun})[0]
    moment = now()
    return Standing(size or 0, signed or 0, waiting, max(0, moment - oldest) if oldest else 0, max(0, moment - unsigned) if unsigned else 0)


def known(session: Session) -> list[Verifier]:
    """The keys that were announced, as the database lists them."""
    return [Verifier.read(key) for key in session.execute(select(log_key.c.key).order_by(log_key.c.announced_at, log_key.c.key)).scalars()]


def tile_of(house: House, level: int | str, idx: int, width: int) -> bytes:
    """The first `width` hashes of a tile, or entries under it. Raises `NotFound` where there are not so many."""
    with house.db.reading("all") as session:
        if isinstance(level, str):
            found = entry_bundle(session, idx)[:width]
            if len(found) == width:
                return tiles.entries(found)
        elif rows := _TILE.run(session, {"level": level, "idx": idx}):
            data = bytes(rows[0][0])[:width * tiles.HASH]
            if len(data) == width * tiles.HASH:
                return data
    raise NotFound


def entry_bundle(session: Session, idx: int) -> list[bytes]:
    """The entries of a tile's width of leaves, in order: envelopes, and the ends of batches."""
    first, last = idx * tiles.WIDTH, (idx + 1) * tiles.WIDTH - 1
    found = {int(place): bytes(entry) for place, entry in _ENTRIES.run(session, {"first": first, "last": last})}
    return [found[place] for place in range(first, last + 1) if place in found]


_ENTRIES = Fixed("""SELECT l.idx, e.envelope FROM log_leaf l JOIN event e ON e.event_id = l.event_id WHERE l.idx >= :first AND l.idx <= :last
  UNION ALL SELECT c.size - 1, c.entry FROM log_checkpoint c WHERE c.size > :first AND c.size <= :last + 1""")


def opened(house: House, raw: bytes, more: Sequence[Verifier] = ()) -> Checkpoint:
    """The checkpoint of a file, signed by a key that this log announced, or that is given; one of a former log as far as this one goes on
    from it. Raises `BadNote`."""
    with house.db.reading() as session:
        found = checkpoint.opened(raw, [*known(session), *more])
    if found.origin != house.log and found.origin != house.log_at(found.size):
        raise BadNote(f"it is of another log, “{found.origin}”")
    return found

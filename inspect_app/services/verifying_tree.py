"""Verifying the log itself: every leaf, tile, root, batch and note, the keys, the map of heads. In portions: memory does not grow with it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from itertools import groupby

from inspect_app.audit import batches, casemap, checkpoint, notes, tiles
from inspect_app.audit.casemap import Head, Top
from inspect_app.audit.checkpoint import Checkpoint
from inspect_app.audit.envelope import disclosed
from inspect_app.audit.merkle import BadProof, leaf_hash
from inspect_app.audit.notes import BadNote, Verifier
from inspect_app.audit.tiles import Growing
from inspect_app.db import Fixed, Session
from inspect_app.services.checkpoints import ANNOUNCED
from inspect_app.services.house import House
from inspect_app.services.verified import Finding, Verified

PORTION = tiles.WIDTH * tiles.WIDTH
AT_ONCE = 5000
LOG = "log"

_LEAVES = Fixed("""SELECT l.idx, e.leaf FROM log_leaf l JOIN event e ON e.event_id = l.event_id
  WHERE l.idx >= :first AND l.idx <= :last ORDER BY l.idx""")
_POINTS = Fixed("""SELECT size, root, map_root, entry, made_at, note FROM log_checkpoint WHERE size > :first AND size <= :last + 1 ORDER BY size""")
_TILES = Fixed("SELECT idx, data FROM log_tile WHERE level = :level AND idx >= :first AND idx <= :last ORDER BY idx")
_COUNTS = Fixed("""SELECT (SELECT COUNT(*) FROM log_leaf), (SELECT COALESCE(MAX(idx), -1) FROM log_leaf), (SELECT COUNT(*) FROM log_checkpoint),
  (SELECT COALESCE(MAX(size), 0) FROM log_checkpoint), (SELECT COUNT(*) FROM log_tile), (SELECT COUNT(*) FROM log_map),
  (SELECT COALESCE(MAX(size), 0) FROM log_checkpoint WHERE note IS NOT NULL)""")
_HEADS = Fixed("""SELECT bucket, key, seq, head, rows FROM log_head WHERE bucket > :bucket OR (bucket = :bucket AND key > :key)
  ORDER BY bucket, key LIMIT :limit""")
_MAP = Fixed("SELECT place, hash FROM log_map")
_KEYS = Fixed("SELECT key FROM log_key")
_ANNOUNCED = Fixed("""SELECT e.recorded_at, c.body FROM event e JOIN content c ON c.event_id = e.event_id AND c.subject_id = 0
  JOIN stream s ON s.id = e.stream_id WHERE s.kind = 'organisation' AND e."trigger" = :what ORDER BY e.seq""")


def keys_of(session: Session, done: Verified) -> list[Verifier]:
    """The keys that were announced in the history; each but the first of its name is signed by one before it."""
    known: list[Verifier] = []
    for _, body in _ANNOUNCED.run(session, {"what": ANNOUNCED}):
        told = disclosed(body)
        try:
            key = Verifier.read(str(told.get("data.key")))
        except BadNote as error:
            done.add(Finding("log keys", 0, f"an announced key cannot be read: {error}"))
            continue
        before = [one for one in known if one.name == key.name]
        if before and not _follows(told.get("data.signed"), key, before):
            done.add(Finding("log keys", 0, f"the key {key.written()} is not signed by one before it"))
        known.append(key)
    listed = {row[0] for row in _KEYS.run(session, {})}
    for key_line in listed ^ {key.written() for key in known}:
        how = "listed, but was never announced" if key_line in listed else "announced, but not listed"
        done.add(Finding("log keys", 0, f"the key {key_line} is {how}"))
    return known


def _follows(signed: object, key: Verifier, before: list[Verifier]) -> bool:
    """Whether the line is a signature of one of the keys before over this key."""
    text = f"{key.written()}\n"
    try:
        return bool(notes.believed(notes.read(notes.write(text, [str(signed)]).encode()), before))
    except BadNote:
        return False


def verify_tree(session: Session, house: House, known: list[Verifier], done: Verified) -> None:
    """The whole tree, from the leaf hashes of the stored events."""
    leaves, last, points, size, tile_rows, _, signed = _COUNTS.run(session, {})[0]
    done.leaves, done.checkpoints, done.unsigned = size, points, size - signed
    if leaves + points != size or last >= size:
        done.add(Finding(LOG, 0, f"it ends at {size}, but {leaves} events and {points} batches have places in it, the last at {last}"))
    tree = Growing()
    for first in range(0, size, PORTION):
        if not _portion(session, house, known, tree, first, min(first + PORTION, size), signed, done):
            return
    for level, idx, data in tree.changed():
        _same_tile(session, level, idx, data, done)
    expected, width = 0, size
    while width:
        expected, width = expected + -(-width // tiles.WIDTH), width // tiles.WIDTH
    if tile_rows != expected:
        done.add(Finding(LOG, 0, f"{tile_rows} tiles are there, its size makes {expected}"))


def _portion(session: Session, house: House, known: list[Verifier], tree: Growing, first: int, end: int, signed: int, done: Verified) -> bool:
    """The leaves from one place up to another; whether each place holds one."""
    span = {"first": first, "last": end - 1}
    at = {int(idx): bytes(leaf) for idx, leaf in _LEAVES.run(session, span)}
    points = {int(row[0]): row[1:] for row in _POINTS.run(session, span)}
    begin = first
    for place in (*(point - 1 for point in sorted(points)), end):
        run = list(map(at.get, range(begin, place)))
        if None in run:
            missing = begin + run.index(None)
            done.add(Finding(LOG, 0, f"place {missing} holds no event", missing))
            return False
        tree.extend(run)  # type: ignore[arg-type]
        if place == end:
            break
        begin, point = place + 1, points[place + 1]
        tree.append(leaf_hash(bytes(point[2])))
        if place in at:
            done.add(Finding(LOG, 0, f"place {place} holds an event and the end of a batch", place))
        own = signed if place >= house.begun else 0
        for what in _point_faults(house.log_at(place + 1), known, tree.range.root(), place + 1, own, point):
            done.add(Finding(f"checkpoint {place + 1}", 0, what, place))
    full, tree.full = tree.full, []
    for level, group in groupby(sorted(full, key=lambda tile: tile[:2]), key=lambda tile: tile[0]):
        made = list(group)
        stored = {int(idx): bytes(data) for idx, data in _TILES.run(session, {"level": level, "first": made[0][1], "last": made[-1][1]})}
        for _, idx, data in made:
            if stored.get(idx) != data:
                done.add(Finding(f"tile {level}/{idx}", 0, "it does not hold the hashes of its leaves", idx << 8 * (level + 1)))
    return True


def _point_faults(log: str, known: list[Verifier], root: bytes, size: int, signed: int, row: tuple[object, ...]) -> Iterator[str]:
    stored, map_root, entry, made_at, note = row
    if stored != root:
        yield f"its root is not that of its leaves, {b64encode(root).decode()}"
    try:
        batch = batches.read(bytes(entry))  # type: ignore[call-overload]
        if batch != (log, size - 1, map_root, made_at):
            yield "the entry that ends its batch says something else"
    except BadProof as error:
        yield str(error)
    if note is None:
        if size <= signed:
            yield "it is not signed, and one after it is"
        return
    try:
        if checkpoint.opened(str(note).encode(), known, log) != Checkpoint(log, size, root):
            yield "its note is of another tree"
    except BadNote as error:
        yield f"its note cannot be believed: {error}"


def _same_tile(session: Session, level: int, idx: int, data: bytes, done: Verified) -> None:
    rows = _TILES.run(session, {"level": level, "first": idx, "last": idx})
    if not rows or bytes(rows[0][1]) != data:
        done.add(Finding(f"tile {level}/{idx}", 0, "it does not hold the hashes of its leaves", idx << 8 * (level + 1)))


def verify_map(session: Session, done: Verified) -> None:
    """The map of heads under the newest tree: its root, and the hashes that are kept of it."""
    top = Top()
    told: dict[int, bytes] = {}
    made: list[tuple[int, bytes]] = []
    for bucket, group in groupby(_heads(session), key=lambda row: row[0]):
        heads = [Head(*row[1:]) for row in group]
        for head in heads:
            if casemap.bucket_of(head.key) != bucket:
                done.add(Finding("map of heads", 0, f"the head {head.key.hex()} stands in another bucket"))
        made.append((bucket, casemap.bucket_hash(heads)))
        if len(made) == AT_ONCE:
            told |= top.changed(made)
            made = []
    told |= top.changed(made)
    stored = {int(place): bytes(value) for place, value in _MAP.run(session, {})}
    for place in {place for place, value in told.items() if stored.get(place) != value} | (stored.keys() - told.keys()):
        done.add(Finding("map of heads", 0, f"what is kept of place {place} is not the hash of its heads"))
    size = _COUNTS.run(session, {})[0][3]
    rows = _POINTS.run(session, {"first": size - 1, "last": size - 1}) if size else []
    if rows and bytes(rows[0][2]) != top.root:
        done.add(Finding("map of heads", 0, "its root is not the one that the newest batch committed to", size - 1))


def _heads(session: Session) -> Iterator[tuple[int, bytes, int, bytes, bytes]]:
    bucket, key = -1, b""
    while rows := _HEADS.run(session, {"bucket": bucket, "key": key, "limit": AT_ONCE}):
        for bucket, key, seq, head, own in rows:
            yield bucket, bytes(key), seq, bytes(head), bytes(own)

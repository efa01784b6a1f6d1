"""The map of heads: for every stream of events, its newest `seq` and the hash of its newest leaf, under one root that each batch commits to.
So a history is shown to be complete, and that there is none. Pure.

A sparse Merkle tree over 256-bit keys, SHA-256 of the stream's identifier. Down to depth 16 it is a whole tree of 65,536 buckets; below,
a subtree of one entry is that entry.

    entry = SHA-256(0x02 || key || seq (8 bytes, big-endian) || head || rows)      node = SHA-256(0x03 || left || right)
    nothing = 32 zero bytes, and so is a node over nothing and nothing

`rows` is a salted digest over the rows that the database keeps for the stream beside its events, as they stood when its newest event was put
into the log; 32 zero bytes where there are none."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple

from inspect_app.audit.merkle import BadProof

NOTHING = bytes(32)
BUCKET = 16
"""Depth of the buckets, in bits of the key."""
BUCKETS = 1 << BUCKET
HALF = 8
"""Depth at which hashes are kept besides, so that a proof reads 512 of them at most and not all."""
DEEPEST = 256


class Head(NamedTuple):
    """A stream's place in the map: its key, its newest `seq`, the hash of its newest leaf, the digest over its rows."""

    key: bytes
    seq: int
    head: bytes
    rows: bytes = NOTHING

    def hash(self) -> bytes:
        return sha256(b"\x02" + self.key + self.seq.to_bytes(8, "big") + self.head + self.rows).digest()


class Proof(NamedTuple):
    """The hashes beside the way to a key, from the bottom up, and whose entry stands at its end: None for nothing."""

    beside: tuple[bytes, ...]
    found: Head | None


def key_of(cid: bytes) -> bytes:
    """Where a stream stands in the map."""
    return sha256(cid).digest()


def bucket_of(key: bytes) -> int:
    """The first 16 bits of a key."""
    return key[0] << 8 | key[1]


def node(left: bytes, right: bytes) -> bytes:
    """The hash over two subtrees."""
    return NOTHING if left == NOTHING and right == NOTHING else sha256(b"\x03" + left + right).digest()


def _bit(key: bytes, depth: int) -> int:
    return key[depth >> 3] >> (7 - (depth & 7)) & 1


def _middle(heads: Sequence[Head], depth: int) -> int:
    """How many of these heads, sorted and alike before `depth`, have a 0 there."""
    return bisect_left(heads, 1, key=lambda head: _bit(head.key, depth))


def bucket_hash(heads: Sequence[Head], depth: int = BUCKET) -> bytes:
    """The hash of a subtree at a depth of 16 or more, of its heads sorted by key."""
    if not heads:
        return NOTHING
    if len(heads) == 1:
        return heads[0].hash()
    middle = _middle(heads, depth)
    return node(bucket_hash(heads[:middle], depth + 1), bucket_hash(heads[middle:], depth + 1))


def _way(heads: Sequence[Head], key: bytes) -> tuple[list[bytes], Head | None]:
    """Within a bucket: the hashes beside the way from the bottom up, and what stands at its end."""
    beside: list[bytes] = []
    depth = BUCKET
    while len(heads) > 1:
        middle = _middle(heads, depth)
        own, other = (heads[middle:], heads[:middle]) if _bit(key, depth) else (heads[:middle], heads[middle:])
        depth += 1
        beside.append(bucket_hash(other, depth))
        heads = own
    return beside[::-1], heads[0] if heads else None


class Top:
    """The tree above the buckets, as an array: 2 MiB, whatever the number of streams. `place` 1 is the root, the children of `n` are `2 n`
    and `2 n + 1`, and the bucket `b` stands at 65,536 + b."""

    def __init__(self, buckets: Iterable[tuple[int, bytes]] = ()) -> None:
        self._hashes: list[bytes] = [NOTHING] * (2 * BUCKETS)
        self.changed(buckets)

    def changed(self, buckets: Iterable[tuple[int, bytes]]) -> dict[int, bytes]:
        """Put in new hashes of buckets; returns what changed at the two depths that are kept, by place."""
        hashes = self._hashes
        told: dict[int, bytes] = {}
        above: set[int] = set()
        for bucket, value in buckets:
            hashes[BUCKETS + bucket] = told[BUCKETS + bucket] = value
            above.add((BUCKETS + bucket) >> 1)
        while above:
            for place in above:
                hashes[place] = node(hashes[2 * place], hashes[2 * place + 1])
                if place >> HALF == 1:
                    told[place] = hashes[place]
            above = {place >> 1 for place in above if place > 1}
        return told

    @property
    def root(self) -> bytes:
        return self._hashes[1]


def root_of(heads: Iterable[Head]) -> bytes:
    """The root over all heads."""
    return Top((bucket, bucket_hash(own)) for bucket, own in sorted_out(heads).items()).root


def sorted_out(heads: Iterable[Head]) -> dict[int, list[Head]]:
    """Heads by bucket, sorted by key."""
    buckets: dict[int, list[Head]] = {}
    for head in sorted(heads):
        buckets.setdefault(bucket_of(head.key), []).append(head)
    return buckets


def prove(key: bytes, heads: Sequence[Head], kept: Callable[[int, int], dict[int, bytes]]) -> Proof:
    """The proof for a key, from the heads of its bucket, sorted, and the kept hashes: `kept(first, last)` gives those at the places from
    `first` to `last` that are not nothing."""
    beside, found = _way(heads, key)
    place = BUCKETS + bucket_of(key)
    for base in (place >> HALF << HALF, 1 << HALF):
        row = [NOTHING] * (1 << HALF)
        for spot, value in kept(base, base + (1 << HALF) - 1).items():
            row[spot - base] = value
        at = place - base
        while len(row) > 1:
            beside.append(row[at ^ 1])
            row = [node(left, right) for left, right in zip(row[::2], row[1::2], strict=True)]
            at >>= 1
        place >>= HALF
    return Proof(tuple(beside), found)


def prove_among(key: bytes, heads: Iterable[Head]) -> Proof:
    """The proof for a key among all heads."""
    buckets = sorted_out(heads)
    top = Top()
    kept = top.changed((bucket, bucket_hash(own)) for bucket, own in buckets.items())
    return prove(key, buckets.get(bucket_of(key), []), lambda first, last: {p: kept[p] for p in range(first, last + 1) if p in kept})


def check(key: bytes, proof: Proof, root: bytes) -> Head | None:
    """What the map holds under a key, None for nothing. Raises `BadProof` where the proof does not lead to the root."""
    beside, found = proof
    if not BUCKET <= len(beside) <= DEEPEST or len(key) != 32 or any(len(value) != 32 for value in beside):
        raise BadProof("the proof has no depth that a map has")
    value = NOTHING
    if found is not None:
        if len(found.key) != 32 or len(found.head) != 32 or len(found.rows) != 32 or not 0 < found.seq < 2**53:
            raise BadProof("an entry of the map has a key, a number and a hash")
        if any(_bit(found.key, depth) != _bit(key, depth) for depth in range(len(beside))):
            raise BadProof("the entry stands elsewhere in the map")
        value = found.hash()
    for above, other in enumerate(beside):
        value = node(other, value) if _bit(key, len(beside) - 1 - above) else node(value, other)
    if value != root:
        raise BadProof("the entry is not under this root")
    return found if found is not None and found.key == key else None

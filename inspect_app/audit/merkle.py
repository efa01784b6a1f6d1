"""The Merkle tree of RFC 9162, 2.1: hashes, compact ranges, proofs of inclusion and of consistency, and proofs of many leaves at once. Pure.

Whoever makes a proof reads hashes of complete subtrees through `Nodes`: (height, number) to the hash over the leaves from
`number << height` up to `(number + 1) << height`. Whoever checks one has nothing but the proof, and every count in it has an end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256

EMPTY = sha256(b"").digest()
"""The root over no leaves."""
LARGEST_SIZE = 2**53 - 1
MOST_HASHES = 106
"""No proof about one leaf or two sizes is longer, at the largest size."""
MOST_LEAVES = 100_000
"""So many leaves one proof may speak of."""
CHUNK = 1024
"""Leaves that are hashed level by level, so that what is at hand stays in the cache of the processor."""

Nodes = Callable[[int, int], bytes]


class BadProof(ValueError):
    """The proof does not show what it is said to show."""


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256 over 0x00 and the entry."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256 over 0x01 and both hashes."""
    return sha256(b"\x01" + left + right).digest()


def levels(leaves: Sequence[bytes]) -> bytes:
    """The hash over a power of two of leaf hashes, level by level."""
    row = list(leaves)
    while len(row) > 1:
        row = [sha256(b"\x01" + left + right).digest() for left, right in zip(row[::2], row[1::2], strict=True)]
    return row[0]


class Range:
    """A compact range: the hashes of the complete subtrees that make up the first `size` leaves, the greatest first. `grown` is told of
    every subtree that is completed, with its height and number."""

    __slots__ = ("grown", "hashes", "size")

    def __init__(self, size: int = 0, hashes: Iterable[bytes] = (), grown: Callable[[int, int, bytes], None] | None = None) -> None:
        self.size, self.hashes, self.grown = size, list(hashes), grown
        if len(self.hashes) != size.bit_count():
            raise ValueError(f"{size} leaves are {size.bit_count()} complete subtrees, not {len(self.hashes)}")

    @classmethod
    def read(cls, size: int, nodes: Nodes, grown: Callable[[int, int, bytes], None] | None = None) -> Range:
        """The range of the first `size` leaves of a tree."""
        hashes, begin = [], 0
        for height in range(size.bit_length() - 1, -1, -1):
            if size >> height & 1:
                hashes.append(nodes(height, begin >> height))
                begin += 1 << height
        return cls(size, hashes, grown)

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash."""
        self._push(0, leaf)

    def put(self, height: int, value: bytes) -> None:
        """Add a complete subtree, where the size is a multiple of its leaves."""
        self._push(height, value)

    def extend(self, leaves: Sequence[bytes]) -> None:
        """Add many leaf hashes; whole chunks at once, where nobody asks for what grows within them."""
        spot = 0
        while spot < len(leaves):
            if self.grown is None and not self.size % CHUNK and len(leaves) - spot >= CHUNK:
                self._push(CHUNK.bit_length() - 1, levels(leaves[spot:spot + CHUNK]))
                spot += CHUNK
            else:
                self._push(0, leaves[spot])
                spot += 1

    def _push(self, height: int, value: bytes) -> None:
        size, hashes, grown = self.size, self.hashes, self.grown
        number = size >> height
        if grown is not None:
            grown(height, number, value)
        while number & 1:
            value = sha256(b"\x01" + hashes.pop() + value).digest()
            number >>= 1
            height += 1
            if grown is not None:
                grown(height, number, value)
        hashes.append(value)
        self.size = (number + 1) << height

    def root(self) -> bytes:
        """The root over all leaves so far."""
        if not self.hashes:
            return EMPTY
        value = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            value = node_hash(left, value)
        return value


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes."""
    whole = Range()
    whole.extend(leaves)
    return whole.root()


def nodes_of(leaves: Sequence[bytes]) -> Nodes:
    """The hashes of a tree whose leaf hashes are all at hand."""
    kept: dict[tuple[int, int], bytes] = {}
    Range(grown=lambda height, number, value: kept.__setitem__((height, number), value)).extend(leaves)
    return lambda height, number: kept[height, number]


def root_at(size: int, nodes: Nodes) -> bytes:
    """The root over the first `size` leaves of a tree."""
    return subtree(0, size, nodes) if size else EMPTY


def subtree(begin: int, end: int, nodes: Nodes) -> bytes:
    """The hash over the leaves from `begin` up to `end`, as RFC 9162 divides them."""
    count = end - begin
    if not count & (count - 1):
        return nodes(count.bit_length() - 1, begin >> (count.bit_length() - 1))
    middle = begin + _split(count)
    return node_hash(subtree(begin, middle, nodes), subtree(middle, end, nodes))


def _split(count: int) -> int:
    """The greatest power of two below `count`."""
    return 1 << ((count - 1).bit_length() - 1)


def inclusion(index: int, size: int, nodes: Nodes) -> list[bytes]:
    """PATH of RFC 9162, 2.1.3.1: the hashes beside the way from a leaf to the root over `size` leaves."""
    if not 0 <= index < size:
        raise ValueError(f"there is no leaf {index} among {size}")
    found, begin, end = [], 0, size
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            found.append(subtree(middle, end, nodes))
            end = middle
        else:
            found.append(subtree(begin, middle, nodes))
            begin = middle
    return found[::-1]


def check_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """RFC 9162, 2.1.3.2. Raises `BadProof` unless the leaf stands at `index` among the `size` leaves under `root`."""
    _counts(size, proof)
    if not 0 <= index < size:
        raise BadProof(f"there is no leaf {index} among {size}")
    spot, last, value = index, size - 1, leaf
    for beside in proof:
        if not last:
            raise BadProof("the proof is too long")
        if spot & 1 or spot == last:
            value = node_hash(beside, value)
            while not spot & 1 and spot:
                spot >>= 1
                last >>= 1
        else:
            value = node_hash(value, beside)
        spot >>= 1
        last >>= 1
    if last:
        raise BadProof("the proof is too short")
    if value != root:
        raise BadProof("the leaf is not under this root")


def consistency(first: int, second: int, nodes: Nodes) -> list[bytes]:
    """PROOF of RFC 9162, 2.1.4.1: that the tree over `second` leaves goes on from that over `first`."""
    if not 0 <= first <= second:
        raise ValueError(f"a tree of {second} leaves does not go on from {first}")
    if first in (0, second):
        return []
    found, begin, end, whole = [], 0, second, True
    while end - begin != first - begin:
        middle = begin + _split(end - begin)
        if first <= middle:
            found.append(subtree(middle, end, nodes))
            end = middle
        else:
            found.append(subtree(begin, middle, nodes))
            begin, whole = middle, False
    if not whole:
        found.append(subtree(begin, end, nodes))
    return found[::-1]


def check_consistency(first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]) -> None:
    """RFC 9162, 2.1.4.2. Raises `BadProof` unless the second tree has the first one as its beginning."""
    _counts(second, proof)
    if not 0 <= first <= second:
        raise BadProof(f"a tree of {second} leaves does not go on from {first}")
    if first in (0, second):
        if proof:
            raise BadProof("the proof is too long")
        if first == 0 and first_root != EMPTY:
            raise BadProof("an empty tree has another root")
        if first == second and first_root != second_root:
            raise BadProof("two trees of the same size differ")
        return
    path = list(proof) if first & (first - 1) else [first_root, *proof]
    if not path:
        raise BadProof("the proof is too short")
    spot, last = first - 1, second - 1
    while spot & 1:
        spot >>= 1
        last >>= 1
    old = new = path[0]
    for beside in path[1:]:
        if not last:
            raise BadProof("the proof is too long")
        if spot & 1 or spot == last:
            old, new = node_hash(beside, old), node_hash(beside, new)
            while not spot & 1 and spot:
                spot >>= 1
                last >>= 1
        else:
            new = node_hash(new, beside)
        spot >>= 1
        last >>= 1
    if last:
        raise BadProof("the proof is too short")
    if old != first_root or new != second_root:
        raise BadProof("the second tree does not begin with the first")


def multiproof(indices: Iterable[int], size: int, nodes: Nodes) -> list[bytes]:
    """The hashes that, with the leaves at `indices`, make the root over `size` leaves: depth first, from left to right."""
    wanted = sorted(set(indices))
    if not wanted or wanted[0] < 0 or wanted[-1] >= size:
        raise ValueError(f"not every leaf asked for is among {size}")
    found: list[bytes] = []

    def walk(begin: int, end: int, own: list[int]) -> None:
        if not own:
            found.append(subtree(begin, end, nodes))
        elif end - begin > 1:
            middle = begin + _split(end - begin)
            walk(begin, middle, [index for index in own if index < middle])
            walk(middle, end, [index for index in own if index >= middle])

    walk(0, size, wanted)
    return found


def check_multiproof(leaves: Mapping[int, bytes], size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Raises `BadProof` unless every leaf stands at its index among the `size` leaves under `root`."""
    if not 0 < size <= LARGEST_SIZE or not 0 < len(leaves) <= MOST_LEAVES or len(proof) > size.bit_length() * len(leaves):
        raise BadProof("the proof is larger than any proof need be")
    wanted = sorted(leaves)
    if wanted[0] < 0 or wanted[-1] >= size or any(len(value) != 32 for value in (*proof, *leaves.values(), root)):
        raise BadProof(f"not every leaf is a hash with a place among {size}")
    left = iter(proof)

    def walk(begin: int, end: int, own: list[int]) -> bytes:
        if not own:
            if (beside := next(left, None)) is None:
                raise BadProof("the proof is too short")
            return beside
        if end - begin == 1:
            return leaves[begin]
        middle = begin + _split(end - begin)
        first = walk(begin, middle, [index for index in own if index < middle])
        return node_hash(first, walk(middle, end, [index for index in own if index >= middle]))

    value = walk(0, size, wanted)
    if next(left, None) is not None:
        raise BadProof("the proof is too long")
    if value != root:
        raise BadProof("the leaves are not under this root")


def _counts(size: int, proof: Sequence[bytes]) -> None:
    if not 0 <= size <= LARGEST_SIZE or len(proof) > MOST_HASHES:
        raise BadProof("the proof is larger than any proof need be")
    if any(len(value) != 32 for value in proof):
        raise BadProof("the proof holds what is no hash")

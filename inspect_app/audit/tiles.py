"""Tiles (C2SP tlog-tiles): the tree in pieces of 256 hashes, 8 levels of it each, and the addresses under which they are fetched. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from inspect_app.audit.merkle import LARGEST_SIZE, Nodes, Range, levels

HEIGHT = 8
WIDTH = 1 << HEIGHT
HASH = 32
WHOLE = WIDTH * HASH
_PATH = re.compile(r"(?P<level>[0-9]{1,2}|entries)/(?P<idx>(?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/(?P<width>[0-9]{1,3}))?")

Tile = tuple[int, int]
"""Level and number."""


def path(level: int | str, idx: int, width: int = WIDTH) -> str:
    """The address of a tile below `tile/`: groups of three digits, all but the last with an x."""
    groups = [f"{idx % 1000:03}"]
    while idx := idx // 1000:
        groups.insert(0, f"x{idx % 1000:03}")
    return f"{level}/{'/'.join(groups)}" + ("" if width == WIDTH else f".p/{width}")


def read_path(text: str) -> tuple[int | str, int, int] | None:
    """Level (or `entries`), number and width of an address; None where it is none, or not written as `path` writes it."""
    found = _PATH.fullmatch(text)
    if found is None:
        return None
    level: int | str = found["level"] if found["level"] == "entries" else int(found["level"])
    idx = int(found["idx"].replace("x", "").replace("/", ""))
    width = int(found["width"]) if found["width"] else WIDTH
    fits = width > 0 and (level == "entries" or int(level) < 64 // HEIGHT) and idx <= LARGEST_SIZE
    return (level, idx, width) if fits and path(level, idx, width) == text else None


def nodes(tile: Callable[[int, int], bytes]) -> Nodes:
    """The hashes of a tree that is kept in tiles, each read once. Raises LookupError where a tile does not hold what it is asked for."""
    kept: dict[Tile, bytes] = {}

    def node(height: int, number: int) -> bytes:
        level, inner = divmod(height, HEIGHT)
        first = number << inner
        place = level, first >> HEIGHT
        if place not in kept:
            kept[place] = tile(*place)
        begin = (first & (WIDTH - 1)) * HASH
        found = kept[place][begin:begin + (HASH << inner)]
        if len(found) != HASH << inner:
            raise LookupError(f"tile {level}/{place[1]} is too short")
        return found if not inner else levels([found[n:n + HASH] for n in range(0, len(found), HASH)])

    return node


class Growing:
    """A tree that grows at its right edge: the compact range, and the tiles of the edge that are not full."""

    __slots__ = ("_edges", "full", "range", "touched")

    def __init__(self, size: int = 0, tile: Callable[[int, int], bytes] | None = None) -> None:
        self._edges: dict[int, bytearray] = {}
        self.full: list[tuple[int, int, bytes]] = []
        self.touched: set[int] = set()
        level, there = 0, size
        while there and tile is not None:
            if there % WIDTH:
                edge = tile(level, there // WIDTH)[:there % WIDTH * HASH]
                if len(edge) != there % WIDTH * HASH:
                    raise LookupError(f"tile {level}/{there // WIDTH} is too short")
                self._edges[level] = bytearray(edge)
            level, there = level + 1, there // WIDTH
        self.range = Range.read(size, nodes(tile), self._grown) if size and tile is not None else Range(grown=self._grown)

    @property
    def size(self) -> int:
        return self.range.size

    def _grown(self, height: int, number: int, value: bytes) -> None:
        if height % HEIGHT:
            return
        level = height // HEIGHT
        edge = self._edges.setdefault(level, bytearray())
        edge += value
        self.touched.add(level)
        if len(edge) == WHOLE:
            self.full.append((level, number >> HEIGHT, bytes(edge)))
            self._edges[level] = bytearray()

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash."""
        self.range.append(leaf)

    def extend(self, leaves: Sequence[bytes]) -> None:
        """Add many leaf hashes; a whole tile at once where one begins."""
        spot = 0
        while spot < len(leaves):
            if not self.range.size % WIDTH and len(leaves) - spot >= WIDTH:
                whole = leaves[spot:spot + WIDTH]
                self.full.append((0, self.range.size >> HEIGHT, b"".join(whole)))
                self.range.put(HEIGHT, levels(whole))
                spot += WIDTH
            else:
                self.range.append(leaves[spot])
                spot += 1

    def changed(self) -> list[tuple[int, int, bytes]]:
        """Every tile that is not as it was when this was asked last: level, number, bytes."""
        found = self.full
        for level in sorted(self.touched):
            if edge := self._edges[level]:
                found.append((level, self.range.size >> HEIGHT * (level + 1), bytes(edge)))
        self.full, self.touched = [], set()
        return found


def entries(rows: Iterable[bytes]) -> bytes:
    """A bundle of entries: each behind its length in two bytes."""
    return b"".join(len(row).to_bytes(2, "big") + row for row in rows)

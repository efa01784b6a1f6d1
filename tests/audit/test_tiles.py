"""Tiles: the same tree, however it grew; and addresses that are written in one way only."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspect_app.audit import merkle, tiles
from inspect_app.audit.tiles import Growing

LEAVES = [merkle.leaf_hash(b"%d" % n) for n in range(70_000)]


def there(kept: dict[tuple[int, int], bytes], level: int, idx: int) -> bytes:
    return kept.get((level, idx), b"")


def grown(sizes: list[int]) -> dict[tuple[int, int], bytes]:
    """The tiles of a tree that grew to each of these sizes in turn, each time by one that had to read what was there."""
    kept: dict[tuple[int, int], bytes] = {}
    for before, size in zip([0, *sizes], sizes, strict=False):
        tree = Growing(before, partial(there, kept))
        for leaf in LEAVES[before:size]:
            tree.append(leaf)
        assert tree.range.root() == merkle.root_of(LEAVES[:size])
        kept |= {(level, idx): data for level, idx, data in tree.changed()}
    return kept


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(0, 1500), min_size=1, max_size=5))
def test_tiles_do_not_tell_how_the_tree_grew(steps: list[int]) -> None:
    sizes = sorted(steps)
    assert grown(sizes) == grown([sizes[-1]])


def test_the_tree_can_be_read_back_from_its_tiles() -> None:
    kept = grown([66_000])
    nodes = tiles.nodes(lambda level, idx: kept[level, idx])
    for size in (1, 255, 256, 257, 65_535, 65_536, 66_000):
        assert merkle.root_at(size, nodes) == merkle.root_of(LEAVES[:size])
    proof = merkle.inclusion(12_345, 66_000, nodes)
    merkle.check_inclusion(12_345, 66_000, LEAVES[12_345], proof, merkle.root_of(LEAVES[:66_000]))
    with pytest.raises(LookupError):
        merkle.root_at(66_001, nodes)


@given(st.integers(0, 7), st.integers(0, 10**9), st.integers(1, 256))
def test_an_address_is_read_as_it_was_written(level: int, idx: int, width: int) -> None:
    assert tiles.read_path(tiles.path(level, idx, width)) == (level, idx, width)
    assert tiles.read_path(tiles.path("entries", idx, width)) == ("entries", idx, width)


@pytest.mark.parametrize("text", ["", "0", "0/1", "0/0001", "0/x000/001", "00/001", "8/001", "0/001.p/0", "0/001.p/256", "0/001.p/007", "-1/001",
                                  "0/001/", "/0/001", "entries/001/../002", "0/٣٣٣", "0/x001/x002/x003/x004/x005/x006/007"])
def test_what_is_no_address_is_refused(text: str) -> None:
    assert tiles.read_path(text) is None


def test_the_example_of_the_specification() -> None:
    assert tiles.path(0, 1234067) == "0/x001/x234/067"
    assert tiles.path("entries", 5, 17) == "entries/005.p/17"

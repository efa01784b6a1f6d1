"""Nothing small can be read from what is shown of a tree, nor worked out by taking one number from another."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from inspect_app.access.suppressed import LEAST, shown


@st.composite
def trees(draw: st.DrawFn) -> tuple[dict[int, int], dict[int, int | None], dict[int, int]]:
    """(own numbers rolled up, who stands above whom, own numbers)."""
    size = draw(st.integers(1, 12))
    above: dict[int, int | None] = {0: None} | {n: draw(st.integers(0, n - 1)) for n in range(1, size)}
    own = {n: draw(st.integers(0, 14)) for n in range(size)}
    total = dict(own)
    for n in range(size - 1, 0, -1):
        parent = above[n]
        assert parent is not None
        total[parent] += total[n]
    return total, above, own


@given(trees())
def test_what_is_shown_is_large_and_so_is_what_is_left_of_it(tree: tuple[dict[int, int], dict[int, int | None], dict[int, int]]) -> None:
    total, above, _ = tree
    seen = shown(total, above)
    for key in seen:
        assert total[key] >= LEAST
        kids = [one for one in seen if above[one] == key]
        if kids:
            assert total[key] - sum(total[one] for one in kids) >= LEAST
        parent = above[key]
        assert parent is None or parent in seen


def test_a_small_neighbour_takes_another_with_it() -> None:
    assert shown({"top": 20, "a": 9, "b": 8, "c": 3}, {"top": None, "a": "top", "b": "top", "c": "top"}) == {"top", "a"}
    assert shown({"top": 40, "a": 9, "b": 8, "c": 3}, {"top": None, "a": "top", "b": "top", "c": "top"}) == {"top", "a", "b"}
    assert shown({"top": 4}, {"top": None}) == frozenset()

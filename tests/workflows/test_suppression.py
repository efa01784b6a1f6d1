"""Nobody works out a number that is withheld: tried by hand, and by counting out everything that could be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from random import Random

import pytest

from workflows.suppression import Sum, given_away, in_tree, may_be_told, withheld

LEAST = 5


def table(grid: Sequence[Sequence[int]]) -> tuple[dict[str, int], list[Sum]]:
    """The numbers of a table with its totals, and what adds up to what."""
    numbers = {f"{r}.{c}": value for r, row in enumerate(grid) for c, value in enumerate(row)}
    rows, columns, sums = range(len(grid)), range(len(grid[0])), []
    for r in rows:
        sums.append(Sum(tuple(f"{r}.{c}" for c in columns), f"{r}.all"))
    for c in columns:
        sums.append(Sum(tuple(f"{r}.{c}" for r in rows), f"all.{c}"))
    for one in sums:
        numbers[one.total] = sum(numbers[part] for part in one.parts)
    sums += [Sum(tuple(f"{r}.all" for r in rows), "all.all"), Sum(tuple(f"all.{c}" for c in columns), "all.all")]
    numbers["all.all"] = sum(numbers[f"{r}.all"] for r in rows)
    return numbers, sums


def test_a_small_number_takes_another_with_it_in_its_row_and_its_column() -> None:
    numbers, sums = table([[3, 20, 30], [40, 50, 60], [70, 80, 90]])
    hidden = withheld(numbers, sums, LEAST)
    assert "0.0" in hidden
    for one in sums:
        assert len(hidden & set(one.numbers)) != 1
    assert "all.all" not in hidden and len(hidden) == 4


def test_nothing_is_withheld_of_great_numbers_and_everything_of_nothing() -> None:
    numbers, sums = table([[20, 30], [40, 50]])
    assert withheld(numbers, sums, LEAST) == frozenset()
    numbers, sums = table([[0, 0], [0, 0]])
    assert withheld(numbers, sums, LEAST) == frozenset(numbers)


def test_two_nothings_beside_great_numbers_are_not_given_away_by_their_sum() -> None:
    numbers, sums = {"a": 0, "b": 0, "c": 40, "d": 50, "all": 90}, [Sum(("a", "b", "c", "d"), "all")]
    assert withheld(numbers, sums, LEAST) == {"a", "b", "c"}


def test_what_two_equations_give_away_together_is_withheld_too() -> None:
    numbers = {"a": 2, "b": 30, "c": 3, "x": 32, "y": 33, "z": 5}
    sums = [Sum(("a", "b"), "x"), Sum(("b", "c"), "y"), Sum(("a", "c"), "z")]
    hidden = withheld(numbers, sums, LEAST)
    assert not given_away(numbers, sums, hidden, LEAST)
    assert "z" in hidden or "x" in hidden or "y" in hidden


def test_what_was_withheld_before_stays_withheld() -> None:
    numbers, sums = table([[20, 30, 40], [40, 50, 60]])
    hidden = withheld(numbers, sums, LEAST, ["0.0", "gone"])
    assert "0.0" in hidden and len(hidden) >= 4


def possible(numbers: Mapping[str, int], sums: Sequence[Sum], hidden: frozenset[str], inner: Sequence[str], most: int) -> dict[str, set[int]]:
    """For each withheld number every value it could have, found by trying every table of small grid."""
    found: dict[str, set[int]] = {name: set() for name in hidden}
    open_ = [name for name in inner if name in hidden]
    for guess in product(range(most + 1), repeat=len(open_)):
        told = {name: numbers[name] for name in inner} | dict(zip(open_, guess, strict=True))
        for one in sums:
            told[one.total] = sum(told[part] for part in one.parts)
        if all(told[name] == numbers[name] for name in numbers if name not in hidden):
            for name in hidden:
                found[name].add(told[name])
    return found


@pytest.mark.parametrize("seed", range(8))
def test_whoever_tries_every_table_finds_more_than_one_value_for_each_withheld_number(seed: int) -> None:
    rng = Random(seed)
    grid = [[rng.choice((0, 1, 2, 3, 4, 5, 6, 7)) for _ in range(2)] for _ in range(2)]
    numbers, sums = table(grid)
    hidden = withheld(numbers, sums, 3)
    assert all(numbers[name] >= 3 for name in numbers if name not in hidden)
    inner = [f"{r}.{c}" for r in range(2) for c in range(2)]
    for name, values in possible(numbers, sums, hidden, inner, 10).items():
        assert len(values) > 1, (grid, name, values)


@pytest.mark.parametrize("seed", range(3))
def test_a_great_table_is_done_soon_and_gives_nothing_away(seed: int) -> None:
    rng = Random(seed)
    numbers, sums = table([[rng.choice((0, 1, 4, 6, 9, 20, 80)) for _ in range(2)] for _ in range(12)])
    hidden = withheld(numbers, sums, LEAST)
    assert not given_away(numbers, sums, hidden, LEAST)
    assert all(numbers[name] >= LEAST for name in set(numbers) - hidden)


def test_a_revision_shows_no_difference_that_is_a_small_number() -> None:
    assert may_be_told({"a": 10, "b": 20}, {"a": 10, "b": 25}, LEAST)
    assert not may_be_told({"a": 10, "b": 20}, {"a": 10, "b": 21}, LEAST)
    assert not may_be_told({"a": 10}, {"a": 10, "b": 2}, LEAST)


def test_a_small_neighbour_takes_another_with_it_in_a_tree() -> None:
    above = {"top": None, "a": "top", "b": "top", "c": "top"}
    assert in_tree({"top": (20,), "a": (9,), "b": (8,), "c": (3,)}, above, LEAST) == {"top", "a"}
    assert in_tree({"top": (40,), "a": (9,), "b": (8,), "c": (3,)}, above, LEAST) == {"top", "a", "b"}
    assert in_tree({"top": (4,)}, {"top": None}, LEAST) == frozenset()
    assert in_tree({"top": (40,), "a": (9,)}, above, LEAST, {"a"}) == frozenset(), "below what is not shown nothing is"


def test_a_part_is_shown_in_a_tree_only_where_the_rest_of_it_is_great_too() -> None:
    above = {"top": None, "a": "top", "b": "top"}
    assert in_tree({"top": (20, 20), "a": (9, 3), "b": (8, 8)}, above, LEAST) == {"top", "b"}
    assert in_tree({"top": (20, 11), "a": (9, 3), "b": (8, 8)}, above, LEAST) == {"top"}, "what is left of the rest would be three"

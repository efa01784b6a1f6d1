"""Nobody works out a number that is withheld: tried by hand, and by counting out everything that could be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from random import Random

import pytest

from workflows.suppression import Sum, given_away, may_be_told, withheld

LEAST = 5


def table(numbers: Sequence[Sequence[int]]) -> tuple[dict[str, int], list[Sum]]:
    """The cells of a table with its totals, and what adds up to what."""
    cells = {f"{r}.{c}": value for r, row in enumerate(numbers) for c, value in enumerate(row)}
    rows, columns, sums = range(len(numbers)), range(len(numbers[0])), []
    for r in rows:
        sums.append(Sum(tuple(f"{r}.{c}" for c in columns), f"{r}.all"))
    for c in columns:
        sums.append(Sum(tuple(f"{r}.{c}" for r in rows), f"all.{c}"))
    for one in sums:
        cells[one.total] = sum(cells[part] for part in one.parts)
    sums += [Sum(tuple(f"{r}.all" for r in rows), "all.all"), Sum(tuple(f"all.{c}" for c in columns), "all.all")]
    cells["all.all"] = sum(cells[f"{r}.all"] for r in rows)
    return cells, sums


def test_a_small_number_takes_another_with_it_in_its_row_and_its_column() -> None:
    cells, sums = table([[3, 20, 30], [40, 50, 60], [70, 80, 90]])
    hidden = withheld(cells, sums, LEAST)
    assert "0.0" in hidden
    for one in sums:
        assert len(hidden & set(one.cells)) != 1
    assert "all.all" not in hidden and len(hidden) == 4


def test_nothing_is_withheld_of_great_numbers_and_everything_of_nothing() -> None:
    cells, sums = table([[20, 30], [40, 50]])
    assert withheld(cells, sums, LEAST) == frozenset()
    cells, sums = table([[0, 0], [0, 0]])
    assert withheld(cells, sums, LEAST) == frozenset(cells)


def test_two_nothings_beside_great_numbers_are_not_given_away_by_their_sum() -> None:
    cells, sums = {"a": 0, "b": 0, "c": 40, "d": 50, "all": 90}, [Sum(("a", "b", "c", "d"), "all")]
    assert withheld(cells, sums, LEAST) == {"a", "b", "c"}


def test_what_two_equations_give_away_together_is_withheld_too() -> None:
    cells = {"a": 2, "b": 30, "c": 3, "x": 32, "y": 33, "z": 5}
    sums = [Sum(("a", "b"), "x"), Sum(("b", "c"), "y"), Sum(("a", "c"), "z")]
    hidden = withheld(cells, sums, LEAST)
    assert not given_away(cells, sums, hidden, LEAST)
    assert "z" in hidden or "x" in hidden or "y" in hidden


def test_what_was_withheld_before_stays_withheld() -> None:
    cells, sums = table([[20, 30, 40], [40, 50, 60]])
    hidden = withheld(cells, sums, LEAST, ["0.0", "gone"])
    assert "0.0" in hidden and len(hidden) >= 4


def possible(cells: Mapping[str, int], sums: Sequence[Sum], hidden: frozenset[str], inner: Sequence[str], most: int) -> dict[str, set[int]]:
    """For each withheld cell every value it could have, found by trying every table of small numbers."""
    found: dict[str, set[int]] = {name: set() for name in hidden}
    open_ = [name for name in inner if name in hidden]
    for guess in product(range(most + 1), repeat=len(open_)):
        told = {name: cells[name] for name in inner} | dict(zip(open_, guess, strict=True))
        for one in sums:
            told[one.total] = sum(told[part] for part in one.parts)
        if all(told[name] == cells[name] for name in cells if name not in hidden):
            for name in hidden:
                found[name].add(told[name])
    return found


@pytest.mark.parametrize("seed", range(8))
def test_whoever_tries_every_table_finds_more_than_one_value_for_each_withheld_number(seed: int) -> None:
    rng = Random(seed)
    numbers = [[rng.choice((0, 1, 2, 3, 4, 5, 6, 7)) for _ in range(2)] for _ in range(2)]
    cells, sums = table(numbers)
    hidden = withheld(cells, sums, 3)
    assert all(cells[name] >= 3 for name in cells if name not in hidden)
    inner = [f"{r}.{c}" for r in range(2) for c in range(2)]
    for name, values in possible(cells, sums, hidden, inner, 10).items():
        assert len(values) > 1, (numbers, name, values)


@pytest.mark.parametrize("seed", range(3))
def test_a_great_table_is_done_soon_and_gives_nothing_away(seed: int) -> None:
    rng = Random(seed)
    cells, sums = table([[rng.choice((0, 1, 4, 6, 9, 20, 80)) for _ in range(2)] for _ in range(12)])
    hidden = withheld(cells, sums, LEAST)
    assert not given_away(cells, sums, hidden, LEAST)
    assert all(cells[name] >= LEAST for name in set(cells) - hidden)


def test_a_revision_shows_no_difference_that_is_a_small_number() -> None:
    assert may_be_told({"a": 10, "b": 20}, {"a": 10, "b": 25}, LEAST)
    assert not may_be_told({"a": 10, "b": 20}, {"a": 10, "b": 21}, LEAST)
    assert not may_be_told({"a": 10}, {"a": 10, "b": 2}, LEAST)

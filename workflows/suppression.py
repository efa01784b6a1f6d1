"""Small numbers are withheld, and what would give them away by subtraction with them. Pure: numbers in, what may be shown out.

An equation says that some numbers add up to another. A number below the least is withheld; then more are withheld, the smallest
first, until nobody who knows every number that is shown, every equation, and that no number is below nought, can work out one that is not."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

INSIDE, OUTSIDE = 5, 10
"""Numbers below these are withheld: from readers inside the house, and outside it."""
WITH_PERCENTAGE = 50
"""On a smaller base nothing is a percentage."""

Key = TypeVar("Key", bound=Hashable)


class Sum(NamedTuple):
    """These numbers add up to that one."""

    parts: tuple[str, ...]
    total: str

    @property
    def numbers(self) -> tuple[str, ...]:
        return (*self.parts, self.total)


def withheld(numbers: Mapping[str, int], sums: Sequence[Sum], least: int, before: Iterable[str] = ()) -> frozenset[str]:
    """The numbers that are not shown. Those of `before` were withheld when the same numbers were published first, and stay so."""
    hidden = {name for name, value in numbers.items() if value < least} | {name for name in before if name in numbers}
    for together in _together(sums):
        while known := given_away(numbers, together, hidden, least):
            more = _smallest(numbers, together, hidden, known)
            if more is None:
                hidden |= {name for one in together for name in one.numbers}
                break
            hidden.add(more)
    return frozenset(hidden)


def _together(sums: Sequence[Sum]) -> list[list[Sum]]:
    """The equations in groups that have no number in common."""
    groups: list[tuple[set[str], list[Sum]]] = []
    for one in sums:
        numbers, joined, rest = set(one.numbers), [one], []
        for names, members in groups:
            if names & numbers:
                numbers |= names
                joined += members
            else:
                rest.append((names, members))
        groups = [*rest, (numbers, joined)]
    return [members for _, members in groups]


def _smallest(numbers: Mapping[str, int], sums: Sequence[Sum], hidden: set[str], known: frozenset[str]) -> str | None:
    """The number to withhold next: beside one that is given away, rather where a single one is withheld; rather a part than a total, rather one whose
    other sums have a withheld number already, and the smallest."""
    for chosen in ((one for one in sums if len(hidden & set(one.numbers)) == 1), (one for one in sums if known & set(one.numbers)),
                   (one for one in sums if hidden & set(one.numbers))):
        beside = {name: name == one.total for one in chosen for name in one.numbers if name not in hidden}
        if beside:
            alone = {name: sum(name in one.numbers and not hidden & set(one.numbers) for one in sums) for name in beside}
            return min(beside, key=lambda name: (beside[name], alone[name], numbers[name], name))
    return None


def given_away(numbers: Mapping[str, int], sums: Sequence[Sum], hidden: Iterable[str], least: int) -> frozenset[str]:
    """The withheld numbers that can be worked out: exactly by adding and subtracting, or because all that is withheld of a sum is less than the
    least together, so that none of them can be much."""
    mentioned = {name for one in sums for name in one.numbers}
    unknown = sorted(mentioned & set(hidden))
    found = {name for one in sums if one.total not in unknown and (open_ := [p for p in one.parts if p in unknown])
             and sum(numbers[p] for p in open_) < least for name in open_}
    if found:
        return frozenset(found)
    place = {name: n for n, name in enumerate(unknown)}
    rows = []
    for one in sums:
        row = [0] * len(unknown)
        for name in one.parts:
            if name in place:
                row[place[name]] += 1
        if one.total in place:
            row[place[one.total]] -= 1
        if any(row):
            rows.append(row)
    return frozenset(unknown[n] for n in _determined(rows))


_PRIME = 2**61 - 1
"""Equations whose numbers are 1 and -1 are solved in the field of this prime: as exact as with fractions, and faster."""


def _determined(rows: list[list[int]]) -> list[int]:
    """Which unknowns a system of equations settles, whatever its right sides: those alone in a row of the reduced form."""
    top, width = 0, len(rows[0]) if rows else 0
    for column in range(width):
        pivot = next((n for n in range(top, len(rows)) if rows[n][column] % _PRIME), None)
        if pivot is None:
            continue
        rows[top], rows[pivot] = rows[pivot], rows[top]
        inverse = pow(rows[top][column], -1, _PRIME)
        rows[top] = lead = [value * inverse % _PRIME for value in rows[top]]
        for n, row in enumerate(rows):
            if n != top and (factor := row[column] % _PRIME):
                rows[n] = [(a - factor * b) % _PRIME for a, b in zip(row, lead, strict=True)]
        top += 1
    filled = ([n for n, value in enumerate(row) if value] for row in rows[:top])
    return [places[0] for places in filled if len(places) == 1]


def in_tree(numbers: Mapping[Key, Sequence[int]], above: Mapping[Key, Key | None], least: int,
            among: Collection[Key] | None = None) -> frozenset[Key]:
    """Of a tree in which each place counts what lies below it as well, the places whose numbers may be shown; `among` bounds them. The numbers of one
    place stand for what its readers can tell apart: a part and the rest of it. Each of them is at least `least`, and so is what is left of it when
    those right below that are shown are taken away: the smallest place is hidden until it is so. Below a hidden place nothing is shown."""
    below: dict[Key | None, list[Key]] = {}
    for key in numbers:
        parent = above.get(key)
        below.setdefault(parent if parent in numbers else None, []).append(key)

    def great(parent: Key | None) -> list[Key]:
        return sorted((key for key in below.get(parent, ()) if min(numbers[key]) >= least and (among is None or key in among)),
                      key=lambda key: tuple(numbers[key]))

    found: set[Key] = set()
    ahead = great(None)
    while ahead:
        key = ahead.pop()
        if key in found:
            continue
        found.add(key)
        kept = great(key)
        while kept and any(whole - sum(numbers[one][n] for one in kept) < least for n, whole in enumerate(numbers[key])):
            kept.pop(0)
        ahead += kept
    return frozenset(found)


def may_be_told(before: Mapping[str, int], now: Mapping[str, int], least: int) -> bool:
    """Whether a revision may show its numbers beside those of before: no number changed by so little that the difference is a small number."""
    return all(a == b or abs(a - b) >= least for a, b in ((before.get(name, 0), now.get(name, 0)) for name in {*before, *now}))

"""Whoever takes one published table from another finds no small number: the map from the tables, a unit from what lies above it, a part from its
whole, what is told inside from what is told outside, one edition from another. Tried on invented houses with exact algebra of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspect_app.services import mission, publishing
from inspect_app.services.mapped import DAYS, MEASURES, OPEN, OVERDUE, REPEATED, SILENCE, Mapped
from inspect_app.services.mission import Counted, Ended
from workflows.suppression import INSIDE, OUTSIDE

PRIME = 2**89 - 1
KINDS = ("overdue", "in_time", "repeated", "once", "no_case", "silent")
"""What is counted of a unit alone, none of which is a part of another."""
NOWHERE = ""
Atom = tuple[str, str]
Sum_ = frozenset[Atom]
"""A number as what it is the sum of."""


@dataclass(frozen=True)
class Case:
    """An invented house: each unit's unit above (None: the top), what each unit has alone, the heads who answered, and shortcomings by row."""

    above: Mapping[str, str | None]
    own: Mapping[Atom, int]

    def below(self, code: str) -> list[str]:
        """A unit and all below it."""
        return [code, *(one for up in self.above if self.above[up] == code for one in self.below(up))]

    @property
    def rows(self) -> list[str]:
        return [code for code, up in self.above.items() if up is not None and self.above[up] is None]

    def value(self, number: Sum_) -> int:
        return sum(self.own[atom] for atom in number)

    def number(self, codes: Iterable[str], *kinds: str) -> Sum_:
        return frozenset((code, kind) for code in codes for kind in kinds)


@st.composite
def houses(draw: st.DrawFn) -> Case:
    size = draw(st.integers(2, 9))
    above: dict[str, str | None] = {"U0": None} | {f"U{n}": f"U{draw(st.integers(0, n - 1))}" for n in range(1, size)}
    many = st.one_of(st.integers(0, 6), st.sampled_from((0, 4, 5, 9, 12, 30)))
    own = {(code, kind): draw(many) for code in [*above, NOWHERE] for kind in KINDS if code or kind in ("once", "no_case", "silent")}
    own[NOWHERE, "silent"] *= draw(st.integers(0, 1))
    own |= {(NOWHERE, "answered"): draw(many)}
    return Case(above, own)


def counted(house: Case) -> Counted:
    """What the services would have counted of it."""
    tally: dict[str, int] = {}
    ended: list[Ended] = []
    ids = {code: n for n, code in enumerate(house.above)}
    row_of = {code: row for row in house.rows for code in house.below(row)}
    for (code, kind), number in house.own.items():
        if kind in ("repeated", "once", "no_case"):
            column = "no_case" if kind == "no_case" else "concluded"
            name = f"inspections.{row_of.get(code, mission.REST)}.{column}"
            tally[name] = tally.get(name, 0) + number
            ended += [Ended(ids.get(code), kind != "no_case", 3)] * number
    tally["heads.no"] = sum(number for (_, kind), number in house.own.items() if kind == "silent")
    tally["heads.yes"] = house.own[NOWHERE, "answered"]
    numbers, sums = mission.completed(tally, house.rows)
    return Counted(numbers, sums, tuple(ended), (), tuple((row, row) for row in house.rows))


def mapped(house: Case) -> Mapped:
    def total(*kinds: str) -> dict[str, int]:
        return {code: house.value(house.number(house.below(code), *kinds)) for code in house.above}

    numbers = {OPEN: total("overdue", "in_time"), OVERDUE: total("overdue"), REPEATED: total("repeated"), SILENCE: total("silent"),
               "concluded": total("repeated", "once"), "ended": total("repeated", "once", "no_case")}
    return Mapped(tuple((code, code, up) for code, up in house.above.items()), numbers, dict.fromkeys(house.above, 3))


def read(house: Case, edition: Mapping[str, Any]) -> Iterator[tuple[Sum_, int]]:
    """Every number that an audience is shown, as what it is the sum of."""
    everywhere = [*house.above, NOWHERE]
    top = [code for code in everywhere if not any(code in house.below(row) for row in house.rows)]
    columns = {"concluded": ("repeated", "once"), "no_case": ("no_case",), "all": ("repeated", "once", "no_case")}
    for row in next(t for t in edition["tables"] if t["table"] == "inspections")["rows"]:
        where = everywhere if row["unit"] == "all" else top if row["unit"] == mission.REST else house.below(row["unit"])
        for (_, kinds), number in zip(columns.items(), row["numbers"], strict=True):
            if number is not None:
                yield house.number([code for code in where if code or kinds != ("repeated",)], *kinds) & set(house.own), number
    heads = next(one for one in edition["mission"] if one["figure"] == "heads")
    silent, answered = house.number(everywhere, "silent"), frozenset({(NOWHERE, "answered")})
    for said, number in ((answered, heads["part"]), (answered | silent, heads["whole"])):
        if number is not None:
            yield said, number
    measures = {OPEN: ("overdue", "in_time"), OVERDUE: ("overdue",), REPEATED: ("repeated",), SILENCE: ("silent",)}
    for row in edition["map"]["rows"]:
        for measure, number in zip(edition["map"]["columns"], row["numbers"], strict=True):
            if number is not None and measure != DAYS:
                yield house.number(house.below(row["unit"]), *measures[measure]), number


def targets(house: Case) -> Iterator[Sum_]:
    """Every number that a reader might want: of each unit alone, and with what is below it, each kind and each whole; and of the house."""
    wholes = (*((kind,) for kind in KINDS), ("overdue", "in_time"), ("repeated", "once"), ("repeated", "once", "no_case"))
    for kinds in wholes:
        for code in house.above:
            yield house.number([code], *kinds)
            yield house.number(house.below(code), *kinds)
        yield house.number([*house.above, NOWHERE], *kinds) & set(house.own)
    yield frozenset({(NOWHERE, "answered")})


class Reader:
    """Who knows some sums, and works out what follows from them."""

    def __init__(self, known: Iterable[Sum_], atoms: Sequence[Atom]) -> None:
        self.place = {atom: n for n, atom in enumerate(atoms)}
        self.rows: dict[int, list[int]] = {}
        for number in known:
            rest = self._rest(number)
            pivot = next((n for n, value in enumerate(rest) if value), None)
            if pivot is not None:
                inverse = pow(rest[pivot], -1, PRIME)
                self.rows[pivot] = [value * inverse % PRIME for value in rest]

    def _rest(self, number: Sum_) -> list[int]:
        row = [0] * len(self.place)
        for atom in number:
            row[self.place[atom]] = 1
        for pivot in sorted(self.rows):
            if factor := row[pivot]:
                row = [(a - factor * b) % PRIME for a, b in zip(row, self.rows[pivot], strict=True)]
        return row

    def works_out(self, number: Sum_) -> bool:
        """Whether a number follows by adding and subtracting."""
        return not any(self._rest(number))


def small_ones_found(house: Case, editions: Iterable[Mapping[str, Any]], least: int) -> list[tuple[Sum_, int]]:
    known = [told for edition in editions for told in read(house, edition)]
    assert all(house.value(number) == said for number, said in known), "what is read is what was counted"
    reader = Reader([number for number, _ in known], sorted(house.own))
    return [(number, house.value(number)) for number in targets(house) if house.value(number) < least and reader.works_out(number)]


def judged(house: Case) -> None:
    audiences = publishing.editions(counted(house), mapped(house))
    inside, outside = audiences["internal"], audiences["public"]
    assert small_ones_found(house, (inside, outside), INSIDE) == []
    assert small_ones_found(house, (outside,), OUTSIDE) == []
    for one, least in ((inside, INSIDE), (outside, OUTSIDE)):
        assert all(number is None or number >= least for row in one["map"]["rows"]
                   for measure, number in zip(MEASURES, row["numbers"], strict=True) if measure != DAYS)


QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=40, deadline=None, suppress_health_check=QUIET)
@given(houses())
def test_nobody_works_out_a_small_number_from_all_tables_together(house: Case) -> None:
    judged(house)


@pytest.mark.full
@settings(max_examples=5000, deadline=None, suppress_health_check=QUIET)
@given(houses())
def test_nobody_works_out_a_small_number_in_five_thousand_houses(house: Case) -> None:
    judged(house)


def test_the_reader_of_this_test_does_find_what_a_careless_table_gives_away() -> None:
    house = Case({"U0": None, "U1": "U0", "U2": "U0"}, {(code, kind): 20 for code in ("U0", "U1", "U2", NOWHERE) for kind in (*KINDS, "answered")}
                 | {("U1", "overdue"): 18, ("U1", "in_time"): 2})
    careless = [house.number(["U1"], "overdue", "in_time"), house.number(["U1"], "overdue")]
    reader = Reader(careless, sorted(house.own))
    assert reader.works_out(house.number(["U1"], "in_time")) and not reader.works_out(house.number(["U2"], "in_time"))
    rows = {row["unit"]: dict(zip(MEASURES, row["numbers"], strict=True))
            for row in publishing.editions(counted(house), mapped(house))["internal"]["map"]["rows"]}
    assert (rows["U1"][OPEN], rows["U1"][OVERDUE], rows["U2"][OVERDUE]) == (20, None, 20)


def shown(edition: Mapping[str, Any]) -> dict[str, int]:
    return {f"{table['table']}.{row['unit']}.{n}": number for table in edition["tables"] for row in table["rows"]
            for n, number in enumerate(row["numbers"]) if number is not None}


@settings(max_examples=40, deadline=None, suppress_health_check=QUIET)
@given(houses(), st.lists(st.dictionaries(st.sampled_from(("U1", "U2", NOWHERE)), st.integers(-12, 12), min_size=1), min_size=1, max_size=4))
def test_no_two_editions_differ_by_a_small_number_whoever_they_are_for(house: Case, changes: list[dict[str, int]]) -> None:
    own = dict(house.own)
    told = counted(house)
    audiences = publishing.editions(told, mapped(house))
    kept: list[dict[str, Any]] = [dict.fromkeys(publishing.AUDIENCES, told.numbers)]
    seen = [shown(edition) for edition in audiences.values()]
    for change in changes:
        for code, by in change.items():
            if (code, "once") in own:
                own[code, "once"] = max(0, own[code, "once"] + by)
        audiences, counts = publishing.again(counted(Case(house.above, own)), audiences, kept)
        kept.append(counts)
        seen += [shown(edition) for edition in audiences.values()]
    for n, one in enumerate(seen):
        for other in seen[:n]:
            differences = [abs(number - other[name]) for name, number in one.items() if name in other]
            assert all(difference == 0 or difference >= INSIDE for difference in differences)

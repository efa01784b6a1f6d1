"""What it costs to find a page by one road or another, as far as is known without going there.

What is counted are steps along an index. Whether a case is one of the list, the index itself says for part of what is asked; for the rest the case
is looked up, which is much dearer. How much of one thing there is among the cases that have another nobody knows: they are taken to have nothing to
do with each other. All this only decides by which road a page is looked for, never what is found."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import prod
from typing import NamedTuple

from inspect_app.services.narrowing import Some
from inspect_app.services.reckoning import MOST

PAGE = 50
"""Cases on a page, about."""
LOOKED_UP = {"sqlite": 12, "postgresql": 30}
"""So many cases are passed by, with what an index says of them, while one is looked up."""
KEPT, ASKED = 2, 3
"""What it costs to keep the number of a case that has something, and to ask whether a case is one of those kept."""
MUCH = 4
"""Of what is not rare every fourth case is taken to have it, and so many times more than of all are overdue of those in a state of open cases."""
_OF_SOME = ("overdue", "unit", "words", "state", "workflow")
_IN_ORDER = ("open", "unit", "words", "state", "workflow", "body")
_BY_DAY = ("overdue", "unit", "words", "state", "workflow", "body")
_OF_UNITS_BY_DAY = ("overdue", "words", "state", "workflow", "body")
_OF_UNITS = ("open", "words", "state", "workflow", "body")
SAYS: dict[str, dict[str, Collection[str]]] = {
    "sqlite": {
        "due": _BY_DAY, "opened": _IN_ORDER, "updated": _IN_ORDER, "changed": _IN_ORDER,
        "units due": _OF_UNITS_BY_DAY, "units opened": _OF_UNITS, "units updated": _OF_UNITS,
        "body": _OF_SOME, "office": _OF_SOME, "superior": _OF_SOME,
        "state": ("overdue", "unit", "workflow", "body"), "workflow": ("overdue", "unit", "body"),
        "overdue": _BY_DAY, "rehearsal": ("overdue", "unit", "body")},
    "postgresql": {
        "due": _BY_DAY, "opened": _IN_ORDER, "updated": _IN_ORDER,
        "units due": _OF_UNITS_BY_DAY, "units opened": _OF_UNITS, "units updated": _OF_UNITS,
        "body": _OF_SOME, "state": ("overdue", "unit", "workflow", "body"), "workflow": ("overdue", "unit", "body"),
        "overdue": _BY_DAY}}
"""What the indexes in the orders of lists, the same of units, and those of what cases have in common say of each case besides: of which unit it is,
and so on, and whether it has the marks of the words. PostgreSQL says it where it points out what is next, or looks for it by the index; else it looks
up each case."""


class Often(NamedTuple):
    """How large a part of all cases has some words in number and title, and how large a part has their marks."""

    have: float = 1.0
    marked: float = 1.0


ALWAYS, RARELY = Often(), Often(0.0, 0.0)


Met = Mapping[str, float]
"""What else is asked of each case, for which somebody sees it, and how large a part of all cases is let through by it."""


@dataclass(frozen=True, slots=True)
class Weighing:
    """What a list asks for, of so many cases, and how often its words are met."""

    dialect: str
    number: int
    asked: tuple[Some, ...]
    words: Often = ALWAYS
    open: float = 1.0
    """How large a part of all cases is as open, or ended, as is asked for."""

    def size(self, one: Some) -> float:
        """About how many cases of those that are as open as is asked for have this."""
        return self.number * self._part(one) * (self.open if one.ordered else 1.0)

    @property
    def part(self) -> float:
        """About how large a part of all cases is one of the list, as far as no unit is asked for."""
        return self.words.have * self.open * prod(map(self._part, self.asked))

    def along(self, index: str, there: float, wanted: float, met: Met, kept: Some | None = None) -> float:
        """What it costs to go along an index in the order of the list until a page is full: `there` are the cases on the way, `wanted` those of the
        list among them. The numbers of those that have what is `kept` are read before."""
        steps = min(there, PAGE * there / max(1.0, wanted))
        return (self.size(kept) * KEPT if kept else 0.0) + steps * self.step(index, met, kept)

    def step(self, index: str, met: Met, kept: Some | None = None) -> float:
        """What one step of it costs."""
        return 1 + self._dear(index, met) if kept is None else 1 + ASKED + self._dear(index, met) * self._part(kept)

    def gathered(self, index: str, there: float, wanted: float, met: Met) -> float:
        """What it costs to look at all cases that an index has of something. PostgreSQL looks up every one of them, unless it points out those of
        units: then no more than a page needs."""
        if self.dialect != "postgresql":
            return there * self.step(index, met)
        if not index.startswith("units"):
            return there * (1 + LOOKED_UP[self.dialect])
        return there + min(there, PAGE * there / max(1.0, wanted)) * self._dear(index, met)

    def says(self, index: str) -> Collection[str]:
        """What an index says of each case: on PostgreSQL nothing where words are asked for that it does not say."""
        said = SAYS[self.dialect].get(index, ())
        return said if self.words.marked == 1.0 or self.dialect != "postgresql" or "words" in said else ()

    def _dear(self, index: str, met: Met) -> float:
        told = dict(met) | {one.kind: self._part(one) for one in self.asked} | {"words": self.words.marked, "open": self.open}
        return LOOKED_UP[self.dialect] * prod(told.get(kind, 1.0) for kind in self.says(index))

    def _part(self, one: Some) -> float:
        part = 1 / MUCH if one.size >= self.number // MOST else one.size / self.number
        return min(1.0, part * MUCH) if one.kind == "overdue" and any(other.kind == "state" for other in self.asked) else part


__all__ = ["ALWAYS", "LOOKED_UP", "MUCH", "PAGE", "RARELY", "SAYS", "Often", "Weighing"]

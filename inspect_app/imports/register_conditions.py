"""Conditions on what a row says: when something is told, what contradicts itself, what is counted. A closed list, no expressions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from inspect_app.imports.moments import moment
from inspect_app.imports.register_values import NUMBER, Values

ALONE = ("present", "absent")
LISTS = ("one_of", "none_of")
AGAINST: dict[str, Callable[[int | Decimal | str, int | Decimal | str], bool]] = {
    "before": lambda a, b: a < b,  # type: ignore[operator]
    "after": lambda a, b: a > b,  # type: ignore[operator]
    "not_before": lambda a, b: a >= b,  # type: ignore[operator]
    "not_after": lambda a, b: a <= b,  # type: ignore[operator]
    "less": lambda a, b: a < b,  # type: ignore[operator]
    "more": lambda a, b: a > b,  # type: ignore[operator]
    "equal": lambda a, b: a == b,
    "differs": lambda a, b: a != b,
}
"""Each holds only where both sides say something."""
WORDS = (*ALONE, *LISTS, *AGAINST)


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: a column, what is asked of it, and the other column (`to`) or the values it is held against."""

    column: str
    asks: str
    to: str | None = None
    values: tuple[str, ...] = ()

    def holds(self, values: Values) -> bool:
        """Whether it holds of a row."""
        said = values.get(self.column)
        if self.asks in ALONE:
            return (said is not None) == (self.asks == "present")
        if self.asks == "one_of":
            return said in self.values
        if self.asks == "none_of":
            return said is not None and said not in self.values
        other = values.get(self.to) if self.to is not None else self.values[0] if self.values else None
        if said is None or other is None:
            return False
        a, b = _comparable(said), _comparable(other)
        if type(a) is not type(b):
            a, b = said, other
        return AGAINST[self.asks](a, b)

    @property
    def named(self) -> tuple[str, ...]:
        """The columns that it looks at."""
        return (self.column,) if self.to is None else (self.column, self.to)


def all_hold(conditions: Iterable[Condition], values: Values) -> bool:
    """Whether every one holds; no conditions hold always."""
    return all(condition.holds(values) for condition in conditions)


def _comparable(said: str) -> int | Decimal | str:
    """A moment as µs, a number as a number; days are compared as they are spelled."""
    if len(said) > 10 and said[10:11] == "T":
        try:
            return moment(said)[0]
        except ValueError:
            return said
    return Decimal(said) if NUMBER.fullmatch(said) else said

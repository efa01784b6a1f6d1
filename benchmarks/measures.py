"""Figures, their goals, and the table that shows both."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from statistics import median

_HOLDS: dict[str, Callable[[float, float], bool]] = {"<=": operator.le, ">=": operator.ge, "==": operator.eq}


@dataclass(frozen=True)
class Figure:
    """One figure of a part. With a goal it is met or missed; without, it is there to be read beside the others."""

    part: str
    name: str
    value: float
    unit: str = ""
    relation: str = ""
    goal: float | None = None

    def aimed(self, relation: str, goal: float, *, here: bool = True) -> Figure:
        """The same with a goal, where it is one `here`."""
        return replace(self, relation=relation, goal=goal) if here else self

    @property
    def met(self) -> bool | None:
        """Whether the goal holds; None where there is none."""
        return None if self.goal is None else _HOLDS[self.relation](self.value, self.goal)


@dataclass(frozen=True)
class Span:
    """One stretch of work: how many operations, in how many seconds, with how much CPU on either side."""

    operations: int
    seconds: float
    application: float
    database: float = 0.0

    @property
    def rate(self) -> float:
        """Operations a second."""
        return self.operations / self.seconds

    @property
    def application_us(self) -> float:
        """CPU µs of the application for one operation."""
        return self.application / max(1, self.operations) * 1e6

    @property
    def database_us(self) -> float:
        """CPU µs of the database server for one operation."""
        return self.database / max(1, self.operations) * 1e6

    @property
    def cpu_us(self) -> float:
        """CPU µs of both for one operation."""
        return self.application_us + self.database_us


@dataclass(frozen=True)
class Plan:
    """How long one stretch lasts, how often each is repeated, how many cases are prepared, and with which Python the peers run."""

    seconds: float = 3.0
    rounds: int = 5
    cases: int = 2000
    peer_python: str = ""

    @staticmethod
    def lasting(seconds: float, peer_python: str) -> Plan:
        """A short plan is a smoke check: fewer rounds and cases."""
        return Plan(seconds, 5, 2000, peer_python) if seconds > 1 else Plan(seconds, 1, 400, peer_python)


def middle(spans: Iterable[Span], value: Callable[[Span], float]) -> float:
    """The median of a value over repeated stretches."""
    return median(value(span) for span in spans)


def ratio(ours: list[Span], theirs: list[Span], value: Callable[[Span], float]) -> float:
    """The median over rounds of ours to theirs in the same round: what disturbs a round disturbs both."""
    return median(value(a) / value(b) for a, b in zip(ours, theirs, strict=True))


def table(figures: Iterable[Figure]) -> str:
    """The figures as lines for people."""
    rows = [("part", "figure", "value", "goal", "")]
    for f in figures:
        goal = "" if f.goal is None else f"{f.relation} {_number(f.goal)}{_unit(f.unit)}"
        rows.append((f.part, f.name, _number(f.value) + _unit(f.unit), goal, "" if f.met is None else "met" if f.met else "NOT MET"))
    widths = [max(len(row[n]) for row in rows) for n in range(5)]
    return "\n".join("  ".join(cell.rjust(width) if n in (2, 3) else cell.ljust(width) for n, (cell, width) in
                               enumerate(zip(row, widths, strict=True))).rstrip() for row in rows)


def as_json(figures: Iterable[Figure]) -> str:
    """The figures for programs."""
    return json.dumps([asdict(f) | {"met": f.met} for f in figures], indent=1, ensure_ascii=False)


def _unit(unit: str) -> str:
    return f" {unit}" if unit else ""


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"

"""Trees of numbers: who stands above whom, without circles and not too deep. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

DEEPEST = 30
"""Levels that a tree of units, or a line of offices, may have."""


def line(above: Mapping[int, Iterable[int]], start: int) -> set[int]:
    """Everything above `start`, along every way that leads up; `start` itself only where a way leads back to it."""
    found: set[int] = set()
    ahead = list(above.get(start, ()))
    while ahead:
        at = ahead.pop()
        if at not in found:
            found.add(at)
            ahead += above.get(at, ())
    return found


def in_circle(above: Mapping[int, Iterable[int]], start: int) -> bool:
    """Whether a way up from `start` leads back to it."""
    return start in line(above, start)


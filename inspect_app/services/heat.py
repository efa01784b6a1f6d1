"""The organisation as a map: figures of each unit with everything below it, as they were published of a quarter, the same for every reader."""

from __future__ import annotations

from dataclasses import dataclass

from inspect_app.services import publishing
from inspect_app.services.mapped import MEASURES, OPEN

STEPS = 5
"""Shades of the map."""
QUARTERS = 40
"""So many quarters back there is a map."""


@dataclass(frozen=True, slots=True)
class Square:
    """A unit on the map: its number, None where it is withheld; `step` is its shade, 1 to 5."""

    code: str
    name: str
    depth: int
    value: int | None
    step: int


def maps(series: list[publishing.Published]) -> dict[str, publishing.Published]:
    """Of these publications those that have a map, by quarter, the newest first."""
    return {one.quarter: one for one in reversed(series) if "map" in one.body["audiences"]["internal"]}


def squares(one: publishing.Published, measure: str) -> list[Square]:
    """The map of a publication for one measure, in the order of the tree."""
    told = one.body["audiences"]["internal"]["map"]
    at = told["columns"].index(measure)
    most = max((row["numbers"][at] for row in told["rows"] if row["numbers"][at] is not None), default=0)
    depth: dict[str | None, int] = {}
    found = []
    for row in told["rows"]:
        depth[row["unit"]] = level = depth.get(row["above"], -1) + 1
        value = row["numbers"][at]
        found.append(Square(row["unit"], row["name"], level, value, 1 + min(STEPS - 1, value * STEPS // (most + 1)) if value is not None else 0))
    return found


__all__ = ["MEASURES", "OPEN", "QUARTERS", "STEPS", "Square", "maps", "squares"]

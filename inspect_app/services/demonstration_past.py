"""The quarters of a demonstration that are over: matters of every day which came and were settled, so that the published figures tell something, and
withhold what is small."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count

from inspect_app.services.demonstration_data import HouseData, InspectionData, ShortcomingData, UnitData
from workflows.figures import first_of, quarter_of

QUARTERS = 3
"""So many quarters back."""
NOTED = (0, 1, 0, 2, 1, 0, 3, 0, 1, 0, 2, 1, 0, 1)
"""Under which unit right below the top each shortcoming of a quarter is noted: under few of them often, under most seldom."""
REPORTED = (0, 1, 2, 1, 0)
"""The same of what is reported and turns out to be nothing."""
APART = 4
"""Days from one to the next."""


def settled(data: HouseData, today: date) -> Iterator[ShortcomingData | InspectionData]:
    """What was settled in the last quarters that are over."""
    top = next(u.code for u in data.units if u.parent is None and not u.external)
    rows = [u.code for u in data.units if u.parent == top and u.kind == "unit"]
    below = [[u for u in data.units if u.parent == row and _has_its_head(u)] for row in rows]
    number = count()
    first = first_of(*quarter_of(today))
    for _ in range(QUARTERS):
        first = first_of(*quarter_of(first - timedelta(days=1)))
        for n, row in enumerate(NOTED):
            kind, unit = data.routine[next(number) % len(data.routine)], below[row][n % len(below[row])]
            opened = (today - first).days - n * APART
            yield ShortcomingData("checked", unit.code, opened, kind["title"], kind["what"].format(unit=unit.name), kind["cause_kind"],
                                  kind["cause"], kind["measure"], kind["done"], 25 - opened, by="officer" if n % 5 in (1, 3) else rows[row])
        for n, row in enumerate(REPORTED):
            said, unit = data.reported[next(number) % len(data.reported)], below[row][(n + 1) % len(below[row])]
            yield InspectionData("closed_no_case", unit.code, (today - first).days - 3 - n * APART, said["title"],
                                 said["what"].format(unit=unit.name))


def _has_its_head(unit: UnitData) -> bool:
    return not unit.vacant and not unit.acting and unit.changed is None and unit.head is None

"""Where something stands in the order of a list: between which days the open cases are due, and what comes so many steps further. It only decides how
much of a list is looked at in one go."""

from __future__ import annotations

from inspect_app.db import Fixed, Session
from inspect_app.models.case import FAR
from inspect_app.services.remembering import Remembered

STRETCH = 2000
"""So many steps are gone along a list before what it asks for is gathered, where something narrows it."""
GONE, BEGIN = 2_000, 200
"""So many steps are gone at most along a list to learn where they lead; the first of them say nothing of how it goes on: there may be a gap."""
_DUE = "SELECT due_order FROM cases WHERE is_open = :is_open AND due_order < :before ORDER BY"
_DAYS = Fixed(f"SELECT ({_DUE} due_order, id LIMIT 1), ({_DUE} due_order DESC, id DESC LIMIT 1)",
              "SELECT * FROM inspect_days(:is_open, :before)")
"""The first and the last due day of the open or the ended cases that are due before a moment."""
_STEP = {f"{down}{name}": Fixed(f"SELECT {name}_at FROM cases WHERE {name}_at {past} :start ORDER BY {name}_at {way}, id {way} "  # noqa: S608
                                "LIMIT 1 OFFSET :steps",
                                "SELECT place FROM inspect_further(:along, :start, :steps, :down) AS place WHERE place IS NOT NULL")
         for name in ("updated", "opened") for down, past, way in (("-", "<=", "DESC"), ("", ">=", "ASC"))}
"""What stands so many steps further in the order of changes and of openings."""
_ENDS = Remembered[tuple[int, int]](60.0)
"""The first and the last due day of all open and of all ended cases, as they were a short while ago."""
_STEPS = Remembered[int](60.0)
"""What stood so many steps from the beginning of a list, as it was a short while ago."""


def days(session: Session, is_open: bool) -> tuple[int, int]:
    """Between which due days the open cases lie, or the ended ones, and of these whether any has none (`FAR`); an end before the beginning says that
    there are none."""
    known = _ENDS.get(session, is_open)
    if known is None:
        begin, end = _DAYS.run(session, {"is_open": is_open, "before": FAR if is_open else FAR + 1})[0]
        known = _ENDS.keep(session, is_open, (begin, end)) if begin is not None else (0, -1)
    return known


def further(session: Session, sort: str, start: int, steps: int) -> int | None:
    """About what stands so many steps further in a list of all cases, in the order of changes or of openings; None where the list ends before. No
    more than some are gone: from there it is taken to go on as it was after the first of them."""
    there = _step(session, sort, start, min(steps, GONE))
    if there is None or steps <= GONE:
        return there
    down = sort.startswith("-")
    begin, end = _step(session, sort, start, BEGIN), _step(session, sort.lstrip("-") if down else f"-{sort}", -FAR if down else FAR, 0)
    if begin is None or end is None:
        return None
    there += (there - begin) * (steps - GONE) // (GONE - BEGIN)
    return None if (there <= end if down else there >= end) else there


def _step(session: Session, sort: str, start: int, steps: int) -> int | None:
    """What stands so many steps further in a list of all cases, in the order of changes or of openings; None where the list ends before."""
    first = abs(start) == FAR
    there = _STEPS.get(session, (sort, steps)) if first else None
    if there is None:
        found = _STEP[sort].run(session, {"along": sort.lstrip("-"), "start": start, "steps": steps, "down": sort.startswith("-")})
        there = found[0][0] if found else None
        if there is not None and first:
            _STEPS.keep(session, (sort, steps), there)
    return there


__all__ = ["STRETCH", "days", "further"]

"""About how many cases there are of something, whoever may know of them. They are counted up to a limit, and the number is remembered for some
minutes; it only decides how a list is looked for, never what is found."""

from __future__ import annotations

from collections.abc import Iterable
from math import isqrt

from inspect_app.db import Fixed, Session, together
from inspect_app.services.remembering import Remembered

MANY = 64
"""Walking along a list looks at each case on the way, gathering at each case there is: the two meet about where the square of those there are is so
many times all cases."""
LEAST = 500
"""Fewer are not told apart: past the policy PostgreSQL says of nobody in how few cases they have a part."""
MOST = 20
"""Where every twentieth case is one of them, they are not counted any further."""
HOUR = 3_600_000_000
"""Moments within an hour are one to whoever remembers."""

_COUNTED = {
    "state": "cases WHERE state = :told",
    "workflow": "cases WHERE workflow = :told",
    "body": "cases WHERE body_id AMONG :told",
    "office": "cases WHERE office_id AMONG :told",
    "superior": "cases WHERE superior_office_id AMONG :told",
    "person": "case_role WHERE person_id AMONG :told AND until_seq IS NULL",
    "changed": "cases WHERE updated_at >= CAST(:told AS INTEGER)",
    "overdue": "cases WHERE is_open = 1 AND due_order < CAST(:told AS INTEGER)",
    "rehearsal": "cases WHERE rehearsal = 1",
}
_COUNTS = {kind: Fixed(f"SELECT COUNT(*) FROM (SELECT 1 FROM {of} LIMIT :most)",  # noqa: S608 - joined from constants
                      "SELECT inspect_count(:kind, :told, :most)")
           for kind, of in _COUNTED.items()}
_KNOWN = Remembered[int](300.0)


def few_of(cases_in_all: int) -> int:
    """So many of all cases are sooner gathered than met on the way."""
    return max(LEAST, isqrt(MANY * cases_in_all))


def counted(session: Session, cases_in_all: int, kind: str, told: str | int | Iterable[int]) -> int:
    """About how many cases are in a state, of a workflow, of bodies or offices, of a person, changed since a moment or due before it, or rehearsals;
    never less than `LEAST`, nor more than a twentieth of all or a thousand."""
    said = told if isinstance(told, str) else str(told) if isinstance(told, int) else together(told)
    known = _KNOWN.get(session, key := (kind, told // HOUR if isinstance(told, int) else said))
    if known is None:
        most = max(1000, cases_in_all // MOST)
        known = _KNOWN.keep(session, key, max(LEAST, _COUNTS[kind].run(session, {"kind": kind, "told": said, "most": most})[0][0]))
    return known


__all__ = ["MOST", "counted", "few_of"]

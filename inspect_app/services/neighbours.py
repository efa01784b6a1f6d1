"""What stands before and after a case in a list, so that one can go through a filtered set case by case."""

from __future__ import annotations

from inspect_app.services.house import House
from inspect_app.services.queries import CaseRow, Filter, place, register
from workflows.acts import Actor


def neighbours(house: House, actor: Actor, row: CaseRow, wanted: Filter, sort: str) -> tuple[CaseRow | None, CaseRow | None]:
    """(the one before, the one after) in the list that this question gives this actor; it works by the place of the case, whether or not the
    case itself still fits. Raises `Invalid` for an unknown sort."""
    back = sort.removeprefix("-") if sort.startswith("-") else f"-{sort}"
    before = register(house, actor, wanted, sort=back, limit=1, cursor=place(row, back)).rows
    after = register(house, actor, wanted, sort=sort, limit=1, cursor=place(row, sort)).rows
    return next(iter(before), None), next(iter(after), None)


__all__ = ["neighbours"]

"""Small reads for the JSON door: time limits, how many, units, whether the house is ready."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from inspect_app.access.parts import reach_of, sees_everything, visible_to
from inspect_app.models import cases, unit
from inspect_app.services import absences, directory, lists, queries, roads, timekeeping
from inspect_app.services.founding import is_founded
from inspect_app.services.house import House
from inspect_app.services.queries import CaseRow, Filter
from inspect_app.services.standing import viewer_of
from inspect_app.services.timekeeping import Told
from workflows.acts import Actor

CAP = 1000
"""Totals are counted up to here."""


def clocks(house: House, row: CaseRow) -> list[Told]:
    """The time limits of a case, oldest first, each with why it ends on its day."""
    week = house.catalogue.rulesets_by_name[row.ruleset].values["working_week"]
    with house.db.reading("all") as session:
        return timekeeping.told(session, house, row.id, week)


def away(house: House, row: CaseRow) -> list[dict[str, str]]:
    """The days on which whoever has to answer is away: the limits of the case do not count them."""
    with house.db.reading("all") as session:
        return [{"from": one.since.isoformat(), "until": one.until.isoformat()} for one in absences.of_case(session, row.id)]


def children(house: House, actor: Actor, row: CaseRow) -> list[str]:
    """The cases that this case opened and this actor may know of."""
    with house.db.reading(reach_of(actor)) as session:
        viewer = viewer_of(session, actor, queries.today(house))
        return list(
            session.execute(
                select(cases.c.uid)
                .where(cases.c.parent_id == row.id, visible_to(viewer, queries.fast(house)))
                .order_by(cases.c.id)
            ).scalars()
        )


def count(house: House, actor: Actor, wanted: Filter) -> tuple[int, bool]:
    """How many cases a list has for this actor, counted up to the cap; and whether the cap was reached."""
    with house.db.reading(reach_of(actor)) as session:
        viewer = viewer_of(session, actor, queries.today(house))
        if wanted.q:
            ids, on, _ = lists.having(session, roads.plan(session, house, viewer, wanted, "-opened"), None, CAP + 1)
            return min(len(ids), CAP), len(ids) > CAP or on is not None
        number = len(roads.ahead(session, roads.plan(session, house, viewer, wanted, "due"), None, CAP + 1))
    return min(number, CAP), number > CAP


def units(house: House, actor: Actor, kind: str) -> list[dict[str, Any]]:
    """The units, or the bodies, inside and outside the house, in the order of the tree."""
    above, heir = unit.alias(), unit.alias()
    with house.db.reading() as session:
        rows = (
            session.execute(
                select(unit.c.code, unit.c.name, unit.c.kind, unit.c.external, unit.c.dissolved_on, above.c.code.label("parent"),
                       heir.c.code.label("successor"))
                .outerjoin(above, above.c.id == unit.c.parent_id)
                .outerjoin(heir, heir.c.id == unit.c.successor_id)
                .where(unit.c.kind == kind)
                .order_by(unit.c.path)
            )
            .mappings()
            .all()
        )
    mine = {code for code, _ in directory.units(house, actor)} if not sees_everything(actor) else {row["code"] for row in rows}
    return [
        {str(name): value for name, value in row.items()}
        | {"external": bool(row["external"]), "dissolved_on": row["dissolved_on"] and row["dissolved_on"].isoformat(), "mine": row["code"] in mine}
        for row in rows
    ]


def is_ready(house: House) -> bool:
    """Whether the database answers and the house is founded."""
    try:
        return is_founded(house.db)
    except DBAPIError:
        return False

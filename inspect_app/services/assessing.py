"""What is counted for the criteria of an assessment, told before anybody says whether they are met."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import exists, select

from inspect_app.access.parts import in_force
from inspect_app.models import role_grant, unit, unit_above
from inspect_app.services import figures
from inspect_app.services.house import House
from inspect_app.services.queries import today
from workflows.acts import Actor
from workflows.computed_learning import facts_of
from workflows.figures import spans
from workflows.roles import Role
from workflows.ruleset import Ruleset

FACTS = "criteria.facts"
"""The computation whose rows an assessment keeps."""


def counted(house: House, actor: Actor, who: Collection[Role], rules: Ruleset, code: str, told: Mapping[str, Any], *,
            rehearsal: bool = False) -> dict[str, dict[str, Any]] | None:
    """The row of each criterion that is counted, as an assessment of the unit with this code would keep it now, over the year and quarter that are
    `told`. None where they are not told or not over, or where this actor has none of these roles for the unit."""
    day = today(house)
    span = spans([FACTS], told, day).get("quarter")
    if span is None or span[1] >= day:
        return None
    granted = exists().where(unit_above.c.unit_id == unit.c.id, role_grant.c.unit_id == unit_above.c.above_id, in_force(role_grant, day),
                             role_grant.c.person_id == actor.person_id, role_grant.c.role.in_([role.value for role in who]))
    with house.db.reading("all") as session:
        unit_id = session.execute(select(unit.c.id).where(unit.c.code == code, granted)).scalar()
        if unit_id is None:
            return None
        found = figures.counted(session, house, unit_id, span, rehearsal=rehearsal)
    return {row["criterion"]: row for row in facts_of(rules.criteria, found)}


__all__ = ["FACTS", "counted"]

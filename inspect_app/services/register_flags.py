"""What contradicts itself in a register that was taken in: seen on the case, and what a list can be narrowed to."""

from __future__ import annotations

from typing import NamedTuple

import orjson
from sqlalchemy import select

from inspect_app.access.parts import reach_of
from inspect_app.models import register_flag
from inspect_app.services.house import House
from inspect_app.services.queries import CaseRow
from workflows.acts import Actor


class Flag(NamedTuple):
    """One contradiction of a case: the rule by its name, and its sentence by language."""

    rule: str
    says: dict[str, str]


def of_case(house: House, actor: Actor, row: CaseRow) -> list[Flag]:
    """The contradictions that stand in a case this actor sees."""
    f = register_flag.c
    with house.db.reading(reach_of(actor)) as session:
        rows = session.execute(select(f.rule, f.says).where(f.case_id == row.id, f.until.is_(None)).order_by(f.rule)).all()
    return [Flag(rule, orjson.loads(says)) for rule, says in rows]


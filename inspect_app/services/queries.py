"""Reads: what someone may know of, and what waits for them. Nothing here writes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import and_, or_, select

from inspect_app.access.parts import Viewer, handling, reach_of, visible_to
from inspect_app.db import Session
from inspect_app.errors import NotFound
from inspect_app.models import cases, office, responsibility, unredacted
from inspect_app.services import disposals
from inspect_app.services.house import House
from inspect_app.services.lists import SORTS, Filter, Page, conditions, cursor_at, place, register, work
from inspect_app.services.rows import CaseRow, fast, found_in, today
from inspect_app.services.standing import viewer_of
from workflows.acts import Actor
from workflows.roles import Role


def case(house: House, actor: Actor, uid: str) -> CaseRow:
    """One case. Raises `NotFound` where it is not this actor's to see."""
    with house.db.reading(reach_of(actor)) as session:
        viewer = viewer_of(session, actor, today(house))
        found = found_in(session, house, viewer, cases.c.uid == uid)
        if not found:
            disposals.tell(house, viewer, uid, fast(house))
            raise NotFound(f"There is no case {uid} here.")
        return replace(found[0], unredacted=found[0].parts == {Role.AUDITOR} and _agreed(session, found[0].id, viewer))


def _agreed(session: Session, case_id: int, viewer: Viewer) -> bool:
    """Whether another person agreed that this auditor reads a case unredacted, today."""
    u = unredacted.c
    return session.execute(select(u.id).where(u.case_id == case_id, u.person_id == viewer.actor.person_id, u.agreed,
                                              u.until_on >= viewer.today).limit(1)).first() is not None


def below(house: House, actor: Actor, row: CaseRow) -> list[CaseRow]:
    """The cases that a case opened and this actor may know of, oldest first."""
    with house.db.reading(reach_of(actor)) as session:
        viewer = viewer_of(session, actor, today(house))
        return found_in(session, house, viewer, cases.c.parent_id == row.id)


def by_number(house: House, actor: Actor, number: str) -> CaseRow | None:
    """The case with this number, if this actor may know of it."""
    with house.db.reading(reach_of(actor)) as session:
        viewer = viewer_of(session, actor, today(house))
        return next(iter(found_in(session, house, viewer, cases.c.number == number)), None)


def uid_of(house: House, number: str) -> str:
    """The identifier of the case with this number, whoever may know of it: for the console. Raises `NotFound`."""
    with house.db.reading("all") as session:
        found = session.execute(select(cases.c.uid).where(cases.c.number == number)).scalar()
    if found is None:
        raise NotFound(f"There is no case {number} here.")
    return str(found)


def responsibilities(house: House, actor: Actor) -> list[dict[str, Any]]:
    """The responsibilities served on this actor, most urgent first."""
    if actor.person_id is None:
        return []
    with house.db.reading(reach_of(actor)) as session:
        viewer = viewer_of(session, actor, today(house))
        mine = or_(and_(responsibility.c.person_id == actor.person_id, cases.c.office_id.is_(None)), *handling(viewer.offices, cases.c.office_id))
        rows = session.execute(
            select(cases.c.uid, responsibility.c.basis, responsibility.c.level, responsibility.c.due_on, office.c.code, office.c.title)
            .join(cases, cases.c.id == responsibility.c.case_id)
            .join(office, office.c.id == responsibility.c.office_id)
            .where(mine, ~cases.c.rehearsal, visible_to(viewer, fast(house)))
            .order_by(~cases.c.is_open, responsibility.c.due_on, cases.c.id)
        ).all()
        known = {row.uid: row for row in found_in(session, house, viewer, cases.c.uid.in_({row[0] for row in rows}))} if rows else {}
    return [
        {"case": known[uid], "basis": basis, "level": level, "due_on": due_on, "office": code, "office_title": title}
        for uid, basis, level, due_on, code, title in rows
    ]


__all__ = ["SORTS", "CaseRow", "Filter", "Page", "below", "by_number", "case", "conditions", "cursor_at", "fast", "found_in", "place", "register",
           "responsibilities", "today", "uid_of", "work"]

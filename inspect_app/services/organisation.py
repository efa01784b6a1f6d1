"""Units and bodies: added, renamed, moved, dissolved into a successor. Each is one transaction and one line in the administrative history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Row, insert, or_, select, update

from inspect_app.access import trees
from inspect_app.db import Session
from inspect_app.models import appointment, belonging, delegation, office, person, unit, unit_above
from inspect_app.services import indexing, setup, walls
from inspect_app.services.administering import (
    Done,
    carry_out,
    changed,
    code_of,
    day_of_text,
    may_administer,
    refuse,
    said,
    text_of,
    unit_named,
)
from inspect_app.services.house import House
from inspect_app.services.ledger import Key
from inspect_app.services.queries import today
from inspect_app.services.units import plant, replant
from workflows.acts import Actor

KINDS = ("unit", "body")
CHANGES = ("name", "under", "external", "dissolved_on", "successor")
"""What of a unit may be changed."""


def add_unit(house: House, actor: Actor, code: str, name: str, under: str | None = None, *, kind: str = "unit", external: bool = False,
             key: Key | None = None) -> Done:
    """A unit or body, under another or at the top of its tree. Raises `Invalid`, `NotYours`."""

    def work(session: Session) -> tuple[str, Mapping[str, Any]]:
        above = unit_named(session, actor, under, "under") if under else None
        may_administer(session, house, actor, above.id if above else None)
        if kind not in KINDS:
            refuse(actor, "kind", "fault.unit_kind")
        if session.execute(select(unit.c.id).where(unit.c.code == code_of(actor, code))).first():
            refuse(actor, "code", "fault.unit_taken", code=code)
        told = text_of(actor, name, "name", 300)
        id_ = plant(session, code=code, name=told, kind=kind, external=external, parent_id=above.id if above else None)
        look(session, actor, id_, today(house))
        return f"add_{kind}", {"code": code, "name": told, "under": under or None, "external": external}

    return carry_out(house, actor, work, key)


def change_unit(house: House, actor: Actor, code: str, changes: Mapping[str, Any]) -> Done:
    """Rename, move or dissolve a unit or body. `changes` has some of `CHANGES`: `under` None is the top; `dissolved_on` is a day up to
    today, `successor` the code of who takes over. A dissolved unit's appointments end with it; its people go over to the successor, and so
    does the word of its offices; where the successor is named later, those who are still there go over then. The worker lets its open cases follow,
    with an event in each. A dissolution that is taken back (`dissolved_on` None) brings back nobody. Raises `Invalid`, `NotYours`."""

    def work(session: Session) -> tuple[str, Mapping[str, Any]]:
        row = unit_named(session, actor, code, "code")
        may_administer(session, house, actor, row.id)
        before, told = _facts(session, row), _facts(session, row)
        for field in set(changes) - set(CHANGES):
            refuse(actor, field, "fault.field_unknown")
        told |= {name: value or None for name, value in changes.items() if name in ("under", "successor")}
        if "name" in changes:
            told["name"] = text_of(actor, changes["name"], "name", 300)
        if "external" in changes:
            told["external"] = bool(changes["external"])
        if "dissolved_on" in changes:
            told["dissolved_on"] = said(day_of_text(actor, changes["dissolved_on"], "dissolved_on"))
        difference = changed(before, told, CHANGES)
        if not difference:
            refuse(actor, "", "fault.nothing_new")
        above = unit_named(session, actor, told["under"], "under") if told["under"] else None
        if "under" in difference:
            may_administer(session, house, actor, above.id if above else None)
        after = unit_named(session, actor, told["successor"], "successor") if told["successor"] else None
        lines = _lines_of(session, row.id)
        session.execute(update(unit).where(unit.c.id == row.id).values(
            name=told["name"], external=told["external"], parent_id=above.id if above else None,
            dissolved_on=date.fromisoformat(told["dissolved_on"]) if told["dissolved_on"] else None, successor_id=after.id if after else None))
        look(session, actor, row.id, today(house))
        if "name" in difference:
            indexing.renamed(session, row.id)
        if told["dissolved_on"] and {"dissolved_on", "successor"} & set(difference):
            difference |= _wind_up(session, house, row.id, date.fromisoformat(told["dissolved_on"]), after.id if after else None)
        if set(difference) - {"name", "name_before"}:
            replant(session)
            walls.rebuild_for(session, house, lines | _lines_of(session, row.id))
        return _what(difference, row.kind), {"code": code, **difference}

    return carry_out(house, actor, work)


def _what(difference: Mapping[str, Any], kind: str) -> str:
    names = {name for name in CHANGES if name in difference}
    if "dissolved_on" in names and difference["dissolved_on"]:
        return f"dissolve_{kind}"
    return {frozenset({"name"}): f"rename_{kind}", frozenset({"under"}): f"move_{kind}"}.get(frozenset(names), f"change_{kind}")


def _facts(session: Session, row: Row[Any]) -> dict[str, Any]:
    codes: dict[int, str] = dict(session.execute(select(unit.c.id, unit.c.code).where(unit.c.id.in_((row.parent_id, row.successor_id)))).all())
    return {"name": row.name, "under": codes.get(row.parent_id), "external": bool(row.external), "dissolved_on": said(row.dissolved_on),
            "successor": codes.get(row.successor_id)}


def _lines_of(session: Session, unit_id: int) -> set[int]:
    """Everyone whose line a change of this unit may change: who belongs to it or below it, or holds an office there."""
    below = select(unit_above.c.unit_id).where(unit_above.c.above_id == unit_id)
    found = set(session.execute(select(person.c.id).where(person.c.unit_id.in_(below))).scalars())
    return found | set(session.execute(select(appointment.c.person_id).join(office, office.c.id == appointment.c.office_id)
                                       .where(office.c.unit_id.in_(below))).scalars())


class Tree(NamedTuple):
    """All units and bodies as they stand, and what stands directly below each."""

    rows: Mapping[int, Any]
    below: Mapping[int, Sequence[Any]]
    up: Mapping[int, Sequence[int]]

    @classmethod
    def read(cls, session: Session) -> Tree:
        u = unit.c
        rows = session.execute(select(u.id, u.code, u.kind, u.parent_id, u.successor_id, u.dissolved_on)).all()
        below: dict[int, list[Any]] = {}
        for row in rows:
            below.setdefault(row.parent_id, []).append(row)
        return cls({r.id: r for r in rows}, below, {r.id: [n for n in (r.parent_id, r.successor_id) if n] for r in rows})

    def levels(self, unit_id: int) -> int:
        """How many levels there are from the top down to a unit."""
        levels, at = 0, self.rows.get(unit_id)
        while at is not None and levels <= trees.DEEPEST:
            levels, at = levels + 1, self.rows.get(at.parent_id)
        return levels


def look(session: Session, actor: Actor, unit_id: int, day: date, tree: Tree | None = None) -> None:
    """Whether a unit stands as it may, after it was written: in a tree without circles, under a living unit, with a living successor.
    `day` is today. Raises `Invalid`."""
    tree = tree or Tree.read(session)
    this = tree.rows[unit_id]
    if trees.in_circle(tree.up, unit_id):
        refuse(actor, "successor" if this.dissolved_on else "under", "fault.unit_circle")
    if max(tree.levels(n) for n in (unit_id, *(r.id for r in tree.below.get(unit_id, ())))) > trees.DEEPEST:
        refuse(actor, "under", "fault.tree_deep", most=trees.DEEPEST)
    above = tree.rows.get(this.parent_id)
    if above is not None and above.dissolved_on is not None and (this.dissolved_on is None or this.dissolved_on > above.dissolved_on):
        refuse(actor, "under", "fault.unit_dissolved", code=above.code)
    if this.dissolved_on is None:
        if this.successor_id is not None:
            refuse(actor, "successor", "fault.successor_early")
        return
    if this.dissolved_on > day:
        refuse(actor, "dissolved_on", "fault.dissolved_ahead")
    below = [r.code for r in tree.below.get(unit_id, ()) if r.dissolved_on is None or r.dissolved_on > this.dissolved_on]
    if below:
        refuse(actor, "dissolved_on", "fault.units_below", codes=", ".join(sorted(below)[:10]))
    heir = tree.rows.get(this.successor_id)
    if heir is not None and heir.dissolved_on is not None and heir.dissolved_on <= this.dissolved_on:
        refuse(actor, "successor", "fault.unit_dissolved", code=heir.code)
    if setup.named_in(session)["appeal_body"] == this.code:
        refuse(actor, "dissolved_on", "fault.appeal_body_needed")


def _wind_up(session: Session, house: House, unit_id: int, day: date, successor_id: int | None) -> dict[str, Any]:
    """End what goes on in a dissolved unit with its last day; its people go over to the successor the day after."""
    offices = select(office.c.id).where(office.c.unit_id == unit_id)
    ended = 0
    for table in (appointment, delegation):
        late = table.c.office_id.in_(offices) & or_(table.c.until_on.is_(None), table.c.until_on > day)
        ended += session.execute(update(table).where(late, table.c.since_on <= day).values(until_on=day)).rowcount
        ended += session.execute(table.delete().where(late, table.c.since_on > day)).rowcount
    if successor_id is None:
        return {"ended": ended}
    _hand_on(session, unit_id, successor_id)
    after = or_(belonging.c.until_on.is_(None), belonging.c.until_on > day)
    stay = session.execute(select(belonging).where(belonging.c.unit_id == unit_id, after)).all()
    for row in stay:
        if row.since_on <= day:
            session.execute(update(belonging).where(belonging.c.id == row.id).values(until_on=day))
            session.execute(insert(belonging).values(person_id=row.person_id, unit_id=successor_id, since_on=day + timedelta(days=1),
                                                     until_on=row.until_on))
        else:
            session.execute(update(belonging).where(belonging.c.id == row.id).values(unit_id=successor_id))
    moved = session.execute(update(person).where(person.c.unit_id == unit_id).values(unit_id=successor_id)).rowcount if day < today(house) else 0
    return {"ended": ended, "people_moved": max(len(stay), moved)}


def _hand_on(session: Session, unit_id: int, successor_id: int) -> None:
    """What was with an office of a dissolved unit is answered for by the office that heads the successor, on the same line: the offices at the
    top of the unit come to stand below it. Where the successor has no such office, or more than one, the office above goes on answering."""
    for number, line, superior in _heads(session, unit_id):
        heirs = [(n, above) for n, kind, above in _heads(session, successor_id) if kind == line]
        if len(heirs) != 1:
            continue
        heir, above = heirs[0]
        if above == number:
            session.execute(update(office).where(office.c.id == heir).values(superior_id=superior))
        lines: dict[int, list[int]] = {n: [s] for n, s in session.execute(
            select(office.c.id, office.c.superior_id).where(office.c.superior_id.is_not(None)))}
        if number not in trees.line(lines, heir):
            session.execute(update(office).where(office.c.id == number).values(superior_id=heir))


def _heads(session: Session, unit_id: int) -> list[tuple[int, str, int | None]]:
    """The offices of a unit above which none of the same unit stands: number, line, and the office above."""
    above = office.alias()
    rows = session.execute(select(office.c.id, office.c.line, office.c.superior_id).outerjoin(above, above.c.id == office.c.superior_id).where(
        office.c.unit_id == unit_id, or_(above.c.id.is_(None), above.c.unit_id != unit_id)).order_by(office.c.id))
    return [(number, line, superior) for number, line, superior in rows]

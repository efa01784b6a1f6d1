"""Saved views of the register, private or shared, and the columns somebody looks at. A view keeps a question, never an answer: it shows each
reader only what they may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from secrets import token_hex

from sqlalchemy import ColumnElement, delete, exists, func, insert, or_, select

from inspect_app.access.parts import in_force
from inspect_app.errors import Invalid, NotFound, Problem
from inspect_app.i18n import say
from inspect_app.models import person, register_look, role_grant, saved_view, unit, unit_above
from inspect_app.now import now
from inspect_app.services.house import House
from inspect_app.services.queries import today
from workflows.acts import Actor
from workflows.roles import Role

COLUMNS = ("case", "unit", "state", "due", "updated", "opened", "kind", "reference")
"""The columns that a register has; the case itself stands in every one."""
USUAL = ("case", "unit", "state", "due", "updated")
SHARING = (Role.CHAIR, Role.OFFICER, Role.RECORDER, Role.UNIT_LEAD, Role.AUDITOR)
"""Whose views others may find, in the units their grant reaches."""
MOST = 50
"""Views of one person."""


@dataclass(frozen=True, slots=True)
class View:
    """A question to the register that somebody keeps; `unit` is the name of the unit with which it is shared, None where it is private."""

    code: str
    name: str
    question: str
    mine: bool
    by: str
    unit: str | None


def _reaches(person_id: ColumnElement[int], unit_id: ColumnElement[int | None], house: House, roles: Sequence[Role] = ()) -> ColumnElement[bool]:
    """Whether a grant (of these roles) of somebody reaches a unit today."""
    wanted = [role_grant.c.role.in_([role.value for role in roles])] if roles else []
    return exists().where(role_grant.c.person_id == person_id, unit_above.c.above_id == role_grant.c.unit_id, unit_above.c.unit_id == unit_id,
                          in_force(role_grant, today(house)), *wanted)


def of(house: House, actor: Actor, code: str | None = None) -> list[View]:
    """The views this actor may open, their own first: those shared with a unit of theirs by somebody who may share there still."""
    if actor.person_id is None:
        return []
    v, me = saved_view.c, select(person.c.id).where(person.c.id == actor.person_id).scalar_subquery()
    shared = (v.unit_id.is_not(None) & _reaches(me, v.unit_id, house) & _reaches(v.person_id, v.unit_id, house, SHARING))
    query = (select(v.code, v.name, v.question, v.person_id, person.c.full_name, unit.c.name).join(person, person.c.id == v.person_id)
             .outerjoin(unit, unit.c.id == v.unit_id).where(or_(v.person_id == actor.person_id, shared)).order_by(v.name, v.id))
    if code is not None:
        query = query.where(v.code == code)
    with house.db.reading() as session:
        found = [View(code, name, question, who == actor.person_id, by, where) for code, name, question, who, by, where in session.execute(query)]
    return sorted(found, key=lambda view: not view.mine)


def one(house: House, actor: Actor, code: str) -> View:
    """A view by its code. Raises `NotFound` where it is not this actor's to open."""
    found = of(house, actor, code)
    if not found:
        raise NotFound
    return found[0]


def shareable(house: House, actor: Actor) -> list[tuple[str, str]]:
    """(code, name) of the units with which this actor may share a view."""
    me = select(person.c.id).where(person.c.id == actor.person_id).scalar_subquery()
    with house.db.reading() as session:
        return [(code, name) for code, name in session.execute(
            select(unit.c.code, unit.c.name).where(~unit.c.external, _reaches(me, unit.c.id, house, SHARING)).order_by(unit.c.path))]


def keep(house: House, actor: Actor, name: str, question: str, unit_code: str | None, *, private: bool) -> str:
    """Keep a view; returns its code. `private` says that the question names words or persons: such a one is shared with nobody, since it
    would tell of whom somebody thinks. Raises `Invalid`."""
    called = " ".join(name.split())
    wrong = [Problem("/name", "required", say(actor.language, "form.needed"))] if not called or "\0" in called else []
    if len(called) > saved_view.c.name.type.length or len(question) > saved_view.c.question.type.length:  # type: ignore[attr-defined]
        wrong.append(Problem("/name", "length", say(actor.language, "view.too_long")))
    if unit_code and private:
        wrong.append(Problem("/unit", "private", say(actor.language, "view.words_stay_private")))
    elif unit_code and unit_code not in {code for code, _ in shareable(house, actor)}:
        wrong.append(Problem("/unit", "unknown", say(actor.language, "view.not_there")))
    if wrong:
        raise Invalid(tuple(wrong))
    code = token_hex(5)
    with house.db.atomic() as session:
        kept = session.execute(select(func.count()).select_from(saved_view).where(saved_view.c.person_id == actor.person_id)).scalar_one()
        if kept >= MOST:
            raise Invalid((Problem("/name", "many", say(actor.language, "view.too_many", most=MOST)),))
        where = session.execute(select(unit.c.id).where(unit.c.code == unit_code)).scalar() if unit_code else None
        session.execute(insert(saved_view).values(code=code, person_id=actor.person_id, name=called, question=question, unit_id=where, made_at=now()))
    return code


def let_go(house: House, actor: Actor, code: str) -> None:
    """Take one's own view away. Raises `NotFound`."""
    with house.db.atomic() as session:
        gone = delete(saved_view).where(saved_view.c.code == code, saved_view.c.person_id == actor.person_id).returning(saved_view.c.id)
        if session.execute(gone).first() is None:
            raise NotFound


def columns(house: House, actor: Actor) -> tuple[str, ...]:
    """The columns this actor looks at, in their order."""
    with house.db.reading() as session:
        kept = session.execute(select(register_look.c.columns).where(register_look.c.person_id == actor.person_id)).scalar()
    return tuple(name for name in kept.split() if name in COLUMNS) if kept else USUAL


def look(house: House, actor: Actor, wanted: Sequence[str]) -> None:
    """Remember the columns somebody looks at; the case comes first and is always there."""
    if actor.person_id is None:
        return
    chosen = " ".join(("case", *(name for name in dict.fromkeys(wanted) if name in COLUMNS[1:])))
    with house.db.atomic() as session:
        session.execute(delete(register_look).where(register_look.c.person_id == actor.person_id))
        session.execute(insert(register_look).values(person_id=actor.person_id, columns=chosen))


__all__ = ["COLUMNS", "USUAL", "View", "columns", "keep", "let_go", "look", "of", "one", "shareable"]

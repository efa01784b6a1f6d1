"""Comments of those who conduct a case, to each other: beside the record, in no event and no export, gone with the case."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update

from inspect_app.access.parts import reach_of
from inspect_app.errors import Invalid, NotFound, NotYours, Problem
from inspect_app.i18n import say
from inspect_app.models import case_comment, person
from inspect_app.now import now
from inspect_app.services.house import House
from inspect_app.services.queries import CaseRow
from workflows.acts import Actor
from workflows.roles import CONCERNED, Role

CONDUCTING = frozenset({Role.CHAIR, Role.MEMBER, Role.OFFICER, Role.RECORDER, Role.TEAM_LEAD, Role.TEAM_MEMBER})
"""Who writes to each other about a case: those who conduct it."""
LONGEST = 4000
"""Characters of a comment."""


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody remarked; `mine` says that it is the reader's own, `changed_at` when it was last changed, µs since 1970 UTC."""

    id: int
    by: str
    mine: bool
    body: str
    made_at: int
    changed_at: int | None


def may_read(row: CaseRow) -> bool:
    """Whether this reader reads the comments: they conduct the case and it is not about them, or they audit it unredacted."""
    return not row.parts & set(CONCERNED) and (bool(row.parts & CONDUCTING) or row.unredacted)


def may_write(row: CaseRow) -> bool:
    """Whether this reader writes comments: they conduct the case, and it is open; afterwards the record speaks alone."""
    return row.is_open and bool(row.parts & CONDUCTING) and not row.parts & set(CONCERNED)


def of_case(house: House, actor: Actor, row: CaseRow) -> list[Comment]:
    """The comments on a case, oldest first; none for whoever may not read them."""
    if not may_read(row):
        return []
    c = case_comment.c
    with house.db.reading(reach_of(actor)) as session:
        rows = session.execute(select(c.id, person.c.full_name, c.person_id, c.body, c.made_at, c.changed_at)
                               .join(person, person.c.id == c.person_id).where(c.case_id == row.id).order_by(c.id)).all()
    return [Comment(id_, name, who == actor.person_id, body, made_at, changed_at) for id_, name, who, body, made_at, changed_at in rows]


def write(house: House, actor: Actor, row: CaseRow, body: str) -> int:
    """Write a comment; returns its number. Raises `NotYours`, `Invalid`."""
    _may(row)
    text = _read(actor, body)
    with house.db.atomic(actor.person_id) as session:
        made = insert(case_comment).values(case_id=row.id, person_id=actor.person_id, body=text, made_at=now()).returning(case_comment.c.id)
        return int(session.execute(made).scalar_one())


def change(house: House, actor: Actor, row: CaseRow, number: int, body: str) -> None:
    """Change one's own comment; everybody sees that it was changed. Raises `NotYours`, `Invalid`, `NotFound`."""
    _may(row)
    text, c = _read(actor, body), case_comment.c
    with house.db.atomic(actor.person_id) as session:
        there = (c.id == number, c.case_id == row.id, c.person_id == actor.person_id)
        if session.execute(select(c.id).where(*there)).first() is None:
            raise NotFound
        session.execute(update(case_comment).where(*there, c.body != text).values(body=text, changed_at=now()))


def take_back(house: House, actor: Actor, row: CaseRow, number: int) -> None:
    """Take one's own comment away. Raises `NotYours`, `NotFound`."""
    _may(row)
    c = case_comment.c
    with house.db.atomic(actor.person_id) as session:
        gone = delete(case_comment).where(c.id == number, c.case_id == row.id, c.person_id == actor.person_id).returning(c.id)
        if session.execute(gone).first() is None:
            raise NotFound


def _may(row: CaseRow) -> None:
    if not may_write(row):
        raise NotYours("comment", tuple(sorted(CONDUCTING)))


def _read(actor: Actor, body: str) -> str:
    text = body.replace("\r\n", "\n").strip()
    if not text or "\0" in text:
        raise Invalid((Problem("/body", "required", say(actor.language, "form.needed")),))
    if len(text) > LONGEST:
        raise Invalid((Problem("/body", "length", say(actor.language, "comment.too_long", most=LONGEST)),))
    return text


__all__ = ["CONDUCTING", "Comment", "change", "may_read", "may_write", "of_case", "take_back", "write"]

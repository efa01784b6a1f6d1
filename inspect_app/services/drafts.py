"""Intakes that were begun and not sent: sealed, shown to their writer alone, gone when they were sent, thrown away, or left for too long."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from secrets import token_urlsafe

import orjson
from sqlalchemy import delete, insert, select, update

from inspect_app.errors import Invalid, NotFound, Problem
from inspect_app.i18n import say
from inspect_app.models import draft
from inspect_app.now import now
from inspect_app.services import keys
from inspect_app.services.house import House
from inspect_app.services.kept import LONGEST, NEVER
from workflows.acts import Actor

DAYS = 14
KEPT = DAYS * 86_400 * 1_000_000
"""µs since it was last changed."""
MOST = 20
"""Drafts of one person; the oldest goes."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An intake that was begun: of which workflow, at which step, what was typed, and when it was last changed (µs since 1970 UTC)."""

    id: str
    workflow: str
    step: int
    fields: list[tuple[str, str]]
    changed_at: int

    @property
    def ends_at(self) -> int:
        """When it goes by itself."""
        return self.changed_at + KEPT


def _sealed(house: House, actor: Actor, id_: str, fields: Iterable[tuple[str, str]]) -> str:
    told = orjson.dumps([[name, value] for name, value in fields if name not in NEVER]).decode("utf-8")
    if len(told.encode("utf-8")) > LONGEST:
        raise Invalid((Problem("", "length", say(actor.language, "intake.too_long")),))
    return keys.seal(house, told, f"draft {id_}")


def begin(house: House, actor: Actor, workflow: str, fields: Iterable[tuple[str, str]]) -> str:
    """Begin a draft; returns its name. Raises `Invalid` where it is too long."""
    id_ = token_urlsafe(18)
    sealed = _sealed(house, actor, id_, fields)
    d = draft.c
    with house.db.atomic() as session:
        mine = select(d.id).where(d.person_id == actor.person_id).order_by(d.changed_at.desc(), d.id)
        for old in session.execute(mine.offset(MOST - 1)).scalars().all():
            session.execute(delete(draft).where(d.id == old))
        session.execute(insert(draft).values(id=id_, person_id=actor.person_id, workflow=workflow, step=1, fields=sealed, changed_at=now()))
    return id_


def change(house: House, actor: Actor, id_: str, step: int, fields: Iterable[tuple[str, str]]) -> None:
    """Keep what was typed meanwhile. Raises `NotFound`, `Invalid`."""
    sealed, d = _sealed(house, actor, id_, fields), draft.c
    with house.db.atomic() as session:
        there = (d.id == id_, d.person_id == actor.person_id, d.changed_at > now() - KEPT)
        if session.execute(update(draft).where(*there).values(step=step, fields=sealed, changed_at=now()).returning(d.id)).first() is None:
            raise NotFound


def one(house: House, actor: Actor, id_: str) -> Draft:
    """A draft of this actor. Raises `NotFound` where it is gone, or another's."""
    found = next((found for found in of(house, actor) if found.id == id_), None)
    if found is None:
        raise NotFound
    return found


def of(house: House, actor: Actor) -> list[Draft]:
    """The drafts of this actor, the newest first."""
    d, found = draft.c, []
    with house.db.reading() as session:
        rows = session.execute(select(d.id, d.workflow, d.step, d.fields, d.changed_at).where(
            d.person_id == actor.person_id, d.changed_at > now() - KEPT).order_by(d.changed_at.desc(), d.id)).all()
    for id_, workflow, step, sealed, changed_at in rows:
        told = keys.unseal(house, sealed, f"draft {id_}")
        if told is not None:
            found.append(Draft(id_, workflow, step, [(name, value) for name, value in orjson.loads(told)], changed_at))
    return found


def let_go(house: House, actor: Actor, id_: str) -> None:
    """A draft goes: it was sent, or its writer throws it away. One that is gone already, or another's, is left alone."""
    with house.db.atomic() as session:
        session.execute(delete(draft).where(draft.c.id == id_, draft.c.person_id == actor.person_id))


def forget(house: House) -> None:
    """Let all drafts go whose time is over."""
    with house.db.atomic("all") as session:
        session.execute(delete(draft).where(draft.c.changed_at <= now() - KEPT))


__all__ = ["DAYS", "Draft", "begin", "change", "forget", "let_go", "of", "one"]

"""Requests beside cases that are carried out once: what was done is an event outside them, and the same request again does nothing."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select

from inspect_app.db import Session
from inspect_app.errors import KeyReused
from inspect_app.models import answered
from inspect_app.now import now
from inspect_app.services.house import House
from inspect_app.services.ledger import Key
from inspect_app.services.recording import append_outside
from workflows.acts import Actor


def was_done(session: Session, actor: Actor, key: Key | None) -> bool:
    """Whether this very request was carried out before. Raises `KeyReused` where the key belongs to another."""
    if key is None:
        return False
    before = session.execute(select(answered.c.request).where(answered.c.actor == actor.id, answered.c.key == key.key)).scalar()
    if before not in (None, key.request):
        raise KeyReused
    return before is not None


def note(session: Session, house: House, stream: str, actor: Actor, what: str, facts: dict[str, Any], key: Key | None) -> None:
    """Write what was done into the history of this kind, in the transaction that does it; with `key`, so that it is not done again."""
    event = append_outside(session, house.log, stream, actor, what, facts, now())
    if key is not None:
        session.execute(insert(answered).values(actor=actor.id, key=key.key, request=key.request, case_id=0, event=event, created_at=now()))

"""The administrative history: every change to the organisation, to rights and to accounts is an event of the same kind as a case's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inspect_app.db import Session
from inspect_app.now import now
from inspect_app.services.house import House
from inspect_app.services.recording import append_outside
from workflows.acts import Actor

STREAM = "organisation"


def note(session: Session, house: House, actor: Actor, what: str, facts: Mapping[str, Any]) -> str:
    """Write one administrative act, in the transaction that carries it out, and return its event's identifier. `what` is an imperative
    such as `add_unit`; `facts` are plain values, never a secret. Raises nothing of its own."""
    return append_outside(session, house.log, STREAM, actor, what, dict(facts), now())

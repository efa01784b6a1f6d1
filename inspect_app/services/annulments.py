"""A sanction was annulled: decisions elsewhere that had counted it as a repetition are marked for review, each by an event of the system."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import exists, select

from inspect_app.db import Session
from inspect_app.errors import NotNow, Refused, Stale
from inspect_app.models import cases, event, sanction
from inspect_app.services import casework
from inspect_app.services.deciding import acts_of
from inspect_app.services.house import House
from inspect_app.services.said import said
from workflows.acts import SYSTEM, Act
from workflows.guards_decision import REPEATED

FLAG = "earlier_annulled"


def round_of(house: House) -> int:
    """Mark every decision that rests on a sanction annulled since it was last marked; returns how many were. Only the decision is told of it,
    in its own case: nothing lists one person's matters."""
    with house.db.reading("all") as session:
        waiting = [uid for uid, rests in _resting(session) if rests]
    return sum(_mark(house, uid) for uid in dict.fromkeys(waiting))


def _resting(session: Session) -> list[tuple[str, bool]]:
    """Decisions about a person that came after another about them which was annulled later, and whether they counted it."""
    gone, later, ended, marked = sanction.alias("gone"), sanction.alias("later"), event.alias("ended"), event.alias("marked")
    seen = exists().where(marked.c.stream_id == later.c.case_id, marked.c.trigger == FLAG, marked.c.recorded_at >= ended.c.recorded_at)
    before = cases.alias("before")
    query = (select(cases.c.uid, gone.c.case_id, later.c.case_id).distinct()
             .join(later, later.c.case_id == cases.c.id)
             .join(gone, (gone.c.person_id == later.c.person_id) & (gone.c.case_id != later.c.case_id) & (gone.c.id < later.c.id))
             .join(before, (before.c.id == gone.c.case_id) & (before.c.rehearsal == cases.c.rehearsal))
             .join(ended, (ended.c.stream_id == gone.c.case_id) & (ended.c.seq == gone.c.ended_seq))
             .where(gone.c.ended_as == "revoked", later.c.ended_as.is_(None) | (later.c.ended_as == "spent"), ~seen)
             .order_by(later.c.case_id, gone.c.case_id))
    return [(uid, _counts(said(session, other), said(session, case_id))) for uid, other, case_id in session.execute(query).all()]


def _counts(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether the later matter counted the earlier one: it is called repeated, under a provision of both."""
    return REPEATED in (after.get("aggravating") or ()) and bool({norm for _, norm in acts_of(before)} & {norm for _, norm in acts_of(after)})


def _mark(house: House, uid: str) -> bool:
    try:
        casework.fire(house, uid, Act(FLAG, SYSTEM))
    except (NotNow, Refused, Stale):
        return False
    return True

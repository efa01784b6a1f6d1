"""Whether somebody recorded the very same a moment ago: a browser that goes back gives what was typed again, under a new key. Reads only."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from inspect_app.errors import NotFound
from inspect_app.models import answered, cases
from inspect_app.now import now
from inspect_app.services import queries
from inspect_app.services.house import House
from inspect_app.services.queries import CaseRow
from workflows.acts import Actor

MOMENT = 600_000_000
"""So long (µs) the same is taken for a repetition."""


def just_now(house: House, actor: Actor, same: Callable[[str], str]) -> CaseRow | None:
    """The newest case that this actor opened within the moment by the same request; `same` gives the hash of the request as it would have been
    under an earlier key. None where they may not see it any more."""
    with house.db.reading("all") as session:
        rows = session.execute(select(answered.c.key, answered.c.request, cases.c.uid).join(cases, cases.c.id == answered.c.case_id)
                               .where(answered.c.actor == actor.id, answered.c.created_at > now() - MOMENT)
                               .order_by(answered.c.created_at.desc())).all()
    uid = next((uid for key, request, uid in rows if same(key) == request), None)
    try:
        return queries.case(house, actor, uid) if uid is not None else None
    except NotFound:
        return None

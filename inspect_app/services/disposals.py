"""Cases that were disposed of: who had known of them is told so; for everybody else there never was such a case."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from config import BadSetting
from inspect_app.access.parts import Viewer, reached_by
from inspect_app.errors import Disposed
from inspect_app.models import cases, knew
from inspect_app.services import keys
from inspect_app.services.house import House


def tell(house: House, viewer: Viewer, uid: str, fast: Iterable[str]) -> None:
    """Raises `Disposed` where this case was disposed of and the viewer had known of it, or is granted what reaches it; else returns."""
    c = cases.c
    with house.db.reading("all") as session:
        found = session.execute(select(c.id, c.number, c.disposed_at, c.disposed_under).where(c.uid == uid, c.disposed_at.is_not(None))).first()
        if found is None or viewer.actor.person_id is None:
            return
        reached = session.execute(select(c.id).where(c.id == found.id, reached_by(viewer, fast))).first() is not None
        mine = _marks(house, uid, viewer.actor.id)
        if reached or session.execute(select(knew.c.mark).where(knew.c.case_id == found.id, knew.c.mark.in_(mine))).first() is not None:
            raise Disposed(found.number, found.disposed_at, found.disposed_under)


def marked(case: str, uid: str) -> str:
    """What a mark is made of."""
    return f"knew {case} {uid}"


def _marks(house: House, uid: str, person: str) -> list[str]:
    """The marks that this person may have in this case: one for every key that is kept."""
    try:
        return keys.peppered_by_all(house, marked(uid, person))
    except BadSetting:
        return []


__all__ = ["marked", "tell"]

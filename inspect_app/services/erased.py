"""Reading the acts by which content goes or stays."""

from __future__ import annotations

from inspect_app.audit.erased import Erased, KeepingAct, read
from inspect_app.db import Fixed, Session
from inspect_app.models.event import KEEPS

_FROM = """SELECT e.stream_id, e.seq, e."trigger", e.actor, e.on_behalf_of, e.recorded_for, e.recorded_at, x.body
  FROM event e JOIN cases c ON c.id = e.stream_id LEFT JOIN content x ON x.event_id = e.event_id AND x.subject_id = 0"""
_ACTS = Fixed(f"{_FROM} WHERE e.{KEEPS} ORDER BY e.stream_id, e.seq")


def erasing_acts(session: Session) -> Erased:
    """What the acts of every case took out of contents."""
    return read(KeepingAct(*row) for row in _ACTS.run(session, {}))

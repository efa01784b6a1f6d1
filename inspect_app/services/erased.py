"""Reading the acts by which content goes or stays."""

from __future__ import annotations

from inspect_app.audit.erased import Erased, KeepingAct, read, read_forgetting
from inspect_app.db import Fixed, Session
from inspect_app.models.event import KEEPS

_FROM = """SELECT e.stream_id, e.seq, e."trigger", e.actor, e.on_behalf_of, e.recorded_for, e.recorded_at, x.body
  FROM event e JOIN cases c ON c.id = e.stream_id LEFT JOIN content x ON x.event_id = e.event_id AND x.subject_id = 0"""
_ACTS = Fixed(f"{_FROM} WHERE e.{KEEPS} ORDER BY e.stream_id, e.seq")


_OF_ORGANISATION = Fixed("""SELECT e.stream_id, e.seq, e."trigger", e.actor, e.on_behalf_of, e.recorded_for, e.recorded_at, x.body
  FROM stream s JOIN event e ON e.stream_id = s.id LEFT JOIN content x ON x.event_id = e.event_id AND x.subject_id = 0
  WHERE s.kind = 'organisation' AND e."trigger" IN ('propose_forgetting', 'decline_forgetting', 'forget_person', 'forget_person_again')
  ORDER BY e.stream_id, e.seq""")


def erasing_acts(session: Session) -> Erased:
    """What the acts of every case, and those of administration, took out of contents."""
    done = read(KeepingAct(*row) for row in _ACTS.run(session, {}))
    read_forgetting((KeepingAct(*row) for row in _OF_ORGANISATION.run(session, {})), done)
    return done

"""Reading events back: each as the ledger gave it, its inputs from the content its commitments stand for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from inspect_app.audit.envelope import disclosed
from inspect_app.db import Fixed, Session, together
from inspect_app.errors import NotFound
from inspect_app.now import now
from inspect_app.services.house import House
from inspect_app.services.ledger import Event
from inspect_app.services.said import data_of
from inspect_app.services.taken import look
from workflows.acts import Actor
from workflows.calendar import day_of

_COLUMNS = """e.id, c.uid, c.number, e.seq, e.position, e."trigger", e."before", e."after", e.actor, e.role, e.occurred_at, e.zone, e.recorded_at,
  e.leaf, e.origin, e.fits, e.late, e.on_behalf_of, e.recorded_for, x.body"""
_JOIN = "FROM event e JOIN cases c ON c.id = e.stream_id LEFT JOIN content x ON x.event_id = e.event_id AND x.subject_id = 0"
_ONE = Fixed(f"SELECT {_COLUMNS} {_JOIN} WHERE e.id = :id")
_SOME = Fixed(f"SELECT e.event_id, {_COLUMNS} {_JOIN} WHERE e.event_id AMONG :ids")
_OF_CASE = Fixed(f"SELECT {_COLUMNS} {_JOIN} WHERE e.stream_id = :case AND e.seq > :after ORDER BY e.seq LIMIT :limit")
_OF_DOSSIER = Fixed(f"SELECT {_COLUMNS} {_JOIN} WHERE e.dossier_id = :dossier AND e.position > :after ORDER BY e.position LIMIT :limit")


def _event(row: tuple[Any, ...]) -> Event:
    (id_, case, number, seq, position, trigger, before, after, actor, role, occurred_at, zone, recorded_at, leaf, origin, fits, late, on_behalf_of,
     recorded_for, body) = row
    fields = disclosed(body) if body else {}
    return Event(id=id_, case=case, number=number, seq=seq, position=position, trigger=trigger, before=before, after=after, actor=actor, role=role,
                 occurred_at=occurred_at, zone=zone, recorded_at=recorded_at, leaf=leaf.hex(), origin=origin, fits=bool(fits), late=bool(late),
                 overdue=bool(fields.get("overdue")),
                 on_behalf_of=on_behalf_of, recorded_for=recorded_for, data=data_of(fields),
                 guards=tuple((code, ok) for code, ok in fields.get("guards", ())))


def event_by_id(session: Session, house: House, id_: str, actor: Actor) -> Event:
    """One event, to whoever was told of it before, if its case is still theirs to see. Raises `NotFound`."""
    rows = _ONE.run(session, {"id": id_})
    if not rows:
        raise NotFound
    event = _event(rows[0])
    look(session, house, event.case, actor, day_of(now(), house.zone), again=True)
    return event


def events_by_number(session: Session, numbers: Sequence[int]) -> dict[int, Event]:
    """These events, by their numbers in the table; whoever asks may know of their cases."""
    return {row[0]: _event(row[1:]) for row in _SOME.run(session, {"ids": together(numbers)})} if numbers else {}


def events_of(session: Session, case_id: int, after: int = 0, limit: int = 1_000_000) -> Iterator[Event]:
    """The events of a case, oldest first, from after `after`."""
    return map(_event, _OF_CASE.run(session, {"case": case_id, "after": after, "limit": limit}))


def events_of_dossier(session: Session, dossier_id: int, after: int = 0, limit: int = 1_000_000) -> Iterator[Event]:
    """The events of all cases of a dossier in their one order."""
    return map(_event, _OF_DOSSIER.run(session, {"dossier": dossier_id, "after": after, "limit": limit}))

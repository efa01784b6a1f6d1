"""Recomputing every case from its events. Reads only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import select

from inspect_app.audit.replay import Difference, EventRow, StreamRow, Table, replay
from inspect_app.db import Fixed, Session
from inspect_app.models import definition
from inspect_app.services.house import House

STREAMS_AT_ONCE = 500
MOST_LISTED = 1000
"""So many differences are listed; all are counted."""

_STREAMS = Fixed("""SELECT s.id, s.cid, s.kind, s.seq, s.head, c.number, c.definition, c.state, c.seq, c.is_open
  FROM stream s LEFT JOIN cases c ON c.id = s.id WHERE s.id > :after ORDER BY s.id LIMIT :limit""")
_EVENTS = Fixed("""SELECT stream_id, seq, envelope, leaf, "trigger", "before", "after", role, origin, fits FROM event
  WHERE stream_id > :after AND stream_id <= :last ORDER BY stream_id, seq""")
_DOSSIERS = Fixed("""
  SELECT d.uid, d.position, COUNT(e.event_id), COALESCE(MAX(e.position), 0), COALESCE(MIN(e.position), 1)
  FROM dossier d LEFT JOIN event e ON e.dossier_id = d.id GROUP BY d.id, d.uid, d.position
  HAVING COUNT(e.event_id) <> d.position OR COALESCE(MAX(e.position), 0) <> d.position
    OR COALESCE(MIN(e.position), 1) <> 1
  ORDER BY d.id""")
_ASTRAY = Fixed(
    """SELECT COUNT(*) FROM event e JOIN cases c ON c.id = e.stream_id
  WHERE e.dossier_id IS NULL OR e.dossier_id <> c.dossier_id"""
)


@dataclass
class Replayed:
    """What was recomputed, and every difference."""

    streams: int = 0
    events: int = 0
    found: int = 0
    differences: list[Difference] = field(default_factory=list)

    def add(self, difference: Difference) -> None:
        self.found += 1
        if len(self.differences) < MOST_LISTED:
            self.differences.append(difference)


def replay_all(house: House) -> Replayed:
    """Recompute every stream, case and dossier of the installation in one snapshot."""
    done = Replayed()
    log = house.log
    with house.db.snapshot("all") as session:
        rows = session.execute(select(definition.c.hash, definition.c.law).where(definition.c.kind == "workflow"))
        laws = {law_hash: Table.read(law) for law_hash, law in rows}
        for streams, events in _portions(session):
            done.streams += len(streams)
            done.events += len(events)
            for difference in replay(streams, events, laws, log):
                done.add(difference)
        for uid, position, count, last, first in _DOSSIERS.run(session, {}):
            done.add(
                Difference(
                    f"dossier {uid}",
                    0,
                    f"it stands at position {position}, its {count} events run from {first} to {last}",
                )
            )
        astray = _ASTRAY.run(session, {})[0][0]
        if astray:
            done.add(Difference("dossiers", 0, f"{astray} events stand in another dossier than their case"))
    return done


def _portions(session: Session) -> Iterator[tuple[list[StreamRow], list[EventRow]]]:
    after = 0
    while rows := _STREAMS.run(session, {"after": after, "limit": STREAMS_AT_ONCE}):
        streams = [StreamRow(*row) for row in rows]
        last = streams[-1].id
        yield streams, [EventRow(*row) for row in _EVENTS.run(session, {"after": after, "last": last})]
        after = last

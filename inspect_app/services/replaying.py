"""Recomputing every case from its events. Reads only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import orjson
from sqlalchemy import select

from inspect_app.audit.clocks import ActRow, ClockRow, replay_clocks, values_of
from inspect_app.audit.replay import Difference, EventRow, StreamRow, Table, replay
from inspect_app.db import Fixed, Session
from inspect_app.models import definition
from inspect_app.services.house import House
from workflows.clocks import Calendar, read_calendar
from workflows.timekeeping import Law, read_law

STREAMS_AT_ONCE = 500
MOST_LISTED = 1000
"""So many differences are listed; all are counted."""

_STREAMS = Fixed("""SELECT s.id, s.cid, s.kind, s.seq, s.head, c.number, c.definition, c.state, c.seq, c.is_open
  FROM stream s LEFT JOIN cases c ON c.id = s.id WHERE s.id > :after ORDER BY s.id LIMIT :limit""")
_EVENTS = Fixed("""SELECT stream_id, seq, envelope, leaf, "trigger", "before", "after", role, origin, fits FROM event
  WHERE stream_id > :after AND stream_id <= :last ORDER BY stream_id, seq""")
_TIMED = Fixed("""SELECT id, number, definition, ruleset FROM cases c WHERE id > :after AND id <= :last AND disposed_at IS NULL
  AND EXISTS (SELECT 1 FROM event e WHERE e.stream_id = c.id AND e.origin = 'act')
  AND NOT EXISTS (SELECT 1 FROM clock k WHERE k.case_id = c.id AND k.grounds IS NULL) ORDER BY id""")
_ACTS = Fixed("""SELECT e.stream_id, e.seq, e."trigger", e."before", e."after", e.occurred_at, e.recorded_at, c.body
  FROM event e LEFT JOIN content c ON c.event_id = e.event_id AND c.subject_id = 0
  WHERE e.stream_id > :after AND e.stream_id <= :last AND e.origin = 'act' AND e.fits ORDER BY e.stream_id, e.seq""")
_CLOCKS = Fixed("""SELECT case_id, name, "limit", times, started_seq, due_at, "then", status FROM clock
  WHERE case_id > :after AND case_id <= :last ORDER BY case_id, id""")
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
    logs = house.log_names
    with house.db.snapshot("all") as session:
        kept = Laws.read(session, house)
        laws = {law_hash: Table.read(law) for law_hash, law in kept.workflows.items()}
        for streams, events in _portions(session):
            done.streams += len(streams)
            done.events += len(events)
            for difference in replay(streams, events, laws, *logs):
                done.add(difference)
            for difference in clocks_differ(session, kept, streams[0].id - 1, streams[-1].id):
                done.add(difference)
        for difference in dossiers_differ(session):
            done.add(difference)
    return done


def dossiers_differ(session: Session) -> Iterator[Difference]:
    """What differs between dossiers and the events that stand in them."""
    for uid, position, count, last, first in _DOSSIERS.run(session, {}):
        yield Difference(f"dossier {uid}", 0, f"it stands at position {position}, its {count} events run from {first} to {last}")
    if astray := _ASTRAY.run(session, {})[0][0]:
        yield Difference("dossiers", 0, f"{astray} events stand in another dossier than their case")


def _portions(session: Session) -> Iterator[tuple[list[StreamRow], list[EventRow]]]:
    after = 0
    while rows := _STREAMS.run(session, {"after": after, "limit": STREAMS_AT_ONCE}):
        streams = [StreamRow(*row) for row in rows]
        last = streams[-1].id
        yield streams, [EventRow(*row) for row in _EVENTS.run(session, {"after": after, "last": last})]
        after = last


@dataclass
class Laws:
    """The laws that are kept, by hash, as time limits need them."""

    house: House
    workflows: Mapping[str, bytes]
    rulesets: Mapping[str, dict[str, Any]]
    calendars: Mapping[str, Calendar]
    made: dict[tuple[str, str], Law] = field(default_factory=dict)

    @classmethod
    def read(cls, session: Session, house: House) -> Laws:
        return cls.of(house, session.execute(select(definition.c.kind, definition.c.hash, definition.c.law)).all())

    @classmethod
    def of(cls, house: House, rows: Sequence[tuple[str, str, bytes]]) -> Laws:
        """From rows: kind, hash, law."""
        by_kind = {kind: {law_hash: law for k, law_hash, law in rows if k == kind} for kind in ("workflow", "ruleset", "calendar")}
        return cls(house, by_kind["workflow"], {h: values_of(orjson.loads(law)) for h, law in by_kind["ruleset"].items()},
                   {h: read_calendar(law) for h, law in by_kind["calendar"].items()})

    def law(self, workflow: str, ruleset: str) -> Law:
        if (workflow, ruleset) not in self.made:
            self.made[workflow, ruleset] = read_law(self.workflows[workflow], self.rulesets[ruleset], self.house.zone)
        return self.made[workflow, ruleset]


def clocks_differ(session: Session, kept: Laws, after: int, last: int) -> Iterator[Difference]:
    """What differs between the time limits of these cases and what their acts make of them. Rows older than calendars are left out."""
    portion = {"after": after, "last": last}
    acts = {id_: [ActRow(*row[1:]) for row in rows] for id_, rows in groupby(_ACTS.run(session, portion), key=lambda row: row[0])}
    clocks = {id_: [ClockRow(*row[1:]) for row in rows] for id_, rows in groupby(_CLOCKS.run(session, portion), key=lambda row: row[0])}
    for id_, number, workflow, ruleset in _TIMED.run(session, portion):
        if workflow in kept.workflows and ruleset in kept.rulesets:
            yield from replay_clocks(kept.law(workflow, ruleset), acts.get(id_, []), clocks.get(id_, []), number, kept.calendars.get)

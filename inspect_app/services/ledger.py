"""The ledger: the one writer of events, and of `state` and `seq`, which mirror the newest event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, NamedTuple

from uuid_utils import uuid7

from inspect_app.audit.envelope import Sealed, b64url, seal
from inspect_app.db import Fixed, Session
from inspect_app.errors import Stale
from inspect_app.services.taken import Taken
from workflows.acts import Act, Actor
from workflows.errors import Verdict
from workflows.roles import UNNAMED


class Event(NamedTuple):
    """One event as the doors show it. Moments are µs since 1970 UTC."""

    id: str
    case: str
    number: str
    seq: int
    position: int
    trigger: str
    before: str
    after: str
    actor: str
    role: str
    occurred_at: int
    zone: str
    recorded_at: int
    leaf: str
    origin: str = "act"
    fits: bool = True
    late: bool = False
    overdue: bool = False
    on_behalf_of: str | None = None
    recorded_for: str | None = None
    data: Mapping[str, Any] = MappingProxyType({})
    guards: Sequence[tuple[str, bool]] = ()


@dataclass(frozen=True, slots=True)
class Key:
    """An Idempotency-Key, with the hash of the request it came with."""

    key: str
    request: str


_APPEND_EVENT = """INSERT INTO event (id, stream_id, seq, envelope, leaf, dossier_id, position, "trigger", "before", "after", actor, role,
  on_behalf_of, recorded_for, occurred_at, zone, late, recorded_at, origin, fits)"""
_EVENT_VALUES = """:id, {stream}, :seq, :envelope, :leaf, :dossier, :position, :trigger, :before, :after, :actor, :role,
  :on_behalf_of, :recorded_for, :occurred_at, :zone, :late, :at, :origin, :fits"""

_APPEND_POSTGRESQL = Fixed("", f"""
WITH s AS (UPDATE stream SET seq = :seq, head = :leaf, at = :at WHERE id = :stream AND seq = :seq - 1 RETURNING id),
 d AS (UPDATE dossier SET position = :position FROM s WHERE dossier.id = :dossier),
 c AS (UPDATE cases SET state = :after, seq = :seq, is_open = :is_open, put_away = :put_away, updated_at = :at FROM s WHERE cases.id = s.id),
 e AS ({_APPEND_EVENT} SELECT {_EVENT_VALUES.format(stream="(SELECT id FROM s)")} RETURNING event_id),
 x AS (INSERT INTO content (event_id, subject_id, body) SELECT event_id, 0, :body FROM e),
 p AS (INSERT INTO log_pending (event_id) SELECT event_id FROM e),
 a AS (INSERT INTO answered (actor, key, request, case_id, event, created_at)
       SELECT :asker, CAST(:key AS varchar), CAST(:request AS varchar), s.id, :id, :at FROM s WHERE CAST(:key AS varchar) IS NOT NULL)
SELECT event_id FROM e""")
"""An event of no stream may not be: where the case has moved meanwhile, all of it fails."""

_MIRROR_STREAM = Fixed("UPDATE stream SET seq = :seq, head = :leaf, at = :at WHERE id = :stream AND seq = :seq - 1")
_MIRROR_DOSSIER = Fixed("UPDATE dossier SET position = :position WHERE id = :dossier")
_MIRROR_CASE = Fixed("UPDATE cases SET state = :after, seq = :seq, is_open = :is_open, put_away = :put_away, updated_at = :at "
                     "WHERE id = :stream")
_EVENT = Fixed(f"{_APPEND_EVENT} VALUES ({_EVENT_VALUES.format(stream=':stream')})")
_CONTENT = Fixed("INSERT INTO content (event_id, subject_id, body) VALUES (last_insert_rowid(), 0, :body)")
_PENDING = Fixed("INSERT INTO log_pending (event_id) SELECT event_id FROM event WHERE stream_id = :stream AND seq = :seq")
_ANSWERED = Fixed("INSERT INTO answered (actor, key, request, case_id, event, created_at) VALUES (:asker, :key, :request, :stream, :id, :at)")

_HIDE = Fixed("""UPDATE cases SET hidden = NOT hidden WHERE dossier_id = :dossier
  AND hidden <> (put_away AND NOT EXISTS (SELECT 1 FROM cases o WHERE o.dossier_id = :dossier AND o.is_open))""")


def hide(session: Session, dossier_id: int) -> None:
    """Say anew which cases of a dossier are hidden; its row is locked. For whoever opened, ended or put away a case of it."""
    _HIDE.run_later(session, {"dossier": dossier_id})


def _moves_what_is_hidden(taken: Taken, after: str) -> bool:
    """Whether this step may hide or show a case of the dossier: only its first and its last ones do."""
    told = taken.workflow
    return (told.is_final(taken.state), told.is_put_away(taken.state)) != (told.is_final(after), told.is_put_away(after)) or (
        taken.seq == 0 and taken.parent_id is not None)


def fields_of(taken: Taken, act: Act, *, before: str, after: str, role: str, occurred_at: int, origin: str, position: int,
              verdicts: Sequence[Verdict], parent: Mapping[str, Any] | None, opened: Sequence[str],
              calendar: str | None = None) -> list[tuple[str, Any]]:
    """The facts an event commits to, each under its own name."""
    fields: list[tuple[str, Any]] = [
        ("trigger", act.trigger), ("before", before), ("after", after), ("actor", act.actor.id), ("role", role),
        ("occurred_at", occurred_at), ("zone", act.zone), ("origin", origin), ("dossier", taken.dossier), ("position", position),
        ("ruleset", taken.ruleset.law_hash), ("guards", [[v.code, v.ok] for v in verdicts])]
    if act.on_behalf_of:
        fields.append(("on_behalf_of", act.on_behalf_of))
    if act.recorded_for:
        fields.append(("recorded_for", act.recorded_for))
    if act.late:
        fields.append(("late", True))
    if act.overdue:
        fields.append(("overdue", True))
    if calendar:
        fields.append(("calendar", calendar))
    if act.clock:
        fields.append(("clock", list(act.clock)))
    if parent:
        fields.append(("parent", dict(parent)))
    if opened:
        fields.append(("opened", list(opened)))
    for name, value in act.data.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            fields.append((f"data.{name}", len(value)))
            fields += [(f"data.{name}.{n}", row) for n, row in enumerate(value, 1)]
        else:
            fields.append((f"data.{name}", value))
    return fields


def append(session: Session, log: str, taken: Taken, act: Act, *, after: str, role: str, now: int, verdicts: Sequence[Verdict],
           key: Key | None = None, parent: Mapping[str, Any] | None = None, opened: Sequence[str] = (), calendar: str | None = None) -> Event:
    """Write one event and its mirrors. `taken` moves on with it. Raises `Stale` where the case has moved meanwhile. `calendar` is the hash
    of the one by which days are counted in it.

    What a reporter does is told by the part alone: neither the event nor what it commits to says who it was."""
    asker = act.actor.id
    act = replace(act, actor=Actor(role, role)) if role in UNNAMED else act
    at = max(now, taken.at + 1)
    seq, position = taken.seq + 1, taken.position + 1
    occurred_at = now if act.occurred_at is None else act.occurred_at
    sealed: Sealed = seal(log=log, cid=taken.cid, seq=seq, prev=taken.head, at=at, wf=taken.workflow.law_hash,
                          fields=fields_of(taken, act, before=taken.state, after=after, role=role, occurred_at=occurred_at, origin="act",
                                           position=position, verdicts=verdicts, parent=parent, opened=opened, calendar=calendar))
    uid = str(uuid7())
    values = {"id": uid, "stream": taken.id, "seq": seq, "envelope": sealed.envelope, "leaf": sealed.leaf, "body": sealed.body,
              "dossier": taken.dossier_id, "position": position, "trigger": act.trigger, "before": taken.state, "after": after,
              "actor": act.actor.id, "asker": asker, "role": role, "on_behalf_of": act.on_behalf_of, "recorded_for": act.recorded_for,
              "occurred_at": occurred_at, "zone": act.zone, "late": act.late, "at": at, "origin": "act", "fits": True,
              "is_open": not taken.workflow.is_final(after), "put_away": taken.workflow.is_put_away(after),
              "key": key.key if key else None, "request": key.request if key else None}
    if session.dialect.name == "postgresql":
        _APPEND_POSTGRESQL.run_later(session, values, otherwise=Stale(taken.seq, seq))
    else:
        if _MIRROR_STREAM.changed(session, values) != 1:
            raise Stale(taken.seq, taken.seq + 1)
        _EVENT.run(session, values)
        _CONTENT.run(session, values)
        _PENDING.run(session, values)
        _MIRROR_DOSSIER.run(session, values)
        _MIRROR_CASE.run(session, values)
        if key is not None:
            _ANSWERED.run(session, values)
    if _moves_what_is_hidden(taken, after):
        hide(session, taken.dossier_id)
    event = Event(id=uid, case=taken.uid, number=taken.number, seq=seq, position=position, trigger=act.trigger, before=taken.state,
                  after=after, actor=act.actor.id, role=role, occurred_at=occurred_at, zone=act.zone, recorded_at=at,
                  leaf=sealed.leaf.hex(), late=act.late, overdue=act.overdue, on_behalf_of=act.on_behalf_of, recorded_for=act.recorded_for,
                  data=dict(act.data), guards=tuple((v.code, bool(v.ok)) for v in verdicts))
    taken.state, taken.seq, taken.position, taken.head, taken.at = after, seq, position, sealed.leaf, at
    return event


def link_to(taken: Taken) -> dict[str, Any]:
    """What the first event of a child says of the event that opened it: its case and its hash."""
    return {"cid": b64url(taken.cid), "leaf": b64url(taken.head)}

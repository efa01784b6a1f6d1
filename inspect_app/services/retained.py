"""How a case is kept, read from its history: holds, proposals, when it is due, and what of it could be erased."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import orjson
from sqlalchemy import or_, select

from inspect_app.access.reading import declared
from inspect_app.audit.envelope import digest_of
from inspect_app.audit.erased import WHO
from inspect_app.db import Fixed, Session
from inspect_app.models import case_read, content, event, person, stream
from inspect_app.models.event import KEEPS
from inspect_app.services.house import House
from inspect_app.services.taken import Taken
from workflows import retention
from workflows.acts import FieldFact, KeepingFact, ProposalFact
from workflows.calendar import day_of
from workflows.inputs import Computed, Day, Input, Klass, Many, Person, Text
from workflows.retention import Due, Ended
from workflows.roles import PERSONAL

_FROM = """SELECT e."trigger", e.actor, COALESCE(e.recorded_for, e.on_behalf_of, e.actor), x.body FROM event e
  LEFT JOIN content x ON x.event_id = e.event_id AND x.subject_id = 0"""
_STEPS = Fixed(f"{_FROM} WHERE e.stream_id = :id AND e.{KEEPS} ORDER BY e.seq")
_ENDED = Fixed("""SELECT c.id, c.definition, c.ruleset, c.state, c.disposed_at,
  (SELECT MAX(CASE WHEN e.origin = 'act' THEN e.recorded_at ELSE e.occurred_at END) FROM event e
   WHERE e.stream_id = c.id AND (e."before" <> e."after" OR e.seq = 1)) FROM cases c WHERE c.dossier_id = :dossier ORDER BY c.id""")
_BODIES = Fixed("""SELECT e.seq, e."trigger", e.origin, x.body FROM event e JOIN content x ON x.event_id = e.event_id AND x.subject_id = 0
  WHERE e.stream_id = :id ORDER BY e.seq""")
_ROW = Fixed("""SELECT title, reference, EXISTS (SELECT 1 FROM case_role r WHERE r.case_id = c.id AND r.role = 'reporter')
  OR EXISTS (SELECT 1 FROM receipt_code k WHERE k.case_id = c.id) FROM cases c WHERE c.id = :id""")
_FILES = Fixed("SELECT seq, sha256 FROM evidence WHERE case_id = :id AND stored_as IS NOT NULL ORDER BY n")
_RECORDS = Fixed("""SELECT o.uid FROM person p JOIN person o ON COALESCE(o.same_as_id, o.id) = COALESCE(p.same_as_id, p.id) WHERE p.uid = :uid""")
WORDED = {"ask_unredacted": frozenset({"data.reason"}), "explain": frozenset({"data.person"})}
"""Accesses that are told with more than who read what, and which of their fields go with the case."""


def keeping(session: Session, house: House, taken: Taken, today: date) -> KeepingFact:
    """How a case is kept, on this day."""
    return keeping_of(session, house, taken.id, taken.dossier_id, today, taken.disposed_at is not None)


def keeping_of(session: Session, house: House, case_id: int, dossier_id: int, today: date, disposed: bool = False) -> KeepingFact:
    """The same, by the numbers of a case and its dossier."""
    acts = _STEPS.run(session, {"id": case_id})
    due = due_of(session, house, dossier_id, case_id)
    return KeepingFact(retention.holds(row[0] for row in acts), _proposal(session, acts), due.on if due else None, due.key if due else "",
                       retention.is_due(due, today), disposed)


def _proposal(session: Session, acts: list[tuple[Any, ...]]) -> ProposalFact | None:
    last = next((row for row in reversed(acts) if row[0] in (*retention.PROPOSALS, *retention.ENDS_PROPOSAL)), None)
    if last is None or last[0] not in retention.PROPOSALS:
        return None
    trigger, actor, speaker, body = last
    said = {name: value for _, name, value in orjson.loads(body)} if body else {}
    rows = [value for name, value in said.items() if name.startswith("data.pieces.") and isinstance(value, dict)]
    pieces = tuple((int(row["seq"]), str(row["field"]), row.get("instead")) for row in rows)
    return ProposalFact(trigger, records(session, actor, speaker), actor, pieces, str(said.get("data.basis") or ""))


def records(session: Session, *uids: str) -> frozenset[str]:
    """These identifiers, with every other record of the same persons."""
    return frozenset(uids) | {row[0] for uid in dict.fromkeys(uids) for row in _RECORDS.run(session, {"uid": uid})}


def ended_in(session: Session, house: House, dossier_id: int) -> dict[int, Ended | None]:
    """Each case of a dossier, as it ended; None for one that is under way. Those that were disposed of are left out."""
    found: dict[int, Ended | None] = {}
    for id_, definition, ruleset, state, disposed_at, at in _ENDED.run(session, {"dossier": dossier_id}):
        workflow = house.law(definition)
        if disposed_at is not None:
            continue
        if not workflow.is_final(state) or at is None:
            found[id_] = None
            continue
        kept = workflow.by_name[state].kept
        found[id_] = Ended(day_of(at, house.zone), kept, retention.period_of(house.rules(ruleset).values, kept))
    return found


def due_of(session: Session, house: House, dossier_id: int, case_id: int) -> Due | None:
    """When a case is due for disposal; None while a case of its dossier is under way."""
    every = ended_in(session, house, dossier_id)
    return retention.due_together(every.get(case_id), (one for id_, one in every.items() if id_ != case_id))


def fields(session: Session, house: House, taken: Taken, today: date) -> dict[tuple[int, str], FieldFact]:
    """Everything that the earlier events of a case disclose, and what of its row may be erased, by event and name."""
    final = taken.workflow.is_final(taken.state)
    found: dict[tuple[int, str], FieldFact] = {}
    for seq, trigger, origin, body in _BODIES.run(session, {"id": taken.id}):
        inputs = declared(taken.workflow, trigger)
        for salt, name, value in orjson.loads(body):
            may = bool(salt) and trigger not in retention.ACTS
            found[seq, name] = FieldFact(digest_of(salt, name, value), value, may and erasable(inputs, origin, name, value, final),
                                         columns(inputs, name, value, final) if may else frozenset())
    for seq, digest in _FILES.run(session, {"id": taken.id}):
        found[seq, "file"] = FieldFact("", digest, True)
    return found | _of_row(session, house, taken, today)


def triggers(session: Session, case_id: int) -> dict[int, str]:
    """With which act each event of a case came."""
    return {row[0]: row[1] for row in _BODIES.run(session, {"id": case_id})}


def _of_row(session: Session, house: House, taken: Taken, today: date) -> dict[tuple[int, str], FieldFact]:
    title, reference, reported = _ROW.run(session, {"id": taken.id})[0]
    found = {(0, "title"): FieldFact("", title, True)}
    if reference is not None:
        found[0, "reference"] = FieldFact("", reference, True)
    if reported and is_over(session, house, taken, retention.REPORTER, today):
        found[0, "reporter"] = FieldFact("", "", True)
    return found


def is_over(session: Session, house: House, taken: Taken, what: str, today: date) -> bool:
    """Whether the case ended so long ago that what goes by its own key of the ruleset is over."""
    ended = ended_in(session, house, taken.dossier_id).get(taken.id)
    period = retention.period_of(taken.ruleset.values, what)
    return ended is not None and retention.is_due(retention.due(ended._replace(kept=what, period=period)), today)


def erasable(inputs: Mapping[str, Input], origin: str, name: str, value: Any, final: bool) -> bool:
    """Whether a whole field may be erased: words, and in a case that has ended also what names persons or is delicate; never what time limits
    and the course of the case hang on."""
    if name.startswith(("x.", "trace.")) or (name in WHO and origin == "recorded" and bool(value)):
        return True
    part, _, rest = name.partition(".")
    if part != "data":
        return False
    named, _, row = rest.partition(".")
    i = inputs.get(named)
    if isinstance(i, Many):
        return bool(row) and final
    return i is None or _may(i, final)


def columns(inputs: Mapping[str, Input], name: str, value: Any, final: bool) -> frozenset[str]:
    """Which columns of a row may be erased."""
    i = inputs.get(name.split(".")[1]) if name.startswith("data.") else None
    return frozenset(c.name for c in i.of if _may(c, final)) if isinstance(i, Many) and isinstance(value, dict) else frozenset()


def _may(i: Input, final: bool) -> bool:
    if isinstance(i, (Day, Computed)):
        return False
    return isinstance(i, Text) or (final and (isinstance(i, Person) or i.klass is not Klass.PLAIN))


def files(session: Session, case_id: int) -> tuple[str, ...]:
    """The SHA-256 of every file of a case that is stored."""
    return tuple(str(row[1]) for row in _FILES.run(session, {"id": case_id}))


def elsewhere(session: Session, case_id: int, uid: str, number: str) -> tuple[str, ...]:
    """Commitments about a case in the history of accesses that say who somebody concerned was, or hold free words."""
    return tuple(digest_of(*one) for _, told, names in said_outside(session, case_id, uid, number) for one in told if one[0] and one[1] in names)


def said_outside(session: Session, case_id: int, uid: str, number: str) -> Iterator[tuple[int, list[Any], frozenset[str]]]:
    """The events of the history of accesses that speak of a case and of somebody it is about: their number, what they disclose, which fields say it.
    Who handled the case stays named: that is the access log, which has a time of its own."""
    r, concerned = case_read.c, [str(role) for role in PERSONAL]
    readers = select(person.c.uid).join(case_read, r.person_id == person.c.id).where(r.case_id == case_id, r.part.in_(concerned))
    query = (select(event.c.event_id, event.c.trigger, content.c.body).join(stream, stream.c.id == event.c.stream_id)
             .join(content, content.c.event_id == event.c.event_id)
             .where(stream.c.kind == "access", or_(event.c.actor.in_(readers), event.c.trigger.in_(WORDED))).order_by(event.c.event_id))
    for id_, trigger, body in session.execute(query):
        told = orjson.loads(body)
        if any(name == "data.case" and value in (uid, number) for _, name, value in told):
            by_them = any(name == "data.part" and value in concerned for _, name, value in told)
            yield int(id_), told, frozenset({"actor"} if by_them else set()) | WORDED.get(trigger, frozenset())


__all__ = ["due_of", "elsewhere", "ended_in", "fields", "files", "is_over", "keeping", "keeping_of", "records", "said_outside",
           "triggers"]

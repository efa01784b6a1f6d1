"""What is due, what is held, what is proposed: the work of those who keep content and let it go. They see numbers, kinds and fields, no words."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy import ColumnElement, exists, select

from inspect_app.access.conflicts import EVERY_PART
from inspect_app.access.parts import in_force, sees_everything
from inspect_app.audit.envelope import disclosed
from inspect_app.db import Fixed, Session
from inspect_app.errors import Disposed, NotFound
from inspect_app.models import cases, exclusion, person, role_grant, stream, unit, unit_above
from inspect_app.models.event import KEEPS
from inspect_app.services import queries, retained
from inspect_app.services.folding import folded
from inspect_app.services.house import House
from inspect_app.services.queries import today
from inspect_app.services.taken import Taken, look_kept
from workflows import retention
from workflows.acts import Actor, KeepingFact
from workflows.calendar import day_of
from workflows.definition import Workflow
from workflows.roles import Role

KEEPERS = (Role.DATA_OFFICER, Role.CHAIR)
MOST = 500
"""So many ended cases are looked at, those that nothing was done in for longest first."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A case as those see it who keep it. `proposed_by` is a name; `mine` says that the reader proposed it, in whatever record of them."""

    uid: str
    number: str
    workflow: Workflow
    unit: str | None
    state: str
    seq: int
    ended_on: date | None
    due_on: date | None
    rule: str
    is_due: bool
    held: bool
    proposed: str | None = None
    proposed_by: str | None = None
    mine: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """One field that may be erased, without its value: by its event and name, with the act it came with. `due` says that its own time is over."""

    seq: int
    name: str
    trigger: str
    due: bool


@dataclass(frozen=True, slots=True)
class Certificate:
    """What says that a case was disposed of. Names are None for readers who are told none."""

    uid: str
    number: str
    workflow: str
    disposed_on: date
    rule: str
    due_on: date | None
    through: int
    files: tuple[str, ...]
    leaf: str
    event: int
    proposed_by: str | None
    carried_out_by: str | None
    again: bool


def _within(house: House, actor: Actor) -> list[ColumnElement[bool]]:
    """The cases that this actor keeps: of the units of their grants, from which no wall keeps them out, and in no closed circle."""
    if sees_everything(actor):
        return []
    day, x = today(house), exclusion.c
    units = select(unit_above.c.unit_id).join(role_grant, role_grant.c.unit_id == unit_above.c.above_id).where(
        role_grant.c.person_id == actor.person_id, role_grant.c.role.in_([str(role) for role in KEEPERS]), in_force(role_grant, day))
    walled = exists().where(x.case_id == cases.c.id, x.person_id == actor.person_id, x.part == EVERY_PART, x.since_on <= day)
    return [cases.c.unit_id.in_(units), ~cases.c.closed_circle, ~walled]


_SELECT = (select(cases.c.uid, cases.c.number, cases.c.definition, unit.c.name, cases.c.state, cases.c.seq, cases.c.id, cases.c.dossier_id)
           .outerjoin(unit, unit.c.id == cases.c.unit_id).where(cases.c.disposed_at.is_(None)))
_STREAMS = "SELECT DISTINCT e.stream_id FROM event e JOIN cases c ON c.id = e.stream_id"
_MARKED = Fixed(f"{_STREAMS} WHERE e.{KEEPS} AND c.disposed_at IS NULL")


def due(house: House, actor: Actor, on: date | None = None) -> list[Kept]:
    """The ended cases that this actor keeps, the first to be due first, those that are never due last; and every case with a hold or a proposal."""
    day = on or today(house)
    with house.db.reading("all") as session:
        within = _within(house, actor)
        ended = session.execute(_SELECT.join(stream, stream.c.id == cases.c.id).where(~cases.c.is_open, *within)
                                .order_by(stream.c.at, cases.c.id).limit(MOST)).all()
        marked = [row[0] for row in _MARKED.run(session, {})]
        more = session.execute(_SELECT.where(cases.c.id.in_(marked), *within)).all() if marked else []
        rows = {row[6]: row for row in (*ended, *more)}
        found = [_kept(session, house, actor, row, day) for row in rows.values()]
    return sorted(found, key=lambda one: (one.due_on is None, one.due_on or day, one.number))


def _kept(session: Session, house: House, actor: Actor, row: Any, day: date) -> Kept:
    uid, number, definition, where, state, seq, id_, dossier_id = row
    fact = retained.keeping_of(session, house, id_, dossier_id, day)
    ended = retained.ended_in(session, house, dossier_id).get(id_)
    proposal = fact.proposal
    return Kept(uid, number, house.law(definition), where, state, seq, ended.on if ended else None, fact.due_on, fact.rule, fact.is_due, fact.held,
                proposal.trigger if proposal else None, _name(session, proposal.by) if proposal else None,
                proposal is not None and actor.id in proposal.people)


def _name(session: Session, uid: str) -> str:
    return str(session.execute(select(person.c.full_name).where(person.c.uid == uid)).scalar() or uid)


def one(house: House, actor: Actor, uid: str) -> tuple[Kept, list[Piece], KeepingFact]:
    """One case that this actor keeps, what of it may be erased, and how it stands. Raises `NotFound`, `Disposed`."""
    day = today(house)
    with house.db.reading("all") as session:
        row = session.execute(_SELECT.where(cases.c.uid == uid, *_within(house, actor))).first()
        if row is None:
            gone = session.execute(select(cases.c.number, cases.c.disposed_at, cases.c.disposed_under).where(
                cases.c.uid == uid, cases.c.disposed_at.is_not(None), *_within(house, actor))).first()
            raise NotFound if gone is None else Disposed(gone.number, gone.disposed_at, gone.disposed_under)
        taken = look_kept(session, house, uid, day)
        return (_kept(session, house, actor, row, day), _pieces(session, house, taken, day),
                retained.keeping(session, house, taken, day))


def _pieces(session: Session, house: House, taken: Taken, day: date) -> list[Piece]:
    over = retained.is_over(session, house, taken, retention.STATEMENT, day)
    triggers = retained.triggers(session, taken.id)
    found = []
    for (seq, name), fact in retained.fields(session, house, taken, day).items():
        names = [f"{name}.{column}" for column in sorted(fact.columns)]
        found += [Piece(seq, one, triggers.get(seq, ""), over and one.split(".")[-1] in ("statement", "words"))
                  for one in (([name] if fact.erasable else []) + names)]
    return sorted(found, key=lambda piece: (piece.seq, piece.name))


def find(house: House, actor: Actor, uid: str, words: str) -> list[Piece]:
    """The fields of a case that hold these words, without regard to case and diacritics: where somebody is named. Raises `NotFound`."""
    kept, pieces, _ = one(house, actor, uid)
    wanted, day = folded(words), today(house)
    with house.db.reading("all") as session:
        taken = look_kept(session, house, kept.uid, day)
        fields = retained.fields(session, house, taken, day)
    found = []
    for piece in pieces:
        if (piece.seq, piece.name) in fields:
            value = fields[piece.seq, piece.name].value
        else:
            base, _, column = piece.name.rpartition(".")
            value = fields[piece.seq, base].value.get(column)
        if wanted in folded(value if isinstance(value, str) else orjson.dumps(value).decode()):
            found.append(piece)
    return found


_FROM = """SELECT c.uid, c.number, c.definition, e.seq, e.leaf, e."trigger", e.actor, e.recorded_at, x.body, c.disposed_under
  FROM cases c JOIN event e ON e.stream_id = c.id JOIN content x ON x.event_id = e.event_id AND x.subject_id = 0"""
_CERTIFIED = Fixed(f"""{_FROM} WHERE c.uid = :uid AND c.disposed_at IS NOT NULL AND e.{KEEPS}
  AND e."trigger" IN ('dispose', 'dispose_again') ORDER BY e.seq LIMIT 1""")


def certificate(house: House, actor: Actor, uid: str) -> Certificate:
    """The certificate of a case that was disposed of, for whoever had known of it; names for those who keep its unit. Raises `NotFound`."""
    with house.db.reading("all") as session:
        rows = _CERTIFIED.run(session, {"uid": uid})
        if not rows:
            raise NotFound(f"There is no case {uid} here.")
        keeps = sees_everything(actor) or session.execute(select(cases.c.id).where(cases.c.uid == uid, *_within(house, actor))).first() is not None
        if not keeps:
            with suppress(Disposed):
                queries.case(house, actor, uid)
        return _certificate(session, house, rows[0], keeps)


def _certificate(session: Session, house: House, row: tuple[Any, ...], keeps: bool) -> Certificate:
    uid, number, definition, seq, leaf, trigger, actor, at, body, rule = row
    said = disclosed(body)
    due = said.get("data.due_on")
    by = said.get("data.proposed_by") or ""
    proposer, again = by[0] if isinstance(by, list) else str(by), trigger == "dispose_again"
    doer = str(said.get("data.carried_out_by") or actor)
    return Certificate(uid, number, house.law(definition).name, day_of(at, house.zone), rule,
                       date.fromisoformat(due) if due else None, int(said["data.through"]),
                       tuple(said.get("data.files") or ()), leaf.hex(), seq, _name(session, proposer) if keeps else None,
                       _name(session, doer) if keeps else None, again)


__all__ = ["Certificate", "Kept", "Piece", "certificate", "due", "find", "one"]

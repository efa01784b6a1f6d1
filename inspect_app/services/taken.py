"""Taking a case: its dossier's row first, then everything a decision needs, in one statement."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from inspect_app.access.parts import parts_in, sees_everything
from inspect_app.db import Fixed, Session
from inspect_app.errors import Disposed, NotFound
from inspect_app.services import standing
from inspect_app.services.house import House
from workflows.acts import SYSTEM, Actor
from workflows.definition import Workflow
from workflows.roles import Role
from workflows.ruleset import Ruleset


@dataclass(slots=True)
class Taken:
    """A case as it was taken, moved on by the ledger with each event that is appended. Where it is being opened, `opened_as` are the parts of
    whoever does, and `above` is the case it stands under."""

    id: int
    uid: str
    number: str
    dossier_id: int
    dossier: str
    position: int
    parent_id: int | None
    workflow: Workflow
    ruleset: Ruleset
    state: str
    seq: int
    paused: bool
    unit_id: int | None
    title: str
    cid: bytes
    head: bytes
    at: int
    office_id: int | None = None
    body_id: int | None = None
    superior_office_id: int | None = None
    closed_circle: bool = False
    has_walls: bool = False
    parts: frozenset[Role] = frozenset()
    answered: tuple[str, str] | None = None
    disposed_at: int | None = None
    rehearsal: bool = False
    opened_as: frozenset[Role] = frozenset()
    above: Taken | None = None
    memory: dict[str, Any] = field(default_factory=dict)


_COLUMNS = """c.id, c.uid, c.number, c.dossier_id, d.uid AS dossier, d.position, c.parent_id, c.definition, c.ruleset, c.state, c.seq, c.paused,
  c.unit_id, c.title, c.office_id, c.body_id, c.superior_office_id, c.closed_circle, s.cid, s.head, s.at,
  (SELECT {join}(r.role{comma}) FROM case_role r WHERE r.case_id = c.id AND r.person_id = :person AND r.until_seq IS NULL
     AND (r.until_on IS NULL OR r.until_on >= :today)) AS own,
  (SELECT {join}(r.role{comma}) FROM role_grant r JOIN unit_above a ON a.above_id = r.unit_id WHERE a.unit_id = c.unit_id
     AND r.person_id = :person AND r.since_on <= :today AND (r.until_on IS NULL OR r.until_on >= :today)) AS granted,
  (SELECT {join}(x.part{comma}) FROM exclusion x WHERE x.case_id = c.id AND x.person_id = :person AND x.since_on <= :today) AS walls,
  EXISTS (SELECT 1 FROM exclusion x WHERE x.case_id = c.id) AS has_walls, a.event, a.request, c.disposed_at, c.disposed_under,
  c.hidden, c.rehearsal"""
_FROM = """FROM cases c JOIN dossier d ON d.id = c.dossier_id JOIN stream s ON s.id = c.id
  LEFT JOIN answered a ON a.actor = :actor AND a.key = :key WHERE c.uid = :uid"""
_SQLITE = f"SELECT {_COLUMNS.format(join='group_concat', comma='')} {_FROM}"
_POSTGRESQL = f"SELECT {_COLUMNS.format(join='string_agg', comma=', chr(44)')} {_FROM}"

_TAKE = Fixed(_SQLITE, _POSTGRESQL + " FOR UPDATE OF d")
_LOOK = Fixed(_SQLITE, _POSTGRESQL)


def take(session: Session, house: House, uid: str, actor: Actor, today: date, key: str | None = None, *, keeps: bool = False) -> Taken:
    """The case for writing: its dossier is locked. `keeps` says that it is taken for an act by which content is held or goes. Raises `NotFound`
    where it does not exist or is not this actor's to see, `Disposed` where it was disposed of."""
    return _read(_TAKE, session, house, uid, actor, today, key, keeps)


def look(session: Session, house: House, uid: str, actor: Actor, today: date, *, again: bool = False) -> Taken:
    """The case for reading, as `take` gives it, without a lock. `again` says that it is for an answer that was given before: by the very act the
    case may have been put away, out of the sight of whoever did it."""
    return _read(_LOOK, session, house, uid, actor, today, None, False, again=again)


def look_kept(session: Session, house: House, uid: str, today: date) -> Taken:
    """The case as the installation itself sees it, for those who keep it and were found to do so. Raises `NotFound`."""
    return _read(_LOOK, session, house, uid, SYSTEM, today, None, True)


def _read(statement: Fixed, session: Session, house: House, uid: str, actor: Actor, today: date, key: str | None,
          keeps: bool, *, again: bool = False) -> Taken:
    rows = statement.run(session, {"uid": uid, "person": actor.person_id, "today": today.isoformat(), "actor": actor.id, "key": key})
    if not rows:
        raise NotFound
    (id_, uid, number, dossier_id, dossier, position, parent_id, definition, ruleset, state, seq, paused, unit_id, title, office_id, body_id,
     superior_office_id, closed_circle, cid, head, at, own, granted, walls, has_walls, event, request, disposed_at, disposed_under,
     hidden, rehearsal) = rows[0]
    workflow = house.law(definition)
    answers = office_id is not None and standing.answers_for(session, office_id, actor.person_id, today, workflow.name)
    sits = body_id is not None and body_id in standing.bodies_of(session, actor.person_id, today)
    hears = superior_office_id is not None and standing.answers_for(session, superior_office_id, actor.person_id, today, workflow.name)
    parts = parts_in(workflow, own, granted, walls, closed_circle=bool(closed_circle), handled=office_id is not None, answers=answers, sits=sits,
                     hears=hears, keeps=keeps, hidden=bool(hidden) and not (again or event))
    if actor.holds == uid:
        parts |= {Role.REPORTER, Role.PROTECTED}
    if actor.id == "system":
        parts = frozenset({Role.SYSTEM})
    elif not (parts or sees_everything(actor)):
        raise NotFound
    elif disposed_at is not None and not sees_everything(actor):
        raise Disposed(number, disposed_at, disposed_under)
    return Taken(id_, uid, number, dossier_id, dossier, position, parent_id, workflow, house.rules(ruleset), state, seq, bool(paused), unit_id,
                 title, cid, head, at, office_id, body_id, superior_office_id, bool(closed_circle), bool(has_walls), parts,
                 (event, request) if event else None, disposed_at, bool(rehearsal))

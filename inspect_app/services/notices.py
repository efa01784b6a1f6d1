"""Notices: what somebody is told of a case. Written in the transaction of the act that tells it; who reads them is looked at anew, each time.

A rehearsal tells nobody. A notice of a case that its reader may not know of any longer is in no list, in no count and in no mail."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, insert, literal, select, update

from inspect_app.access.parts import reach_of, visible_to
from inspect_app.db import Fixed, Session
from inspect_app.errors import NotFound
from inspect_app.models import cases, letter, notice
from inspect_app.now import now
from inspect_app.services import observed, queries
from inspect_app.services.house import House
from inspect_app.services.ledger import Event
from inspect_app.services.observed import ObservedNotice
from inspect_app.services.standing import viewer_of
from inspect_app.services.taken import Taken
from workflows.acts import Actor
from workflows.definition import Workflow
from workflows.roles import PERSONAL, Role
from workflows.ruleset import Ruleset

LETTER, PART, REMINDER = "letter", "part", "reminder"
KINDS = (LETTER, PART, REMINDER, observed.KIND)
"""What a notice is of: something was served, a part was given, a time limit is about to run out, an observation of an auditor waits for an answer."""
MOST = 99
"""Unread notices are counted up to here."""

_WRITE = insert(notice)
_ANY = Fixed("SELECT 1 FROM notice WHERE person_id = :person AND read_at IS NULL LIMIT 1")


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice as its reader sees it; `letter` is the number of the letter it tells of. Moments are µs since 1970 UTC."""

    id: int
    kind: str
    role: str
    case_uid: str
    number: str
    title: str
    workflow: Workflow
    ruleset: Ruleset
    clock: str | None
    due_on: date | None
    made_at: int
    read_at: int | None
    letter: int | None
    letter_kind: str | None
    closed_circle: bool = False


Told = Notice | ObservedNotice
"""A notice of a case, or of an observation."""


def tell(session: Session, taken: Taken, kind: str, whom: Sequence[tuple[int, str]], seq: int, at: int) -> None:
    """Write a notice for each of these (person, part), in the transaction of what is told. With nobody to tell nothing is done, and a rehearsal
    tells nobody."""
    if whom and not taken.rehearsal:
        session.execute(_WRITE, [{"person_id": person_id, "case_id": taken.id, "seq": seq, "kind": kind, "role": role, "made_at": at}
                                 for person_id, role in whom])


def tell_parts(session: Session, taken: Taken, actor: Actor, given: Iterable[tuple[int, Role]], event: Event) -> None:
    """Tell those who were given a part by somebody else. Persons concerned are told by the letter that is served on them, when it is."""
    tell(session, taken, PART, [(person_id, role.value) for person_id, role in given if person_id != actor.person_id and role not in PERSONAL],
         event.seq, event.recorded_at)


def unread(house: House, actor: Actor) -> int:
    """How many notices this person has not read, counted up to `MOST` and one more."""
    if actor.person_id is None:
        return 0
    with house.db.reading(reach_of(actor)) as session:
        if not _ANY.run(session, {"person": actor.person_id}):
            return 0
        found = select(literal(1)).select_from(notice).join(cases, cases.c.id == notice.c.case_id).where(
            notice.c.read_at.is_(None), notice.c.observation_id.is_(None), *_theirs(session, house, actor)).limit(MOST + 1).subquery()
        of_cases = int(session.execute(select(func.count()).select_from(found)).scalar_one())
        return min(of_cases + len(observed.readable(session, house, actor, notice.c.read_at.is_(None), limit=MOST)), MOST + 1)


def _theirs(session: Session, house: House, actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """The notices of a person of cases that they may know of now."""
    viewer = viewer_of(session, actor, queries.today(house))
    return notice.c.person_id == actor.person_id, ~cases.c.rehearsal, visible_to(viewer, queries.fast(house))


def listed(house: House, actor: Actor, *, limit: int = 50, before: int | None = None, unread_only: bool = False) -> tuple[list[Told], int | None]:
    """This person's notices, newest first, and where the next page begins."""
    with house.db.reading(reach_of(actor)) as session:
        wanted = [notice.c.id < before] if before is not None else []
        wanted += [notice.c.read_at.is_(None)] if unread_only else []
        rows = everything(session, house, actor, *wanted, limit=limit + 1)
    return rows[:limit], rows[limit - 1].id if len(rows) > limit else None


def everything(session: Session, house: House, actor: Actor, *wanted: ColumnElement[bool], limit: int = 500) -> list[Told]:
    """Those of a person's notices that are wanted and that they may read now, of cases and of observations, newest first."""
    found: list[Told] = [*readable(session, house, actor, *wanted, limit=limit), *observed.readable(session, house, actor, *wanted, limit=limit)]
    return sorted(found, key=lambda one: -one.id)[:limit]


def readable(session: Session, house: House, actor: Actor, *wanted: ColumnElement[bool], limit: int = 500) -> list[Notice]:
    """Those of a person's notices of cases that are wanted and that they may read now, newest first."""
    n, c = notice.c, cases.c
    paper = (select(func.max(letter.c.id)).where(letter.c.case_id == n.case_id, letter.c.seq == n.seq, letter.c.person_id == n.person_id,
                                                 letter.c.role == n.role, n.kind == LETTER).correlate(notice).scalar_subquery())
    of = letter.alias("paper")
    rows = session.execute(
        select(n.id, n.kind, n.role, c.uid, c.number, c.title, c.definition, c.ruleset, n.clock, n.due_on, n.made_at, n.read_at, of.c.id, of.c.kind,
               c.closed_circle)
        .join(cases, c.id == n.case_id).outerjoin(of, and_(of.c.id == paper, of.c.case_id == n.case_id))
        .where(*_theirs(session, house, actor), n.observation_id.is_(None), *wanted).order_by(n.id.desc()).limit(limit)).all()
    return [Notice(id_, kind, role, uid, number, title, house.law(definition), house.rules(ruleset), clock, due_on, made_at, read_at, paper_id,
                   paper_kind, bool(closed))
            for id_, kind, role, uid, number, title, definition, ruleset, clock, due_on, made_at, read_at, paper_id, paper_kind, closed in rows]


def open_one(house: House, actor: Actor, id_: int) -> Told:
    """One of this person's notices, which is read from now on. Raises `NotFound`."""
    with house.db.atomic(reach_of(actor)) as session:
        found = everything(session, house, actor, notice.c.id == id_, limit=1)
        if not found:
            raise NotFound
        session.execute(update(notice).where(notice.c.id == id_, notice.c.read_at.is_(None)).values(read_at=now()))
        return found[0]


def read_all(house: House, actor: Actor, until: int) -> None:
    """This person has read all their notices up to this one."""
    with house.db.atomic(reach_of(actor)) as session:
        session.execute(update(notice).where(notice.c.person_id == actor.person_id, notice.c.id <= until, notice.c.read_at.is_(None))
                        .values(read_at=now()))

"""Observations of auditors: what they saw, of a unit or of one case of it, to be answered by a day; the answer, and what they found of it. Each is
an event in the history of audits, which holds the hash of the words and not the words, so that these can go with the case they are about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from sqlalchemy import insert, select, update

from inspect_app.access.parts import visible_to
from inspect_app.db import Session
from inspect_app.errors import Invalid, NotFound
from inspect_app.models import cases, observation, person, role_grant, unit, unit_above
from inspect_app.models import engagement as opened_one
from inspect_app.now import now
from inspect_app.services import observed
from inspect_app.services.administering import day_of_text, problem, refuse
from inspect_app.services.bulk import one_at_a_time
from inspect_app.services.engagements import STREAM, running
from inspect_app.services.house import House
from inspect_app.services.ledger import Key
from inspect_app.services.queries import fast, today
from inspect_app.services.requests import note, was_done
from inspect_app.services.standing import viewer_of
from workflows.acts import Actor
from workflows.calendar import day_of, start_of

LONGEST = 4000
MOST = 50
"""So many observations that wait are shown at once."""
WAITING, ANSWERED, SETTLED, NOT_ACCEPTED = "waiting", "answered", "settled", "not_accepted"


@dataclass(frozen=True, slots=True)
class Observed:
    """One observation: `state` is waiting, answered, settled or not_accepted; `overdue` where it was not answered by its day."""

    id: int
    unit: str
    case: str | None
    number: str | None
    says: str
    due_on: date
    due_at: int
    made_on: date
    by: str
    mandate: str | None
    state: str
    overdue: bool
    answer: str | None
    answered_by: str | None
    answered_on: date | None


_ANSWERER = person.alias("answerer")
_SELECT = (select(observation, unit.c.name.label("unit"), unit.c.code, cases.c.uid.label("case"), cases.c.number, person.c.full_name.label("by"),
                  role_grant.c.reason.label("mandate"), role_grant.c.person_id.label("auditor"), _ANSWERER.c.full_name.label("answered_by"))
           .join(unit, unit.c.id == observation.c.unit_id).outerjoin(cases, cases.c.id == observation.c.case_id)
           .join(opened_one, opened_one.c.id == observation.c.engagement_id).join(role_grant, role_grant.c.id == opened_one.c.grant_id)
           .join(person, person.c.id == role_grant.c.person_id).outerjoin(_ANSWERER, _ANSWERER.c.id == observation.c.answered_by_id)
           .order_by(observation.c.due_on, observation.c.id))


def observe(house: House, actor: Actor, number: int, unit_code: str | None, case_number: str | None, says: str | None, due: str | None,
            key: Key | None = None) -> None:
    """Put an observation to a unit within the engagement, perhaps about one of its cases. Raises `NotFound`, `Invalid`."""
    words, until = _words(actor, says, "says"), day_of_text(actor, due, "due")
    if until is None or until < today(house):
        raise Invalid((problem(actor, "due", "fault.audit_due"),))
    with house.db.atomic("all") as session:
        one_at_a_time(session, STREAM)
        row = running(session, house, actor, number)
        if row.opened is None:
            raise NotFound
        if was_done(session, actor, key):
            return
        about = _about(session, house, actor, case_number) if case_number else None
        where = _where(session, actor, row, about.unit_id if about else None, unit_code)
        id_ = session.execute(insert(observation).values(engagement_id=row.opened, unit_id=where.id, case_id=about.id if about else None, says=words,
                                                         due_on=until, made_at=now()).returning(observation.c.id)).scalar_one()
        told = {"engagement": row.named, "observation": id_, "unit": where.code, "case": about.uid if about else None,
                "due": until.isoformat(), "words_sha256": _hash(words)}
        note(session, house, STREAM, actor, "observe", told, key)
        observed.tell(session, house, id_)


def _about(session: Session, house: House, actor: Actor, number: str) -> Any:
    """The case with this number, where the auditor may know of it. Raises `Invalid`."""
    found = session.execute(select(cases.c.id, cases.c.uid, cases.c.unit_id).where(
        cases.c.number == number.replace("\0", "")[:40], visible_to(viewer_of(session, actor, today(house)), fast(house)))).first()
    if found is None:
        refuse(actor, "case", "fault.audit_case")
    return found


def _where(session: Session, actor: Actor, row: Any, unit_id: int | None, code: str | None) -> Any:
    """The unit it is put to: that of the case, or the one that was named, which is no other than that of the case; within the engagement. Raises
    `Invalid`."""
    wanted = unit.c.id == unit_id if unit_id is not None else unit.c.code == (code or "").replace("\0", "")[:60]
    found = session.execute(select(unit.c.id, unit.c.code).join(unit_above, unit_above.c.unit_id == unit.c.id)
                            .where(wanted, unit_above.c.above_id == row.unit_id, ~unit.c.external)).first()
    if found is None:
        refuse(actor, "unit", "fault.audit_unit")
    if code and code != found.code:
        refuse(actor, "unit", "fault.audit_other_unit")
    return found


def answer(house: House, actor: Actor, number: int, says: str | None, key: Key | None = None) -> None:
    """The unit, or who chairs over it, answers an observation, once; late is possible and shown. Raises `NotFound` where it is not theirs to answer,
    `Invalid`."""
    words = _words(actor, says, "answer")
    with house.db.atomic("all") as session:
        one_at_a_time(session, STREAM)
        if was_done(session, actor, key):
            return
        theirs = _SELECT.where(observation.c.id == number, observed.answerable(session, house, actor))
        found = session.execute(theirs).first() if 0 < number < 2**62 else None
        if found is None or found.answered_at is not None or found.auditor == actor.person_id:
            raise NotFound
        session.execute(update(observation).where(observation.c.id == number).values(answer=words, answered_by_id=actor.person_id,
                                                                                     answered_at=now()))
        observed.told_no_more(session, number)
        note(session, house, STREAM, actor, "answer_observation", {"observation": number, "words_sha256": _hash(words),
                                                           "late": today(house) > found.due_on}, key)


def settle(house: House, actor: Actor, number: int, observed: int, accepted: bool, key: Key | None = None) -> None:
    """The auditor says whether an answer settles what was observed. Raises `NotFound`."""
    with house.db.atomic("all") as session:
        one_at_a_time(session, STREAM)
        row = running(session, house, actor, number)
        if was_done(session, actor, key):
            return
        o = observation.c
        done = session.execute(update(observation).where(o.id == observed, o.engagement_id == row.opened, o.answered_at.is_not(None),
                                                         o.settled_at.is_(None)).values(accepted=accepted, settled_at=now())
                               ) if 0 < observed < 2**62 and row.opened is not None else None
        if done is None or done.rowcount != 1:
            raise NotFound
        note(session, house, STREAM, actor, "settle_observation", {"observation": observed, "accepted": accepted}, key)


def _words(actor: Actor, text: str | None, field: str) -> str:
    words = (text or "").replace("\r\n", "\n").strip()
    if not words or "\0" in words or len(words) > LONGEST:
        raise Invalid((problem(actor, field, "fault.audit_words", most=LONGEST),))
    return words


def _hash(words: str) -> str:
    return sha256(words.encode()).hexdigest()


def to_answer(house: House, actor: Actor) -> list[Observed]:
    """What was observed of the units for which somebody answers, the most urgent first."""
    with house.db.reading("all") as session:
        return _listed(house, session.execute(_SELECT.where(observed.answerable(session, house, actor))).all())


def waiting(house: House, actor: Actor) -> list[Observed]:
    """What somebody is waited for to answer: what they are the nearest to answer, and what nobody answered in time; the most urgent first."""
    day = today(house)
    with house.db.reading("all") as session:
        if session.execute(select(observation.c.id).where(observation.c.answered_at.is_(None)).limit(1)).first() is None:
            return []
        rows = session.execute(_SELECT.where(observed.answerable(session, house, actor), observation.c.answered_at.is_(None),
                                             role_grant.c.person_id != actor.person_id).limit(MOST)).all()
        return _listed(house, [row for row in rows if row.due_on < day or actor.person_id in observed.nearest(session, house, row)])


def of_engagement(house: House, actor: Actor, number: int) -> list[Observed]:
    """What an auditor observed within an engagement of theirs. Raises `NotFound`."""
    with house.db.reading("all") as session:
        row = running(session, house, actor, number)
        return _listed(house, session.execute(_SELECT.where(observation.c.engagement_id == row.opened, observed.known(session, house, actor))).all())


def _listed(house: House, rows: Any) -> list[Observed]:
    day, found = today(house), []
    for r in rows:
        state = WAITING if r.answered_at is None else ANSWERED if r.settled_at is None else SETTLED if r.accepted else NOT_ACCEPTED
        answered_on = day_of(r.answered_at, house.zone) if r.answered_at else None
        found.append(Observed(r.id, r.unit, r.case, r.number, r.says, r.due_on, start_of(r.due_on, house.zone), day_of(r.made_at, house.zone), r.by,
                              r.mandate, state, (answered_on or day) > r.due_on, r.answer, r.answered_by, answered_on))
    return sorted(found, key=lambda one: (one.state != WAITING, one.due_on, one.id))

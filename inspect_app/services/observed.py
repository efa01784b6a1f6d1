"""Who is told of an observation of an auditor, and when: whoever answers for the unit from the nearest place, at once and again before its day; all
who could answer, once the day is over. Nobody else reads of it, and no mail says what was observed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, exists, insert, select, update

from inspect_app.access.parts import in_force, visible_to
from inspect_app.access.policy import TABLE, Policy
from inspect_app.db import Session
from inspect_app.models import cases, engagement, installation, notice, observation, person, role_grant, unit, unit_above
from inspect_app.now import now
from inspect_app.services.house import House
from inspect_app.services.rows import fast, today
from inspect_app.services.standing import viewer_of
from workflows.acts import Actor

KIND = "observed"
"""The kind of these notices."""
DAYS = "remind.days"
"""The key of the house's ruleset: so many days before is reminded."""


@dataclass(frozen=True, slots=True)
class ObservedNotice:
    """A notice that an observation waits for an answer; `late` where its day is over, `answered` where nothing waits any longer. Moments are µs
    since 1970 UTC."""

    id: int
    kind: str
    observation: int
    unit: str
    number: str | None
    due_on: date
    late: bool
    answered: bool
    made_at: int
    read_at: int | None


def answerable(session: Session, house: House, actor: Actor) -> ColumnElement[bool]:
    """Observations of units for which somebody answers; one about a case only for who may know of the case."""
    reaches = exists().where(unit_above.c.unit_id == observation.c.unit_id, role_grant.c.unit_id == unit_above.c.above_id,
                             role_grant.c.person_id == actor.person_id, role_grant.c.role.in_(_roles()), in_force(role_grant, today(house))
                             ).correlate(observation)
    return reaches & known(session, house, actor)


def known(session: Session, house: House, actor: Actor) -> ColumnElement[bool]:
    """Observations about no case, or about one of which somebody may know."""
    seen = exists().where(cases.c.id == observation.c.case_id, visible_to(viewer_of(session, actor, today(house)), fast(house)))
    return observation.c.case_id.is_(None) | seen.correlate(observation)


def _roles() -> list[str]:
    return [role.value for role in TABLE[Policy.ANSWERS_AUDITS].granted]


# Whom it is for -------------------------------------------------------------------------------------------------------


def nearest(session: Session, house: House, observed: Any) -> dict[int, str]:
    """Who answers an observation before all others: those with a grant for the unit, or else for the nearest one above it; each with the role.
    Nobody who may not know of the case it is about, and never the auditor."""
    line = _line(session, house, observed)
    first = min((steps for _, _, steps in line), default=0)
    return {person_id: role for person_id, role, steps in line if steps == first}


def _line(session: Session, house: House, observed: Any) -> list[tuple[int, str, int]]:
    """Everybody who may answer: (person, role, how many units above the one it was observed of)."""
    r, u, day = role_grant.c, unit_above.c, today(house)
    auditor = select(r.person_id).join(engagement, engagement.c.grant_id == r.id).where(engagement.c.id == observed.engagement_id)
    rows = session.execute(select(r.person_id, r.role, u.steps, person.c.uid, person.c.full_name).join(unit_above, u.above_id == r.unit_id)
                           .join(person, person.c.id == r.person_id)
                           .where(u.unit_id == observed.unit_id, r.role.in_(_roles()), in_force(role_grant, day), r.person_id.not_in(auditor))
                           .order_by(u.steps, r.person_id, r.role)).all()
    found: dict[int, tuple[int, str, int]] = {}
    for row in rows:
        if row.person_id in found:
            continue
        if observed.case_id is None or _may_know(session, house, Actor(row.uid, row.full_name, row.person_id), observed.case_id):
            found[row.person_id] = (row.person_id, row.role, row.steps)
    return list(found.values())


def _may_know(session: Session, house: House, actor: Actor, case_id: int) -> bool:
    seen = visible_to(viewer_of(session, actor, today(house)), fast(house))
    return session.execute(select(cases.c.id).where(cases.c.id == case_id, seen)).first() is not None


# Telling them ---------------------------------------------------------------------------------------------------------


def tell(session: Session, house: House, id_: int) -> None:
    """Tell of a new observation, in the transaction that makes it."""
    found = session.execute(select(observation).where(observation.c.id == id_)).one()
    _write(session, found, nearest(session, house, found))


def told_no_more(session: Session, id_: int) -> None:
    """Nobody has anything to read of an observation that was answered."""
    session.execute(update(notice).where(notice.c.observation_id == id_, notice.c.read_at.is_(None)).values(read_at=now()))


def remind(session: Session, house: House, last: date, day: date) -> int:
    """Tell again of what has to be answered in so many days, and tell all who could answer of what was not answered in time: for every day after
    `last` up to `day`. Returns how many notices were written."""
    o, written = observation.c, 0
    days = _days(session, house)
    for found in session.execute(select(observation).where(o.answered_at.is_(None)).order_by(o.id)).all():
        left, before = (found.due_on - day).days, (found.due_on - last).days
        if left < 0 <= before:
            whom: Mapping[int, str] = {person_id: role for person_id, role, _ in _line(session, house, found)}
        elif left >= 0 and any(left <= n < before for n in days):
            whom = nearest(session, house, found)
        else:
            continue
        _write(session, found, whom)
        written += len(whom)
    return written


def _days(session: Session, house: House) -> tuple[int, ...]:
    chosen = session.execute(select(installation.c.value).where(installation.c.name == "ruleset")).scalar()
    rules = house.catalogue.rulesets_by_name.get(chosen or "") or house.catalogue.rulesets_by_name["generic"]
    return tuple(rules.values.get(DAYS, ()))


def _write(session: Session, observed: Any, whom: Mapping[int, str]) -> None:
    if whom:
        session.execute(insert(notice), [{"person_id": person_id, "case_id": observed.case_id, "observation_id": observed.id, "seq": 0, "kind": KIND,
                                          "role": role, "due_on": observed.due_on, "made_at": now()} for person_id, role in whom.items()])


# Reading --------------------------------------------------------------------------------------------------------------


def readable(session: Session, house: House, actor: Actor, *wanted: ColumnElement[bool], limit: int = 500) -> list[ObservedNotice]:
    """Those notices of observations to a person that are wanted and that they may still read, newest first."""
    n, o = notice.c, observation.c
    mine = n.person_id == actor.person_id
    if session.execute(select(n.id).where(mine, n.kind == KIND, *wanted).limit(1)).first() is None:
        return []
    rows = session.execute(
        select(n.id, o.id.label("observation"), unit.c.name, cases.c.number, o.due_on, o.answered_at, n.made_at, n.read_at)
        .select_from(notice).join(observation, o.id == n.observation_id).join(unit, unit.c.id == o.unit_id)
        .outerjoin(cases, cases.c.id == o.case_id)
        .where(mine, answerable(session, house, actor), *wanted).order_by(n.id.desc()).limit(limit)).all()
    day = today(house)
    return [ObservedNotice(r.id, KIND, r.observation, r.name, r.number, r.due_on, r.due_on < day, r.answered_at is not None, r.made_at, r.read_at)
            for r in rows]


__all__ = ["KIND", "ObservedNotice", "answerable", "known", "nearest", "readable", "remind", "tell", "told_no_more"]

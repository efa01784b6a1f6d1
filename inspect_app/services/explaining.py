"""Why someone can, cannot, or could see and act, on a day: told to the data officer and the auditor. That it was asked is itself recorded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select

from inspect_app import i18n
from inspect_app.access.conflicts import EVERY_PART
from inspect_app.access.parts import ON_FAST_TRACK, REACHING, parts_in, sees_everything
from inspect_app.access.policy import TABLE, Policy
from inspect_app.db import Session
from inspect_app.errors import Invalid, NotFound, Problem
from inspect_app.models import account, case_role, cases, event, exclusion, office, person, role_grant, unit, unit_above
from inspect_app.now import now
from inspect_app.services import standing
from inspect_app.services.house import House
from inspect_app.services.queries import today
from inspect_app.services.readings import SHIELDED, STREAM
from inspect_app.services.recording import append_outside
from workflows.acts import Actor
from workflows.calendar import day_of
from workflows.definition import Workflow
from workflows.roles import Role


@dataclass(frozen=True, slots=True)
class Because:
    """One ground: the key of its sentence, and what fills it in: role codes, names, days."""

    key: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Whether someone could see a case on a day, in which parts, what they could do in it today, and on which grounds."""

    person: str
    number: str
    on: date
    sees: bool
    parts: tuple[Role, ...]
    workflow: Workflow
    ruleset: str
    acts: tuple[str, ...]
    grounds: tuple[Because, ...]


def explain(house: House, asker: Actor, login: str, number: str, on: str | None = None) -> Explanation:
    """Answer the question, and record that it was asked. `on` is a day, ISO 8601; None is today. Raises `NotFound` for an account or a case
    that is not there, or not the asker's to ask about; `Invalid` for a day that is none."""
    try:
        day = date.fromisoformat(on) if on else today(house)
    except ValueError:
        raise Invalid((Problem("/on", "invalid", f"“{on}” is no day; write YYYY-MM-DD."),)) from None
    with house.db.reading("all") as session:
        case = _case(session, house, asker, number)
        someone = session.execute(select(person.c.id, person.c.uid, person.c.full_name, account.c.active).join(
            account, account.c.person_id == person.c.id).where(account.c.login == login.casefold())).first()
        if someone is None:
            raise NotFound(f"There is no account “{login}”.")
        found = _explained(session, house, case, someone, day)
    with house.db.atomic() as session:
        append_outside(session, house.log, STREAM, asker, "explain", {"case": case.uid, "person": someone.uid, "on": day.isoformat()}, now())
    return found


def _case(session: Session, house: House, asker: Actor, number: str) -> Any:
    """The case, where the asker may ask about it: the console about any; others about those of the units they are granted for, where no wall
    keeps them out and no closed circle keeps it from every grant."""
    row = session.execute(select(cases).where(cases.c.number == number)).first()
    if row is None:
        raise NotFound(f"There is no case {number} here.")
    if sees_everything(asker):
        return row
    day, g, x = today(house), role_grant.c, exclusion.c
    asks = select(g.id).join(unit_above, unit_above.c.above_id == g.unit_id).where(
        unit_above.c.unit_id == row.unit_id, g.person_id == asker.person_id, g.role.in_([r.value for r in TABLE[Policy.EXPLAINS].granted]),
        g.since_on <= day, g.until_on.is_(None) | (g.until_on >= day))
    walled = select(x.case_id).where(x.case_id == row.id, x.person_id == asker.person_id, x.part == EVERY_PART, x.since_on <= day)
    if row.closed_circle or session.execute(asks).first() is None or session.execute(walled).first() is not None:
        raise NotFound(f"There is no case {number} here.")
    return row


def _away(session: Session, case_id: int) -> bool:
    """Whether the case is spent, annulled or cleared, with all of its dossier over."""
    return session.execute(select(cases.c.id).where(cases.c.id == case_id, cases.c.hidden)).first() is not None


def _explained(session: Session, house: House, case: Any, someone: Any, day: date) -> Explanation:
    workflow, grounds = house.law(case.definition), []
    own: list[str] = []
    granted: list[str] = []
    walled = list(session.execute(select(exclusion.c.part).where(
        exclusion.c.case_id == case.id, exclusion.c.person_id == someone.id, exclusion.c.since_on <= day)).scalars())
    for ground, role in _parts(session, house, case.id, someone.id, day):
        grounds.append(ground)
        own += [role] if role else []
    for ground, role in _grants(session, case, workflow, someone.id, day):
        grounds.append(ground)
        granted += [role] if role else []
    answers = _office(session, case.office_id, workflow, someone.id, day, grounds)
    hears = _office(session, case.superior_office_id, workflow, someone.id, day, grounds)
    grounds += [Because("explain.excluded") if part == EVERY_PART else Because("explain.excluded_part", {"role": part}) for part in sorted(walled)]
    sits = case.body_id is not None and case.body_id in standing.bodies_of(session, someone.id, day)
    if sits:
        grounds.append(Because("explain.body", {"body": session.execute(select(unit.c.name).where(unit.c.id == case.body_id)).scalar_one()}))
    away = _away(session, case.id)
    grounds += [Because("explain.put_away")] if away else []
    parts = parts_in(workflow, ",".join(own), ",".join(granted), ",".join(walled), closed_circle=bool(case.closed_circle),
                     handled=case.office_id is not None, answers=answers, sits=sits, hears=hears, hidden=away)
    opened = day_of(case.opened_at, house.zone)
    if day < opened:
        grounds.insert(0, Because("explain.not_yet", {"day": opened}))
        parts = frozenset()
    current = day == today(house)
    if current and not someone.active:
        grounds.insert(0, Because("explain.no_account"))
        parts = frozenset()
    if not grounds:
        grounds.append(Because("explain.nothing"))
    acts = tuple(t.trigger for t in workflow.out_of(case.state) if parts & set(t.who)) if current else ()
    return Explanation(someone.full_name, case.number, day, bool(parts), tuple(r for r in Role if r in parts), workflow,
                       house.rules(case.ruleset).name, acts, tuple(grounds))


def _parts(session: Session, house: House, case_id: int, person_id: int, day: date) -> Iterator[tuple[Because, str | None]]:
    """Parts in the case itself, each with the role where it holds on the day. Who reported, or is protected for it, is told to nobody."""
    c, began, ended = case_role.c, event.alias(), event.alias()
    rows = session.execute(
        select(c.role, c.until_on, began.c.recorded_at, ended.c.recorded_at)
        .join(began, (began.c.stream_id == c.case_id) & (began.c.seq == c.since_seq))
        .outerjoin(ended, (ended.c.stream_id == c.case_id) & (ended.c.seq == c.until_seq))
        .where(c.case_id == case_id, c.person_id == person_id, c.role.not_in((*SHIELDED, Role.SUPERIOR.value))).order_by(c.since_seq, c.role)
    )
    for role, until_on, since_at, until_at in rows:
        since = day_of(since_at, house.zone)
        until = min([d for d in (until_on, day_of(until_at, house.zone) if until_at else None) if d is not None], default=None)
        holds = since <= day and (until_at is None or day < day_of(until_at, house.zone)) and (until_on is None or day <= until_on)
        yield Because("explain.part" if holds else "explain.part_not", {"role": role, "since": since, "until": until}), role if holds else None


def _grants(session: Session, case: Any, workflow: Workflow, person_id: int, day: date) -> Iterator[tuple[Because, str | None]]:
    """Grants, each with the role where it is in force on the day for the unit of the case."""
    g, u = role_grant.c, unit.c
    above = set(session.execute(select(unit_above.c.above_id).where(unit_above.c.unit_id == case.unit_id)).scalars())
    for role, unit_id, name, since, until in session.execute(
            select(g.role, g.unit_id, u.name, g.since_on, g.until_on).join(unit, u.id == g.unit_id).where(g.person_id == person_id)
            .order_by(g.since_on, g.id)):
        told = {"role": role, "unit": name, "since": since, "until": until}
        if not (since <= day and (until is None or day <= until)):
            yield Because("explain.not_in_force", told), None
        elif unit_id not in above:
            yield Because("explain.elsewhere", told), None
        elif case.closed_circle:
            yield Because("explain.closed_circle", told), None
        elif role in REACHING or (role in ON_FAST_TRACK and workflow.fast):
            yield Because("explain.reaches", told), role
        else:
            yield Because("explain.assigned_only", told), role


def _office(session: Session, number: int | None, workflow: Workflow, person_id: int, day: date, grounds: list[Because]) -> bool:
    """Whether this person answers that day for an office that handles the case, or that it was reported to."""
    if number is None:
        return False
    title = session.execute(select(office.c.title).where(office.c.id == number)).scalar_one()
    found = standing.who_answers(session, number, day, workflow.name)
    if found is not None and person_id in found.through:
        grounds.append(Because("explain.office_delegated", {"office": title}))
    if not standing.answers_for(session, number, person_id, day, workflow.name) or found is None:
        return False
    key = "explain.office_for_another" if found.through or found.office != number else "explain.office"
    grounds.append(Because(key, {"office": title}))
    return True


def sentences(house: House, found: Explanation, language: str) -> list[str]:
    """The grounds in words."""
    rules = house.catalogue.rulesets_by_name[found.ruleset]
    said = []
    for ground in found.grounds:
        told = dict(ground.values)
        if "role" in told:
            told["role"] = i18n.role_label(rules, language, told["role"], found.workflow)
        days = {name: i18n.day(told.pop(name), language) for name in ("since", "until", "day") if told.get(name)}
        told.pop("until", None)
        if "day" in days:
            told["day"] = days["day"]
        elif "since" in days:
            told["period"] = i18n.say(language, "explain.period" if "until" in days else "explain.since", **days)
        said.append(i18n.say(language, ground.key, **told))
    return said

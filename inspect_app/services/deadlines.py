"""Deadlines over many cases: what ends when, of the cases that the reader may know of, for the calendar page and the feed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select

from inspect_app.access.parts import handling, in_force, lies_in, reach_of, visible_to
from inspect_app.access.reading import SPEAKING
from inspect_app.models import case_role, cases, clock, person, role_grant, unit, unit_above
from inspect_app.services import calendars, directory, queries, reminders
from inspect_app.services.calendars import DayOf
from inspect_app.services.house import House
from inspect_app.services.standing import viewer_of
from workflows.acts import Actor
from workflows.calendar import day_of, start_of
from workflows.definition import Workflow
from workflows.roles import PERSONAL, Role
from workflows.ruleset import Ruleset
from workflows.timekeeping import OPEN, PAUSED

MOST = 500
"""So many deadlines are shown at once."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """One time limit: of which case, its name, the day on which it ends, whether it is paused, and whether it is a window, by
    which nothing is due."""

    id: int
    case_uid: str
    number: str
    title: str
    unit_name: str | None
    workflow: Workflow
    ruleset: Ruleset
    clock: str
    due_on: date
    paused: bool
    window: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose deadlines: one's own, or with `unit` those of a unit and all below it, or with `person` those in which somebody works on the case."""

    unit: str | None = None
    person: str | None = None


def between(house: House, actor: Actor, first: date, last: date, wanted: Wanted = Wanted(), *, paused: bool = True) -> tuple[list[Deadline], bool]:
    """The deadlines from a day to a day, in their order, and whether there are more than are shown. Without a choice those of cases in which the
    reader has a part, or which wait for them as chair; never those of a rehearsal, nor of a case that has ended."""
    c = cases.c
    with house.db.reading(reach_of(actor)) as session:
        viewer = viewer_of(session, actor, queries.today(house))
        query = (
            select(clock.c.id, clock.c.name, clock.c.due_at, clock.c.status, c.uid, c.number, c.title, c.definition, c.ruleset, c.state, c.paused,
                   unit.c.name, _chaired(actor, viewer.today), _part(actor, viewer))
            .join(cases, c.id == clock.c.case_id).outerjoin(unit, unit.c.id == c.unit_id)
            .where(clock.c.status.in_(OPEN), c.is_open, ~c.rehearsal, visible_to(viewer, queries.fast(house)),
                   clock.c.due_at >= start_of(first, house.zone), clock.c.due_at < start_of(last + timedelta(days=1), house.zone),
                   *_chosen(wanted)).order_by(clock.c.due_at, clock.c.id))
        if wanted == Wanted():
            query = query.where(or_(_part(actor, viewer), _chaired(actor, viewer.today)))
        found: list[Deadline] = []
        for id_, name, due_at, status, uid, number, title, definition, ruleset, state, stands, unit_name, chaired, part in session.execute(query):
            workflow = house.law(definition)
            waits = wanted != Wanted() or part or (chaired and Role.CHAIR in reminders.roles_of(workflow, state, name))
            is_paused = status == PAUSED or bool(stands)
            if name in workflow.silent_clocks or not waits or (is_paused and not paused):
                continue
            if len(found) == MOST:
                return found, True
            found.append(Deadline(id_, uid, number, title, unit_name, workflow, house.rules(ruleset), name, day_of(due_at, house.zone), is_paused,
                                  name in workflow.undue_clocks))
    return found, False


def _part(actor: Actor, viewer: Any) -> ColumnElement[bool]:
    """Cases in which the reader has a part, by the case, by an office or on a body; those who only spoke owe nothing."""
    mine = exists().where(case_role.c.case_id == cases.c.id, case_role.c.person_id == actor.person_id, case_role.c.until_seq.is_(None),
                          or_(case_role.c.until_on.is_(None), case_role.c.until_on >= viewer.today),
                          case_role.c.role.not_in([role.value for role in SPEAKING])).correlate(cases)
    ways = [mine, *handling(viewer.offices, cases.c.office_id), *handling(viewer.offices, cases.c.superior_office_id)]
    return or_(*ways, *([cases.c.body_id.in_(viewer.bodies)] if viewer.bodies else []))


def _chaired(actor: Actor, today: date) -> ColumnElement[bool]:
    return exists().where(role_grant.c.person_id == actor.person_id, role_grant.c.role == Role.CHAIR.value, in_force(role_grant, today),
                          unit_above.c.above_id == role_grant.c.unit_id, unit_above.c.unit_id == cases.c.unit_id).correlate(cases)


def _chosen(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.unit:
        found.append(lies_in(wanted.unit))
    if wanted.person:
        found.append(exists().where(_works(), person.c.id == case_role.c.person_id, person.c.uid == wanted.person).correlate(cases))
    return found


def _works() -> ColumnElement[bool]:
    """Somebody works on a case: no matter in which somebody is concerned is ever found by their name."""
    return and_(case_role.c.case_id == cases.c.id, case_role.c.until_seq.is_(None), case_role.c.role.not_in([role.value for role in PERSONAL]))


def workers(house: House, actor: Actor) -> list[tuple[str, str]]:
    """(identifier, name) of those who work on open cases that the reader may know of."""
    with house.db.reading(reach_of(actor)) as session:
        viewer = viewer_of(session, actor, queries.today(house))
        rows = session.execute(select(person.c.uid, person.c.full_name).where(exists().where(
            case_role.c.person_id == person.c.id, _works(), cases.c.is_open, ~cases.c.rehearsal, visible_to(viewer, queries.fast(house))))
            .order_by(person.c.full_name, person.c.id).limit(MOST))
        return [(uid, name) for uid, name in rows]


def days_off(house: House, first: date, last: date) -> tuple[dict[date, DayOf], str]:
    """The days that the calendar of the house tells of, and the week that holds: seven marks, Monday first."""
    with house.db.reading() as session:
        name = calendars.name_for(session, house, _rules(house))
        found, week = calendars.days_between(session, name, first, last)
    return {day.on: day for day in found}, week or str(_rules(house).values["working_week"])


def _rules(house: House) -> Ruleset:
    return house.catalogue.rulesets_by_name[directory.ruleset_of(house)]


__all__ = ["Deadline", "Wanted", "between", "days_off", "workers"]

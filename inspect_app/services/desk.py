"""The desk of a committee: what waits for it, who takes no part, who may vote and whether they are enough, what was counted, and the minutes of a day
as the histories have them. Only for those who decide or handle; parties and auditors find their way by the case."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select

from inspect_app.access.conflicts import EVERY_PART
from inspect_app.access.numbers import among, among_texts
from inspect_app.access.parts import in_force, reach_of
from inspect_app.access.reading import readable
from inspect_app.db import Session
from inspect_app.errors import NotFound
from inspect_app.models import (
    appointment,
    case_role,
    cases,
    declared_conflict,
    event,
    evidence,
    exclusion,
    office,
    person,
    role_grant,
    unit,
    unit_above,
)
from inspect_app.models.case import FAR
from inspect_app.services import awaited, lists, roads, standing
from inspect_app.services.events import events_of
from inspect_app.services.house import House
from inspect_app.services.ledger import Event
from inspect_app.services.queries import CaseRow, Filter, today
from workflows.acts import Actor
from workflows.calendar import day_of, start_of
from workflows.definition import ANY, Transition, Workflow
from workflows.inspection_v1 import INSPECTION
from workflows.roles import Role
from workflows.thresholds import read_quorum

SITTING = frozenset({Role.DECIDER, Role.APPEAL_DECIDER, Role.CHAIR, Role.MEMBER, Role.OFFICER, Role.RECORDER})
"""Whoever plays one of these in a case finds it on the desk of its body."""
DECIDES = frozenset({Role.DECIDER, Role.APPEAL_DECIDER})
"""The parts that a body has in the matters that are with it."""
MOST = 100
"""Matters that a desk shows: of those that wait for the body, and of those that do not."""
ROLL, COUNT = "freeze_roll", "present"
"""The act that says who may vote; the input by which an act is a count."""
MINUTED = ("freeze_roll", "hear", "conclude", "vote", "vote_to_propose", "decide_alone", "record_dissent", "determine", "void_vote", "uphold", "vary",
           "remove", "impose")


@dataclass(frozen=True, slots=True)
class Body:
    """A body, who sits on it today, whether the reader does, and how many matters wait. `more` says that more wait than a desk shows, `more_rest`
    the same of those that do not wait; `matters` are those that it shows."""

    code: str
    name: str
    seats: tuple[str, ...]
    mine: bool
    matters: int
    more: bool = False
    more_rest: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    """A body that may have matters; `conducts` are those that it conducts without being named in them."""

    id: int
    code: str
    name: str
    conducts: ColumnElement[bool] | None = None


@dataclass(frozen=True, slots=True)
class _Ground:
    """The units over which those who sit on a body chair, and whether some matter names the body as the one that decides it."""

    units: set[int] = field(default_factory=set)
    named: bool = False


@dataclass(frozen=True, slots=True)
class Presence:
    """Who may vote and who of them came. `needed` must vote and `least` must be entitled; `enough` says whether both hold. Where the
    ruleset asks for no quorum, one vote is needed."""

    voters: int
    base: int
    present: int
    needed: int
    least: int
    absent: tuple[str, ...]

    @property
    def enough(self) -> bool:
        return self.present >= self.needed and self.voters >= self.least


@dataclass(frozen=True, slots=True)
class Matter:
    """One matter of a body: whether it waits for it now; the acts by which the body goes on with it, of which `enters` are the reader's and
    possible as things stand, and `lacks` the rules that the reader's first step does not fulfil yet; `leads` is the one that is put before the
    others, None where the choice is open; who takes no part (names, never why), who declared it themselves; the papers; whether it is voted on;
    presence and the last count, as this reader may read them."""

    row: CaseRow
    waits: bool
    steps: tuple[str, ...]
    enters: tuple[str, ...]
    leads: str | None
    lacks: tuple[str, tuple[str, ...]] | None
    apart: tuple[str, ...]
    declared: tuple[str, ...]
    may_declare: bool
    papers: int
    votes: bool
    presence: Presence | None
    count: Mapping[str, Any] | None
    counted_by: str


def bodies(house: House, actor: Actor) -> list[Body]:
    """The bodies on which somebody sits, and those whose matters they handle, in the order of the tree."""
    places, seated_on = _places(house, actor)
    found = []
    for place in places:
        waiting, resting = _agenda(house, actor, place)
        if waiting or resting or place.id in seated_on:
            found.append(_body(house, place, place.id in seated_on, waiting, resting))
    return found


def body(house: House, actor: Actor, code: str, rehearsal: bool = False) -> tuple[Body, list[Matter]]:
    """One desk: the body, and its agenda, the most urgent first; rehearsals are an agenda of their own. Raises `NotFound` for who neither sits on it
    nor handles a matter of it."""
    place, mine = _place(house, actor, code)
    waiting, resting = _agenda(house, actor, place, rehearsal)
    if not (mine or waiting or resting or any(_agenda(house, actor, place, not rehearsal))):
        raise NotFound
    shown = [*waiting[:MOST], *resting[:MOST]]
    return _body(house, place, mine, waiting, resting), [_matter(house, actor, row, place.id) for row in shown]


def may_have(house: House, actor: Actor) -> bool:
    """Whether somebody sits on any body today, or has a part in a case by which they decide or handle it."""
    r = case_role.c
    handles = select(r.case_id).where(r.person_id == actor.person_id, r.role.in_(SITTING), r.until_seq.is_(None),
                                      or_(r.until_on.is_(None), r.until_on >= today(house))).limit(1)
    with house.db.reading(reach_of(actor)) as session:
        return bool(standing.bodies_of(session, actor.person_id, today(house))) or session.execute(handles).first() is not None


def of_case(house: House, row: CaseRow) -> tuple[str, str] | None:
    """(code, name) of the body on whose desk a reader who decides or handles a matter finds it; None where it is on none."""
    if not row.is_open or not row.parts & SITTING:
        return None
    with house.db.reading("all") as session:
        of = session.execute(select(cases.c.body_id, cases.c.unit_id).where(cases.c.id == row.id)).one()
        ids = [of.body_id]
        if of.body_id is None and row.workflow.name == INSPECTION.name and _waits_in(row.workflow, row.state):
            above = select(unit_above.c.above_id).where(unit_above.c.unit_id == of.unit_id)
            grounds = _grounds(session, today(house), role_grant.c.unit_id.in_(above))
            ids = [id_ for id_, one in grounds.items() if not one.named] or list(grounds)
        found = session.execute(select(unit.c.code, unit.c.name).where(unit.c.id.in_(ids), ~unit.c.external).order_by(unit.c.path).limit(1)).first()
    return (found.code, found.name) if found else None


def _body(house: House, place: _Place, mine: bool, waiting: Sequence[CaseRow], resting: Sequence[CaseRow]) -> Body:
    with house.db.reading() as session:
        seats = _names(session, standing.seated(session, place.id, today(house)))
    return Body(place.code, place.name, seats, mine, min(len(waiting), MOST), len(waiting) > MOST, len(resting) > MOST)


def _place(house: House, actor: Actor, code: str) -> tuple[_Place, bool]:
    """The body with this code, and whether somebody sits on it. Raises `NotFound` where it can have no matters."""
    places, seated_on = _places(house, actor)
    found = next((one for one in places if one.code == code), None)
    if found is None:
        raise NotFound
    return found, found.id in seated_on


def _places(house: House, actor: Actor) -> tuple[list[_Place], Collection[int]]:
    """The bodies that may have matters, whoever may know of those, in the order of the tree; and those on which somebody sits."""
    day = today(house)
    with house.db.reading("all") as session:
        seated_on = set(standing.bodies_of(session, actor.person_id, day))
        grounds = _grounds(session, day)
        named = select(cases.c.body_id).distinct().where(cases.c.is_open, cases.c.body_id.is_not(None))
        known = session.execute(select(unit.c.id, unit.c.code, unit.c.name).where(
            or_(unit.c.id.in_(named), unit.c.id.in_(seated_on), unit.c.id.in_(grounds)), ~unit.c.external).order_by(unit.c.path)).all()
    return [_Place(id_, code, name, _conducts(id_, grounds)) for id_, code, name in known], seated_on


def _grounds(session: Session, day: date, *where: ColumnElement[bool]) -> dict[int, _Ground]:
    """By body, over which units somebody chairs who sits on it."""
    named = select(cases.c.id).where(cases.c.body_id == unit.c.id).correlate(unit).exists()
    found: dict[int, _Ground] = {}
    for body_id, unit_id, decides in session.execute(
            select(unit.c.id, role_grant.c.unit_id, named).join(office, office.c.unit_id == unit.c.id)
            .join(appointment, appointment.c.office_id == office.c.id).join(role_grant, role_grant.c.person_id == appointment.c.person_id)
            .where(unit.c.kind == "body", ~unit.c.external, role_grant.c.role == Role.CHAIR.value, in_force(role_grant, day),
                   in_force(appointment, day), *where).order_by(unit.c.path)):
        found.setdefault(body_id, _Ground(named=bool(decides))).units.add(unit_id)
    return found


def _conducts(body_id: int, grounds: Mapping[int, _Ground]) -> ColumnElement[bool] | None:
    """The matters that name no body and that this one conducts: whoever chairs over their unit sits on it. Of several such bodies it is one that
    decides no matter by name, where there is one."""
    if body_id not in grounds:
        return None
    others = {unit_id for one in grounds.values() if not one.named for unit_id in one.units} if grounds[body_id].named else set()
    return and_(cases.c.body_id.is_(None), _below(grounds[body_id].units), *([~_below(others)] if others else []))


def _below(units: Collection[int]) -> ColumnElement[bool]:
    """Cases of these units and of all below them."""
    return exists().where(unit_above.c.unit_id == cases.c.unit_id, among(unit_above.c.above_id, units))


def _agenda(house: House, actor: Actor, place: _Place, rehearsal: bool = False) -> tuple[list[CaseRow], list[CaseRow]]:
    """The matters with a body that wait for it, with those that it conducts; and those that do not wait. The most urgent first; one more than is
    shown where there are more."""
    waits = _in_states_that_wait(house)
    waiting = _found(house, actor, Filter(body=place.code, is_open=True, rehearsal=rehearsal), waits)
    if place.conducts is not None:
        waiting += _found(house, actor, Filter(workflow=INSPECTION.name, is_open=True, rehearsal=rehearsal), waits, place.conducts)
    resting = _found(house, actor, Filter(body=place.code, is_open=True, rehearsal=rehearsal), ~waits)
    return sorted(waiting, key=_urgency)[:MOST + 1], resting


def _urgency(row: CaseRow) -> tuple[int, int]:
    """What matters are ordered by, as in every list of work: the day that comes first, and of one day the oldest."""
    return FAR if row.due_at is None else row.due_at, row.id


def _found(house: House, actor: Actor, wanted: Filter, *more: ColumnElement[bool], most: int | None = MOST) -> list[CaseRow]:
    """The matters that this reader decides or handles and that fulfil this, by due day; one more than `most` where there are more."""
    with house.db.reading(reach_of(actor)) as session:
        viewer = standing.viewer_of(session, actor, today(house))
        way = roads.plan(session, house, viewer, wanted, "due", *more)
        found, _ = lists.among_those_ahead(session, house, viewer, way, None, lists.AT_A_TIME, most, lambda row: bool(row.parts & SITTING))
    return found if most is None else found[:most + 1]


def _in_states_that_wait(house: House) -> ColumnElement[bool]:
    """Cases in a state in which their law waits for a body."""
    return among_texts(cases.c.definition + cases.c.state,
                       {law + state for law, w in house.catalogue.by_hash.items() for state in w.by_name if _waits_in(w, state)})


def _waits_in(workflow: Workflow, state: str) -> bool:
    """Whether a state waits for a step of the body: the law asks somebody who decides for it, or for an act of a sitting."""
    return any(_is_step(t) for t in workflow.onward.get(state, ()))


def _steps(row: CaseRow) -> tuple[Transition, ...]:
    """The acts by which a body goes on with a matter as it stands, those of a sitting first."""
    return tuple(sorted((t for t in row.workflow.out_of(row.state) if _is_step(t)), key=lambda t: t.trigger not in MINUTED))


def _matter(house: House, actor: Actor, row: CaseRow, body_id: int) -> Matter:
    with house.db.reading("all") as session:
        told = list(events_of(session, row.id))
        apart, declared = _apart(session, house, row, body_id)
        papers = len(session.execute(select(evidence.c.n).where(evidence.c.case_id == row.id, evidence.c.withdrawn_seq.is_(None))).all())
        roll, count = _last(told, ROLL), next((e for e in reversed(told) if COUNT in e.data), None)
        presence = _presence(session, house, row, roll, count)
    steps = _steps(row)
    declares = row.workflow.edge(row.state, "declare_conflict")
    enters, leads, lacks = _possible(house, actor, row, [t for t in steps if row.parts & set(t.who)])
    return Matter(row, _waits_in(row.workflow, row.state), tuple(t.trigger for t in steps), enters, leads, lacks, apart, declared,
                  bool(declares and row.parts & set(declares.who)), papers, ROLL in row.workflow.triggers, presence,
                  _read(row, count) if count else None, count.trigger if count else "")


def _possible(house: House, actor: Actor, row: CaseRow, mine: Sequence[Transition]
              ) -> tuple[tuple[str, ...], str | None, tuple[str, tuple[str, ...]] | None]:
    """Of the steps that are the reader's, those that the rules allow as things stand; which of them leads; and the first, where it is none of them,
    with what it lacks."""
    if row.paused or not mine:
        return (), None, None
    found, lacks = awaited.allowed_of(house, actor, row, [t.trigger for t in mine])
    allowed, leads = tuple(t.trigger for t in found), awaited.leading(row.workflow, row.state, mine)
    return allowed, leads if leads in allowed else None, None if mine[0].trigger in allowed else (mine[0].trigger, lacks)


def _is_step(t: Transition) -> bool:
    """Whether it is a step of those who decide, or of who keeps the minutes for them; waiting is none."""
    return t.trigger in MINUTED or (t.dest != ANY and bool(DECIDES & set(t.who)) and not (t.while_paused or t.unasked))


def _apart(session: Session, house: House, row: CaseRow, body_id: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who of the body takes no part, and who declared a conflict: names, and no reason."""
    x, d = exclusion.c, declared_conflict.c
    seats = standing.seated(session, body_id, today(house))
    walled = session.execute(select(x.person_id).where(x.case_id == row.id, x.person_id.in_(seats), x.since_on <= today(house),
                                                       x.part.in_((EVERY_PART, Role.DECIDER.value)))).scalars().all()
    declared = session.execute(select(d.person_id).where(d.case_id == row.id)).scalars().all()
    return _names(session, set(walled) - set(declared)), _names(session, declared)


def _names(session: Session, ids: Any) -> tuple[str, ...]:
    return tuple(session.execute(select(person.c.full_name).where(person.c.id.in_(list(ids))).order_by(person.c.full_name)).scalars())


def _last(events: Sequence[Event], trigger: str) -> Event | None:
    return next((e for e in reversed(events) if e.trigger == trigger), None)


def _read(row: CaseRow, event: Event) -> Mapping[str, Any]:
    return readable(row.workflow, event.trigger, event.data, row.parts)[0]


def _presence(session: Session, house: House, row: CaseRow, roll: Event | None, count: Event | None) -> Presence | None:
    """The roll that was frozen, against the quorum of the ruleset; nothing where none is frozen yet, or the reader may not read it."""
    if roll is None or not (told := _read(row, roll)).get("voters"):
        return None
    voters, base = list(told["voters"]), int(told.get("base") or 0)
    absent = [str(one["person"]) for one in told.get("roll") or () if one.get("absent") and one["person"] in voters]
    later = count is not None and count.seq > roll.seq
    present = int(count.data[COUNT]) if later and count is not None else len(voters) - len(absent)
    rules = house.catalogue.rulesets_by_name[row.ruleset].values
    share = read_quorum(str(rules.get("vote.quorum", "none")))
    names = session.execute(select(person.c.full_name).where(person.c.uid.in_(absent)).order_by(person.c.full_name)).scalars()
    return Presence(len(voters), base, present, share.needed(base) if share else 1, int(rules.get("vote.at_least_voters", 1)), tuple(names))


def minutes(house: House, actor: Actor, code: str, on: date, rehearsal: bool = False, of: str | None = None,
            ) -> tuple[Body, list[tuple[CaseRow, list[Event]]], list[CaseRow]]:
    """What the histories have of a day's sitting: the body, and each matter with the acts of the sitting that took place that day, in the order in
    which they were recorded. Matters that ended that day are among them. What is in a closed circle is in no minutes that others read: such
    matters are told apart, and each has a draft of its own, which `of` asks for. Raises `NotFound` as `body` does, and where there is no such
    draft."""
    place, mine = _place(house, actor, code)
    rows = _of_day(house, actor, place, on, rehearsal)
    if not rows and not mine:
        body(house, actor, code, rehearsal)
    found = []
    with house.db.reading(reach_of(actor)) as session:
        for row in rows:
            if row.uid == of if row.closed_circle else of is None:
                acts = [e for e in events_of(session, row.id) if e.trigger in MINUTED and day_of(e.occurred_at, house.zone) == on]
                found.append((row, acts))
    if of is not None and not found:
        raise NotFound
    circles = [row for row in rows if row.closed_circle and of is None]
    return _body(house, place, mine, (), ()), sorted(found, key=lambda one: one[1][0].recorded_at), circles


def _of_day(house: House, actor: Actor, place: _Place, on: date, rehearsal: bool) -> list[CaseRow]:
    """The matters of a body in which an act of a sitting took place on a day."""
    begin, end = (start_of(day, house.zone) for day in (on, on + timedelta(days=1)))
    sat = exists().where(event.c.stream_id == cases.c.id, event.c.trigger.in_(MINUTED), event.c.occurred_at >= begin, event.c.occurred_at < end)
    rows = _found(house, actor, Filter(body=place.code, rehearsal=rehearsal), sat, most=None)
    if place.conducts is not None:
        rows += _found(house, actor, Filter(workflow=INSPECTION.name, rehearsal=rehearsal), sat, place.conducts, most=None)
    return rows


def chair_of(house: House, code: str) -> list[tuple[str, str]]:
    """(title, name) of the offices of a body today, the order of the file."""
    with house.db.reading() as session:
        id_ = session.execute(select(unit.c.id).where(unit.c.code == code)).scalar()
        rows = session.execute(select(office.c.id, office.c.title).where(office.c.unit_id == id_).order_by(office.c.id)).all()
        known = standing.histories(session, tuple(row.id for row in rows))
        return [(row.title, name) for row in rows for name in _names(session, known[row.id].holders(today(house)))]

"""The desk of a committee: what waits for it, who takes no part, who may vote and whether they are enough, what was counted, and the minutes of a day
as the histories have them. Only for those who decide or handle; parties and auditors find their way by the case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from inspect_app.access.conflicts import EVERY_PART
from inspect_app.access.parts import in_force, reach_of
from inspect_app.access.reading import readable
from inspect_app.db import Session
from inspect_app.errors import NotFound
from inspect_app.models import appointment, cases, declared_conflict, evidence, exclusion, office, person, role_grant, unit, unit_above
from inspect_app.services import queries, standing
from inspect_app.services.events import events_of
from inspect_app.services.house import House
from inspect_app.services.ledger import Event
from inspect_app.services.queries import CaseRow, Filter, today
from workflows.acts import Actor
from workflows.calendar import day_of
from workflows.definition import Transition
from workflows.inspection_v1 import INSPECTION
from workflows.roles import Role
from workflows.sittings import before_a_body
from workflows.thresholds import read_quorum

SITTING = frozenset({Role.DECIDER, Role.APPEAL_DECIDER, Role.CHAIR, Role.MEMBER, Role.OFFICER, Role.RECORDER})
"""Whoever plays one of these in a case finds it on the desk of its body."""
MOST = 100
"""Matters that a desk shows."""
ROLL, COUNT = "freeze_roll", "present"
"""The act that says who may vote; the input by which an act is a count."""
MINUTED = ("freeze_roll", "hear", "conclude", "vote", "vote_to_propose", "decide_alone", "record_dissent", "determine", "void_vote", "uphold", "vary",
           "remove", "impose")


@dataclass(frozen=True, slots=True)
class Body:
    """A body, how many sit on it today, whether the reader does, and how many matters wait."""

    code: str
    name: str
    seats: tuple[str, ...]
    mine: bool
    matters: int


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
    """One matter of a body: whether it waits for it now; the acts by which the body goes on with it, of which `enters` are the reader's; who takes no
    part (names, never why), who declared it themselves; the papers; whether it is voted on; presence and the last count, as this reader may read
    them."""

    row: CaseRow
    waits: bool
    steps: tuple[str, ...]
    enters: tuple[str, ...]
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
    with house.db.reading() as session:
        seated_on = set(standing.bodies_of(session, actor.person_id, today(house)))
        known = {id_: (code, name) for id_, code, name in session.execute(
            select(unit.c.id, unit.c.code, unit.c.name).where(unit.c.id.in_(
                select(cases.c.body_id).where(cases.c.is_open)) | unit.c.id.in_(seated_on), ~unit.c.external).order_by(unit.c.path))}
    found = []
    for id_, (code, name) in known.items():
        waiting = _agenda(house, actor, code)
        if waiting or id_ in seated_on:
            with house.db.reading() as session:
                found.append(Body(code, name, _names(session, standing.seated(session, id_, today(house))), id_ in seated_on,
                                  sum(_waits(row) for row in waiting)))
    return found


def body(house: House, actor: Actor, code: str, rehearsal: bool = False) -> tuple[Body, list[Matter]]:
    """One desk: the body, and its agenda, the most urgent first; rehearsals are an agenda of their own. Raises `NotFound` for who neither sits on it
    nor handles a matter of it."""
    found = next((one for one in bodies(house, actor) if one.code == code), None)
    if found is None:
        raise NotFound
    return found, [_matter(house, row, code) for row in _agenda(house, actor, code, rehearsal)]


def _agenda(house: House, actor: Actor, code: str, rehearsal: bool = False) -> list[CaseRow]:
    """The matters that are with a body, and those that it conducts and has to conclude."""
    rows = queries.register(house, actor, Filter(body=code, is_open=True, rehearsal=rehearsal), sort="due", limit=MOST).rows
    conducted = [row for row in _conducted(house, actor, code, Filter(workflow=INSPECTION.name, is_open=True, rehearsal=rehearsal))
                 if before_a_body(row.workflow, row.state)]
    return [row for row in (*rows, *conducted) if row.parts & SITTING]


def _conducted(house: House, actor: Actor, code: str, wanted: Filter) -> list[CaseRow]:
    """The matters that name no body and that this one conducts: whoever chairs over their unit sits on it. Of several such bodies it is one that
    decides no matter by name, where there is one."""
    rows, day = queries.register(house, actor, wanted, sort="-updated", limit=MOST).rows, today(house)
    decides = select(cases.c.id).where(cases.c.body_id == unit.c.id).correlate(unit).exists()
    of = cases.alias("of")
    conducts = (
        select(of.c.id, unit.c.code, decides).join(unit_above, unit_above.c.unit_id == of.c.unit_id)
        .join(role_grant, role_grant.c.unit_id == unit_above.c.above_id).join(appointment, appointment.c.person_id == role_grant.c.person_id)
        .join(office, office.c.id == appointment.c.office_id).join(unit, unit.c.id == office.c.unit_id)
        .where(of.c.id.in_([row.id for row in rows]), of.c.body_id.is_(None), role_grant.c.role == Role.CHAIR.value, in_force(role_grant, day),
               in_force(appointment, day), unit.c.kind == "body"))
    found: dict[int, dict[str, bool]] = {}
    with house.db.reading("all") as session:
        for case_id, one, deciding in session.execute(conducts):
            found.setdefault(case_id, {})[one] = bool(deciding)
    return [row for row in rows if (bodies := found.get(row.id, {})) and code in bodies and (not bodies[code] or all(bodies.values()))]


def _steps(row: CaseRow) -> tuple[Transition, ...]:
    """The acts by which a body goes on with a matter as it stands, those of a sitting first."""
    return tuple(sorted((t for t in row.workflow.out_of(row.state) if _is_step(t)), key=lambda t: t.trigger not in MINUTED))


def _waits(row: CaseRow) -> bool:
    """Whether a matter waits for its body to meet, or for an act of a meeting that leads on."""
    onward = {t.trigger for t in row.workflow.onward.get(row.state, ())}
    return bool(before_a_body(row.workflow, row.state)) or any(t.trigger in MINUTED and t.trigger in onward for t in _steps(row))


def _matter(house: House, row: CaseRow, code: str) -> Matter:
    with house.db.reading("all") as session:
        told = list(events_of(session, row.id))
        apart, declared = _apart(session, house, row, code)
        papers = len(session.execute(select(evidence.c.n).where(evidence.c.case_id == row.id, evidence.c.withdrawn_seq.is_(None))).all())
        roll, count = _last(told, ROLL), next((e for e in reversed(told) if COUNT in e.data), None)
        presence = _presence(session, house, row, roll, count)
    steps = _steps(row)
    declares = row.workflow.edge(row.state, "declare_conflict")
    enters = tuple(t.trigger for t in steps if row.parts & set(t.who) and not row.paused)
    return Matter(row, _waits(row), tuple(t.trigger for t in steps), enters, apart, declared,
                  bool(declares and row.parts & set(declares.who)), papers, ROLL in row.workflow.triggers, presence,
                  _read(row, count) if count else None, count.trigger if count else "")


def _is_step(t: Transition) -> bool:
    """Whether it is a step of those who decide, or of who keeps the minutes for them; waiting is none."""
    return t.trigger in MINUTED or (t.dest != "*" and bool({Role.DECIDER, Role.APPEAL_DECIDER} & set(t.who)) and not (t.while_paused or t.unasked))


def _apart(session: Session, house: House, row: CaseRow, code: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who of the body takes no part, and who declared a conflict: names, and no reason."""
    x, d = exclusion.c, declared_conflict.c
    seats = standing.seated(session, int(session.execute(select(unit.c.id).where(unit.c.code == code)).scalar_one()), today(house))
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


def minutes(house: House, actor: Actor, code: str, on: date, rehearsal: bool = False) -> list[tuple[CaseRow, list[Event]]]:
    """What the histories have of a day's sitting: each matter of the body with the acts of the sitting that took place that day, in the order in
    which they were recorded. Matters that ended that day are among them. Raises `NotFound` as `body` does."""
    if all(one.code != code for one in bodies(house, actor)):
        raise NotFound
    rows = [row for row in (*queries.register(house, actor, Filter(body=code, rehearsal=rehearsal), sort="-updated", limit=MOST).rows,
                            *_conducted(house, actor, code, Filter(workflow=INSPECTION.name, rehearsal=rehearsal))) if row.parts & SITTING]
    found = []
    with house.db.reading(reach_of(actor)) as session:
        for row in rows:
            acts = [e for e in events_of(session, row.id) if e.trigger in MINUTED and day_of(e.occurred_at, house.zone) == on]
            if acts:
                found.append((row, acts))
    return sorted(found, key=lambda one: one[1][0].recorded_at)


def chair_of(house: House, code: str) -> list[tuple[str, str]]:
    """(title, name) of the offices of a body today, the order of the file."""
    with house.db.reading() as session:
        id_ = session.execute(select(unit.c.id).where(unit.c.code == code)).scalar()
        rows = session.execute(select(office.c.id, office.c.title).where(office.c.unit_id == id_).order_by(office.c.id)).all()
        known = standing.histories(session, tuple(row.id for row in rows))
        return [(row.title, name) for row in rows for name in _names(session, known[row.id].holders(today(house)))]

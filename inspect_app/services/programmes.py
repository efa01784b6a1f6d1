"""The yearly programme as it is read: planned against actual, demonstrations with what came of them, and topics that suggest themselves.

Nothing is stored for it: everything is read from the cases that the reader may know of. Rehearsals are in none of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, select

from inspect_app.access.parts import reach_of, visible_to
from inspect_app.audit.envelope import disclosed
from inspect_app.db import Session
from inspect_app.errors import NotFound
from inspect_app.models import cases, content, event, unit, unit_above
from inspect_app.services import queries
from inspect_app.services.events import events_of
from inspect_app.services.folding import folded
from inspect_app.services.house import House
from inspect_app.services.queries import CaseRow, Filter
from inspect_app.services.said import data_of, said
from inspect_app.services.standing import viewer_of
from workflows.acts import Actor
from workflows.calendar import day_of, start_of
from workflows.demonstration_v1 import DEMONSTRATION, LESSON_WORKFLOW
from workflows.figures import QUARTERS, last_of, quarter_of
from workflows.programme_v1 import PLANNED_INSPECTION, PROGRAMME
from workflows.rollout_v1 import ROLLOUT

CODES = [code for code, _ in QUARTERS]
LOOKS_BACK = timedelta(days=365)
OFTEN, IN_UNITS = 3, 2
"""A finding recurs when it was made so often, or in so many units."""
AWAITED = "awaited"


@dataclass(frozen=True, slots=True)
class Item:
    """One inspection of the plan: the quarter it was first planned for, the one it is planned for now, and the one in which it was concluded."""

    case: CaseRow
    first: str
    quarter: str
    kind: str
    every: str
    points: tuple[str, ...]
    inspection: CaseRow | None
    actual: tuple[int, str] | None
    late: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """One demonstration: its lessons by state, the answers of the units to its roll-out, and its figures before and after."""

    case: CaseRow
    quarter: str
    aim: str
    held_on: date | None
    lessons: dict[str, int]
    answers: dict[str, int]
    effect: str | None
    compared: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Quarter:
    """How many inspections were planned for a quarter at first, how many fell due in it as revised, and how many were concluded in it."""

    quarter: str
    planned: int
    due: int
    held: int
    dropped: int
    late: int


@dataclass(frozen=True, slots=True)
class Topic:
    """What suggests itself as a topic: why, in how many findings and units; or the demonstration that had no effect."""

    why: str
    what: str
    times: int = 0
    units: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """A year's programme, planned against actual."""

    year: int
    legal_basis: str
    quarters: tuple[Quarter, ...]
    items: tuple[Item, ...]
    demonstrations: tuple[Shown, ...]
    topics: tuple[Topic, ...]


def plan(house: House, actor: Actor, row: CaseRow) -> Plan:
    """The programme of this case. Raises `NotFound` where the case is none."""
    if row.workflow.name != PROGRAMME.name:
        raise NotFound
    below = queries.below(house, actor, row)
    with house.db.reading(reach_of(actor)) as session:
        told = said(session, row.id)
    items = tuple(_item(house, actor, one) for one in below if one.workflow.name == PLANNED_INSPECTION.name)
    shown = tuple(_shown(house, actor, one) for one in below if one.workflow.name == DEMONSTRATION.name)
    year = int(told["year"])
    return Plan(year, str(told.get("legal_basis", "")), tuple(_quarter(year, code, items) for code in CODES),
                tuple(sorted(items, key=lambda i: (i.quarter, i.case.unit or "", i.case.id))),
                tuple(sorted(shown, key=lambda s: (s.quarter, s.case.id))), topics(house, actor, row, shown))


def _item(house: House, actor: Actor, row: CaseRow) -> Item:
    with house.db.reading(reach_of(actor)) as session:
        events = list(events_of(session, row.id))
    told: dict[str, Any] = {}
    for one in events:
        told.update(one.data)
        if one.after == "planned" and one.trigger == "unlink":
            told.pop("inspection", None)
    linked = queries.by_number(house, actor, str(told["inspection"])) if told.get("inspection") else None
    concluded = _concluded(house, actor, linked) if linked is not None else None
    today = queries.today(house)
    late = row.is_open and last_of(int(told["year"]), told["quarter"]) < today and concluded is None
    return Item(row, str(events[0].data["quarter"]), str(told["quarter"]), str(told["kind"]), str(told["every"]),
                tuple(_lines(told.get("points"))), linked,
                quarter_of(concluded) if concluded else None, late)


def planned_lines(house: House, row: CaseRow, name: str) -> list[str]:
    """What the plan says of this inspection in an input of this name, line by line; nothing where it stands in no plan. Whoever carries it out may
    read that, though the plan be not theirs to see."""
    opened = select(cases.c.id).join(unit, unit.c.id == cases.c.unit_id).where(
        cases.c.workflow == PLANNED_INSPECTION.name, cases.c.state == "opened", unit.c.code == row.unit).order_by(cases.c.id.desc())
    with house.db.reading("all") as session:
        for item in session.execute(opened).scalars():
            told = said(session, item)
            if told.get("inspection") == row.number:
                return _lines(told.get(name))
    return []


def _lines(text: Any) -> list[str]:
    return [line.strip() for line in str(text or "").splitlines() if line.strip()]


def _concluded(house: House, actor: Actor, row: CaseRow) -> date | None:
    with house.db.reading(reach_of(actor)) as session:
        moment = session.execute(select(event.c.occurred_at).where(event.c.stream_id == row.id, event.c.trigger == "conclude")
                                 .order_by(event.c.seq.desc()).limit(1)).scalar()
    return day_of(moment, house.zone) if moment is not None else None


def _quarter(year: int, code: str, items: Iterable[Item]) -> Quarter:
    now_due = [i for i in items if i.quarter == code and i.case.state != "dropped"]
    return Quarter(code, sum(i.first == code for i in items), len(now_due), sum(i.actual == (year, code) for i in items),
                   sum(i.quarter == code and i.case.state == "dropped" for i in items), sum(i.late for i in now_due))


def _shown(house: House, actor: Actor, row: CaseRow) -> Shown:
    below = queries.below(house, actor, row)
    asked = [one for call in below if call.workflow.name == ROLLOUT.name for one in queries.below(house, actor, call)]
    with house.db.reading(reach_of(actor)) as session:
        told = said(session, row.id)
        answers = Counter(_answer(session, one) for one in asked)
    lessons = Counter(one.state for one in below if one.workflow.name == LESSON_WORKFLOW.name)
    held = date.fromisoformat(str(told["held_on"])) if told.get("held_on") else None
    return Shown(row, str(told["quarter"]), str(told["aim"]), held, dict(lessons), dict(answers), told.get("effect"),
                 tuple(told.get("compared") or ()))


def _answer(session: Session, row: CaseRow) -> str:
    return str(said(session, row.id).get("choice", row.state)) if row.state == "answered" else row.state if not row.is_open else AWAITED


def topics(house: House, actor: Actor, row: CaseRow, shown: Iterable[Shown] = ()) -> tuple[Topic, ...]:
    """What suggests itself for the next quarter: demonstrations that had no effect, and findings that recur on norms and units within a
    year, as far as this actor may know of them; the most frequent first."""
    found = [Topic("no_effect", one.case.title) for one in shown if one.effect == "does_not"]
    since = start_of(queries.today(house) - LOOKS_BACK, house.zone)
    times: Counter[str] = Counter()
    where: dict[str, set[int]] = {}
    called: dict[str, str] = {}
    for unit_id, norm in _findings(house, actor, row, since):
        key = folded(norm).strip()
        times[key] += 1
        where.setdefault(key, set()).add(unit_id)
        called.setdefault(key, norm)
    found += [Topic("recurs", called[key], n, len(where[key])) for key, n in times.most_common() if n >= OFTEN or len(where[key]) >= IN_UNITS]
    return tuple(found)


def _findings(house: House, actor: Actor, row: CaseRow, since: int) -> list[tuple[int, str]]:
    """(unit, norm) of every finding drafted since then in the units of the programme."""
    with house.db.reading(reach_of(actor)) as session:
        viewer = viewer_of(session, actor, queries.today(house))
        mine = select(cases.c.unit_id).where(cases.c.id == row.id).scalar_subquery()
        bodies = session.execute(
            select(cases.c.unit_id, content.c.body)
            .join(event, event.c.stream_id == cases.c.id)
            .join(content, and_(content.c.event_id == event.c.event_id, content.c.subject_id == 0))
            .join(unit_above, and_(unit_above.c.unit_id == cases.c.unit_id, unit_above.c.above_id == mine))
            .where(cases.c.workflow == "inspection", event.c.trigger == "draft", event.c.occurred_at >= since,
                   cases.c.rehearsal == row.rehearsal, visible_to(viewer, queries.fast(house))).order_by(event.c.event_id)).all()
    return [(unit_id, str(one["norm"])) for unit_id, body in bodies for one in data_of(disclosed(body)).get("findings") or () if one.get("norm")]


def of_kind(house: House, actor: Actor, workflow: str, *, is_open: bool | None = None, limit: int = 50) -> tuple[CaseRow, ...]:
    """The newest cases of a workflow that this actor may know of."""
    return queries.register(house, actor, Filter(workflow=workflow, is_open=is_open), sort="-opened", limit=limit).rows

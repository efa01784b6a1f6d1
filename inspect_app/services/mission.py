"""What is counted for a quarter: the five figures of the mission, and the work of the units. Countable facts of matters, never of a person.

Not counted are rehearsals, what happens in a closed circle, what was recorded from elsewhere, and what is put away (spent, annulled, cleared)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import median_low
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, select, tuple_

from inspect_app.audit.envelope import disclosed
from inspect_app.db import Session
from inspect_app.models import cases, clock, content, event, office, unit, unit_above
from inspect_app.services.house import House
from inspect_app.services.said import data_of
from workflows.calendar import day_of, start_of
from workflows.figures import DONE, NOTED, Span
from workflows.roles import Role
from workflows.suppression import Sum

CONCLUDED = frozenset({("inspection", "conclude"), ("inspection", "close_no_case")})
EFFECT = frozenset({("corrective_action", "find_effective"), ("corrective_action", "find_ineffective")})
ANSWERS = ("acknowledge", "acknowledge_with_reservation", "contest", "misdirect")
LAPSED = "answer_lapsed"
MISSION = ("with_cause", "days", "heads", "effective", "own")
"""The five figures of the mission, in their order."""
SHARES = {"with_cause": ("yes", "no"), "heads": ("yes", "no"), "effective": ("yes", "no")}
TABLES = {"noted": ("own", "others"), "remedies": ("in_time", "late"), "inspections": ("concluded", "no_case")}
"""Tables by unit, and their columns, which add up. None is of heads: a head's silence is shown to that head and the next superior alone."""
REST = "-"
"""The row of what belongs to no unit right below the top."""


class Ended(NamedTuple):
    """An inspection that ended in the quarter: in which unit, whether it was concluded, and after how many days."""

    unit_id: int | None
    concluded: bool
    days: int


@dataclass
class Counted:
    """Every number of a quarter by its name; the inspections that ended; the unit of each office whose holder let a time run out; `units` are (code,
    name) of the rows."""

    numbers: dict[str, int] = field(default_factory=dict)
    sums: list[Sum] = field(default_factory=list)
    ended: tuple[Ended, ...] = ()
    silent: tuple[int | None, ...] = ()
    units: tuple[tuple[str, str], ...] = ()

    @property
    def median(self) -> int | None:
        return median_low(one.days for one in self.ended) if self.ended else None


def counted(session: Session, house: House, span: Span) -> Counted:
    """Everything that is published of these days, both included."""
    units, row_of = _rows(session)
    tally: dict[str, int] = {}

    def add(name: str) -> None:
        tally[name] = tally.get(name, 0) + 1

    def by_unit(table: str, column: str, unit_id: int | None) -> None:
        add(f"{table}.{row_of.get(unit_id, REST) if unit_id is not None else REST}.{column}")

    for row in happened(session, house, span, NOTED):
        told = data_of(disclosed(row.body)) if row.body else {}
        dated = bool(told.get("due")) or row.workflow == "shortcoming"
        add(f"with_cause.{'yes' if told.get('cause') and told.get('office') and dated else 'no'}")
        by_unit("noted", "own" if row.role == Role.UNIT_LEAD or row.above == "unit_check" else "others", row.unit_id)
    for row in happened(session, house, span, DONE):
        by_unit("remedies", "in_time" if row.due is None or row.occurred_at <= row.due else "late", row.unit_id)
    ended = []
    for row in happened(session, house, span, CONCLUDED):
        by_unit("inspections", "concluded" if row.trigger == "conclude" else "no_case", row.unit_id)
        days = max((day_of(row.occurred_at, house.zone) - day_of(row.begun, house.zone)).days, 0)
        ended.append(Ended(row.unit_id, row.trigger == "conclude", days))
    for row in happened(session, house, span, EFFECT):
        add(f"effective.{'yes' if row.trigger == 'find_effective' else 'no'}")
    heads = _heads(session, house, span)
    for _, answered in heads:
        add(f"heads.{'yes' if answered else 'no'}")
    numbers, sums = completed(tally, [code for code, _ in units])
    return Counted(numbers, sums, tuple(ended), tuple(unit_id for unit_id, answered in heads if not answered), units)


def _rows(session: Session) -> tuple[tuple[tuple[str, str], ...], dict[int, str]]:
    """The units right below a top of the house, which are the rows, and to which of them each unit belongs."""
    top = unit.alias("top")
    rows = session.execute(select(unit.c.id, unit.c.code, unit.c.name).join(top, top.c.id == unit.c.parent_id)
                           .where(top.c.parent_id.is_(None), ~top.c.external, ~unit.c.external, unit.c.kind == "unit").order_by(unit.c.path)).all()
    codes = {row.id: row.code for row in rows}
    below = session.execute(select(unit_above.c.unit_id, unit_above.c.above_id).where(unit_above.c.above_id.in_(list(codes))))
    return tuple((row.code, row.name) for row in rows), {unit_id: codes[above_id] for unit_id, above_id in below}


def completed(tally: dict[str, int], units: Iterable[str]) -> tuple[dict[str, int], list[Sum]]:
    """Every number with its totals, and what adds up to what."""
    numbers: dict[str, int] = {}
    sums: list[Sum] = []

    def total(name: str, parts: list[str]) -> None:
        numbers[name] = sum(numbers[part] for part in parts)
        sums.append(Sum(tuple(parts), name))

    for figure, parts in SHARES.items():
        for part in parts:
            numbers[f"{figure}.{part}"] = tally.get(f"{figure}.{part}", 0)
        if figure != "with_cause":
            total(f"{figure}.all", [f"{figure}.{part}" for part in parts])
    rows = [*units, REST]
    for table, columns in TABLES.items():
        for row in rows:
            for column in columns:
                numbers[f"{table}.{row}.{column}"] = tally.get(f"{table}.{row}.{column}", 0)
            total(f"{table}.{row}.all", [f"{table}.{row}.{column}" for column in columns])
        for column in (*columns, "all"):
            total(f"{table}.all.{column}", [f"{table}.{row}.{column}" for row in rows])
        sums.append(Sum(tuple(f"{table}.all.{column}" for column in columns), f"{table}.all.all"))
    sums.append(Sum(("with_cause.yes", "with_cause.no"), "noted.all.all"))
    numbers["days.all"] = numbers["inspections.all.all"]
    return numbers, [*sums, Sum(("inspections.all.all",), "days.all")]


def counts() -> ColumnElement[bool]:
    return and_(~cases.c.rehearsal, ~cases.c.closed_circle, ~cases.c.put_away, cases.c.disposed_at.is_(None), event.c.origin == "act")


def happened(session: Session, house: House, span: Span, wanted: frozenset[tuple[str, str]]) -> list[Any]:
    """Events of these kinds that happened in these days, with what is looked at: the part, the unit, the workflow above, when the signal came,
    and by when it was due."""
    above, first = cases.alias("above"), event.alias("first")
    begin, end = start_of(span[0], house.zone), start_of(span[1] + timedelta(days=1), house.zone)
    due = (select(clock.c.due_at).where(clock.c.case_id == cases.c.id, clock.c.name == "due", clock.c.started_seq < event.c.seq)
           .order_by(clock.c.started_seq.desc(), clock.c.id.desc()).limit(1).correlate(cases, event).scalar_subquery())
    source = case((above.c.workflow == "concern", above.c.id), else_=cases.c.id)
    begun = select(first.c.occurred_at).where(first.c.stream_id == source, first.c.seq == 1).correlate(cases, above).scalar_subquery()
    read = and_(content.c.event_id == event.c.event_id, content.c.subject_id == 0)
    return list(session.execute(
        select(cases.c.workflow, event.c.trigger, event.c.role, event.c.occurred_at, cases.c.unit_id, above.c.workflow.label("above"),
               func.coalesce(begun, event.c.occurred_at).label("begun"), due.label("due"), content.c.body)
        .join(cases, cases.c.id == event.c.stream_id).outerjoin(above, above.c.id == cases.c.parent_id).outerjoin(content, read)
        .where(counts(), event.c.occurred_at >= begin, event.c.occurred_at < end,
               tuple_(cases.c.workflow, event.c.trigger).in_(sorted(wanted))).order_by(event.c.event_id)))


def _heads(session: Session, house: House, span: Span) -> list[tuple[int | None, bool]]:
    """The heads who owed an answer in these days: the unit of each office, and whether its holder answered. An office counts once, however many
    answers it owed, and its holder was silent where the time of any ran out first."""
    begin, end = start_of(span[0], house.zone), start_of(span[1] + timedelta(days=1), house.zone)
    earlier = event.alias("earlier")
    before = select(earlier.c.event_id).where(earlier.c.stream_id == event.c.stream_id, earlier.c.seq < event.c.seq,
                                              earlier.c.trigger.in_((*ANSWERS, LAPSED))).correlate(event).exists()
    rows = session.execute(
        select(event.c.trigger, cases.c.id, cases.c.office_id, func.coalesce(office.c.unit_id, cases.c.unit_id).label("unit_id"))
        .join(cases, cases.c.id == event.c.stream_id).outerjoin(office, office.c.id == cases.c.office_id)
        .where(counts(), cases.c.workflow == "responsibility", event.c.trigger.in_((*ANSWERS, LAPSED)), ~before,
               event.c.occurred_at >= begin, event.c.occurred_at < end))
    found: dict[tuple[int | None, int | None], tuple[int | None, bool]] = {}
    for row in rows:
        key = (row.office_id, None) if row.office_id is not None else (None, row.id)
        found[key] = (row.unit_id, row.trigger in ANSWERS and found.get(key, (None, True))[1])
    return list(found.values())


def began(session: Session, house: House, before: date) -> bool:
    """Whether anything that counts happened before a day."""
    return session.execute(select(event.c.event_id).join(cases, cases.c.id == event.c.stream_id)
                           .where(counts(), event.c.occurred_at < start_of(before, house.zone)).limit(1)).first() is not None

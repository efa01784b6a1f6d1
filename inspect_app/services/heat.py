"""The organisation as a map: figures of each unit with everything below it, a quarter at a time. They are counted once, when the quarter is over, and
are the same for every reader from then on; small numbers are hidden, and so is what would let them be worked out. No figure is a live count, and
none is about a person: of heads it is told how many did not answer, where at least five did not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median_low
from typing import Any

from sqlalchemy import and_, func, insert, or_, select

from inspect_app.access.suppressed import LEAST, shown
from inspect_app.audit.envelope import disclosed
from inspect_app.db import Session
from inspect_app.models import cases, clock, content, event, unit, unit_above, unit_figure
from inspect_app.now import now
from inspect_app.services.bulk import one_at_a_time
from inspect_app.services.house import House
from inspect_app.services.queries import today
from inspect_app.services.said import data_of
from workflows.calendar import start_of
from workflows.figures import YEAR, first_of, last_of, quarter_of

OPEN, OVERDUE, REPEATED, SILENCE, DAYS = "open", "overdue", "repeated", "silence", "days"
MEASURES = (OPEN, OVERDUE, REPEATED, SILENCE, DAYS)
"""Cases open when the quarter ended; those of them past a time limit; violations concluded in a unit where one was within a year before; heads from
whom no answer came; the median of days from signal to conclusion, which is hidden where fewer than five were concluded."""
BACK = 4
"""Quarters that are counted where nobody has yet."""
DAY = 86_400_000_000
STEPS = 5
"""Shades of the map."""
NAME = "unit_figure"

Quarter = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Square:
    """A unit on the map: its number, None where it is hidden; `step` is its shade, 1 to 5."""

    code: str
    name: str
    depth: int
    value: int | None
    step: int


def quarters(house: House) -> list[Quarter]:
    """The quarters that were counted, the newest first."""
    with house.db.reading("all") as session:
        rows = session.execute(select(unit_figure.c.year, unit_figure.c.quarter).distinct()).all()
    return sorted(((int(year), str(quarter)) for year, quarter in rows), reverse=True)


def squares(house: House, quarter: Quarter, measure: str) -> list[Square]:
    """The map of a quarter, in the order of the tree."""
    f = unit_figure.c
    with house.db.reading("all") as session:
        rows = session.execute(select(unit.c.id, unit.c.code, unit.c.name, unit.c.path, f.above_id, f.value, f.among)
                               .join(unit, unit.c.id == f.unit_id).where(f.year == quarter[0], f.quarter == quarter[1], f.measure == measure)
                               .order_by(unit.c.path)).all()
    told, above = {row.id: row.value for row in rows}, {row.id: row.above_id for row in rows}
    seen = frozenset(row.id for row in rows if row.among >= LEAST) if measure == DAYS else shown(told, above)
    most = max((told[id_] for id_ in seen), default=0)
    depth: dict[int, int] = {}
    for row in rows:
        depth[row.id] = depth.get(row.above_id, -1) + 1
    return [Square(row.code, row.name, depth[row.id], row.value if row.id in seen else None,
                 1 + min(STEPS - 1, row.value * STEPS // (most + 1)) if row.id in seen else 0) for row in rows]


def freeze_due(house: House) -> int:
    """Count the quarters that are over and were not counted yet; returns how many."""
    day, wanted = today(house), list[Quarter]()
    at = quarter_of(day)
    for _ in range(BACK):
        at = quarter_of(first_of(*at) - timedelta(days=1))
        wanted.append(at)
    with house.db.reading("all") as session:
        began = session.execute(select(func.min(event.c.recorded_at))).scalar()
    lived = [one for one in wanted if began is not None and start_of(last_of(*one) + timedelta(days=1), house.zone) > began]
    missing = sorted(set(lived) - set(quarters(house)))
    for quarter in missing:
        with house.db.atomic("all") as session:
            one_at_a_time(session, NAME)
            there = select(unit_figure.c.unit_id).where(unit_figure.c.year == quarter[0], unit_figure.c.quarter == quarter[1]).limit(1)
            if session.execute(there).first() is None and (rows := list(_counted(session, house, quarter))):
                session.execute(insert(unit_figure), rows)
    return len(missing)


def _counted(session: Session, house: House, quarter: Quarter) -> Iterator[dict[str, Any]]:
    """One row for each unit and measure, as the events of that time have it."""
    first, last = first_of(*quarter), last_of(*quarter)
    begin, end = start_of(first, house.zone), start_of(last + timedelta(days=1), house.zone)
    units = session.execute(select(unit.c.id, unit.c.parent_id).where(unit.c.kind == "unit", ~unit.c.external, or_(
        unit.c.dissolved_on.is_(None), unit.c.dissolved_on > last))).all()
    known = {id_ for id_, _ in units}
    over: dict[int, list[int]] = {}
    for below, up in session.execute(select(unit_above.c.unit_id, unit_above.c.above_id)):
        if up in known:
            over.setdefault(below, []).append(up)
    found: dict[str, dict[int, list[Any]]] = {measure: {id_: [] for id_ in known} for measure in MEASURES}
    for measure, unit_id, what in _facts(session, house, begin, end, first):
        for up in over.get(unit_id, ()):
            found[measure][up].append(what)
    for id_, parent in units:
        for measure in MEASURES:
            told = found[measure][id_]
            value = len(set(told)) if measure == SILENCE else (median_low(told) if told else 0) if measure == DAYS else len(told)
            yield {"year": quarter[0], "quarter": quarter[1], "unit_id": id_, "measure": measure, "value": value, "among": len(told),
                   "above_id": parent if parent in known else None, "frozen_at": now()}


def _facts(session: Session, house: House, begin: int, end: int, first: date) -> Iterator[tuple[str, int, Any]]:
    """(measure, unit, what is counted): a case, an office, or days. Rehearsals and closed circles count nowhere."""
    counts = (~cases.c.rehearsal, ~cases.c.closed_circle, cases.c.unit_id.is_not(None))
    newest = (select(event.c.stream_id, func.max(event.c.seq).label("seq")).where(event.c.recorded_at < end).group_by(event.c.stream_id)).subquery()
    rows = session.execute(select(cases.c.id, cases.c.unit_id, cases.c.definition, event.c.after)
                           .join(newest, newest.c.stream_id == cases.c.id)
                           .join(event, and_(event.c.stream_id == newest.c.stream_id, event.c.seq == newest.c.seq)).where(*counts)).all()
    still = {id_: (unit_id, house.law(law)) for id_, unit_id, law, after in rows if not house.law(law).is_final(after)}
    for id_, (unit_id, _) in still.items():
        yield OPEN, unit_id, id_
    late = session.execute(select(clock.c.case_id, clock.c.name).where(clock.c.started_at < end, clock.c.due_at < end, or_(
        clock.c.ended_at.is_(None), clock.c.ended_at >= end))).all()
    for id_ in {case_id for case_id, name in late if case_id in still and name not in still[case_id][1].undue_clocks}:
        yield OVERDUE, still[id_][0], id_
    silent = session.execute(select(cases.c.unit_id, cases.c.office_id).join(event, event.c.stream_id == cases.c.id).where(
        *counts, cases.c.workflow == "responsibility", event.c.trigger == "answer_lapsed", event.c.recorded_at >= begin, event.c.recorded_at < end))
    for unit_id, office_id in silent:
        if office_id is not None:
            yield SILENCE, unit_id, office_id
    yield from _concluded(session, house, counts, begin, end, first)


def _concluded(session: Session, house: House, counts: Iterable[Any], begin: int, end: int, first: date) -> Iterator[tuple[str, int, Any]]:
    """Inspections concluded in the quarter: the days they took, and the violations that came again."""
    opened = event.alias("opened")
    since = start_of(first - YEAR, house.zone)
    rows = session.execute(
        select(cases.c.id, cases.c.unit_id, event.c.occurred_at, event.c.recorded_at, opened.c.occurred_at.label("from_at"), content.c.body)
        .join(event, event.c.stream_id == cases.c.id).join(opened, and_(opened.c.stream_id == cases.c.id, opened.c.seq == 1))
        .outerjoin(content, and_(content.c.event_id == event.c.event_id, content.c.subject_id == 0))
        .where(*counts, cases.c.workflow == "inspection", event.c.trigger == "conclude", event.c.recorded_at >= since, event.c.recorded_at < end)
        .order_by(event.c.recorded_at)).all()
    before: dict[int, int] = {}
    for row in rows:
        said: Mapping[str, Any] = data_of(disclosed(row.body)) if row.body else {}
        if row.recorded_at >= begin:
            yield DAYS, row.unit_id, max(0, row.occurred_at - row.from_at) // DAY
        if said.get("result") == "violation":
            if row.recorded_at >= begin and row.unit_id in before and row.recorded_at - before[row.unit_id] <= YEAR.days * DAY:
                yield REPEATED, row.unit_id, row.id
            before[row.unit_id] = row.recorded_at

"""What is counted of each unit for the map of the organisation, and where on it a number may be shown. A part of what is published of a quarter.

A number on the map counts a unit with everything below it. Rehearsals, closed circles and what is put away count nowhere; nothing is about a person:
of heads it is told how many did not answer, where it is many."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from statistics import median_low
from typing import Any

from sqlalchemy import and_, func, or_, select

from inspect_app.audit.envelope import disclosed
from inspect_app.db import Session
from inspect_app.models import cases, clock, event, unit, unit_above
from inspect_app.services.house import House
from inspect_app.services.mission import Counted, counts, happened
from inspect_app.services.said import data_of
from workflows.calendar import start_of
from workflows.figures import CONCLUDED, YEAR, Span
from workflows.suppression import in_tree

OPEN, OVERDUE, REPEATED, SILENCE, DAYS = "open", "overdue", "repeated", "silence", "days"
MEASURES = (OPEN, OVERDUE, REPEATED, SILENCE, DAYS)
"""Cases open when the quarter ended; those of them past a time limit; violations concluded in a unit where one was within a year before; heads from
whom no answer came; the median of days from signal to conclusion, which is shown where enough were concluded."""
_CONCLUDED, _ENDED = "concluded", "ended"
"""What the measures are parts of, and which stands in the tables: inspections that were concluded, and those that ended."""
_COUNTED = (OPEN, OVERDUE, REPEATED, SILENCE, _CONCLUDED, _ENDED)


@dataclass(frozen=True, slots=True)
class Mapped:
    """The units in the order of the tree, as (code, name, code of the unit above); what was counted in each with all below it; and median days."""

    units: tuple[tuple[str, str, str | None], ...]
    numbers: Mapping[str, Mapping[str, int]]
    medians: Mapping[str, int]


def counted(session: Session, house: House, span: Span, told: Counted) -> Mapped:
    """The figures of every unit for these days, beside what else is told of them."""
    end = start_of(span[1] + timedelta(days=1), house.zone)
    rows = session.execute(select(unit.c.id, unit.c.parent_id, unit.c.code, unit.c.name).where(unit.c.kind == "unit", ~unit.c.external, or_(
        unit.c.dissolved_on.is_(None), unit.c.dissolved_on > span[1])).order_by(unit.c.path)).all()
    codes = {row.id: row.code for row in rows}
    over: dict[int | None, list[str]] = {}
    for below, up in session.execute(select(unit_above.c.unit_id, unit_above.c.above_id)):
        if up in codes:
            over.setdefault(below, []).append(codes[up])
    numbers = {measure: dict.fromkeys(codes.values(), 0) for measure in _COUNTED}
    days: dict[str, list[int]] = {}
    for measure, unit_id in _happenings(session, house, span, end, told):
        for code in over.get(unit_id, ()):
            numbers[measure][code] += 1
    for one in told.ended:
        for code in over.get(one.unit_id, ()):
            days.setdefault(code, []).append(one.days)
    return Mapped(tuple((row.code, row.name, codes.get(row.parent_id)) for row in rows), numbers,
                  {code: median_low(some) for code, some in days.items()})


def _happenings(session: Session, house: House, span: Span, end: int, told: Counted) -> Iterator[tuple[str, int | None]]:
    """What is counted, once each, and in which unit."""
    still = _open(session, house, end)
    for unit_id, _ in still.values():
        yield OPEN, unit_id
    late = session.execute(select(clock.c.case_id, clock.c.name).where(clock.c.started_at < end, clock.c.due_at < end, or_(
        clock.c.ended_at.is_(None), clock.c.ended_at >= end)))
    for case_id in {case_id for case_id, name in late if case_id in still and name not in still[case_id][1]}:
        yield OVERDUE, still[case_id][0]
    for one in told.ended:
        yield _ENDED, one.unit_id
        if one.concluded:
            yield _CONCLUDED, one.unit_id
    for unit_id in told.silent:
        yield SILENCE, unit_id
    for unit_id in _repeated(session, house, span):
        yield REPEATED, unit_id


def _open(session: Session, house: House, end: int) -> dict[int, tuple[int | None, Collection[str]]]:
    """The cases that were open at a moment: each with its unit, and the clocks that make nothing overdue."""
    newest = select(event.c.stream_id, func.max(event.c.seq).label("seq")).where(event.c.recorded_at < end).group_by(event.c.stream_id).subquery()
    rows = session.execute(select(cases.c.id, cases.c.unit_id, cases.c.definition, event.c.after)
                           .join(newest, newest.c.stream_id == cases.c.id)
                           .join(event, and_(event.c.stream_id == newest.c.stream_id, event.c.seq == newest.c.seq)).where(counts()))
    return {row.id: (row.unit_id, house.law(row.definition).undue_clocks) for row in rows if not house.law(row.definition).is_final(row.after)}


def _repeated(session: Session, house: House, span: Span) -> list[int | None]:
    """The unit of each violation concluded in these days where one was concluded in the same unit within a year before."""
    begin = start_of(span[0], house.zone)
    rows = happened(session, house, (span[0] - YEAR, span[1]), CONCLUDED)
    last: dict[int, int] = {}
    found = []
    for row in sorted(rows, key=lambda row: row.occurred_at):
        if row.unit_id is None or (data_of(disclosed(row.body)) if row.body else {}).get("result") != "violation":
            continue
        if row.occurred_at >= begin and row.unit_id in last and row.occurred_at - last[row.unit_id] <= YEAR // timedelta(microseconds=1):
            found.append(row.unit_id)
        last[row.unit_id] = row.occurred_at
    return found


# What may be shown -----------------------------------------------------------------------------------------------------


def shown_on_map(found: Mapped, told: Counted, hidden: frozenset[str], least: int,
                 among: Mapping[str, Collection[str]]) -> dict[str, frozenset[str]]:
    """The units at which each measure may be shown beside the tables, of which `hidden` is withheld. What is a part of something that is told counts
    with the rest of it: overdue ones with those in time, repeated violations with the other conclusions. Where the table withholds what a measure
    is a part of, it is not shown either."""
    above = {code: up for code, _, up in found.units}
    n = found.numbers

    def part(measure: str, whole: str) -> dict[str, tuple[int, ...]]:
        return {code: (n[measure][code], n[whole][code] - n[measure][code]) for code in above}

    def tabled(column: str, measure: str) -> set[str]:
        rows = {code for code, _ in told.units}
        return {code for code, up in above.items() if code in among[measure] and not (
            (code in rows and f"inspections.{code}.{column}" in hidden) or (up is None and f"inspections.all.{column}" in hidden))}

    opened = in_tree({code: (n[OPEN][code],) for code in above}, above, least, among[OPEN])
    return {
        OPEN: opened,
        OVERDUE: in_tree(part(OVERDUE, OPEN), above, least, opened & frozenset(among[OVERDUE])),
        REPEATED: in_tree(part(REPEATED, _CONCLUDED), above, least, tabled("concluded", REPEATED)),
        SILENCE: frozenset() if "heads.no" in hidden else _silent(n[SILENCE], above, told.numbers["heads.no"], least, among[SILENCE]),
        DAYS: frozenset(code for code in tabled("all", DAYS) if n[_ENDED][code] >= least),
    }


def _silent(numbers: Mapping[str, int], above: Mapping[str, str | None], whole: int, least: int, among: Collection[str]) -> frozenset[str]:
    """Where it may be shown how many heads were silent, when the whole house has this many: what is left of the whole is no small number either. That
    nobody is left who belongs to no unit tells of nobody."""
    house = ""
    nowhere = whole - sum(numbers[code] for code, up in above.items() if up is None)
    tree = {code: (number,) for code, number in numbers.items()} | {house: (whole if nowhere else whole + least,)}
    return in_tree(tree, {code: house if up is None else up for code, up in above.items()}, least, {*among, house}) - {house}


def as_told(found: Mapped, places: Mapping[str, Collection[str]]) -> dict[str, Any]:
    """The map as it is published: None stands for a number that is withheld."""

    def number(measure: str, code: str) -> int | None:
        if code not in places[measure]:
            return None
        return found.medians[code] if measure == DAYS else found.numbers[measure][code]

    rows: Iterable[dict[str, Any]] = ({"unit": code, "name": name, "above": up, "numbers": [number(measure, code) for measure in MEASURES]}
                                      for code, name, up in found.units)
    return {"columns": list(MEASURES), "rows": list(rows)}

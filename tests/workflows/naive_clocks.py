"""Time limits counted the long way: a list of days is walked with a pencil, one day after the other. Written without a look at the law's own
way of counting, to be compared with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random


@dataclass(frozen=True)
class Counted:
    """Everything that bears on one limit."""

    begun: date
    number: int
    unit: str
    times: int
    week: str
    off: tuple[date, ...]
    instead: tuple[date, ...]
    pauses: tuple[tuple[date, date], ...]
    away: tuple[tuple[date, date], ...]
    more: tuple[tuple[date, date], ...]
    """(until, granted on)"""
    earliest: date | None
    down: tuple[tuple[date, date], ...]


def ends_on(case: Counted) -> date:
    """The day, found by walking."""
    lost = []
    for since, until in case.pauses + case.away:
        day = since
        while day <= until:
            lost.append(day)
            day = day + timedelta(days=1)
    end = walk_working(case, lost) if case.unit == "wd" else walk_calendar(case, lost)
    for until, granted in sorted(case.more):
        days = 0
        day = granted
        while day < until:
            day = day + timedelta(days=1)
            days += 1
        moved = walk(granted, days, lost) if days else until
        if moved > end:
            end = moved
    if case.earliest is not None and case.earliest > end:
        end = case.earliest
    for since, until in sorted(case.down):
        if since <= end and end <= until:
            end = until + timedelta(days=1)
            while not worked(case, end):
                end = end + timedelta(days=1)
    return end


def worked(case: Counted, day: date) -> bool:
    if day in case.instead:
        return True
    if day in case.off:
        return False
    return case.week[["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].index(day.strftime("%a"))] == "1"


def walk_working(case: Counted, lost: list[date]) -> date:
    day, found = case.begun, 0
    while found < case.number * case.times:
        day = day + timedelta(days=1)
        if worked(case, day) and day not in lost:
            found += 1
    return day


def walk(start: date, days: int, lost: list[date]) -> date:
    day, found = start, 0
    while found < days:
        day = day + timedelta(days=1)
        if day not in lost:
            found += 1
    return day


def walk_calendar(case: Counted, lost: list[date]) -> date:
    plain = case.begun
    for _ in range(case.times):
        plain = plain + timedelta(days=case.number) if case.unit == "d" else months_on(plain, case.number)
    days, day = 0, case.begun
    while day < plain:
        day = day + timedelta(days=1)
        days += 1
    return walk(case.begun, days, lost)


def months_on(start: date, number: int) -> date:
    """Walk over as many ends of months; then to the same day, or as far as the month goes."""
    day = start.replace(day=1)
    for _ in range(number):
        month = day.month
        while day.month == month:
            day = day + timedelta(days=1)
    while day.day < start.day and (day + timedelta(days=1)).month == day.month:
        day = day + timedelta(days=1)
    return day


def some_case(random: Random) -> Counted:
    """One of very many."""
    begun = date(2019, 1, 1) + timedelta(days=random.randrange(4000))

    def near(spread: int = 90) -> date:
        return begun + timedelta(days=random.randrange(-20, spread))

    def span(longest: int) -> tuple[date, date]:
        since = near()
        return since, since + timedelta(days=random.randrange(longest))

    def several(most: int) -> range:
        return range(random.randrange(most + 1) if random.random() < 0.5 else 0)

    unit = random.choice(("d", "wd", "wd", "m"))
    number = random.randrange(1, {"d": 70, "wd": 40, "m": 4}[unit])
    week = random.choice(("1111100", "1111110", "1111001", "1000000", "0101010", "1111111"))
    off = tuple({near(120) for _ in range(random.randrange(25))})
    instead = tuple({day for day in (near(120) for _ in range(random.randrange(6))) if day not in off})
    granted = [near(40) for _ in several(2)]
    more = tuple((day + timedelta(days=random.randrange(60)), day) for day in granted)
    return Counted(begun, number, unit, random.choice((1, 1, 1, 2, 3)), week, off, instead, tuple(span(15) for _ in several(3)),
                   tuple(span(20) for _ in several(2)), more, near() if random.random() < 0.2 else None, tuple(span(5) for _ in several(2)))

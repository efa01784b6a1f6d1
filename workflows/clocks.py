"""Time limits are computed, never counted: the day on which one ends is a pure function of what happened and of a version of a calendar.

Every rule of counting stands here once, and each leaves a line, so that anybody can follow why a limit ends on its day.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from workflows.calendar import add, end_of, read_limit

ONE = timedelta(days=1)
UTC = ZoneInfo("UTC")
MONTH = 30
"""Days that a part of a month is reckoned by, where a month does not divide evenly."""


@dataclass(frozen=True)
class Calendar:
    """Which days are worked, as one version said: a week of seven marks (Monday first, empty: that of the ruleset), days off, and
    days that are worked although the week or a holiday says otherwise, because they make up for another day."""

    name: str
    version: int = 0
    week: str = ""
    holidays: frozenset[date] = frozenset()
    swapped: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if self.week and (len(self.week) != 7 or set(self.week) - {"0", "1"} or "1" not in self.week):
            raise ValueError("a week has seven marks 0 or 1, Monday first, at least one of them 1")
        if both := self.holidays & self.swapped:
            raise ValueError(f"{min(both)} cannot be a day off and a working day at once")

    def under(self, week: str) -> Calendar:
        """The same calendar with this week, where it has none of its own."""
        return self if self.week else replace(self, week=week)

    def works(self, day: date) -> bool:
        """Whether a day is worked."""
        return day in self.swapped or (self.week[day.weekday()] == "1" and day not in self.holidays)

    @cached_property
    def law_bytes(self) -> bytes:
        law = {"name": self.name, "version": self.version, "week": self.week, "holidays": sorted(d.isoformat() for d in self.holidays),
               "swapped": sorted(d.isoformat() for d in self.swapped)}
        return json.dumps(law, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    @cached_property
    def law_hash(self) -> str:
        """SHA-256 over this version, hexadecimal."""
        return hashlib.sha256(self.law_bytes).hexdigest()


def read_calendar(law: bytes) -> Calendar:
    """The calendar in its canonical bytes."""
    raw = json.loads(law)
    return Calendar(raw["name"], raw["version"], raw["week"], *(frozenset(map(date.fromisoformat, raw[k])) for k in ("holidays", "swapped")))


EMPTY = Calendar("empty")
"""A calendar that knows no holiday."""


class Span(NamedTuple):
    """Days that do not count, both ends included: a pause, or somebody's absence."""

    since: date
    until: date
    ground: str = ""


class Extension(NamedTuple):
    """More time, granted on a day until another."""

    until: date
    granted_on: date


class Why(NamedTuple):
    """One step of a derivation: a code that every language has a sentence for, and what to fill in (days, whole numbers, texts)."""

    code: str
    values: Mapping[str, Any] = {}


class Derivation(NamedTuple):
    """When a limit ends: the day, its last moment (µs since 1970 UTC), and how it came about, line by line."""

    due_on: date
    due_at: int
    lines: tuple[Why, ...]


@dataclass
class _Counting:
    """A limit while its day is looked for."""

    calendar: Calendar
    begun: date
    gone: tuple[tuple[str, Span], ...]
    works: bool = False
    lines: list[Why] = field(default_factory=list)

    def lost(self, day: date) -> bool:
        return any(span.since <= day <= span.until for _, span in self.gone)

    def working_days(self, number: int) -> date:
        """The day on which so many working days are over."""
        day, off, made_up = self.begun, [], []
        while number:
            day += ONE
            if self.calendar.works(day):
                made_up += [day] if day in self.calendar.swapped else []
                number -= not self.lost(day)
            elif day in self.calendar.holidays and self.calendar.week[day.weekday()] == "1":
                off.append(day)
        self.lines += [Why("holidays", {"days": tuple(off)})] if off else []
        self.lines += [Why("made_up", {"days": tuple(made_up)})] if made_up else []
        return day

    def moved(self, since: date, until: date) -> date:
        """A day moved by every day lost on the way to it, those in the time gained included: it never falls on a day that is lost."""
        left, day = (until - since).days, since
        if left <= 0 or not self.gone:
            return until
        while left > 0:
            day += ONE
            left -= not self.lost(day)
        return day

    def tell_lost(self, until: date) -> None:
        """A line for each span that took days away, none of them counted twice."""
        seen: set[date] = set()
        for code, span in self.gone:
            day, taken = max(span.since, self.begun + ONE), 0
            while day <= min(span.until, until):
                taken += day not in seen and (not self.works or self.calendar.works(day))
                seen.add(day)
                day += ONE
            if taken:
                self.lines.append(Why(code, {"since": span.since, "until": span.until, "n": taken}))


def derive(begun: date, limit: str | date, calendar: Calendar = EMPTY, *, times: int = 1, pauses: Iterable[Span] = (), away: Iterable[Span] = (),
           extensions: Iterable[Extension] = (), not_before: date | None = None, kept: date | None = None, outages: Iterable[Span] = (),
           zone: ZoneInfo) -> Derivation:
    """When a limit that began on a day ends, `times` over; the day on which it begins does not count, the day on which it ends does, to its end.

    `limit` is a number of calendar days, working days or months (`10d`, `10wd`, `1m`), or a day that was named. Months end on the last day
    where theirs is missing. Working days are those of the calendar; a limit in calendar days or months that falls on a day off ends there.
    A day on which it was paused or somebody was away, even in part, does not count. An extension ends on its own day, moved by the days lost
    since it was granted. It ends no earlier than `not_before`, nor than `kept`, the day a party had under an earlier calendar. What would end
    on a day of an outage ends on the working day after it. Raises ValueError for a limit that is none, or a week without a working day."""
    count = _Counting(calendar, begun, (*(("paused", span) for span in pauses), *(("away", span) for span in away)))
    count.lines.append(Why("begun", {"day": begun}))
    due = _first(count, limit, times)
    count.tell_lost(due)
    for more in sorted(extensions):
        later = count.moved(more.granted_on, more.until)
        if later > due:
            due = later
            count.lines.append(Why("extended", {"day": due, "granted": more.granted_on}))
    if not_before is not None and not_before > due:
        due = not_before
        count.lines.append(Why("not_before", {"day": due}))
    if kept is not None and kept > due:
        due = kept
        count.lines.append(Why("kept", {"day": due}))
    for down in sorted(outages):
        if down.since <= due <= down.until:
            due = _next_working(calendar, down.until)
            count.lines.append(Why("outage", {"since": down.since, "until": down.until, "day": due}))
    count.lines.append(Why("due", {"day": due, "zone": zone.key}))
    return Derivation(due, end_of(due, zone), tuple(count.lines))


def runs_out(begun: date, limit: str, calendar: Calendar) -> date:
    """The day on which a limit that began on a day ends, by the rule of all limits, where nothing pauses or extends it. Raises as `derive`."""
    return derive(begun, limit, calendar, zone=UTC).due_on


def _first(count: _Counting, limit: str | date, times: int) -> date:
    """The day before anything but lost days is looked at."""
    if isinstance(limit, date):
        count.lines.append(Why("named", {"day": limit}))
        return count.moved(count.begun, limit)
    number, unit = read_limit(limit)
    count.lines.append(Why(f"limit_{unit}", {"n": number}))
    if times > 1:
        count.lines.append(Why("times", {"n": times}))
    if unit == "wd":
        if not count.calendar.week or "1" not in count.calendar.week:
            raise ValueError("a week without a working day has no working-day limits")
        count.works = True
        count.lines.append(Why("calendar", {"name": count.calendar.name, "version": count.calendar.version}))
        return count.working_days(number * times)
    plain = count.begun
    for _ in range(times):
        before = plain
        plain = add(plain, limit)
        if unit == "m" and plain.day < before.day:
            count.lines.append(Why("month_end", {"day": plain}))
    return count.moved(count.begun, plain)


def _next_working(calendar: Calendar, day: date) -> date:
    day += ONE
    while calendar.week and not calendar.works(day):
        day += ONE
    return day


def share_of(limit: str, share: str) -> str | None:
    """A part of a limit, as a limit, rounded down: a third of `10wd` is `3wd`, of `3m` is `1m`, of `1m` is `10d`. None where nothing is left.

    `share` is a fraction (`1/3`), or a limit of its own that is taken as it is. Raises ValueError."""
    if "/" not in share:
        read_limit(share)
        return share
    number, unit = read_limit(limit)
    above, below = read_share(share)
    if unit == "m" and (number * above) % below:
        number, unit = number * MONTH, "d"
    part = number * above // below
    return f"{part}{unit}" if part else None


def read_share(text: str) -> tuple[int, int]:
    """`"1/3"` → (1, 3). Raises ValueError."""
    above, _, below = text.partition("/")
    if not all(part.isascii() and part.isdigit() and 0 < int(part) <= 100 for part in (above, below)):
        raise ValueError(f"“{text}” is not a share; write a fraction, for example 1/3")
    return int(above), int(below)


__all__ = ["EMPTY", "Calendar", "Derivation", "Extension", "Span", "Why", "derive", "read_calendar", "read_share", "runs_out", "share_of"]

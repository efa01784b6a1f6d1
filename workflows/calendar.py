"""Days in the organisation's zone: working days, and time limits counted in them."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_LIMIT = re.compile(r"([1-9][0-9]{0,3})(d|wd|m)")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def day_of(moment: int, zone: ZoneInfo) -> date:
    """The day in `zone` of a moment in µs since 1970 UTC."""
    return (EPOCH + timedelta(microseconds=moment)).astimezone(zone).date()


def micros(moment: datetime) -> int:
    """An aware moment as µs since 1970 UTC."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a zone")
    return (moment - EPOCH) // timedelta(microseconds=1)


def end_of(day: date, zone: ZoneInfo) -> int:
    """The last moment of a day in `zone`, µs since 1970 UTC: a limit that falls on a day ends with it."""
    return micros(datetime.combine(day + timedelta(days=1), time(), zone)) - 1


def start_of(day: date, zone: ZoneInfo) -> int:
    """The first moment of a day in `zone`, µs since 1970 UTC."""
    return micros(datetime.combine(day, time(), zone))


def offset_of(moment: int, zone: ZoneInfo) -> str:
    """The offset from UTC that holds in `zone` at a moment, `"+07:00"`."""
    text = (EPOCH + timedelta(microseconds=moment)).astimezone(zone).strftime("%z")
    return f"{text[:3]}:{text[3:5]}"


def read_limit(text: str) -> tuple[int, str]:
    """`"10wd"` → (10, "wd"). Raises ValueError naming the three units."""
    match = _LIMIT.fullmatch(text)
    if match is None:
        raise ValueError(f"“{text}” is not a time limit; write a number and d, wd or m, for example 10wd")
    return int(match[1]), match[2]


def is_working(day: date, week: str, holidays: frozenset[date] = frozenset()) -> bool:
    """Whether `day` is worked: `week` has seven marks, Monday first."""
    return week[day.weekday()] == "1" and day not in holidays


def add(start: date, limit: str, week: str = "1111100", holidays: frozenset[date] = frozenset()) -> date:
    """The day on which a limit that begins on `start` runs out; the first day does not count.

    Months end on the last day where the day is missing (31 January + 1m = 28 or 29 February). A limit in calendar days
    or months that falls on a day off ends there: only working-day limits step over days off."""
    number, unit = read_limit(limit)
    if unit == "d":
        return start + timedelta(days=number)
    if unit == "m":
        month = start.month - 1 + number
        year, month = start.year + month // 12, month % 12 + 1
        return date(year, month, min(start.day, monthrange(year, month)[1]))
    if "1" not in week:
        raise ValueError("a week without a working day has no working-day limits")
    day = start
    while number:
        day += timedelta(days=1)
        number -= is_working(day, week, holidays)
    return day

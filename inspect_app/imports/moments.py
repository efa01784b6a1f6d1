"""Written times become moments: µs since 1970 UTC, and the offset from UTC that was written or is in force there."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MINUTE = timedelta(minutes=1)
NOTHING = timedelta()
WIDEST = timedelta(hours=14)

_WRITTEN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(Z|[+-](?:0\d|1[0-4]):[0-5]\d)?", re.ASCII)


def is_date(text: str) -> bool:
    """Whether `text` is an XML dateTime; the offset may be missing."""
    match = _WRITTEN.fullmatch(text)
    if match is None:
        return False
    try:
        datetime.fromisoformat(text if match[1] else text + "Z")
    except ValueError:
        return False
    return True


@lru_cache(maxsize=65_536)
def moment(text: str, zone: ZoneInfo | None = None) -> tuple[int, str]:
    """The moment of an XML dateTime. One without an offset is read in `zone`; without a zone it is refused."""
    match = _WRITTEN.fullmatch(text)
    if match is None:
        raise ValueError(f"“{text}” is not a date and time; write it like 2006-07-24T09:30:00+02:00")
    offset = match[1]
    try:
        written = datetime.fromisoformat(text if offset else text + "Z")
    except ValueError:
        raise ValueError(f"“{text}” is a day or an hour that does not exist; correct it in the source") from None
    if offset is None:
        return placed(in_zone(written, zone))
    return _micros(written, text), offset


def in_zone(clock: datetime, zone: ZoneInfo | None) -> datetime:
    """The time that the clocks of `zone` showed, whatever the offset that `clock` was read with."""
    if zone is None:
        raise ValueError(f"“{clock:%Y-%m-%d %H:%M:%S}” has no offset from UTC; name the zone in the mapping, "
                         "like zone = \"Europe/Rome\"")
    return clock.replace(tzinfo=zone)


def placed(local: datetime) -> tuple[int, str]:
    """The moment of an aware time, and its offset. An hour that occurs twice is read as the first one."""
    try:
        offset = local.utcoffset() or NOTHING
    except OverflowError:
        raise ValueError(f"“{local:%Y-%m-%d}” is outside the years a clock can show; correct it") from None
    if offset % MINUTE or abs(offset) > WIDEST:
        raise ValueError(f"“{local.isoformat()}” has an offset that cannot be written in hours and minutes; correct it")
    return _micros(local, local.isoformat()), spelled(offset)


def spelled(offset: timedelta) -> str:
    """An offset as it is written: Z, +02:00, -05:30."""
    minutes = offset // MINUTE
    if not minutes:
        return "Z"
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02d}:{rest:02d}"


def _micros(local: datetime, text: str) -> int:
    try:
        return (local.astimezone(UTC) - EPOCH) // MICROSECOND
    except OverflowError:
        raise ValueError(f"“{text}” lies outside the years 1 to 9999; correct it in the source") from None

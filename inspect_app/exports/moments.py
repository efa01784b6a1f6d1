"""Moments as they are written out: ISO 8601 with the offset that was in force where it happened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = 86_400_000_000
_SECONDS = len("2006-07-24T09:30:00")
SERIAL_EPOCH = 25_569
"""The first of January 1970 as spreadsheets count days."""
FIRST_SERIAL = -2_203_891_200_000_000
"""The first of March 1900, µs since 1970: before it spreadsheets disagree about the calendar."""


@lru_cache(maxsize=1024)
def _place(zone: str) -> timezone:
    if zone == "Z":
        return UTC
    return timezone(timedelta(seconds=offset(zone)))


@lru_cache(maxsize=1024)
def offset(zone: str) -> int:
    """Seconds by which clocks of this zone (`+02:00`, `Z`) are ahead of UTC."""
    if zone == "Z":
        return 0
    ahead = int(zone[1:3]) * 3600 + int(zone[4:6]) * 60
    return -ahead if zone[0] == "-" else ahead


@lru_cache(maxsize=16_384)
def written(moment: int, zone: str = "Z") -> str:
    """µs since 1970 UTC as ISO 8601, like 2006-07-24T09:30:00+02:00 or, in UTC, 2006-07-24T07:30:00.5Z."""
    second, rest = divmod(moment, 1_000_000)
    return f"{f'{_second(second, zone)}.{rest:06d}'.rstrip('0')}{zone}" if rest else f"{_second(second, zone)}{zone}"


@lru_cache(maxsize=16_384)
def _second(second: int, zone: str) -> str:
    return (EPOCH + timedelta(seconds=second)).astimezone(_place(zone)).isoformat()[:_SECONDS]


@lru_cache(maxsize=16_384)
def serial(moment: int, zone: str = "Z") -> str | None:
    """µs since 1970 UTC as the number of days, on the clocks of the zone, by which spreadsheets know a moment; None before March 1900."""
    local = moment + offset(zone) * 1_000_000
    if local < FIRST_SERIAL:
        return None
    return repr(local / DAY + SERIAL_EPOCH).removesuffix(".0")

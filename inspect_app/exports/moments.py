"""Moments as they are written out: ISO 8601 with the offset that was in force where it happened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=1024)
def _place(zone: str) -> timezone:
    if zone == "Z":
        return UTC
    ahead = timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6]))
    return timezone(-ahead if zone[0] == "-" else ahead)


@lru_cache(maxsize=16_384)
def written(moment: int, zone: str = "Z") -> str:
    """µs since 1970 UTC as ISO 8601, like 2006-07-24T09:30:00+02:00 or, in UTC, 2006-07-24T07:30:00Z."""
    local = (EPOCH + timedelta(microseconds=moment)).astimezone(_place(zone))
    text = local.isoformat()
    return text[:-6] + zone

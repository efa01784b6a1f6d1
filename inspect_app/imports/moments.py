"""Written times become moments: µs since 1970 UTC, and the offset from UTC that was written or is in force there."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from inspect_app.imports.problems import BadValue
from workflows.words import words

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
        raise BadValue(words(en="is not a date and time; write it like 2006-07-24T09:30:00+02:00",
                             vi="không phải là ngày giờ; hãy ghi theo dạng 2006-07-24T09:30:00+02:00"), text)
    offset = match[1]
    try:
        written = datetime.fromisoformat(text if offset else text + "Z")
    except ValueError:
        raise BadValue(words(en="is a day or an hour that does not exist; correct it in the source",
                             vi="là ngày hoặc giờ không có thật; hãy sửa ở nguồn"), text) from None
    if offset is None:
        return placed(in_zone(written, zone))
    return _micros(written, text), offset


def in_zone(clock: datetime, zone: ZoneInfo | None) -> datetime:
    """The time that the clocks of `zone` showed, whatever the offset that `clock` was read with."""
    if zone is None:
        raise BadValue(words(en="has no offset from UTC; name the zone in the mapping, like zone = \"Europe/Rome\"",
                             vi="không ghi độ lệch so với giờ UTC; hãy ghi múi giờ trong bản ánh xạ, như zone = \"Asia/Ho_Chi_Minh\""),
                       f"{clock:%Y-%m-%d %H:%M:%S}")
    return clock.replace(tzinfo=zone)


def placed(local: datetime) -> tuple[int, str]:
    """The moment of an aware time, and its offset. An hour that occurs twice is read as the first one."""
    try:
        offset = local.utcoffset() or NOTHING
    except OverflowError:
        raise BadValue(words(en="is outside the years a clock can show; correct it", vi="nằm ngoài các năm mà đồng hồ ghi được; hãy sửa"),
                       f"{local:%Y-%m-%d}") from None
    if offset % MINUTE or abs(offset) > WIDEST:
        raise BadValue(words(en="has an offset that cannot be written in hours and minutes; correct it",
                             vi="có độ lệch giờ không ghi được bằng giờ và phút; hãy sửa"), local.isoformat())
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
        raise BadValue(words(en="lies outside the years 1 to 9999; correct it in the source", vi="nằm ngoài các năm từ 1 đến 9999; hãy sửa ở nguồn"),
                       text) from None

"""Written times: the moment is exact, the offset is the one that was written or in force."""

from __future__ import annotations

from datetime import timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_app.imports.moments import EPOCH, moment

ROME = ZoneInfo("Europe/Rome")


@pytest.mark.parametrize(("text", "micros", "offset"), [
    ("1970-01-01T00:00:00Z", 0, "Z"),
    ("1969-12-31T23:59:59.999999Z", -1, "Z"),
    ("2006-07-24T00:00:00.000+02:00", 1_153_692_000_000_000, "+02:00"),
    ("2006-07-24T00:00:00.1234567+02:00", 1_153_692_000_123_456, "+02:00"),
    ("2006-07-23T12:30:00-09:30", 1_153_692_000_000_000, "-09:30"),
])
def test_a_moment_with_its_offset_is_exact(text: str, micros: int, offset: str) -> None:
    assert moment(text) == (micros, offset)


@pytest.mark.parametrize(("text", "offset"), [
    ("2006-01-24T00:00:00", "+01:00"), ("2006-07-24T00:00:00", "+02:00"),
    ("2006-10-29T02:30:00", "+02:00"), ("2006-03-26T02:30:00", "+01:00"),
])
def test_a_local_time_takes_the_offset_in_force(text: str, offset: str) -> None:
    assert moment(text, ROME)[1] == offset
    assert moment(text, ROME)[0] == moment(text + offset)[0]


@pytest.mark.parametrize("text", [
    "", "2006-07-24", "2006-W01-1T00:00:00Z", "20060724T000000Z", "2006-07-24 00:00:00Z", "2006-07-24T24:00:00Z",
    "2006-02-29T00:00:00Z", "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+01:00", "2006-07-24T00:00:00+15:00",
    "2006-07-24T00:00:00+0200", "٢٠٠٦-07-24T00:00:00Z", "2006-07-24T00:00:00", "1850-01-01T00:00:00"])
def test_a_time_that_cannot_be_placed_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="“"):
        moment(text, ROME if text.startswith("1850") else None)


@given(st.integers(-(10**16), 10**17), st.integers(-840, 840))
def test_any_moment_is_read_back(micros: int, minutes: int) -> None:
    local = (EPOCH + timedelta(microseconds=micros)).astimezone(timezone(timedelta(minutes=minutes)))
    assert moment(local.isoformat())[0] == micros

"""Days and time limits, in the zone of the organisation."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.calendar import add, day_of, end_of, is_working, micros, read_limit, start_of

HANOI, BERLIN, LORD_HOWE = ZoneInfo("Asia/Ho_Chi_Minh"), ZoneInfo("Europe/Berlin"), ZoneInfo("Australia/Lord_Howe")
WEEK = "1111100"
days = st.dates(date(1990, 1, 1), date(2090, 1, 1))
weeks = st.text("01", min_size=7, max_size=7).filter(lambda week: "1" in week)
holidays = st.frozensets(st.dates(date(2025, 12, 1), date(2026, 3, 1)), max_size=30)
zones = st.sampled_from([HANOI, BERLIN, LORD_HOWE, ZoneInfo("UTC"), ZoneInfo("America/Sao_Paulo")])


@pytest.mark.parametrize(("start", "limit", "end"), [
    ("2026-01-30", "1d", "2026-01-31"),
    ("2026-12-31", "1d", "2027-01-01"),
    ("2024-02-28", "1d", "2024-02-29"),
    ("2026-03-06", "7d", "2026-03-13"),
    ("2026-03-06", "1wd", "2026-03-09"),
    ("2026-03-07", "1wd", "2026-03-09"),
    ("2026-03-02", "5wd", "2026-03-09"),
    ("2026-03-02", "10wd", "2026-03-16"),
    ("2026-01-31", "1m", "2026-02-28"),
    ("2024-01-31", "1m", "2024-02-29"),
    ("2026-03-31", "1m", "2026-04-30"),
    ("2026-11-15", "2m", "2027-01-15"),
    ("2024-02-29", "12m", "2025-02-28"),
    ("2026-12-31", "120m", "2036-12-31"),
])
def test_a_limit_runs_out_on_its_day(start: str, limit: str, end: str) -> None:
    assert add(date.fromisoformat(start), limit) == date.fromisoformat(end)


def test_working_days_step_over_holidays() -> None:
    new_year = frozenset(date(2026, 2, d) for d in range(16, 21))
    assert add(date(2026, 2, 13), "1wd", WEEK, new_year) == date(2026, 2, 23)
    assert add(date(2026, 2, 13), "1d", WEEK, new_year) == date(2026, 2, 14)


def test_another_week_has_other_working_days() -> None:
    assert add(date(2026, 3, 5), "1wd", "1111001") == date(2026, 3, 8)
    assert is_working(date(2026, 3, 8), "1111001") and not is_working(date(2026, 3, 6), "1111001")


def test_a_week_without_a_working_day_is_refused() -> None:
    with pytest.raises(ValueError, match="without a working day"):
        add(date(2026, 3, 5), "1wd", "0000000")


@pytest.mark.parametrize("text",
                         ["", "10", "wd", "0d", "01d", "-1d", "1.5d", "10 wd", "10w", "10WD", "10000d", "10wd\n", "١٠d",
                          "1d2d"])
def test_what_is_not_a_limit_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="for example 10wd"):
        read_limit(text)


@given(start=days, number=st.integers(1, 400), week=weeks, off=holidays)
def test_a_working_day_limit_ends_on_a_working_day_with_as_many_worked_between(
        start: date, number: int, week: str, off: frozenset[date]) -> None:
    end = add(start, f"{number}wd", week, off)
    between = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    assert is_working(end, week, off)
    assert sum(is_working(day, week, off) for day in between) == number


@given(start=days, number=st.integers(1, 200), week=weeks, off=holidays)
def test_more_holidays_never_shorten_a_limit(start: date, number: int, week: str, off: frozenset[date]) -> None:
    assert add(start, f"{number}wd", week, off) >= add(start, f"{number}wd", week)


@given(start=days, one=st.integers(1, 200), two=st.integers(1, 200), week=weeks, off=holidays)
def test_working_days_add_up(start: date, one: int, two: int, week: str, off: frozenset[date]) -> None:
    assert add(add(start, f"{one}wd", week, off), f"{two}wd", week, off) == add(start, f"{one + two}wd", week, off)


@given(start=days, later=st.integers(0, 60), limit=st.from_regex(r"[1-9][0-9]?(d|wd|m)", fullmatch=True))
def test_who_begins_later_is_never_due_earlier(start: date, later: int, limit: str) -> None:
    assert add(start, limit) > start
    assert add(start + timedelta(days=later), limit) >= add(start, limit)


@given(start=days, months=st.integers(1, 240))
def test_months_end_in_their_month_on_the_same_day_or_its_last(start: date, months: int) -> None:
    end = add(start, f"{months}m")
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
    assert end.day == start.day or (end.day < start.day and (end + timedelta(days=1)).day == 1)


@given(day=days, zone=zones)
def test_a_day_holds_its_first_and_last_moment_and_touches_the_next(day: date, zone: ZoneInfo) -> None:
    assert day_of(end_of(day, zone), zone) == day
    assert day_of(start_of(day, zone), zone) == day
    assert end_of(day, zone) + 1 == start_of(day + timedelta(days=1), zone)
    assert start_of(day, zone) < end_of(day, zone)


@given(after=st.timedeltas(timedelta(days=-20_000), timedelta(days=80_000)), zone=zones)
def test_a_moment_keeps_its_microseconds_in_every_zone(after: timedelta, zone: ZoneInfo) -> None:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + after
    assert timedelta(microseconds=micros(moment.astimezone(zone))) == after


def test_a_day_is_counted_where_the_organisation_is() -> None:
    late = micros(datetime(2026, 3, 1, 20, 0, tzinfo=UTC))
    assert day_of(late, HANOI) == date(2026, 3, 2)
    assert day_of(late, BERLIN) == date(2026, 3, 1)


def test_a_day_on_which_the_clock_changes_has_its_own_length() -> None:
    assert end_of(date(2026, 3, 29), BERLIN) + 1 - start_of(date(2026, 3, 29), BERLIN) == 23 * 3600 * 1_000_000
    assert end_of(date(2026, 10, 25), BERLIN) + 1 - start_of(date(2026, 10, 25), BERLIN) == 25 * 3600 * 1_000_000


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a zone"):
        micros(datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None))

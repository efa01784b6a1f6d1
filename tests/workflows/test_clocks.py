"""Time limits are derived: a table of cases, properties, a naive count beside it, and lines that say why."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.naive_clocks import ends_on, some_case
from workflows.calendar import day_of, end_of
from workflows.clocks import Calendar, Extension, Span, derive, read_calendar, read_share, share_of

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
WEEK = "1111100"
TET = Calendar("vietnam", 3, WEEK, frozenset(date(2026, 2, d) for d in range(16, 21)) | {date(2026, 8, 31), date(2026, 9, 1), date(2026, 9, 2)},
               frozenset({date(2026, 8, 22)}))
PLAIN = Calendar("empty", 1, WEEK)


def day(text: str) -> date:
    return date.fromisoformat(text)


def span(since: str, until: str) -> Span:
    return Span(day(since), day(until))


@pytest.mark.parametrize(("begun", "limit", "more", "ends"), [
    ("2026-02-13", "1wd", {}, "2026-02-23"),
    ("2026-02-13", "1d", {}, "2026-02-14"),
    ("2026-02-13", "10wd", {}, "2026-03-06"),
    ("2026-08-21", "1wd", {}, "2026-08-22"),
    ("2026-08-20", "10wd", {}, "2026-09-07"),
    ("2026-01-31", "1m", {}, "2026-02-28"),
    ("2024-01-31", "1m", {}, "2024-02-29"),
    ("2026-01-31", "1m", {"times": 2}, "2026-03-28"),
    ("2026-03-02", "10d", {"pauses": (span("2026-03-05", "2026-03-06"),)}, "2026-03-14"),
    ("2026-03-02", "10d", {"pauses": (span("2026-03-12", "2026-03-20"),)}, "2026-03-21"),
    ("2026-03-02", "10d", {"pauses": (span("2026-02-01", "2026-03-02"),)}, "2026-03-12"),
    ("2026-03-02", "5wd", {"away": (span("2026-03-07", "2026-03-08"),)}, "2026-03-09"),
    ("2026-03-02", "5wd", {"away": (span("2026-03-06", "2026-03-09"),)}, "2026-03-11"),
    ("2026-03-02", "5wd", {"pauses": (span("2026-03-04", "2026-03-05"),), "away": (span("2026-03-05", "2026-03-06"),)}, "2026-03-12"),
    ("2026-03-02", "1m", {"away": (span("2026-04-01", "2026-04-02"),)}, "2026-04-04"),
    ("2026-03-02", "10d", {"extensions": (Extension(day("2026-03-20"), day("2026-03-05")),)}, "2026-03-20"),
    ("2026-03-02", "10d", {"extensions": (Extension(day("2026-03-10"), day("2026-03-05")),)}, "2026-03-12"),
    ("2026-03-02", "10d", {"extensions": (Extension(day("2026-03-20"), day("2026-03-05")),), "away": (span("2026-03-15", "2026-03-16"),)},
     "2026-03-22"),
    ("2026-03-02", "10d", {"not_before": day("2026-03-15")}, "2026-03-15"),
    ("2026-03-02", "10d", {"kept": day("2026-03-14")}, "2026-03-14"),
    ("2026-03-02", "10d", {"outages": (span("2026-03-12", "2026-03-12"),)}, "2026-03-13"),
    ("2026-03-02", "11d", {"outages": (span("2026-03-12", "2026-03-13"),)}, "2026-03-16"),
    ("2026-03-02", "10d", {"outages": (span("2026-03-03", "2026-03-11"),)}, "2026-03-12"),
    ("2026-02-03", "10d", {"outages": (span("2026-02-13", "2026-02-13"),)}, "2026-02-23"),
    ("2026-03-02", "10d", {"outages": (span("2026-03-13", "2026-03-16"), span("2026-03-12", "2026-03-12"))}, "2026-03-17"),
])
def test_a_limit_ends_on_its_day(begun: str, limit: str, more: dict[str, object], ends: str) -> None:
    found = derive(day(begun), limit, TET, zone=HANOI, **more)  # type: ignore[arg-type]
    assert found.due_on == day(ends)
    assert found.due_at == end_of(day(ends), HANOI) and day_of(found.due_at, HANOI) == day(ends)


def test_a_day_that_was_named_moves_by_the_days_lost_and_by_nothing_else() -> None:
    assert derive(day("2026-02-10"), day("2026-02-18"), TET, zone=HANOI).due_on == day("2026-02-18")
    assert derive(day("2026-02-10"), day("2026-02-18"), TET, away=(span("2026-02-12", "2026-02-13"),), zone=HANOI).due_on == day("2026-02-20")
    assert derive(day("2026-02-10"), day("2026-02-09"), TET, away=(span("2026-02-01", "2026-02-28"),), zone=HANOI).due_on == day("2026-02-09")


def test_why_a_limit_ends_on_its_day_is_told_line_by_line() -> None:
    told = derive(day("2026-08-20"), "10wd", TET, pauses=(span("2026-08-22", "2026-08-24"),), extensions=(
        Extension(day("2026-09-12"), day("2026-08-25")),), outages=(span("2026-09-12", "2026-09-14"),), zone=HANOI)
    assert [(line.code, dict(line.values)) for line in told.lines] == [
        ("begun", {"day": day("2026-08-20")}),
        ("limit_wd", {"n": 10}),
        ("calendar", {"name": "vietnam", "version": 3}),
        ("holidays", {"days": (day("2026-08-31"), day("2026-09-01"), day("2026-09-02"))}),
        ("made_up", {"days": (day("2026-08-22"),)}),
        ("paused", {"since": day("2026-08-22"), "until": day("2026-08-24"), "n": 2}),
        ("extended", {"day": day("2026-09-12"), "granted": day("2026-08-25")}),
        ("outage", {"since": day("2026-09-12"), "until": day("2026-09-14"), "day": day("2026-09-15")}),
        ("due", {"day": day("2026-09-15"), "zone": "Asia/Ho_Chi_Minh"}),
    ]


def test_the_last_day_of_a_month_and_a_kept_day_have_their_lines() -> None:
    codes = [line.code for line in derive(day("2026-01-31"), "1m", PLAIN, kept=day("2026-03-03"), zone=HANOI).lines]
    assert codes == ["begun", "limit_m", "month_end", "kept", "due"]


def test_a_limit_ends_with_its_day_where_the_organisation_is() -> None:
    for zone in map(ZoneInfo, ("Europe/Rome", "America/Chicago", "Australia/Lord_Howe")):
        found = derive(day("2026-03-28"), "1d", PLAIN, zone=zone)
        assert (day_of(found.due_at, zone), day_of(found.due_at + 1, zone)) == (day("2026-03-29"), day("2026-03-30"))


@pytest.mark.parametrize("limit", ["", "10", "wd", "-1d", "10w"])
def test_what_is_no_limit_is_refused(limit: str) -> None:
    with pytest.raises(ValueError, match="for example 10wd"):
        derive(day("2026-03-02"), limit, PLAIN, zone=HANOI)


def test_working_days_need_a_week() -> None:
    with pytest.raises(ValueError, match="without a working day"):
        derive(day("2026-03-02"), "1wd", Calendar("none"), zone=HANOI)
    with pytest.raises(ValueError, match="seven marks"):
        Calendar("bad", 1, "0000000")


def test_a_day_is_off_or_worked_and_not_both() -> None:
    with pytest.raises(ValueError, match="at once"):
        Calendar("bad", 1, WEEK, frozenset({day("2026-03-02")}), frozenset({day("2026-03-02")}))


def test_a_version_of_a_calendar_is_the_same_after_it_was_kept_and_has_a_hash_of_its_own() -> None:
    again = read_calendar(TET.law_bytes)
    assert again == TET and again.law_hash == TET.law_hash
    assert Calendar("vietnam", 4, WEEK, TET.holidays, TET.swapped).law_hash != TET.law_hash
    assert Calendar("own").under(WEEK).week == WEEK and TET.under("1111111").week == WEEK


@pytest.mark.parametrize(("limit", "share", "part"), [
    ("10wd", "1/3", "3wd"), ("30d", "1/3", "10d"), ("3m", "1/3", "1m"), ("1m", "1/3", "10d"), ("2wd", "1/3", None), ("10wd", "5wd", "5wd"),
    ("10d", "1/1", "10d"), ("1m", "1/2", "15d"),
])
def test_a_share_of_a_limit_is_rounded_down(limit: str, share: str, part: str | None) -> None:
    assert share_of(limit, share) == part


@pytest.mark.parametrize("text", ["", "1", "1/0", "0/3", "a/b", "1/101", "-1/3", "1/3/4", "¹/3"])
def test_what_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a share"):
        read_share(text)


# Properties -----------------------------------------------------------------------------------------------------------

days = st.dates(date(2020, 1, 1), date(2030, 1, 1))
limits = st.from_regex(r"[1-9][0-9]?(d|wd)|[1-9]m", fullmatch=True)
offs = st.frozensets(st.dates(date(2024, 12, 1), date(2025, 6, 1)), max_size=20)
near = st.dates(date(2024, 12, 1), date(2025, 6, 1))
spans = st.lists(st.tuples(near, st.integers(0, 20)).map(lambda pair: Span(pair[0], pair[0] + timedelta(days=pair[1]))), max_size=3).map(tuple)
weeks = st.text("01", min_size=7, max_size=7).filter(lambda week: "1" in week)


@given(begun=near, limit=limits, week=weeks, off=offs, pauses=spans, away=spans, more=spans)
def test_days_lost_never_shorten_a_limit_and_it_never_ends_on_one(begun: date, limit: str, week: str, off: frozenset[date], pauses: tuple[Span, ...],
                                                                  away: tuple[Span, ...], more: tuple[Span, ...]) -> None:
    calendar = Calendar("any", 1, week, off)
    plain, with_some, with_all = (derive(begun, limit, calendar, pauses=p, away=a, zone=HANOI).due_on for p, a in (
        ((), ()), (pauses, away), (pauses, away + more)))
    assert plain <= with_some <= with_all
    assert not any(one.since <= with_all <= one.until for one in (*pauses, *away, *more))


@given(begun=near, limit=limits, week=weeks, off=offs, extra=offs)
def test_more_days_off_never_shorten_a_limit(begun: date, limit: str, week: str, off: frozenset[date], extra: frozenset[date]) -> None:
    fewer, more = (derive(begun, limit, Calendar("any", 1, week, days_off), zone=HANOI).due_on for days_off in (off, off | extra))
    assert fewer <= more


@given(begun=near, limit=limits, week=weeks, down=spans, floor=near)
def test_it_ends_neither_before_its_floor_nor_in_an_outage(begun: date, limit: str, week: str, down: tuple[Span, ...], floor: date) -> None:
    found = derive(begun, limit, Calendar("any", 1, week), not_before=floor, outages=down, zone=HANOI).due_on
    assert found >= floor and found >= derive(begun, limit, Calendar("any", 1, week), zone=HANOI).due_on
    assert found == floor or not any(one.since <= found <= one.until for one in sorted(down)[:1])


@given(begun=near, limit=limits, later=st.integers(0, 60), pauses=spans)
def test_who_begins_later_is_never_due_earlier(begun: date, limit: str, later: int, pauses: tuple[Span, ...]) -> None:
    first, second = (derive(day, limit, PLAIN, pauses=pauses, zone=HANOI).due_on for day in (begun, begun + timedelta(days=later)))
    assert first <= second or limit.endswith("m")


# A naive count beside it ----------------------------------------------------------------------------------------------


def _agree(seed: int, number: int) -> None:
    random = Random(seed)
    for _ in range(number):
        case = some_case(random)
        calendar = Calendar("any", 1, case.week, frozenset(case.off), frozenset(case.instead))
        found = derive(case.begun, f"{case.number}{case.unit}", calendar, times=case.times, pauses=[Span(*s) for s in case.pauses],
                       away=[Span(*s) for s in case.away], extensions=[Extension(*e) for e in case.more], not_before=case.earliest,
                       outages=[Span(*s) for s in case.down], zone=HANOI)
        assert found.due_on == ends_on(case), case


def test_a_naive_count_agrees_on_ten_thousand_cases() -> None:
    _agree(1, 10_000)


@pytest.mark.full
def test_a_naive_count_agrees_on_a_hundred_thousand_cases() -> None:
    _agree(2, 100_000)

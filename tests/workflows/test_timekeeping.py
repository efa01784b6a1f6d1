"""The fold of time limits: whatever happens in whatever order, a party's time is never shortened, what ended stays ended, and rows and laws
give back what they keep."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.samples import both, small, step
from workflows import effects as fx
from workflows.calendar import start_of
from workflows.catalogue import BUILT_IN
from workflows.clocks import Calendar
from workflows.definition import Workflow
from workflows.errors import BadDefinition
from workflows.inputs import Day
from workflows.roles import Role
from workflows.timekeeping import FIRED, OPEN, PAUSED, RUNNING, Clock, Happened, Kept, Law, Move, read_grounds, read_law, turn

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
MONDAY = date(2026, 3, 2)
VALUES = {"working_week": "1111100", "clock.reply": "10wd", "clock.desk": "10wd", "clock.month": "1m", "reminders": 2}
LAW = Law(VALUES, ZONE, frozenset({"reply", "month", "due"}))
PLAIN = Calendar("ours", 1)


def happened(seq: int, day: date, calendar: Calendar = PLAIN, **data: Any) -> Happened:
    moment = start_of(day, ZONE) + 3_600_000_000
    return Happened(seq, moment, moment, data, calendar)


def begin(*effects: fx.Effect, day: date = MONDAY, **data: Any) -> Kept:
    return turn(Kept(), Move(effects), happened(1, day, **data), LAW)


def iso(days: int) -> str:
    return (MONDAY + timedelta(days=days)).isoformat()


def test_a_limit_begins_on_the_day_of_the_paper_and_repeats_each_as_long_after_the_one_before() -> None:
    kept = begin(fx.StartClock("reply", then="lapse", times="reminders"))
    assert [(c.times, c.due_on) for c in kept.clocks] == [(1, date(2026, 3, 16)), (2, date(2026, 3, 30))]
    again = turn(kept, Move((fx.StartClock("reply"),)), happened(2, MONDAY + timedelta(days=1)), LAW)
    assert [c.status for c in again.clocks] == ["stopped", "stopped", RUNNING]


def test_the_limit_that_made_the_system_act_is_the_one_that_fired() -> None:
    kept = begin(fx.StartClock("reply", then="lapse", times="reminders"))
    fired = turn(kept, Move(()), happened(2, date(2026, 3, 17))._replace(fired=("reply", 1, 1)), LAW)
    assert [c.status for c in fired.clocks] == [FIRED, RUNNING]


def test_an_absence_moves_what_runs_what_is_paused_and_what_begins_later_and_not_what_the_next_holder_gets() -> None:
    away = Move((fx.Away("since", "until"),))
    kept = turn(begin(fx.StartClock("month")), Move((fx.Pause(),)), happened(2, MONDAY), LAW)
    kept = turn(kept, away, happened(3, MONDAY, since=iso(5), until=iso(6), ground="leave"), LAW)
    assert kept.clocks[0].status == PAUSED and kept.clocks[0].due_on == date(2026, 4, 4)
    later = turn(kept, Move((fx.StartClock("reply"),)), happened(4, MONDAY), LAW)
    assert later.clocks[-1].away and later.away
    passed = turn(kept, Move((fx.Hold(Role.HEAD, "office", handling=True), fx.StartClock("reply")), by_system=True), happened(4, MONDAY), LAW)
    assert not passed.clocks[-1].away and not passed.away


def test_a_smaller_calendar_shortens_the_time_of_a_desk_and_never_that_of_a_party() -> None:
    full = Calendar("ours", 1, "", frozenset({MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)}))
    kept = turn(Kept(), Move((fx.StartClock("reply"), fx.StartClock("desk"))), happened(1, MONDAY, full), LAW)
    assert {c.due_on for c in kept.clocks} == {date(2026, 3, 18)}
    after = turn(kept, Move((fx.Recount(),)), happened(2, MONDAY, PLAIN), LAW)
    assert [c.due_on for c in after.clocks] == [date(2026, 3, 18), date(2026, 3, 16)]
    late = turn(kept, Move((fx.Recount(),)), happened(2, date(2026, 3, 17), PLAIN), LAW)
    assert late.clocks[1].due_on == date(2026, 3, 17)
    over = turn(kept, Move((fx.Recount(),)), happened(2, date(2026, 3, 19), PLAIN), LAW)
    assert over.clocks == kept.clocks


def test_whose_time_it_is_follows_from_who_ends_it() -> None:
    by_name = {w.name: w for w in BUILT_IN}
    assert {"response", "comment"} <= by_name["inspection"].protected_clocks and "inspection" not in by_name["inspection"].protected_clocks
    assert {"answer", "statement", "escalate", "remind", "due"} <= by_name["responsibility"].protected_clocks


@pytest.mark.parametrize("workflow", BUILT_IN, ids=lambda w: w.name)
def test_replay_reads_the_same_moves_from_the_law_that_was_kept(workflow: Workflow) -> None:
    law = read_law(workflow.law_bytes, VALUES, ZONE)
    assert law.protected == workflow.protected_clocks
    for (state, trigger), t in workflow.edges.items():
        told = law.moves[state, trigger]
        assert told.by_system is (Role.SYSTEM in t.who)
        assert [e.law() for e in told.effects] == [e.law() for e in t.effects if e.law()["kind"] in {x.law()["kind"] for x in told.effects}]


@pytest.mark.parametrize(("effect", "said"), [
    (fx.Extend("nothing", "until"), "extends a clock “nothing” that nothing starts"),
    (fx.Extend("due", "unheard_of"), "an input “unheard_of” that is not asked for"),
    (fx.StartClock("reply", not_before="unheard_of"), "an input “unheard_of” that is not asked for"),
    (fx.Outage("until", "unheard_of"), "an input “unheard_of” that is not asked for"),
])
def test_an_effect_on_time_speaks_of_what_there_is(effect: fx.Effect, said: str) -> None:
    until = Day(name="until", label=both("until"))
    with pytest.raises(BadDefinition) as found:
        small(add=(step("more", "opened", "opened", inputs=(until,), effects=(effect,)),))
    assert said in str(found.value)


# Properties -----------------------------------------------------------------------------------------------------------

numbers = st.integers(0, 40)
happenings = st.lists(st.one_of(
    st.tuples(st.just("away"), numbers, st.integers(0, 9)), st.tuples(st.just("pause"), numbers, numbers),
    st.tuples(st.just("resume"), numbers, numbers),
    st.tuples(st.just("extend"), numbers, numbers), st.tuples(st.just("calendar"), numbers, st.integers(0, 2**20 - 1)),
    st.tuples(st.just("outage"), numbers, st.integers(0, 4)), st.tuples(st.just("stop"), numbers, numbers)), max_size=12)
EFFECTS: dict[str, fx.Effect] = {"away": fx.Away("since", "until"), "pause": fx.Pause(), "resume": fx.Resume(), "extend": fx.Extend("reply", "until"),
                                 "calendar": fx.Recount(), "outage": fx.Outage("since", "until"), "stop": fx.StopClock("month")}


@given(happenings)
def test_whatever_happens_a_partys_time_is_never_shortened_and_rows_give_back_what_they_keep(told: list[tuple[str, int, int]]) -> None:
    kept = begin(fx.StartClock("reply"), fx.StartClock("desk"), fx.StartClock("month"), fx.Due("due"), due=iso(20))
    calendar = PLAIN
    for seq, (what, day, more) in enumerate(told, 2):
        if what == "calendar":
            calendar = Calendar("ours", seq, "", frozenset(MONDAY + timedelta(days=n) for n in range(20) if more >> n & 1))
        since, until = (day, day + more) if what in ("away", "outage") else (day, more)
        before = kept
        kept = turn(kept, Move((EFFECTS[what],)), happened(seq, MONDAY + timedelta(days=day), calendar, since=iso(since), until=iso(until)), LAW)
        for was, now in zip(before.clocks, kept.clocks, strict=True):
            assert now.name == "desk" or now.due_on >= was.due_on
            assert was.status in OPEN or now == was
            assert (now.status == PAUSED) is (now.paused_on is not None) or now.status not in OPEN
    for one in kept.clocks:
        bare = Clock(one.name, one.limit, one.times, one.started_seq, one.started_at, one.begun, one.due_on, one.due_at, one.then, one.status,
                     one.ended_at, one.calendar)
        assert replace(bare, **read_grounds(one.grounds())) == one


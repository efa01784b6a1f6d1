"""Time limits of cases: derived under the calendar in force, derived again when it changes, extended within a cap, fired once whoever sweeps;
and the events alone give every one of them back."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from config import Settings
from inspect_app.errors import Invalid, NotYours, Refused
from inspect_app.models import cases, clock
from inspect_app.now import hold, now
from inspect_app.services import calendars, clocks, ledger, organisation_views, recounting, silence, timekeeping
from inspect_app.services.calendars import DayOf, holidays_of
from inspect_app.services.events import events_of
from inspect_app.services.founding import open_house
from inspect_app.services.lookups import clocks as limits_of
from inspect_app.services.queries import case as case_row
from inspect_app.services.replaying import replay_all
from tests.services.crashing import killed_at
from tests.services.organisation import CONSOLE, Organisation
from tests.workflows.samples import both
from workflows.calendar import day_of, end_of, micros
from workflows.catalogue import BUILT_IN, Catalogue
from workflows.clock_entries import more_time
from workflows.definition import START, State, Transition, Workflow
from workflows.effects import Appoint, StartClock, StopClock, Take
from workflows.entries import ENTRIES
from workflows.guards_clocks import minimum_time_is_over
from workflows.inputs import Day, Person
from workflows.roles import Role
from workflows.ruleset import GENERIC, read_ruleset
from workflows.timekeeping import Clock

MONDAY = date(2027, 3, 1)


@contextmanager
def on(org: Organisation, day: date, hour: int = 12) -> Iterator[None]:
    with hold(micros(datetime.combine(day, time(hour), org.house.zone))):
        yield


def limits(org: Organisation, uid: str) -> dict[str, Clock]:
    """The newest limit of each name."""
    return {one.clock.name: one.clock for one in limits_of(org.house, case_row(org.house, org["chair"], uid))}


def why(org: Organisation, uid: str, name: str) -> list[str]:
    """The codes of the derivation of a limit."""
    return [[line.code for line in one.lines] for one in limits_of(org.house, case_row(org.house, org["chair"], uid)) if one.clock.name == name][-1]


def launched(org: Organisation, day: date = MONDAY) -> str:
    """An inspection of which the unit has fifteen working days to report."""
    with on(org, day):
        case = org.ordered()
        org.act("lead", case, "launch", office="head-w1", served_on=day.isoformat(), rights_notice=True)
    return case


def triggers(org: Organisation, uid: str) -> list[str]:
    with org.house.db.reading("all") as session:
        return [e.trigger for e in events_of(session, session.execute(select(cases.c.id).where(cases.c.uid == uid)).scalar_one())]


def said(org: Organisation, uid: str) -> dict[str, Any]:
    """What the newest event of a case says."""
    with org.house.db.reading("all") as session:
        return dict(list(events_of(session, session.execute(select(cases.c.id).where(cases.c.uid == uid)).scalar_one()))[-1].data)


def off(*days: date) -> list[DayOf]:
    return [DayOf(day, False, "a holiday") for day in days]


@pytest.fixture
def laid_out(org: Organisation) -> Organisation:
    """A house with a calendar of its own, chosen."""
    calendars.add(org.house, CONSOLE, "ours", "Our calendar")
    calendars.change(org.house, CONSOLE, "ours", choose=True)
    return org


# Calendars ------------------------------------------------------------------------------------------------------------


def test_each_change_of_a_calendar_is_a_version_and_stands_in_the_administrative_history(org: Organisation) -> None:
    calendars.add(org.house, org["admin"], "ours", "Our calendar")
    calendars.change(org.house, org["admin"], "ours", days=[*off(MONDAY), DayOf(date(2027, 3, 6), True, "for Monday")])
    calendars.change(org.house, org["admin"], "ours", remove=[MONDAY], week="1111110", title="Ours", choose=True)
    shown = calendars.shown(org.house, "ours")
    assert (shown["version"], shown["week"], shown["title"], shown["chosen"]) == (3, "1111110", "Ours", True)
    assert shown["days"] == [DayOf(date(2027, 3, 6), True, "for Monday")]
    assert [v["version"] for v in shown["versions"]] == [3, 2, 1] and shown["versions"][0]["hash"] == shown["hash"]
    told = organisation_views.history(org.house)
    assert [row["what"] for row in told] == ["change_calendar", "change_calendar", "add_calendar"]
    assert told[0]["facts"]["removed"] == ["2027-03-01 - a holiday"] and told[1]["facts"]["version"] == 2


def test_a_title_or_a_choice_makes_no_version(org: Organisation) -> None:
    calendars.add(org.house, CONSOLE, "ours", "Our calendar")
    calendars.change(org.house, CONSOLE, "ours", title="Ours", choose=True)
    assert calendars.shown(org.house, "ours")["version"] == 1


@pytest.mark.parametrize(("change", "code"), [
    ({}, "nothing_new"), ({"week": "0000000"}, "calendar_week"), ({"week": "1"}, "calendar_week"), ({"remove": [MONDAY]}, "calendar_no_day"),
    ({"days": off(MONDAY, MONDAY)}, "calendar_twice"), ({"days": [DayOf(MONDAY, False, "")]}, "text_needed"),
    ({"days": off(*(MONDAY + timedelta(days=n) for n in range(401)))}, "calendar_many"),
])
def test_a_change_that_makes_no_sense_is_refused(org: Organisation, change: dict[str, Any], code: str) -> None:
    calendars.add(org.house, CONSOLE, "ours", "Our calendar")
    with pytest.raises(Invalid) as refused:
        calendars.change(org.house, CONSOLE, "ours", **change)
    assert [p.code for p in refused.value.problems] == [code]
    assert calendars.shown(org.house, "ours")["version"] == 1


def test_calendars_are_for_administrators_of_the_whole_house(org: Organisation) -> None:
    with pytest.raises(NotYours):
        calendars.add(org.house, org["chair"], "x", "X")
    with pytest.raises(NotYours):
        calendars.note_outage(org.house, org["head"], MONDAY, MONDAY, "y")


def test_vietnam_has_tet_and_compensation_days() -> None:
    days = {day.on: day for day in holidays_of("VN", 2026, 2026)}
    assert all(not days[date(2026, 2, d)].works for d in (16, 17, 18, 19, 20))
    assert not days[date(2026, 8, 31)].works and days[date(2026, 8, 22)].works
    with pytest.raises(LookupError):
        holidays_of("XX", 2026, 2026)


def test_a_house_begins_with_an_empty_calendar_and_that_of_vietnam_and_seeding_keeps_what_is_there(org: Organisation) -> None:
    calendars.lay_out(org.house)
    calendars.lay_out(org.house)
    assert {row["name"]: row["chosen"] for row in calendars.listed(org.house)} == {"empty": True, "vietnam": False}
    year = day_of(now(), org.house.zone).year
    own = DayOf(date(year, 1, 1), False, "our own words")
    calendars.change(org.house, CONSOLE, "vietnam", days=[own])
    calendars.seed(org.house, CONSOLE, "vietnam", years=(year, year + 11))
    shown = calendars.shown(org.house, "vietnam")
    assert own in shown["days"] and any(day.on.year == year + 11 for day in shown["days"]) and shown["version"] == 3
    with pytest.raises(Invalid):
        calendars.seed(org.house, CONSOLE, "vietnam", years=(year, year))


# Derived again --------------------------------------------------------------------------------------------------------


def test_a_limit_is_derived_under_the_calendar_in_force_and_says_so(laid_out: Organisation) -> None:
    calendars.change(laid_out.house, CONSOLE, "ours", days=off(date(2027, 3, 8), date(2027, 3, 9)))
    case = launched(laid_out)
    assert limits(laid_out, case)["response"].due_on == date(2027, 3, 24)
    assert why(laid_out, case, "response") == ["begun", "limit_wd", "calendar", "holidays", "due"]
    assert replay_all(laid_out.house).differences == []


def test_a_changed_calendar_reaches_each_case_concerned_by_one_event_of_the_system(laid_out: Organisation) -> None:
    case, other = launched(laid_out), laid_out.open(title="No working days here").case
    calendars.change(laid_out.house, CONSOLE, "ours", days=off(date(2027, 3, 8)))
    with on(laid_out, MONDAY + timedelta(days=1)):
        assert (recounting.round_of(laid_out.house), recounting.round_of(laid_out.house)) == (1, 0)
    assert triggers(laid_out, case)[-1] == "count_anew" and "count_anew" not in triggers(laid_out, other)
    assert said(laid_out, case) == {"calendar": "ours", "calendar_version": 2,
                                    "moved": [{"clock": "response", "before": "2027-03-22", "after": "2027-03-23"}]}
    assert limits(laid_out, case)["response"].due_on == date(2027, 3, 23)
    assert replay_all(laid_out.house).differences == []


def test_the_time_of_whoever_is_concerned_is_never_shortened(laid_out: Organisation) -> None:
    calendars.change(laid_out.house, CONSOLE, "ours", days=off(date(2027, 3, 8), date(2027, 3, 9)))
    case = launched(laid_out)
    calendars.change(laid_out.house, CONSOLE, "ours", remove=[date(2027, 3, 8)])
    with on(laid_out, MONDAY + timedelta(days=1)):
        recounting.round_of(laid_out.house)
        assert limits(laid_out, case)["response"].due_on == date(2027, 3, 24)
        laid_out.act("chair", case, "pause", ground="force", reason="a flood")
    with on(laid_out, MONDAY + timedelta(days=2)):
        laid_out.act("chair", case, "resume")
    assert limits(laid_out, case)["response"].due_on == date(2027, 3, 25)
    assert replay_all(laid_out.house).differences == []


def test_a_newer_ruleset_leaves_the_time_of_a_case_under_way_as_it_was(laid_out: Organisation) -> None:
    case = launched(laid_out)
    shorter = read_ruleset('name = "generic"\nversion = 2\ntitle.en = "Shorter"\ntitle.vi = "Ngắn hơn"\n'
                           '[clocks]\nresponse = "1wd"\ncomment = "1wd"\n', "shorter.toml", GENERIC)
    catalogue = laid_out.house.catalogue
    laid_out.house.catalogue = replace(catalogue, rulesets=(*catalogue.rulesets, shorter))
    with on(laid_out, MONDAY + timedelta(days=1)):
        recounting.round_of(laid_out.house)
        laid_out.act("chair", case, "pause", ground="force", reason="a flood")
        laid_out.act("chair", case, "resume")
        clocks.sweep(laid_out.house, now())
    mine = limits(laid_out, case)["response"]
    assert (mine.limit, mine.due_on) == ("15wd", date(2027, 3, 23))
    assert limits(laid_out, launched(laid_out, MONDAY + timedelta(days=1)))["response"].due_on == date(2027, 3, 3)
    assert replay_all(laid_out.house).differences == []


def test_what_has_run_out_or_ended_stays_as_it_was(laid_out: Organisation) -> None:
    case = launched(laid_out)
    with on(laid_out, MONDAY + timedelta(days=3)):
        laid_out.act("head", case, "report", explanation="here it is")
    before = limits(laid_out, case)
    calendars.change(laid_out.house, CONSOLE, "ours", days=off(date(2027, 3, 4)))
    with on(laid_out, MONDAY + timedelta(days=90)):
        recounting.round_of(laid_out.house)
    assert limits(laid_out, case)["response"] == before["response"] and limits(laid_out, case)["inspection"].due_on == before["inspection"].due_on


def test_a_pause_keeps_whole_days_and_working_days_stay_working_days(laid_out: Organisation) -> None:
    case = launched(laid_out)
    with on(laid_out, date(2027, 3, 5)):
        laid_out.act("chair", case, "pause", ground="force", reason="a flood")
        assert case_row(laid_out.house, laid_out["chair"], case).due_at is None
    with on(laid_out, date(2027, 3, 8)):
        laid_out.act("chair", case, "resume")
    found = limits(laid_out, case)
    assert (found["response"].due_on, found["inspection"].due_on) == (date(2027, 3, 24), date(2027, 5, 4))
    assert why(laid_out, case, "inspection") == ["begun", "limit_d", "paused", "due"]
    assert replay_all(laid_out.house).differences == []


def test_what_would_end_while_nobody_could_act_ends_on_the_working_day_after(laid_out: Organisation) -> None:
    case = launched(laid_out)
    calendars.note_outage(laid_out.house, CONSOLE, date(2027, 3, 19), date(2027, 3, 26), "no electricity")
    with on(laid_out, date(2027, 3, 27)):
        clocks.sweep(laid_out.house, now())
        clocks.sweep(laid_out.house, now())
    assert triggers(laid_out, case)[-1] == "note_outage"
    assert limits(laid_out, case)["response"].due_on == date(2027, 3, 29)
    assert said(laid_out, case)["moved"] == [{"clock": "response", "before": "2027-03-22", "after": "2027-03-29"}]
    assert replay_all(laid_out.house).differences == []


def test_work_that_stood_still_in_production_is_an_outage(org: Organisation) -> None:
    org.house.mode = "production"
    for day, hour, noted in ((MONDAY, 8, False), (MONDAY, 9, False), (MONDAY + timedelta(days=1), 9, True), (MONDAY + timedelta(days=1), 10, False)):
        with on(org, day, hour):
            assert recounting.watch(org.house) is noted
    assert [(row["since_on"], row["until_on"]) for row in calendars.outages(org.house)] == [(MONDAY, MONDAY + timedelta(days=1))]
    assert organisation_views.history(org.house)[0]["what"] == "note_outage"


def test_replay_finds_a_limit_that_is_not_as_its_events_make_it(laid_out: Organisation) -> None:
    case = launched(laid_out)
    with laid_out.house.db.atomic("all") as session:
        moved = update(clock).where(clock.c.name == "response").values(due_at=clock.c.due_at + 86_400_000_000)
        assert session.execute(moved).rowcount == 1
    found = replay_all(laid_out.house)
    assert found.found == 1 and "due_at of the time limit “response”" in found.differences[0].what
    with laid_out.house.db.atomic("all") as session:
        session.execute(clock.delete().where(clock.c.name == "inspection"))
    assert any("time limits are mirrored" in one.what for one in replay_all(laid_out.house).differences)
    assert case


# More time ------------------------------------------------------------------------------------------------------------

REPLY = Workflow(
    name="reply", version=1, title=both("Reply"), needs_parent=False,
    states=(State("asked", both("asked")), State("done", both("done"), final=True)),
    transitions=(
        Transition(trigger="ask", label=both("ask"), source=START, dest="asked", who=(Role.OFFICER,),
                   inputs=(Person(name="whom", label=both("whom")), Day(name="meeting", label=both("meeting"), required=False)),
                   effects=(Take(Role.OFFICER), Appoint(Role.RESPONDENT, "whom"), StartClock("response"),
                            StartClock("comment", not_before="meeting"))),
        Transition(trigger="hear", label=both("hear"), source="asked", dest="asked", who=(Role.OFFICER,),
                   guards=(minimum_time_is_over(clock="comment"),)),
        Transition(trigger="answer", label=both("answer"), source="asked", dest="done", who=(Role.RESPONDENT,), effects=(StopClock(),)),
        *more_time("response", (Role.RESPONDENT,), (Role.OFFICER, Role.CHAIR), both("the reply"))),
    entries=ENTRIES)


@pytest.fixture
def asked(laid_out: Organisation) -> str:
    laid_out.house.catalogue = Catalogue((*BUILT_IN, REPLY), laid_out.house.catalogue.rulesets)
    with on(laid_out, MONDAY):
        return laid_out.open("officer", "reply", "ask", whom=laid_out["one"].id, meeting="2027-03-30").case


def failed(work: Any) -> set[str]:
    with pytest.raises(Refused) as refused:
        work()
    return {v.code.partition("(")[0] for v in refused.value.verdicts if not v.ok}


def test_a_party_takes_more_time_early_and_within_the_cap(laid_out: Organisation, asked: str) -> None:
    org = laid_out
    with on(org, MONDAY + timedelta(days=2)):
        for until in ("2027-03-30", "2027-03-22"):
            assert failed(lambda until=until: org.act("one", asked, "extend_response", until=until, reason="a lot to read")) == {
                "extension_is_within_the_cap"}
        assert silence.ledger(org.house, org["auditor"], kind="extended").noted == ()
        with pytest.raises(Refused) as refused:
            org.act("one", asked, "extend_response", until="2027-03-30", reason="a lot to read")
        assert all("“response”" not in f"{v.inner}{v.outer}" for v in refused.value.verdicts)
        org.act("one", asked, "extend_response", until="2027-03-29", reason="a lot to read")
        noted, = silence.ledger(org.house, org["auditor"], kind="extended").noted
        assert (noted.case.uid, noted.event.data["until"]) == (asked, "2027-03-29")
        assert limits(org, asked)["response"].due_on == date(2027, 3, 29)
        assert failed(lambda: org.act("one", asked, "extend_response", until="2027-03-29", reason="more")) >= {"extension_is_not_used_up"}
    assert why(org, asked, "response")[-2:] == ["extended", "due"]
    assert replay_all(org.house).differences == []


def test_later_more_time_is_asked_for_and_given_by_another(laid_out: Organisation, asked: str) -> None:
    org = laid_out
    with on(org, MONDAY + timedelta(days=9)):
        assert failed(lambda: org.act("one", asked, "extend_response", until="2027-03-25", reason="ill")) == {"extension_is_asked_early"}
        org.act("one", asked, "ask_extension_response", until="2027-03-25", reason="a lot to read")
        assert limits(org, asked)["response"].due_on == date(2027, 3, 22)
        with pytest.raises(NotYours):
            org.act("one", asked, "grant_extension_response", until="2027-03-25", reason="granted")
        org.act("officer", asked, "grant_extension_response", until="2027-03-25", reason="granted")
    assert limits(org, asked)["response"].due_on == date(2027, 3, 25)
    assert replay_all(org.house).differences == []


def test_a_limit_ends_no_earlier_than_the_day_it_waits_for_and_an_act_not_before_it(laid_out: Organisation, asked: str) -> None:
    assert limits(laid_out, asked)["comment"].due_on == date(2027, 3, 30) and why(laid_out, asked, "comment")[-2:] == ["not_before", "due"]
    with on(laid_out, date(2027, 3, 30)):
        assert failed(lambda: laid_out.act("officer", asked, "hear")) == {"minimum_time_is_over"}
    with on(laid_out, date(2027, 3, 31)):
        laid_out.act("officer", asked, "hear")


# Once, whoever sweeps -------------------------------------------------------------------------------------------------


def served(org: Organisation, number: int) -> list[str]:
    """Responsibilities that wait for an answer, each with two reminders to come."""
    found = []
    with on(org, MONDAY):
        for _ in range(number):
            case = org.ordered()
            org.act("officer", case, "hold_responsible", **org.assignment())
            with org.house.db.reading("all") as session:
                parent = select(cases.c.id).where(cases.c.uid == case).scalar_subquery()
                found.append(session.execute(select(cases.c.uid).where(cases.c.parent_id == parent)).scalar_one())
            org.act("officer", found[-1], "notify", served_on=MONDAY.isoformat())
    return found


DONE = ["identify", "notify", "remind_automatically", "remind_automatically", "answer_lapsed", "escalate_silence"]
AFTER = MONDAY + timedelta(days=60)


def test_four_sweepers_at_once_fire_each_limit_once(org: Organisation, settings: Settings) -> None:
    waiting = served(org, 6)
    houses = [open_house(settings) for _ in range(4)]

    def work(n: int, days: int) -> None:
        with hold(end_of(AFTER + timedelta(days=days), houses[n].zone)):
            for _ in range(3):
                clocks.sweep(houses[n], now())

    with ThreadPoolExecutor(4) as pool:
        for days in (0, 1, 10):
            list(pool.map(work, range(4), [days] * 4))
    for one in houses:
        one.db.close()
    with on(org, AFTER + timedelta(days=11)):
        clocks.sweep(org.house, now())
    assert {uid: sorted(triggers(org, uid)) for uid in waiting} == {uid: sorted(DONE) for uid in waiting}
    with org.house.db.reading("all") as session:
        assert session.execute(select(func.count()).where(clock.c.status == "fired")).scalar_one() == 4 * len(waiting)
    assert replay_all(org.house).differences == []


def test_a_sweeper_killed_anywhere_leaves_nothing_twice_and_nothing_out(org: Organisation) -> None:
    waiting, until = served(org, 2), end_of(AFTER, org.house.zone)
    for module, name, done, nth in ((clocks, "take", True, 1), (ledger, "append", False, 1), (ledger, "append", True, 2),
                                    (timekeeping, "keep", True, 2), (clocks, "mirror_due", True, 2), (clocks, "_fire", True, 1)):
        assert not killed_at(org.house, module, name, nth, lambda own: clocks.sweep(own, until), done=done), name
        assert replay_all(org.house).differences == []
    clocks.sweep(org.house, until)
    assert {uid: triggers(org, uid) for uid in waiting} == {uid: DONE for uid in waiting}


def test_a_calendar_changed_before_four_rounds_at_once_gives_each_case_one_event(laid_out: Organisation, settings: Settings) -> None:
    found = [launched(laid_out) for _ in range(4)]
    calendars.change(laid_out.house, CONSOLE, "ours", days=off(date(2027, 3, 8)))
    houses = [open_house(settings) for _ in range(4)]

    def work(n: int) -> None:
        with hold(end_of(MONDAY + timedelta(days=1), houses[n].zone)):
            for _ in range(3):
                recounting.round_of(houses[n])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    for one in houses:
        one.db.close()
    assert [triggers(laid_out, uid).count("count_anew") for uid in found] == [1] * 4
    assert replay_all(laid_out.house).differences == []



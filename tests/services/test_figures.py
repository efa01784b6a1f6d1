"""Figures of the work of units: what is counted equals what a plain reading of the histories finds, and no rehearsal is in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from inspect_app.models import cases, clock, unit
from inspect_app.now import hold
from inspect_app.services import casework
from inspect_app.services.casework import Opening
from inspect_app.services.events import events_of
from inspect_app.services.figures import counted
from tests.services.organisation import Organisation
from workflows.acts import Act
from workflows.calendar import day_of, micros
from workflows.figures import COUNTED, FIGURES, Figure, Happened, count, first_of, last_of, quarter_of, rows, spans, went

FIRST = date(2026, 1, 5)
LONGEST = 100


@contextmanager
def on(org: Organisation, day: date) -> Iterator[None]:
    with hold(micros(datetime.combine(day, time(12), org.house.zone))):
        yield


def shortcoming(org: Organisation, chance: Random, at: str, rehearsal: bool) -> str:
    """A shortcoming noted by the officer or the unit, remedied before its day or after, sent back now and then."""
    day = FIRST + timedelta(days=chance.randrange(LONGEST))
    due = day + timedelta(days=chance.randrange(1, 20))
    by, head, office = ("head" if at == "W1" and chance.random() < 0.5 else "officer"), ("head" if at == "W1" else "other_head"), f"head-{at.lower()}"
    data = {"what": "The count of the drug book is missing", "cause_kind": "procedure", "cause": "nobody was named to count", "office": office,
            "measure": "name who counts", "due": due.isoformat()}
    with on(org, day):
        case = casework.open_case(org.house, Opening("shortcoming", Act("note", org[by], data), "x", at, rehearsal=rehearsal)).case
    for _ in range(chance.randrange(3)):
        day += timedelta(days=chance.randrange(1, 25))
        with on(org, day):
            org.act(head, case, "finish", what_was_done="somebody is named")
        day += timedelta(days=chance.randrange(5))
        with on(org, day):
            if by == "head":
                break
            if chance.random() < 0.4:
                due = day + timedelta(days=chance.randrange(0, 10))
                org.act("officer", case, "send_back", why="no name stands there", due=due.isoformat())
                continue
            org.act("officer", case, "check", what_was_seen="the list")
        break
    return case


def naive(org: Organisation, units: set[str], first: date, last: date) -> dict[str, Figure]:
    """The same figures, event by event, by hand."""
    found: Counter[str] = Counter()
    with org.house.db.reading("all") as session:
        query = select(cases.c.id, cases.c.workflow, unit.c.code).join(unit, unit.c.id == cases.c.unit_id)
        for case_id, workflow, code in session.execute(query.where(~cases.c.rehearsal, ~cases.c.closed_circle)).all():
            if code not in units or workflow != "shortcoming":
                continue
            due = ""
            for e in events_of(session, case_id):
                due = str(e.data.get("due", due))
                day = day_of(e.occurred_at, org.house.zone)
                if not first <= day <= last:
                    continue
                found[e.trigger] += 1
                found["own"] += e.trigger == "note" and e.role == "unit_lead"
                found["in time"] += e.trigger == "finish" and day.isoformat() <= due
    looked = found["check"] + found["send_back"]
    nought = {code: Figure(0, 0 if kind.shared else None) for code, kind in FIGURES.items()}
    return nought | {"shortcomings": Figure(found["note"]), "noted_by_the_unit": Figure(found["own"], found["note"]),
                     "remedied_in_time": Figure(found["in time"], found["finish"]), "accepted_at_once": Figure(found["check"], looked)}


@pytest.mark.parametrize("seed", [1, *(pytest.param(n, marks=pytest.mark.full) for n in range(2, 12))])
def test_what_is_counted_is_what_a_plain_reading_of_the_histories_finds(org: Organisation, seed: int) -> None:
    chance = Random(seed)
    made = [shortcoming(org, chance, chance.choice(("W1", "W2")), chance.random() < 0.25) for _ in range(24)]
    with org.house.db.atomic("all") as session:
        session.execute(update(cases).where(cases.c.uid.in_(made[::7])).values(closed_circle=True))
        numbers = {code: id_ for code, id_ in session.execute(select(unit.c.code, unit.c.id))}
    seen = set()
    with org.house.db.reading("all") as session:
        for _ in range(20):
            first = FIRST + timedelta(days=chance.randrange(LONGEST))
            last = first + timedelta(days=chance.randrange(60))
            for code, units in (("W1", {"W1"}), ("W2", {"W2"}), ("HQ", {"HQ", "W1", "W2"})):
                expected = naive(org, units, first, last)
                assert counted(session, org.house, numbers[code], (first, last)) == expected
                seen |= {name for name, figure in expected.items() if figure.part}
        assert counted(session, org.house, None, (FIRST, FIRST)) == count(())
        assert session.execute(select(clock.c.id).where(clock.c.name == "due")).first() is not None
    assert seen == {"shortcomings", "noted_by_the_unit", "remedied_in_time", "accepted_at_once"}


def inspected(org: Organisation, late: bool) -> str:
    """An inspection that concludes a violation, its report submitted within the time limit or after it; returned once on the way."""
    day = FIRST
    with on(org, day):
        case = org.ordered()
        org.act("lead", case, "launch", office="head-w1", served_on=day.isoformat(), rights_notice=True)
        org.act("head", case, "report", explanation="two shifts were short of people")
        org.act("officer", case, "add_evidence", description="Drug book", held_as="reference", reference="File 7")
        met = [{"point": "every page is signed", "met": "yes"}, {"point": "every count agrees", "met": "no"},
               {"point": "keys are handed over", "met": "not_applicable"}]
        org.act("lead", case, "draft", speaks_for="they told it", checklist=met, findings=[
            {"finding": "gaps in the drug book", "norm": "Order 4", "committed_on": "2026-01-02", "evidence": [1]}])
        org.act("lead", case, "share_draft", shared_on=day.isoformat())
        org.act("head", case, "comment", views="as it is")
        org.act("lead", case, "consult")
    with on(org, day + timedelta(days=90 if late else 10)):
        org.act("lead", case, "submit", final_report="as drafted", answers="taken over")
        org.act("chair", case, "conclude", entitled=3, present=3, result="violation", conclusion="a violation, dealt with")
    return case


def test_a_violation_counts_only_where_it_was_concluded_late(org: Organisation) -> None:
    inspected(org, late=False)
    inspected(org, late=True)
    with org.house.db.reading("all") as session:
        number = session.execute(select(unit.c.id).where(unit.c.code == "W1")).scalar_one()
        found = counted(session, org.house, number, (FIRST, FIRST + timedelta(days=100)))
    assert found["violations_late"] == Figure(1, 2)
    assert found["points_met"] == Figure(2, 4)
    assert found["clean_inspections"] == Figure(0, 2)
    assert found["reports_returned"] == Figure(0, 2)


events = st.lists(st.builds(
    lambda pair, by_unit, in_time, late, result, met: Happened(pair[0], pair[1], by_unit, in_time, late, {"result": result, "checklist": met}),
    st.sampled_from(sorted(COUNTED)), st.booleans(), st.booleans(), st.booleans(), st.sampled_from(("violation", "shortcoming", "no_shortcoming")),
    st.lists(st.builds(lambda m: {"met": m}, st.sampled_from(("yes", "no", "not_applicable"))), max_size=4)), max_size=30)


@given(events, events)
def test_figures_of_two_times_add_up_and_no_part_is_larger_than_its_whole(one: list[Happened], two: list[Happened]) -> None:
    a, b, both = count(one), count(two), count([*one, *two])
    for code in FIGURES:
        assert both[code].part == a[code].part + b[code].part
        whole = both[code].whole
        assert whole is None or (both[code].part <= whole and whole == (a[code].whole or 0) + (b[code].whole or 0))


@given(events, events)
def test_what_got_better_one_way_got_worse_the_other(one: list[Happened], two: list[Happened]) -> None:
    there, back = rows(count(one), after=count(two)), rows(count(two), after=count(one))
    opposite = {"better": "worse", "worse": "better", "same": "same", None: None}
    assert [went(row) for row in back] == [opposite[went(row)] for row in there]


def share(row: dict[str, Any], side: str) -> float:
    return float(row[f"{side}part"]) / float(row.get(f"{side}whole", 1))


@given(events, events)
def test_a_share_is_compared_as_a_fraction(one: list[Happened], two: list[Happened]) -> None:
    for row in rows(count(one), after=count(two)):
        direction, better = went(row), FIGURES[row["figure"]].better
        if direction in ("better", "worse"):
            rose = share(row, "after_") > share(row, "")
            assert rose == ((direction == "better") == (better == "more"))


@given(st.dates(date(2000, 1, 1), date(2199, 12, 31)))
def test_every_day_lies_in_one_quarter(day: date) -> None:
    year, quarter = quarter_of(day)
    assert first_of(year, quarter) <= day <= last_of(year, quarter)
    assert quarter_of(last_of(year, quarter) + timedelta(days=1)) > (year, quarter)


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(0, 400))
def test_before_and_after_are_equally_long_and_do_not_meet(held: date, days: int) -> None:
    found = spans(["figures.effect"], {"held_on": held.isoformat()}, held + timedelta(days=days))
    (before, until), (since, after) = found["before"], found["after"]
    assert until < held < since and until - before == after - since

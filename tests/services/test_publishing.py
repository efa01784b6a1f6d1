"""Published figures: counted by hand, frozen, told, revised beside; nothing of a rehearsal, and no small number by any way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time
from typing import Any

import orjson
import pytest
from sqlalchemy import select, update

from inspect_app.audit.canonical import canonical
from inspect_app.errors import Invalid, NotFound
from inspect_app.models import cases, publication, unit
from inspect_app.now import hold
from inspect_app.services import casework, mission, organisation_views, publishing
from inspect_app.services.casework import Opening
from tests.services.organisation import Organisation
from workflows.acts import Act
from workflows.calendar import micros

QUARTER = "2027-q1"
IN = date(2027, 2, 10)
AFTER = date(2027, 4, 20)


def on(org: Organisation, day: date, hour: int = 12) -> Any:
    return hold(micros(datetime.combine(day, time(hour), org.house.zone)))


def note(org: Organisation, who: str, unit_: str = "W1", rehearsal: bool = False) -> str:
    data = {"what": "The key of the drug cupboard was missing", "cause_kind": "supervision", "cause": "nobody checked the key in the evening",
            "office": "head-w1", "due": "2027-03-01", "measure": "check the key"}
    return casework.open_case(org.house, Opening("shortcoming", Act("note", org[who], data), "Key", unit_, None, rehearsal=rehearsal)).case


def filled(org: Organisation, own: int = 12, others: int = 9) -> list[str]:
    """Shortcomings of one quarter: so many noted by the unit itself, so many by others."""
    with on(org, IN):
        return [note(org, "head") for _ in range(own)] + [note(org, "officer") for _ in range(others)]


def numbers(one: publishing.Published, audience: str, table: str) -> dict[str, list[int | None]]:
    found = next(t for t in one.body["audiences"][audience]["tables"] if t["table"] == table)
    return {row["unit"]: row["numbers"] for row in found["rows"]}


def of_mission(one: publishing.Published, audience: str = "internal") -> dict[str, Any]:
    return {told["figure"]: told for told in one.body["audiences"][audience]["mission"]}


def published(org: Organisation) -> publishing.Published:
    with on(org, AFTER):
        assert publishing.round_of(org.house) == 1
        return publishing.of(org.house, QUARTER)[-1]


def test_a_quarter_is_published_once_after_its_grace_and_told_under_its_hash(org: Organisation) -> None:
    filled(org)
    for day in (date(2027, 3, 31), date(2027, 4, 15)):
        with on(org, day):
            assert publishing.round_of(org.house) == 0
    one = published(org)
    with on(org, AFTER):
        assert publishing.round_of(org.house) == 0
    assert (one.quarter, one.revision, one.whole) == (QUARTER, 0, True)
    told = next(row for row in organisation_views.history(org.house) if row["what"] == "publish_figures")
    assert told["facts"]["sha256"] == one.sha256 and told["facts"]["quarter"] == QUARTER


def test_what_is_counted_is_what_was_done(org: Organisation) -> None:
    filled(org)
    one = published(org)
    assert of_mission(one)["own"] == {"figure": "own", "part": 12, "whole": 21}
    assert of_mission(one)["with_cause"]["whole"] == 21
    assert numbers(one, "internal", "noted")["all"] == [12, 9, 21]
    assert of_mission(one, "public")["own"] == {"figure": "own", "part": None, "whole": None} or of_mission(one, "public")["own"]["part"] is None


def test_small_numbers_are_withheld_and_what_would_give_them_away(org: Organisation) -> None:
    filled(org, own=12, others=3)
    one = published(org)
    row = numbers(one, "internal", "noted")["all"]
    assert row[1] is None and (row[0] is None or row[2] is None)
    shown = [number for table in one.body["audiences"]["internal"]["tables"] for r in table["rows"] for number in r["numbers"] if number is not None]
    assert all(number >= 5 for number in shown)
    assert all(told["part"] is None or told["part"] >= 5 for told in of_mission(one).values() if "part" in told)


def test_a_rehearsal_a_closed_circle_and_what_was_recorded_elsewhere_leave_no_trace(org: Organisation) -> None:
    made = filled(org)
    with on(org, IN):
        for _ in range(20):
            note(org, "head", rehearsal=True)
    one = published(org)
    assert numbers(one, "internal", "noted")["all"] == [12, 9, 21]
    with org.house.db.atomic("all") as session:
        session.execute(update(cases).where(cases.c.uid.in_(made[:6])).values(closed_circle=True))
        session.execute(update(cases).where(cases.c.uid.in_(made[12:14])).values(put_away=True))
        told = mission.counted(session, org.house, publishing.days_of(QUARTER))
    assert told.numbers["noted.all.all"] == 21 - 6 - 2


def test_only_rehearsals_publish_nothing(org: Organisation) -> None:
    with on(org, IN):
        note(org, "head", rehearsal=True)
    with on(org, AFTER):
        assert publishing.round_of(org.house) == 0
    with pytest.raises(NotFound):
        publishing.of(org.house, QUARTER)


def test_a_later_change_is_a_revision_beside_it_and_the_first_stays_word_for_word(org: Organisation) -> None:
    filled(org)
    first = published(org)
    with on(org, AFTER), pytest.raises(Invalid):
        publishing.revise(org.house, org["chair"], QUARTER, "nothing happened")
    filled(org, own=6, others=0)
    with on(org, AFTER):
        with pytest.raises(Invalid):
            publishing.revise(org.house, org["chair"], QUARTER, "  ")
        second = publishing.revise(org.house, org["chair"], QUARTER, "the papers of ward 1 came late")
    assert publishing.of(org.house, QUARTER)[0] == first
    assert (second.revision, numbers(second, "internal", "noted")["all"]) == (1, [18, 9, 27])
    assert second.body["audiences"]["internal"]["changed"] == "numbers"
    assert second.body["audiences"]["public"]["changed"] == "too_little_to_show"
    assert second.body["audiences"]["public"]["tables"] == first.body["audiences"]["public"]["tables"]
    assert publishing.newest(org.house)[-1] == second


def test_a_revision_by_a_small_number_says_only_that_something_changed(org: Organisation) -> None:
    filled(org)
    first = published(org)
    filled(org, own=1, others=0)
    with on(org, AFTER):
        second = publishing.revise(org.house, org["chair"], QUARTER, "one paper came late")
    assert second.body["audiences"]["internal"] == first.body["audiences"]["internal"] | {"changed": "too_little_to_show"}
    filled(org, own=5, others=0)
    with on(org, AFTER):
        third = publishing.revise(org.house, org["chair"], QUARTER, "more papers came late")
    assert numbers(third, "internal", "noted")["all"] == [18, 9, 27]


def test_what_somebody_changes_in_the_table_is_shown_to_be_changed(org: Organisation) -> None:
    filled(org)
    one = published(org)
    told = orjson.loads(canonical(dict(one.body)))
    told["audiences"]["internal"]["mission"][4]["part"] = 21
    if org.house.db.is_sqlite:
        with org.house.db.atomic("all") as session:
            session.execute(update(publication).values(body=canonical(told)))
        assert not publishing.of(org.house, QUARTER)[0].whole
    else:
        with pytest.raises(Exception, match="permission denied"), org.house.db.atomic("all") as session:
            session.execute(update(publication).values(body=canonical(told)))


def test_two_workers_publish_once(org: Organisation) -> None:
    filled(org)

    def publishes(_: int) -> int:
        with on(org, AFTER):
            return publishing.round_of(org.house)

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(publishes, range(3))) == 1


def test_a_quarter_is_not_published_before_it_is_over_nor_twice_nor_where_there_is_none(org: Organisation) -> None:
    filled(org)
    with on(org, date(2027, 3, 31)), pytest.raises(Invalid):
        publishing.publish(org.house, org["chair"], QUARTER)
    with on(org, date(2027, 4, 1)):
        assert publishing.publish(org.house, org["chair"], QUARTER).revision == 0
        with pytest.raises(Invalid):
            publishing.publish(org.house, org["chair"], QUARTER)
    for wrong in ("2027-q5", "2027", "0000-q1", "x", "2027-q1\n"):
        with pytest.raises(NotFound):
            publishing.of(org.house, wrong)


def test_the_rows_are_the_units_right_below_the_top_and_add_up(org: Organisation) -> None:
    filled(org, 30, 0)
    with on(org, IN):
        for _ in range(11):
            note(org, "officer", "W2")
    one = published(org)
    told = numbers(one, "internal", "noted")
    with org.house.db.reading() as session:
        assert set(told) - {"-", "all"} == set(session.execute(select(unit.c.code).where(unit.c.code.in_(("W1", "W2")))).scalars())
    assert told["all"][2] == 41 and told["W1"][2] == 30
    assert told["-"][2] is None and told["W2"][2] is None, "nought is a small number, and one alone would be given away by the others"

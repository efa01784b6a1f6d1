"""The programme in a browser: a year of it through its forms, and what its pages show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time

import pytest
from flask import Flask
from sqlalchemy import insert, select

from config import Settings
from inspect_app.models import cases, person, role_grant, unit
from inspect_app.now import hold
from inspect_app.services import casework
from inspect_app.services.casework import Opening
from tests.conftest import application
from tests.pages.test_pages import Visitor
from tests.services.organisation import LONG_AGO, Organisation
from workflows.acts import Act
from workflows.calendar import micros


@pytest.fixture
def app(settings: Settings, org: Organisation) -> Flask:
    with org.house.db.atomic("all") as session:
        who = session.execute(select(person.c.id).where(person.c.uid == org["other_head"].id)).scalar_one()
        number = session.execute(select(unit.c.id).where(unit.c.code == "W2")).scalar_one()
        session.execute(insert(role_grant).values(person_id=who, role="unit_lead", unit_id=number, since_on=LONG_AGO))
    return application(settings, org.house)


@contextmanager
def on(org: Organisation, app: Flask, *day: int) -> Iterator[dict[str, Visitor]]:
    """Noon of a day, with everybody signed in anew."""
    with hold(micros(datetime.combine(date(*day), time(12), org.house.zone))):
        there = {}
        for login in ("officer", "chair", "head", "other_head"):
            there[login] = Visitor(app)
            there[login].sign_in(login)
        yield there


def newest(org: Organisation, workflow: str) -> tuple[str, str]:
    """(identifier, number) of the newest case of a kind."""
    with org.house.db.reading("all") as session:
        row = session.execute(select(cases.c.uid, cases.c.number).where(cases.c.workflow == workflow).order_by(cases.c.id.desc()).limit(1)).one()
    return str(row[0]), str(row[1])


def sent(visitor: Visitor, path: str, **told: str) -> None:
    """A form that is taken."""
    answer = visitor.send(path, told={name.replace("__", "-"): value for name, value in told.items()})
    assert answer.status_code == 303, re.findall(r'class="(?:wrong|fails)[^>]*>(.*?)</', answer.text)


def remedied(org: Organisation, day: int, late: bool) -> None:
    """A shortcoming of the second ward, remedied in its time or after."""
    data = {"what": "The count of the drug book is missing", "cause_kind": "procedure", "cause": "nobody was named to count", "office": "head-w2",
            "measure": "name who counts", "due": date(2026, 1 if late else 3, day).isoformat()}
    with hold(micros(datetime.combine(date(2026, 1 if late else 3, day), time(9), org.house.zone))):
        case = casework.open_case(org.house, Opening("shortcoming", Act("note", org["officer"], data), "x", "W2")).case
    with hold(micros(datetime.combine(date(2026, 1 if late else 3, day + late), time(9), org.house.zone))):
        org.act("other_head", case, "finish", what_was_done="somebody is named")


def test_a_year_runs_through_the_pages_to_an_effect_that_figures_show(app: Flask, org: Organisation) -> None:
    officer_id = org["officer"].id
    with on(org, app, 2026, 1, 5) as there:
        sent(there["officer"], "/cases/new/programme", unit="HQ", year="2026", what="Drug books and counts", legal_basis="Regulation 4",
             items__0__target="W1", items__0__quarter="q1", items__0__what="The drug book", items__0__kind="scheduled", items__0__every="each_half",
             items__0__officer=officer_id, items__0__points="Every page is signed\nEvery count agrees",
             demonstrations__0__quarter="q1", demonstrations__0__target="W2", demonstrations__0__office="head-w2",
             demonstrations__0__what="How the drug book is counted", demonstrations__0__aim="remedied_in_time",
             demonstrations__0__officer=officer_id)
        programme, _ = newest(org, "programme")
        sent(there["officer"], f"/cases/{programme}/acts/submit")
        sent(there["chair"], f"/cases/{programme}/acts/approve", decision="12", decided_on="2026-01-05")
        page = there["chair"].get(f"/cases/{programme}/plan").text
        assert page.count("The drug book") >= 2 and "Checklist, 2 points" in page and "How the drug book is counted" in page
        opening = re.search(r'href="(/cases/new/inspection\?[^"]+)"', page)
        assert opening is not None
        form = there["officer"].get(opening[1].replace("&amp;", "&")).text
        assert 'selected value="programme"' in form and 'selected value="W1"' in form and "The drug book</textarea>" in form
        sent(there["officer"], "/cases/new/inspection", unit="W1", source="programme", what="The drug book of the ward")
        _, number = newest(org, "inspection")
        with org.house.db.reading("all") as session:
            item = session.execute(select(cases.c.uid).where(cases.c.workflow == "planned_inspection").order_by(cases.c.id).limit(1)).scalar_one()
        assert number in there["officer"].get(f"/cases/{item}/acts/link").text
        sent(there["officer"], f"/cases/{item}/acts/link", inspection=number)
        assert number in there["chair"].get(f"/cases/{programme}/plan").text
    remedied(org, 12, late=True)
    with on(org, app, 2026, 2, 10) as there:
        demonstration, _ = newest(org, "demonstration")
        sent(there["other_head"], f"/cases/{demonstration}/acts/prepare", script="count, sign, compare", participants="a nurse",
             watch__0__point="two people count")
        sent(there["officer"], "/cases/new/inspection", unit="W2", title="Invented", source="order", what="Invented: the count is missing",
             as_rehearsal="y")
        _, drill = newest(org, "inspection")
        held = there["officer"].get(f"/cases/{demonstration}/acts/enter_held").text
        assert drill in held and number not in held
        sent(there["officer"], f"/cases/{demonstration}/acts/enter_held", held_on="2026-02-10", rehearsal=drill, present="9",
             observed__0__point="two people count", observed__0__outcome="yes")
        sent(there["officer"], f"/cases/{demonstration}/acts/draw_lessons", lessons__0__kind="fix", lessons__0__what="name who counts",
             lessons__0__office="head-w2", lessons__0__due="2026-02-28")
        sent(there["officer"], f"/cases/{demonstration}/acts/roll_out", rolled_out="The roster names who counts", due="2026-03-10")
    with on(org, app, 2026, 2, 20) as there:
        with org.house.db.reading("all") as session:
            asked = session.execute(select(cases.c.uid).join(unit, unit.c.id == cases.c.unit_id).where(
                cases.c.workflow == "rollout", cases.c.state == "asked", unit.c.code == "W1")).scalar_one()
        assert f"/cases/{asked}" in there["head"].get("/").text
        sent(there["head"], f"/cases/{asked}/acts/answer", choice="waived", sentence="we keep no drug book")
    remedied(org, 9, late=False)
    with on(org, app, 2026, 4, 2) as there:
        sent(there["officer"], f"/cases/{demonstration}/acts/review", effect="works", conclusion="fewer late remedies")
        page = there["chair"].get(f"/cases/{programme}/plan").text
        assert "it works" in page and "1 waived" in page and "2 awaited" in page
        assert re.search(r"Remedies done by their day: before 0 of 1, after 1 of 1 – better", page)
        assert "behind" in page  # the inspection of the first quarter is not concluded
        learning = there["head"].get("/learning").text
        assert "How the drug book is counted" not in learning and programme not in learning
        learning = there["other_head"].get("/learning").text
        assert f"/cases/{demonstration}" in learning and programme not in learning
        assert drill not in there["chair"].get("/cases?show=all").text and drill in there["chair"].get("/cases?show=rehearsal").text


def test_the_form_of_findings_begins_with_the_points_of_the_plan(app: Flask, org: Organisation) -> None:
    inspection = org.open(source="programme", what="The drug book of the ward").case
    org.act("officer", inspection, "assess", assessment="founded", no_duplicate=True)
    org.act("officer", inspection, "propose", work_type="scheduled", why="it is planned")
    org.act("chair", inspection, "issue", **org.team())
    org.act("lead", inspection, "launch", office="head-w1", served_on="2026-01-05", rights_notice=True)
    org.act("head", inspection, "report", explanation="see the book")
    with org.house.db.reading("all") as session:
        number = session.execute(select(cases.c.number).where(cases.c.uid == inspection)).scalar_one()
    planned = {"target": "W1", "quarter": "q1", "what": "The drug book", "kind": "scheduled", "every": "once", "officer": org["officer"].id,
               "points": "Every page is signed\n\nEvery count agrees"}
    programme = org.open(workflow="programme", trigger="draft", unit="HQ", year=2026, what="Drug books", legal_basis="Regulation 4",
                         items=[planned]).case
    org.act("officer", programme, "submit")
    org.act("chair", programme, "approve", decision="12", decided_on="2026-01-05")
    org.act("officer", newest(org, "planned_inspection")[0], "link", inspection=number)
    lead = Visitor(app)
    lead.sign_in("lead")
    form = lead.get(f"/cases/{inspection}/acts/draft").text
    assert re.findall(r'name="checklist-\d-point"[^>]* value="([^"]*)"', form) == ["Every page is signed", "Every count agrees"]


def test_only_a_programme_has_a_plan(app: Flask, org: Organisation) -> None:
    case = org.open().case
    visitor = Visitor(app)
    visitor.sign_in("chair")
    assert visitor.get(f"/cases/{case}/plan").status_code == 404


def test_the_figures_of_a_pilot_unit_stand_beside_those_at_the_start(app: Flask, org: Organisation) -> None:
    visitor = Visitor(app)
    visitor.sign_in("officer")
    sent(visitor, "/cases/new/pilot_unit", unit="W1", what="Remedies come late", mentor=org["lead"].id)
    case, _ = newest(org, "pilot_unit")
    org.act("chair", case, "designate", decision="7", decided_on="2026-01-01")
    org.act("officer", case, "measure", year=2025, quarter="q4")
    page = visitor.get("/learning").text
    assert "At the start, from the year before" in page and "4th quarter 2025" in page
    assert "Remedies done by their day" in page and "<td data-label=\"4th quarter 2025\">–</td>" in page


def told_of(page: str) -> list[str]:
    """What stands before the result of each criterion."""
    return re.findall(r'class="counted"[^>]*>([^<]*)', page)


def test_an_assessment_shows_what_was_counted_for_each_criterion_before_it_asks(app: Flask, org: Organisation) -> None:
    remedied(org, 12, late=True)
    remedied(org, 9, late=False)
    with on(org, app, 2026, 4, 2) as there:
        form = there["officer"].get("/cases/new/assessment").text
        assert re.findall(r'selected value="(finds_itself|remedies_in_time|remedies_hold|violations_in_time)"', form) == [
            "finds_itself", "remedies_in_time", "remedies_hold", "violations_in_time"]
        assert len(told := told_of(form)) == 4 and all(words.startswith("Choose the unit") for words in told)
        assert 'value="2026"' in form and 'selected value="q1"' in form
        chosen = {"unit": "W2", "year": "2026", "quarter": "q1", "look": "1",
                  "findings-0-criterion": "remedies_in_time", "findings-1-criterion": "violations_in_time"}
        counted = there["officer"].send("/cases/new/assessment", told=chosen).text
        assert told_of(counted) == ["Counted in the quarter: 1 of 2 – remedies done by their day, of those done in the quarter.",
                                    "There was nothing to count in the quarter – violations concluded late, of those concluded in the quarter; "
                                    "that one was found is no bad mark."]
        assert re.findall(r'id="(beside-[^"]+)" hx-swap-oob', counted) == ["beside-findings-0-met", "beside-findings-1-met"]
        running = there["officer"].send("/cases/new/assessment", told=chosen | {"quarter": "q2"}).text
        assert told_of(running)[0].startswith("Choose the unit")
        nobody = there["head"].send("/cases/new/assessment", told=chosen)
        assert nobody.status_code == 403 and "Counted in the quarter" not in nobody.text, "who may not assess the unit is told nothing of it"


def test_the_form_shows_what_was_counted_without_script_too(app: Flask, org: Organisation) -> None:
    remedied(org, 9, late=False)
    with on(org, app, 2026, 4, 2) as there:
        answer = there["officer"].send("/cases/new/assessment", told={"unit": "W2", "year": "2026", "quarter": "q1", "add": "",
                                                                      "findings-0-criterion": "remedies_in_time"})
        assert "Counted in the quarter: 1 of 1" in told_of(answer.text)[0] and "<h1>" in answer.text


def test_the_table_of_a_pilot_unit_sets_a_quarter_beside_quarters(app: Flask, org: Organisation) -> None:
    for day in (2, 4, 6):
        remedied(org, day, late=True)
    with on(org, app, 2026, 2, 1) as there:
        sent(there["officer"], "/cases/new/pilot_unit", unit="W2", what="Counts are missing", mentor=org["officer"].id)
        pilot, _ = newest(org, "pilot_unit")
        sent(there["chair"], f"/cases/{pilot}/acts/designate", decision="7", decided_on="2026-02-01")
    with on(org, app, 2026, 4, 2) as there:
        sent(there["officer"], f"/cases/{pilot}/acts/measure", year="2026", quarter="q1")
        page = there["officer"].get("/learning").text
    rows = {cells[0]: cells[1:] for row in page.split("<tr>") if (cells := re.findall(r"<td[^>]*>([^<]*)", row))}
    assert rows["Shortcomings noted"] == ["3", "per quarter: 0.75 (in the year: 3)"]
    assert rows["Remedies done by their day"] == ["0 of 3", "in the year: 0 of 3"]

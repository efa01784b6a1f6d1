"""The one plain page of the person a case is about: everything they are owed in one place, and nothing of what is kept from them."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from config import Settings
from inspect_app.services import queries
from tests.conftest import application
from tests.pages.test_pages import OURS, Visitor
from tests.services.organisation import Organisation

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)


@pytest.fixture
def app(settings: Settings, org: Organisation) -> Flask:
    return application(settings, org.house)


def notified(org: Organisation) -> str:
    case = org.open(workflow="discipline", trigger="open_matter", respondent=org["one"].id, status_then="person", status_now="person", source="order",
                    task="own", level="body", decider=org["boss"].id, what="The drug book was not kept.").case
    org.act("officer", case, "add_evidence", description="Drug book", held_as="reference", reference="File 7")
    org.act("officer", case, "note_for_record", note="deliberations are kept from the person")
    row = {"what": "The book was not kept that day.", "kind": "omission", "committed_on": "2026-05-03", "place": "Ward 1", "provision": "Order 4",
           "evidence": [1]}
    org.act("officer", case, "notify", allegations=[row], disclosed=[1], rights_notice=True)
    return case


def test_the_person_concerned_reads_everything_they_are_owed_on_one_page(app: Flask, org: Organisation) -> None:
    case, visitor = notified(org), Visitor(app)
    visitor.sign_in("chair")
    visitor.get(f"/cases/{case}")
    visitor.sign_in("one")
    page = visitor.get(f"/cases/{case}").text
    for words in ("A matter that concerns you", "The book was not kept that day.", "Order 4", "Least time to reply", "Boss Person", "Appeal board",
                  "Officer Person", "Who may come along", "/acts/name_companion", "/acts/add_evidence", "/acts/answer", "Chair Person"):
        assert words in page, words
    assert "deliberations are kept" not in page and "freeze_roll" not in page and "Steps of others" not in page
    assert "What happened" in visitor.get(f"/cases/{case}?file=1").text


def test_a_companion_is_named_from_the_page_and_then_reads_it_too(app: Flask, org: Organisation) -> None:
    case, visitor = notified(org), Visitor(app)
    visitor.sign_in("one")
    assert visitor.send(f"/cases/{case}/acts/name_companion", OURS, person=org["two"].id).status_code == 303
    assert "Two Person comes along" in visitor.get(f"/cases/{case}").text
    visitor.sign_in("two")
    page = visitor.get(f"/cases/{case}").text
    assert "A matter in which you accompany someone" in page and "The book was not kept that day." in page
    assert "/acts/name_companion" not in page


def test_what_was_sent_stands_on_the_page_with_its_receipt(app: Flask, org: Organisation) -> None:
    case, visitor = notified(org), Visitor(app)
    visitor.sign_in("one")
    answer = visitor.send(f"/cases/{case}/acts/answer", OURS, statement="I was alone on the ward.", position="in_part")
    page = visitor.get(answer.headers["Location"]).text
    assert "Recorded as event" in page and "I was alone on the ward." in page
    assert len(set(re.findall(rf"/cases/{case}/receipts/\d+", page))) == 1


def test_whoever_handles_the_case_opens_the_file(app: Flask, org: Organisation) -> None:
    case, visitor = notified(org), Visitor(app)
    visitor.sign_in("officer")
    assert "A matter that concerns you" not in visitor.get(f"/cases/{case}").text


def test_a_report_that_is_owed_is_named_with_its_day_and_silence_is_about_all_else(app: Flask, org: Organisation) -> None:
    case, visitor = org.ordered(), Visitor(app)
    org.act("lead", case, "launch", office="head-w1", served_on=queries.today(org.house).isoformat(), rights_notice=True)
    visitor.sign_in("head")
    page = visitor.get(f"/cases/{case}").text
    assert re.search(r"Asked of the unit: Hand in the report, by \d+ \w+ \d{4}\.", page)
    assert "Beside the report" in page and "You need not say anything. Nothing" not in page
    matter = notified(org)
    visitor.sign_in("one")
    page = visitor.get(f"/cases/{matter}").text
    assert "You need not say anything. Nothing" in page and "Asked of the unit" not in page

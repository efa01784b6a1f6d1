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
from tests.services.test_hidden import minor
from tests.services.test_walls import launched

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


def decides(page: str) -> str:
    """What the page says of who decides."""
    return page.partition('<h2 id="decides">')[2].partition("</section>")[0]


def drafted(org: Organisation) -> str:
    case = launched(org)
    org.act("head", case, "report", explanation="Two people were ill that week.")
    org.act("lead", case, "add_evidence", description="Drug book", held_as="reference", reference="File 7")
    org.act("lead", case, "draft", speaks_for="They told of it themselves.",
            findings=[{"finding": "The drug book had three gaps.", "norm": "Order 4, point 2", "committed_on": "2026-05-03", "evidence": [1]}])
    return case


def test_the_page_says_which_part_decides_where_nobody_is_named(app: Flask, org: Organisation) -> None:
    case, visitor = launched(org), Visitor(app)
    visitor.sign_in("head")
    said = decides(visitor.get(f"/cases/{case}").text)
    assert "the decision is with: chair." in said and "do not decide it alone" in said
    visitor.sign_in("one")
    said = decides(visitor.get(f"/cases/{notified(org)}").text)
    assert "Boss Person" in said and "the decision is with" not in said


def test_a_minor_matter_says_that_whoever_handles_it_closes_it_and_that_another_decides_an_appeal(app: Flask, org: Organisation) -> None:
    case, visitor = minor(org, settled=False), Visitor(app)
    visitor.sign_in("ward")
    said = decides(visitor.get(f"/cases/{case}").text)
    assert "also closes it" in said and "do not decide it alone" not in said and said.count("Head Person") == 2
    org.act("head", case, "settle", rung="reprimand", reason="It is the first time.")
    org.act("ward", case, "appeal", grounds="I was not on duty.")
    said = decides(visitor.get(f"/cases/{case}").text)
    assert "the decision is with: unit leader, chair." in said and "also closes it" not in said and said.count("Head Person") == 1


def test_whoever_accompanies_reads_of_nothing_that_is_asked_of_them(app: Flask, org: Organisation) -> None:
    case, visitor = drafted(org), Visitor(app)
    org.act("head", case, "name_companion", person=org["stranger"].id)
    org.act("lead", case, "share_draft", shared_on=queries.today(org.house).isoformat())
    visitor.sign_in("stranger")
    page = visitor.get(f"/cases/{case}").text
    assert "in which you accompany someone" in page and "Awaited from you" not in page and "/acts/comment" in page
    other = launched(org)
    org.act("head", other, "name_companion", person=org["stranger"].id)
    page = visitor.get(f"/cases/{other}").text
    assert "Asked of the unit" not in page and "Beside the report" not in page and "/acts/report" in page


def test_a_comment_on_the_draft_is_awaited_until_its_day_and_not_after_it_came(app: Flask, org: Organisation) -> None:
    case, visitor = drafted(org), Visitor(app)
    visitor.sign_in("head")
    assert "Awaited from you" not in visitor.get(f"/cases/{case}").text
    org.act("lead", case, "share_draft", shared_on=queries.today(org.house).isoformat())
    page = visitor.get(f"/cases/{case}").text
    assert re.search(r"Awaited from you: Comment on the draft, by \d+ \w+ \d{4}\.", page) and "Asked of the unit" not in page
    org.act("head", case, "comment", views="We agree.")
    assert "Awaited from you" not in visitor.get(f"/cases/{case}").text


def test_the_head_reads_the_words_of_the_findings_from_when_the_draft_was_shared(app: Flask, org: Organisation) -> None:
    case, visitor = drafted(org), Visitor(app)
    visitor.sign_in("head")
    assert "three gaps" not in visitor.get(f"/cases/{case}").text
    org.act("lead", case, "share_draft", shared_on=queries.today(org.house).isoformat())
    said = visitor.get(f"/cases/{case}").text.partition('<h2 id="said">')[2].partition("</section>")[0]
    in_full = re.sub(r"<details>.*?</details>", "", said, flags=re.DOTALL)
    assert "The drug book had three gaps." in in_full and "Order 4, point 2" in in_full and "They told of it themselves." in in_full

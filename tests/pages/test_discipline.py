"""Discipline in a browser: lists of the ruleset are offered, what the law works out is asked of nobody, a letter reads as it was meant."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from config import Settings
from inspect_app.services import letters, queries
from tests.conftest import application
from tests.pages.test_pages import Visitor
from tests.services.organisation import Organisation


@pytest.fixture
def app(settings: Settings, org: Organisation) -> Flask:
    return application(settings, org.house)


def opened(org: Organisation) -> str:
    case = org.open(workflow="discipline", trigger="open_matter", respondent=org["one"].id, status_then="person", status_now="person", source="order",
                    task="own", level="body", decider=org["boss"].id, what="The drug book was not kept.").case
    org.act("officer", case, "add_evidence", description="Drug book", held_as="reference", reference="File 7")
    row = {"what": "The book was not kept that day.", "kind": "omission", "committed_on": "2026-05-03", "place": "Ward 1", "provision": "Order 4",
           "evidence": [1]}
    org.act("officer", case, "notify", allegations=[row], disclosed=[1], rights_notice=True)
    org.act("one", case, "answer", heard_early=True)
    org.act("officer", case, "hear", attended="heard", minutes="They were alone.", companion_offered=True)
    org.act("boss", case, "conclude", degree="As it says.", conclusions=[
        {"allegation": 1, "result": "proven", "why": "By the book.", "speaks_for": "Alone on the ward."}])
    return case


def test_the_form_offers_the_sanctions_of_the_ruleset_and_nothing_that_is_computed(app: Flask, org: Organisation) -> None:
    case, visitor = opened(org), Visitor(app)
    visitor.sign_in("boss")
    page = visitor.get(f"/cases/{case}/acts/decide_alone").text
    assert re.search(r'<option value="reprimand">reprimand</option>', page)
    assert 'name="outcome"' not in page and 'name="barred"' not in page


def test_a_party_reads_its_letter_and_the_file_shows_codes_in_words(app: Flask, org: Organisation) -> None:
    case, visitor = opened(org), Visitor(app)
    org.act("boss", case, "decide_alone", sanction="reprimand")
    org.act("boss", case, "impose", reasons="The book was not kept.", factors_considered=True, mitigating=["first_time"], effective_on="2099-01-01")
    org.act("officer", case, "serve", how="handed", proof="receipt 3")
    visitor.sign_in("one")
    row = queries.case(org.house, org["one"], case)
    newest = letters.listed(org.house, org["one"], row)[0]
    page = visitor.get(f"/cases/{case}/letters/{newest['id']}").text
    assert "Appeal board" in page and "first time" in page and "reprimand" in page
    file = visitor.get(f"/cases/{case}").text
    assert "first time" in file and "The book was not kept." in file
    assert "data.outcome" not in file

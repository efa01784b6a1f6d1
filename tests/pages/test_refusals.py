"""A refusal as a page is read by people: whom it is for and what is missing, in their language, and no code names."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import update

from config import Settings
from inspect_app.models import account
from tests.conftest import application
from tests.pages.test_pages import Visitor
from tests.services.organisation import Organisation


@pytest.fixture
def visitor(settings: Settings, org: Organisation) -> Visitor:
    return Visitor(application(settings, org.house))


def read(page: str) -> str:
    """The words of the main part."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page[page.index("<main"):page.index("</main>")]))


@pytest.mark.parametrize(("path", "whom"), [("/silence", "auditor"), ("/exports", "auditor, chair"), ("/organisation", "administrator"),
                                            ("/observations", "chair, unit leader")])
def test_a_page_says_whom_it_is_for(visitor: Visitor, path: str, whom: str) -> None:
    visitor.sign_in("stranger")
    answer = visitor.get(path)
    assert answer.status_code == 403 and f"This is for: {whom}." in read(answer.text)


def test_in_vietnamese_nothing_of_it_is_english(visitor: Visitor, org: Organisation) -> None:
    with org.house.db.atomic("all") as session:
        session.execute(update(account).where(account.c.login == "stranger").values(language="vi"))
    visitor.sign_in("stranger")
    for path in ("/silence", "/cases?show=all&cursor=x", "/cases?sort=nothing"):
        page = visitor.get(path)
        told = read(page.text)
        assert page.status_code in (403, 422) and not re.search(r"\b(the|for|get|list|sort)\b", told), told


def test_a_form_is_not_shown_to_somebody_whose_act_it_is_not(visitor: Visitor, org: Organisation) -> None:
    case = org.open().case
    visitor.sign_in("auditor")
    answer = visitor.get(f"/cases/{case}/acts/assess")
    assert answer.status_code == 403 and "This is for: officer" in read(answer.text) and 'class="act' not in answer.text
    visitor.sign_in("officer")
    assert visitor.get(f"/cases/{case}/acts/assess").status_code == 200


@pytest.mark.parametrize(("login", "path", "whom"), [
    ("officer", "/cases/new/talk", "unit leader"), ("head", "/cases/new/inspection", "officer, chair, member"),
    ("stranger", "/cases/new/shortcoming", "unit leader, officer"), ("head", "/intake/inspection", "officer, chair, member")])
def test_the_form_of_an_opening_is_not_shown_to_somebody_who_may_open_no_such_case(visitor: Visitor, login: str, path: str, whom: str) -> None:
    visitor.sign_in(login)
    answer = visitor.get(path)
    assert answer.status_code == 403 and f"This is for: {whom}." in read(answer.text) and 'class="act' not in answer.text


@pytest.mark.parametrize(("login", "path"), [("head", "/cases/new/talk"), ("officer", "/cases/new/inspection"), ("officer", "/intake/inspection"),
                                             ("stranger", "/cases/new/concern")])
def test_the_form_of_an_opening_is_shown_to_whoever_may_open_such_a_case_somewhere(visitor: Visitor, login: str, path: str) -> None:
    visitor.sign_in(login)
    assert visitor.get(path).status_code == 200


def test_what_is_sent_to_open_a_case_that_is_not_theirs_to_open_is_refused_before_it_is_read(visitor: Visitor) -> None:
    visitor.sign_in("head")
    answer = visitor.send("/cases/new/inspection", what="")
    assert answer.status_code == 403 and "This is for: officer, chair, member." in read(answer.text)


def test_the_form_of_a_case_that_stands_below_another_is_for_those_who_conduct_that(visitor: Visitor, org: Organisation) -> None:
    form = f"/cases/new/testimony?under={org.ordered()}"
    visitor.sign_in("lead")
    assert visitor.get(form).status_code == 200 and visitor.get("/cases/new/testimony").status_code == 403


def test_what_is_not_fulfilled_is_said_in_words_that_everybody_reads(visitor: Visitor, org: Organisation) -> None:
    case = org.open("head", "shortcoming", "note", "W1", "Fire door", what="The fire door was blocked", cause_kind="procedure",
                    cause="nobody checks it at night", office="head-w1", measure="a check in each round").case
    org.act("head", case, "finish", what_was_done="A check stands in the round.")
    visitor.sign_in("head")
    lines = re.findall(r'<li class="fails">(.*?)</li>', visitor.get(f"/cases/{case}/acts/check").text, re.S)
    assert lines and all("not fulfilled:" in one and "visually-hidden" not in one for one in lines)

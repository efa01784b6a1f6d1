"""The form of an act says what follows from it; and when the case has moved on, nothing that was typed is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask

from config import Settings
from inspect_app.services import foreseen, queries
from tests.conftest import application
from tests.pages.test_pages import OURS, Visitor
from tests.services.organisation import Organisation


@pytest.fixture
def app(settings: Settings, org: Organisation) -> Flask:
    return application(settings, org.house)


@pytest.fixture
def visitor(app: Flask) -> Iterator[Visitor]:
    yield Visitor(app)


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', page[page.index('class="act'):]))


def test_the_form_says_who_is_told_which_limit_begins_until_when_and_what_is_locked(visitor: Visitor, org: Organisation) -> None:
    case = org.ordered()
    visitor.sign_in("lead")
    page = visitor.get(f"/cases/{case}/acts/launch").text
    assert "The case moves to “notified”." in page
    assert re.search(r"The time limit “Report of the unit” begins and ends on \d+ \w+ \d{4}", page)
    assert "It touches a person" in page


def test_a_final_step_says_that_the_case_ends(org: Organisation) -> None:
    case = org.open().case
    org.act("officer", case, "assess", assessment="founded", no_duplicate=True)
    org.act("officer", case, "propose_no_case", ground="unfounded", sentence="nothing supports it")
    row = queries.case(org.house, org["chair"], case)
    edge = row.workflow.edge(row.state, "close_no_case")
    assert edge is not None
    rules = org.house.catalogue.rulesets_by_name[row.ruleset]
    kinds = {one.kind for one in foreseen.foreseen(org.house, "en", row.workflow, rules, edge, row)}
    assert {"moves", "clock", "ends", "waits"} <= kinds


@pytest.mark.parametrize("language", ["en", "vi"])
def test_what_follows_is_told_of_every_act_of_every_workflow(org: Organisation, language: str) -> None:
    rules = org.house.catalogue.rulesets_by_name["generic"]
    for law in org.house.catalogue.by_name.values():
        for edge in (*law.transitions, *law.entries):
            assert all(one.says and "{" not in one.says for one in foreseen.foreseen(org.house, language, law, rules, edge))


def test_a_stale_form_keeps_what_was_typed_and_says_what_happened_meanwhile(visitor: Visitor, org: Organisation) -> None:
    case = org.open().case
    visitor.sign_in("officer")
    path = f"/cases/{case}/acts/assess"
    page = visitor.get(path).text
    org.act("officer", case, "note_for_record", note="something new came in")
    answer = visitor.client.post(path, data=hidden(page) | {"assessment": "typed with care", "no_duplicate": "y"}, headers=OURS)
    assert answer.status_code == 412
    assert "typed with care" in answer.text and "something new came in" in answer.text
    again = visitor.client.post(path, data=hidden(answer.text) | {"assessment": "typed with care", "no_duplicate": "y"}, headers=OURS)
    assert again.status_code == 303


def test_a_form_whose_act_is_not_possible_any_more_gives_back_what_was_typed(visitor: Visitor, org: Organisation) -> None:
    case = org.open().case
    visitor.sign_in("officer")
    path = f"/cases/{case}/acts/assess"
    page = visitor.get(path).text
    org.act("officer", case, "assess", assessment="founded", no_duplicate=True)
    answer = visitor.client.post(path, data=hidden(page) | {"assessment": "typed & lost?", "no_duplicate": "y"}, headers=OURS)
    assert answer.status_code == 409
    assert "typed &amp; lost?" in answer.text
    assert "founded" in answer.text and f"/cases/{case}/acts/propose" in answer.text


def test_a_step_that_is_the_readers_is_chosen_in_the_picture_and_one_that_is_not_open_says_why(visitor: Visitor, org: Organisation) -> None:
    case = org.open().case
    visitor.sign_in("officer")
    page = visitor.get(f"/cases/{case}").text
    assert f'<a class="step" href="/cases/{case}/acts/assess"><title>Assess: being assessed</title>' in page
    visitor.client.delete_cookie("sid")
    org.act("officer", case, "assess", assessment="founded", no_duplicate=True)
    visitor.sign_in("chair")
    page = visitor.get(f"/cases/{case}").text
    assert re.search(r'state-shut" data-state="closed_no_case"><title>closed, no case[^<]*Close: no case: not yet', page)
    assert 'acts/propose"><title>' not in page


def test_a_history_is_narrowed_to_what_it_offers(visitor: Visitor, org: Organisation) -> None:
    case = org.open().case
    org.act("officer", case, "note_for_record", note="a note of its own")
    visitor.sign_in("officer")
    whole, states = visitor.get(f"/cases/{case}").text, visitor.get(f"/cases/{case}?kind=state").text
    assert 'id="event-2"' in whole and 'id="event-2"' not in states and 'id="event-1"' in states
    assert f'href="/cases/{case}#event-1"' in states
    assert 'id="event-2"' in visitor.get(f"/cases/{case}?kind=nothing").text

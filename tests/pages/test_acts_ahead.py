"""The form of an act says what follows from it; and when the case has moved on, nothing that was typed is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from config import Settings
from inspect_app.models import case_read
from inspect_app.services import foreseen, queries
from tests.conftest import application
from tests.pages.test_pages import OURS, Visitor, events
from tests.services.organisation import Organisation
from workflows.effects import Due
from workflows.shortcoming_v1 import CAUSES


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
    assert re.search(r"The time limit “Report of the unit” begins now and ends on \d+ \w+ \d{4}", page)
    assert "Where you proved who you are more than five minutes ago, you are asked once more." in page


def what_follows(text: str) -> str:
    return text[text.index('id="what-follows"'):].partition("</div>")[0]


@pytest.mark.parametrize("name", ["training", "mandate", "review_round", "unit_check"])
def test_no_day_is_stated_for_a_limit_whose_day_is_still_to_be_entered(org: Organisation, name: str) -> None:
    law, rules = org.house.catalogue.by_name[name], org.house.catalogue.rulesets_by_name["generic"]
    day = next(e.input for e in law.openings[0].effects if isinstance(e, Due))
    limit, *_ = [one.says for one in foreseen.foreseen(org.house, "en", law, rules, law.openings[0]) if "ends on" in one.says]
    assert "begins now and ends on the day that is entered under “" in limit and not re.search(r"\d", limit)
    known = [one.says for one in foreseen.foreseen(org.house, "en", law, rules, law.openings[0], None, {day: "2031-12-10"})]
    assert any("begins now and ends on 10 Dec 2031" in says for says in known) and limit not in known


def test_what_is_worked_out_is_not_stated_before_it_can_be(org: Organisation) -> None:
    law, rules = org.house.catalogue.by_name["planned_inspection"], org.house.catalogue.rulesets_by_name["generic"]
    found = [one.says for edge in law.transitions if any(isinstance(e, Due) for e in edge.effects)
             for one in foreseen.foreseen(org.house, "en", law, rules, edge) if one.kind == "clock"]
    assert found and set(found) == {"A time limit follows from the days that you enter."}


def test_a_day_that_may_be_left_out_is_told_with_the_default_as_such(visitor: Visitor) -> None:
    visitor.sign_in("officer")
    found = what_follows(visitor.get("/cases/new/shortcoming").text)
    assert re.search(r"ends on the day that is entered under “By”; where none is entered, on \d+ \w+ \d{4}\.", found)


def test_looking_at_what_follows_from_what_is_typed_records_nothing(visitor: Visitor, org: Organisation) -> None:
    visitor.sign_in("officer")
    before, path = events(org), "/cases/new/shortcoming"
    typed = hidden(visitor.get(path).text) | {"look": "1", "what": "typed with care", "due": "2031-12-10"}
    answer = visitor.client.post(path, data=typed, headers=OURS)
    assert answer.status_code == 200 and "begins now and ends on 10 Dec 2031" in what_follows(answer.text)
    assert "typed with care" not in answer.text and "<form" not in answer.text
    assert events(org) == before


def test_looking_opens_no_file_and_asks_for_no_proof(visitor: Visitor, org: Organisation) -> None:
    case = org.ordered()
    visitor.sign_in("lead")
    path = f"/cases/{case}/acts/launch"
    typed = hidden(visitor.get("/cases/new/concern").text) | {"look": "1", "seen": "1"}
    answer = visitor.client.post(path, data=typed, headers=OURS)
    assert answer.status_code == 200 and "begins now and ends on" in what_follows(answer.text)
    with org.house.db.reading("all") as session:
        assert session.execute(select(func.count()).select_from(case_read)).scalar_one() == 0


def test_the_very_same_under_a_new_key_is_asked_about_before_it_is_recorded_twice(visitor: Visitor, org: Organisation) -> None:
    visitor.sign_in("officer")
    path, typed = "/cases/new/shortcoming", {"what": "The door stood open.", "cause_kind": CAUSES[0][0], "cause": "The lock was broken.",
                                               "office": "head-w1", "measure": "Mend the lock."}

    def press(page: str, **changed: str) -> TestResponse:
        return visitor.client.post(path, data=hidden(page) | typed | changed, headers=OURS)

    first = visitor.get(path).text
    assert press(first).status_code == 303
    before = events(org)
    assert press(first).status_code == 303 and events(org) == before
    asked = press(visitor.get(path).text)
    assert asked.status_code == 409 and "You recorded the very same a moment ago" in asked.text and events(org) == before
    assert press(visitor.get(path).text, what="Another door stood open.").status_code == 303
    known = events(org)
    assert press(asked.text).status_code == 303 and events(org) > known


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


def test_a_unit_leader_reads_of_a_shortcoming_what_is_true_in_words_of_every_day(org: Organisation) -> None:
    law, rules = org.house.catalogue.by_name["shortcoming"], org.house.catalogue.rulesets_by_name["generic"]
    says = [one.says for one in foreseen.foreseen(org.house, "en", law, rules, law.openings[0])]
    assert "Where the unit reports it itself, whoever reports is from then on: protected person." in says
    assert "From then on you are who handles it (officer)." in says
    lodged = org.house.catalogue.by_name["appeal"]
    assert "From then on it is with: officer." in [one.says for one in foreseen.foreseen(org.house, "en", lodged, rules, lodged.openings[0])]
    assert not any("Reported by the unit itself" in text for text in says)


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

"""Entering a matter step by step: drafts for their writer alone, hints among what the reader may see, and whether time has run out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from config import Settings
from inspect_app.errors import NotFound
from inspect_app.models import draft as table
from inspect_app.now import hold, now
from inspect_app.services import drafts, in_time, likeness, queries
from tests.conftest import application
from tests.pages.test_pages import OURS, Visitor
from tests.services.organisation import Organisation


@pytest.fixture
def app(settings: Settings, org: Organisation) -> Flask:
    return application(settings, org.house)


@pytest.fixture
def visitor(app: Flask) -> Iterator[Visitor]:
    yield Visitor(app)


def send(visitor: Visitor, path: str, **told: str) -> TestResponse:
    csrf = re.search(r'csrf_token" value="([^"]+)"', visitor.get("/").text)
    assert csrf is not None
    return visitor.client.post(path, data=told | {"csrf_token": csrf[1]}, headers=OURS)


def through(visitor: Visitor, what: str = "The drug book of the ward had gaps on 3 May 2026.") -> str:
    """The address of the last page, after every question was answered."""
    first = send(visitor, "/intake/inspection", what=what)
    second = send(visitor, first.headers["Location"], unit="W1")
    third = send(visitor, second.headers["Location"], source="signal", act_on="2026-05-03")
    return third.headers["Location"]


def count(org: Organisation) -> int:
    with org.house.db.reading() as session:
        return int(session.execute(select(func.count()).select_from(table)).scalar_one())


def test_a_matter_is_entered_step_by_step_and_its_draft_goes_when_it_is_sent(visitor: Visitor, org: Organisation) -> None:
    visitor.sign_in("officer")
    check = through(visitor)
    assert count(org) == 1
    page = visitor.get(check).text
    assert "The drug book of the ward had gaps" in page and "a concern" in page and "What follows" in page
    hidden = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', page[page.index('class="act'):]))
    assert "act_on" not in hidden
    answer = visitor.client.post("/cases/new/inspection", data=hidden, headers=OURS)
    assert answer.status_code == 303
    assert count(org) == 0
    row = queries.register(org.house, org["officer"]).rows[0]
    assert (row.state, row.unit) == ("registered", "W1")
    assert visitor.get(check).status_code == 404


def test_what_is_wrong_on_a_page_is_said_there_and_kept(visitor: Visitor, org: Organisation) -> None:
    visitor.sign_in("officer")
    answer = send(visitor, "/intake/inspection", what="short")
    assert answer.status_code == 422
    assert 'id="wrong-what"' in answer.text and "short" in answer.text and "wrong-source" not in answer.text
    assert count(org) == 1


def test_a_draft_is_its_writers_alone_and_sealed(visitor: Visitor, org: Organisation) -> None:
    visitor.sign_in("officer")
    check = through(visitor, "canary of a draft in the ward")
    with org.house.db.reading() as session:
        assert "canary" not in session.execute(select(table.c.fields)).scalar_one()
    assert "canary of a draft" in visitor.get("/").text
    visitor.client.delete_cookie("sid")
    visitor.sign_in("chair")
    assert "canary" not in visitor.get("/").text
    assert visitor.get(check).status_code == 404
    send(visitor, f"/intake/{check.split('/')[3]}/remove")
    assert count(org) == 1


def test_a_draft_goes_when_it_is_thrown_away_or_left_for_too_long(org: Organisation) -> None:
    one = drafts.begin(org.house, org["officer"], "inspection", [("what", "x")])
    drafts.let_go(org.house, org["officer"], one)
    two = drafts.begin(org.house, org["officer"], "inspection", [("what", "x")])
    with hold(now() + drafts.KEPT):
        with pytest.raises(NotFound):
            drafts.one(org.house, org["officer"], two)
        drafts.forget(org.house)
    assert count(org) == 0


def test_a_hint_is_given_among_open_matters_in_the_readers_sight_alone(org: Organisation) -> None:
    org.open(title="Cupboard of medicines left unlocked", unit="W1")
    closed = org.open(title="Cupboard of medicines left unlocked before", unit="W1").case
    org.act("officer", closed, "assess", assessment="founded", no_duplicate=True)
    org.act("officer", closed, "propose_no_case", ground="unfounded", sentence="nothing supports it")
    org.act("chair", closed, "close_no_case", reason="nothing supports it")
    org.index()
    texts = ["The medicines cupboard stood unlocked on Monday."]
    found = likeness.like(org.house, org["officer"], texts, "W1", "inspection")
    assert [(one.row.title, one.same_unit) for one in found] == [("Cupboard of medicines left unlocked", True)]
    assert set(found[0].words) == {"medicines", "cupboard", "unlocked"}
    assert likeness.like(org.house, org["stranger"], texts, "W1", "inspection") == []
    assert likeness.like(org.house, org["officer"], ["Something else altogether"], "W1", "inspection") == []


def test_words_that_stand_together_count_where_words_are_short(org: Organisation) -> None:
    org.open(title="Sổ trực kho số 2 không ghi đầy đủ", unit="W2")
    org.open(title="Giấy báo nhận hàng không ghi ngày", unit="W2")
    org.index()
    found = likeness.like(org.house, org["officer"], ["Sổ trực kho không ghi đầy đủ ngày 3 tháng 10."], "W1", "inspection")
    assert [one.row.title for one in found] == ["Sổ trực kho số 2 không ghi đầy đủ"]


def test_names_of_persons_are_no_words_to_look_by(org: Organisation) -> None:
    org.open(title="Stranger Person left the cupboard", unit="W1")
    org.index()
    assert "stranger" not in likeness.telling(org.house, ["Stranger Person did it"])
    assert likeness.like(org.house, org["officer"], ["Stranger Person did it again"], "W1", "inspection") == []


def test_time_that_has_run_out_is_said_at_once(org: Organisation) -> None:
    rules = org.house.catalogue.rulesets_by_name["generic"]
    fresh = in_time.in_time(rules, "en", date(2026, 5, 3), date(2026, 6, 1))
    old = in_time.in_time(rules, "en", date(2001, 5, 3), date(2026, 6, 1))
    assert fresh and not any(rung.over for rung in fresh)
    assert any(rung.over for rung in old) and all(rung.why for rung in old)
    assert in_time.in_time(rules, "en", date(2027, 1, 1), date(2026, 6, 1)) == []
    going_on = in_time.in_time(rules, "en", date(2001, 5, 3), date(2026, 6, 1), continuing=True)
    assert not any(rung.over for rung in going_on)

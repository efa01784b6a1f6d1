"""Beside an answer that is awaited stands the day by which it must be given, not the first day on which anything runs out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from config import Settings
from inspect_app import i18n
from inspect_app.services import asked, queries
from tests.conftest import application
from tests.pages.test_pages import Visitor
from tests.services.organisation import Organisation
from tests.services.test_casework import responsibility_of


@pytest.fixture
def app(settings: Settings, org: Organisation) -> Flask:
    return application(settings, org.house)


@pytest.fixture
def visitor(app: Flask) -> Iterator[Visitor]:
    yield Visitor(app)


def test_the_badge_is_about_the_day_by_which_the_head_must_answer(visitor: Visitor, org: Organisation) -> None:
    owed = queries.today(org.house) + timedelta(days=2)
    child = responsibility_of(org, due=owed.isoformat())
    row = queries.case(org.house, org["head"], child)
    with org.house.db.reading("all") as session:
        limit = asked.asked(session, org.house, row.id, queries.today(org.house)).answer
    assert limit is not None and limit.until > owed
    visitor.sign_in("head")
    for path in ("/", "/responsibilities", f"/answer/{row.number}"):
        page = visitor.get(path).text
        assert re.search(r"Answer due:</span> <span class=\"due.*?due-day\">([^<]*)<", page)[1] == i18n.day(limit.until, "en"), path  # type: ignore[index]
        assert f"Before that, another limit of the case runs out: Deadline that was set, {i18n.day(owed, 'en')}." in page, path


def test_what_runs_out_is_named_where_no_answer_is_awaited(visitor: Visitor, org: Organisation) -> None:
    child = responsibility_of(org)
    org.act("head", child, "receive")
    org.act("head", child, "acknowledge", statement="I take it on")
    visitor.sign_in("head")
    page = visitor.get("/responsibilities").text
    assert "Answer due:" not in page and re.search(r"Deadline that was set:</span> <span class=\"due", page)

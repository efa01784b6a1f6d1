"""Comments stand beside the record: for those who conduct a case, in no event and no export, gone with it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from config import Settings
from inspect_app.errors import NotFound, NotYours
from inspect_app.models import case_comment
from inspect_app.services import comments, erasing, queries
from inspect_app.services.exporting import Order, streamed
from inspect_app.services.histories import Wanted
from inspect_app.services.queries import today
from inspect_app.services.taken import look_kept
from tests.conftest import application
from tests.pages.test_pages import OURS, Visitor
from tests.services.organisation import CONSOLE, Organisation


@pytest.fixture
def app(settings: Settings, org: Organisation) -> Flask:
    return application(settings, org.house)


@pytest.fixture
def visitor(app: Flask) -> Iterator[Visitor]:
    yield Visitor(app)


def row(org: Organisation, who: str, case: str) -> queries.CaseRow:
    return queries.case(org.house, org[who], case)


def test_those_who_conduct_a_case_write_to_each_other_and_nothing_of_it_is_in_its_history(org: Organisation) -> None:
    case = org.ordered()
    before = row(org, "chair", case).seq
    comments.write(org.house, org["officer"], row(org, "officer", case), "Ask for the second book too.")
    assert [(c.by, c.body, c.mine) for c in comments.of_case(org.house, org["lead"], row(org, "lead", case))] == [
        ("Officer Person", "Ask for the second book too.", False)]
    assert row(org, "chair", case).seq == before


def test_no_party_and_no_auditor_reads_them(visitor: Visitor, org: Organisation) -> None:
    case = org.ordered()
    org.act("lead", case, "launch", office="head-w1", served_on="2026-01-05", rights_notice=True)
    comments.write(org.house, org["lead"], row(org, "lead", case), "Only among us.")
    for who in ("head", "auditor"):
        assert comments.of_case(org.house, org[who], row(org, who, case)) == []
        with pytest.raises(NotYours):
            comments.write(org.house, org[who], row(org, who, case), "Let me in.")
        visitor.client.delete_cookie("sid")
        visitor.sign_in(who)
        page = visitor.get(f"/cases/{case}").text
        assert "Only among us." not in page and 'id="comments"' not in page


def test_a_changed_comment_says_so_and_only_its_writer_changes_it_or_takes_it_back(org: Organisation) -> None:
    case = org.ordered()
    mine = row(org, "lead", case)
    number = comments.write(org.house, org["lead"], mine, "First thought.")
    with pytest.raises(NotFound):
        comments.change(org.house, org["one"], row(org, "one", case), number, "Not mine.")
    with pytest.raises(NotFound):
        comments.take_back(org.house, org["one"], row(org, "one", case), number)
    comments.change(org.house, org["lead"], mine, number, "Second thought.")
    found = comments.of_case(org.house, org["lead"], mine)
    assert [(c.body, c.changed_at is not None) for c in found] == [("Second thought.", True)]
    comments.take_back(org.house, org["lead"], mine, number)
    assert comments.of_case(org.house, org["lead"], mine) == []


def test_the_page_takes_a_comment_and_keeps_one_that_is_too_long(visitor: Visitor, org: Organisation) -> None:
    case = org.open().case
    visitor.sign_in("officer")
    csrf = re.search(r'csrf_token" value="([^"]+)"', visitor.get("/").text)
    assert csrf is not None
    told = {"csrf_token": csrf[1]}
    answer = visitor.client.post(f"/cases/{case}/comments", data=told | {"body": "Look <here>"}, headers=OURS)
    assert answer.status_code == 303 and "#comment-" in answer.headers["Location"]
    assert "Look &lt;here&gt;" in visitor.get(f"/cases/{case}").text
    answer = visitor.client.post(f"/cases/{case}/comments", data=told | {"body": "x" * 4001}, headers=OURS)
    assert answer.status_code == 422 and "x" * 4001 in answer.text


@pytest.mark.parametrize("kind", ["jsonl", "csv"])
def test_no_export_holds_them_and_they_go_with_the_case(org: Organisation, kind: str) -> None:
    case = org.open().case
    comments.write(org.house, org["officer"], row(org, "officer", case), "canary of a comment")
    assert b"canary of a comment" not in b"".join(streamed(org.house, CONSOLE, Order(Wanted(), kind)))
    with org.house.db.atomic("all") as session:
        taken = look_kept(session, org.house, case, today(org.house))
        erasing.clear(session, org.house, taken, taken.seq, 1, "retention.no_case")
        assert session.execute(select(func.count()).select_from(case_comment)).scalar_one() == 0

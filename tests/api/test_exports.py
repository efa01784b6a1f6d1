"""Exports through both web doors: asked for with a reason, made in the background, fetched by their owner, or sent on at once."""

from __future__ import annotations

import re
from typing import Any

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient

from inspect_app.services import export_jobs
from inspect_app.services.exporting import STREAM
from tests.api.conftest import Callers
from tests.services.organisation import PASSWORD, Organisation
from tests.services.test_export_jobs import said

OURS = {"Sec-Fetch-Site": "same-origin"}
WHY: dict[str, Any] = {"format": "jsonl", "reason": "the yearly audit"}


@pytest.fixture
def org(org: Organisation) -> Organisation:
    org.open(what="The drug book had gaps.", source="signal")
    return org


def browser(app: Flask) -> tuple[FlaskClient, str]:
    """The auditor in a browser, and the token of their forms."""
    client = app.test_client()
    client.post("/sign-in", data={"login": "auditor", "password": PASSWORD}, headers=OURS)
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/exports").text)
    assert found is not None
    return client, found[1]


def test_a_job_is_asked_for_looked_after_and_fetched(callers: Callers) -> None:
    auditor = callers["auditor"]
    asked = auditor.post("/exports", WHY | {"facts": "standard", "named": False})
    assert asked.status_code == 202
    place = asked.headers["Location"].removeprefix("/api/v1")
    assert asked.get_json()["state"] == "waiting"
    assert auditor.get(f"{place}/download").status_code == 409
    export_jobs.round_of(callers.org.house)
    told = auditor.get(place).get_json()
    assert (told["state"], told["events"], told["named"], told["reason"]) == ("done", 1, False, "the yearly audit")
    answer = auditor.get(told["download"].removeprefix("/api/v1"))
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert orjson.loads(answer.data)["actor"].startswith("p-")
    assert auditor.get("/exports").get_json()["exports"] == [told]
    for other in ("chair",):
        assert callers[other].get(place).status_code == 404
        assert callers[other].get(f"{place}/download").status_code == 404
    assert callers["officer"].get(place).status_code == 403


@pytest.mark.parametrize(("wrong", "pointer"), [({"reason": None}, "/reason"), ({"reason": " "}, "/reason"), ({"format": "docx"}, "/format"),
                                                ({"audience": "public"}, "/audience"), ({"facts": "some"}, "/facts"), ({"as_of": "soon"}, "/as_of"),
                                                ({"as_of": "2999-01-01"}, "/as_of"), ({"named": "yes"}, "/named"), ({"more": 1}, "/more")])
def test_what_is_wrong_is_told_by_field(callers: Callers, wrong: dict[str, Any], pointer: str) -> None:
    answer = callers["auditor"].post("/exports", WHY | wrong)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.get_json()["errors"]] == [pointer]


def test_a_job_is_cancelled_once(callers: Callers) -> None:
    auditor = callers["auditor"]
    place = auditor.post("/exports", WHY).headers["Location"]
    headers = auditor.headers()
    assert auditor.client.delete(place, headers=headers).get_json()["state"] == "cancelled"
    assert auditor.client.delete(place, headers=headers).status_code == 409


def test_no_more_are_made_at_once_than_a_few_and_both_doors_say_so(app: Flask, callers: Callers) -> None:
    auditor = callers["auditor"]
    for _ in range(export_jobs.AT_ONCE):
        assert auditor.post("/exports", WHY).status_code == 202
    more = auditor.post("/exports", WHY)
    assert (more.status_code, more.headers["Retry-After"]) == (429, "60")
    assert "exports of yours" in more.get_json()["detail"]
    client, csrf = browser(app)
    page = client.post("/exports", data=WHY | {"csrf_token": csrf, "how": "later", "reason": "once more"}, headers=OURS)
    assert page.status_code == 429 and "5 of your exports are not made yet" in page.text and "once more" in page.text
    export_jobs.round_of(callers.org.house)
    assert auditor.post("/exports", WHY).status_code == 202


def test_a_token_that_may_not_export_asks_for_nothing(callers: Callers) -> None:
    assert callers.with_scopes("auditor", "read").post("/exports", WHY).status_code == 403


def test_the_page_sends_on_at_once_or_makes_it_in_the_background(app: Flask, org: Organisation) -> None:
    client, csrf = browser(app)
    sent = client.post("/exports", data=WHY | {"csrf_token": csrf}, headers=OURS)
    assert (sent.status_code, orjson.loads(sent.data)["trigger"]) == (200, "register")
    later = client.post("/exports", data=WHY | {"csrf_token": csrf, "how": "later"}, headers=OURS)
    assert later.status_code == 303
    page = client.get(later.headers["Location"])
    assert page.headers["Refresh"]
    assert "the yearly audit" in page.text
    export_jobs.round_of(org.house)
    assert "Refresh" not in client.get(later.headers["Location"]).headers
    assert orjson.loads(client.get(later.headers["Location"] + "/download").data)["trigger"] == "register"
    assert later.headers["Location"] in client.get("/exports").text
    gone = client.post(later.headers["Location"] + "/cancel", data={"csrf_token": csrf}, headers=OURS)
    assert gone.status_code == 303
    assert "cancelled" in client.get(later.headers["Location"]).text
    assert [what for what, _ in said(org.house)] == ["export", "export_sent", "ask_export", "export", "fetch_export", "cancel_export"]
    assert STREAM == "exports"


WRONG: tuple[tuple[dict[str, str], str], ...] = (
    ({"reason": ""}, "Say why"), ({"format": "docx"}, "Choose a form"), ({"case": "1999-1"}, "no such case"),
    ({"as_of": "2999-01-01"}, "no day that has passed"), ({"format": "pdf", "facts": "standard"}, "every fact"))


def test_the_page_says_what_is_wrong_and_keeps_what_was_typed(app: Flask, org: Organisation) -> None:
    client, csrf = browser(app)
    for told, words in WRONG:
        answer = client.post("/exports", data=WHY | {"query": "drug <book>", "csrf_token": csrf} | told, headers=OURS)
        assert answer.status_code == 422
        assert words in answer.text
        assert "drug &lt;book&gt;" in answer.text
    assert said(org.house) == []


def test_what_breaks_off_is_an_event_too(app: Flask, org: Organisation) -> None:
    client, csrf = browser(app)
    for n in range(3):
        org.open(what=f"Book {n} had gaps.", source="signal")
    answer = client.post("/exports", data=WHY | {"csrf_token": csrf}, headers=OURS, buffered=False)
    next(iter(answer.response))
    answer.close()
    assert [what for what, _ in said(org.house)] in (["export", "export_broke_off"], ["export", "export_sent"])

"""What the doors say of a case that was disposed of, and the pages of those who keep cases."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from inspect_app.now import hold, now
from inspect_app.services import persons, queries, retention
from tests.api.standings import NONE, Standing
from tests.api.test_matrix import Door
from tests.services.organisation import CONSOLE, Organisation
from tests.services.test_forgetting import NAME as ROOMY
from tests.services.test_forgetting import gone, taken_over
from tests.services.test_retention import MONTH, NAME, closed, disposed

SQLITE = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)


def door(app: Flask, org: Organisation, login: str) -> Door:
    return Door(app, Standing(login, NONE), org)


@SQLITE
def test_who_knew_gets_410_and_a_stranger_the_bytes_of_a_case_that_never_was(app: Flask, org: Organisation) -> None:
    for login in ("two", "deputy"):
        persons.grant(org.house, CONSOLE, login, "data_officer", "HQ")
    case, never = closed(org), "00000000-0000-4000-8000-000000000000"
    disposed(org, case)
    told = door(app, org, "officer").send("GET", f"/api/v1/cases/{case}")
    assert (told.status_code, told.mimetype) == (410, "application/problem+json")
    body = told.get_json()
    assert (body["type"], body["under"]) == ("/problems/disposed", "retention.no_case") and body["disposed_on"]
    assert NAME not in told.text
    page = door(app, org, "officer")
    assert page.send("GET", f"/cases/{case}").status_code == 410
    shown = page.send("GET", body["certificate"])
    assert shown.status_code == 200 and "retention.no_case" in shown.text and "Deputy Person" not in shown.text
    assert "by the rule for matters that were no case" in shown.text and "by the rule for matters that were no case" in body["detail"]
    stranger = door(app, org, "stranger")
    one, other = (stranger.send("GET", f"/api/v1/cases/{uid}") for uid in (case, never))
    assert (one.status_code, one.text.replace(case, never)) == (404, other.text)
    assert {k: v for k, v in one.headers if k != "Date"} == {k: v for k, v in other.headers if k != "Date"}
    assert stranger.send("GET", body["certificate"]).status_code == 404


@SQLITE
def test_data_officers_hold_propose_and_carry_out_on_their_page_and_read_no_word(app: Flask, org: Organisation) -> None:
    for login in ("two", "deputy"):
        persons.grant(org.house, CONSOLE, login, "data_officer", "HQ")
    case = closed(org)
    one, other = door(app, org, "two"), door(app, org, "deputy")
    listed = one.send("GET", "/retention").text
    number = re.search(r"/retention/(\d{4}-\d+)", listed)
    assert number is not None and NAME not in listed
    page = one.send("GET", f"/retention/{number[1]}")
    assert page.status_code == 200 and " checked" not in page.text and NAME not in page.text
    found = one.send("POST", "/retention/find", told={"case": case, "q": NAME})
    assert found.status_code == 200 and found.text.count(" checked") == 7 and found.text.count(NAME) == 1
    sent = {"case": case, "basis": "third_person", "piece": "3 data.note", "instead 3 data.note": "Somebody called."}
    assert one.send("POST", "/retention/propose_erasure", told=sent).status_code == 303
    assert one.send("POST", "/retention/erase", told={"case": case}).status_code == 422
    assert other.send("POST", "/retention/erase", told={"case": case}).status_code == 303
    with hold(now() + 14 * MONTH):
        assert [row.is_due for row in retention.due(org.house, org["two"])] == [True]


@SQLITE
def test_a_name_is_proposed_on_one_page_in_every_case_of_the_dossier(app: Flask, org: Organisation) -> None:
    for login in ("two", "deputy"):
        persons.grant(org.house, CONSOLE, login, "data_officer", "HQ")
    case, child = taken_over(org)
    one, other = door(app, org, "two"), door(app, org, "deputy")
    numbers = [queries.case(org.house, org["chair"], uid).number for uid in (case, child)]
    found = one.send("POST", "/retention/find", told={"case": case, "q": ROOMY})
    assert found.status_code == 200 and numbers[1] in found.text and "/retention/everywhere" in found.text
    told = {"case": case, "q": ROOMY, "basis": "third_person", "instead": "Somebody was seen."}
    refused = one.send("POST", "/retention/everywhere", told={**told, "instead": ""})
    assert refused.status_code == 200 and refused.text.count('class="wrong"') == 2
    done = one.send("POST", "/retention/everywhere", told=told)
    assert done.status_code == 200 and all(f"/retention/{number}" in done.text for number in numbers) and 'class="wrong"' not in done.text
    for uid in (case, child):
        assert one.send("POST", "/retention/erase", told={"case": uid}).status_code == 422
        assert other.send("POST", "/retention/erase", told={"case": uid}).status_code == 303
    assert numbers[1] not in one.send("POST", "/retention/find", told={"case": case, "q": ROOMY}).text
    assert one.send("POST", "/retention/everywhere", told={**told, "q": ""}).status_code == 200
    assert door(app, org, "stranger").send("POST", "/retention/everywhere", told=told).status_code == 404


@SQLITE
def test_who_has_left_is_forgotten_on_the_page_by_two(app: Flask, org: Organisation) -> None:
    for login in ("two", "deputy"):
        persons.grant(org.house, CONSOLE, login, "data_officer", "HQ")
    uid = gone(org)
    one, other = door(app, org, "two"), door(app, org, "deputy")
    assert ROOMY in one.send("GET", "/retention").text and ROOMY not in door(app, org, "stranger").send("GET", "/retention").text
    assert one.send("POST", "/retention/forget_person", told={"person": uid}).status_code == 422
    assert one.send("POST", "/retention/propose_forgetting", told={"person": uid}).status_code == 303
    assert "/retention/forget_person" not in one.send("GET", "/retention").text
    assert "/retention/forget_person" in other.send("GET", "/retention").text
    assert one.send("POST", "/retention/forget_person", told={"person": uid}).status_code == 422
    assert other.send("POST", "/retention/decline_forgetting", told={"person": uid}).status_code == 303
    assert one.send("POST", "/retention/propose_forgetting", told={"person": uid}).status_code == 303
    assert other.send("POST", "/retention/forget_person", told={"person": uid}).status_code == 303
    assert ROOMY not in one.send("GET", "/retention").text
    refused = one.send("POST", "/retention/propose_forgetting", told={"person": org["officer"].id})
    assert refused.status_code == 422 and 'role="alert"' in refused.text

"""Calendars and outages through the JSON door, and what a time limit tells of itself there."""

from __future__ import annotations

import pytest

from tests.api.conftest import Caller, Callers
from tests.api.test_acting import opened
from tests.services.organisation import Organisation


@pytest.fixture
def admin(callers: Callers) -> Caller:
    return callers.with_scopes("admin", "read administer")


def patch(caller: Caller, path: str, body: object) -> tuple[int, dict[str, object]]:
    answer = caller.client.patch(f"/api/v1{path}", json=body, headers=caller.headers())
    return answer.status_code, answer.get_json()


def test_a_calendar_is_added_changed_and_read(admin: Caller, callers: Callers) -> None:
    answer = admin.post("/calendars", {"name": "ours", "title": "Our calendar"}, Idempotency_Key="c1")
    assert (answer.status_code, answer.headers["Location"]) == (201, "/api/v1/calendars/ours")
    assert admin.post("/calendars", {"name": "ours", "title": "Our calendar"}, Idempotency_Key="c1").status_code == 201
    days = [{"on": "2027-03-08", "works": False, "what": "a holiday"}, {"on": "2028-03-11", "works": True, "what": "for Monday"}]
    status, told = patch(admin, "/calendars/ours", {"days": days, "week": "1111110", "chosen": True})
    assert status == 200 and told["facts"] == {"calendar": "ours", "days": ["2027-03-08 - a holiday", "2028-03-11 + for Monday"], "week": "1111110",
                                               "week_before": "", "chosen": "ours", "chosen_before": "empty", "version": 2}
    shown = callers["stranger"].get("/calendars/ours?year=2027").get_json()
    assert (shown["days"], shown["version"], [v["version"] for v in shown["versions"]]) == (days[:1], 2, [2, 1])
    assert patch(admin, "/calendars/ours", {"remove": ["2027-03-08"]})[0] == 200
    listed = callers["stranger"].get("/calendars").get_json()["calendars"]
    assert [(c["name"], c["version"], c["days_off"], c["made_up"], c["chosen"]) for c in listed] == [("ours", 3, 0, 1, True)]


def test_a_calendar_is_seeded_from_a_country(admin: Caller) -> None:
    made = admin.post("/calendars", {"name": "vn", "title": "Việt Nam", "country": "VN", "from_year": 2026, "to_year": 2026})
    assert made.status_code == 201 and made.get_json()["facts"]["days"] > 10
    assert patch(admin, "/calendars/vn", {"country": "VN", "from_year": 2027, "to_year": 2027})[0] == 200
    assert any(d["on"] == "2026-08-22" and d["works"] for d in admin.get("/calendars/vn").get_json()["days"])


@pytest.mark.parametrize(("body", "status"), [
    ({"days": 5}, 422), ({"days": [5]}, 400), ({"days": [{"on": "soon", "works": True, "what": "x"}]}, 422), ({"days": [{"on": "2027-03-08"}]}, 422),
    ({"remove": ["2027-13-01"]}, 422), ({"remove": [None]}, 422), ({"week": "1"}, 422), ({}, 422), ({"unheard_of": 1}, 422),
    ({"country": "XX"}, 422), ({"country": "VN", "title": "both"}, 422), ({"from_year": True}, 422), (5, 400),
])
def test_what_makes_no_sense_is_refused_and_changes_nothing(admin: Caller, body: object, status: int) -> None:
    admin.post("/calendars", {"name": "ours", "title": "Our calendar"})
    assert patch(admin, "/calendars/ours", body)[0] == status
    assert admin.get("/calendars/ours").get_json()["version"] == 1


def test_what_is_not_there_is_not_found_and_only_administrators_change(admin: Caller, callers: Callers) -> None:
    assert patch(admin, "/calendars/none", {"title": "x"})[0] == 404
    assert callers["officer"].get("/calendars/none").status_code == 404 and callers["officer"].get("/calendars/none?year=x").status_code == 422
    for caller in (callers["chair"], callers["officer"]):
        assert caller.post("/calendars", {"name": "x", "title": "X"}).status_code == 403
        assert caller.post("/outages", {"since": "2027-03-08", "until": "2027-03-08", "reason": "x"}).status_code == 403


def test_an_outage_is_noted_and_read(admin: Caller, callers: Callers) -> None:
    told = {"since": "2027-03-08", "until": "2027-03-09", "reason": "no electricity"}
    assert admin.post("/outages", told).status_code == 201
    assert admin.post("/outages", told | {"until": "2027-03-07"}).status_code == 422
    assert callers["stranger"].get("/outages").get_json() == {"outages": [told]}


def test_a_time_limit_says_line_by_line_why_it_ends_on_its_day(callers: Callers, org: Organisation) -> None:
    case = opened(callers)
    for language, said in (("en", "It lasts 7 calendar days."), ("vi", "Thời hạn 7 ngày theo lịch.")):
        headers = callers["officer"].headers() | {"Accept-Language": language}
        found = callers["officer"].client.get(f"/api/v1/cases/{case}/clocks", headers=headers).get_json()["clocks"][0]
        assert [line["code"] for line in found["lines"]] == ["begun", "limit_d", "due"]
        assert found["lines"][0]["values"]["day"] < found["due_on"] and found["lines"][-1]["values"]["day"] == found["due_on"]
        assert (found["calendar"], found["calendar_version"]) == ("empty", 0)
        if found["lines"][1]["says"] == said:
            break
    else:
        pytest.fail("no language says it")

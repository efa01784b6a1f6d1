"""Opening a case and acting on it over HTTP: every status of the contract, with its proof."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.api.conftest import Callers
from tests.services.organisation import Organisation

ASSESS: dict[str, Any] = {"assessment": "founded", "no_duplicate": True}


def problem(answer: TestResponse, status: int, kind: str) -> dict[str, Any]:
    """The problem details of an answer, which must have this status and type."""
    told: dict[str, Any] = answer.get_json()
    assert (answer.status_code, told["type"], answer.mimetype) == (status, f"/problems/{kind}", "application/problem+json"), told
    assert told["status"] == status and told["title"] and told["detail"]
    return told


def opened(callers: Callers) -> str:
    told = callers["officer"].open().get_json()
    return str(told["id"])


def test_opening_a_case_answers_with_the_case_its_first_event_and_where_it_is(callers: Callers) -> None:
    answer = callers["officer"].open()
    told = answer.get_json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/v1/cases/{told['id']}"
    assert answer.headers["ETag"] == '"1"'
    assert (told["workflow"], told["ruleset"], told["state"], told["seq"], told["unit"]) == ("inspection", "generic", "registered", 1, "W1")
    assert told["event"]["seq"] == 1 and told["event"]["trigger"] == "register" and told["event"]["receipt"]["leaf"] == told["event"]["leaf"]
    shown = callers["officer"].get(f"/cases/{told['id']}")
    assert shown.headers["ETag"] == '"1"'
    assert {k: v for k, v in shown.get_json().items() if k in told} == {k: v for k, v in told.items() if k != "event"}


def test_opening_a_case_needs_an_idempotency_key(callers: Callers) -> None:
    body = {"workflow": "inspection", "unit": "W1", "title": "x", "data": {}}
    problem(callers["officer"].post("/cases", body), 400, "unreadable")


def test_the_same_opening_sent_again_opens_nothing_twice(callers: Callers) -> None:
    first = callers["officer"].open(key="once")
    callers["officer"].act(first.get_json()["id"], 1, "assess", **ASSESS)
    again = callers["officer"].open(key="once")
    assert (again.status_code, again.get_json(), again.headers["ETag"]) == (201, first.get_json(), '"1"')
    assert callers["officer"].get("/cases?count=true").get_json()["total"] == 1


def test_the_same_key_with_another_body_is_refused(callers: Callers) -> None:
    callers["officer"].open(key="once")
    problem(callers["officer"].open(key="once", title="Another"), 422, "key_reused")


def test_a_key_is_its_actors_own(callers: Callers) -> None:
    one = callers["officer"].open(key="once").get_json()
    other = callers["chair"].open(key="once").get_json()
    assert one["id"] != other["id"]


def test_an_opening_in_a_unit_one_has_no_part_in_is_not_yours(callers: Callers) -> None:
    problem(callers["stranger"].open(), 403, "not_yours")


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"workflow": "nothing"}, "/workflow"),
        ({"trigger": "assess"}, "/trigger"),
        ({"ruleset": "nothing"}, "/ruleset"),
        ({"unit": "nowhere"}, "/unit"),
        ({"unit": None}, "/unit"),
        ({"title": "  "}, "/title"),
        ({"title": "x" * 301}, "/title"),
        ({"title": 5}, "/title"),
        ({"colour": "red"}, "/colour"),
        ({"title": "a\0b"}, "/title"),
        ({"data": {"source": "signal"}}, "/data/what"),
        ({"data": []}, "/data"),
        ({"workflow": None}, "/workflow"),
        ({"occurred_at": "2026-02-30"}, "/occurred_at"),
        ({"occurred_at": "2999-05-03T10:00:00Z"}, "/occurred_at"),
        ({"occurred_at": "2190-05-03T10:00:00Z"}, "/occurred_at"),
        ({"occurred_at": "0001-01-01T00:00:00+14:00"}, "/occurred_at"),
    ],
)
def test_what_is_wrong_with_an_opening_is_said_of_its_field(callers: Callers, changed: dict[str, Any], pointer: str) -> None:
    told = problem(callers["officer"].open(**changed), 422, "invalid")
    assert pointer in [e["pointer"] for e in told["errors"]], told


def test_a_child_case_stands_in_its_parents_dossier(callers: Callers, org: Organisation) -> None:
    parent = org.ordered()
    told = callers["officer"].post(f"/cases/{parent}/events", {"trigger": "hold_responsible", "data": org.assignment()}, If_Match='"4"').get_json()
    shown = callers["officer"].get(f"/cases/{parent}").get_json()
    assert told["seq"] == 5 and len(shown["children"]) == 1
    child = callers["officer"].get(f"/cases/{shown['children'][0]}").get_json()
    assert (child["parent"], child["dossier"], child["workflow"]) == (parent, shown["dossier"], "responsibility")


def test_an_act_becomes_an_event(callers: Callers) -> None:
    case = opened(callers)
    answer = callers["officer"].act(case, 1, "assess", **ASSESS)
    told = answer.get_json()
    assert (answer.status_code, answer.headers["ETag"], answer.headers["Location"]) == (201, '"2"', f"/api/v1/cases/{case}/events/2")
    assert (told["before"], told["after"], told["trigger"], told["role"], told["data"]) == ("registered", "triage", "assess", "officer", ASSESS)
    shown = callers["officer"].get(f"/cases/{case}/events/2").get_json()
    assert shown == told | {"receipt": None, "withheld": []}, "a receipt comes with the answer to the act alone"


def test_an_act_without_if_match_must_say_what_it_saw(callers: Callers) -> None:
    case = opened(callers)
    problem(callers["officer"].post(f"/cases/{case}/events", {"trigger": "assess", "data": ASSESS}), 428, "seen_required")
    problem(callers["officer"].post(f"/cases/{case}/events", {"trigger": "assess", "data": ASSESS}, If_Match="*"), 428, "seen_required")


@pytest.mark.parametrize("tag", ["1", '"one"', '"1", "2"', '"-1"', ""])
def test_an_etag_that_is_none_of_ours_cannot_be_read(callers: Callers, tag: str) -> None:
    case = opened(callers)
    problem(callers["officer"].post(f"/cases/{case}/events", {"trigger": "assess", "data": ASSESS}, If_Match=tag), 400, "unreadable")


def test_an_act_on_an_old_picture_is_stale(callers: Callers) -> None:
    case = opened(callers)
    callers["officer"].act(case, 1, "assess", **ASSESS)
    problem(callers["officer"].act(case, 1, "propose", work_type="suspicion", why="it repeats"), 412, "stale")
    assert callers["officer"].get(f"/cases/{case}").get_json()["seq"] == 2


def test_a_repeated_act_gets_the_first_answer_even_when_the_case_has_moved_on(callers: Callers) -> None:
    case = opened(callers)
    first = callers["officer"].act(case, 1, "assess", key="a", **ASSESS)
    callers["officer"].act(case, 2, "propose", work_type="suspicion", why="it repeats")
    again = callers["officer"].act(case, 1, "assess", key="a", **ASSESS)
    assert (again.status_code, again.get_json(), again.headers["ETag"]) == (201, first.get_json(), first.headers["ETag"])
    problem(callers["officer"].act(case, 1, "assess", key="a", assessment="other", no_duplicate=True), 422, "key_reused")
    assert callers["officer"].get(f"/cases/{case}").get_json()["seq"] == 3


def test_rows_are_answered_the_same_the_second_time(callers: Callers, org: Organisation) -> None:
    case = opened(callers)
    callers["officer"].act(case, 1, "assess", **ASSESS)
    callers["officer"].act(case, 2, "propose", work_type="suspicion", why="it repeats")
    first = callers["chair"].act(case, 3, "issue", key="i", **org.team())
    assert first.status_code == 201, first.get_json()
    assert callers["chair"].act(case, 3, "issue", key="i", **org.team()).get_json() == first.get_json()


def test_what_is_not_possible_from_here_says_what_is(callers: Callers) -> None:
    case = opened(callers)
    told = problem(callers["officer"].act(case, 1, "propose", work_type="suspicion", why="it repeats"), 409, "not_now")
    assert "assess" in told["possible"] and "propose" not in told["possible"]


def test_an_act_of_another_part_is_not_yours(callers: Callers) -> None:
    case = opened(callers)
    problem(callers["chair"].act(case, 1, "assess", **ASSESS), 403, "not_yours")


def test_a_refused_act_names_every_rule(callers: Callers, org: Organisation) -> None:
    case = opened(callers)
    callers["officer"].act(case, 1, "assess", **ASSESS)
    callers["officer"].act(case, 2, "propose", work_type="suspicion", why="it repeats")
    told = problem(callers["chair"].act(case, 3, "issue", **org.team() | {"lead_declared": "conflict", "period_to": "2025-12-31"}), 422, "refused")
    verdicts = {g["code"]: g["ok"] for g in told["guards"]}
    assert verdicts["declarations_are_clean"] is False and verdicts["period_is_in_order"] is False and verdicts["people_named_are_known"] is True
    assert callers["chair"].get(f"/cases/{case}").get_json()["seq"] == 3


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"trigger": "nothing", "data": {}}, "/trigger"),
        ({"data": {}}, "/trigger"),
        ({"trigger": 5}, "/trigger"),
        ({"trigger": "assess", "data": 5}, "/data"),
        ({"trigger": "assess", "data": {}}, "/data/assessment"),
        ({"trigger": "assess", "data": ASSESS | {"colour": "red"}}, "/data/colour"),
        ({"trigger": "assess", "data": ASSESS | {"assessment": "x" * 10_000_000}}, "/data/assessment"),
        ({"trigger": "assess", "data": ASSESS | {"assessment": "a\0bcd"}}, "/data/assessment"),
        ({"trigger": "assess", "data": ASSESS | {"assessment": None}}, "/data/assessment"),
        ({"trigger": "assess", "data": ASSESS | {"assessment": 12345}}, "/data/assessment"),
        ({"trigger": "assess", "data": ASSESS | {"no_duplicate": 10**30}}, "/data/no_duplicate"),
        ({"trigger": "assess", "data": ASSESS | {"no_duplicate": False}}, "/data/no_duplicate"),
        ({"trigger": "assess", "data": ASSESS | {"a/b~c": 1}}, "/data/a~1b~0c"),
        ({"trigger": "assess", "data": ASSESS, "recorded_for": "no such"}, "/recorded_for"),
        ({"trigger": "assess", "data": ASSESS, "recorded_for": 5}, "/recorded_for"),
        ({"trigger": "assess", "data": ASSESS, "actor": "me"}, "/actor"),
        ({"trigger": "add_evidence", "data": {"description": "x", "held_as": "file"}}, "/data/held_as"),
    ],
)
def test_what_is_wrong_with_an_act_is_said_of_its_field(callers: Callers, body: Any, pointer: str) -> None:
    case = opened(callers)
    told = problem(callers["officer"].post(f"/cases/{case}/events", body, If_Match='"1"'), 422, "invalid")
    assert pointer in [e["pointer"] for e in told["errors"]], told


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nothing",
        "{",
        '{"trigger": NaN}',
        '{"trigger":"assess","trigger":"assess"}',
        "[]",
        "5",
        "null",
        '"text"',
        "[" * 100_000,
        '{"data":' * 900 + "1" + "}" * 900,
        '{"a": "\\ud800"}',
        "{'a': 1}",
        '{"trigger": Infinity}',
    ],
)
def test_what_is_not_json_cannot_be_read(callers: Callers, text: str) -> None:
    case = opened(callers)
    problem(callers["officer"].raw(f"/cases/{case}/events", text, If_Match='"1"'), 400, "unreadable")


def test_another_kind_of_content_is_refused(callers: Callers) -> None:
    case = opened(callers)
    problem(callers["officer"].raw(f"/cases/{case}/events", "trigger=assess", "application/x-www-form-urlencoded", If_Match='"1"'), 415, "media_type")


@pytest.mark.parametrize("key", ["", "x" * 121, "two words", "ký"])
def test_a_key_must_be_visible_ascii(callers: Callers, key: str) -> None:
    case = opened(callers)
    problem(
        callers["officer"].post(f"/cases/{case}/events", {"trigger": "assess", "data": ASSESS}, If_Match='"1"', Idempotency_Key=key),
        400,
        "unreadable",
    )


def test_days_outside_what_people_live_through_are_slips(callers: Callers, org: Organisation) -> None:
    case = org.ordered()
    for day in ("9999-12-31", "0001-01-01"):
        told = problem(callers["officer"].act(case, 4, "hold_responsible", **org.assignment(due=day)), 422, "invalid")
        assert [e["pointer"] for e in told["errors"]] == ["/data/due"]


def test_a_day_in_the_past_may_not_lie_ahead(callers: Callers, org: Organisation) -> None:
    case = org.ordered()
    told = problem(callers["lead"].act(case, 4, "launch", office="head-w1", served_on="2199-01-01", rights_notice=True), 422, "invalid")
    assert [e["pointer"] for e in told["errors"]] == ["/data/served_on"]


def test_a_late_entry_keeps_its_moment_and_names_its_paper(callers: Callers) -> None:
    case = opened(callers)
    body: dict[str, Any] = {"trigger": "note_for_record", "data": {"note": "seen"}, "occurred_at": "2026-01-05T09:00:00+07:00"}
    told = problem(callers["officer"].post(f"/cases/{case}/events", body, If_Match='"1"'), 422, "refused")
    assert [g["code"] for g in told["guards"] if not g["ok"]] == ["late_entry_names_its_paper"]
    body["data"]["paper"] = "minutes 4, shelf 2"
    done = callers["officer"].post(f"/cases/{case}/events", body, If_Match='"1"').get_json()
    assert (done["occurred_at"], done["late"]) == ("2026-01-05T09:00:00+07:00", True)


def test_a_day_stands_for_when_it_happened_in_the_organisations_zone(callers: Callers) -> None:
    case = opened(callers)
    body = {"trigger": "note_for_record", "data": {"note": "seen", "paper": "book 4"}, "occurred_at": "2026-01-05"}
    told = callers["officer"].post(f"/cases/{case}/events", body, If_Match='"1"').get_json()
    assert (told["occurred_at"], told["late"]) == ("2026-01-05T00:00:00+07:00", True)

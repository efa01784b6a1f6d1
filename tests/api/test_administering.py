"""Units, bodies, offices, appointments and delegations through the JSON door: read by those who may, changed by administrators."""

from __future__ import annotations

import pytest

from inspect_app.services import organisation_views, persons
from tests.api.conftest import Caller, Callers
from tests.services.organisation import CONSOLE, Organisation


@pytest.fixture
def admin(callers: Callers) -> Caller:
    return callers.with_scopes("admin", "read administer")


def patch(caller: Caller, path: str, body: object) -> tuple[int, dict[str, object]]:
    answer = caller.client.patch(f"/api/v1{path}", json=body, headers=caller.headers())
    return answer.status_code, answer.get_json()


def test_a_unit_is_added_changed_and_listed(admin: Caller, callers: Callers) -> None:
    answer = admin.post("/units", {"code": "W3", "name": "Ward 3", "under": "HQ"})
    assert (answer.status_code, answer.headers["Location"]) == (201, "/api/v1/units/W3")
    assert patch(admin, "/units/W3", {"name": "Ward three", "under": "W1"})[0] == 200
    found = {u["code"]: u for u in callers["officer"].get("/units").get_json()["units"]}
    assert (found["W3"]["name"], found["W3"]["parent"], "AB" in found) == ("Ward three", "W1", False)
    assert patch(admin, "/units/W3", {"dissolved_on": "2026-01-31", "successor": "W2"})[0] == 200
    found = {u["code"]: u for u in callers["officer"].get("/units").get_json()["units"]}
    assert (found["W3"]["dissolved_on"], found["W3"]["successor"]) == ("2026-01-31", "W2")


def test_bodies_stand_beside_units(admin: Caller, callers: Callers) -> None:
    assert admin.post("/bodies", {"code": "IB", "name": "Inspection body"}).status_code == 201
    assert {b["code"]: b["external"] for b in callers["stranger"].get("/bodies").get_json()["units"]} == {"AB": True, "RB": False, "IB": False}


def test_who_holds_an_office_is_for_administrators(admin: Caller, callers: Callers) -> None:
    assert [o["code"] for o in callers["stranger"].get("/offices").get_json()["offices"]] == ["head-w1", "head-w2", "reviewer"]
    for path in ("/appointments", "/delegations"):
        assert callers["chair"].get(path).status_code == 403
        assert callers.nobody().get(path).status_code == 401
    rows = admin.get("/appointments?office=head-w1").get_json()["appointments"]
    assert [(row["name"], row["since"], row["until"], row["acting"]) for row in rows] == [("Head Person", "2020-01-01", None, False)]


def test_offices_are_made_held_and_delegated(admin: Caller) -> None:
    assert admin.post("/offices", {"code": "head-hq", "title": "Head", "unit": "HQ"}).status_code == 201
    assert patch(admin, "/offices/head-w1", {"superior": "head-hq"})[0] == 200
    made = admin.post("/appointments", {"office": "head-hq", "person": "boss", "since": "2026-01-01"})
    assert made.status_code == 201
    given = admin.post(
        "/delegations", {"office": "head-hq", "from": "boss", "to": "one", "since": "2026-02-01", "until": "2026-03-31", "reason": "leave"}
    )
    assert given.status_code == 201
    assert patch(admin, given.headers["Location"].removeprefix("/api/v1"), {"until": "2026-02-28"})[0] == 200
    assert [d["until"] for d in admin.get("/delegations?on=2026-02-28").get_json()["delegations"]] == ["2026-02-28"]
    assert admin.get("/delegations?on=2026-03-01").get_json()["delegations"] == []
    assert patch(admin, made.headers["Location"].removeprefix("/api/v1"), {"until": "2026-12-31"})[0] == 200
    assert patch(admin, "/units/none", {"name": "x"})[0] == patch(admin, "/offices/none", {"title": "x"})[0] == 404
    assert patch(admin, "/appointments/999", {"until": "2026-12-31"})[0] == 404


def test_a_list_goes_on_page_after_page(admin: Caller) -> None:
    first = admin.get("/appointments?limit=2")
    assert len(first.get_json()["appointments"]) == 2
    following = first.headers["Link"].split(">")[0].removeprefix("<")
    assert [row["office"] for row in admin.get(following).get_json()["appointments"]] == ["reviewer"]
    assert admin.get(following).get_json()["cursor"] is None


def test_a_request_sent_again_with_its_key_adds_once(admin: Caller, org: Organisation) -> None:
    body = {"code": "W3", "name": "Ward 3"}
    first, again = (admin.post("/units", body, Idempotency_Key="once") for _ in range(2))
    assert (first.status_code, first.get_json()) == (again.status_code, again.get_json()) and first.status_code == 201
    other = admin.post("/units", {"code": "W4", "name": "Ward 4"}, Idempotency_Key="once")
    assert (other.status_code, other.get_json()["type"]) == (422, "/problems/key_reused")
    assert sum(row["what"] == "add_unit" and row["facts"]["code"] == "W3" for row in organisation_views.history(org.house)) == 1


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("/units", {"code": "W1", "name": "again"}, "/code"),
        ("/units", {"code": "X"}, "/name"),
        ("/units", {"code": "X", "name": 7}, "/name"),
        ("/units", {"code": "X", "name": "X", "colour": 1}, "/colour"),
        ("/offices", {"code": "o", "title": "O", "unit": "W1", "seats": True}, "/seats"),
        ("/offices", {"code": "o", "title": "O", "unit": "W1", "seats": 10**25}, "/seats"),
        ("/appointments", {"office": "head-w1", "person": "boss"}, None),
        ("/appointments", {"office": "head-w1", "person": "ghost"}, "/person"),
        ("/delegations", {"office": "head-w1", "from": "boss", "to": "one", "until": "2999-01-01", "reason": "x"}, "/from"),
    ],
)
def test_what_is_wrong_is_said_of_its_field(admin: Caller, path: str, body: dict[str, object], pointer: str | None) -> None:
    answer = admin.post(path, body)
    if pointer is None:
        assert answer.status_code == 201
        return
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert [e["pointer"] for e in answer.get_json()["errors"]] == [pointer]


def test_only_an_administrator_changes_and_a_token_only_with_its_scope(callers: Callers, org: Organisation) -> None:
    for caller in (callers["chair"], callers.with_scopes("admin", "read write"), callers.with_scopes("chair", "read administer")):
        assert caller.post("/units", {"code": "X", "name": "X"}).status_code == 403
    persons.grant(org.house, CONSOLE, "deputy", "admin", "W1")
    below = callers.with_scopes("deputy", "read administer")
    assert below.post("/units", {"code": "X", "name": "X"}).status_code == 403
    assert below.post("/units", {"code": "X", "name": "X", "under": "W1"}).status_code == 201


def test_a_refused_opening_says_what_must_be_named(callers: Callers, org: Organisation) -> None:
    from inspect_app.models import installation

    with org.house.db.atomic() as session:
        session.execute(installation.delete().where(installation.c.name == "appeal_body"))
    answer = callers["officer"].open()
    assert answer.status_code == 422
    assert [g["code"] for g in answer.get_json()["guards"] if not g["ok"]] == ["appeal_body_and_contact_are_named"]

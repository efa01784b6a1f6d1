"""What a token may do is its scopes, and of those what its person may do now."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import update

from config import Settings
from inspect_app import http
from inspect_app.access.policy import Policy, policy
from inspect_app.app import create_app
from inspect_app.models import account, role_grant
from inspect_app.services import factors
from inspect_app.services.tokens import create_token
from tests.api.conftest import Caller, Callers
from tests.api.test_acting import opened, problem
from tests.services.organisation import Organisation


def proposed(org: Organisation) -> str:
    case = org.open().case
    org.act("officer", case, "assess", assessment="founded", no_duplicate=True)
    org.act("officer", case, "propose", work_type="suspicion", why="it repeats")
    return case


def test_an_act_that_touches_a_persons_standing_needs_the_scope_decide(callers: Callers, org: Organisation) -> None:
    case = proposed(org)
    writer = callers.with_scopes("chair", "read write")
    problem(writer.act(case, 3, "issue", **org.team()), 403, "not_yours")
    assert writer.act(case, 3, "note_for_record", note="what touches nobody").status_code == 201
    assert callers.with_scopes("chair", "decide").act(case, 4, "issue", **org.team()).status_code == 201


def test_a_scope_gives_nothing_that_the_person_does_not_have(callers: Callers, org: Organisation) -> None:
    case = proposed(org)
    everything = "read write decide export administer"
    problem(callers.with_scopes("officer", everything).act(case, 3, "issue", **org.team()), 403, "not_yours")
    problem(callers.with_scopes("stranger", everything).get(f"/cases/{case}"), 404, "not_found")


def test_what_is_taken_from_the_person_is_taken_from_the_token_at_once(callers: Callers, org: Organisation) -> None:
    case = opened(callers)
    caller = callers.with_scopes("chair", "read")
    assert caller.get(f"/cases/{case}").status_code == 200
    with org.house.db.atomic() as session:
        session.execute(update(role_grant).where(role_grant.c.person_id == org["chair"].person_id).values(until_on=date(2020, 1, 1)))
    problem(caller.get(f"/cases/{case}"), 404, "not_found")
    with org.house.db.atomic() as session:
        session.execute(update(account).where(account.c.person_id == org["chair"].person_id).values(active=False))
    problem(caller.get("/work"), 401, "unknown")


@pytest.mark.parametrize(("asks", "scope", "login"), [(Policy.EXPORTS, "export", "auditor"), (Policy.ADMINISTERS, "administer", "chair"),
                                                      (Policy.WRITES, "write", "chair")])
def test_a_door_asks_for_its_scope(settings: Settings, org: Organisation, asks: Policy, scope: str, login: str) -> None:
    app = create_app(settings, org.house)
    app.add_url_rule("/api/v1/door", "door", policy(POST=asks)(lambda: http.answer({"in": True})), methods=["POST"])
    http.every_policy_is_declared(app)
    if asks is Policy.ADMINISTERS:
        with org.house.db.atomic() as session:
            session.execute(update(role_grant).where(role_grant.c.person_id == org["chair"].person_id).values(role="admin"))
    all_but_one = " ".join({"read", "write", "export", "administer"} - {scope})
    for scopes, status in ((all_but_one, 403), (f"read {scope}", 200)):
        caller = Caller(app.test_client(use_cookies=False), create_token(org.house, login, "test", scopes, 1))
        assert caller.post("/door", {}).status_code == status, scopes


def test_in_production_a_token_decides_only_for_who_has_a_second_factor(callers: Callers, org: Organisation) -> None:
    case = proposed(org)
    caller = callers.with_scopes("chair", "decide")
    org.house.mode = "production"
    problem(caller.act(case, 3, "issue", **org.team()), 403, "unsecured")
    factors.new_sheet(org.house, org["chair"])
    assert caller.act(case, 3, "issue", **org.team()).status_code == 201


def test_a_token_of_another_address_is_unknown(callers: Callers, org: Organisation) -> None:
    for network, status in (("127.0.0.0/8", 200), ("192.0.2.0/24", 401)):
        caller = Caller(callers.app.test_client(use_cookies=False), create_token(org.house, "officer", "x", "read", 1, addresses=[network]))
        assert caller.get("/work").status_code == status


def test_the_cookie_beside_a_token_counts_for_nothing(callers: Callers, org: Organisation) -> None:
    opened(callers)
    client = callers.app.test_client()
    client.set_cookie("sid", "anything")
    caller = Caller(client, create_token(org.house, "officer", "x", "write", 1))
    assert caller.open().status_code == 201

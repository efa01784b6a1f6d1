"""The policy table against the application: every operation of the JSON door and every page, for everyone of the contract."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from inspect_app.access.policy import TABLE, Policy
from inspect_app.access.reading import HANDLING, SPEAKING
from inspect_app.app import operations
from inspect_app.services.tokens import create_token
from tests.api.conftest import Caller
from tests.api.standings import STANDINGS, Peopled, Standing, peopled
from tests.services.organisation import PASSWORD, Organisation
from workflows.definition import Transition
from workflows.roles import Role

OURS = {"Sec-Fetch-Site": "same-origin"}
KINDS = ("inspection", "responsibility", "shortcoming")
WORDS = {"name": "inspection", "form": "svg", "seq": "1", "n": "1", "filename": "app.css", "trigger": "note_for_record", "number": "1", "id_": "1"}
"""What stands in an address, by the name of its place; anything else is something that is not there."""


@pytest.fixture
def everyone(org: Organisation) -> Peopled:
    return peopled(org)


_places = count()


@dataclass
class Door:
    """One person at both doors: a token for the JSON door, a signed-in browser for the pages."""

    app: Flask
    who: Standing | None
    org: Organisation

    def __post_init__(self) -> None:
        self.token = create_token(self.org.house, self.who.login, "test", self.who.scopes, 30) if self.who else None
        self.api = Caller(self.app.test_client(use_cookies=False), self.token)
        self.browser: FlaskClient = self.app.test_client()
        self.browser.environ_base["REMOTE_ADDR"] = f"10.0.0.{next(_places) % 250 + 1}"
        self.csrf = ""
        if self.who is not None:
            assert self.browser.post("/sign-in", data={"login": self.who.login, "password": PASSWORD}, headers=OURS).status_code == 303
            found = re.search(r'name="csrf_token" value="([^"]+)"', self.browser.get("/").text)
            self.csrf = found[1] if found else ""

    def send(self, method: str, path: str, seq: int = 0, told: Any = None) -> TestResponse:
        if path.startswith("/api/v1"):
            headers = self.api.headers(If_Match=f'"{seq}"')
            return self.api.client.open(path, method=method, headers=headers, json=told if method != "GET" else None)
        data: dict[str, str] = {}
        if method != "GET":
            data = (told or {}) | {"csrf_token": self.csrf}
        return self.browser.open(path, method=method, headers=OURS, data=data)


def cases_(app: Flask, *, of_case: bool) -> list[tuple[str, str, Policy]]:
    return [one for one in operations(app) if TABLE[one[2]].of_case is of_case]


def address(rule: str, uid: str = "") -> str:
    """The rule with something in each place."""
    return re.sub(r"<(?:[^:<>]+:)?(\w+)>", lambda place: uid if place[1] == "uid" else WORDS.get(place[1], "nothing"), rule)


def may_act(who: Standing, kind: str, transition: Transition) -> bool:
    return bool(who.parts(kind) & set(transition.who))


FOR_WHO_SPOKE = ("/concerns/<uuid:uid>", "/cases/<uuid:uid>/retaliation")
NOTHING_THERE = ("/account/factors/remove", "/account/provider")
"""Pages that answer 404 to those who have nothing of the kind."""

BODIES: dict[tuple[str, str], Any] = {
    ("POST", "/api/v1/cases/<uuid:uid>/events"): {"trigger": "note_for_record", "data": {"unheard_of": 1}},
    ("POST", "/api/v1/cases/<uuid:uid>/evidence"): {"description": "x", "reference": "y", "unheard_of": "1"},
}


def expected(app: Flask, one: tuple[str, str, Policy], who: Standing | None, kind: str) -> set[int]:
    """The answers that the table allows: what is inside the door is never 401, 403 or (where the address names something there) 404."""
    path, method, action = one
    rule = TABLE[action]
    api = path.startswith("/api/v1")
    if rule.anyone:
        return set(range(200, 500)) - {403} if path != "/sign-in" else {200, 303, 401}
    if who is None:
        return {401} if api or method != "GET" else {303}
    if api and rule.scope not in who.scopes.split():
        return {403}
    if rule.granted and not rule.granted & who.granted:
        return {403}
    if not rule.of_case:
        inside = set(range(200, 500)) - {401, 403}
        return inside | {401} if path == "/prove" else inside if "<" in path or path in NOTHING_THERE else inside - {404}
    parts = who.parts(kind)
    if not parts or (path in FOR_WHO_SPOKE and not parts & SPEAKING):
        return {404}
    if path in FOR_WHO_SPOKE:
        return set(range(200, 500)) - {401, 403}
    if "/letters/" in path or (parts <= SPEAKING and "/events/" in path):
        return {200, 404}  # whoever it is not for finds none
    if method == "GET" and path in ("/cases/<uuid:uid>", "/cases/<uuid:uid>/sheet") and Role.REPORTER in parts and parts <= SPEAKING:
        return {303}  # to a page of their own
    if path.endswith("/evidence/<int(max=999999999):n>"):
        return {404}  # the item is a paper kept elsewhere: there is no file for anyone
    if action is Policy.ACTS_ON_CASE:
        trigger = "add_evidence" if path.endswith("/evidence") else "note_for_record"
        law = app.extensions["house"].catalogue.by_name[kind]
        return {422} if may_act(who, kind, law.triggers[trigger][0]) else {403}
    return {200}


def test_every_operation_has_an_action_of_the_table_and_a_case_in_the_address_an_action_on_cases(app: Flask) -> None:
    known = {(method, re.sub(r"<(?:[^:<>]+:)?(\w+)>", r"{\1}", path)) for path, method, _ in operations(app)}
    described = app.test_client().get("/api/v1/openapi.json").get_json()["paths"]
    told = {(method.upper(), path) for path, methods in described.items() for method in methods if method != "parameters"}
    assert told - known == set()
    for path, method, action in operations(app):
        assert action in TABLE, (path, method)
        names_a_case = "<uuid:uid>" in path and not path.startswith("/organisation/")
        assert TABLE[action].of_case is names_a_case, f"{method} {path} declares {action}: a case in the address needs an action on cases"


def test_every_operation_answers_everyone_as_the_table_says(app: Flask, everyone: Peopled) -> None:
    bodies = BODIES | {("POST", "/access/explain"): {"login": "officer", "case": everyone.number("shortcoming")}}
    wrong = []
    for name in ("nobody", *STANDINGS):
        who = STANDINGS.get(name)
        door = Door(app, who, everyone.org)
        for one in sorted(operations(app), key=lambda one: one[0] == "/sign-out"):
            path, method, action = one
            if who is not None and who.scopes == "read" and not path.startswith("/api/v1"):
                continue  # a token opens no page
            for kind in KINDS if TABLE[action].of_case else KINDS[:1]:
                answer = door.send(method, address(path, everyone.cases[kind]), everyone.seq(kind), bodies.get((method, path), {}))
                if answer.status_code not in (allowed := expected(app, one, who, kind)):
                    wrong.append((name, method, path, kind, answer.status_code, sorted(allowed)[:4]))
    assert wrong == []


def test_every_act_is_open_to_the_parts_that_the_law_names_and_to_no_other(app: Flask, everyone: Peopled) -> None:
    wrong = []
    for name, who in STANDINGS.items():
        door = Door(app, who, everyone.org)
        for kind in KINDS:
            law = everyone.org.house.catalogue.by_name[kind]
            for t in law.out_of(everyone.state(kind)):
                body = {"trigger": t.trigger, "data": {"unheard_of": 1}}
                answer = door.send("POST", f"/api/v1/cases/{everyone.cases[kind]}/events", everyone.seq(kind), body)
                should = 403 if "write" not in who.scopes.split() else 404 if not who.parts(kind) else 422 if may_act(who, kind, t) else 403
                if answer.status_code != should:
                    wrong.append((name, kind, t.trigger, answer.status_code, should))
    assert wrong == []


def test_what_each_plays_is_what_the_contract_says(app: Flask, everyone: Peopled) -> None:
    for name, who in STANDINGS.items():
        door = Door(app, who, everyone.org)
        listed = {c["id"]: set(c["parts"]) for c in door.send("GET", "/api/v1/cases").get_json()["cases"]}
        assert listed == {everyone.cases[kind]: {str(r) for r in who.parts(kind)} for kind in KINDS if who.parts(kind)}, name
        count = door.send("GET", "/api/v1/cases?count=true").get_json()["total"]
        assert count == len(listed), name
    assert Role.AUDITOR in HANDLING


def test_a_strangers_answer_for_a_case_is_byte_for_byte_that_for_none(app: Flask, everyone: Peopled) -> None:
    door = Door(app, STANDINGS["stranger"], everyone.org)
    for path, method, _ in cases_(app, of_case=True):
        for kind in KINDS:
            there, nowhere = everyone.cases[kind], str(uuid4())
            one, other = (door.send(method, address(path, uid), 1, BODIES.get((method, path), {})) for uid in (there, nowhere))
            assert one.status_code == other.status_code == 404, (method, path)
            assert one.get_data().replace(there.encode(), b"?") == other.get_data().replace(nowhere.encode(), b"?"), (method, path)
            assert list(one.headers) == list(other.headers), (method, path)

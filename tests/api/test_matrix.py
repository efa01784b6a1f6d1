"""The contract against the application: every operation of the JSON door and every page, for everyone of the contract."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from inspect_app.access.policy import TABLE
from inspect_app.app import operations
from inspect_app.models import account, cases, letter
from inspect_app.services import keeping_log
from inspect_app.services.tokens import create_token
from tests.api.conftest import Caller
from tests.api.contract import ACTS, BY_DATA_OFFICERS, DOORS, HANDLING, OF_CASE, Who, allowed
from tests.api.standings import NONE, STANDINGS, Peopled, Standing, peopled
from tests.services.organisation import PASSWORD, Organisation
from workflows.roles import Role

OURS = {"Sec-Fetch-Site": "same-origin"}
KINDS = ("inspection", "responsibility", "shortcoming", "concern", "testimony")
OTHERS = 0.3
"""How often, in the suite, somebody tries a door with a second kind of case."""
WORDS = {"job": "00000000-0000-4000-8000-000000000000", "name": "inspection",
         "form": "svg", "seq": "1", "n": "1", "filename": "app.css", "trigger": "note_for_record", "number": "1", "id_": "1",
         "place": "0/000.p/1", "step": "1", "sample": "1"}
"""What stands in an address, by the name of its place; anything else is something that is not there."""


@pytest.fixture
def everyone(org: Organisation) -> Peopled:
    return peopled(org)


@dataclass
class Share:
    """How much is tried: with the long proofs everything. In the suite nobody tries a door of no case who has the roles of one that did; at a door of
    a case everybody has one in which they play a part, the kinds of such in turn, and now and then one in which they play none, or some other; and
    on PostgreSQL it is a third of that."""

    whole: bool
    here: bool
    chance: Random = field(default_factory=lambda: Random(1))
    seen: set[Any] = field(default_factory=set)
    turns: Counter[str] = field(default_factory=Counter)

    def kinds(self, name: str, who: Standing | None, of_case: bool) -> Sequence[str]:
        """The kinds of case with which somebody of this name tries a door."""
        if self.whole or not of_case:
            return KINDS if of_case else KINDS[:1]
        theirs: Sequence[str] = [kind for kind in KINDS if who is not None and who.parts(kind)] or KINDS
        self.turns[name] += 1
        first = theirs[self.turns[name] % len(theirs)]
        others = [kind for kind in KINDS if kind not in theirs] or [kind for kind in KINDS if kind != first]
        return (first, self.chance.choice(others)) if self.chance.random() < OTHERS else (first,)

    def takes(self, door: Any = None, like: Any = None) -> bool:
        """Whether somebody tries a door, of which nothing is asked but what they are `like`."""
        if self.whole:
            return True
        if like is not None and (door, like) in self.seen:
            return False
        self.seen.add((door, like))
        return self.here or self.chance.random() < 1 / 3


@pytest.fixture
def share(request: pytest.FixtureRequest, org: Organisation) -> Share:
    return Share(bool(request.config.getoption("--full")), org.house.db.is_sqlite)


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


def address(rule: str, uid: str = "", **words: str) -> str:
    """The rule with something in each place."""
    told = WORDS | words
    return re.sub(r"<(?:[^:<>]+:)?(\w+)>", lambda place: uid if place[1] == "uid" else told.get(place[1], "nothing"), rule)


def doors_of(app: Flask) -> list[tuple[str, str]]:
    """(method, path) of everything the application answers to; signing out comes last."""
    return sorted(((method, path) for path, method, _ in operations(app)), key=lambda one: (one[1] == "/sign-out", one[1], one[0]))


@dataclass(frozen=True)
class Paper:
    """A letter: its number, the kind of case it is of, and the account it went to."""

    id: int
    kind: str
    to: str


def newest_letter(everyone: Peopled) -> Paper:
    with everyone.org.house.db.reading("all") as session:
        row = session.execute(select(letter.c.id, cases.c.workflow, account.c.login).join(cases, cases.c.id == letter.c.case_id)
                              .join(account, account.c.person_id == letter.c.person_id).order_by(letter.c.id.desc()).limit(1)).one()
    return Paper(*row)


BODIES: dict[tuple[str, str], Any] = {
    ("POST", "/api/v1/cases/<uuid:uid>/events"): {"trigger": "note_for_record", "data": {"unheard_of": 1}},
    ("POST", "/api/v1/cases/<uuid:uid>/evidence"): {"description": "x", "reference": "y", "unheard_of": "1"},
}


def test_the_table_names_every_door_of_the_application_and_no_other(app: Flask) -> None:
    assert set(doors_of(app)) == set(DOORS)


def test_every_act_that_is_possible_is_in_the_table(everyone: Peopled) -> None:
    for kind in KINDS:
        law = everyone.org.house.catalogue.by_name[kind]
        assert {t.trigger for t in law.out_of(everyone.state(kind))} == set(ACTS[kind]), kind


def test_every_operation_has_an_action_of_the_table_and_a_case_in_the_address_an_action_on_cases(app: Flask) -> None:
    known = {(method, re.sub(r"<(?:[^:<>]+:)?(\w+)>", r"{\1}", path)) for path, method, _ in operations(app)}
    described = app.test_client().get("/api/v1/openapi.json").get_json()["paths"]
    told = {(method.upper(), path) for path, methods in described.items() for method in methods if method != "parameters"}
    assert told - known == set()
    for path, method, action in operations(app):
        assert action in TABLE, (path, method)
        names_a_case = "<uuid:uid>" in path and not path.startswith("/organisation/")
        assert TABLE[action].of_case is names_a_case, f"{method} {path} declares {action}: a case in the address needs an action on cases"


def test_every_operation_answers_everyone_as_the_table_says(app: Flask, everyone: Peopled, share: Share) -> None:
    bodies = BODIES | {("POST", "/access/explain"): {"login": "officer", "case": everyone.number("shortcoming")}}
    paper = newest_letter(everyone)
    wrong = []
    for name in ("nobody", *STANDINGS):
        who = STANDINGS.get(name)
        door = Door(app, who, everyone.org)
        for method, path in doors_of(app):
            line = DOORS[method, path]
            if who is not None and who.scopes == "read" and not path.startswith("/api/v1"):
                continue  # a token opens no page
            of_case = line.who in OF_CASE
            like = None if of_case else (who.granted, who.scopes) if who else "nobody"
            kinds = KINDS if line.who is Who.ADDRESSEES else share.kinds(name, who, of_case)
            for kind in kinds if share.takes((method, path), like) else ():
                parts = who.parts(kind) if who else NONE
                addressed = who is not None and kind == paper.kind and (who.login == paper.to or bool(parts & HANDLING))
                should = allowed(line, method=method, path=path, signed=who is not None, scopes=who.scopes if who else "",
                                 granted=who.granted if who else NONE, parts=parts, kind=kind, addressed=addressed)
                there = address(path, everyone.cases[kind], id_=str(paper.id))
                if path == "/healthz/log":
                    keeping_log.round_of(everyone.org.house)
                answer = door.send(method, there, everyone.seq(kind), bodies.get((method, path), {}))
                if answer.status_code != should:
                    wrong.append((name, method, path, kind, answer.status_code, should))
    assert wrong == []


def test_a_token_without_its_scope_opens_no_door_that_needs_it(app: Flask, everyone: Peopled) -> None:
    wrong = []
    for login, name in (("admin", "admin"), ("chair", "chair"), ("officer", "officer"), ("auditor", "auditor")):
        for scope in ("write", "decide", "administer"):
            scopes = " ".join(s for s in STANDINGS[name].scopes.split() if s != scope and not (scope == "write" and s == "decide"))
            door = Door(app, Standing(login, scopes=scopes), everyone.org)
            for (method, path), line in DOORS.items():
                if path.startswith("/api/v1") and line.scope == scope:
                    answer = door.send(method, address(path, everyone.cases["inspection"]), 1, BODIES.get((method, path), {}))
                    if answer.status_code != 403:
                        wrong.append((name, scope, method, path, answer.status_code))
    assert wrong == []


def test_every_act_is_open_to_the_parts_that_the_table_names_and_to_no_other(app: Flask, everyone: Peopled, share: Share) -> None:
    wrong = []
    for name, who in STANDINGS.items():
        door = Door(app, who, everyone.org)
        for kind in KINDS:
            for trigger, whose in ACTS[kind].items():
                if not share.takes():
                    continue
                body = {"trigger": trigger, "data": {"unheard_of": 1}}
                answer = door.send("POST", f"/api/v1/cases/{everyone.cases[kind]}/events", everyone.seq(kind), body)
                parts = who.parts(kind) | (who.granted & {Role.DATA_OFFICER} if trigger in BY_DATA_OFFICERS else NONE)
                should = 403 if "write" not in who.scopes.split() else 404 if not parts else 422 if parts & whose else 403
                if answer.status_code != should:
                    wrong.append((name, kind, trigger, answer.status_code, should))
    assert wrong == []


def test_what_each_plays_is_what_the_contract_says(app: Flask, everyone: Peopled) -> None:
    for name, who in STANDINGS.items():
        door = Door(app, who, everyone.org)
        listed = {c["id"]: set(c["parts"]) for c in door.send("GET", "/api/v1/cases").get_json()["cases"]}
        assert listed == {everyone.cases[kind]: {str(r) for r in who.parts(kind)} for kind in KINDS if who.parts(kind)}, name
        count = door.send("GET", "/api/v1/cases?count=true").get_json()["total"]
        assert count == len(listed), name


def test_a_strangers_answer_for_a_case_is_byte_for_byte_that_for_none(app: Flask, everyone: Peopled) -> None:
    door = Door(app, STANDINGS["stranger"], everyone.org)
    for method, path in (one for one in doors_of(app) if DOORS[one].who in OF_CASE):
        for kind in KINDS:
            there, nowhere = everyone.cases[kind], str(uuid4())
            one, other = (door.send(method, address(path, uid), 1, BODIES.get((method, path), {})) for uid in (there, nowhere))
            assert one.status_code == other.status_code == 404, (method, path)
            assert one.get_data().replace(there.encode(), b"?") == other.get_data().replace(nowhere.encode(), b"?"), (method, path)
            assert list(one.headers) == list(other.headers), (method, path)

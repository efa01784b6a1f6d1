"""The page of a ruleset, and the same in the JSON door: every value, what it is for, and where it comes from."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config import Settings
from inspect_app.services.tokens import create_token
from tests.conftest import application
from tests.services.organisation import PASSWORD, Organisation
from workflows.catalogue import load_catalogue

RULES = load_catalogue().rulesets_by_name
OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def app(settings: Settings, org: Organisation) -> Flask:
    return application(settings, org.house)


def signed_in(app: Flask) -> FlaskClient:
    browser = app.test_client()
    browser.post("/sign-in", data={"login": "officer", "password": PASSWORD}, headers=OURS)
    return browser


def test_every_key_has_a_place_on_the_page_that_others_can_point_to(app: Flask) -> None:
    browser = signed_in(app)
    for name, rules in RULES.items():
        answer = browser.get(f"/rulesets?name={name}")
        assert answer.status_code == 200
        assert set(rules.values) <= set(re.findall(r'<tr id="([a-z0-9_.]+)">', answer.text)), name
        assert rules.law_hash in answer.text


def test_without_a_name_it_is_the_one_that_new_cases_fall_under(app: Flask) -> None:
    browser = signed_in(app)
    assert "generic@1" in browser.get("/rulesets").text
    assert browser.get("/rulesets?name=nowhere").status_code == 404
    assert 'href="/rulesets"' in browser.get("/").text


def test_who_has_not_signed_in_is_led_to_the_door(app: Flask) -> None:
    assert app.test_client().get("/rulesets").status_code == 303


def test_the_json_door_tells_the_same(app: Flask, org: Organisation) -> None:
    token = create_token(org.house, "officer", "test", "read", 30)
    answer = app.test_client(use_cookies=False).get("/api/v1/rulesets", headers={"Authorization": f"Bearer {token}"})
    told = {r["name"]: r for r in answer.get_json()["rulesets"]}
    assert set(told) == set(RULES)
    entries = {e["key"]: e for e in told["vn_party"]["entries"]}
    assert set(entries) == set(RULES["vn_party"].values)
    assert entries["vote.expulsion.propose"] == {
        "key": "vote.expulsion.propose", "value": "at least 2/3", "about": "votes a proposal needs: expulsion", "mark": "2",
        "source": RULES["vn_party"].sources["vote.expulsion.propose"].text.say("en")}
    assert told["vn_party"]["keys"]["ladder.probationary"] == ["reprimand", "warning"]
    assert told["vn_army"]["documents"] and told["vn_army"]["criteria"]

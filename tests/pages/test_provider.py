"""Signing in at a provider of identities that runs in this process: nothing forged, nothing replayed, nobody known by mail."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import oidc_provider_mock
import pytest
import requests
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from config import Settings
from inspect_app.app import create_app
from inspect_app.models import identity, session, sign_in_state
from inspect_app.now import hold, now
from inspect_app.services import factors, house, providers
from inspect_app.services.sessions import MINUTE
from tests.conftest import application
from tests.pages.identity_provider import CLIENT, SECRET, Provider, running
from tests.pages.test_pages import OURS, Visitor
from tests.services.organisation import Organisation


@pytest.fixture(scope="module")
def there() -> Iterator[Provider]:
    with running() as provider:
        yield provider


@pytest.fixture
def provider(there: Provider) -> Provider:
    """The provider, telling the truth."""
    there.lies, there.signs_with, there.says_issuer, there.subject = {}, "own", None, "248289761001"
    there.ahead = 0
    there.codes.clear()
    return there


@pytest.fixture
def app(settings: Settings, org: Organisation, provider: Provider) -> Flask:
    org.house.provider = house.Provider(provider.issuer, CLIENT, SECRET)
    return application(settings, org.house)


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    return Visitor(app)


def go(visitor: Visitor, path: str = "/sign-in/provider?next=/cases") -> str:
    """Go to the provider, sign in there, and bring its answer: our own address with code and state."""
    return come(visitor.get(path).headers["Location"])


def come(address: str) -> str:
    back = requests.get(address, allow_redirects=False, timeout=10).headers["Location"]
    parts = urlsplit(back)
    return f"{parts.path}?{parts.query}"


def link(org: Organisation, login: str, subject: str = "248289761001") -> None:
    providers.link(org.house, org[login], org[login], subject)


def live(org: Organisation) -> int:
    with org.house.db.reading() as s:
        return int(s.execute(select(func.count()).select_from(session)).scalar_one())


def refused(visitor: Visitor, org: Organisation, answer: TestResponse, status: int = 401) -> None:
    assert answer.status_code == status, answer.text
    assert 'role="alert"' in answer.text
    assert live(org) == 0
    assert visitor.get("/").status_code == 303


def test_who_is_linked_comes_in_and_to_where_they_wanted_to_go(visitor: Visitor, org: Organisation) -> None:
    link(org, "chair")
    assert "/sign-in/provider" in visitor.get("/sign-in").text
    answer = visitor.get(go(visitor))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/cases")
    assert "Chair Person" in visitor.get("/account").text


def test_whoever_the_mail_belongs_to_is_nobody_without_a_link(visitor: Visitor, org: Organisation) -> None:
    refused(visitor, org, visitor.get(go(visitor)))


def test_a_state_is_taken_once(visitor: Visitor, org: Organisation) -> None:
    link(org, "chair")
    address = go(visitor)
    cookie = visitor.client.get_cookie("going")
    assert cookie is not None
    assert visitor.get(address).status_code == 303
    visitor.client.delete_cookie("sid")
    visitor.client.set_cookie("going", cookie.value)
    answer = visitor.get(address)
    assert answer.status_code == 400
    assert "was not begun in this browser, was used before, or took too long" in answer.text


@pytest.mark.parametrize("state", ["forged", "", "x" * 300])
def test_a_forged_state_is_refused_with_a_clear_sentence(visitor: Visitor, org: Organisation, state: str) -> None:
    link(org, "chair")
    address = go(visitor)
    code = parse_qs(urlsplit(address).query)["code"][0]
    refused(visitor, org, visitor.get(f"/sign-in/provider/back?code={code}&state={state}"), 400)
    visitor.client.set_cookie("going", state or "x")
    refused(visitor, org, visitor.get(f"/sign-in/provider/back?code={code}&state={state}"), 400)


def test_an_answer_that_was_begun_in_another_browser_is_refused(visitor: Visitor, org: Organisation, app: Flask) -> None:
    link(org, "stranger")
    refused(visitor, org, visitor.get(go(Visitor(app))), 400)


def test_a_sign_in_that_took_more_than_ten_minutes_is_refused(visitor: Visitor, org: Organisation) -> None:
    link(org, "chair")
    address = go(visitor)
    with hold(now() + 11 * MINUTE):
        refused(visitor, org, visitor.get(address), 400)


@pytest.mark.parametrize("lie", [
    {"iss": "https://elsewhere.example"}, {"iss": None}, {"aud": "another"}, {"aud": [CLIENT, "another"]}, {"aud": None}, {"azp": "another"},
    {"nonce": "x"}, {"nonce": None}, {"exp": 1}, {"exp": None}, {"iat": None}, {"iat": 4_000_000_000}, {"sub": ""}, {"sub": None},
    {"nbf": 4_000_000_000}])
def test_an_identity_token_that_does_not_hold_lets_nobody_in(visitor: Visitor, org: Organisation, provider: Provider, lie: dict[str, Any]) -> None:
    link(org, "chair")
    provider.lies = lie
    refused(visitor, org, visitor.get(go(visitor)))


@pytest.mark.parametrize("signs_with", ["none", "secret", "another"])
def test_a_signature_that_is_none_or_made_with_what_both_know_or_with_another_key_is_refused(visitor: Visitor, org: Organisation, provider: Provider,
                                                                                             signs_with: str) -> None:
    link(org, "chair")
    provider.signs_with = signs_with
    refused(visitor, org, visitor.get(go(visitor)))


def test_a_code_with_another_verifier_is_refused(visitor: Visitor, org: Organisation, provider: Provider) -> None:
    link(org, "chair")
    address = go(visitor)
    next(iter(provider.codes.values()))["code_challenge"] = "x" * 43
    refused(visitor, org, visitor.get(address))


def test_an_answer_of_another_issuer_or_without_a_code_is_refused(visitor: Visitor, org: Organisation) -> None:
    link(org, "chair")
    refused(visitor, org, visitor.get(re.sub(r"iss=[^&]+", "iss=https://elsewhere.example", go(visitor))))
    refused(visitor, org, visitor.get(re.sub(r"code=[^&]+", "error=access_denied", go(visitor))))


def test_a_provider_that_names_itself_otherwise_is_not_gone_to(visitor: Visitor, provider: Provider) -> None:
    provider.says_issuer = "https://elsewhere.example"
    assert visitor.get("/sign-in/provider").status_code >= 400


def test_the_second_factor_is_asked_for_after_the_provider_too(visitor: Visitor, org: Organisation) -> None:
    link(org, "chair")
    codes = factors.new_sheet(org.house, org["chair"])
    assert visitor.get(go(visitor)).headers["Location"] == "/sign-in/second?next=/cases"
    assert visitor.client.post("/sign-in/second", data={"code": codes[0]}, headers=OURS).status_code == 303
    assert visitor.get("/").status_code == 200


def test_one_links_oneself_by_a_form_of_ones_own_and_by_nothing_else(visitor: Visitor, org: Organisation) -> None:
    visitor.sign_in("chair")
    csrf = re.search(r'csrf_token" value="([^"]+)"', visitor.get("/account").text)
    assert csrf is not None
    assert visitor.client.post("/account/provider", data={"csrf_token": csrf[1]}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 400
    page = visitor.client.post("/account/provider", data={"csrf_token": csrf[1]}, headers=OURS).text
    address = re.search(r'class="btn btn-primary" href="([^"]+)"', page)
    assert address is not None
    assert visitor.get(come(html.unescape(address[1]))).headers["Location"] == "/account"
    with org.house.db.reading() as s:
        assert s.execute(select(identity.c.person_id, identity.c.subject)).all() == [(org["chair"].person_id, "248289761001")]
    visitor.client.post("/account/provider", data={"csrf_token": csrf[1], "remove": "1"}, headers=OURS)
    assert not providers.is_linked(org.house, org["chair"].person_id)


def test_an_identity_that_belongs_to_another_is_not_linked_again(visitor: Visitor, org: Organisation) -> None:
    link(org, "officer")
    visitor.sign_in("chair")
    csrf = re.search(r'csrf_token" value="([^"]+)"', visitor.get("/account").text)
    assert csrf is not None
    page = visitor.client.post("/account/provider", data={"csrf_token": csrf[1]}, headers=OURS).text
    address = re.search(r'class="btn btn-primary" href="([^"]+)"', page)
    assert address is not None
    assert "belongs to another account" in visitor.get(come(html.unescape(address[1]))).text
    assert not providers.is_linked(org.house, org["chair"].person_id)


def test_who_one_is_can_be_proved_at_the_provider_which_has_to_ask_anew(visitor: Visitor, org: Organisation, provider: Provider) -> None:
    link(org, "chair")
    visitor.sign_in("chair")
    with hold(now() + 6 * MINUTE):
        provider.ahead = 360
        provider.lies = {"auth_time": now() // 1_000_000 - 3600}
        assert visitor.get(go(visitor, "/sign-in/provider?for=prove&next=/account")).status_code == 401
        provider.lies = {}
        assert visitor.get(go(visitor, "/sign-in/provider?for=prove&next=/account")).headers["Location"] == "/account"
        assert provider.asked[-1]["prompt"] == "login"
        csrf = re.search(r'csrf_token" value="([^"]+)"', visitor.get("/account").text)
        assert csrf is not None
        assert visitor.client.post("/account/factors/sheet", data={"csrf_token": csrf[1]}, headers=OURS).status_code == 200
        provider.subject = "someone else"
        assert visitor.get(go(visitor, "/sign-in/provider?for=prove&next=/account")).status_code == 401


def test_nothing_of_a_sign_in_that_is_under_way_can_be_used_from_a_copy_of_the_database(visitor: Visitor, org: Organisation) -> None:
    state = parse_qs(urlsplit(visitor.get("/sign-in/provider").headers["Location"]).query)["state"][0]
    with org.house.db.reading() as s:
        assert state not in s.execute(select(sign_in_state.c.state_hash)).scalar_one()


def test_without_a_provider_there_is_no_door_to_one(settings: Settings, org: Organisation) -> None:
    visitor = Visitor(create_app(settings, replace(org.house, provider=None)))
    assert visitor.get("/sign-in/provider").status_code == 404
    assert "/sign-in/provider" not in visitor.get("/sign-in").text


def test_another_implementation_of_a_provider_is_understood(settings: Settings, org: Organisation) -> None:
    with oidc_provider_mock.run_server_in_thread() as server:
        issuer = f"http://localhost:{server.server_port}"
        org.house.provider = house.Provider(issuer, CLIENT, SECRET)
        link(org, "chair", "chair-there")
        visitor = Visitor(create_app(settings, org.house))
        address = visitor.get("/sign-in/provider").headers["Location"]
        back = requests.post(address, data={"sub": "chair-there"}, allow_redirects=False, timeout=10).headers["Location"]
        assert visitor.get(f"{urlsplit(back).path}?{urlsplit(back).query}").headers["Location"] == "/"
        assert visitor.get("/").status_code == 200

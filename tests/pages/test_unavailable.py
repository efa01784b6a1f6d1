"""When the database cannot be reached, both doors say so, and go on by themselves as soon as it is back."""

from __future__ import annotations

import psycopg
import pytest
from flask import Flask
from sqlalchemy import make_url

from config import Settings
from inspect_app.services.house import House
from inspect_app.services.tokens import create_token
from tests.conftest import application
from tests.pages.test_notices import signed_in
from tests.services.organisation import Organisation

pytestmark = [pytest.mark.postgresql, pytest.mark.parametrize("settings", ["postgresql"], indirect=True)]


@pytest.fixture
def app(settings: Settings, org: Organisation) -> Flask:
    return application(settings, org.house)


def let_go(settings: Settings) -> None:
    """The server ends every connection, as it does when it is restarted."""
    with psycopg.connect(make_url(settings.database_owner_url or settings.database_url).set(drivername="postgresql")
                         .render_as_string(hide_password=False), autocommit=True) as owner:
        owner.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename <> current_user")


def test_the_json_door_asks_to_send_it_again(settings: Settings, app: Flask, org: Organisation, house: House) -> None:
    client, headers = app.test_client(use_cookies=False), {"Authorization": f"Bearer {create_token(house, 'chair', 'test', 'read', 30)}"}
    assert client.get("/api/v1/cases", headers=headers).status_code == 200
    let_go(settings)
    answer = client.get("/api/v1/cases", headers=headers)
    assert (answer.status_code, answer.mimetype, answer.headers["Retry-After"]) == (503, "application/problem+json", "5")
    assert answer.json is not None and answer.json["type"] == "/problems/unavailable"
    assert client.get("/api/v1/cases", headers=headers).status_code == 200


def test_a_page_says_it_in_the_language_of_the_browser_without_asking_the_database(settings: Settings, app: Flask, org: Organisation) -> None:
    visitor = signed_in(app, "chair")
    assert visitor.get("/").status_code == 200
    let_go(settings)
    answer = visitor.client.get("/", headers={"Accept-Language": "en"})
    assert answer.status_code == 503
    assert "Not to be reached just now" in answer.text
    assert visitor.get("/").status_code == 200

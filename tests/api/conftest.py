"""An application over a small organisation, and callers with tokens of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config import Settings
from inspect_app.services.house import House
from inspect_app.services.tokens import create_token
from tests.conftest import application
from tests.services.organisation import Organisation

BASE = "/api/v1"


@pytest.fixture
def app(settings: Settings, house: House) -> Flask:
    return application(settings, house)


@dataclass
class Caller:
    """A program that speaks for one person, with a token; it remembers nothing."""

    client: FlaskClient
    token: str | None
    keys: Iterator[int] = field(default_factory=count)

    def headers(self, **more: str) -> dict[str, str]:
        told = {name.replace("_", "-"): value for name, value in more.items()}
        return told | ({"Authorization": f"Bearer {self.token}"} if self.token else {})

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(path if path.startswith("/api") else BASE + path, headers=self.headers(**headers))

    def post(self, path: str, body: Any, **headers: str) -> TestResponse:
        return self.client.post(BASE + path, json=body, headers=self.headers(**headers))

    def raw(self, path: str, body: bytes | str, content_type: str = "application/json", **headers: str) -> TestResponse:
        return self.client.post(BASE + path, data=body, content_type=content_type, headers=self.headers(**headers))

    def act(self, case: str, seen: int, trigger: str, key: str | None = None, **data: Any) -> TestResponse:
        more = {"Idempotency_Key": key} if key else {}
        return self.post(f"/cases/{case}/events", {"trigger": trigger, "data": data}, If_Match=f'"{seen}"', **more)

    def open(self, key: str | None = None, **changed: Any) -> TestResponse:
        body = {"workflow": "inspection", "unit": "W1", "title": "Drug book",
                "data": {"source": "signal", "what": "The drug book had gaps on 3 May 2026."}} | changed
        return self.post("/cases", body, Idempotency_Key=key or f"k{next(self.keys)}")


@dataclass
class Callers:
    """Callers by login, made when they are first asked for."""

    app: Flask
    org: Organisation
    made: dict[str, Caller] = field(default_factory=dict)

    def __getitem__(self, login: str) -> Caller:
        if login not in self.made:
            self.made[login] = self.with_scopes(login, "read write decide export administer")
        return self.made[login]

    def with_scopes(self, login: str, scopes: str) -> Caller:
        return Caller(self.app.test_client(use_cookies=False), create_token(self.org.house, login, "test", scopes, 30))

    def nobody(self) -> Caller:
        return Caller(self.app.test_client(use_cookies=False), None)


@pytest.fixture
def callers(app: Flask, org: Organisation) -> Callers:
    return Callers(app, org)

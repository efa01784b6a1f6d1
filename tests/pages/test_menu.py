"""The menu at the head of every page: grouped, by right, and nowhere a door that is shut; and whether pages are light or dark."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from config import Settings
from inspect_app.pages.menu import GROUPS
from tests.conftest import application
from tests.pages.test_pages import OURS, Visitor
from tests.services.organisation import Organisation

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
PEOPLE = ("chair", "officer", "head", "auditor", "admin")


@pytest.fixture
def app(settings: Settings, org: Organisation) -> Flask:
    return application(settings, org.house)


def menu_of(visitor: Visitor) -> str:
    found = re.search(r"<nav id=\"places\".*?</nav>", visitor.get("/").text, re.S)
    assert found is not None
    return found[0]


@pytest.mark.parametrize("login", PEOPLE)
def test_every_place_of_the_menu_opens_to_whom_it_is_shown(app: Flask, login: str) -> None:
    visitor = Visitor(app)
    visitor.sign_in(login)
    links = re.findall(r'href="([^"]+)"', menu_of(visitor))
    assert len(links) == len(set(links)) > 5
    assert {link: visitor.client.get(link, follow_redirects=True).status_code for link in links} == dict.fromkeys(links, 200)


def test_what_one_has_no_right_to_is_not_in_the_menu_and_an_empty_group_is_none(app: Flask) -> None:
    head, admin = Visitor(app), Visitor(app)
    head.sign_in("head")
    admin.sign_in("admin")
    assert "/organisation/people" not in menu_of(head) and 'id="menu-administration"' not in menu_of(head)
    assert "/organisation/people" in menu_of(admin) and 'id="menu-administration"' in menu_of(admin)
    assert 'id="menu-programme"' not in menu_of(admin) and len(GROUPS["programme"]) == 1, "a group with one place is that place"


def test_the_reader_chooses_light_or_dark_and_nothing_else(app: Flask) -> None:
    visitor = Visitor(app)
    visitor.sign_in("chair")
    csrf = re.search(r'csrf_token" value="([^"]+)"', visitor.get("/").text)
    assert csrf is not None
    seen = {}
    for theme in ("auto", "dark", "light", '"><script>'):
        visitor.client.post("/theme", data={"csrf_token": csrf[1], "theme": theme, "next": "/cases"}, headers=OURS)
        seen[theme] = re.findall(r'dark\.css" media="([^"]+)"', visitor.get("/").text)
    assert seen == {"auto": ["(prefers-color-scheme: dark)"], "dark": ["screen"], "light": [], '"><script>': []}

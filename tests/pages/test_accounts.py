"""The page of a person: their account is given, closed, opened again; a link is handed over; and the history says so in words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import insert

from config import Settings
from inspect_app import i18n
from inspect_app.models import one_time_code
from inspect_app.now import now
from inspect_app.services import identity, persons
from inspect_app.services.sessions import Place
from tests.conftest import application
from tests.pages.test_pages import OURS, Visitor
from tests.services.organisation import CONSOLE, PASSWORD, Organisation
from workflows.words import LANGUAGES

SERVICES = Path(__file__).resolve().parents[2] / "inspect_app" / "services"


@pytest.fixture
def app(settings: Settings, org: Organisation) -> Flask:
    return application(settings, org.house)


@pytest.fixture
def admin(app: Flask) -> Iterator[Visitor]:
    visitor = Visitor(app)
    visitor.sign_in("admin")
    yield visitor


def handed(admin: Visitor, there: str) -> tuple[int, list[str]]:
    csrf = re.findall(r'name="csrf_token" value="([^"]+)"', admin.get(there).text)[-1]
    answer = admin.client.post(f"{there}/link", data={"csrf_token": csrf}, headers=OURS)
    return answer.status_code, re.findall(r"<code[^>]*>\S*(/welcome/[^<]+)</code>", answer.text)


def test_an_account_is_given_to_whoever_has_none_and_its_link_handed_over(app: Flask, admin: Visitor, org: Organisation) -> None:
    uid = persons.add_person(org.house, CONSOLE, "Nguyễn Thị Ánh", "W1").facts["person"]
    there = f"/organisation/people/{uid}"
    assert "No account" in admin.get(there).text
    assert admin.send(f"/organisation/do/give-account?person={uid}", login="chair", language="en").status_code == 422
    assert admin.send(f"/organisation/do/give-account?person={uid}", login="anh", language="en").headers["Location"] == there
    (link,) = handed(admin, there)[1]
    anh = Visitor(app)
    assert anh.send(link, password="a long walk by the river", again="a long walk by the river").status_code == 303
    assert anh.sign_in("anh", "a long walk by the river").status_code == 303


def test_an_account_is_closed_on_the_page_and_its_person_is_out_at_the_next_request(app: Flask, admin: Visitor, org: Organisation) -> None:
    one, there = Visitor(app), f"/organisation/people/{org['one'].id}"
    one.sign_in("one")
    assert one.get("/").status_code == 200 and "Sign out everywhere" in admin.get(there).text
    assert admin.send(f"/organisation/do/close-account?person={org['one'].id}").status_code == 303
    assert one.get("/").status_code == 303
    page = admin.get(there).text
    assert "nobody comes in by it" in page and "Open it again" in page and "/link" not in page
    assert admin.send(f"/organisation/do/open-account?person={org['one'].id}").status_code == 303
    assert one.sign_in("one").status_code == 303
    assert admin.send(f"/organisation/do/close-account?person={org['admin'].id}").status_code == 422


def test_somebody_is_signed_out_and_their_programs_stop_from_the_page(app: Flask, admin: Visitor, org: Organisation) -> None:
    identity.sign_in(org.house, "one", PASSWORD, Place("10.0.0.1"))
    admin.send("/account/tokens", name="mine", days="3")
    for name in ("sign-out-person", "revoke-tokens"):
        assert admin.send(f"/organisation/do/{name}?person={org['one'].id}").status_code == 303
    assert "Sign out everywhere" not in admin.get(f"/organisation/people/{org['one'].id}").text


def test_whoever_a_link_for_a_new_password_was_made_for_is_told(app: Flask, admin: Visitor, org: Organisation) -> None:
    there, one = f"/organisation/people/{org['one'].id}", Visitor(app)
    one.sign_in("one")
    assert handed(admin, there) == (404, []) and "inspect-app user link" in admin.get(there).text
    assert "one-time link for" not in one.get("/account").text
    with org.house.db.atomic() as session:
        session.execute(insert(one_time_code).values(person_id=org["one"].person_id, code_hash="0" * 64, made_at=now()))
    (link,) = handed(admin, there)[1]
    assert "was not used" in one.get("/account").text
    assert Visitor(app).send(link, password="a long walk", again="a long walk").status_code == 303
    assert one.get("/").status_code == 303


def test_a_unit_stands_outside_is_dissolved_and_goes_on_and_its_successor_is_named_later(admin: Visitor, org: Organisation) -> None:
    persons.move_person(org.house, CONSOLE, "one", "W1", "2024-01-01")
    assert admin.send("/organisation/do/change-unit?unit=AB", name="Board of appeal").status_code == 303
    assert "outside" not in admin.get("/organisation/units/AB").text
    assert admin.send("/organisation/do/change-unit?unit=AB", name="Board of appeal", external="y").status_code == 303
    assert "outside" in admin.get("/organisation/units/AB").text
    assert admin.send("/organisation/do/dissolve-unit?unit=W1", dissolved_on="2026-01-31").status_code == 303
    page = admin.get("/organisation/units/W1").text
    assert "Name the successor" in page and "Take it back" in page
    assert 'value="2026-01-31"' in admin.get("/organisation/do/dissolve-unit?unit=W1").text
    assert admin.send("/organisation/do/dissolve-unit?unit=W1", dissolved_on="2026-01-31", successor="W2").status_code == 303
    assert "Ward 2" in admin.get(f"/organisation/people/{org['one'].id}").text
    assert admin.send("/organisation/do/restore-unit?unit=W1").status_code == 303
    assert "dissolved on" not in admin.get("/organisation/units/W1").text
    assert "Ward 1" in admin.get("/organisation?q=ward+1").text and "Ward 2" not in admin.get("/organisation?q=ward+1").text


def test_matters_of_a_delegation_are_ticked_and_said_as_they_are_called(admin: Visitor, org: Organisation) -> None:
    told = {"from": org["head"].id, "to": org["one"].id, "until": "2999-12-31", "reason": "leave"}
    form = "/organisation/do/delegate?office=head-w1"
    assert 'value="shortcoming"' in admin.get(form).text
    assert admin.send(form, told=told, scope=["responsibility", "shortcoming"]).status_code == 303
    page = admin.get("/organisation/offices/head-w1").text
    assert "Responsibility of the head" in page and "responsibility shortcoming" not in page


def test_the_set_up_leads_to_what_is_missing_and_back(admin: Visitor, org: Organisation) -> None:
    page = admin.get("/setup").text
    assert "kind=body" in page and "/organisation/do/add-person?then=setup" in page
    made = admin.send("/organisation/do/add-unit?kind=body&then=setup", code="APP", name="Appeals", kind="body")
    assert (made.status_code, made.headers["Location"]) == (303, "/setup")
    assert "Appeals" in admin.get("/setup").text


def test_a_second_record_of_the_same_name_is_pointed_out_until_it_is_noted(admin: Visitor, org: Organisation) -> None:
    uid = persons.add_person(org.house, CONSOLE, "One Person", "W2").facts["person"]
    for there in (uid, org["one"].id):
        assert "Others of this name" in admin.get(f"/organisation/people/{there}").text
    assert f'selected value="{org["one"].id}"' in admin.get(f"/organisation/do/same?person={uid}&same_as={org['one'].id}").text
    assert admin.send(f"/organisation/do/same?person={uid}", same_as=org["one"].id).status_code == 303
    for there in (uid, org["one"].id):
        assert "Others of this name" not in admin.get(f"/organisation/people/{there}").text


def acts_noted() -> set[str]:
    """The names of every administrative act in the source: what is noted, and what the works of `carry_out` return."""
    found: set[str] = set()
    for path in SERVICES.glob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "chronicle.note":
                found |= {c.value for c in ast.walk(node.args[3]) if isinstance(c, ast.Constant) and isinstance(c.value, str) and len(node.args) > 3}
            if isinstance(node, ast.FunctionDef) and node.name == "work":
                for one in ast.walk(node):
                    if isinstance(one, ast.Return) and isinstance(one.value, ast.Tuple) and isinstance(one.value.elts[0], ast.Constant):
                        found.add(str(one.value.elts[0].value))
    return found - {"totp"}


def test_every_administrative_act_has_words_in_every_language() -> None:
    noted = acts_noted()
    assert {"add_office", "close_account", "make_link", "remove_app", "publish_figures"} <= noted
    for language in LANGUAGES:
        known = i18n.messages(language)
        assert {what for what in noted if f"orgact.{what}" not in known} == set()
        for verb in ("add", "rename", "move", "dissolve", "change"):
            assert {f"orgact.{verb}_unit", f"orgact.{verb}_body"} <= set(known)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_history_is_told_in_words_and_not_in_codes(app: Flask, admin: Visitor, org: Organisation, language: str) -> None:
    uid = persons.add_person(org.house, CONSOLE, "Nguyễn Thị Ánh", "W1").facts["person"]
    admin.send(f"/organisation/do/give-account?person={uid}", login="anh", language="vi")
    admin.send("/organisation/do/change-unit?unit=W1", name="Ward one")
    admin.send(f"/organisation/do/grant?person={uid}", role="unit_lead", unit="W1")
    admin.send("/organisation/do/delegate?office=head-w1",
               told={"from": org["head"].id, "to": org["one"].id, "until": "2999-12-31", "reason": "leave"}, scope=["shortcoming"])
    admin.send("/language", language=language, next="/")
    page = admin.get("/organisation/history").text
    said = {"en": ("Gave an account", "Name, before", "unit leader", "31 Dec 2999", "Shortcoming and action"),
            "vi": ("Cấp tài khoản", "Tên, trước đó", "31/12/2999", "Tiếng Việt")}[language]
    assert [words for words in said if words.casefold() not in page.casefold()] == []
    assert not re.search(r"<dt>[a-z]+_[a-z_]+</dt>|<strong>[a-z]+_?[a-z_]*</strong>", page)

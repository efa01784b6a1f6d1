"""The pages of administration: for administrators alone; a form for each act; a file is looked at before it is written."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select, update

from config import Settings
from inspect_app.models import account, installation, role_grant
from inspect_app.pages.organisation import FORMS
from inspect_app.services import organisation_views, setup
from tests.conftest import application
from tests.pages.test_pages import OURS, Visitor
from tests.services.organisation import Organisation

PLACES = (
    "/organisation",
    "/organisation/units/W1",
    "/organisation/offices/head-w1",
    "/organisation/people",
    "/organisation/calendars",
    "/organisation/do/add-calendar",
    "/organisation/import",
    "/organisation/history",
    "/setup",
    "/organisation/do/add-unit",
)


@pytest.fixture
def app(settings: Settings, org: Organisation) -> Flask:
    return application(settings, org.house)


@pytest.fixture
def admin(app: Flask) -> Iterator[Visitor]:
    visitor = Visitor(app)
    visitor.sign_in("admin")
    yield visitor


def test_the_pages_are_for_administrators_alone(app: Flask, admin: Visitor) -> None:
    chair = Visitor(app)
    chair.sign_in("chair")
    for place in PLACES:
        assert admin.get(place).status_code == 200, place
        assert chair.get(place).status_code == 403, place
    assert "/organisation" in admin.get("/").text and 'href="/organisation"' not in chair.get("/").text


@pytest.mark.parametrize("name", sorted(FORMS))
def test_every_form_can_be_opened_and_says_what_is_missing(admin: Visitor, org: Organisation, name: str) -> None:
    told = "calendar=ours&on=2027-03-08&ruleset=generic&kind=order&language=en"
    where = f"/organisation/do/{name}?unit=W1&office=head-w1&person={org['one'].id}&number=1&other={org['two'].id}&{told}"
    assert admin.get(where).status_code == 200
    answer = admin.send(where)
    assert answer.status_code in (303, 422)
    if answer.status_code == 422:
        assert 'role="alert"' in answer.text


def test_a_form_needs_what_it_is_about(admin: Visitor) -> None:
    for where in (
        "/organisation/do/appoint",
        "/organisation/do/end-grant?person=x&number=many",
        "/organisation/do/nothing",
        "/organisation/units/none",
    ):
        assert admin.get(where).status_code == 404


def test_someone_is_appointed_and_the_page_says_who_answers_and_why(admin: Visitor, org: Organisation) -> None:
    answer = admin.send("/organisation/do/appoint?office=head-w1", person=org["deputy"].id)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/organisation/offices/head-w1")
    page = admin.get("/organisation/offices/head-w1").text
    assert page.index("Deputy Person") < page.index("Head Person") and "holds the office" in page
    admin.send("/organisation/do/delegate?office=head-w1", told={"from": org["deputy"].id}, to=org["one"].id, until="2999-12-31", reason="leave")
    assert "delegated by Deputy Person" in admin.get("/organisation/units/W1").text
    assert admin.send("/organisation/do/appoint?office=head-w1", person=org["deputy"].id).status_code == 422


def test_the_last_administrator_cannot_end_their_own_grant(admin: Visitor, org: Organisation) -> None:
    with org.house.db.reading() as session:
        number = session.execute(select(role_grant.c.id).where(role_grant.c.person_id == org["admin"].person_id)).scalar_one()
    answer = admin.send(f"/organisation/do/end-grant?person={org['admin'].id}&number={number}")
    assert answer.status_code == 422 and "nobody who administers the house" in answer.text
    assert admin.get("/organisation").status_code == 200


def test_a_form_sent_twice_adds_once(admin: Visitor, org: Organisation) -> None:
    page = admin.get("/organisation/do/add-unit").text
    hidden = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', page[page.index('class="act') :]))
    told = hidden | {"code": "W3", "name": "Ward 3", "kind": "unit", "under": "HQ"}
    answers = [admin.client.post("/organisation/do/add-unit", data=told, headers=OURS) for _ in range(2)]
    assert [(a.status_code, a.headers["Location"]) for a in answers] == [(303, "/organisation/units/W3")] * 2
    assert sum(row["facts"].get("code") == "W3" for row in organisation_views.history(org.house)) == 1


def test_a_file_is_looked_at_first_and_written_on_a_second_word(admin: Visitor, org: Organisation) -> None:
    def send(**told: object) -> str:
        page = admin.get("/organisation/import").text
        hidden = dict(re.findall(r'<input type="hidden" name="(csrf_token)" value="([^"]*)"', page))
        return admin.client.post("/organisation/import", data=hidden | told, headers=OURS, content_type="multipart/form-data").text

    looked = send(file=(io.BytesIO(b"code,name,under\nW7,Ward 7,HQ\n"), "units.csv"))
    assert "Nothing is written yet" in looked
    assert "W7" not in {row["code"] for row in organisation_views.tree(org.house)}
    [kept] = re.findall(r'name="kept" value="([^"]+)"', looked)
    send(kept=kept)
    assert "W7" in {row["code"] for row in organisation_views.tree(org.house)}
    assert "no unit with the code “X”" in send(file=(io.BytesIO(b"code,name,under\nW8,Ward 8,X\n"), "units.csv"))
    assert 'role="alert"' in send() and 'role="alert"' in send(kept="rubbish")
    with org.house.db.atomic("all") as session:
        session.execute(update(account).where(account.c.login == "admin").values(language="vi"))
    assert "units.csv không theo bảng mã UTF-8; hãy lưu thành" in send(file=(io.BytesIO(b"\xff\xfe"), "units.csv"))


def test_the_organisation_is_taken_out_and_that_is_recorded(admin: Visitor, org: Organisation) -> None:
    page = admin.get("/organisation/import").text
    token = re.search(r'name="csrf_token" value="([^"]*)"', page)
    assert token is not None
    for form, begins in (("json", b"{"), ("csv", b"PK")):
        answer = admin.client.post("/organisation/export", data={"csrf_token": token[1], "format": form}, headers=OURS)
        assert answer.data.startswith(begins) and "attachment" in answer.headers["Content-Disposition"]
    assert admin.get("/organisation/history").text.count("Took the organisation out") == 2


def test_a_refused_opening_leads_to_the_set_up(app: Flask, admin: Visitor, org: Organisation) -> None:
    with org.house.db.atomic() as session:
        session.execute(installation.delete().where(installation.c.name.in_(setup.NAMES)))
    officer = Visitor(app)
    officer.sign_in("officer")
    told = {"unit": "W1", "title": "Drug book", "source": "signal", "what": "The drug book had gaps on 3 May 2026."}
    refused = officer.send("/cases/new/inspection", told=told)
    assert refused.status_code == 422 and "Ask your administrator" in refused.text
    assert "Set-up" in admin.get("/organisation").text
    assert admin.send("/setup", appeal_body="W1", contact=org["contact"].id).status_code == 422
    assert admin.send("/setup", appeal_body="AB", contact=org["contact"].id).status_code == 303
    assert "Appeal board decides appeals" in admin.get("/setup").text
    assert officer.send("/cases/new/inspection", told=told).status_code == 303


def test_a_calendar_is_kept_by_its_forms_and_shown_by_year(admin: Visitor, org: Organisation) -> None:
    made = admin.send("/organisation/do/add-calendar", code="ours", title="Our calendar")
    assert (made.status_code, made.headers["Location"]) == (303, "/organisation/calendars/ours")
    assert admin.send("/organisation/do/set-day?calendar=ours", on="2027-03-08", works="off", what="A holiday").status_code == 303
    page = admin.get("/organisation/calendars/ours?year=2027").text
    assert "A holiday" in page and "Version 2" in page and "A holiday" not in admin.get("/organisation/calendars/ours?year=2026").text
    assert admin.send("/organisation/do/change-calendar?calendar=ours", title="Ours", week="", choose="y").status_code == 303
    assert admin.send("/organisation/do/remove-day?calendar=ours&on=2027-03-08").status_code == 303
    assert admin.send("/organisation/do/note-outage", since="2027-03-08", until="2027-03-09", reason="no electricity").status_code == 303
    listed = admin.get("/organisation/calendars").text
    assert "Ours" in listed and "chosen by the house" in listed and "no electricity" in listed
    told = admin.get("/organisation/history").text
    assert "Changed a calendar" in told
    assert admin.get("/organisation/calendars/none").status_code == 404


def test_a_link_is_handed_over_to_whoever_never_signed_in_and_to_nobody_else(app: Flask, admin: Visitor, org: Organisation) -> None:
    there = str(admin.send("/organisation/do/add-person", name="New Person", unit="W1", login="newcomer").headers["Location"])
    csrf = re.findall(r'name="csrf_token" value="([^"]+)"', admin.get(there).text)[-1]

    def asked(path: str) -> tuple[int, list[str]]:
        answer = admin.client.post(f"{path}/link", data={"csrf_token": csrf}, headers=OURS)
        return answer.status_code, re.findall(r"<code[^>]*>\S*(/welcome/[^<]+)</code>", answer.text)

    (first,), (second,) = asked(there)[1], asked(there)[1]
    newcomer = Visitor(app)
    assert newcomer.get(first).status_code == 404
    assert newcomer.send(second, password="a long walk by the river", again="a long walk by the river").status_code == 303
    assert newcomer.sign_in("newcomer", "a long walk by the river").status_code == 303
    assert "/link" not in admin.get(there).text
    for path in (there, f"/organisation/people/{org['chair'].id}"):
        assert asked(path) == (404, [])
    assert "Used a one-time link" in admin.get("/organisation/history").text

"""The HTML door: who may come in, what is refused and how, and that a form acts once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from config import Settings
from inspect_app.app import create_app
from inspect_app.models import account, event, session
from inspect_app.now import hold, now
from inspect_app.services import sessions
from tests.conftest import application
from tests.services.organisation import PASSWORD, Organisation

OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def app(settings: Settings, org: Organisation) -> Flask:
    return application(settings, org.house)


class Visitor:
    """A browser with its cookie."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()

    def sign_in(self, login: str, password: str = PASSWORD) -> TestResponse:
        return self.client.post("/sign-in", data={"login": login, "password": password}, headers=OURS)

    def get(self, path: str) -> TestResponse:
        return self.client.get(path)

    def send(self, path: str, headers: Mapping[str, str] | None = None, told: Mapping[str, Any] | None = None, **data: Any) -> TestResponse:
        """Open a form's page, fill it in and send it, with what it hides."""
        page = self.get(path).text
        form = page[page.index('class="act'):] if 'class="act' in page else page
        hidden = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', form))
        return self.client.post(path, data=hidden | dict(told or {}) | data, headers=OURS if headers is None else headers)


@pytest.fixture
def visitor(app: Flask) -> Iterator[Visitor]:
    yield Visitor(app)


REGISTER = {"unit": "W1", "title": "Drug book", "source": "signal", "what": "The drug book had gaps on 3 May 2026."}


def events(org: Organisation) -> int:
    with org.house.db.reading("all") as s:
        return int(s.execute(select(func.count()).select_from(event).where(event.c.dossier_id.is_not(None))).scalar_one())


def test_who_is_not_signed_in_is_led_to_the_door_and_back(visitor: Visitor) -> None:
    answer = visitor.get("/cases?q=book")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in?next=/cases?q%3Dbook") or "next=" in answer.headers["Location"]
    assert visitor.client.post("/sign-in", data={"login": "chair", "password": PASSWORD, "next": "/cases?q=book"},
                               headers=OURS).headers["Location"] == "/cases?q=book"


@pytest.mark.parametrize("after", ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example", "javascript:alert(1)"])
def test_the_way_back_never_leads_elsewhere(visitor: Visitor, after: str) -> None:
    answer = visitor.client.post("/sign-in", data={"login": "chair", "password": PASSWORD, "next": after}, headers=OURS)
    assert answer.headers["Location"] == "/"


def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(visitor: Visitor) -> None:
    assert visitor.sign_in("chair", "wrong").text == visitor.sign_in("nobody", "wrong").text
    assert visitor.sign_in("chair", "wrong").status_code == 401


def test_the_cookie_is_kept_from_scripts_and_the_database_knows_only_its_hash(visitor: Visitor, org: Organisation) -> None:
    cookie = visitor.sign_in("chair").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    secret = cookie.split("=", 1)[1].split(";")[0]
    with org.house.db.reading("all") as s:
        assert secret not in s.execute(select(session.c.token_hash)).scalars().all()


def test_a_session_ends_when_idle_when_old_and_when_everything_is_signed_out(visitor: Visitor, org: Organisation) -> None:
    visitor.sign_in("chair")
    assert visitor.get("/").status_code == 200
    with hold(now() + sessions.IDLE + 1):
        assert visitor.get("/").status_code == 303
    with org.house.db.atomic("all") as s:
        s.execute(update(account).values(epoch=account.c.epoch + 1))
    assert visitor.get("/").status_code == 303


def test_signing_out_ends_the_session_itself(visitor: Visitor) -> None:
    visitor.sign_in("chair")
    kept = visitor.client.get_cookie("sid")
    assert kept is not None
    visitor.send("/cases", OURS)
    csrf = re.search(r'csrf_token" value="([^"]+)"', visitor.get("/").text)
    assert csrf is not None
    visitor.client.post("/sign-out", data={"csrf_token": csrf[1]}, headers=OURS)
    visitor.client.set_cookie("sid", kept.value)
    assert visitor.get("/").status_code == 303


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://elsewhere.example"}, {}])
def test_a_form_of_another_site_is_refused(visitor: Visitor, org: Organisation, headers: dict[str, str]) -> None:
    visitor.sign_in("officer")
    before = events(org)
    assert visitor.send("/cases/new/inspection", headers, REGISTER).status_code == 400
    assert events(org) == before


def test_a_form_without_the_sessions_token_is_refused(visitor: Visitor, org: Organisation) -> None:
    visitor.sign_in("officer")
    assert visitor.client.post("/cases/new/inspection", data=REGISTER, headers=OURS).status_code == 400
    assert events(org) == 0


def test_every_answer_has_the_strict_headers(visitor: Visitor) -> None:
    for path in ("/sign-in", "/nowhere", "/static/app.css"):
        headers = visitor.get(path).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
    visitor.sign_in("chair")
    assert visitor.get("/").headers["Cache-Control"] == "no-store"


def test_a_form_sent_twice_acts_once(visitor: Visitor, org: Organisation) -> None:
    visitor.sign_in("officer")
    page = visitor.get("/cases/new/inspection").text
    hidden = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', page[page.index('class="act'):]))
    one, two = (visitor.client.post("/cases/new/inspection", data=hidden | REGISTER, headers=OURS) for _ in range(2))
    assert one.status_code == two.status_code == 303
    assert one.headers["Location"] == two.headers["Location"]
    assert events(org) == 1


def test_wrong_fields_are_all_named_and_what_was_typed_stays(visitor: Visitor, org: Organisation) -> None:
    visitor.sign_in("officer")
    answer = visitor.send("/cases/new/inspection", what="a & b")
    assert answer.status_code == 422
    for name in ("unit", "source", "what"):
        assert f'id="wrong-{name}"' in answer.text
    assert "a &amp; b" in answer.text
    assert events(org) == 0


def test_a_stale_form_is_said_to_be_stale_and_keeps_what_was_typed(visitor: Visitor, org: Organisation) -> None:
    case = org.open().case
    visitor.sign_in("officer")
    path = f"/cases/{case}/acts/assess"
    page = visitor.get(path).text
    hidden = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', page[page.index('class="act'):]))
    org.act("officer", case, "note_for_record", note="something new")
    answer = visitor.client.post(path, data=hidden | {"assessment": "typed with care", "no_duplicate": "y"}, headers=OURS)
    assert answer.status_code == 412
    assert "typed with care" in answer.text


def test_a_refused_act_shows_every_guard(visitor: Visitor, org: Organisation) -> None:
    case = org.open().case
    org.act("officer", case, "assess", assessment="founded", no_duplicate=True)
    org.act("officer", case, "propose", work_type="suspicion", why="it repeats")
    visitor.sign_in("chair")
    told = {"team_lead": org["lead"].id, "lead_declared": "clean", "team-0-person": org["one"].id, "team-0-declared": "conflict",
            "period_from": "2026-02-01", "period_to": "2026-01-01", "plan": "two days"}
    answer = visitor.send(f"/cases/{case}/acts/issue", told=told)
    assert answer.status_code == 422
    assert answer.text.count('class="fails"') == 3


def test_a_row_is_added_and_taken_away_by_a_button_and_nothing_happens(visitor: Visitor, org: Organisation) -> None:
    case = org.open().case
    org.act("officer", case, "assess", assessment="founded", no_duplicate=True)
    org.act("officer", case, "propose", work_type="suspicion", why="it repeats")
    visitor.sign_in("chair")
    path, before = f"/cases/{case}/acts/issue", events(org)
    more = visitor.send(path, add="team", told={"team-0-person": org["one"].id, "team-0-declared": "clean"})
    assert more.text.count('class="row-box"') == 2
    fewer = visitor.send(path, remove="team-0", told={"team-0-person": org["one"].id, "team-1-person": org["two"].id})
    assert fewer.text.count('class="row-box"') == 1
    assert f'selected value="{org["two"].id}"' in fewer.text or f'value="{org["two"].id}" selected' in fewer.text
    assert events(org) == before


def test_a_case_that_is_not_mine_is_not_there_in_any_page(visitor: Visitor, org: Organisation) -> None:
    case = org.open().case
    visitor.sign_in("stranger")
    answers = [visitor.get(path) for path in (f"/cases/{case}", f"/cases/{case}/acts/assess", "/cases/00000000-0000-4000-8000-000000000000")]
    assert {a.status_code for a in answers} == {404}
    assert len({re.sub(r"/cases/[^\"?]+", "", a.text) for a in answers}) == 1
    assert "Drug book" not in visitor.get("/cases?show=all").text


def test_an_act_that_is_not_possible_now_says_what_is(visitor: Visitor, org: Organisation) -> None:
    case = org.open().case
    visitor.sign_in("officer")
    answer = visitor.get(f"/cases/{case}/acts/propose")
    assert answer.status_code == 409
    assert "assess" in answer.text


def test_a_party_reads_what_is_for_parties_only(visitor: Visitor, org: Organisation) -> None:
    case = org.ordered()
    org.act("lead", case, "launch", office="head-w1", served_on="2026-01-05", rights_notice=True)
    org.act("officer", case, "note_for_record", note="only for those who handle it")
    visitor.sign_in("head")
    page = visitor.get(f"/cases/{case}")
    assert page.status_code == 200
    assert "only for those who handle it" not in page.text
    assert "The drug book had gaps" not in page.text.replace("Drug book", "")


def test_the_page_of_a_case_says_the_next_limit_and_why_it_ends_on_its_day(visitor: Visitor, org: Organisation) -> None:
    case = org.ordered()
    org.act("lead", case, "launch", office="head-w1", served_on="2026-01-05", rights_notice=True)
    visitor.sign_in("head")
    page = visitor.get(f"/cases/{case}").text
    assert re.search(r"<summary>Next: Report of the unit, by [^<]+\. Why\?</summary>", page)
    assert "It lasts 15 working days." in page and "Why this day?" in page and "Time limits" in page


def test_the_reader_chooses_the_language_and_keeps_it(visitor: Visitor) -> None:
    visitor.sign_in("chair")
    assert visitor.get("/").text.count('lang="en"') >= 1
    csrf = re.search(r'csrf_token" value="([^"]+)"', visitor.get("/").text)
    assert csrf is not None
    visitor.client.post("/language", data={"csrf_token": csrf[1], "language": "vi"}, headers=OURS)
    assert '<html lang="vi">' in visitor.get("/").text


def test_evidence_is_kept_as_a_file_or_by_reference(visitor: Visitor, org: Organisation) -> None:
    from io import BytesIO

    case = org.open().case
    visitor.sign_in("officer")
    assert visitor.send(f"/cases/{case}/acts/add_evidence", description="the book", reference="F-12, shelf 3").status_code == 303
    page = visitor.get(f"/cases/{case}/acts/add_evidence").text
    hidden = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', page[page.index('class="act'):]))
    file = (BytesIO(b"%PDF-1.4\n%%EOF\n"), "book.pdf", "application/pdf")
    sent = visitor.client.post(f"/cases/{case}/acts/add_evidence", data=hidden | {"description": "a scan", "file": file}, headers=OURS,
                               content_type="multipart/form-data")
    assert sent.status_code == 303
    shown = visitor.get(f"/cases/{case}").text
    assert "F-12, shelf 3" in shown
    assert f"/api/v1/cases/{case}/evidence/2" in shown


def test_more_time_is_spoken_of_only_while_its_limit_runs(visitor: Visitor, org: Organisation) -> None:
    case = org.open().case
    visitor.sign_in("chair")
    told = visitor.get(f"/cases/{case}").text
    assert "Assess" in told and "Give more time" not in told
    under_way = org.ordered()
    assert "Give more time" not in visitor.get(f"/cases/{under_way}").text
    org.act("lead", under_way, "launch", office="head-w1", served_on="2026-01-05", rights_notice=True)
    assert "Give more time: the inspection" in visitor.get(f"/cases/{under_way}").text


def test_an_error_nobody_foresaw_has_a_number_and_tells_nothing(settings: Settings, org: Organisation, monkeypatch: pytest.MonkeyPatch,
                                                                 capsys: pytest.CaptureFixture[str]) -> None:
    from inspect_app.services import queries

    def broken(*_: object) -> None:
        raise RuntimeError("secret of the house")

    app = create_app(settings, org.house)
    visitor = Visitor(app)
    visitor.sign_in("chair")
    monkeypatch.setattr(queries, "work", broken)
    answer = visitor.get("/")
    assert answer.status_code == 500
    assert "secret of the house" not in answer.text
    number = re.search(r"[0-9a-f]{12}", answer.text)
    assert number is not None
    assert number[0] in capsys.readouterr().err

"""Signing in and out through the pages: nothing forged, nothing fixed, nothing replayed; and a half-typed form is never lost."""

from __future__ import annotations

import html
import re

import pyotp
import pytest
from sqlalchemy import func, select

from config import Settings
from inspect_app.app import create_app
from inspect_app.models import cases, kept_form, session
from inspect_app.now import hold, now
from inspect_app.services import factors, identity, links, sessions
from inspect_app.services.sessions import MINUTE
from tests.pages.test_pages import OURS, REGISTER, Visitor, app, events, visitor
from tests.services.organisation import PASSWORD, Organisation
from tests.services.test_identity import CONSOLE, GOOD, code_of, with_app
from workflows.words import LANGUAGES

__all__ = ["app", "visitor"]

FORGED = [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "none"}, {"Origin": "https://elsewhere.example"},
          {"Origin": "null"}, {}]


def token_of(visitor: Visitor) -> str:
    found = re.search(r'csrf_token" value="([^"]+)"', visitor.get("/account").text)
    assert found is not None
    return found[1]


def live(org: Organisation) -> int:
    with org.house.db.reading() as s:
        return int(s.execute(select(func.count()).select_from(session)).scalar_one())


def proved(visitor: Visitor, place: str) -> str:
    """Prove who one is where a page asked for it; returns where that leads."""
    page = visitor.get(place).text.partition("<main")[2]
    after = re.search(r'name="next" value="([^"]*)"', page)
    csrf = re.search(r'csrf_token" value="([^"]+)"', page)
    assert after is not None
    assert csrf is not None
    answer = visitor.client.post("/prove", data={"csrf_token": csrf[1], "next": html.unescape(after[1]), "password": PASSWORD}, headers=OURS)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def ready(org: Organisation) -> str:
    """A case that the chair may order."""
    case = org.open().case
    org.act("officer", case, "assess", assessment="founded", no_duplicate=True)
    org.act("officer", case, "propose", work_type="suspicion", why="it repeats")
    return f"/cases/{case}/acts/issue"


def order(org: Organisation) -> dict[str, str]:
    return {"team_lead": org["lead"].id, "lead_declared": "clean", "team-0-person": org["one"].id, "team-0-declared": "clean",
            "team-1-person": org["two"].id, "team-1-declared": "clean", "period_from": "2026-01-01", "period_to": "2027-12-31",
            "plan": "two days < on site"}


@pytest.mark.parametrize("headers", FORGED)
def test_a_sign_in_from_another_site_is_refused(visitor: Visitor, org: Organisation, headers: dict[str, str]) -> None:
    answer = visitor.client.post("/sign-in", data={"login": "chair", "password": PASSWORD}, headers=headers)
    assert answer.status_code == 400
    assert "Set-Cookie" not in answer.headers
    assert live(org) == 0


@pytest.mark.parametrize("headers", FORGED)
def test_a_sign_out_from_another_site_is_refused_even_with_the_right_token(visitor: Visitor, headers: dict[str, str]) -> None:
    visitor.sign_in("chair")
    assert visitor.client.post("/sign-out", data={"csrf_token": token_of(visitor)}, headers=headers).status_code == 400
    assert visitor.get("/").status_code == 200


def test_a_sign_out_without_the_token_is_refused(visitor: Visitor) -> None:
    visitor.sign_in("chair")
    for data in ({}, {"csrf_token": "forged"}):
        assert visitor.client.post("/sign-out", data=data, headers=OURS).status_code == 400
    assert visitor.client.get("/sign-out").status_code == 405
    assert visitor.get("/").status_code == 200


def test_signing_out_clears_what_the_browser_kept(visitor: Visitor) -> None:
    visitor.sign_in("chair")
    answer = visitor.client.post("/sign-out", data={"csrf_token": token_of(visitor)}, headers=OURS)
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'


def test_a_secret_that_was_planted_before_signing_in_is_never_the_sessions(visitor: Visitor, org: Organisation) -> None:
    visitor.client.set_cookie("sid", "planted")
    visitor.sign_in("chair")
    mine = visitor.client.get_cookie("sid")
    assert mine is not None
    assert mine.value != "planted"
    assert sessions.session_of(org.house, "planted") is None


def test_signing_in_over_a_session_begins_a_new_one(visitor: Visitor, org: Organisation) -> None:
    visitor.sign_in("chair")
    first = visitor.client.get_cookie("sid")
    assert visitor.sign_in("officer").status_code == 303
    second = visitor.client.get_cookie("sid")
    assert first is not None
    assert second is not None
    assert first.value != second.value
    assert "Officer Person" in visitor.get("/account").text


def test_too_many_tries_say_when_to_try_again(visitor: Visitor) -> None:
    for _ in range(5):
        visitor.sign_in("chair", "wrong")
    answer = visitor.sign_in("chair")
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 10


def test_with_an_app_the_second_step_takes_a_code_once(visitor: Visitor, org: Organisation, app: object) -> None:
    made = with_app(org, "chair")
    answer = visitor.client.post("/sign-in", data={"login": "chair", "password": PASSWORD, "next": "/cases"}, headers=OURS)
    assert answer.headers["Location"] == "/sign-in/second?next=/cases"
    assert visitor.get("/").status_code == 303, "half is not in"
    assert visitor.client.post("/sign-in/second", data={"code": "000 000"}, headers=OURS).status_code == 401
    code = code_of(made)
    assert visitor.client.post("/sign-in/second", data={"code": code}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 400
    answer = visitor.client.post("/sign-in/second", data={"code": f"{code[:3]} {code[3:]}", "next": "/cases"}, headers=OURS)
    assert answer.headers["Location"] == "/cases"
    assert visitor.get("/").status_code == 200
    other = Visitor(app)  # type: ignore[arg-type]
    other.sign_in("chair")
    for replayed in (code, f" {code[:2]} {code[2:]}"):
        assert other.client.post("/sign-in/second", data={"code": replayed}, headers=OURS).status_code == 401


def test_a_code_of_the_sheet_is_a_second_step_too(visitor: Visitor, org: Organisation) -> None:
    codes = factors.new_sheet(org.house, org["chair"])
    visitor.sign_in("chair")
    assert visitor.client.post("/sign-in/second", data={"code": codes[0]}, headers=OURS).status_code == 303
    assert visitor.get("/").status_code == 200


def test_a_decision_five_minutes_after_the_last_proof_asks_for_one_and_gives_back_what_was_typed(visitor: Visitor, org: Organisation) -> None:
    path = ready(org)
    visitor.sign_in("chair")
    before = events(org)
    with hold(now() + 6 * MINUTE):
        answer = visitor.send(path, told=order(org))
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/prove?next=/kept/")
        assert events(org) == before
        back = visitor.client.get(proved(visitor, answer.headers["Location"])).headers["Location"]
        page = visitor.get(back).text
        assert "two days &lt; on site" in page
        assert page.count('value="2026-01-01"') == 1
        assert f'selected value="{org["two"].id}"' in page
        assert events(org) == before, "being given back is not being sent"
        hidden = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', page[page.index('class="act'):]))
        assert visitor.client.post(path, data=hidden | order(org), headers=OURS).status_code == 303
        assert events(org) == before + 1


def test_what_touches_nobodys_standing_asks_for_no_new_proof(visitor: Visitor, org: Organisation) -> None:
    visitor.sign_in("officer")
    with hold(now() + 19 * MINUTE):
        assert visitor.send("/cases/new/inspection", told=REGISTER).headers["Location"].startswith("/cases/")


def test_an_export_asks_for_a_new_proof(visitor: Visitor) -> None:
    visitor.sign_in("auditor")
    with hold(now() + 6 * MINUTE):
        answer = visitor.send("/exports", told={"reason": "the yearly audit", "format": "jsonl", "query": "nothing < of it"})
        assert answer.headers["Location"].startswith("/prove")
        back = visitor.client.get(proved(visitor, answer.headers["Location"])).headers["Location"]
        page = visitor.get(back).text
        assert "nothing &lt; of it" in page
        assert 'value="jsonl" checked' in page
        assert visitor.send("/exports", told={"reason": "the yearly audit", "format": "jsonl", "query": "nothing"}).status_code == 200


def test_the_json_door_of_a_browser_asks_for_a_new_proof_too(visitor: Visitor, org: Organisation) -> None:
    path = ready(org).removesuffix("/acts/issue")
    visitor.sign_in("chair")
    csrf = token_of(visitor)
    with hold(now() + 6 * MINUTE):
        answer = visitor.client.post(f"/api/v1{path}/events", json={"trigger": "issue", "data": org.team()},
                                     headers=OURS | {"If-Match": '"3"', "X-CSRF-Token": csrf})
    assert (answer.status_code, answer.get_json()["type"]) == (401, "/problems/unproven")


def test_the_session_gets_a_new_secret_with_the_proof_and_other_windows_stay_good(visitor: Visitor) -> None:
    visitor.sign_in("chair")
    with hold(now() + 6 * MINUTE):
        csrf, before = token_of(visitor), visitor.client.get_cookie("sid")
        proved(visitor, "/prove")
        after = visitor.client.get_cookie("sid")
        assert before is not None
        assert after is not None
        assert before.value != after.value
        assert token_of(visitor) == csrf
        visitor.client.set_cookie("sid", before.value)
        assert visitor.get("/").status_code == 303


def test_a_form_sent_after_the_session_ended_comes_back_to_its_writer_and_to_nobody_else(visitor: Visitor, org: Organisation, app: object) -> None:
    visitor.sign_in("officer")
    page = visitor.get("/cases/new/inspection").text
    hidden = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', page[page.index('class="act'):]))
    with hold(now() + 21 * MINUTE):
        answer = visitor.client.post("/cases/new/inspection", data=hidden | REGISTER | {"what": "typed with <care>"}, headers=OURS)
        assert answer.status_code == 303
        where = html.unescape(answer.headers["Location"])
        kept = re.search(r"next=(/kept/[^&]+)", where)
        assert where.startswith("/sign-in?")
        assert kept is not None
        other = Visitor(app)  # type: ignore[arg-type]
        other.sign_in("chair")
        assert other.get(kept[1]).status_code == 404
        assert "typed with" not in other.get(f"/cases/new/inspection?kept={kept[1].rpartition('/')[2]}").text
        signed = visitor.client.post("/sign-in", data={"login": "officer", "password": PASSWORD, "next": kept[1]}, headers=OURS)
        back = visitor.client.get(signed.headers["Location"]).headers["Location"]
        assert "typed with &lt;care&gt;" in visitor.get(back).text
        assert events(org) == 0
        with org.house.db.reading() as s:
            assert "typed with" not in s.execute(select(kept_form.c.fields)).scalar_one(), "it is sealed"
    with hold(now() + 90 * MINUTE):
        visitor.sign_in("officer")
        assert visitor.get(kept[1]).status_code == 404, "gone after an hour"


def test_a_form_that_was_forged_is_not_kept(visitor: Visitor, org: Organisation) -> None:
    visitor.sign_in("officer")
    with hold(now() + 21 * MINUTE):
        for headers, token in ((OURS, "forged"), ({"Sec-Fetch-Site": "cross-site"}, "forged"), (OURS, "")):
            answer = visitor.client.post("/cases/new/inspection", data=REGISTER | {"csrf_token": token}, headers=headers)
            assert answer.status_code in (400, 401)
    with org.house.db.reading() as s:
        assert s.execute(select(func.count()).select_from(kept_form)).scalar_one() == 0


def test_a_form_opened_before_signing_in_anew_is_offered_to_be_sent_again(visitor: Visitor, org: Organisation) -> None:
    visitor.sign_in("officer")
    page = visitor.get("/cases/new/inspection").text
    hidden = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', page[page.index('class="act'):]))
    visitor.sign_in("officer")
    answer = visitor.client.post("/cases/new/inspection", data=hidden | REGISTER, headers=OURS)
    assert answer.status_code == 400
    assert events(org) == 0
    again = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', answer.text[answer.text.index('class="act'):]))
    assert again["what"] == REGISTER["what"]
    assert visitor.client.post("/cases/new/inspection", data=again, headers=OURS).status_code == 303


def test_a_button_without_a_form_of_its_own_is_given_back_too(visitor: Visitor, org: Organisation) -> None:
    visitor.sign_in("chair")
    with hold(now() + 6 * MINUTE):
        answer = visitor.client.post("/account/factors/sheet", data={"csrf_token": token_of(visitor)}, headers=OURS)
        assert answer.headers["Location"].startswith("/prove")
        page = visitor.get(proved(visitor, answer.headers["Location"])).text
        assert 'action="/account/factors/sheet"' in page
        assert not factors.has(org.house, org["chair"].person_id)


def test_the_page_of_a_link_sets_a_password_and_sends_no_address_on(visitor: Visitor, org: Organisation) -> None:
    path = links.make(org.house, CONSOLE, "one").removeprefix(org.house.public_url)
    page = visitor.get(path)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    assert visitor.client.post(path, data={"password": GOOD, "again": GOOD}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 400
    wrong = visitor.client.post(path, data={"password": "short", "again": "short"}, headers=OURS)
    assert wrong.status_code == 422
    assert 'id="wrong-password"' in wrong.text
    assert visitor.client.post(path, data={"password": GOOD, "again": GOOD}, headers=OURS).status_code == 303
    assert visitor.get(path).status_code == 404
    assert visitor.sign_in("one", GOOD).status_code == 303
    assert visitor.get("/welcome/never").status_code == 404


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_the_page_of_a_link_is_in_the_language_of_its_account_until_another_is_asked_for(visitor: Visitor, org: Organisation, language: str) -> None:
    other = next(one for one in LANGUAGES if one != language)
    identity.use_language(org.house, org["one"], language)
    path = links.make(org.house, CONSOLE, "one").removeprefix(org.house.public_url)
    assert f'<html lang="{language}">' in visitor.get(path).text
    assert f'<html lang="{other}">' in visitor.get(f"{path}?language={other}").text
    done = visitor.client.post(path, data={"password": GOOD, "again": GOOD}, headers=OURS)
    assert f'<html lang="{language}">' in visitor.get(done.headers["Location"]).text


def test_an_app_is_set_up_from_a_picture_and_switched_on_by_its_code(visitor: Visitor, org: Organisation) -> None:
    visitor.sign_in("chair")
    page = visitor.client.post("/account/factors/app", data={"csrf_token": token_of(visitor)}, headers=OURS).text
    assert 'src="data:image/svg+xml' in page
    secret = re.search(r'class="secret">([A-Z2-7 ]+)<', page)
    pending = re.search(r'name="pending" value="([^"]+)"', page)
    assert secret is not None
    assert pending is not None
    told = {"csrf_token": token_of(visitor), "pending": html.unescape(pending[1])}
    assert visitor.client.post("/account/factors/app", data=told | {"code": "000000"}, headers=OURS).status_code == 422
    code = pyotp.TOTP(secret[1].replace(" ", "")).at(now() // 1_000_000)
    assert visitor.client.post("/account/factors/app", data=told | {"code": code}, headers=OURS).status_code == 303
    assert factors.has(org.house, org["chair"].person_id).totp


def test_the_sheet_is_shown_once_and_the_last_factor_goes_only_with_a_long_password(visitor: Visitor, org: Organisation) -> None:
    visitor.sign_in("chair")
    page = visitor.client.post("/account/factors/sheet", data={"csrf_token": token_of(visitor)}, headers=OURS).text
    codes = re.findall(r"<code>([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3})</code>", page)
    assert len(codes) == 10
    assert codes[0] not in visitor.get("/account/factors").text
    told = {"csrf_token": token_of(visitor), "which": "codes"}
    assert visitor.client.post("/account/factors/remove", data=told | {"password": "kettle-9", "again": "kettle-9"}, headers=OURS).status_code == 422
    assert visitor.client.post("/account/factors/remove", data=told | {"password": GOOD, "again": GOOD}, headers=OURS).status_code == 303
    assert not factors.has(org.house, org["chair"].person_id)
    assert visitor.sign_in("chair", GOOD).status_code == 303


def test_one_sees_where_one_is_signed_in_and_ends_it(visitor: Visitor, org: Organisation, app: object) -> None:
    other = Visitor(app)  # type: ignore[arg-type]
    other.client.post("/sign-in", data={"login": "chair", "password": PASSWORD},
                      headers=OURS | {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0"})
    visitor.sign_in("chair")
    page = visitor.get("/account/sessions").text
    assert "Firefox, Linux" in page
    assert page.count('class="tag"') == 1
    one = re.search(r'name="session" value="([^"]+)"', page)
    assert one is not None
    visitor.client.post("/account/sessions", data={"csrf_token": token_of(visitor), "session": one[1]}, headers=OURS)
    assert other.get("/").status_code == 303
    assert visitor.get("/").status_code == 200


def test_a_token_is_made_shown_once_used_and_revoked(visitor: Visitor, org: Organisation) -> None:
    visitor.sign_in("officer")
    told = {"csrf_token": token_of(visitor), "name": "sync", "days": "7", "scopes": "write"}
    made = re.search(r"insp_[^<]+", visitor.client.post("/account/tokens", data=told, headers=OURS).text)
    assert made is not None
    bearer = {"Authorization": f"Bearer {made[0]}"}
    assert visitor.client.get("/api/v1/work", headers=bearer).status_code == 200
    page = visitor.get("/account/tokens").text
    assert made[0] not in page
    id_ = re.search(r'name="revoke" value="([^"]+)"', page)
    assert id_ is not None
    visitor.client.post("/account/tokens", data={"csrf_token": token_of(visitor), "revoke": id_[1]}, headers=OURS)
    assert visitor.client.get("/api/v1/work", headers=bearer).status_code == 401


def test_an_account_page_is_ones_own_and_needs_a_sign_in(visitor: Visitor) -> None:
    for path in ("/account", "/account/factors", "/account/sessions", "/account/tokens", "/prove", "/kept/x"):
        assert visitor.get(path).status_code == 303, path


def test_in_production_who_decides_needs_a_second_factor_and_the_form_waits_for_it(settings: Settings, org: Organisation) -> None:
    path = ready(org)
    org.house.mode = "production"
    visitor = Visitor(create_app(settings, org.house))
    visitor.sign_in("chair")
    answer = visitor.send(path, told=order(org))
    assert answer.headers["Location"].startswith("/account/factors?next=/kept/")
    with org.house.db.reading("all") as s:
        assert s.execute(select(cases.c.seq)).scalar_one() == 3
    after = answer.headers["Location"].partition("next=")[2].partition("&")[0]
    page = visitor.client.post("/account/factors/sheet", data={"csrf_token": token_of(visitor), "next": after}, headers=OURS).text
    back = re.search(r'href="(/kept/[^"]+)"', page)
    assert back is not None
    page = visitor.get(visitor.client.get(back[1]).headers["Location"]).text
    hidden = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', page[page.index('class="act'):]))
    assert visitor.client.post(path, data=hidden | order(org), headers=OURS).status_code == 303
    with org.house.db.reading("all") as s:
        assert s.execute(select(cases.c.seq)).scalar_one() == 4

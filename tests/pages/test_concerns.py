"""The pages of concerns: without an account nothing says who came, a code leads back, and no door shows a concern to those it names."""

from __future__ import annotations

import re
import zlib
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select
from werkzeug.test import TestResponse

from config import Settings
from inspect_app.models import case_role, cases, event, evidence, letter, sign_in_try
from inspect_app.models import session as sessions
from inspect_app.now import hold, now
from inspect_app.services import concerns, setup
from inspect_app.services.clocks import sweep
from inspect_app.services.contacts import CONTACT
from inspect_app.services.tokens import create_token
from tests.conftest import application
from tests.services.organisation import PASSWORD, Organisation

OURS = {"Sec-Fetch-Site": "same-origin"}
TYPED = {"unit": "W1", "what": "The stock book of May was written anew.", "conduct": "act", "place": "store", "happened_from": "2026-05-04"}
ABOUT_THE_CHAIR = {"named-0-described": "Chair Person"}
DAY = 86_400_000_000


@pytest.fixture
def app(settings: Settings, org: Organisation) -> Flask:
    with org.house.db.atomic("all") as session:
        setup.keep(session, CONTACT, org["boss"].id)
    return application(settings, org.house)


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', page[page.index("<main"):]))


def visitor(app: Flask, login: str | None = None) -> FlaskClient:
    client = app.test_client()
    if login:
        client.post("/sign-in", data={"login": login, "password": PASSWORD}, headers=OURS)
    return client


def send(client: FlaskClient, path: str, **typed: Any) -> TestResponse:
    return client.post(path, data=hidden(client.get(path).text) | typed, headers=OURS)


def reported(app: Flask, **typed: str) -> tuple[str, str]:
    """(the receipt code, the case) of a concern that was sent without an account."""
    page = send(visitor(app), "/concern", **(TYPED | typed))
    assert page.status_code == 200, page.text
    code = re.search(r"<code>([0-9A-Z-]+)</code>", page.text)
    assert code is not None
    _, told = concerns.by_code(app.extensions["house"], code[1], "en")
    return code[1], told.row.uid


def back(app: Flask, code: str, **typed: Any) -> TestResponse:
    return visitor(app).post("/concern/back", data={"code": code} | typed, headers=OURS)


def test_without_an_account_no_cookie_is_set_and_nothing_is_kept_of_who_came(app: Flask, org: Organisation) -> None:
    client = visitor(app)
    page = client.get("/concern")
    assert "Person</option>" not in page.text and "Head Person" not in page.text
    answer = client.post("/concern", data=hidden(page.text) | TYPED, headers=OURS, environ_base={"REMOTE_ADDR": "10.9.8.7"})
    assert answer.status_code == 200 and "Set-Cookie" not in answer.headers and "Set-Cookie" not in page.headers
    assert answer.headers["Cache-Control"] == "no-store"
    with org.house.db.reading("all") as session:
        assert session.execute(select(event.c.actor)).scalars().all() == ["reporter"]
        assert session.execute(select(sessions.c.id)).first() is None
        assert "10.9.8.7" not in str(session.execute(select(sign_in_try)).all())


def test_a_form_that_is_sent_twice_opens_one_concern_and_gives_one_code(app: Flask, org: Organisation) -> None:
    client = visitor(app)
    form = hidden(client.get("/concern").text) | TYPED
    first, second = (client.post("/concern", data=form, headers=OURS).text for _ in range(2))
    assert re.findall(r"<code>.*?</code>", first) == re.findall(r"<code>.*?</code>", second) != []
    with org.house.db.reading("all") as session:
        assert len(session.execute(select(cases.c.id)).all()) == 1


def test_what_is_missing_is_named_and_what_was_typed_stays(app: Flask) -> None:
    page = send(visitor(app), "/concern", what="The stock book of May was written anew.")
    assert page.status_code == 422
    assert "The stock book of May was written anew." in page.text
    assert all(f'id="wrong-{name}"' in page.text for name in ("unit", "conduct", "place", "happened_from"))


@pytest.mark.parametrize(("do", "field", "sent"), [
    ("add_facts", "facts", {"facts": ""}), ("add_facts", "facts", {"facts": "The book " * 9000}),
    ("file", "file", {"description": "A page of the book"}),
    ("retaliation", "what", {"what": ""}), ("retaliation", "what", {"what": "Left off " * 9000})])
def test_what_a_reporter_goes_on_with_stays_where_it_was_typed_and_what_is_wrong_stands_beside_it(
        app: Flask, do: str, field: str, sent: dict[str, str]) -> None:
    code, _ = reported(app)
    page = back(app, code, do=do, **sent)
    assert page.status_code == 422
    assert re.findall(r'id="wrong-([a-z]+)"', page.text) == [field]
    assert all(text.strip() in page.text for text in sent.values())
    tag = next(tag for tag in re.findall(r"<(?:input|textarea|select) [^>]*>", page.text) if f'id="{field}"' in tag)
    assert re.search(rf'aria-describedby="[^"]*wrong-{field}"', tag)


def test_whoever_is_asked_how_they_are_has_to_choose_and_keeps_what_they_wrote(app: Flask, org: Organisation) -> None:
    code, _ = reported(app)
    with hold(now() + 31 * DAY):
        sweep(org.house, now())
        page = back(app, code, do="answer_check_in", words="He no longer greets me.")
        assert page.status_code == 422
        assert re.findall(r'id="wrong-([a-z]+)"', page.text) == ["how"]
        assert "He no longer greets me." in page.text
        assert "He no longer greets me." in back(app, code, do="answer_check_in", words="He no longer greets me.", how="worried").text
        assert 'id="how"' not in back(app, code).text


@pytest.mark.parametrize(("login", "about"), [("chair", "Chair"), ("officer", "Chair"), ("auditor", "Chair"), ("head", "Chair"), ("lead", "Chair"),
                                              ("admin", "Admin"), ("chair", "Admin"), ("officer", "Officer"), ("head", "Head")])
def test_no_door_shows_a_concern_to_the_line_of_whom_it_names(app: Flask, org: Organisation, login: str, about: str) -> None:
    _, uid = reported(app, **{"named-0-described": f"{about} Person"})
    client = visitor(app, login)
    with org.house.db.reading("all") as session:
        number = session.execute(select(cases.c.number)).scalar_one()
    org.index()
    for path in ("/", "/cases?show=all", f"/cases?show=all&q={number}", "/cases?show=all&q=concern", "/concerns", "/responsibilities"):
        page = client.get(path).text
        assert uid not in page and f">{number}" not in page, path
    other = f"{uid[:-4]}0000"
    there, nowhere = client.get(f"/cases/{uid}"), client.get(f"/cases/{other}")
    assert (there.status_code, there.text) == (404, nowhere.text.replace(other, uid))
    token = {"Authorization": f"Bearer {create_token(org.house, login, 'test', 'read write', 1)}"}
    found = client.get("/api/v1/cases?count=true", headers=token).get_json()
    assert found["total"] == 0 and found["cases"] == []
    missing = client.get(f"/api/v1/cases/{other}", headers=token).text.replace(other, uid)
    assert client.get(f"/api/v1/cases/{uid}", headers=token).text == missing
    for part in ("events", "clocks", "transitions", "evidence"):
        assert client.get(f"/api/v1/cases/{uid}/{part}", headers=token).status_code == 404
    assert client.get("/api/v1/work", headers=token).get_json()["work"] == []


def test_the_contact_reads_it_on_the_page_of_the_case(app: Flask) -> None:
    _, uid = reported(app, **ABOUT_THE_CHAIR)
    page = visitor(app, "boss").get(f"/cases/{uid}")
    assert page.status_code == 200
    assert "closed circle" in page.text and "The stock book of May" in page.text


def test_wrong_codes_of_every_kind_get_the_same_answer(app: Flask) -> None:
    code, _ = reported(app)
    answers = {(a.status_code, a.text) for a in (back(app, wrong) for wrong in ("", "x", code[:-1], concerns.code_of("another")))}
    assert len(answers) == 1
    assert back(app, code.lower().replace("-", " ")).status_code == 200


def test_after_too_many_wrong_codes_an_address_waits(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(concerns.MOST, "receipt", 2)
    code, _ = reported(app)
    assert [back(app, "wrong").status_code for _ in range(3)] == [404, 404, 429]
    assert back(app, code).status_code == 429


def test_with_the_code_one_adds_facts_answers_and_is_answered(app: Flask, org: Organisation) -> None:
    code, uid = reported(app)
    org.act("officer", uid, "ask_reporter", question="On which day was it?")
    page = back(app, code)
    assert "On which day was it?" in page.text and "You are asked something" in page.text
    page = back(app, code, do="add_facts", facts="On a Monday.", secret="a" * 32)
    assert page.status_code == 200 and "On a Monday." in page.text and "You are asked something" not in page.text
    again = back(app, code, do="add_facts", facts="On a Monday.", secret="a" * 32)
    assert again.text.count("On a Monday.") == 1
    assert "On a Monday." in visitor(app, "officer").get(f"/cases/{uid}").text
    assert "Officer Person" not in page.text


def test_the_reporter_hears_of_what_is_theirs_and_of_nothing_else(app: Flask, org: Organisation) -> None:
    code, uid = reported(app)
    org.act("officer", uid, "assess", assessment="inner thoughts", told="It is being looked at.")
    org.act("officer", uid, "note_for_record", note="a note of the officer")
    org.act("officer", uid, "propose_no_case", ground="unfounded", sentence="a proposal")
    page = back(app, code).text
    assert "It is being looked at." in page
    assert not [word for word in ("inner thoughts", "a note of the officer", "a proposal", "Propose") if word in page]


def opened(page: str) -> str:
    return page[page.index('id="opened"'):page.index('id="worse"')]


def test_whoever_reported_sees_in_which_parts_their_concern_was_opened_and_no_names(app: Flask, org: Organisation) -> None:
    code, uid = reported(app)
    assert "Nobody else has opened it" in opened(back(app, code).text)
    assert visitor(app, "officer").get(f"/cases/{uid}").status_code == 200
    assert visitor(app, "head").get(f"/cases/{uid}").status_code == 404
    told = opened(back(app, code).text)
    assert "officer" in told and "Person" not in told and "unit leader" not in told


def test_with_an_account_one_sees_who_opened_ones_concern_and_is_shown_to_nobody(app: Flask, org: Organisation) -> None:
    own = send(visitor(app, "stranger"), "/concern", **TYPED | ABOUT_THE_CHAIR).headers["Location"].partition("?")[0]
    mine, contact = visitor(app, "stranger"), visitor(app, "boss")
    assert mine.get(own).status_code == contact.get(own.replace("/concerns/", "/cases/")).status_code == 200
    told = opened(mine.get(own).text)
    assert "decider" in told and "Person" not in told and "reporter" not in told


def jpeg_with(text: bytes) -> bytes:
    exif = b"Exif\0\0" + text
    return (b"\xff\xd8\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0" + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif
            + b"\xff\xfe" + (len(text) + 2).to_bytes(2, "big") + text + b"\xff\xda\x00\x03\x01picture\xff\x00more\xff\xd9")


def chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


PNG = (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bytes(13))
       + chunk(b"tEXt", b"Author\0Stranger Person") + chunk(b"IDAT", b"picture") + chunk(b"IEND", b""))


@pytest.mark.parametrize(("name", "data"), [("stranger.jpg", jpeg_with(b"Stranger Person")), ("stranger.png", PNG)])
def test_a_picture_is_kept_without_what_it_says_of_its_maker(app: Flask, org: Organisation, name: str, data: bytes) -> None:
    code, _ = reported(app)
    page = back(app, code, do="file", file=(BytesIO(data), name), description="the page", secret="b" * 32)
    assert page.status_code == 200, page.text
    with org.house.db.reading("all") as session:
        stored = session.execute(select(evidence.c.stored_as)).scalar_one()
    kept = (org.house.data / "evidence" / stored).read_bytes()
    assert b"Stranger" not in kept and b"picture" in kept


def test_a_file_that_may_hold_its_writers_name_is_refused(app: Flask, org: Organisation) -> None:
    code, _ = reported(app)
    page = back(app, code, do="file", file=(BytesIO(b"%PDF-1.7 /Author (Stranger Person)"), "x.pdf"), secret="b" * 32)
    assert page.status_code == 422
    with org.house.db.reading("all") as session:
        assert session.execute(select(evidence.c.id)).first() is None


def test_one_sentence_about_retaliation_gives_a_matter_and_a_code_of_its_own(app: Flask, org: Organisation) -> None:
    code, first = reported(app)
    page = back(app, code, do="retaliation", what="I was moved to night shifts.", secret="c" * 32)
    other = re.search(r"<code>([0-9A-Z-]+)</code>", page.text)
    assert other is not None and other[1] != code
    _, told = concerns.by_code(org.house, other[1], "en")
    assert visitor(app, "officer").get(f"/cases/{told.row.uid}").status_code == 404
    assert visitor(app, "boss").get(f"/cases/{told.row.uid}").status_code == 200
    assert visitor(app, "boss").get(f"/cases/{first}").status_code == 404


def test_signed_in_ones_name_is_sealed_but_for_the_contact_and_for_whom_one_lets_know(app: Flask, org: Organisation) -> None:
    sealed = send(visitor(app, "stranger"), "/concern", **TYPED).headers["Location"].partition("?")[0]
    known = send(visitor(app, "one"), "/concern", known="true", **TYPED).headers["Location"].partition("?")[0]
    officer = visitor(app, "officer")
    assert "Stranger Person" not in officer.get(sealed.replace("/concerns/", "/cases/")).text
    assert "One Person" in officer.get(known.replace("/concerns/", "/cases/")).text
    mine = visitor(app, "stranger")
    assert sealed in mine.get("/concerns").text and known not in mine.get("/concerns").text
    assert mine.get(sealed.replace("/concerns/", "/cases/")).headers["Location"] == sealed
    assert mine.get(known).status_code == 404


def test_a_program_raises_a_concern_for_whoever_it_speaks_for(app: Flask, org: Organisation) -> None:
    token = {"Authorization": f"Bearer {create_token(org.house, 'stranger', 'test', 'read write', 1)}", "Idempotency-Key": "k"}
    data = {name: value for name, value in TYPED.items() if name != "unit"} | {"named": [{"person": org["chair"].id}]}
    body = {"workflow": "concern", "unit": "W1", "title": "Concern", "data": data}
    answers = [app.test_client().post("/api/v1/cases", json=body, headers=token) for _ in range(2)]
    assert [a.status_code for a in answers] == [201, 201] and answers[0].get_json() == answers[1].get_json()
    told = answers[0].get_json()
    assert told["event"]["actor"] == "reporter" and org["stranger"].id not in answers[0].text
    own = app.test_client().get(f"/api/v1/cases/{told['id']}", headers=token).get_json()
    assert own["parts"] == ["protected", "reporter"]
    as_chair = {"Authorization": f"Bearer {create_token(org.house, 'chair', 'test', 'read', 1)}"}
    assert app.test_client().get(f"/api/v1/cases/{told['id']}", headers=as_chair).status_code == 404


def test_whoever_is_protected_in_a_case_finds_the_button_there(app: Flask, org: Organisation) -> None:
    uid = org.open().case
    with org.house.db.atomic("all") as session:
        id_ = session.execute(select(cases.c.id).where(cases.c.uid == uid)).scalar_one()
        session.execute(insert(case_role).values(case_id=id_, person_id=org["two"].person_id, role="protected", since_seq=1))
    witness = visitor(app, "two")
    assert f"/cases/{uid}/retaliation" in witness.get(f"/cases/{uid}").text
    assert 'id="wrong-what"' in send(witness, f"/cases/{uid}/retaliation", what="").text
    answer = send(witness, f"/cases/{uid}/retaliation", what="I was left off the roster.")
    assert answer.status_code == 303
    assert visitor(app, "chair").get(answer.headers["Location"].partition("?")[0].replace("/concerns/", "/cases/")).status_code == 404
    assert visitor(app, "one").get(f"/cases/{uid}/retaliation").status_code == 404
    with org.house.db.reading("all") as session:
        assert session.execute(select(letter.c.id)).first() is None

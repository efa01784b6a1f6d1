"""An auditor reads one case unredacted with a reason and a second person, for some days, and those whom it is about see it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from inspect_app.models import cases, event, stream
from inspect_app.now import hold, now
from inspect_app.services import organisation_views, persons, queries, unredacted
from inspect_app.services.tokens import create_token
from tests.api.conftest import Caller, Callers
from tests.api.standings import STANDINGS, Peopled, peopled
from tests.api.test_matrix import Door
from tests.api.test_opened import access_events
from tests.services.organisation import CONSOLE, Organisation

DAY = 86_400_000_000
WHY: dict[str, Any] = {"reason": "the declared conflict is to be tested", "days": 3}


@pytest.fixture
def everyone(org: Organisation) -> Peopled:
    return peopled(org)


@pytest.fixture
def case(everyone: Peopled) -> str:
    """A concern, whose facts are sensitive and readable by those who handle it."""
    return everyone.cases["concern"]


def asked(callers: Callers, case: str, login: str = "auditor") -> int:
    answer = callers[login].post(f"/cases/{case}/unredacted", WHY)
    assert answer.status_code == 201, answer.text
    return int(answer.get_json()["id"])


def withheld(callers: Callers, case: str, login: str = "auditor") -> set[str]:
    """What is withheld from someone in a case; that nothing of it is shown is part of the question."""
    events = callers[login].get(f"/cases/{case}/events").get_json()["events"]
    hidden = {name for e in events for name in e["withheld"]}
    assert not hidden & {name for e in events for name in e["data"]}
    return hidden


def test_what_is_sensitive_is_shown_once_another_person_agreed_and_until_the_last_day(callers: Callers, case: str) -> None:
    assert "what" in withheld(callers, case)
    number = asked(callers, case)
    assert "what" in withheld(callers, case)
    agreed = callers["chair"].post(f"/unredacted/{number}", {"agree": True})
    today = queries.today(callers.org.house)
    assert agreed.status_code == 200
    assert (agreed.get_json()["state"], agreed.get_json()["until"]) == ("agreed", (today + timedelta(days=2)).isoformat())
    assert "what" not in withheld(callers, case)
    with hold(now() + 2 * DAY):
        assert "what" not in withheld(callers, case)
    with hold(now() + 3 * DAY):
        assert "what" in withheld(callers, case)


def test_one_case_is_shown_and_no_other_and_to_nobody_else(app: Flask, callers: Callers, everyone: Peopled, case: str) -> None:
    callers["chair"].post(f"/unredacted/{asked(callers, case)}", {"agree": True})
    assert "ground" in withheld(callers, everyone.cases["inspection"])
    assert "what" in withheld(callers, case, "kin")
    told = {"reason": "the yearly audit", "format": "csv", "case": everyone.number("concern")}
    history = Door(app, STANDINGS["auditor"], everyone.org).send("POST", "/exports", told=told)
    assert history.status_code == 200 and "stock book" not in history.text


def test_who_reported_stays_sealed(callers: Callers, everyone: Peopled) -> None:
    org = everyone.org
    told = {"what": "The stock book of May was written anew.", "conduct": "act", "place": "store", "happened_from": "2026-05-04"}
    case = org.open("reporter", "concern", "raise_concern", **told, reporter=org["reporter"].id).case
    callers["chair"].post(f"/unredacted/{asked(callers, case)}", {"agree": True})
    assert withheld(callers, case) == {"reporter"}
    assert org["reporter"].id not in callers["auditor"].get(f"/cases/{case}/events").text


def test_only_an_auditor_of_the_case_asks(callers: Callers, everyone: Peopled) -> None:
    case = everyone.cases["inspection"]
    statuses = {login: callers[login].post(f"/cases/{case}/unredacted", WHY).status_code for login in ("chair", "lead", "head", "kin", "stranger")}
    assert statuses == {"chair": 403, "lead": 403, "head": 403, "kin": 404, "stranger": 404}


@pytest.mark.parametrize(("body", "field"), [({"reason": " ", "days": 3}, "/reason"), ({"reason": "why", "days": 0}, "/days"),
                                             ({"reason": "why", "days": 31}, "/days"), ({"reason": "why"}, "/days")])
def test_it_takes_a_reason_and_a_number_of_days(callers: Callers, case: str, body: dict[str, object], field: str) -> None:
    answer = callers["auditor"].post(f"/cases/{case}/unredacted", body)
    assert (answer.status_code, answer.get_json()["errors"][0]["pointer"]) == (422, field)


def test_nobody_agrees_to_a_request_of_their_own_in_whatever_record(callers: Callers, everyone: Peopled, case: str) -> None:
    org = everyone.org
    persons.grant(org.house, CONSOLE, "auditor", "data_officer", "HQ")
    number = asked(callers, case)
    assert callers["auditor"].get("/unredacted").get_json()["to_answer"] == []
    assert callers["auditor"].post(f"/unredacted/{number}", {"agree": True}).status_code == 404
    persons.mark_same(org.house, CONSOLE, "data_officer", "auditor")
    assert callers["data_officer"].post(f"/unredacted/{number}", {"agree": True}).status_code == 404
    assert "what" in withheld(callers, case)


def test_whoever_a_wall_keeps_out_of_the_case_does_not_agree(callers: Callers, everyone: Peopled) -> None:
    org, case = everyone.org, everyone.cases["inspection"]
    number = asked(callers, case)
    persons.grant(org.house, CONSOLE, "kin", "data_officer", "HQ")
    persons.grant(org.house, CONSOLE, "head", "data_officer", "HQ")
    persons.grant(org.house, CONSOLE, "stranger", "data_officer", "W2")
    for login in ("kin", "head", "stranger"):
        assert callers[login].get("/unredacted").get_json()["to_answer"] == [], login
        assert callers[login].post(f"/unredacted/{number}", {"agree": True}).status_code == 404, login
    assert callers["officer"].post(f"/unredacted/{number}", {"agree": True}).status_code == 403
    with org.house.db.atomic("all") as session:
        session.execute(update(cases).where(cases.c.uid == case).values(closed_circle=True))
    assert callers["chair"].post(f"/unredacted/{number}", {"agree": True}).status_code == 404


def test_what_was_agreed_to_can_be_withdrawn_at_once_and_what_was_declined_stays_so(callers: Callers, case: str) -> None:
    number = asked(callers, case)
    callers["data_officer"].post(f"/unredacted/{number}", {"agree": True})
    assert callers["auditor"].post(f"/cases/{case}/unredacted", WHY).status_code == 422
    assert callers["chair"].post(f"/unredacted/{number}", {"agree": False}).get_json()["state"] == "over"
    assert "what" in withheld(callers, case)
    again = asked(callers, case)
    assert callers["chair"].post(f"/unredacted/{again}", {"agree": False}).get_json()["state"] == "declined"
    assert callers["chair"].post(f"/unredacted/{again}", {"agree": True}).status_code == 404
    assert [r["state"] for r in callers["auditor"].get("/unredacted").get_json()["asked"]] == ["declined", "over"]


def test_an_engagement_that_ends_ends_it_too(callers: Callers, everyone: Peopled, case: str) -> None:
    callers["chair"].post(f"/unredacted/{asked(callers, case)}", {"agree": True})
    page = organisation_views.person_page(everyone.org.house, everyone.org["auditor"].id)
    persons.end_grant(everyone.org.house, CONSOLE, page["grants"][0]["id"])
    assert callers["auditor"].get(f"/cases/{case}/events").status_code == 404


def test_it_needs_the_scope_to_decide_and_a_key_sent_twice_asks_once(app: Flask, callers: Callers, case: str) -> None:
    reads = Caller(app.test_client(use_cookies=False), create_token(callers.org.house, "auditor", "test", "read write", 1))
    assert reads.post(f"/cases/{case}/unredacted", WHY).status_code == 403
    first, second = (callers["auditor"].post(f"/cases/{case}/unredacted", WHY, Idempotency_Key="k") for _ in range(2))
    assert (first.status_code, first.get_json()) == (second.status_code, second.get_json()) and first.status_code == 201
    assert callers["auditor"].post(f"/cases/{case}/unredacted", WHY | {"days": 5}, Idempotency_Key="k").get_json()["type"] == "/problems/key_reused"
    for _ in range(2):
        answer = callers["chair"].post(f"/unredacted/{first.get_json()['id']}", {"agree": True}, Idempotency_Key="k")
        assert (answer.status_code, answer.get_json()["state"]) == (200, "agreed")


def test_asking_and_answering_change_no_case_and_stand_in_the_history_of_accesses(callers: Callers, everyone: Peopled, case: str) -> None:
    def seen() -> list[int]:
        with everyone.org.house.db.reading("all") as session:
            return list(session.execute(select(event.c.event_id).join(stream, stream.c.id == event.c.stream_id).where(stream.c.kind == "case")
                                        .order_by(event.c.event_id)).scalars())

    before = seen()
    number = asked(callers, case)
    callers["chair"].post(f"/unredacted/{number}", {"agree": True})
    assert seen() == before
    told = [(what, facts) for what, _, facts in access_events(everyone.org) if what.endswith("_unredacted")]
    assert [what for what, _ in told] == ["ask_unredacted", "agree_unredacted"]
    assert told[0][1] == {"case": case, "reason": WHY["reason"], "days": 3} and told[1][1]["person"] == everyone.org["auditor"].id


def test_those_whom_the_case_is_about_see_who_asked_why_and_who_agreed(app: Flask, callers: Callers, everyone: Peopled) -> None:
    case = everyone.cases["inspection"]
    number = asked(callers, case)
    callers["chair"].post(f"/unredacted/{number}", {"agree": True})
    for name in ("respondent, head and owner", "companion", "auditor"):
        page = Door(app, STANDINGS[name], everyone.org).send("GET", f"/cases/{case}").text
        shown = page[page.index('id="opened"'):]
        assert WHY["reason"] in shown and "Auditor Person asked" in shown and "Chair Person agreed" in shown, name
    for name in ("reporter", "protected"):
        page = Door(app, STANDINGS[name], everyone.org).send("GET", f"/cases/{case}").text
        shown = page[page.index('id="opened"'):]
        assert "An auditor asked" in shown and "another person agreed" in shown and "Person asked" not in shown, name
    assert "Person asked" not in Door(app, STANDINGS["team member"], everyone.org).send("GET", f"/cases/{case}").text


def test_the_pages_ask_and_answer(app: Flask, everyone: Peopled) -> None:
    case, auditor = everyone.cases["concern"], Door(app, STANDINGS["auditor"], everyone.org)
    assert f"/cases/{case}/unredacted" in auditor.send("GET", f"/cases/{case}").text
    assert "stock book" not in auditor.send("GET", f"/cases/{case}").text
    assert auditor.send("POST", f"/cases/{case}/unredacted", told={"reason": "", "days": "3"}).status_code == 422
    assert auditor.send("POST", f"/cases/{case}/unredacted", told={"reason": "to see the tie", "days": "3"}).status_code == 303
    officer = Door(app, STANDINGS["data officer"], everyone.org)
    assert "/access/unredacted" in officer.send("GET", "/").text
    page = officer.send("GET", "/access/unredacted").text
    assert everyone.number("concern") in page and "to see the tie" in page and "stock book" not in page
    number = str(unredacted.to_answer(everyone.org.house, everyone.org["data_officer"])[0].id)
    assert officer.send("POST", "/access/unredacted", told={"number": number, "agree": "yes"}).status_code == 303
    assert "stock book" in auditor.send("GET", f"/cases/{case}").text
    assert everyone.number("concern") in auditor.send("GET", "/engagements").text
    assert officer.send("POST", "/access/unredacted", told={"number": number, "agree": "no"}).status_code == 303
    assert "stock book" not in auditor.send("GET", f"/cases/{case}").text

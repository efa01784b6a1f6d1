"""Under a workflow for histories that were lived elsewhere no live case is opened and no sanction imposed, in any door and either language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import insert, select

from config import Settings
from inspect_app.errors import Invalid
from inspect_app.models import account, case_role, cases
from inspect_app.services import casework, offering
from inspect_app.services.casework import Opening
from inspect_app.services.conformance import load_mapping
from inspect_app.services.identity import actor_of_login
from inspect_app.services.logs import import_log
from inspect_app.services.tokens import create_token
from tests.conftest import application
from tests.services.histories import CONSOLE, FINES, WHOLE, example_catalogue, log_file
from tests.services.organisation import PASSWORD, Organisation
from workflows.acts import Act
from workflows.effects import Sanction
from workflows.inputs import Choice
from workflows.words import words

SAID = {"en": "This procedure is for histories that were lived elsewhere", "vi": "Quy trình này chỉ dành cho lịch sử vụ việc đã diễn ra ở nơi khác"}
CREATE = {"article": "157", "amount": 3550}
languages = pytest.mark.parametrize("language", sorted(SAID))


@pytest.fixture
def fines(org: Organisation) -> Iterator[Organisation]:
    """The organisation under a catalogue that knows the example packs too."""
    known = org.house.catalogue
    org.house.catalogue = example_catalogue()
    yield org
    org.house.catalogue = known


@pytest.fixture
def app(settings: Settings, fines: Organisation) -> Flask:
    return application(settings, fines.house)


def speaks(org: Organisation, login: str, language: str) -> None:
    with org.house.db.atomic("all") as session:
        session.execute(account.update().where(account.c.login == login).values(language=language))
    with org.house.db.reading("all") as session:
        org.people[login] = actor_of_login(session, login)


@languages
def test_no_case_is_opened_by_the_verb(fines: Organisation, language: str) -> None:
    speaks(fines, "officer", language)
    with pytest.raises(Invalid) as caught:
        casework.open_case(fines.house, Opening("road_fine", Act("create", fines["officer"], CREATE), "Fine", "W1"))
    assert [(p.pointer, p.code) for p in caught.value.problems] == [("/workflow", "recorded")]
    assert caught.value.problems[0].message.startswith(SAID[language])


@languages
def test_no_case_is_opened_under_the_ruleset_of_a_recorded_pack(fines: Organisation, language: str) -> None:
    speaks(fines, "officer", language)
    recorded = next(r.name for r in fines.house.catalogue.rulesets if r.recorded)
    told = {"source": "signal", "what": "The drug book had gaps on 3 May 2026."}
    with pytest.raises(Invalid) as caught:
        casework.open_case(fines.house, Opening("inspection", Act("register", fines["officer"], told), "Book", "W1", ruleset=recorded))
    assert [(p.pointer, p.code) for p in caught.value.problems] == [("/ruleset", "recorded")]
    assert caught.value.problems[0].message.startswith(SAID[language])


@languages
def test_no_case_is_opened_by_the_json_door(app: Flask, fines: Organisation, language: str) -> None:
    speaks(fines, "officer", language)
    token = create_token(fines.house, "officer", "program", "read write decide", 30)
    body = {"workflow": "road_fine", "unit": "W1", "title": "Fine", "trigger": "create", "data": CREATE}
    answer = app.test_client().post("/api/v1/cases", json=body, headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "k"})
    assert (answer.status_code, answer.get_json()["errors"][0]["code"]) == (422, "recorded")
    assert answer.get_json()["errors"][0]["message"].startswith(SAID[language])


@languages
def test_no_case_is_opened_on_a_page_and_none_is_offered(app: Flask, fines: Organisation, language: str) -> None:
    speaks(fines, "officer", language)
    browser = app.test_client()
    browser.post("/sign-in", data={"login": "officer", "password": PASSWORD}, headers={"Sec-Fetch-Site": "same-origin"})
    assert "road_fine" not in browser.get("/cases/new").text and "inspection" in browser.get("/cases/new").text
    answer = browser.get("/cases/new/road_fine")
    assert answer.status_code == 422 and SAID[language] in answer.text


def test_a_recorded_history_goes_on_but_for_sanctions(fines: Organisation, tmp_path: Path) -> None:
    house = fines.house
    import_log(house, CONSOLE, log_file(tmp_path, ("A1", WHOLE[:3])), "road_fine", load_mapping(FINES))
    law = house.catalogue.by_name["road_fine"]
    rung = Choice(name="rung", label=words(en="Rung", vi="Mức"), options=(("fine", words(en="fine", vi="phạt")),))
    punishing = replace(law, transitions=tuple(
        replace(t, inputs=(rung,), effects=(Sanction("rung"),)) if t.trigger == "add_penalty" else t for t in law.transitions),
        states=tuple(replace(s, punishes=s.name == "penalised") for s in law.states))
    house.catalogue = replace(house.catalogue, workflows=tuple(punishing if w is law else w for w in house.catalogue.workflows))
    with house.db.atomic("all") as session:
        case_id, uid = session.execute(select(cases.c.id, cases.c.uid).where(cases.c.workflow == "road_fine")).one()
        session.execute(cases.update().values(definition=house.pin(session, punishing)))
        session.execute(insert(case_role).values(case_id=case_id, person_id=fines["officer"].person_id, role="officer", since_seq=1))
    assert "add_penalty" not in [o.transition.trigger for o in offering.offers(house, fines["officer"], uid)[1]]
    with pytest.raises(Invalid) as caught:
        fines.act("officer", uid, "add_penalty", rung="fine")
    assert caught.value.problems[0].code == "recorded"
    assert fines.act("officer", uid, "close", reason="paid").after == "closed"

"""An auditor's engagement in a browser: it begins with a checkpoint, its sample is nobody's choice, what is observed is answered by a day."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from config import Settings
from inspect_app.audit import sampling
from inspect_app.cli.main import main
from inspect_app.errors import Invalid
from inspect_app.models import event, role_grant, stream
from inspect_app.now import hold, now
from inspect_app.services import engagements, keeping_log, observations, queries, verifying
from tests.conftest import application
from tests.pages.test_pages import OURS, Visitor
from tests.services.organisation import Organisation

DAY = 86_400_000_000
ALWAYS = {"covers_from": "2020-01-01", "covers_until": "2099-12-31"}


@pytest.fixture
def app(settings: Settings, org: Organisation) -> Flask:
    return application(settings, org.house)


def number_of(org: Organisation) -> int:
    with org.house.db.reading("all") as session:
        return int(session.execute(select(role_grant.c.id).where(role_grant.c.person_id == org["auditor"].person_id)).scalar_one())


def began(org: Organisation, cases: int = 6) -> int:
    for n in range(cases):
        org.open(title=f"Matter {n}", unit=("W1", "W2")[n % 2])
    keeping_log.round_of(org.house)
    engagements.begin(org.house, org["auditor"], number_of(org), "2020-01-01", "2099-12-31")
    return number_of(org)


def sent(visitor: Visitor, path: str, action: str, **data: str) -> int:
    """Send a form of a page that has several: what it hides is the token and the key."""
    csrf = re.findall(r'name="csrf_token" value="([^"]+)"', visitor.get(path).text)[-1]
    key = f"{action}-{sorted(data.items())}"
    return visitor.client.post(action, data=data | {"csrf_token": csrf, "key": key}, headers=OURS).status_code


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_an_engagement_goes_from_its_checkpoint_to_an_answered_observation(app: Flask, org: Organisation, tmp_path: Path,
                                                                           capsys: pytest.CaptureFixture[str],
                                                                           monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSPECT_MODE", "test")
    for n in range(6):
        org.open(title=f"Matter {n}")
    keeping_log.round_of(org.house)
    visitor, here = Visitor(app), f"/engagements/{number_of(org)}"
    visitor.sign_in("auditor")
    assert sent(visitor, here, here, do="sample", size="3") == 404
    assert sent(visitor, here, here, do="open", **ALWAYS) == 303
    assert sent(visitor, here, here, do="open", **ALWAYS, again="1") == 422
    org.open(title="Opened after the checkpoint")
    assert sent(visitor, here, here, do="sample", size="300") == 422
    assert sent(visitor, here, here, do="sample", size="4") == 303
    page = visitor.get(here).text
    assert "4 of 6" in page and "Opened after" not in page
    told = visitor.get(re.findall(r'href="(/engagements/\d+/samples/\d+)"', page)[0])
    assert len(sampling.recomputed(told.data)["sample"]) == 4
    kept = tmp_path / "sample.json"
    kept.write_bytes(told.data)
    assert main(["audit", "sample", str(kept)]) == 0 and "4 of 6" in capsys.readouterr().out
    kept.write_bytes(told.data.replace(b'"size": 4', b'"size": 3'))
    assert main(["audit", "sample", str(kept)]) == 2
    assert sent(visitor, here, here, do="observe", unit="W1", says="Two signals were left.", due="2020-01-01") == 422
    assert sent(visitor, here, here, do="observe", unit="W1", says="Two signals were left.", due="2099-12-31") == 303
    visitor.sign_in("head")
    assert "Two signals were left." in visitor.get("/observations").text
    answer = re.findall(r'action="(/observations/\d+)"', visitor.get("/observations").text)[0]
    assert sent(visitor, "/observations", answer, answer=" ") == 422
    assert sent(visitor, "/observations", answer, answer="They were assessed on Monday.") == 303
    assert sent(visitor, "/observations", answer, answer="And once more.") == 404
    visitor.sign_in("auditor")
    assert "They were assessed on Monday." in visitor.get(here).text
    assert sent(visitor, here, here, do="settle", observation=answer.rsplit("/", 1)[1], accepted="yes") == 303
    assert "settled" in visitor.get(here).text


def test_an_observation_is_overdue_after_its_day_and_a_late_answer_stays_late(org: Organisation) -> None:
    number = began(org, 2)
    day = queries.today(org.house)
    observations.observe(org.house, org["auditor"], number, "W1", None, "Nobody answered.", day.isoformat())
    assert [one.overdue for one in observations.to_answer(org.house, org["chair"])] == [False]
    with hold(now() + 3 * DAY):
        assert [one.overdue for one in observations.to_answer(org.house, org["head"])] == [True]
        observations.answer(org.house, org["head"], observations.to_answer(org.house, org["head"])[0].id, "We were away.")
        assert [(one.overdue, one.state) for one in observations.of_engagement(org.house, org["auditor"], number)] == [(True, "answered")]


def test_what_is_observed_of_one_case_is_for_who_may_know_of_it(org: Organisation) -> None:
    number, case = began(org, 1), org.open(title="Closed")
    with pytest.raises(Invalid) as wrong:
        observations.observe(org.house, org["auditor"], number, "W2", case.number, "It was closed.", "2099-12-31")
    assert [p.pointer for p in wrong.value.problems] == ["/unit"]
    observations.observe(org.house, org["auditor"], number, None, case.number, "It was closed.", "2099-12-31")
    assert [one.number for one in observations.to_answer(org.house, org["chair"])] == [case.number]
    assert observations.to_answer(org.house, org["head"]) == [], "an inspection is not the unit leader's to see"
    assert observations.to_answer(org.house, org["other_head"]) == []


def test_every_step_is_an_event_and_the_history_verifies(org: Organisation) -> None:
    number = began(org)
    engagements.draw(org.house, org["auditor"], number, 3)
    observations.observe(org.house, org["auditor"], number, "W1", None, "Words that stay out of the event.", "2099-12-31")
    with org.house.db.reading("all") as session:
        done = session.execute(select(event.c.trigger).join(stream, stream.c.id == event.c.stream_id).where(stream.c.kind == "audits")
                               .order_by(event.c.seq)).scalars().all()
    assert done == ["open_engagement", "draw_sample", "observe"]
    keeping_log.round_of(org.house)
    assert verifying.verify(org.house).status == 0

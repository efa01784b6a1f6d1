"""Who opened a file is on record and shown to whom it is about; why someone sees it is explained to whom may ask."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import insert, select, update

from inspect_app.audit.envelope import disclosed
from inspect_app.cli.main import main
from inspect_app.errors import NotFound
from inspect_app.models import case_read, cases, content, event, role_grant, stream
from inspect_app.now import hold, now
from inspect_app.services import queries
from inspect_app.services.explaining import Explanation, explain, sentences
from inspect_app.services.said import data_of
from inspect_app.services.walls import rebuild_for
from tests.api.standings import STANDINGS, Peopled, peopled
from tests.api.test_matrix import Door
from tests.services.organisation import Organisation
from workflows.acts import Actor
from workflows.roles import Role

CONSOLE = Actor("console:test", "console:test")
MINUTE = 60_000_000


@pytest.fixture
def everyone(org: Organisation) -> Peopled:
    return peopled(org)


def reads(org: Organisation) -> list[tuple[str, str, int]]:
    r, names = case_read.c, {actor.person_id: login for login, actor in org.people.items()}
    with org.house.db.reading("all") as session:
        return sorted((names[p], part, times) for p, part, times in session.execute(select(r.person_id, r.part, r.times)))


def access_events(org: Organisation) -> list[tuple[str, str, dict[str, str]]]:
    with org.house.db.reading("all") as session:
        rows = session.execute(select(event.c.trigger, event.c.actor, content.c.body).join(stream, stream.c.id == event.c.stream_id)
                               .join(content, content.c.event_id == event.c.event_id).where(stream.c.kind == "access").order_by(event.c.seq)).all()
    return [(trigger, actor, data_of(disclosed(body))) for trigger, actor, body in rows]


def test_each_opening_is_counted_once_a_minute_and_the_first_of_a_day_is_an_event(app: Flask, everyone: Peopled) -> None:
    door, case = Door(app, STANDINGS["officer"], everyone.org), everyone.cases["shortcoming"]
    moment = now()
    for n, path in enumerate((f"/cases/{case}", f"/api/v1/cases/{case}", f"/api/v1/cases/{case}/events", f"/api/v1/cases/{case}/evidence")):
        with hold(moment + n * 30_000_000):
            assert door.send("GET", path).status_code == 200
    assert reads(everyone.org) == [("officer", "officer", 2)]
    assert access_events(everyone.org) == [("open_case", everyone.org["officer"].id, {"case": case, "part": "officer", "door": "page"})]


def test_what_was_not_shown_was_not_opened(app: Flask, everyone: Peopled) -> None:
    door = Door(app, STANDINGS["stranger"], everyone.org)
    assert door.send("GET", f"/cases/{everyone.cases['inspection']}").status_code == 404
    officer = Door(app, STANDINGS["officer"], everyone.org)
    assert officer.send("GET", f"/api/v1/cases/{everyone.cases['inspection']}/events/999").status_code == 404
    assert reads(everyone.org) == [] and access_events(everyone.org) == []


def test_the_person_concerned_sees_who_opened_the_file_and_never_the_reporter(app: Flask, everyone: Peopled) -> None:
    case = everyone.cases["inspection"]
    for name in ("officer", "reporter", "protected", "respondent, head and owner"):
        assert Door(app, STANDINGS[name], everyone.org).send("GET", f"/cases/{case}").status_code in (200, 303)
    for name in ("respondent, head and owner", "companion", "auditor", "reporter", "protected"):
        page = Door(app, STANDINGS[name], everyone.org).send("GET", f"/cases/{case}").text
        aside = page[page.index('id="opened"'):]
        assert "officer" in aside, name
        assert ("Officer Person" in aside) is (name not in ("reporter", "protected")), name
        assert "reporter Person" not in aside and "witness Person" not in aside, name
    assert 'id="opened"' not in Door(app, STANDINGS["team member"], everyone.org).send("GET", f"/cases/{case}").text


def test_whoever_answers_opens_the_file_too(app: Flask, everyone: Peopled) -> None:
    number = everyone.number("responsibility")
    assert Door(app, STANDINGS["delegate"], everyone.org).send("GET", f"/answer/{number}").status_code == 200
    assert reads(everyone.org) == [("delegate", "head", 1)]
    page = Door(app, STANDINGS["respondent, head and owner"], everyone.org).send("GET", f"/cases/{everyone.cases['responsibility']}").text
    assert "delegate Person" in page[page.index('id="opened"'):]


def test_taking_a_history_opens_every_file_in_it(app: Flask, everyone: Peopled) -> None:
    Door(app, STANDINGS["auditor with a close tie"], everyone.org).send("POST", "/exports", told={"reason": "the yearly audit", "format": "csv"})
    assert reads(everyone.org) == [("kin", "auditor", 1)] * 2


def asked(everyone: Peopled, login: str, kind: str, asker: Actor = CONSOLE, on: str | None = None) -> tuple[Explanation, str]:
    found = explain(everyone.org.house, asker, login, everyone.number(kind), on)
    return found, " ".join(sentences(everyone.org.house, found, "en"))


@pytest.mark.parametrize("name", [n for n in STANDINGS if n != "token that only reads"])
def test_the_explanation_agrees_with_the_table_for_everyone(everyone: Peopled, name: str) -> None:
    for kind in everyone.cases:
        found, _ = asked(everyone, STANDINGS[name].login, kind)
        told = STANDINGS[name].parts(kind) - {Role.REPORTER, Role.PROTECTED}
        assert set(found.parts) == told and found.sees is bool(told), kind


def test_an_exclusion_is_named_and_its_reason_never(everyone: Peopled) -> None:
    found, text = asked(everyone, "kin", "inspection")
    assert not found.sees and "Excluded." in text and "tie" not in text and "sealed" not in text
    found, text = asked(everyone, "two", "inspection")
    assert not found.sees and "Excluded." in text and "interest" not in text


def test_it_tells_what_was_on_an_earlier_day(everyone: Peopled) -> None:
    org = everyone.org
    with org.house.db.atomic("all") as session:
        session.execute(update(cases).values(opened_at=0))
        session.execute(update(role_grant).where(role_grant.c.person_id == org["gone_auditor"].person_id).values(reason="yearly audit"))
    assert not asked(everyone, "gone_auditor", "shortcoming")[0].sees
    found, text = asked(everyone, "gone_auditor", "shortcoming", on=(queries.today(org.house) - timedelta(days=1)).isoformat())
    assert found.parts == (Role.AUDITOR,) and found.acts == () and "A grant that reaches the case" in text
    assert not asked(everyone, "former", "inspection")[0].sees


def test_asking_is_recorded_and_only_for_cases_that_one_may_ask_about(everyone: Peopled) -> None:
    org = everyone.org
    asked(everyone, "officer", "inspection", org["data_officer"])
    trigger, actor, told = access_events(org)[-1]
    assert (trigger, actor, told["person"]) == ("explain", org["data_officer"].id, org["officer"].id)
    with pytest.raises(NotFound):
        asked(everyone, "officer", "inspection", org["kin"])
    with pytest.raises(NotFound):
        asked(everyone, "officer", "inspection", org["chair"])
    with org.house.db.atomic("all") as session:
        session.execute(update(cases).values(closed_circle=True))
    with pytest.raises(NotFound):
        asked(everyone, "officer", "inspection", org["auditor"])
    assert len(access_events(org)) == 1


def test_an_auditor_sees_the_engagement_and_reads_redacted(app: Flask, everyone: Peopled) -> None:
    org = everyone.org
    with org.house.db.atomic("all") as session:
        session.execute(update(role_grant).where(role_grant.c.person_id == org["auditor"].person_id)
                        .values(reason="yearly audit 2026", until_on=date(2099, 12, 31)))
        session.execute(insert(role_grant).values(person_id=org["auditor"].person_id, role="auditor", unit_id=2, since_on=date(2020, 1, 1),
                                                  until_on=date(2020, 12, 31), reason="audit of 2020"))
        rebuild_for(session, org.house, [org["auditor"].person_id or 0])
    page = Door(app, STANDINGS["auditor"], org).send("GET", "/engagements").text
    assert "yearly audit 2026" in page and "running" in page and "audit of 2020" in page and "ended" in page
    shown = Door(app, STANDINGS["auditor"], org).send("GET", f"/api/v1/cases/{everyone.cases['inspection']}/events").get_json()["events"]
    declared = next(e for e in shown if e["trigger"] == "declare_conflict")
    assert declared["data"] == {} and declared["withheld"] == ["ground"]


def test_the_console_explains(everyone: Peopled, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    org = everyone.org
    url = org.house.db.url.render_as_string(hide_password=False)
    monkeypatch.setenv("INSPECT_DATABASE_URL", url)
    monkeypatch.setenv("INSPECT_MODE", "test")
    assert main(["access", "explain", "lead", everyone.number("inspection")]) == 0
    out = capsys.readouterr().out
    assert "sees case" in out and "team leader" in out
    assert main(["access", "explain", "nobody", everyone.number("inspection")]) == 1
    assert main(["access", "explain", "lead", "2026-999999", "--on", "yesterday"]) == 1

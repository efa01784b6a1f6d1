"""What the JSON door shows, and to whom; and that it says no in one form."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import insert, select, update

from inspect_app.models import account, cases, exclusion
from inspect_app.services.tokens import create_token, revoke
from tests.api.conftest import Caller, Callers
from tests.api.test_acting import ASSESS, opened, problem
from tests.services.organisation import Organisation

READS = ("", "/transitions", "/events", "/events/1", "/clocks", "/evidence", "/evidence/1")


@pytest.fixture
def served(org: Organisation) -> str:
    """A case whose respondent is the head of ward 1."""
    case = org.ordered()
    org.act("lead", case, "launch", office="head-w1", served_on="2026-01-05", rights_notice=True)
    return case


def test_a_case_that_is_not_yours_to_see_does_not_exist_in_any_operation(callers: Callers, org: Organisation) -> None:
    case = opened(callers)
    unknown = "00000000-0000-4000-8000-000000000000"
    for who in ("stranger", "head"):
        for path in READS:
            hidden, none = callers[who].get(f"/cases/{case}{path}"), callers[who].get(f"/cases/{unknown}{path}")
            assert hidden.status_code == none.status_code == 404
            assert hidden.get_data(as_text=True).replace(case, unknown) == none.get_data(as_text=True)
        problem(callers[who].act(case, 1, "assess", **ASSESS), 404, "not_found")
        problem(callers[who].post(f"/cases/{case}/evidence", {"description": "x", "reference": "y"}, If_Match='"1"'), 404, "not_found")
        body = {"template": "visit", "occurred_at": "2026-05-03T10:00:00Z", "acts": [{"case": case, "seen": 1, "trigger": "assess", "data": ASSESS}]}
        problem(callers[who].post("/sittings", body), 404, "not_found")
        told = callers[who].post("/events:batch", {"acts": body["acts"]}).get_json()
        assert [r["status"] for r in told["results"]] == [404]
        assert callers[who].get("/cases?count=true").get_json() == {"cases": [], "cursor": None, "total": 0, "total_capped": False}
        callers.org.index()
        assert callers[who].get("/cases?q=drug").get_json()["cases"] == [] and callers[who].get("/work").get_json() == {"work": [], "cursor": None}


def test_exclusion_beats_every_grant(callers: Callers, org: Organisation) -> None:
    case = opened(callers)
    row = callers["chair"].get("/cases").get_json()["cases"]
    assert [c["id"] for c in row] == [case]
    with org.house.db.atomic("all") as session:
        number = session.execute(select(cases.c.id).where(cases.c.uid == case)).scalar_one()
        session.execute(insert(exclusion).values(case_id=number, person_id=org["chair"].person_id, part="all", since_on=date(2020, 1, 1)))
    assert callers["chair"].get("/cases").get_json()["cases"] == []
    for path in READS:
        problem(callers["chair"].get(f"/cases/{case}{path}"), 404, "not_found")


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/cases/nothing",
        "/cases/1",
        "/workflows/nothing",
        "/workflows/inspection/diagram.png",
        "/",
        "/cases/00000000-0000-4000-8000-000000000000/evidence/99999999999999999999",
    ],
)
def test_what_does_not_exist_is_not_found(callers: Callers, path: str) -> None:
    problem(callers["officer"].get(path), 404, "not_found")


def test_a_method_that_does_not_exist_names_those_that_do(callers: Callers) -> None:
    answer = callers["officer"].client.delete("/api/v1/cases", headers=callers["officer"].headers())
    problem(answer, 405, "method")
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


def test_every_path_answers_options(callers: Callers) -> None:
    for path in ("/api/v1/sittings", "/api/v1/cases", "/healthz"):
        assert callers["officer"].client.options(path, headers=callers["officer"].headers()).status_code == 200


def test_nobody_is_asked_who_they_are(callers: Callers) -> None:
    answer = callers.nobody().get("/cases")
    problem(answer, 401, "unknown")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("header", ["Bearer", "Bearer x", "Basic YTpi", "insp_x", "Bearer insp_a.b.00000000", "Bearer insp_é.b.c", ""])
def test_a_token_that_is_none_is_unknown(callers: Callers, header: str) -> None:
    answer = callers["officer"].client.get("/api/v1/cases", headers={"Authorization": header})
    problem(answer, 401, "unknown")


def test_a_token_with_the_scope_read_writes_nothing(callers: Callers) -> None:
    case = opened(callers)
    reader = callers.with_scopes("officer", "read")
    assert reader.get(f"/cases/{case}").status_code == 200
    problem(reader.act(case, 1, "assess", **ASSESS), 403, "not_yours")
    problem(reader.open(), 403, "not_yours")
    problem(reader.post("/sittings", {}), 403, "not_yours")
    problem(reader.post("/events:batch", {}), 403, "not_yours")
    problem(reader.post(f"/cases/{case}/evidence", {}), 403, "not_yours")


def test_a_revoked_token_is_unknown(callers: Callers, org: Organisation) -> None:
    token = create_token(org.house, "officer", "lost", "read write", 1)
    caller = Caller(callers.app.test_client(use_cookies=False), token)
    assert caller.get("/work").status_code == 200
    assert revoke(org.house, org["officer"], token.removeprefix("insp_").partition(".")[0])
    problem(caller.get("/work"), 401, "unknown")


def test_a_token_in_an_address_is_refused_even_beside_a_good_header(callers: Callers) -> None:
    caller = callers["officer"]
    for who in (caller, callers.nobody()):
        problem(who.get(f"/cases?token={caller.token}"), 401, "unknown")
        problem(who.get(f"/openapi.json?access_token={caller.token}"), 401, "unknown")


def test_the_register_filters_sorts_and_pages(callers: Callers) -> None:
    ids = [callers["officer"].open(title=f"Sổ {'abcde'[n]}x", unit="W1" if n % 2 else "W2").get_json()["id"] for n in range(5)]
    callers.org.index()
    callers["officer"].act(ids[0], 1, "assess", **ASSESS)
    get = callers["officer"].get

    def found(query: str) -> list[str]:
        return [c["id"] for c in get(f"/cases?{query}").get_json()["cases"]]

    assert found("sort=opened") == ids and found("sort=-opened") == ids[::-1]
    assert found("state=triage") == [ids[0]] and found("unit=W1&sort=opened") == ids[1::2] and len(found("unit=HQ")) == 5
    assert found("q=só dx") == [ids[3]] and found("workflow=shortcoming") == [] and len(found("overdue=false")) == 5 and found("overdue=true") == []
    assert found("updated_since=2199-01-01T00:00:00%2B07:00") == [] and len(found("updated_since=2026-01-01T00:00:00+07:00")) == 5
    assert len(found("open=true")) == 5 and found("assigned_to=nobody") == []
    walked, address = [], "/cases?sort=opened&limit=2"
    while address:
        answer = get(address)
        walked += [c["id"] for c in answer.get_json()["cases"]]
        link = answer.headers.get("Link", "")
        assert bool(link) == bool(answer.get_json()["cursor"])
        address = link.partition(">")[0].lstrip("<")
    assert walked == ids


@pytest.mark.parametrize(
    "query",
    [
        "sort=colour",
        "limit=0",
        "limit=201",
        "limit=x",
        "limit=%C2%B2",
        "cursor=x",
        "cursor=NQ",
        "cursor=%C3%A9",
        "colour=red",
        "q=%00",
        "overdue=maybe",
        "updated_since=2026",
        "state=%00",
        "assigned_to=%00",
        "count=yes",
        "cursor=WyItdXBkYXRlZCIsOTk5OTk5OTk5OTk5OTk5OTk5OTk5LDFd",
        "q=" + "x" * 201,
    ],
)
def test_a_question_nobody_understands_is_named(callers: Callers, query: str) -> None:
    told = problem(callers["officer"].get(f"/cases?{query}"), 422, "invalid")
    assert [e["pointer"] for e in told["errors"]] == [f"/{query.partition('=')[0]}"]


def test_a_case_that_has_not_changed_is_not_sent_again(callers: Callers) -> None:
    case = opened(callers)
    tag = callers["officer"].get(f"/cases/{case}").headers["ETag"]
    answer = callers["officer"].get(f"/cases/{case}", If_None_Match=tag)
    assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", tag)
    callers["officer"].act(case, 1, "assess", **ASSESS)
    assert callers["officer"].get(f"/cases/{case}", If_None_Match=tag).status_code == 200


def test_transitions_show_every_act_with_what_it_asks_and_what_its_rules_say(callers: Callers) -> None:
    case = opened(callers)
    answer = callers["officer"].get(f"/cases/{case}/transitions")
    told = answer.get_json()
    assert (told["state"], told["seq"], answer.headers["ETag"]) == ("registered", 1, '"1"')
    by = {t["trigger"]: t for t in told["transitions"]}
    assert {"assess", "pause", "add_evidence", "note_for_record", "grant_access"} <= set(by)
    assert by["assess"]["mine"] and by["assess"]["allowed"] and not by["grant_access"]["mine"] and not by["grant_access"]["allowed"]
    field = by["assess"]["inputs"][0]
    assert (field["name"], field["kind"], field["required"], field["class"], field["at_least"]) == ("assessment", "text", True, "plain", 3)
    assert "chair" in field["readers"] and "respondent" not in field["readers"]
    assert all(set(g) == {"code", "ok", "message"} and g["message"] for t in told["transitions"] for g in t["guards"])
    assert {g["code"]: g["ok"] for g in by["assess"]["guards"]} == {
        "case_is_not_paused": True, "source_is_classified": True, "late_entry_names_its_paper": None}


@pytest.mark.parametrize(("language", "begins"), [("en", "Decided by what you enter: "), ("vi", "Tùy theo nội dung nhập: ")])
def test_a_rule_that_is_decided_by_what_is_entered_says_so(callers: Callers, org: Organisation, language: str, begins: str) -> None:
    case = opened(callers)
    with org.house.db.atomic("all") as session:
        session.execute(update(account).where(account.c.login == "officer").values(language=language))
    told = callers["officer"].get(f"/cases/{case}/transitions").get_json()["transitions"]
    late = next(g for t in told if t["trigger"] == "assess" for g in t["guards"] if g["code"] == "late_entry_names_its_paper")
    rule = org.house.catalogue.by_name["inspection"].triggers["assess"][0].checks[-1].rule
    assert (late["ok"], late["message"]) == (None, begins + rule.inner.say(language))


@pytest.mark.parametrize("login", ["officer", "chair", "lead", "head", "auditor"])
def test_nobody_reads_a_verdict_on_an_act_of_others(callers: Callers, served: str, login: str) -> None:
    told = callers[login].get(f"/cases/{served}/transitions").get_json()["transitions"]
    assert all(t["guards"] == [] and not t["allowed"] for t in told if not t["mine"])
    assert all(t["guards"] for t in told if t["mine"])


def test_a_party_hears_the_outer_sentences_and_the_rules_of_its_own_acts_only(callers: Callers, served: str, org: Organisation) -> None:
    told = callers["head"].get(f"/cases/{served}/transitions").get_json()["transitions"]
    assert {t["trigger"] for t in told if t["mine"]} >= {"report", "add_evidence"}
    assert all(t["guards"] == [] for t in told if not t["mine"])


def test_a_refusal_is_told_to_a_party_in_outer_sentences(callers: Callers, served: str, org: Organisation) -> None:
    workflow = org.house.catalogue.by_name["inspection"]
    body = {"trigger": "report", "data": {"explanation": "we were two short"}, "occurred_at": "2026-01-06T09:00:00+07:00"}
    told = problem(callers["head"].post(f"/cases/{served}/events", body, If_Match='"5"'), 422, "refused")
    outer = {g.code: g.rule.outer.say("en") for g in workflow.triggers["report"][0].checks}
    assert {g["code"]: g["message"] for g in told["guards"]} == outer


def test_a_party_reads_what_is_meant_for_it_and_learns_the_names_of_the_rest(callers: Callers, served: str) -> None:
    events = {e["trigger"]: e for e in callers["head"].get(f"/cases/{served}/events").get_json()["events"]}
    assert sorted(events["register"]["withheld"]) == ["source", "what"] and "what" not in events["register"]["data"]
    assert callers["chair"].get(f"/cases/{served}/events").get_json()["events"][0]["withheld"] == []
    assert callers["head"].get(f"/cases/{served}/events/1").get_json()["withheld"] == ["source", "what"]


def test_the_history_pages(callers: Callers, served: str) -> None:
    first = callers["officer"].get(f"/cases/{served}/events?limit=3")
    following = first.headers["Link"].partition(">")[0].lstrip("<")
    second = callers["officer"].get(following)
    assert [e["seq"] for e in first.get_json()["events"] + second.get_json()["events"]] == [1, 2, 3, 4, 5]
    assert "Link" not in second.headers and second.get_json()["cursor"] is None
    problem(callers["officer"].get(f"/cases/{served}/events?cursor=nothing"), 422, "invalid")
    problem(callers["officer"].get(f"/cases/{served}/events/6"), 404, "not_found")
    problem(callers["officer"].get(f"/cases/{served}/events/0"), 404, "not_found")


def test_a_time_limit_says_how_it_was_derived(callers: Callers, served: str) -> None:
    told = {c["name"]: c for c in callers["officer"].get(f"/cases/{served}/clocks").get_json()["clocks"]}
    assert (told["response"]["started_seq"], told["response"]["status"], told["response"]["then"]) == (5, "running", "response_lapsed")
    assert told["response"]["limit"] and told["response"]["zone"] and told["ack"]["status"] == "stopped"


def test_work_is_what_waits_for_the_caller(callers: Callers) -> None:
    case = opened(callers)
    told = callers["officer"].get("/work").get_json()["work"]
    assert [c["id"] for c in told] == [case] and "assess" in told[0]["waits"]


def test_work_goes_on_page_after_page(callers: Callers) -> None:
    cases = [opened(callers) for _ in range(3)]
    first = callers["officer"].get("/work?limit=2")
    assert [c["id"] for c in first.get_json()["work"]] == cases[:2]
    following = first.headers["Link"].partition(">")[0].removeprefix("<")
    second = callers["officer"].get(following)
    assert ([c["id"] for c in second.get_json()["work"]], second.get_json()["cursor"], "Link" in second.headers) == (cases[2:], None, False)
    problem(callers["officer"].get("/work?cursor=nothing"), 422, "invalid")


def test_a_head_finds_the_responsibilities_served_on_them(callers: Callers, org: Organisation) -> None:
    case = org.ordered()
    org.act("officer", case, "hold_responsible", **org.assignment())
    child = callers["officer"].get(f"/cases/{case}").get_json()["children"][0]
    assert callers["officer"].act(child, 1, "notify", served_on="2026-01-05").status_code == 201
    told = callers["head"].get("/responsibilities?mine").get_json()["responsibilities"]
    assert [(r["office"], r["basis"], r["due_on"]) for r in told] == [("head-w1", "handling", "2099-12-31")]
    assert callers["officer"].get("/responsibilities?mine=true").get_json() == {"responsibilities": []}


def test_the_law_can_be_read(callers: Callers, org: Organisation) -> None:
    get = callers["officer"].get
    names = [w["name"] for w in get("/workflows").get_json()["workflows"]]
    assert {"inspection", "responsibility", "shortcoming"} <= set(names)
    table = get("/workflows/inspection").get_json()
    law = org.house.catalogue.by_name["inspection"]
    assert table["law"] == law.law_hash and [t["trigger"] for t in table["transitions"]] == [t.trigger for t in (*law.transitions, *law.entries)]
    assert get("/workflows/inspection/diagram.svg").data.startswith(b"<svg") and b"stateDiagram" in get("/workflows/inspection/diagram.mmd").data
    assert get("/workflows/inspection/diagram.dot").data.startswith(b"digraph")
    assert "generic" in [r["name"] for r in get("/rulesets").get_json()["rulesets"]]
    assert {u["code"]: (u["parent"], u["mine"]) for u in get("/units").get_json()["units"]} == {
        "HQ": (None, True),
        "W1": ("HQ", True),
        "W2": ("HQ", True),
    }


def test_the_application_says_that_it_lives_and_can_serve(callers: Callers) -> None:
    nobody = callers.nobody().client
    assert nobody.get("/healthz").get_json() == {"status": "alive"} and nobody.get("/readyz").get_json() == {"status": "ready"}
    page = nobody.get("/api/docs")
    assert page.status_code == 200 and b"swagger-ui-bundle.js" in page.data and b"<script>" not in page.data and b"style=" not in page.data
    assert "script-src 'self';" in page.headers["Content-Security-Policy"]

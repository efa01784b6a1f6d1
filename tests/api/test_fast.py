"""The fast track through the JSON door: each workflow lived, refused with the rule that stands in the way, and made formal."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from inspect_app.models import case_role, cases, person, sanction
from inspect_app.now import hold, now
from inspect_app.services import keeping_log
from inspect_app.services.clocks import sweep
from inspect_app.services.verifying import verify
from tests.api.conftest import Callers
from tests.api.standings import add_people
from tests.services.organisation import Organisation

DAY = 86_400_000_000
TODAY, SOON = date.today(), date.today() + timedelta(days=20)  # noqa: DTZ011
YESTERDAY = (TODAY - timedelta(days=1)).isoformat()
TALK: dict[str, Any] = {"held_on": YESTERDAY, "what": "The door of the store stood open.", "agreed": "It gets a closer.",
                        "own_words": "We were two short."}
MINOR: dict[str, Any] = {"committed_on": YESTERDAY, "what": "The trolley stood unlocked in the corridor.", "norm": "section 5"}
CHECK: dict[str, Any] = {"what": "How the ward hands over at the weekend", "held_on": SOON.isoformat()}
RECORDS: dict[str, Any] = {"what": "Drug register, last four weeks", "complete": True, "signed": True, "agrees": True}
PRIVATE = ("agreed", "own_words", "person", "what")


@pytest.fixture
def ward(org: Organisation) -> str:
    """Somebody who belongs to ward 1, whose head is `head`; returns their identifier."""
    add_people(org, "ward")
    return org["ward"].id


def begin(callers: Callers, who: str, workflow: str, unit: str = "W1", trigger: str | None = None, **data: Any) -> TestResponse:
    return callers[who].open(workflow=workflow, unit=unit, title="fast", data=data, **({"trigger": trigger} if trigger else {}))


def begun(callers: Callers, who: str, workflow: str, unit: str = "W1", trigger: str | None = None, **data: Any) -> str:
    answer = begin(callers, who, workflow, unit, trigger, **data)
    assert answer.status_code == 201, answer.get_json()
    return str(answer.get_json()["id"])


def acted(callers: Callers, who: str, case: str, trigger: str, **data: Any) -> TestResponse:
    seen = callers[who].get(f"/cases/{case}").get_json()["seq"]
    return callers[who].act(case, seen, trigger, **data)


def done(callers: Callers, who: str, case: str, trigger: str, **data: Any) -> str:
    """Carry out an act that is allowed; returns the state after it."""
    answer = acted(callers, who, case, trigger, **data)
    assert answer.status_code == 201, answer.get_json()
    return str(answer.get_json()["after"])


def broken(answer: TestResponse) -> set[str]:
    """The codes of the rules that refused it."""
    assert answer.status_code == 422 and answer.get_json()["type"] == "/problems/refused", answer.get_json()
    return {g["code"] for g in answer.get_json()["guards"] if not g["ok"]}


def state(org: Organisation, case: str) -> str:
    with org.house.db.reading("all") as session:
        return str(session.execute(select(cases.c.state).where(cases.c.uid == case)).scalar_one())


def child(org: Organisation, case: str, number: int = 0) -> dict[str, Any]:
    with org.house.db.reading("all") as session:
        parent = select(cases.c.id).where(cases.c.uid == case).scalar_subquery()
        return dict(session.execute(select(cases).where(cases.c.parent_id == parent).order_by(cases.c.id).offset(number)).mappings().first() or {})


def conductors(org: Organisation, case_id: int) -> set[str]:
    with org.house.db.reading("all") as session:
        return set(session.execute(select(person.c.uid).join(case_role, case_role.c.person_id == person.c.id)
                                   .where(case_role.c.case_id == case_id, case_role.c.role == "officer")).scalars())


def later(org: Organisation, days: int) -> None:
    """Everything that runs out within so many days runs out, each at its own moment."""
    moment = now() + days * DAY
    with hold(moment):
        sweep(org.house, moment)


def made_formal(callers: Callers, org: Organisation, who: str, case: str, *words: str) -> None:
    """One act, and the inspection has the subject alone: none of these words, and nobody of the fast track conducts it."""
    assert done(callers, who, case, "make_formal") == "made_formal"
    opened = child(org, case)
    assert (opened["workflow"], opened["state"]) == ("inspection", "registered")
    told = callers["officer"].get(f"/cases/{opened['uid']}/events").get_json()["events"]
    assert set(told[0]["data"]) == {"source", "what"} and told[0]["data"]["source"] == "handover"
    assert not any(word in str(told) for word in words)
    assert conductors(org, opened["id"]) == {org["officer"].id}


# A reminder or a talk ---------------------------------------------------------------------------------------------------


def test_a_talk_is_between_two_and_the_person_sees_and_answers_it(callers: Callers, ward: str) -> None:
    case = begun(callers, "head", "talk", person=ward, **TALK)
    assert callers["ward"].get("/work").get_json()["work"][0]["waits"] == ["see"]
    assert set(PRIVATE) <= set(callers["ward"].get(f"/cases/{case}/events/1").get_json()["data"])
    seen_by_chair = callers["chair"].get(f"/cases/{case}/events/1").get_json()
    assert not set(PRIVATE) & set(seen_by_chair["data"]) and set(PRIVATE) <= set(seen_by_chair["withheld"])
    assert done(callers, "ward", case, "see") == "seen"
    assert done(callers, "ward", case, "answer", answer="I agree.") == "answered"
    assert callers["head"].get(f"/cases/{case}/events/3").get_json()["data"] == {"answer": "I agree."}
    assert "answer" in callers["chair"].get(f"/cases/{case}/events/3").get_json()["withheld"]


def test_a_talk_is_noted_by_the_direct_superior_alone(callers: Callers, org: Organisation, ward: str) -> None:
    assert broken(begin(callers, "head", "talk", person=org["stranger"].id, **TALK)) == {"superior_is_direct"}
    assert broken(begin(callers, "head", "talk", person=org["head"].id, **TALK)) == {"superior_is_direct", "person_is_another"}
    assert begin(callers, "chair", "talk", person=ward, **TALK).status_code == 403


def test_a_talk_is_due_for_erasure_after_a_year(callers: Callers, org: Organisation, ward: str) -> None:
    case = begun(callers, "head", "talk", person=ward, **TALK)
    later(org, 360)
    assert state(org, case) == "noted"
    later(org, 370)
    assert state(org, case) == "to_be_erased"


@pytest.mark.parametrize("who", ["ward", "head"])
def test_a_talk_becomes_formal_by_one_act_of_either_and_takes_nothing_said_along(callers: Callers, org: Organisation, ward: str, who: str) -> None:
    case = begun(callers, "head", "talk", person=ward, **TALK)
    done(callers, "ward", case, "answer", answer="I was never asked.")
    made_formal(callers, org, who, case, "I was never asked", TALK["agreed"], TALK["own_words"])


# A minor matter ---------------------------------------------------------------------------------------------------------


def settled(callers: Callers, ward: str) -> str:
    case = begun(callers, "head", "minor_matter", person=ward, **MINOR)
    done(callers, "ward", case, "answer", answer="I was called away.")
    assert done(callers, "head", case, "settle", rung="reprimand", reason="It was the first time.") == "settled"
    return case


def rungs(org: Organisation) -> list[str]:
    with org.house.db.reading("all") as session:
        return list(session.execute(select(sanction.c.rung)).scalars())


def test_a_minor_matter_ends_with_the_lowest_measure_and_is_spent_by_itself(callers: Callers, org: Organisation, ward: str) -> None:
    case = settled(callers, ward)
    assert rungs(org) == ["reprimand"]
    keeping_log.round_of(org.house)
    assert verify(org.house).found == 0  # a window runs, and nothing is due by it
    later(org, 170)
    assert state(org, case) == "settled"
    later(org, 190)
    assert state(org, case) == "spent"


def test_a_minor_matter_is_not_settled_before_an_answer_or_the_end_of_its_time(callers: Callers, org: Organisation, ward: str) -> None:
    case = begun(callers, "head", "minor_matter", person=ward, **MINOR)
    assert acted(callers, "head", case, "settle", rung="reprimand", reason="It is clear.").status_code == 409
    later(org, 20)
    assert state(org, case) == "unanswered"
    assert acted(callers, "head", case, "settle", rung="warning", reason="It is clear.").status_code == 422
    assert done(callers, "head", case, "settle_without", reason="It is done with.") == "settled_without"
    assert rungs(org) == []


def test_another_person_decides_the_appeal_and_can_only_keep_or_annul(callers: Callers, org: Organisation, ward: str) -> None:
    case = settled(callers, ward)
    assert done(callers, "ward", case, "appeal", grounds="There was nobody to hand over to.") == "appealed"
    assert broken(acted(callers, "head", case, "annul", reason="as I see it")) == {"another_decides_the_appeal"}
    assert acted(callers, "ward", case, "annul", reason="as I see it").status_code == 403
    assert done(callers, "chair", case, "uphold", reason="It stands.") == "settled"
    done(callers, "ward", case, "appeal", grounds="The plan shows it.")
    assert done(callers, "chair", case, "annul", reason="The plan shows it.") == "annulled"


def test_a_minor_matter_becomes_formal_before_it_is_settled_and_not_after(callers: Callers, org: Organisation, ward: str) -> None:
    case = begun(callers, "head", "minor_matter", person=ward, **MINOR)
    done(callers, "ward", case, "answer", answer="It was not I.")
    made_formal(callers, org, "ward", case, "It was not I")
    assert acted(callers, "ward", settled(callers, ward), "make_formal").status_code == 409


def test_the_answer_on_paper_is_typed_by_the_superior_with_its_paper(callers: Callers, org: Organisation, ward: str) -> None:
    case = begun(callers, "head", "minor_matter", person=ward, **MINOR)
    body = {"trigger": "answer", "data": {"answer": "I was called away.", "paper": "slip 3"}, "recorded_for": ward}
    answer = callers["head"].post(f"/cases/{case}/events", body, If_Match='"1"')
    assert (answer.status_code, answer.get_json()["recorded_for"]) == (201, ward), answer.get_json()


# A unit check, with more time ------------------------------------------------------------------------------------------------


def test_a_unit_check_goes_its_five_beats_and_ends_in_actions(callers: Callers, org: Organisation, ward: str) -> None:
    case = begun(callers, "head", "unit_check", person=ward, **CHECK)
    assert callers["head"].get(f"/cases/{case}").get_json()["due_at"] is not None
    assert done(callers, "ward", case, "hand_in", report="All is handed over but on Sundays.") == "own_report_in"
    assert done(callers, "head", case, "draft", draft="On Sundays nobody is named.") == "drafted"
    points = [{"point": "Sundays", "conclusion": "Somebody is named."}]
    assert acted(callers, "ward", case, "conclude", points=points).status_code == 403
    assert done(callers, "head", case, "conclude", points=points) == "concluded"
    row = {"what": "Nobody is named on Sundays.", "cause_kind": "procedure", "cause": "The plan has no line for it.", "office": "head-w1",
           "measure": "Add a line."}
    assert done(callers, "head", case, "close", shortcomings=[row]) == "closed"
    action = child(org, case)
    assert (action["workflow"], action["state"]) == ("shortcoming", "noted") and action["due_at"] > now() + 25 * DAY


def test_a_unit_check_without_an_own_report_says_so_and_becomes_formal_by_the_side_checked(callers: Callers, org: Organisation, ward: str) -> None:
    assert broken(begin(callers, "head", "unit_check", person=org["head"].id, **CHECK)) == {"person_is_another"}
    case = begun(callers, "head", "unit_check", person=ward, **CHECK)
    later(org, 20)
    assert state(org, case) == "report_missing"
    done(callers, "ward", case, "hand_in", report="Here it is, late.")
    made_formal(callers, org, "ward", case, "Here it is")


def test_the_side_checked_takes_more_time_early_and_within_the_cap(callers: Callers, org: Organisation, ward: str) -> None:
    case = begun(callers, "head", "unit_check", person=ward, **CHECK)
    due = date.fromisoformat(next(c for c in callers["ward"].get(f"/cases/{case}/clocks").get_json()["clocks"] if c["name"] == "own_report")
                             ["due_at"][:10])
    far = (due + timedelta(days=60)).isoformat()
    assert broken(acted(callers, "ward", case, "extend_own_report", until=far, reason="leave")) == {"extension_is_within_the_cap(clock=own_report)"}
    until = (due + timedelta(days=2)).isoformat()
    assert acted(callers, "ward", case, "extend_own_report", until=until, reason="two on leave").status_code == 201
    ends = [c["due_at"] for c in callers["ward"].get(f"/cases/{case}/clocks").get_json()["clocks"] if c["name"] == "own_report"]
    assert ends[-1][:10] >= until


# A records check, a roll-out, a shortcoming ------------------------------------------------------------------------------------


def test_a_records_check_with_nothing_found_settles_unless_somebody_objects(callers: Callers, org: Organisation) -> None:
    assert begin(callers, "head", "records_check", **RECORDS).status_code == 403
    assert begin(callers, "officer", "records_check", **(RECORDS | {"agrees": False})).status_code == 422
    first, second = (begun(callers, "officer", "records_check", **RECORDS) for _ in "ab")
    made_formal(callers, org, "head", first)
    later(org, 20)
    assert state(org, second) == "settled"


def test_a_roll_out_asks_many_units_in_one_act_and_each_answers_for_itself(callers: Callers, org: Organisation) -> None:
    what = {"what": "Results by telephone are read back."}
    wrong = begin(callers, "officer", "rollout", "HQ", "call", units=[{"unit": "W1"}, {"unit": "AB"}], **what)
    assert broken(wrong) == {"units_named_are_in_jurisdiction"}
    case = begun(callers, "officer", "rollout", "HQ", "call", units=[{"unit": "W1"}, {"unit": "W2"}], **what)
    one, two = child(org, case), child(org, case, 1)
    assert {one["state"], two["state"]} == {"asked"} and one["unit_id"] != two["unit_id"] and one["due_at"] is not None
    assert callers["head"].get(f"/cases/{two['uid']}").status_code == 404
    assert done(callers, "head", one["uid"], "answer", choice="waived", sentence="We have no telephone.") == "answered"
    assert broken(begin(callers, "officer", "rollout", "W1", "ask", **what)) == {"parent_is(workflow=rollout)"}
    assert done(callers, "officer", two["uid"], "end", why="closed for repairs") == "ended"


def test_a_shortcoming_without_a_day_is_due_as_the_ruleset_says(callers: Callers) -> None:
    case = begun(callers, "head", "shortcoming", what="Nobody is named on Sundays.", cause_kind="procedure", cause="The plan has no line.",
                 office="head-w1", measure="Add a line.")
    limits = {c["name"]: c["limit"] for c in callers["head"].get(f"/cases/{case}/clocks").get_json()["clocks"]}
    assert limits == {"due": "30d", "check_in_30": "day", "check_in_90": "day", "check_in_180": "day"}


def test_a_day_named_long_ahead_may_be_extended_and_stops_no_page(callers: Callers) -> None:
    case = begun(callers, "head", "shortcoming", what="Nobody is named on Sundays.", cause_kind="procedure", cause="The plan has no line.",
                 office="head-w1", measure="Add a line.", due="2099-12-31")
    assert acted(callers, "head", case, "extend_due", until="2100-01-15", reason="as the builder says").status_code == 201


# The ledger of silence -----------------------------------------------------------------------------------------------------------


def test_a_signal_closed_without_a_case_stands_on_the_ledger_of_silence(callers: Callers, org: Organisation) -> None:
    case = str(callers["officer"].open().get_json()["id"])
    done(callers, "officer", case, "assess", assessment="founded", no_duplicate=True)
    done(callers, "officer", case, "propose_no_case", ground="unfounded", sentence="The book is whole.")
    done(callers, "chair", case, "close_no_case", reason="Read and agreed.")
    waiting = str(callers["officer"].open().get_json()["id"])
    assert callers["officer"].get("/silence").status_code == 403
    told = callers["auditor"].get("/silence").get_json()
    assert [(e["case"]["id"], e["ground"], e["sentence"], e["by_two"]) for e in told["closed"]] == [(case, "unfounded", "The book is whole.", True)]
    assert told["waiting"] == []
    with hold(now() + 10 * DAY):
        assert [c["id"] for c in callers["auditor"].get("/silence").get_json()["waiting"]] == [waiting]

"""A year of the programme over HTTP: one pilot unit, four demonstrations by four units, an effectiveness review whose figures come from cases."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, select

from inspect_app.models import appointment, cases, office, person, role_grant, unit
from inspect_app.services.figures import counted
from inspect_app.services.histories import Wanted, chosen
from inspect_app.services.units import replant
from tests.api.conftest import Callers
from tests.api.scenario import Story
from tests.pages.test_pages import Visitor
from tests.services.organisation import LONG_AGO, Organisation

WARDS = ("W1", "W2", "W3", "W4")
HEADS = {"W1": "head", "W2": "other_head", "W3": "deputy", "W4": "stranger"}
GENERIC = "generic"


@pytest.fixture
def story(org: Organisation, callers: Callers) -> Story:
    """Four wards, each with a head who leads the unit."""
    with org.house.db.atomic("all") as session:
        top = session.execute(select(unit.c.id).where(unit.c.code == "HQ")).scalar_one()
        for code in ("W3", "W4"):
            number = session.execute(insert(unit).values(code=code, name=f"Ward {code[1]}", kind="unit", external=False, path="/",
                                                         parent_id=top).returning(unit.c.id)).scalar_one()
            post = session.execute(insert(office).values(code=f"head-{code.lower()}", title=f"Head of {code}", unit_id=number,
                                                         line="unit").returning(office.c.id)).scalar_one()
            who = session.execute(select(person.c.id).where(person.c.uid == org[HEADS[code]].id)).scalar_one()
            session.execute(insert(appointment).values(office_id=post, person_id=who, since_on=LONG_AGO))
        replant(session)
        for code in ("W2", "W3", "W4"):
            number = session.execute(select(unit.c.id).where(unit.c.code == code)).scalar_one()
            who = session.execute(select(person.c.id).where(person.c.uid == org[HEADS[code]].id)).scalar_one()
            session.execute(insert(role_grant).values(person_id=who, role="unit_lead", unit_id=number, since_on=LONG_AGO))
    return Story(callers, GENERIC)


def planned(story: Story, target: str, quarter: str, **changed: Any) -> dict[str, Any]:
    return {"target": target, "quarter": quarter, "what": f"The drug book of {target}", "kind": "scheduled", "every": "once",
            "officer": story.who("officer"), "points": "Every page is signed\nEvery count agrees"} | changed


def shown(story: Story, target: str, quarter: str) -> dict[str, Any]:
    return {"quarter": quarter, "target": target, "office": f"head-{target.lower()}", "what": "How the drug book is counted",
            "aim": "remedied_in_time", "officer": story.who("officer")}


def drawn_up(story: Story) -> dict[str, Any]:
    return {"year": 2026, "what": "Drug books and their counts", "legal_basis": "Regulation 4, article 2",
            "items": [planned(story, "W1", "q1"), planned(story, "W2", "q1", every="each_half")],
            "demonstrations": [shown(story, ward, f"q{n}") for n, ward in enumerate(WARDS, 1)]}


def approved(story: Story) -> str:
    """A programme that another than who drew it up has approved."""
    case = story.open("officer", "programme", "draft", unit="HQ", **drawn_up(story))
    story.act("officer", case, "submit")
    assert "another_person_than(trigger=submit)" not in story.refused("chair", case, "approve", decision="7")  # the day is missing
    story.act("chair", case, "approve", decision="12/2026", decided_on=story.today())
    return case


def remedy(story: Story, ward: str, *, late: bool) -> None:
    """A shortcoming of a ward, remedied by its head before its day or after."""
    today = date.fromisoformat(story.today())
    case = story.open("officer", "shortcoming", "note", unit=ward, what="The count of the drug book is missing", cause_kind="procedure",
                      cause="nobody was named to count", office=f"head-{ward.lower()}", measure="name who counts", due=today.isoformat())
    with story.on(*((today.year, today.month, today.day + (2 if late else 0)))):
        story.act(HEADS[ward], case, "finish", what_was_done="somebody is named")
        story.act("officer", case, "check", what_was_seen="the list with the name")


def inspected(story: Story, item: str, target: str) -> str:
    """An inspection of the programme, from registration to its conclusion, and the item of the plan that it belongs to."""
    case = story.open("officer", "inspection", "register", unit=target, source="programme", what="The drug book of the ward, as planned")
    story.act("officer", item, "link", inspection=story.case(case)["number"])
    return case


def test_a_year_of_the_programme_runs_to_an_effect_that_figures_show(story: Story) -> None:
    with story.on(2026, 1, 5):
        programme = approved(story)
        items = story.below(programme, "planned_inspection")
        hosts = story.below(programme, "demonstration")
        assert [story.said(one["id"])["quarter"] for one in items] == ["q1", "q1", "q3"]
        assert sorted(one["unit"] for one in hosts) == list(WARDS)
        inspected(story, items[0]["id"], "W1")
    with story.on(2026, 1, 12):
        remedy(story, "W1", late=True)
    with story.on(2026, 1, 20):
        remedy(story, "W2", late=True)
    with story.on(2026, 2, 2):
        remedy(story, "W2", late=False)
    first = hosts[0]["id"]
    with story.on(2026, 2, 10):
        drill = story.speaks("officer").post("/cases", {"workflow": "shortcoming", "trigger": "note", "title": "x", "unit": "W1", "ruleset": GENERIC,
                                                         "rehearsal": True, "data": {
                                                             "what": "Invented: the count is missing", "cause_kind": "procedure",
                                                             "cause": "invented for the demonstration", "office": "head-w1", "measure": "count"}},
                                             Idempotency_Key="drill").get_json()
        story.act("head", first, "prepare", script="count, sign, compare", participants="the head, a nurse", watch=[{"point": "two people count"}])
        real = items[0]["number"]
        assert "demonstration_uses_a_rehearsal" in story.refused("head", first, "enter_held", held_on="2026-02-10", rehearsal=real, present=9,
                                                                observed=[{"point": "two people count", "outcome": "yes"}])
        story.act("officer", first, "enter_held", held_on="2026-02-10", rehearsal=drill["number"], present=9,
                  observed=[{"point": "two people count", "outcome": "yes"}])
        story.act("officer", first, "draw_lessons", lessons=[
            {"kind": "fix", "what": "name who counts in the roster", "office": "head-w1", "due": "2026-02-28"}])
        story.act("officer", first, "roll_out", rolled_out="The roster names who counts", due="2026-03-10")
    called = story.below(first, "rollout")[0]["id"]
    with story.on(2026, 2, 20):
        asked = story.below(called, "rollout")
        assert sorted(one["unit"] for one in asked) == ["HQ", *WARDS]
        for one in asked:
            if one["unit"] in HEADS:
                choice = "waived" if one["unit"] == "W4" else "adopted"
                story.act(HEADS[one["unit"]], one["id"], "answer", choice=choice, sentence="the roster is ours")
    with story.on(2026, 3, 2):
        remedy(story, "W2", late=False)
        remedy(story, "W1", late=False)
        assert "next_quarter_has_come" in story.refused("officer", first, "review", effect="works", conclusion="fewer late remedies")
    with story.on(2026, 4, 2):
        story.act("officer", first, "review", effect="works", conclusion="fewer late remedies")
    compared = {row["figure"]: row for row in story.said(first)["compared"]}
    assert compared["remedied_in_time"] == {"figure": "remedied_in_time", "part": 1, "whole": 3, "after_part": 2, "after_whole": 2}
    assert compared["shortcomings"] == {"figure": "shortcomings", "part": 3, "after_part": 2}


def concluded(story: Story, case: str) -> None:
    """An inspection from registration to a conclusion, all on one day."""
    org, today = story.callers.org, story.today()
    story.act("officer", case, "assess", assessment="as planned", no_duplicate=True)
    story.act("officer", case, "propose", work_type="scheduled", why="it is planned")
    story.act("chair", case, "issue", **org.team())
    story.act("lead", case, "launch", office="head-w1", served_on=today, rights_notice=True)
    story.act("head", case, "report", explanation="two shifts were short of people")
    story.act("officer", case, "add_evidence", description="Drug book", held_as="reference", reference="File 7")
    story.act("lead", case, "draft", speaks_for="they told it", checklist=[{"point": "every page is signed", "met": "yes"}], findings=[
        {"finding": "gaps in the drug book", "norm": "Order 4", "committed_on": "2026-01-02", "evidence": [1]}] * 3)
    story.act("lead", case, "share_draft", shared_on=today)
    story.act("head", case, "comment", views="as it is")
    story.act("lead", case, "consult")
    story.act("lead", case, "submit", final_report="as drafted", answers="taken over")
    story.act("chair", case, "conclude", entitled=3, present=3, result="shortcoming", conclusion="gaps, to be remedied")


def plan(story: Story, programme: str) -> dict[str, Any]:
    answer = story.speaks("chair").get(f"/cases/{programme}/plan")
    assert answer.status_code == 200
    told: dict[str, Any] = answer.get_json()
    return told


def test_the_plan_says_what_was_planned_what_came_of_it_and_what_suggests_itself(story: Story) -> None:
    with story.on(2026, 1, 5):
        programme = approved(story)
        first, second, third = (one["id"] for one in story.below(programme, "planned_inspection"))
        other = story.open("officer", "inspection", "register", unit="W2", source="programme", what="Another ward, as planned")
        signal = story.open("officer", "inspection", "register", unit="W1", source="signal", what="Gaps on 3 May, as somebody saw")
        wrong = [story.case(one)["number"] for one in (other, signal)]
        for number in (*wrong, "2026-999999"):
            assert story.refused("officer", first, "link", inspection=number) == {"inspection_is_of_this_plan"}
        case = inspected(story, first, "W1")
        assert story.refused("officer", first, "finish") == {"inspection_is_concluded"}
    with story.on(2026, 4, 3):
        told = plan(story, programme)
        assert [(q["planned"], q["due"], q["held"], q["late"]) for q in told["quarters"]] == [(2, 2, 0, 2), (0, 0, 0, 0), (1, 1, 0, 0), (0, 0, 0, 0)]
        concluded(story, case)
        story.act("officer", first, "finish")
        story.act("chair", second, "move", quarter="q2", why="the ward has moved")
        story.act("chair", third, "drop", why="the ward is closed")
        story.act("officer", programme, "propose_revision", why="a new ward", added=[planned(story, "W3", "q4", every="each_quarter")])
        assert "another_person_than(trigger=submit)" not in story.refused("chair", programme, "approve_revision", decision="13")
        story.act("chair", programme, "approve_revision", decision="13", decided_on=story.today())
        told = plan(story, programme)
        assert [(q["planned"], q["due"], q["held"], q["dropped"], q["late"]) for q in told["quarters"]] == [
            (2, 1, 0, 0, 0), (0, 1, 1, 0, 0), (1, 0, 0, 1, 0), (1, 1, 0, 0, 0)]
        one = next(i for i in told["items"] if i["case"] == first)
        assert (one["inspection"], one["actual_year"], one["actual_quarter"], one["state"]) == (case, 2026, "q2", "held")
        assert one["points"] == ["Every page is signed", "Every count agrees"]
        assert next(i for i in told["items"] if i["case"] == second)["first"] == "q1"
        assert told["topics"] == [{"why": "recurs", "what": "Order 4", "times": 3, "units": 1}]
        assert "children_have_ended" in story.refused("chair", programme, "close", review="it was a year")
    story.sound()


def test_who_drew_it_up_does_not_approve_and_no_unit_or_quarter_demonstrates_twice(story: Story) -> None:
    with story.on(2026, 1, 5):
        told = drawn_up(story)
        case = story.open("chair", "programme", "draft", unit="HQ", **told)
        for wrong in ([shown(story, "W1", "q1"), shown(story, "W2", "q1")], [shown(story, "W1", "q1"), shown(story, "W1", "q2")]):
            assert "each_quarter_has_another_host" in story.refused("chair", case, "change", items=told["items"], demonstrations=wrong)
        story.act("chair", case, "submit")
        assert story.refused("chair", case, "approve", decision="1", decided_on=story.today()) == {"another_person_than(trigger=submit)"}


def test_one_unit_is_the_pilot_and_is_ready_when_it_owes_no_remedy(story: Story) -> None:
    with story.on(2026, 4, 2):
        first, second = (story.open("officer", "pilot_unit", "propose", unit=ward, what="Remedies come late", mentor=story.who("lead"))
                         for ward in ("W1", "W2"))
        decided = {"decision": "7", "decided_on": story.today()}
        story.act("chair", first, "designate", **decided)
        assert story.refused("chair", second, "designate", **decided) == {"no_other_unit_is_pilot"}
        ready = {"readiness": [{"point": "the roster", "met": "met"}], "conclusion": "all remedied"}
        owed = story.open("officer", "shortcoming", "note", unit="W1", what="The count of the drug book is missing", cause_kind="procedure",
                          cause="nobody was named to count", office="head-w1", measure="name who counts")
        assert story.refused("chair", first, "find_ready", **ready) == {"own_shortcomings_are_remedied"}
        story.act("head", owed, "finish", what_was_done="somebody is named")
        story.act("officer", owed, "check", what_was_seen="the list")
        assert story.refused("lead", first, "measure", year=2026, quarter="q2") == {"quarter_is_over"}
        story.act("lead", first, "measure", year=2026, quarter="q1")
        story.act("chair", first, "find_ready", **ready)
        assert {row["figure"]: row["part"] for row in story.said(first)["figures"]}["shortcomings"] == 0
        story.act("chair", first, "end", why="another unit now")
        story.act("chair", second, "designate", **decided)


def test_a_unit_is_assessed_by_what_is_counted_and_answers(story: Story) -> None:
    with story.on(2026, 2, 2):
        remedy(story, "W1", late=True)
    with story.on(2026, 2, 9):
        remedy(story, "W1", late=False)
    told: dict[str, Any] = {"year": 2026, "quarter": "q1", "findings": [{"criterion": "remedies_in_time", "met": "not_met", "why": "one of two"}]}
    with story.on(2026, 3, 31):
        body = {"workflow": "assessment", "title": "Ward 1", "unit": "W1", "ruleset": GENERIC, "data": told}
        assert story.speaks("officer").post("/cases", body, Idempotency_Key="early").status_code == 422
    with story.on(2026, 4, 1):
        wrong = body | {"data": told | {"findings": [{"criterion": "loyalty", "met": "met", "why": "no such thing"}]}}
        answer = story.speaks("officer").post("/cases", wrong, Idempotency_Key="wrong")
        assert [one["code"] for one in answer.get_json()["errors"]] == ["unlisted"]
        case = story.open("officer", "assessment", "assess", **told)
        said = story.said(case)
        assert said["criteria_set"] == "generic@1"
        assert {row["criterion"]: (row["part"], row["whole"]) for row in said["counted"]} == {
            "finds_itself": (0, 2), "remedies_in_time": (1, 2), "remedies_hold": (2, 2), "violations_in_time": (0, 0)}
        story.act("head", case, "answer", answer="one of two was late because of the move")
        story.act("chair", case, "confirm")
        assert story.state(case) == "confirmed"


def test_a_review_round_closes_when_no_signal_waits(story: Story) -> None:
    with story.on(2026, 4, 2):
        case = story.open("officer", "review_round", "call", unit="HQ", what="All signals of the quarter", due="2026-04-02")
        waiting = story.open("officer", "inspection", "register", source="signal", what="The drug book had gaps on 3 May.")
        assert story.refused("chair", case, "close", decided="all gone through") == {"no_signal_waits"}
        story.act("officer", waiting, "assess", assessment="founded", no_duplicate=True)
        story.act("chair", case, "close", decided="all gone through")


def test_what_two_people_say_in_a_capability_review_nobody_else_reads(story: Story) -> None:
    with story.on(2026, 4, 2):
        case = story.open("officer", "capability_review", "begin", person=story.who("head"), mentor=story.who("lead"), tasks="Concludes a check")
        own = [{"task": "Concludes a check", "can": "with_help"}]
        story.act("head", case, "say", own=own, wish="to see one done")
        story.act("lead", case, "discuss", mentors=own, offer="we do the next one together")
        assert story.said(case, "head")["offer"] == "we do the next one together"
        for login in ("chair", "auditor"):
            assert not {"own", "wish", "mentors", "offer"} & set(story.said(case, login))
        assert story.speaks("officer").get(f"/cases/{case}").status_code == 404


def test_training_and_a_mandate_run_their_course(story: Story) -> None:
    with story.on(2026, 2, 2):
        training = story.open("officer", "training", "plan", what="Finding a cause", attendees="ward managers", due="2026-02-20")
        story.act("officer", training, "enter_held", held_on="2026-02-02", present=12, checked_how="each wrote one cause")
        mandate = story.open("officer", "mandate", "receive", what="Report on counts", given_by="Board, letter 17", office="head-w1",
                             due="2026-03-01")
        story.act("head", mandate, "finish", what_was_done="counted")
        story.act("officer", mandate, "report_up", reported="letter 18")
    with story.on(2026, 4, 2):
        story.act("officer", training, "review", effect="cannot_tell", conclusion="too few")
        assert story.said(training)["compared"][0]["figure"] == "shortcomings"


SEEN_BY: dict[str, tuple[str, ...]] = {
    "chair": ("/cases?limit=200&count=true", "/cases?q=invented&count=true", "/cases?overdue=true", "/cases?unit=W1&count=true", "/work"),
    "officer": ("/cases?limit=200&count=true", "/work"), "head": ("/cases?limit=200", "/work", "/responsibilities"),
    "auditor": ("/cases?q=invented&count=true", "/silence")}
PAGES = ("/", "/cases?show=all", "/cases?show=all&q=invented", "/responsibilities", "/learning", "/silence")


def everything_seen(story: Story, programme: str, quarter: str) -> dict[tuple[str, str], Any]:
    """Every list, search and count as everybody sees it, an export of all, the plan, and the figures of a unit."""
    org = story.callers.org
    org.index()
    found = {(login, path): story.speaks(login).get(path).get_json() for login, paths in SEEN_BY.items() for path in paths}
    with org.house.db.reading("all") as session:
        number = session.execute(select(unit.c.id).where(unit.c.code == "HQ")).scalar_one()
        found["figures", ""] = counted(session, org.house, number, (date(2026, 1, 1), date(2026, 12, 31)))
        for wanted in (Wanted(), Wanted(query="invented")):
            exported = select(cases.c.number).where(*chosen(session, org.house, org["auditor"], wanted)).order_by(cases.c.id)
            found["export", wanted.said()] = list(session.execute(exported).scalars())
    for login in SEEN_BY:
        visitor = Visitor(story.callers.app)
        visitor.sign_in(login)
        found |= {(login, path): re.sub(r'name="csrf_token" value="[^"]*"', "", visitor.get(path).text) for path in PAGES}
    return found | {("chair", "plan"): plan(story, programme)}


def test_a_rehearsal_leaves_no_trace_in_figures_search_or_counts(story: Story) -> None:
    with story.on(2026, 1, 5):
        programme = approved(story)
        remedy(story, "W1", late=True)
    with story.on(2026, 3, 2):
        before = everything_seen(story, programme, "q1")

        def rehearse(workflow: str, trigger: str, **data: Any) -> str:
            body = {"workflow": workflow, "trigger": trigger, "title": "Invented", "unit": "W1", "ruleset": GENERIC, "rehearsal": True, "data": data}
            answer = story.speaks("officer").post("/cases", body, Idempotency_Key=f"{workflow}-{trigger}")
            assert answer.status_code == 201, answer.get_json()
            return str(answer.get_json()["id"])

        made = rehearse("shortcoming", "note", what="Invented: the count is missing", cause_kind="procedure", cause="invented for this",
                        office="head-w1", measure="count", due="2026-03-02")
        story.act("head", made, "finish", what_was_done="somebody is named")
        inspection = rehearse("inspection", "register", source="programme", what="Invented: the drug book had gaps")
        assert story.refused("officer", story.below(programme, "planned_inspection")[0]["id"], "link",
                             inspection=story.case(inspection)["number"]) == {"inspection_is_of_this_plan"}
        story.act("officer", inspection, "hold_responsible", **story.callers.org.assignment())
        concluded_so_far = story.below(inspection, "responsibility")
        assert concluded_so_far[0]["rehearsal"] is True
        story.act("chair", inspection, "pause", ground="illness", reason="invented")
        alone = story.speaks("chair").get("/cases?rehearsal=true&count=true").get_json()
        assert alone["total"] == 3
        assert everything_seen(story, programme, "q1") == before
        body = {"workflow": "rollout", "trigger": "ask", "title": "x", "parent": programme, "rehearsal": True, "data": {}}
        assert story.speaks("officer").post("/cases", body, Idempotency_Key="under").status_code == 422
    story.sound()


def test_a_plan_draft_is_remarked_and_what_passes_becomes_corrective_actions(story: Story) -> None:
    row = {"what": "The count of the drug book is missing", "cause_kind": "procedure", "cause": "nobody was named to count", "office": "head-w1",
           "measure": "name who counts", "success": "a name on each roster", "due": "2026-04-01"}
    with story.on(2026, 3, 2):
        first = story.open("head", "plan_draft", "upload", what="Plan of the ward", draft="file 7", office="head-w1", tasks=[row])
        assert story.said(first)["remarks"] == []
        story.act("officer", first, "accept")
        (action,) = story.below(first, "corrective_action")
        assert action["state"] == "proposed" and story.said(action["id"])["success"] == "a name on each roster"
        second = story.open("head", "plan_draft", "upload", what="Plan of the ward", draft="file 8", office="head-w1", tasks=[row] * 6)
        assert [one["remark"] for one in story.said(second)["remarks"]] == ["spread_thin", "generic"]
        story.act("officer", second, "remark", remarked="six times the same")
        story.act("head", second, "upload_again", draft="file 9", tasks=[row | {"cause": "the roster has no line for it"}])
        assert story.said(second)["remarks"] == []
        story.act("officer", second, "accept")
        org = story.callers.org
        with org.house.db.reading("all") as session:
            number = session.execute(select(unit.c.id).where(unit.c.code == "W1")).scalar_one()
            assert counted(session, org.house, number, (date(2026, 3, 1), date(2026, 3, 31)))["plans_accepted_at_once"] == (1, 2)

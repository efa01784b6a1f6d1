"""Scenarios of the course of a matter: an inspection, a conflict midway, a move, a head who refuses, merging, a unit dissolved, a failed remedy."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from inspect_app.errors import Invalid
from inspect_app.services import offices, organisation, persons
from tests.api.conftest import Callers
from tests.api.scenario import DECIDED, Story, allegation, ballot, roll_of

SHORTCOMING: dict[str, Any] = {"what": "Keys were handed over without a signature.", "cause_kind": "procedure", "office": "head-w1",
                               "cause": "The order does not say who signs.", "due": "2024-06-30", "measure": "Add a column to the key book."}


@pytest.fixture
def story(callers: Callers) -> Story:
    return Story(callers)


def verifying(story: Story) -> str:
    """An inspection of ward 1 with a team of three, launched and answered."""
    case = story.open("officer", "inspection", "register", source="programme", what="Quality of resolutions in the second quarter.")
    story.act("officer", case, "assess", assessment="As the programme says.", no_duplicate=True)
    story.act("officer", case, "propose", work_type="scheduled", why="The yearly programme.")
    story.act("chair", case, "issue", **story.callers.org.team("one", "two"))
    story.act("lead", case, "launch", office="head-w1", served_on="2024-04-02", rights_notice=True)
    return case


def found(item: int = 1) -> dict[str, Any]:
    return {"findings": [{"finding": "Keys without a signature.", "norm": "Store order", "committed_on": "2024-03-05", "evidence": [item]}],
            "checklist": [{"point": "Keys are signed for", "met": "no"}], "speaks_for": "They reported it themselves."}


def test_an_inspection_ends_with_actions_that_have_cause_person_and_day(story: Story) -> None:
    with story.on(2024, 4, 2):
        case = verifying(story)
        assert "inspection_notice" in story.letters(case, "head")
    with story.on(2024, 4, 10):
        story.act("head", case, "report", explanation="We have looked into it.")
        story.act("one", case, "add_evidence", description="Key book", held_as="reference", reference="File 3")
        story.act("lead", case, "draft", **found())
        story.act("lead", case, "share_draft", shared_on="2024-04-10")
        story.act("head", case, "comment", views="That is right.")
        story.act("lead", case, "consult")
        story.act("lead", case, "submit", final_report="See the annex.", answers="Taken over.")
        story.act("chair", case, "conclude", entitled=5, present=5, result="shortcoming", conclusion="A shortcoming, no violation.")
        story.act("officer", case, "follow_up", served_on="2024-04-10", shortcomings=[SHORTCOMING, SHORTCOMING | {"measure": "Train the guards."}])
        actions = story.below(case, "shortcoming")
        assert [a["state"] for a in actions] == ["noted", "noted"] and story.below(case, "discipline") == []
        assert [story.said(a["id"])["cause"] for a in actions] == [SHORTCOMING["cause"]] * 2
        assert {story.said(a["id"])["office"] for a in actions} == {"head-w1"} and story.due(actions[0]["id"], "due") == date(2024, 6, 30)
        story.act("chair", case, "close", lessons="Say who signs.", file_complete=True)
        assert not story.case(case)["is_open"] and story.case(actions[0]["id"])["is_open"]
    story.sound()


def test_a_conflict_midway_blocks_until_replaced_and_taints_what_was_brought(story: Story) -> None:
    with story.on(2024, 4, 2):
        case = verifying(story)
        story.act("head", case, "report", explanation="We have looked into it.")
        story.act("two", case, "add_evidence", description="Statement of a guard", held_as="reference", reference="File 4")
        story.act("two", case, "declare_conflict", ground="close_tie")
        assert story.refused("lead", case, "draft", **found()) == {"team_is_complete", "nothing_cited_is_tainted"}
        assert story.refused("chair", case, "replace_member", person=story.who("one"), declared="clean", reason="Instead of two.") == {
            "replacement_is_new"}
        assert "nobody_named_has_a_tie" in story.refused("chair", case, "replace_member", person=story.who("two"), declared="clean", reason="Back.")
        story.act("chair", case, "replace_member", person=story.who("boss"), declared="clean", reason="Instead of two.")
        assert story.letters(case, "head")[-1] == "team_changed"
        assert story.due(case, "inspection") is not None and not story.case(case)["paused"]
        assert story.refused("lead", case, "draft", **found()) == {"nothing_cited_is_tainted"}
        story.act("one", case, "reverify_evidence", item=1, verified_how="Heard the guard again.")
        assert story.refused("one", case, "reverify_evidence", item=1, verified_how="Once more.") == {"item_is_tainted"}
        story.act("lead", case, "draft", **found())
        assert story.state(case) == "draft_findings"
    story.sound()


def test_tainted_evidence_that_nobody_verifies_is_excluded_before_the_report(story: Story) -> None:
    with story.on(2024, 4, 2):
        case = verifying(story)
        story.act("head", case, "report", explanation="We have looked into it.")
        story.act("one", case, "add_evidence", description="Key book", held_as="reference", reference="File 3")
        story.act("two", case, "add_evidence", description="Statement", held_as="reference", reference="File 4")
        story.act("two", case, "declare_conflict", ground="close_tie")
        story.act("chair", case, "replace_member", person=story.who("boss"), declared="clean", reason="Instead of two.")
        story.act("lead", case, "draft", **found())
        story.act("lead", case, "share_draft", shared_on="2024-04-02")
        story.act("head", case, "comment", views="That is right.")
        story.act("lead", case, "consult")
        assert story.refused("lead", case, "submit", final_report="See the annex.", answers="Taken over.") == {"tainted_evidence_is_dealt_with"}
        story.act("lead", case, "withdraw_evidence", item=2, reason="Brought by somebody with a conflict.")
        story.act("lead", case, "submit", final_report="See the annex.", answers="Taken over.")
    story.sound()


def test_a_move_before_the_opening_changes_nothing_and_one_after_it_waits(story: Story) -> None:
    org = story.callers.org
    with story.on(2024, 3, 1):
        persons.move_person(org.house, org["admin"], story.who("one"), "W1")
    with story.on(2024, 3, 5):
        persons.move_person(org.house, org["admin"], story.who("one"), "W2")
        case = story.matter()
        assert story.case(case)["unit"] == "W1"
        with pytest.raises(Invalid, match="While a matter is open this waits"):
            persons.move_person(org.house, org["admin"], story.who("one"), "HQ", "2024-03-06")
        with pytest.raises(Invalid, match="While a matter is open this waits"):
            offices.appoint(org.house, org["admin"], "head-w2", story.who("one"), "2024-03-06")
        story.act("chair", case, "refer_up", body="RB", level="base", up_because="competence", reason="The common superior handles it.",
                  paper="order 5")
        assert story.said(case)["body"] == "RB" and story.state(case) == "opened"
        story.act("boss", case, "end_with_reasons", reason="Nothing to go on.")
        persons.move_person(org.house, org["admin"], story.who("one"), "HQ", "2024-03-06")
        assert story.letters(case, "one") == ["referred", "ended"]
    story.sound()


def warned(story: Story) -> str:
    """A matter in which a warning is in force since 1 June 2024, for two violations."""
    with story.on(2024, 6, 1):
        case, people = story.matter(), story.members(12)
        story.notified(case, "2024-02-01", "2024-03-01")
        story.act("one", case, "answer", heard_early=True)
        story.sat(case, roll_of(people))
        story.concluded(case, True, True)
        story.act("officer", case, "vote", **ballot({"warning": 12}))
        story.act("chair", case, "impose", effective_on="2024-06-01", **DECIDED)
        story.act("officer", case, "serve", how="handed", proof="receipt 9")
        story.sweep()
        assert story.state(case) == "in_force"
    return case


OVERSIGHT: dict[str, Any] = {"basis": "oversight", "office": "head-w1", "level": "direct", "line": "unit", "owed": "Answer for the counting.",
                             "due": "2024-07-01", "finding": "The store was not counted.", "summary": "The store was not counted.",
                             "determiner": "RB", "matter_on": "2024-02-01"}


def test_a_head_who_contests_is_heard_and_one_who_is_silent_never_counts_as_acknowledging(story: Story) -> None:
    case = warned(story)
    with story.on(2024, 6, 3):
        story.act("officer", case, "hold_responsible", **OVERSIGHT)
        one = story.below(case, "responsibility")[0]["id"]
        story.act("officer", one, "notify", served_on="2024-06-03")
        assert story.refused("officer", case, "complete") >= {"children_are_settled"}
    with story.on(2024, 6, 4):
        story.act("head", one, "receive")
        story.act("head", one, "contest", grounds="I had reported it.", reported_on="2024-01-10", reported_to="the board",
                  reported_before="Keys are missing.")
        story.act("officer", one, "escalate", reason="It is contested.")
        story.act("boss", one, "determine", outcome="reduced", reasons="A dated report came before.")
        assert (story.state(one), story.said(one)["outcome"]) == ("determined", "reduced")
        story.act("officer", case, "hold_responsible", **OVERSIGHT)
        two = story.below(case, "responsibility")[1]["id"]
        story.act("officer", two, "notify", served_on="2024-06-04")
    for day in (11, 15, 20, 25, 30):
        with story.on(2024, 6, day):
            assert story.state(two) in ("notified", "no_response", "escalated")
    with story.on(2024, 7, 2):
        assert story.state(two) == "escalated"
        assert [e["trigger"] for e in story.events(two)].count("remind_automatically") == 2
        assert "acknowledge" not in [e["trigger"] for e in story.events(two)]
        assert "no_response" in [e["after"] for e in story.events(two)]
    story.sound()


def test_two_matters_of_one_person_become_one_and_nobody_loses_a_hearing(story: Story) -> None:
    with story.on(2024, 6, 1):
        first, second, other = story.matter(), story.matter(), story.matter("two")
        story.notified(second, "2024-03-01")
        story.notified(other, "2024-02-01")
        number = story.case(first)["number"]
        assert story.refused("chair", second, "merge", into=number, reason="One person, one decision.") == {"outside_paper_is_named"}
        story.act("chair", second, "merge", into=number, reason="One person, one decision.", paper="order 4")
        assert (story.state(second), story.said(second)["into"]) == ("merged", number)
        story.notified(first, "2024-02-01", "2024-03-01")
        story.act("one", first, "answer", heard_early=True)
        story.act("two", other, "answer", heard_early=True)
        people = story.members(14)
        for case, roll in ((first, people[:7]), (other, people[7:])):
            story.sat(case, roll_of(roll))
        story.concluded(first, True, True)
        story.concluded(other, True)
        story.act("officer", first, "vote", **ballot({"warning": 7}))
        story.act("officer", other, "vote", **ballot({"reprimand": 7}))
        story.act("chair", first, "impose", effective_on="2024-06-01", **DECIDED)
        assert (story.sanctions("one"), story.sanctions("two")) == ([("warning", None)], [])
        assert [row["result"] for row in story.said(first)["conclusions"]] == ["proven", "proven"]
        assert "merged" in story.letters(second, "one")
    story.sound()


def test_a_part_of_a_matter_becomes_a_matter_of_its_own_and_both_are_told_and_heard_anew(story: Story) -> None:
    with story.on(2024, 6, 1):
        case = story.matter()
        story.notified(case, "2024-02-01", "2024-03-01")
        story.act("one", case, "answer", heard_early=True, statement="Only the first is true.")
        told: dict[str, Any] = {"parts": [{"what": "The count of March was left out."}], "reason": "Another matter altogether."}
        assert story.refused("chair", case, "split", **told) == {"outside_paper_is_named"}
        story.act("chair", case, "split", **told, paper="order 9")
        (new,) = (str(one["id"]) for one in story.below(case, "discipline"))
        assert (story.state(case), story.state(new), story.said(new)["respondent"]) == ("opened", "opened", story.who("one"))
        assert story.said(new)["what"] == told["parts"][0]["what"] and story.letters(case, "one")[-1] == "split"
        assert story.due(case, "reply") is None and story.due(case, "notice") is None
        story.notified(case, "2024-02-01")
        assert story.said(case)["heard_early"] is False and story.said(case)["statement"] == "Only the first is true."
        story.act("chair", new, "add_evidence", description="Store book", held_as="reference", reference="File 7, page 9")
        story.act("chair", new, "notify", allegations=[allegation("2024-03-01")], disclosed=[1], rights_notice=True)
        story.act("one", case, "answer")
        story.act("officer", case, "freeze_roll", roll=roll_of(story.members(7)))
        assert story.refused("officer", case, "hear", attended="heard", minutes="As before.", companion_offered=True) == {"notice_had_its_time"}
    with story.on(2024, 7, 2):
        story.heard(case)
        story.concluded(case, True)
        assert (story.state(case), story.state(new)) == ("deliberating", "notified")
    story.sound()


def test_a_unit_dissolved_during_its_sitting_is_succeeded_with_a_paper_and_a_new_roll(story: Story) -> None:
    org = story.callers.org
    with story.on(2024, 6, 1):
        case, people = story.matter(), story.members(12)
        story.notified(case, "2024-02-01")
        story.act("one", case, "answer", heard_early=True)
        story.sat(case, roll_of(people[:6]))
        story.concluded(case, True)
        story.act("officer", case, "vote", **ballot({"warning": 6}))
        story.act("chair", case, "transfer", body="W2", unit="W2", level="cell", reason="Ward 1 was dissolved.", paper="order 8")
        new = story.below(case, "discipline")[0]["id"]
        assert (story.state(case), story.state(new), story.case(new)["unit"]) == ("transferred", "opened", "W2")
        assert story.said(new)["respondent"] == story.who("one") and story.said(new)["body"] == "W2" and "voters" not in story.said(new)
        organisation.change_unit(org.house, org["admin"], "W1", {"dissolved_on": "2024-06-01", "successor": "W2"})
    with story.on(2024, 6, 2):
        story.act("chair", new, "add_evidence", description="Store book", held_as="reference", reference="File 7")
        assert story.case(case, "chair")["parts"] == ["chair"] and story.letters(case, "one")[-1] == "transferred"
    story.sound()


def test_an_organisation_that_is_gone_keeps_its_conclusion_and_no_sanction(story: Story) -> None:
    with story.on(2024, 6, 1):
        case = story.matter(respondent_unit="W1", status_then="organisation", status_now="organisation_gone", level="base", body="RB")
        people = story.members(6)
        story.notified(case, "2024-02-01")
        story.act("one", case, "answer", heard_early=True)
        assert "enough_may_vote" in story.refused("officer", case, "freeze_roll", roll=roll_of(people))
        story.act("chair", case, "end_with_reasons", reason="The unit is gone; what was found is recorded.")
        assert story.state(case) == "ended_with_reasons"
    story.sound()


def test_a_remedy_that_does_not_work_begins_again_with_a_new_cause_and_the_third_time_the_head_answers(story: Story) -> None:
    with story.on(2024, 1, 8):
        action = story.open("officer", "corrective_action", "propose", success="No defect in five wards.", **SHORTCOMING)
        story.act("chair", action, "assign", due="2024-06-30")
    days = ((2024, 1, 9), (2024, 6, 1), (2024, 11, 1))
    for cycle, (year, month, day) in enumerate(days, 1):
        with story.on(year, month, day):
            assert story.said(action)["cycle"] == cycle
            for trigger, told in (("start", {}), ("finish", {"what_was_done": "Trained all guards."})):
                story.act("head", action, trigger, **told)
            assert story.send("head", action, "verify", what_was_seen="Myself.").status_code == 403
            story.act("officer", action, "verify", what_was_seen="The list of the training.")
            story.act("officer", action, "monitor")
            assert story.refused("officer", action, "find_effective", effect="It looks good.") == {"effect_had_its_time"}
            story.act("officer", action, "find_ineffective", defect="The same defect in three of five wards.")
            again = {"cause_kind": "direction", "cause": f"Nobody checks, for the {cycle}. time.", "measure": "Check weekly.", "due": "2025-06-30"}
            assert "cause_is_new" in story.refused("officer", action, "reopen", **(again | {"cause": story.said(action)["cause"]}))
            if cycle == 3:
                assert story.refused("officer", action, "reopen", **again) == {"third_failure_reaches_the_head"}
                story.act("officer", action, "hold_responsible", **(OVERSIGHT | {"basis": "handling", "due": "2025-01-31"}))
                assert [c["state"] for c in story.below(action, "responsibility")] == ["identified"]
            story.act("officer", action, "reopen", **again)
    with story.on(2024, 12, 1):
        assert (story.state(action), story.said(action)["cycle"]) == ("assigned", 4)
        assert [e["data"]["due"] for e in story.events(action) if "due" in e["data"] and e["trigger"] in ("propose", "assign", "reopen")] == [
            "2024-06-30", "2024-06-30", "2025-06-30", "2025-06-30", "2025-06-30"]
    story.sound()


def test_an_opinion_or_a_word_in_a_meeting_is_never_an_allegation(story: Story) -> None:
    with story.on(2024, 6, 1):
        case = story.matter()
        for kind in ("in_mind", "spoken", "reported"):
            told = {"allegations": [allegation("2024-02-01", kind=kind)], "disclosed": [1], "rights_notice": True}
            assert story.refused("officer", case, "notify", **told) == {"allegations_are_about_acts"}
        hidden = {"allegations": [allegation("2024-02-01")], "disclosed": [], "rights_notice": True}
        assert story.refused("officer", case, "notify", **hidden) == {"everything_cited_is_disclosed"}
        story.notified(case, "2024-02-01", disclosed=[], withheld=[{"item": 1, "reason": "Names a witness.",
                                                                    "summary": "Two months without a count."}])
        assert story.state(case) == "notified"
    story.sound()

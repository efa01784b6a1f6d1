"""Scenarios of an appeal: partly upheld, revoked with redress, late, heavier, to a body outside, and who may not decide it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.api.conftest import Callers
from tests.api.scenario import DECIDED, Story, ballot, roll_of
from tests.api.test_scenarios_course import OVERSIGHT, warned

HEARD: dict[str, Any] = {"attended": "heard", "minutes": "Only the first is true.", "companion_offered": True}


@pytest.fixture
def story(callers: Callers) -> Story:
    return Story(callers)


def conclusions(*proven: bool) -> dict[str, Any]:
    return {"degree": "As found.", "conclusions": [
        {"allegation": n, "result": "proven" if one else "not_proven", "why": "By the book.", "speaks_for": "Keys were elsewhere."}
        for n, one in enumerate(proven, 1)]}


def appealed(story: Story, case: str, level: str = "base") -> str:
    """The person appeals; the appeal is assigned to the review board, taken up and verified."""
    story.act("one", case, "appeal", grounds="The second is not true.")
    appeal = str(story.below(case, "appeal")[0]["id"])
    story.act("chair", appeal, "assign", body="RB", level=level, minutes_by=story.who("contact"))
    story.act("boss", appeal, "accept")
    story.act("boss", appeal, "verify", what_is_verified="The book of March.")
    return appeal


def test_an_appeal_that_is_right_in_part_varies_the_decision_and_its_year_begins_anew(story: Story) -> None:
    case = warned(story)
    with story.on(2024, 6, 20):
        people = story.members(7)
        appeal = appealed(story, case)
        assert story.said(appeal)["late"] is False
        below = story.said(case)["voters"][0]
        assert story.refused("contact", appeal, "freeze_roll", roll=roll_of([*people, below])) == {"nobody_from_below_has_a_vote"}
        story.act("contact", appeal, "freeze_roll", roll=roll_of([*people, below], below))
        story.act("contact", appeal, "hear", **HEARD)
        story.act("boss", appeal, "conclude", **conclusions(True, False))
        assert story.send("chair", appeal, "vote", **ballot({"reprimand": 7})).status_code in (403, 422)
        story.act("contact", appeal, "vote", **ballot({"reprimand": 7}))
        assert (story.said(appeal)["outcome"], story.said(appeal)["barred"]) == ("reprimand", False)
        assert story.refused("boss", appeal, "uphold", reasons="As before.") == {"outcome_is_the_same"}
        story.act("boss", appeal, "vary", reasons="The second was not proven.")
        assert (story.state(case), story.sanctions("one")) == ("in_force", [("warning", None)])
    with story.on(2024, 7, 1):
        story.act("boss", appeal, "announce", proof="minutes 6")
        assert story.state(case) == "varied"
        assert story.sanctions("one") == [("warning", "varied"), ("reprimand", None)]
        assert story.due(case, "expiry") == date(2025, 7, 1)
        assert story.letters(case, "one")[-1] == "varied" and story.letters(appeal, "one")[-1] == "appeal_varied"
    with story.on(2025, 6, 2):
        assert story.state(case) == "varied"
    with story.on(2025, 7, 2):
        assert (story.state(case), story.state(appeal)) == ("spent", "final")
    story.sound()


def test_a_decision_that_is_revoked_lifts_everything_and_opens_redress(story: Story) -> None:
    case = warned(story)
    with story.on(2024, 6, 3):
        story.act("officer", case, "hold_responsible", **OVERSIGHT)
        head = story.below(case, "responsibility")[0]["id"]
        story.act("officer", head, "notify", served_on="2024-06-03")
    with story.on(2024, 6, 20):
        appeal = appealed(story, case, level="superior")
        story.act("contact", appeal, "freeze_roll", roll=roll_of(story.members(7)))
        story.act("contact", appeal, "hear", **HEARD)
        story.act("boss", appeal, "conclude", **conclusions(False, False))
        assert story.refused("boss", appeal, "remove", reasons="It is long ago.", defect="time_barred") == {"removal_has_its_ground"}
        story.act("boss", appeal, "remove", reasons="Nothing was proven.", defect="no_violation")
        story.act("boss", appeal, "announce", proof="minutes 7")
        assert (story.state(case), story.sanctions("one")) == ("revoked", [("warning", "revoked")])
        assert story.state(head) == "withdrawn" and story.letters(head, "head")[-1] == "responsibility_withdrawn"
        assert not story.case(case)["is_open"] and story.letters(case, "one")[-1] == "revoked"
        redress = story.below(case, "redress")[0]["id"]
        assert story.refused("one", redress, "agree_scope") == {"came_before(trigger=propose_scope)"}
        story.act("chair", redress, "propose_scope", scope=[{"item": "records", "how": "Corrected at once."}])
        story.act("one", redress, "object_to_scope", wish="Pay too.")
        story.act("chair", redress, "propose_scope", scope=[{"item": "records", "how": "At once."}, {"item": "pay", "how": "With the next."}])
        story.act("one", redress, "agree_scope")
        assert story.refused("chair", redress, "restore", restored="Records and pay.", paper="order 9") == {"apology_followed_their_choice"}
        story.act("chair", redress, "offer_apology")
        story.act("one", redress, "choose_apology", apology_form="meeting")
        assert story.refused("chair", redress, "record_apology", apology_given_as="letter", paper="letter 3") == {"apology_has_the_form_chosen"}
        story.act("chair", redress, "record_apology", apology_given_as="meeting", paper="minutes 11")
        story.act("chair", redress, "restore", restored="Records corrected, pay given.", paper="order 9")
        story.act("one", redress, "confirm")
        assert story.state(redress) == "closed"
        assert {"decision", "allegations"} <= set(story.letters(case, "one"))
    story.sound()


def test_an_open_appeal_keeps_a_sanction_in_force_where_the_rules_say_so(story: Story) -> None:
    case = warned(story)
    with story.on(2024, 6, 20):
        appeal = appealed(story, case)
    with story.on(2025, 6, 3):
        assert story.state(case) == "in_force"
        story.act("one", appeal, "withdraw")
        story.sweep()
        assert story.state(case) == "spent"
    story.sound()


def test_a_new_violation_keeps_a_sanction_in_force_until_its_own_is_spent(story: Story) -> None:
    case = warned(story)
    with story.on(2024, 9, 2):
        new = story.matter(decider=None)
        story.notified(new, "2024-08-20")
        story.act("one", new, "answer", heard_early=True)
        story.sat(new, roll_of(story.members(7)))
        story.concluded(new, True)
        story.act("officer", new, "vote", **ballot({"reprimand": 7}))
        story.act("chair", new, "impose", effective_on="2024-09-02", **DECIDED)
        story.act("officer", new, "serve", how="handed", proof="receipt 2")
    with story.on(2025, 6, 3):
        assert story.state(case) == "in_force"
    with story.on(2025, 9, 3):
        story.sweep()
        assert (story.state(new), story.state(case)) == ("spent", "spent")
    story.sound()


def test_a_late_appeal_is_taken_and_called_late_only_where_it_is(story: Story) -> None:
    case = warned(story)
    with story.on(2024, 6, 25):
        story.act("one", case, "appeal", grounds="It is not true.")
        appeal = story.below(case, "appeal")[0]["id"]
        story.act("chair", appeal, "assign", body="RB", level="base")
        assert story.refused("boss", appeal, "find_inadmissible", ground="late", reasons="It is late.") == {"inadmissible_ground_holds"}
        story.act("one", appeal, "withdraw")
    with story.on(2024, 7, 10):
        story.act("one", case, "appeal", grounds="It is not true.")
        late = story.below(case, "appeal")[1]["id"]
        assert story.said(late)["late"] is True
        assert story.refused("one", case, "appeal", grounds="Once more.") == {"no_appeal_is_pending"}
        story.act("chair", late, "assign", body="RB", level="base")
        story.act("boss", late, "find_inadmissible", ground="late", reasons="Thirty days were over on 1 July.")
        assert story.letters(late, "one")[-1] == "appeal_inadmissible" and story.state(case) == "in_force"
        story.act("one", late, "go_on", more_grounds="I was ill.")
        assert story.state(late) == "next_level" and story.state(story.below(late, "appeal")[0]["id"]) == "lodged"
    story.sound()


def test_nobody_who_took_part_below_decides_and_nobody_appeals_for_another(story: Story) -> None:
    case = warned(story)
    with story.on(2024, 6, 20):
        assert story.send("officer", case, "appeal", grounds="For them.").status_code == 403
        assert story.send("chair", case, "appeal", grounds="For them.", on_behalf_of=story.who("one")).status_code == 403
        story.act("one", case, "appeal", grounds="It is not true.")
        appeal = story.below(case, "appeal")[0]["id"]
        assert story.refused("chair", appeal, "assign", appeal_decider=story.who("officer"), level="base") >= {"nobody_named_took_part_below"}
        assert story.refused("chair", appeal, "assign", level="base") == {"appeal_has_its_decider"}
    story.sound()


def test_an_appeal_gets_heavier_only_with_notice_and_hearing_of_its_own(story: Story) -> None:
    case = warned(story)
    with story.on(2024, 6, 20):
        appeal = appealed(story, case, level="superior")
        story.act("contact", appeal, "freeze_roll", roll=roll_of(story.members(7)))
        story.act("contact", appeal, "hear", **HEARD)
        story.act("boss", appeal, "conclude", **conclusions(True, True))
        story.act("contact", appeal, "vote", **ballot({"dismissal": 7}))
        assert story.refused("boss", appeal, "vary", reasons="It is worse than it looked.") == {"nothing_heavier_by_surprise"}
        assert story.sanctions("one") == [("warning", None)]
    story.sound()


def test_a_body_outside_answers_on_paper_and_its_decision_is_taken_over(story: Story) -> None:
    case = warned(story)
    with story.on(2024, 6, 20):
        story.act("one", case, "appeal", grounds="It is too hard.")
        appeal = story.below(case, "appeal")[0]["id"]
        told = {"outside_body": "Appeal board", "decided_on": "2024-06-20", "result": "varied", "sanction": "reprimand",
                "reasons": "A reprimand is enough.", "paper": "decision 3"}
        assert story.refused("chair", appeal, "record_outside_decision", **told) == {"came_before(trigger=transmit)"}
        story.act("chair", appeal, "transmit", papers="The whole file, by courier.")
        assert story.refused("chair", appeal, "record_outside_decision", **{k: v for k, v in told.items() if k != "paper"}) == {
            "outside_paper_is_named"}
        story.act("chair", appeal, "record_outside_decision", **told)
        assert story.refused("chair", appeal, "take_over_upheld") == {"outside_result_is(result=upheld)"}
        story.act("chair", appeal, "take_over_varied")
        assert story.state(appeal) == "varied" and story.state(case) == "in_force"
    story.sound()

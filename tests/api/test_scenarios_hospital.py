"""Scenarios of a hospital under the generic rules, where one person decides."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from inspect_app.now import hold
from tests.api.conftest import Callers
from tests.api.scenario import DECIDED, Story, allegation
from workflows.calendar import micros

HEARD = {"attended": "heard", "minutes": "The ward was alone that night.", "companion_offered": True}


@pytest.fixture
def story(callers: Callers) -> Story:
    return Story(callers, "generic")


def to_the_outcome(story: Story, case: str, sanction: str | None, *days: str) -> None:
    """From the notice to what the one decider decides."""
    story.notified(case, *(days or ("2024-05-20",)))
    story.act("one", case, "answer", heard_early=True, statement="There was nobody to ask.")
    story.act("officer", case, "hear", **HEARD)
    story.concluded(case, *(True for _ in days or ("",)), login="boss")
    story.act("boss", case, "decide_alone", **({"sanction": sanction} if sanction else {}))


def test_one_decider_decides_with_reasons_and_the_person_reads_where_to_appeal(story: Story) -> None:
    with story.on(2024, 6, 3):
        case = story.matter()
        ahead = [allegation("2024-05-20", ended_on="2024-05-19")]
        assert story.refused("officer", case, "notify", allegations=ahead, disclosed=[1], rights_notice=True) == {"allegations_lie_in_the_past"}
        to_the_outcome(story, case, "reprimand")
        assert story.refused("boss", case, "impose", effective_on="2024-06-02", **DECIDED) == {"effect_is_not_backdated"}
        unreasoned = story.send("boss", case, "impose", effective_on="2024-06-04", factors_considered=True)
        assert unreasoned.get_json()["errors"][0]["pointer"] == "/data/reasons"
        unweighed = story.send("boss", case, "impose", effective_on="2024-06-04", reasons=DECIDED["reasons"])
        assert unweighed.get_json()["errors"][0]["pointer"] == "/data/factors_considered"
        story.act("boss", case, "impose", effective_on="2024-06-05", mitigating=["first_time", "overload"], **DECIDED)
        story.act("officer", case, "serve", how="refused", proof="minutes 8 of the refusal")
        story.sweep()
        assert story.state(case) == "served"
    with story.on(2024, 6, 5):
        assert (story.state(case), story.due(case, "expiry")) == ("in_force", date(2024, 12, 5))
        assert story.due(case, "appeal_window") == date(2024, 7, 3)
        letter = next(one for one in story.shown_letters(case, "one") if one["kind"] == "decision")
        for words in ("reprimand", "Appeal board", "3 Jul 2024", str(DECIDED["reasons"]), "first time"):
            assert words in letter["text"], words
    with story.on(2024, 7, 3):
        assert story.overdue() == [] and story.due(case, "appeal_window") == date(2024, 7, 3)
    with story.on(2024, 7, 4):
        assert "appeal_lapsed" in [e["trigger"] for e in story.events(case)]
        assert (story.state(case), story.due(case, "appeal_window"), story.overdue()) == ("in_force", None, [])
    with story.on(2024, 12, 6):
        assert story.state(case) == "spent"
    story.sound()


def test_what_is_spent_or_cleared_is_hidden_from_those_who_need_it_no_longer(story: Story) -> None:
    with story.on(2024, 6, 3):
        case = story.matter()
        to_the_outcome(story, case, "reprimand")
        story.act("boss", case, "impose", effective_on="2024-06-05", mitigating=["first_time", "overload"], **DECIDED)
        story.act("officer", case, "serve", how="refused", proof="minutes 8 of the refusal")
        story.sweep()
        number = story.case(case)["number"]
    with story.on(2024, 7, 4):
        assert all(story.speaks(login).get(f"/cases/{case}").status_code == 200 for login in ("chair", "officer", "one", "auditor"))
    with story.on(2024, 12, 6):
        assert story.state(case) == "spent"
        story.callers.org.index()
        for login in ("chair", "officer", "boss"):
            assert story.speaks(login).get(f"/cases/{case}").status_code == 404
            assert story.speaks(login).get(f"/cases?q={number}").get_json()["cases"] == []
        for login in ("one", "auditor"):
            assert story.speaks(login).get(f"/cases/{case}").status_code == 200
    story.sound()


def test_a_window_that_closed_before_the_worker_came_makes_nobody_late(story: Story) -> None:
    with story.on(2024, 6, 3):
        case = story.matter()
        to_the_outcome(story, case, "reprimand")
        story.act("boss", case, "impose", effective_on="2024-06-03", **DECIDED)
        story.act("officer", case, "serve", how="handed", proof="receipt 1")
        story.sweep()
    with hold(micros(datetime(2024, 7, 20, 12, tzinfo=story.callers.org.house.zone))):
        assert story.overdue() == []


def test_a_cleared_person_gets_a_letter_and_everybody_told_before_is_told_again(story: Story) -> None:
    with story.on(2024, 6, 3):
        case = story.matter()
        story.notified(case, "2024-05-20")
        long = story.refused("boss", case, "suspend", until="2024-07-30", review_on="2024-06-10", reason="Access to the drug store.")
        assert long == {"suspension_keeps_its_cap"}
        story.act("boss", case, "suspend", until="2024-06-20", review_on="2024-06-10", reason="Access to the drug store.")
        assert story.refused("boss", case, "suspend", until="2024-06-20", review_on="2024-06-10", reason="Again.") == {"no_suspension_runs"}
        assert story.due(case, "suspension") == date(2024, 6, 20) and story.due(case, "suspension_review") == date(2024, 6, 10)
        assert story.refused("boss", case, "extend_suspension", until="2024-09-30", review_on="2024-06-15", reason="Longer.") == {
            "extension_keeps_its_cap"}
    with story.on(2024, 6, 21):
        assert story.due(case, "suspension") is None and story.letters(case, "one")[-1] == "suspension_ended"
        story.act("one", case, "answer", heard_early=True, statement="I was on leave.")
        story.act("officer", case, "hear", **HEARD)
        story.concluded(case, False, login="boss")
        assert story.refused("boss", case, "decide_alone", sanction="reprimand") == {"something_is_proven"}
        story.act("boss", case, "clear", reasons="They were on leave that day.")
        assert (story.state(case), story.sanctions("one")) == ("cleared", [])
        assert story.letters(case, "one")[-1] == "cleared" and story.due(case, "long_stop") is None
        assert "They were on leave" in story.shown_letters(case, "one")[0]["text"]
    story.sound()


def test_a_matter_waits_for_its_ground_and_is_looked_at_again(story: Story) -> None:
    with story.on(2024, 6, 3):
        case = story.matter()
        told = {"ground": "serious_illness", "seen_on": "2024-06-03", "reviewer": story.who("contact")}
        assert story.refused("boss", case, "defer", review_on="2024-08-30", **told) == {"deferral_is_reviewed_in_time"}
        assert story.send("boss", case, "defer", review_on="2024-06-30",
                          **(told | {"ground": "holiday"})).get_json()["errors"][0]["code"] == "unlisted"
        story.act("boss", case, "defer", review_on="2024-06-30", **told)
        assert story.due(case, "deferral") == date(2024, 6, 30) and story.letters(case, "one") == ["deferral"]
        assert story.send("officer", case, "notify", allegations=[allegation("2024-05-20")], disclosed=[1], rights_notice=True).status_code == 409
    with story.on(2024, 6, 30):
        story.act("boss", case, "review_deferral", review_on="2024-07-20", reason="Still in hospital.")
    with story.on(2024, 7, 20):
        story.act("boss", case, "take_up_again", reason="Back at work.")
        to_the_outcome(story, case, None, "2024-05-20")
        story.act("boss", case, "end_not_reached", reasons="A talk is enough.")
        assert story.state(case) == "not_reached" and story.letters(case, "one")[-1] == "not_reached"
    story.sound()


def test_whoever_asks_in_writing_to_go_on_does_not_wait(story: Story) -> None:
    with story.on(2024, 6, 3):
        case = story.matter()
        told = {"ground": "serious_illness", "seen_on": "2024-06-03", "reviewer": story.who("contact"), "review_on": "2024-06-30"}
        story.act("boss", case, "defer", **told)
        assert story.send("officer", case, "ask_to_go_on", wish="They want to go on.").status_code in (403, 404)
        story.act("one", case, "ask_to_go_on", wish="I want this to be over.")
        assert (story.state(case), story.due(case, "deferral")) == ("opened", None)
        assert story.refused("boss", case, "defer", **told) == {"no_deferral_against_their_request"}
        story.act("boss", case, "defer", **(told | {"ground": "family_emergency"}))
    story.sound()


def test_silence_and_absence_hold_nothing_up_but_only_after_they_were_recorded_twice(story: Story) -> None:
    with story.on(2024, 6, 3):
        case = story.matter()
        story.notified(case, "2024-05-20")
        assert story.refused("officer", case, "go_on_without_answer") == {"refusal_was_recorded_often_enough", "time_to_reply_is_over"}
        story.act("officer", case, "record_refusal", how="Handed over; they would not answer.")
    with story.on(2024, 6, 11):
        assert story.refused("officer", case, "go_on_without_answer") == {"refusal_was_recorded_often_enough"}
        story.act("officer", case, "record_refusal", how="Asked again before a witness.")
        story.act("officer", case, "go_on_without_answer")
        absent = {"attended": "absent", "minutes": "Nobody came; minutes 3.", "companion_offered": True}
        story.act("officer", case, "invite", hearing_on="2024-07-03", where="9:00, room 2")
        assert story.refused("officer", case, "hear", **absent) == {"notice_had_its_time", "person_was_heard_or_absence_is_minuted"}
    with story.on(2024, 7, 4):
        assert story.refused("officer", case, "hear", **absent) == {"person_was_heard_or_absence_is_minuted"}
        story.act("officer", case, "invite", hearing_on="2024-07-05", where="9:00, room 2")
        assert story.refused("officer", case, "hear", attended="waived", minutes="They waived it.", companion_offered=True) == {
            "person_was_heard_or_absence_is_minuted"}
        story.act("officer", case, "hear", **absent)
        story.concluded(case, True, login="boss")
        story.act("boss", case, "decide_alone", sanction="warning")
        assert story.state(case) == "outcome_known"
    story.sound()


def test_one_act_is_sanctioned_once_and_what_is_spent_is_no_repetition(story: Story) -> None:
    with story.on(2024, 6, 3):
        first = story.matter()
        to_the_outcome(story, first, "reprimand", "2024-05-20")
        story.act("boss", first, "impose", effective_on="2024-06-03", **DECIDED)
        story.act("officer", first, "serve", how="handed", proof="receipt 1")
        story.sweep()
        same = story.matter()
        to_the_outcome(story, same, "warning", "2024-05-20")
        assert story.refused("boss", same, "impose", effective_on="2024-06-03", **DECIDED) == {"act_was_not_sanctioned_before"}
    with story.on(2024, 9, 2):
        again = story.matter()
        to_the_outcome(story, again, "warning", "2024-09-01")
        story.act("boss", again, "impose", effective_on="2024-09-02", aggravating=["repeated"], **DECIDED)
        assert story.sanctions("one") == [("reprimand", None), ("warning", None)]
    with story.on(2025, 9, 3):
        story.act("officer", again, "serve", how="handed", proof="receipt 2")
        story.sweep()
    with story.on(2025, 9, 4):
        later = story.matter()
        to_the_outcome(story, later, "reprimand", "2025-09-01")
        assert story.state(first) == "spent" and story.state(again) == "spent"
        assert story.refused("boss", later, "impose", effective_on="2025-09-04", aggravating=["repeated"], **DECIDED) == {"repetition_is_unspent"}
        story.act("boss", later, "impose", effective_on="2025-09-04", **DECIDED)
    story.sound()


def reprimanded(story: Story, *day: str, **changed: object) -> str:
    """A reprimand is in force, for an act of a day."""
    case = story.matter()
    to_the_outcome(story, case, "reprimand", *day)
    story.act("boss", case, "impose", **({"effective_on": story.today()} | changed | DECIDED))
    story.act("officer", case, "serve", how="handed", proof="receipt 1")
    story.sweep()
    return case


def test_what_is_spent_while_its_appeal_is_open_is_revoked_all_the_same(story: Story) -> None:
    with story.on(2024, 6, 3):
        case = reprimanded(story, "2024-05-20")
    with story.on(2024, 6, 20):
        story.act("one", case, "appeal", grounds="It was not my shift.")
        appeal = str(story.below(case, "appeal")[0]["id"])
        assert story.case(appeal, "officer")["parts"] == ["officer"]
        story.act("officer", appeal, "note_for_record", note="The file went to the appeal decider today.")
        story.act("officer", appeal, "assign", appeal_decider=story.who("contact"), level="body")
        assert story.send("officer", appeal, "accept").status_code == 403
        story.act("contact", appeal, "accept")
        story.act("contact", appeal, "verify", what_is_verified="The roster of that night.")
    with story.on(2024, 12, 10):
        assert story.state(case) == "spent" and story.sanctions("one") == [("reprimand", "spent")]
        story.act("contact", appeal, "hear", **HEARD)
        story.concluded(appeal, False, login="contact")
        story.act("contact", appeal, "remove", reasons="It was not their shift.", defect="no_violation")
        story.act("contact", appeal, "announce", proof="receipt 9")
        assert (story.state(case), story.sanctions("one")) == ("spent", [("reprimand", "revoked")])
        redress = str(story.below(case, "redress")[0]["id"])
        assert story.letters(case, "one")[-1] == "revoked" and story.case(redress, "officer")["parts"] == ["officer"]
    story.sound()


def test_a_decision_that_counted_an_annulled_one_is_marked_and_looked_at_again(story: Story) -> None:
    with story.on(2024, 6, 3):
        first = reprimanded(story, "2024-05-20")
    with story.on(2024, 6, 10):
        second, other = (reprimanded(story, day, **more) for day, more in (("2024-06-08", {"aggravating": ["repeated"]}), ("2024-06-09", {})))
        story.act("one", first, "appeal", grounds="It was not my shift.")
        appeal = str(story.below(first, "appeal")[0]["id"])
        story.act("chair", appeal, "assign", appeal_decider=story.who("contact"), level="body")
        story.act("contact", appeal, "accept")
        story.act("contact", appeal, "verify", what_is_verified="The roster of that night.")
        story.act("contact", appeal, "hear", **HEARD)
        story.concluded(appeal, False, login="contact")
        story.act("contact", appeal, "remove", reasons="It was not their shift.", defect="no_violation")
        story.act("contact", appeal, "announce", proof="receipt 9")
        story.sweep()
        story.sweep()
        marks = [[e["trigger"] for e in story.events(case)].count("earlier_annulled") for case in (second, other)]
        assert marks == [1, 0] and story.due(second, "annulment_review") == date(2024, 7, 1)
        assert story.letters(second, "one")[-1] == "earlier_annulled" and "earlier_annulled" in story.letters(second, "boss")
        assert story.refused("boss", second, "lift_sanction", reasons="Without it a talk is enough.") == {"review_found_it_falls"}
    with story.on(2024, 7, 2):
        assert second in story.overdue()
        story.act("boss", second, "review_annulment", review_result="falls", reasons="It was the repetition that weighed.")
        assert story.due(second, "annulment_review") is None and story.letters(second, "one")[-1] == "annulment_reviewed"
        story.act("boss", second, "lift_sanction", reasons="Without it a talk is enough.")
        assert story.state(second) == "revoked"
        assert story.sanctions("one") == [("reprimand", "revoked"), ("reprimand", "revoked"), ("reprimand", None)]
        assert story.below(second, "redress")[0]["state"] == "revoked" and story.state(other) == "in_force"
    story.sound()


def test_another_authority_has_it_first_and_after_half_a_year_the_person_gets_a_reason(story: Story) -> None:
    with story.on(2024, 6, 3):
        case = story.matter()
        story.notified(case, "2024-05-20")
        story.act("one", case, "answer", heard_early=True, statement="I say nothing about that night.")
        assert story.refused("boss", case, "refer_out", track="criminal", reason="The prosecutor has it.") == {"outside_paper_is_named"}
        story.act("boss", case, "refer_out", track="criminal", reason="The prosecutor has it.", paper="order 5/2024")
        assert story.state(case) == "referred_out"
    with story.on(2024, 12, 4):
        assert "pass_long_stop" in [e["trigger"] for e in story.events(case)] and story.due(case, "explain_delay") is not None
        assert "pass_long_stop" in [e["trigger"] for e in story.events(case, "auditor")]
        story.act("chair", case, "explain_delay", delay_reason="The court has not decided yet.")
        assert story.letters(case, "one")[-1] == "long_stop" and story.due(case, "explain_delay") is None
        story.act("boss", case, "come_back", outside_result="The court found no offence.", paper="judgment 7/2024")
        assert story.state(case) == "opened"
        assert story.send("officer", case, "hear", **HEARD).status_code == 409
    story.sound()

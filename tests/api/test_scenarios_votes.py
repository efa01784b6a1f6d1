"""Scenarios of a vote: a decision by ballot, limitation, a vote that fails, statuses and posts. Each is told from its opening to its end."""

from __future__ import annotations

from datetime import date

import pytest

from tests.api.conftest import Callers
from tests.api.scenario import DECIDED, Story, ballot, roll_of


@pytest.fixture
def story(callers: Callers) -> Story:
    return Story(callers)


def decided_by_vote(story: Story, case: str, people: list[str], votes: dict[str, int], none: int = 0) -> str:
    """From the answer to the vote; what it came to."""
    story.act("one", case, "answer", heard_early=True, statement="I was alone.", position="in_part", asks_for="reprimand")
    story.sat(case, roll_of([*people, story.who("one")]))
    story.concluded(case, True)
    story.act("officer", case, "vote", **ballot(votes, none))
    return str(story.said(case)["outcome"])


def test_a_ballot_decides_a_warning_that_is_served_in_force_and_spent_after_a_year(story: Story) -> None:
    with story.on(2024, 2, 20):
        case, people = story.matter(), story.members(20)
        story.notified(case, "2024-02-01")
        assert decided_by_vote(story, case, people, {"warning": 12, "reprimand": 8}) == "warning"
        story.act("chair", case, "impose", effective_on="2024-02-20", **DECIDED)
        assert story.due(case, "serve_decision") == date(2024, 3, 1)
        assert story.sanctions("one") == [("warning", None)]
    with story.on(2024, 2, 26):
        story.act("officer", case, "serve", how="announced", proof="minutes 4/2024")
        story.sweep()
        assert story.state(case) == "in_force"
        assert story.due(case, "expiry") == date(2025, 2, 20)
        assert story.letters(case, "one") == ["allegations", "decision"]
    with story.on(2025, 2, 20):
        assert story.state(case) == "in_force"
    with story.on(2025, 2, 21):
        assert (story.state(case), story.sanctions("one")) == ("spent", [("warning", "spent")])
        assert story.letters(case, "one")[-1] == "spent"
        assert not story.case(case)["is_open"]
    story.sound()


def test_the_law_counts_by_itself_and_a_tally_that_does_not_add_up_is_refused(story: Story) -> None:
    with story.on(2024, 2, 20):
        case, people = story.matter(), story.members(20)
        story.notified(case, "2024-02-01")
        story.act("one", case, "answer", heard_early=True)
        story.sat(case, roll_of(people))
        assert "conclusions_are_there" in story.refused("officer", case, "vote", **ballot({"warning": 12, "reprimand": 8}))
        story.concluded(case, True)
        assert story.refused("officer", case, "vote", **(ballot({"warning": 12, "reprimand": 8}) | {"issued": 21})) == {"tally_adds_up"}
        typed = story.send("officer", case, "vote", outcome="expulsion", **ballot({"warning": 12, "reprimand": 8}))
        assert typed.status_code == 422 and typed.get_json()["errors"][0]["pointer"] == "/data/outcome"
        assert story.refused("officer", case, "vote", **ballot({"expulsion": 20})) == {"level_may_decide", "tally_adds_up"}
        unlisted = story.send("officer", case, "vote", **ballot({"exile": 20}))
        assert unlisted.get_json()["errors"][0]["code"] == "unlisted"
    story.sound()


@pytest.mark.parametrize(("also", "voted", "ends"), [
    ((), "reprimand", "time_barred"), ((), "warning", "decided"), (("2022-01-05",), "reprimand", "decided")])
def test_limitation_is_compared_after_the_vote_and_for_the_sanction_voted(story: Story, also: tuple[str, ...], voted: str, ends: str) -> None:
    with story.on(2024, 3, 11):
        case, people = story.matter(), story.members(9)
        story.notified(case, "2019-03-10", *also)
        story.act("one", case, "answer", heard_early=True)
        story.sat(case, roll_of(people))
        story.concluded(case, True, *(True for _ in also))
        story.act("officer", case, "vote", **ballot({voted: 9}))
        assert (story.said(case)["outcome"], story.said(case)["barred"]) == (voted, ends == "time_barred")
        if ends == "time_barred":
            assert story.refused("chair", case, "impose", effective_on="2024-03-11", **DECIDED) == {"limitation_has_not_run_out"}
            story.act("chair", case, "end_time_barred", reasons="Sixty months were over on 10 March 2024.")
            assert story.letters(case, "one")[-1] == "time_barred" and story.sanctions("one") == []
            assert story.said(case)["conclusions"][0]["result"] == "proven"
        else:
            assert story.refused("chair", case, "end_time_barred", reasons="It is long ago.") == {"limitation_has_run_out"}
            story.act("chair", case, "impose", effective_on="2024-03-11", **DECIDED)
            assert story.sanctions("one") == [(voted, None)]
        assert story.state(case) == ends
    story.sound()


def test_a_person_on_trial_meets_only_the_sanctions_of_their_status(story: Story) -> None:
    with story.on(2024, 3, 1):
        case, people = story.matter(status_then="probationary", status_now="probationary"), story.members(9)
        story.notified(case, "2024-02-01")
        story.act("one", case, "answer", heard_early=True)
        roll = [*roll_of(people[:8]), {"person": people[8], "mark": "probationary", "why": "voice, no vote"}, {"person": story.who("one")}]
        story.act("officer", case, "freeze_roll", roll=roll)
        assert story.said(case)["voters"] == people[:8] and story.said(case)["base"] == 8
        story.heard(case)
        story.concluded(case, True)
        for sanction in ("expulsion", "dismissal"):
            assert "sanction_is_in_the_ladder" in story.refused("officer", case, "vote", **ballot({sanction: 8}))
            assert "sanction_is_in_the_ladder" in story.refused("officer", case, "vote_to_propose", proposes=sanction, **ballot({sanction: 8}))
        story.act("chair", case, "refer_out", track="standing", reason="No longer fit: removal from the list is another procedure.",
                  paper="list 3/2024")
        assert story.state(case) == "referred_out" and story.sanctions("one") == []
    story.sound()


def test_a_suspension_lasts_as_long_as_a_criminal_proceeding_and_no_longer(story: Story) -> None:
    """22-QĐ/TW, article 31: at most 180 days with extension; if prosecuted, as long as the criminal period."""
    at_court = {"track": "criminal", "reason": "The prosecutor has it.", "paper": "order 5/2024"}
    with story.on(2024, 1, 8):
        case = story.matter()
        story.notified(case, "2023-12-20")
        story.act("chair", case, "suspend", until="2024-04-07", review_on="2024-02-07", reason="Access to the stores.")
    with story.on(2024, 2, 6):
        assert story.refused("chair", case, "review_suspension", review_on="2024-03-20", reason="As before.") == {"suspension_is_reviewed_in_time"}
        story.act("chair", case, "review_suspension", review_on="2024-03-07", reason="As before.")
    with story.on(2024, 3, 5):
        beyond = {"until": "2024-12-31", "review_on": "2024-04-04", "reason": "In custody."}
        assert story.refused("chair", case, "extend_suspension", **beyond) == {"extension_keeps_its_cap"}
        story.act("chair", case, "refer_out", **at_court)
        story.act("chair", case, "extend_suspension", **beyond)
        assert story.due(case, "suspension") == date(2024, 12, 31)
    with story.on(2024, 3, 20):
        back = {"outside_result": "The court found no offence.", "paper": "judgment 7/2024"}
        assert story.refused("chair", case, "come_back", **back) == {"no_suspension_outlasts_the_proceeding"}
        story.act("chair", case, "lift_suspension", reason="The proceeding ended.")
        assert story.letters(case, "one")[-1] == "suspension_ended"
        story.act("chair", case, "come_back", **back)
        again = {"until": "2024-06-17", "review_on": "2024-04-10", "reason": "Access to the stores."}
        story.act("chair", case, "suspend", **again)
        assert story.refused("chair", case, "extend_suspension", until="2024-07-20", review_on="2024-04-10", reason="More.") == {
            "extension_keeps_its_cap"}
    story.sound()


def test_a_task_from_above_goes_up_and_a_dismissal_names_its_posts(story: Story) -> None:
    with story.on(2024, 3, 1):
        case, people = story.matter(task="from_above"), story.members(12)
        story.notified(case, "2024-02-01")
        story.act("one", case, "answer", heard_early=True)
        story.sat(case, roll_of(people[:6]))
        story.concluded(case, True)
        assert story.refused("officer", case, "vote", **ballot({"warning": 6})) == {"level_may_decide"}
        assert story.refused("officer", case, "refer_up", body="RB", level="base", up_because="task", reason="Not ours to judge.") == {
            "transfer_has_its_paper"}
        story.act("officer", case, "refer_up", body="RB", level="base", up_because="task", reason="Not ours to judge.", paper="letter 12/2024")
        assert story.state(case) == "referred_up"
        story.act("boss", case, "take_up", file_complete=True)
        heard = {"attended": "heard", "minutes": "As before.", "companion_offered": True}
        assert story.refused("officer", case, "hear", **heard) == {"roll_is_frozen_or_one_decides"}
        story.sat(case, roll_of(people[6:]))
        story.concluded(case, True, login="boss")
        story.act("officer", case, "vote", **ballot({"dismissal": 6}))
        assert story.refused("boss", case, "impose", effective_on="2024-03-01", **DECIDED) == {"posts_are_listed"}
        story.act("boss", case, "impose", effective_on="2024-03-01", posts="head of store 2 only", **DECIDED)
        assert story.said(case)["posts"] == "head of store 2 only"
        assert story.letters(case, "one") == ["allegations", "referred"]
    story.sound()


def test_a_proposal_that_falls_short_is_not_added_up_and_goes_up_with_its_count(story: Story) -> None:
    with story.on(2024, 3, 1):
        case, people = story.matter(), story.members(28)
        story.notified(case, "2024-02-01")
        story.act("one", case, "answer", heard_early=True)
        story.sat(case, roll_of(people[:21]))
        story.concluded(case, True)
        story.act("officer", case, "vote_to_propose", proposes="expulsion", **ballot({"expulsion": 13, "warning": 8}))
        assert (story.state(case), story.said(case)["proposal"]) == ("proposed", "not_reached")
        story.act("officer", case, "refer_up", body="RB", level="superior", up_because="proposal", reason="It goes to who decides.", paper="file 9")
        story.act("boss", case, "take_up", file_complete=True)
        story.sat(case, roll_of(people[21:]))
        story.concluded(case, True, login="boss")
        story.act("officer", case, "vote", **ballot({"expulsion": 7}))
        assert story.refused("boss", case, "impose", effective_on="2024-03-01", **DECIDED) == {"missing_proposal_has_its_basis"}
        story.act("boss", case, "impose", effective_on="2024-03-01", legal_basis="Regulation 296, article 15", **DECIDED)
        assert story.sanctions("one") == [("expulsion", None)]
    with story.on(2024, 3, 2):
        story.act("officer", case, "serve", how="handed", proof="receipt 3")
        story.sweep()
        assert story.state(case) == "in_force" and story.due(case, "expiry") is None
    with story.on(2024, 5, 2):
        story.act("officer", case, "complete")
        assert story.state(case) == "carried_out"
    story.sound()


def test_a_deciding_vote_is_added_up_from_the_heaviest_form_down(story: Story) -> None:
    with story.on(2024, 3, 1):
        case, people = story.matter(), story.members(20)
        story.notified(case, "2024-02-01")
        assert decided_by_vote(story, case, people, {"warning": 10, "reprimand": 6}, none=4) == "reprimand"
        story.act("chair", case, "void_vote", why="A ballot was shown around.")
        assert story.state(case) == "deliberating"
        story.act("officer", case, "vote", **ballot({"warning": 4, "reprimand": 5}, none=11))
        assert story.said(case)["outcome"] == "none"
        story.act("chair", case, "end_not_reached", reasons="Most voted for no sanction.")
        assert story.letters(case, "one")[-1] == "not_reached" and story.sanctions("one") == []
    story.sound()


def test_too_few_voters_send_the_matter_up_before_anybody_is_heard(story: Story) -> None:
    with story.on(2024, 3, 1):
        case, people = story.matter(), story.members(5)
        story.notified(case, "2024-02-01")
        story.act("one", case, "answer", heard_early=True)
        assert story.refused("officer", case, "freeze_roll", roll=roll_of([*people[:4], story.who("one")])) == {"enough_may_vote"}
        unreasoned = [{"person": people[0], "recused": True}, *roll_of(people[1:])]
        assert "every_exclusion_has_its_reason" in story.refused("officer", case, "freeze_roll", roll=unreasoned)
        story.act("officer", case, "freeze_roll", roll=roll_of(people))
        assert story.state(case) == "unit_sitting"
    story.sound()

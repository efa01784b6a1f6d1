"""Whoever appeals is protected: asked how they are, with a button of their own, and safe from other matters by those whose decision it was."""

from __future__ import annotations

import pytest

from config import Settings
from tests.api.conftest import Callers
from tests.api.scenario import Story
from tests.api.test_scenarios_appeal import appealed
from tests.api.test_scenarios_course import warned
from tests.conftest import application
from tests.pages.test_pages import Visitor


@pytest.fixture
def story(callers: Callers) -> Story:
    return Story(callers)


def lodged(story: Story) -> tuple[str, str]:
    """(the matter, its appeal) of somebody who was warned on 1 June 2024 and appealed on the 20th."""
    case = warned(story)
    with story.on(2024, 6, 20):
        return case, appealed(story, case)


def test_an_appellant_is_asked_three_times_also_when_the_appeal_is_over_and_silence_means_nothing(story: Story) -> None:
    _, appeal = lodged(story)
    with story.on(2024, 7, 19):
        assert "check_in" not in [e["trigger"] for e in story.events(appeal, "one")]
    with story.on(2024, 7, 22):
        assert [e["trigger"] for e in story.events(appeal, "one")][-1] == "check_in"
        told = story.act("one", appeal, "answer_check_in", how="worried", words="They no longer greet me.")
        assert told["data"]["how"] == "worried"
        assert "how" not in story.events(appeal, "officer")[-1]["data"] and "how" not in story.events(appeal, "chair")[-1]["data"]
        assert story.events(appeal, "boss")[-1]["data"]["words"] == "They no longer greet me."
        story.act("one", appeal, "withdraw")
    for day in ((2024, 9, 19), (2024, 10, 7), (2024, 12, 18), (2025, 1, 6)):
        with story.on(*day):
            story.sweep()
    with story.on(2025, 1, 6):
        triggers = [e["trigger"] for e in story.events(appeal, "auditor") if e["trigger"].startswith(("check", "answer", "withdraw"))]
        assert triggers == ["check_in", "answer_check_in", "withdraw", "check_in", "check_in_unanswered", "check_in", "check_in_unanswered"]
        assert story.state(appeal, "auditor") == "withdrawn"
    story.sound()


def test_who_decided_below_opens_no_other_matter_against_the_appellant_for_a_year_and_the_first_one_goes_on(story: Story) -> None:
    case, _ = lodged(story)
    with story.on(2024, 8, 1):
        body = {"workflow": "discipline", "trigger": "open_matter", "title": "Another", "ruleset": "vn_party", "unit": "W1", "data": {
            "respondent": story.who("one"), "status_then": "person", "status_now": "person", "source": "order", "task": "own", "level": "cell",
            "body": "W1", "what": "Stores were not counted for two months."}}
        answer = story.speaks("officer").post("/cases", body, Idempotency_Key="another-matter-1")
        assert answer.status_code == 422
        failed = {g["code"]: g["message"] for g in answer.get_json()["guards"] if not g["ok"]}
        assert set(failed) == {"adverse_act_needs_another_decider"}
        story.act("officer", case, "note_for_record", note="The appeal is under way.")
        assert story.state(case) == "in_force"
    with story.on(2025, 7, 1):
        assert story.speaks("officer").post("/cases", body, Idempotency_Key="another-matter-2").status_code == 201


def test_the_appellants_page_asks_how_they_are_and_has_the_button(story: Story, settings: Settings) -> None:
    _, appeal = lodged(story)
    one = Visitor(application(settings, story.callers.org.house))
    with story.on(2024, 7, 22):
        one.sign_in("one")
        page = one.get(f"/cases/{appeal}").text
        assert "A matter that concerns you" in page and "How are you?" in page
        assert f"/cases/{appeal}/acts/answer_check_in" in page and f"/cases/{appeal}/retaliation" in page
        assert one.send(f"/cases/{appeal}/acts/answer_check_in", how="well").status_code == 303
        assert "acts/answer_check_in" not in one.get(f"/cases/{appeal}").text
        sent = one.send(f"/cases/{appeal}/retaliation", what="I was moved to night shifts.")
        assert sent.status_code == 303 and "/concerns/" in sent.headers["Location"]

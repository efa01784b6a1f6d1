"""A meeting of a body: its kit before, and everything typed back after it with one form, all or nothing."""

from __future__ import annotations

import unicodedata

import pypdfium2
import pytest
from flask import Flask

from inspect_app.services import kits, queries
from inspect_app.services.kits import Meeting
from tests.api.conftest import Callers
from tests.api.scenario import Story
from tests.pages.test_pages import Visitor
from tests.services.organisation import Organisation


@pytest.fixture
def story(callers: Callers) -> Story:
    return Story(callers)


def awaited(story: Story) -> str:
    """A matter of discipline that waits for the unit to meet."""
    with story.on(2026, 3, 2):
        case = story.matter()
        story.notified(case, "2026-01-10")
    with story.on(2026, 4, 6):
        story.act("one", case, "answer", position="agreed", statement="I was alone on shift.")
    return case


def words_in(pdf: bytes) -> str:
    return unicodedata.normalize("NFC", "\n".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf)))


def kit(org: Organisation, language: str = "vi") -> str:
    """The words of the kit of everything that waits."""
    rows = kits.waiting(org.house, org["officer"])
    return words_in(kits.render_kit(kits.compose(org.house, org["officer"], rows, Meeting("W1", None, "Hội trường", language, "internal"))))


def test_the_kit_holds_all_that_a_body_needs_on_paper(story: Story) -> None:
    case = awaited(story)
    org = story.callers.org
    story.members(6)
    with story.on(2026, 4, 7):
        number = queries.case(org.house, org["officer"], case).number
        text = kit(org)
    for word in (number, "Chương trình", "BẢN KHAI XUNG ĐỘT LỢI ÍCH", "DANH SÁCH VÀ SỐ NGƯỜI DỰ", "BIÊN BẢN CUỘC HỌP", "LƯU HÀNH NỘI BỘ",
                 "Member 3", "I was alone on shift.", "Did not count the store as the order asks.", "khiển trách", "Hội trường"):
        assert word in text, word
    assert "ai bỏ phiếu thế nào" in text, "a tally has totals alone"


def test_nobody_else_prepares_a_meeting_on_matters_that_they_do_not_conduct(story: Story) -> None:
    awaited(story)
    org = story.callers.org
    with story.on(2026, 4, 7):
        assert [row.parts for row in kits.waiting(org.house, org["officer"])]
        for login in ("one", "auditor", "stranger", "admin"):
            assert kits.waiting(org.house, org[login]) == [], login


def test_everything_is_typed_back_at_once_or_nothing(app: Flask, callers: Callers) -> None:
    story = Story(callers, "generic")
    case = awaited(story)
    told = {"held_on": "2026-04-08", "scan": "minutes 4, shelf 2", "signed_by": story.who("boss"), "m1_hear__took_place": "y",
            "m1_hear__attended": "heard", "m1_hear__minutes": "They said the keys were elsewhere.", "m1_hear__companion_offered": "y",
            "m1_conclude__took_place": "y", "m1_conclude__conclusions-0-allegation": "1", "m1_conclude__conclusions-0-result": "not_proven",
            "m1_conclude__conclusions-0-why": "By the book.", "m1_conclude__conclusions-0-speaks_for": "They asked for help early.",
            "m1_conclude__degree": "Not counted, no loss.", "m1_decide_alone__took_place": "y", "m1_decide_alone__sanction": "reprimand"}
    with story.on(2026, 4, 8):
        visitor = Visitor(app)
        visitor.sign_in("officer")
        path, before = f"/sittings/meeting/back?case={case}", story.state(case)
        unsigned = visitor.send(path, told={name: value for name, value in told.items() if name != "signed_by"})
        assert unsigned.status_code == 422, "nobody says who concluded"
        assert visitor.send(path, told=told | {"signed_by": story.who("two")}).status_code == 422, "it is not theirs"
        assert visitor.send(path, told=told).status_code == 422, "nothing is proven"
        assert story.state(case) == before
        right = visitor.send(path, told=told | {"m1_conclude__conclusions-0-result": "proven"})
        assert right.status_code == 303, right.text[right.text.index("alert-box"):][:900]
        assert story.state(case) == "outcome_known"
        assert [e["recorded_for"] for e in story.events(case)[-3:]] == [None, story.who("boss"), story.who("boss")]
    story.sound()


def test_a_form_on_which_nothing_is_ticked_enters_nothing(app: Flask, story: Story) -> None:
    case = awaited(story)
    with story.on(2026, 4, 8):
        visitor = Visitor(app)
        visitor.sign_in("officer")
        answer = visitor.send(f"/sittings/meeting/back?case={case}", held_on="2026-04-08", scan="minutes 4")
    assert answer.status_code == 422

"""Papers of a case: drawn from their text, numbered, marked, kept with their hash, read by whom they are for."""

from __future__ import annotations

from hashlib import sha256

import pypdfium2
import pytest

from inspect_app.services import evidence as files
from inspect_app.services import papers, queries
from tests.api.conftest import Callers
from tests.api.scenario import DECIDED, Story, ballot, roll_of


def words_in(pdf: bytes) -> str:
    """The words of a PDF, with blanks between them as they stand."""
    return "\n".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf))


@pytest.fixture
def story(callers: Callers) -> Story:
    return Story(callers)


def decided(story: Story) -> str:
    """A matter in which a sanction was imposed."""
    with story.on(2026, 3, 2):
        case = story.matter()
        story.notified(case, "2026-01-10")
    with story.on(2026, 4, 6):
        story.act("one", case, "answer", position="agreed")
        story.sat(case, roll_of([*story.members(20), story.who("one")]))
        story.concluded(case, True)
        story.act("officer", case, "vote", **ballot({"warning": 12, "reprimand": 8}))
        story.act("chair", case, "impose", effective_on="2026-04-06", **DECIDED)
    return case


def test_a_decision_is_numbered_marked_and_kept_with_its_hash(story: Story) -> None:
    case, house = decided(story), story.callers.org.house
    actor = story.callers.org["officer"]
    with story.on(2026, 4, 7):
        event = papers.draw(house, actor, queries.case(house, actor, case), "decision", "vi", "confidential")
        row = queries.case(house, actor, case)
        drawn = papers.listed(house, actor, row)[0]
        kept, _ = files.content(house, papers.one(house, actor, row, drawn.n)[1])
    pdf = kept.read()
    kept.close()
    assert sha256(pdf).hexdigest() == event.data["sha256"]
    assert event.data["reference"].startswith("01-QĐ/")
    text = words_in(pdf)
    for word in (event.data["reference"], "QUYẾT ĐỊNH KỶ LUẬT", "MẬT", "The store was not counted; nothing was lost.", "Chưa được ghi nhận"):
        assert word in text
    assert "phát hành" not in text.lower()

"""The ledger of silence, by part: each holds what belongs on it and nothing else, page by page, for auditors alone."""

from __future__ import annotations

from typing import Any

import pytest

from inspect_app.services.silence import KINDS
from tests.api.conftest import Callers
from tests.api.scenario import Story


@pytest.fixture
def story(callers: Callers) -> Story:
    return Story(callers)


def part(story: Story, kind: str, more: str = "") -> Any:
    answer = story.speaks("auditor").get(f"/silence?kind={kind}{more}")
    assert answer.status_code == 200, answer.get_json()
    told = answer.get_json()
    assert told["kind"] == kind
    return told


def test_what_was_cited_and_not_shown_stands_there_with_reason_and_summary(story: Story) -> None:
    with story.on(2024, 6, 1):
        hidden, shown, also = story.matter(), story.matter(), story.matter()
        rows = [{"item": 1, "reason": "Names a witness.", "summary": "Two months without a count."}]
        story.notified(hidden, "2024-02-01", disclosed=[], withheld=rows)
        story.notified(shown, "2024-02-01")
        story.notified(also, "2024-02-01", disclosed=[], withheld=rows)
        first = part(story, "withheld", "&limit=1")
        assert [(n["case"]["id"], n["trigger"]) for n in first["noted"]] == [(also, "notify")]
        assert first["noted"][0]["data"]["withheld"] == rows
        second = part(story, "withheld", f"&limit=1&cursor={first['cursor']}")
        assert [n["case"]["id"] for n in second["noted"]] == [hidden]
        assert part(story, "withheld", f"&limit=1&cursor={second['cursor']}")["noted"] == [] if second["cursor"] else True


def test_late_entries_say_of_which_day_they_are(story: Story) -> None:
    with story.on(2024, 6, 3):
        case = story.matter()
        story.act("officer", case, "note_for_record", note="Entered at once.")
        assert part(story, "late")["noted"] == []
        story.act("officer", case, "note_for_record", note="Found on a sheet.", occurred_at="2024-05-31T10:00:00+07:00", paper="Sheet 4")
        assert [(n["case"]["id"], n["of"], n["on"]) for n in part(story, "late")["noted"]] == [(case, "2024-05-31", "2024-06-03")]


def test_steps_that_nobody_took_are_those_of_the_register(story: Story) -> None:
    with story.on(2024, 6, 1):
        story.callers.org.open()
        assert part(story, "steps")["overdue"] == []
    with story.on(2026, 6, 1):
        assert [c["id"] for c in part(story, "steps")["overdue"]] == story.overdue("auditor") != []


def test_the_ledger_is_for_auditors_and_names_its_parts(story: Story) -> None:
    with story.on(2024, 6, 1):
        assert all(story.speaks("chair").get(f"/silence?kind={kind}").status_code == 403 for kind in KINDS)
        wrong = story.speaks("auditor").get("/silence?kind=nothing")
        assert (wrong.status_code, wrong.get_json()["errors"][0]["pointer"]) == (422, "/kind")
        assert story.speaks("auditor").get("/silence?kind=late&cursor=x").status_code == 422

"""Which matters stand on the desk of a committee, in which order, and for whom: found among any number of others, apart in a closed circle."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select, update

from inspect_app.errors import NotFound
from inspect_app.models import appointment, case_role, cases, definition, exclusion, office, unit
from inspect_app.models.case import FAR
from inspect_app.services import desk
from tests.api.conftest import Callers
from tests.api.scenario import Story
from tests.pages.test_pages import Visitor
from tests.services.organisation import LONG_AGO, Organisation
from workflows.appeal_v1 import APPEAL
from workflows.discipline_v1 import DISCIPLINE
from workflows.inspection_v1 import INSPECTION
from workflows.responsibility_v1 import RESPONSIBILITY


@pytest.fixture
def conducting(org: Organisation) -> Organisation:
    """An organisation whose chair sits on the review board: it conducts what the chair conducts."""
    with org.house.db.atomic("all") as session:
        number = session.execute(select(office.c.id).where(office.c.code == "reviewer")).scalar_one()
        session.execute(insert(appointment).values(office_id=number, person_id=org["chair"].person_id, since_on=LONG_AGO))
    return org


def put(org: Organisation, case: str, **columns: Any) -> None:
    """A case stands as if its history had brought it there."""
    due = {"due_order": FAR if columns["due_at"] is None else columns["due_at"]} if "due_at" in columns else {}
    with org.house.db.atomic("all") as session:
        session.execute(update(cases).where(cases.c.uid == case).values(columns | due))


def with_the_board(org: Organisation, case: str, body: str = "RB", **columns: Any) -> None:
    """The same for a case that the review board decides, or the members of another unit."""
    with org.house.db.reading() as session:
        number = session.execute(select(unit.c.id).where(unit.c.code == body)).scalar_one()
    put(org, case, body_id=number, **columns)


def agenda(org: Organisation, login: str = "chair") -> list[tuple[str, bool]]:
    """What stands on the desk of the review board, and what of it waits for the board."""
    return [(m.row.uid, m.waits) for m in desk.body(org.house, org[login], "RB")[1]]


def seen(app: Flask, login: str, address: str) -> str:
    page = Visitor(app)
    page.sign_in(login)
    return str(page.get(address).text)


def test_a_matter_is_on_the_desk_however_many_newer_ones_there_are(conducting: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    case = conducting.open().case
    put(conducting, case, state="concluding")
    monkeypatch.setattr(desk, "MOST", 2)
    for _ in range(3):
        conducting.open()
    assert agenda(conducting) == [(case, True)]
    assert not desk.body(conducting.house, conducting["chair"], "RB")[0].more


def test_the_page_says_that_there_are_more_and_where_they_are(conducting: Organisation, callers: Callers, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = [conducting.open().case for _ in range(2)]
    resting = [conducting.open().case for _ in range(2)]
    for case in waiting:
        with_the_board(conducting, case, state="concluding")
    for case in resting:
        with_the_board(conducting, case, state="ordered")
    page = seen(callers.app, "chair", "/desk/RB")
    assert "More are there" not in page
    monkeypatch.setattr(desk, "MOST", 1)
    body, shown = desk.body(conducting.house, conducting["chair"], "RB")
    assert [(m.row.uid, m.waits) for m in shown] == [(waiting[0], True), (resting[0], False)] and body.more and body.more_rest
    page = seen(callers.app, "chair", "/desk/RB")
    assert page.count("More are there than the 1 that are shown") == 2 and 'href="/cases?body=RB"' in page
    assert "More than 1 matters wait" in seen(callers.app, "chair", "/desk")
    listed = seen(callers.app, "chair", "/cases?body=RB")
    assert all(case in listed for case in (*waiting, *resting)) and "Body that decides: Review board" in listed
    assert waiting[0] not in seen(callers.app, "chair", "/cases?body=AB")


WAITING = {
    INSPECTION: {"triage", "proposed", "concluding", "following_up"},
    DISCIPLINE: {"deferred", "answered", "unit_sitting", "proposed", "referred_up", "hearing", "deliberating", "outcome_known"},
    APPEAL: {"admissibility", "accepted", "verifying", "heard", "voted", "upheld", "varied", "removed"},
    RESPONSIBILITY: {"acknowledged", "acknowledged_with_reservation", "contested", "escalated"},
}
"""In which states a body has the next step, or one of the next."""


@pytest.mark.parametrize("law", WAITING, ids=lambda law: law.name)
def test_a_matter_waits_for_its_body_wherever_the_law_gives_the_body_a_step(conducting: Organisation, law: Any) -> None:
    case = conducting.open().case
    with conducting.house.db.atomic("all") as session:
        if session.execute(select(definition.c.hash).where(definition.c.hash == law.law_hash)).first() is None:
            session.execute(insert(definition).values(hash=law.law_hash, kind="workflow", name=law.name, version=law.version, law=law.law_bytes,
                                                      first_used_at=1))
    found = set()
    for state in (s.name for s in law.states if not s.final):
        with_the_board(conducting, case, workflow=law.name, definition=law.law_hash, state=state)
        [(uid, waits)] = agenda(conducting)
        assert uid == case
        found |= {state} if waits else set()
    assert found == WAITING[law]


def test_what_a_body_conducts_waits_for_it_outside_a_sitting_too(conducting: Organisation) -> None:
    case = conducting.open().case
    assert agenda(conducting) == []
    conducting.act("officer", case, "assess", assessment="founded", no_duplicate=True)
    conducting.act("officer", case, "propose", work_type="suspicion", why="it repeats")
    assert agenda(conducting) == [(case, True)]
    conducting.act("chair", case, "issue", **conducting.team())
    assert agenda(conducting) == []


def test_the_most_urgent_comes_first_whether_decided_or_conducted(conducting: Organisation) -> None:
    undated, late, soon, later, older = (conducting.open().case for _ in range(5))
    for case, due in ((undated, None), (late, 1), (later, FAR - 1)):
        with_the_board(conducting, case, state="concluding", due_at=due)
    for case, due in ((soon, 2), (older, None)):
        put(conducting, case, state="concluding", due_at=due)
    assert [uid for uid, _ in agenda(conducting)] == [late, soon, later, undated, older]


def test_whoever_handles_a_matter_finds_the_desk_of_its_body_from_the_menu_and_the_case(conducting: Organisation, callers: Callers) -> None:
    named, conducted = (conducting.open().case for _ in range(2))
    with_the_board(conducting, named, state="ordered")
    put(conducting, conducted, state="concluding")
    assert agenda(conducting, "officer") == [(conducted, True), (named, False)]
    for case in (named, conducted):
        assert 'href="/desk/RB"' in seen(callers.app, "officer", f"/cases/{case}")
    assert "you handle matters of it" in seen(callers.app, "officer", "/desk")
    assert 'href="/desk"' in seen(callers.app, "officer", "/")


def test_who_keeps_the_minutes_of_one_matter_finds_its_desk_without_any_grant(conducting: Organisation, callers: Callers) -> None:
    case, other = (conducting.open().case for _ in range(2))
    for uid in (case, other):
        with_the_board(conducting, uid, state="concluding")
    assert 'href="/desk"' not in seen(callers.app, "stranger", "/")
    with conducting.house.db.atomic("all") as session:
        number = session.execute(select(cases.c.id).where(cases.c.uid == case)).scalar_one()
        session.execute(insert(case_role).values(case_id=number, person_id=conducting["stranger"].person_id, role="recorder", since_seq=1))
    assert 'href="/desk"' in seen(callers.app, "stranger", "/")
    page = seen(callers.app, "stranger", "/desk/RB")
    assert case in page and other not in page


def test_a_closed_circle_stands_apart_and_is_neither_shown_nor_counted_outside_it(conducting: Organisation, callers: Callers) -> None:
    plain, closed = (conducting.open(title=title).case for title in ("Plain matter", "Hushed matter"))
    put(conducting, plain, state="concluding")
    put(conducting, closed, state="concluding", closed_circle=True)
    body, _ = desk.body(conducting.house, conducting["chair"], "RB")
    assert body.mine and body.matters == 1 and agenda(conducting) == [(plain, True)], "who sits there is not in the circle by that"
    assert "Hushed" not in seen(callers.app, "chair", "/desk/RB") and "In closed circles" not in seen(callers.app, "chair", "/desk/RB")
    assert "1 matters wait" in seen(callers.app, "chair", "/desk")
    page = seen(callers.app, "officer", "/desk/RB")
    assert page.index("Plain matter") < page.index('id="circle"') < page.index("Hushed matter")
    assert "2 matters wait" in seen(callers.app, "officer", "/desk")


def test_who_is_kept_out_of_a_circle_that_the_body_decides_is_told_nothing_of_it(conducting: Organisation, callers: Callers) -> None:
    closed = conducting.open(title="Hushed matter").case
    with_the_board(conducting, closed, state="concluding", closed_circle=True)
    assert agenda(conducting) == agenda(conducting, "boss") == [(closed, True)]
    with conducting.house.db.atomic("all") as session:
        number = session.execute(select(cases.c.id).where(cases.c.uid == closed)).scalar_one()
        session.execute(insert(exclusion).values(case_id=number, person_id=conducting["chair"].person_id, part="all", since_on=LONG_AGO))
    assert agenda(conducting) == [] and desk.body(conducting.house, conducting["chair"], "RB")[0].matters == 0
    assert agenda(conducting, "boss") == [(closed, True)]
    assert "Hushed" not in seen(callers.app, "chair", "/desk/RB")


DAY = date(2024, 4, 10)


def concluded(story: Story, conclusion: str) -> str:
    """An inspection that the chair concluded on the day."""
    with story.on(2024, 4, 10):
        case = story.callers.org.ordered()
        story.act("lead", case, "launch", office="head-w1", served_on="2024-04-10", rights_notice=True)
        story.act("head", case, "report", explanation="Two shifts were short of people.")
        story.act("one", case, "add_evidence", description="Drug book", held_as="reference", reference="File 7")
        story.act("lead", case, "draft", speaks_for="They told it.", findings=[
            {"finding": "Gaps in the drug book.", "norm": "Order 4", "committed_on": "2024-03-05", "evidence": [1]}])
        story.act("lead", case, "share_draft", shared_on="2024-04-10")
        story.act("head", case, "comment", views="That is right.")
        story.act("lead", case, "consult")
        story.act("lead", case, "submit", final_report="As drafted.", answers="Taken over.")
        story.act("chair", case, "conclude", entitled=3, present=3, result="shortcoming", conclusion=conclusion)
    return case


def test_what_a_body_concluded_stands_in_its_minutes_of_that_day_and_in_no_others(
        conducting: Organisation, callers: Callers, monkeypatch: pytest.MonkeyPatch) -> None:
    case = concluded(Story(callers), "Gaps, to be remedied by May.")
    monkeypatch.setattr(desk, "MOST", 1)
    newer = [conducting.open().case for _ in range(3)]
    with_the_board(conducting, newer[0], body="W1", state="ordered")
    board = desk.minutes(conducting.house, conducting["chair"], "RB", DAY)
    assert [(row.uid, [e.trigger for e in acts]) for row, acts in board[1]] == [(case, ["conclude"])] and board[2] == []
    assert desk.minutes(conducting.house, conducting["chair"], "RB", DAY + timedelta(days=1))[1] == []
    assert desk.minutes(conducting.house, conducting["chair"], "W1", DAY)[1] == []
    assert "Gaps, to be remedied by May." in seen(callers.app, "chair", "/desk/RB/minutes?on=2024-04-10")
    assert "Gaps" not in seen(callers.app, "chair", "/desk/W1/minutes?on=2024-04-10")


def test_a_closed_circle_is_in_no_minutes_that_others_read_and_has_a_draft_of_its_own(conducting: Organisation, callers: Callers) -> None:
    plain, closed = (concluded(Story(callers), text) for text in ("Gaps, to be remedied by May.", "What nobody else may know."))
    put(conducting, closed, closed_circle=True)
    address = "/desk/RB/minutes?on=2024-04-10"
    inside, outside = seen(callers.app, "officer", address), seen(callers.app, "chair", address)
    for page in (inside, outside):
        assert "Gaps, to be remedied by May." in page and "What nobody else may know." not in page
    assert f"of={closed}" in inside and closed not in outside
    own = seen(callers.app, "officer", f"{address}&of={closed}")
    assert "What nobody else may know." in own and "Gaps, to be remedied by May." not in own
    for login, asked in (("chair", closed), ("officer", plain)):
        with pytest.raises(NotFound):
            desk.minutes(conducting.house, conducting[login], "RB", DAY, of=asked)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "soon"])
def test_minutes_of_a_day_on_which_nobody_sat_are_those_of_today(conducting: Organisation, callers: Callers, day: str) -> None:
    assert "Nothing of a sitting" in seen(callers.app, "chair", f"/desk/RB/minutes?on={day}")

"""Letters of an inspection say what the act says: its label in the reader's language, and its words."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from inspect_app.models import account
from inspect_app.services import letters, queries
from inspect_app.services.letters import Letter
from tests.pages.test_own import drafted
from tests.services.organisation import Organisation
from tests.services.test_walls import launched

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)


def read(org: Organisation, case: str, kind: str, who: str = "head") -> Letter:
    """The letter of a kind that somebody got."""
    row = queries.case(org.house, org[who], case)
    return next(letters.read(org.house, org[who], row, one["id"]) for one in letters.listed(org.house, org[who], row) if one["kind"] == kind)


def shared(org: Organisation) -> str:
    case = drafted(org)
    org.act("lead", case, "share_draft", shared_on=queries.today(org.house).isoformat())
    return case


def test_the_notice_names_the_office_the_team_and_the_day_of_the_report(org: Organisation) -> None:
    text = str(read(org, launched(org), "inspection_notice").paragraphs)
    for words in ("Serve and begin", "Head of W1", "Lead Person", "One Person", "Two Person", "The report of the unit is asked for by"):
        assert words in text, words


def test_the_letter_with_the_draft_says_what_was_found_and_until_when_one_may_comment(org: Organisation) -> None:
    text = str(read(org, shared(org), "draft_findings").paragraphs)
    for words in ("Share the draft", "The drug book had three gaps.", "Order 4, point 2", "They told of it themselves.", "You may comment until"):
        assert words in text, words


def test_the_letter_of_the_conclusion_says_it(org: Organisation) -> None:
    case = shared(org)
    org.act("head", case, "comment", views="We agree.")
    org.act("lead", case, "consult")
    org.act("lead", case, "submit", final_report="The book had gaps.", answers="Noted.")
    org.act("chair", case, "conclude", entitled=3, present=3, result="shortcoming", conclusion="The book had gaps, nobody checked it.")
    text = str(read(org, case, "conclusion").paragraphs)
    assert "The book had gaps, nobody checked it." in text and "shortcomings, no violation" in text and "Conclude" in text


def test_a_reminder_is_about_the_report_and_is_in_the_language_of_whom_it_is_to(org: Organisation) -> None:
    case = launched(org)
    org.act("lead", case, "remind", reminder="by telephone")
    with org.house.db.atomic("all") as session:
        session.execute(update(account).where(account.c.person_id == org["head"].person_id).values(language="vi"))
    letter = read(org, case, "reminder")
    assert letter.title == "Nhắc: đang chờ báo cáo giải trình của đơn vị" and letter.paragraphs[0][0] == "Nhắc"
    assert "by telephone" in str(letter.paragraphs) and "trả lời" not in str(letter.paragraphs)


def test_a_letter_whose_words_stand_on_the_page_of_the_matter_names_its_act(org: Organisation) -> None:
    case = org.open(workflow="corrective_action", trigger="propose", what="The keys were left in the door.", cause_kind="work", office="head-w1",
                    cause="Nobody checks at night.", due="2099-12-31", measure="Check every night.", success="No key is found.").case
    org.act("chair", case, "assign", due="2099-12-31")
    assert "“Drug book”: Assign. What it says" in read(org, case, "action").paragraphs[0][1]

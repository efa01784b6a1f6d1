"""Silence goes up the line of the office, past what is vacant, to whoever answers there; and what a dated report of before does for who contests."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from inspect_app.errors import NotFound
from inspect_app.now import now
from inspect_app.services import clocks, offices, queries
from inspect_app.services.organisation_views import appointments
from tests.services.organisation import CONSOLE, Organisation
from tests.services.test_responsibility import MONDAY, asked, letters, on, refused, state, superior, sweep, triggers

LATER = MONDAY + timedelta(days=40)


def two_steps(org: Organisation) -> None:
    """A line of three: the head of the ward, an office above that nobody holds, and the top."""
    superior(org, "deputy")
    offices.end_appointment(org.house, CONSOLE, _number(org, "head-hq"), "2019-12-31")
    offices.add_office(org.house, CONSOLE, "top", "Director", "HQ")
    offices.appoint(org.house, CONSOLE, "top", "stranger", "2020-01-01")
    offices.change_office(org.house, CONSOLE, "head-hq", {"superior": "top"})


def _number(org: Organisation, code: str) -> int:
    with org.house.db.reading() as session:
        return int(appointments(session, office_code=code)[0]["id"])


def test_silence_is_reported_past_a_vacant_office_to_the_next_one_up_the_line(org: Organisation) -> None:
    two_steps(org)
    child = asked(org)
    sweep(org, LATER)
    assert state(org, child) == "escalated"
    assert org["stranger"].person_id in letters(org, child, "escalation")
    with on(org, LATER):
        assert {r.value for r in queries.case(org.house, org["stranger"], child).parts} == {"superior"}
        assert org.act("stranger", child, "hear", heard_on=LATER.isoformat(), heard="nobody came", view="it was in their hands").after == "escalated"
        offices.appoint(org.house, CONSOLE, "head-hq", "deputy", LATER.isoformat())
        clocks.sweep(org.house, now())
        assert {r.value for r in queries.case(org.house, org["deputy"], child).parts} == {"superior"}
        with pytest.raises(NotFound):
            queries.case(org.house, org["stranger"], child)
    assert "escalate_again" in triggers(org, child)


def test_at_the_top_of_a_line_silence_is_reported_to_the_body_that_determines(org: Organisation) -> None:
    child = asked(org)
    sweep(org, LATER)
    assert state(org, child) == "escalated"
    assert letters(org, child, "escalation") == [org["boss"].person_id]
    with on(org, LATER):
        assert org.act("boss", child, "determine", outcome="confirmed", reasons="nobody spoke; as the file shows").after == "determined"


def test_a_reminder_by_hand_takes_no_reminder_of_the_system_away(org: Organisation) -> None:
    child = asked(org)
    with on(org, MONDAY + timedelta(days=1)):
        org.act("officer", child, "remind", reminder="by telephone")
    sweep(org, LATER)
    assert triggers(org, child).count("remind_automatically") == 2
    assert len(letters(org, child, "reminder")) == 3


@pytest.mark.parametrize(("told", "code"), [
    ({"reported_on": "2027-02-01"}, "a_prior_report_has_day_and_receiver"),
    ({"reported_to": "the head of the house"}, "a_prior_report_has_day_and_receiver"),
    ({"reported_on": "2027-03-03", "reported_to": "the head of the house"}, "prior_report_lies_in_the_past"),
])
def test_a_report_of_before_counts_only_with_its_day_and_who_got_it_and_only_if_it_was_before(
        org: Organisation, told: dict[str, Any], code: str) -> None:
    child = asked(org)
    with on(org, date(2027, 3, 2)):
        org.act("head", child, "receive")
        assert refused(lambda: org.act("head", child, "contest", grounds="I had said so", **told)) == {code}
        assert state(org, child) == "received"


def test_the_body_reads_the_report_of_before_word_for_word_and_may_withdraw_for_it(org: Organisation) -> None:
    child = asked(org)
    with on(org, date(2027, 3, 2)):
        org.act("head", child, "receive")
        org.act("head", child, "contest", grounds="I had said so", reported_on="2027-02-01", reported_to="the head of the house",
                report_reference="Letter 12, file 3")
        offered = org.act("boss", child, "determine", outcome="withdrawn", reasons="Letter 12 of 1 February shows that it was reported in time.")
        assert offered.after == "determined"
        assert refused(lambda: org.act("officer", child, "link", shortcomings=[])) >= {"responsibility_stands"}
        assert org.act("officer", child, "close").after == "closed"

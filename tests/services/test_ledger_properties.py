"""Whatever is tried, in whatever order and by whomever: what became an event replays, what did not left nothing."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from inspect_app.errors import Refusal
from inspect_app.models import case_role, cases, clock, content, dossier, event, letter, log_pending
from inspect_app.services import casework
from inspect_app.services.replaying import replay_all
from tests.services.organisation import LOGINS, Organisation
from workflows.acts import SYSTEM, Act


def told(org: Organisation) -> dict[str, dict[str, Any]]:
    """Data that is right for each trigger, at the right time."""
    return {
        "assess": {"assessment": "founded", "no_duplicate": True},
        "propose": {"work_type": "suspicion", "why": "it repeats"},
        "propose_no_case": {"ground": "unfounded", "sentence": "nothing in it"},
        "close_no_case": {"reason": "agreed"},
        "issue": org.team(),
        "launch": {"office": "head-w1", "served_on": "2026-01-05", "rights_notice": True},
        "remind": {"reminder": "by letter"},
        "report": {"explanation": "we were two short"},
        "add_evidence": {"description": "book", "held_as": "reference", "reference": "F-1"},
        "draft": {
            "findings": [{"finding": "gaps in May", "norm": "rule 4", "committed_on": "2026-01-02", "evidence": [1]}],
            "speaks_for": "new staff",
        },
        "share_draft": {"shared_on": "2026-01-06"},
        "comment": {"views": "we disagree"},
        "consult": {},
        "submit": {"final_report": "as drafted", "answers": "we looked again"},
        "return": {"reason": "one more day"},
        "conclude": {"entitled": 5, "present": 4, "result": "shortcoming", "conclusion": "the book had gaps"},
        "hold_responsible": org.assignment(),
        "pause": {"ground": "force", "reason": "a flood"},
        "resume": {},
        "response_lapsed": {},
        "end_with_reasons": {"reason": "it is settled"},
        "note_for_record": {"note": "seen"},
        "withdraw_evidence": {"item": 1, "reason": "wrong case"},
        "follow_up": {
            "served_on": "2026-01-20",
            "shortcomings": [
                {
                    "what": "The book is not kept.",
                    "cause_kind": "procedure",
                    "cause": "Nobody is named for it.",
                    "office": "head-w1",
                    "due": "2099-01-01",
                    "measure": "name somebody",
                }
            ],
        },
        "close": {"lessons": "name somebody", "file_complete": True},
    }


STEADY = [
    "assess",
    "propose",
    "issue",
    "launch",
    "report",
    "add_evidence",
    "draft",
    "share_draft",
    "comment",
    "consult",
    "submit",
    "conclude",
    "follow_up",
    "close",
]


def rows(org: Organisation) -> dict[str, int]:
    with org.house.db.reading("all") as session:
        return {
            t.name: session.execute(select(func.count()).select_from(t)).scalar_one()
            for t in (event, content, log_pending, cases, dossier, clock, letter, case_role)
        }


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_course_of_acts_replays_and_refusals_leave_nothing(org: Organisation, data: st.DataObject) -> None:
    case = org.open().case
    known, done, next_step = told(org), 1, 0
    for _ in range(data.draw(st.integers(5, 30), label="acts")):
        steady = data.draw(st.booleans(), label="steady")
        trigger = STEADY[min(next_step, len(STEADY) - 1)] if steady else data.draw(st.sampled_from(sorted(known)), label="trigger")
        actor = data.draw(st.sampled_from(["officer", "chair", "lead", "head"] if steady else list(LOGINS)), label="who")
        seen = data.draw(st.sampled_from([None, done, done - 1]), label="seen")
        act = Act(trigger, SYSTEM if trigger == "response_lapsed" else org[actor], known[trigger], seen=seen)
        before = rows(org)
        try:
            made = casework.fire(org.house, case, act)
        except Refusal:
            assert rows(org) == before
            continue
        done += 1
        next_step = STEADY.index(trigger) + 1 if trigger in STEADY else next_step
        assert made.seq == done
        after = rows(org)
        opened = after["cases"] - before["cases"]
        assert after["event"] - before["event"] == 1 + opened == after["log_pending"] - before["log_pending"]
    found = replay_all(org.house)
    assert found.found == 0, found.differences
    with org.house.db.reading("all") as session:
        spans = session.execute(
            select(event.c.dossier_id, func.min(event.c.position), func.max(event.c.position), func.count())
            .where(event.c.dossier_id.is_not(None)).group_by(event.c.dossier_id)
        ).all()
    assert all((first, last) == (1, count) for _, first, last, count in spans)

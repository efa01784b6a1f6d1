"""The page of a case tells what each act said in one section, and in that which says most of what it is about."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from config import Settings
from inspect_app.pages import strands
from tests.conftest import application
from tests.pages.test_pages import Visitor
from tests.services.organisation import Organisation
from workflows.catalogue import load_catalogue
from workflows.definition import Transition, Workflow
from workflows.effects import Extend, Recount
from workflows.entries import ENTRIES
from workflows.protection import ANSWERS

CATALOGUE = load_catalogue()
SAYS_WHY_OR_WHEN = {"paper", "papers", "reason", "why", "how", "reminder", "delay_reason", "due", "until", "shared_on", "quarter", "quarter_end"}
TOLD = re.compile(r'<div class="strand"><h3>([^<]+)</h3>')


@pytest.fixture
def app(settings: Settings, org: Organisation) -> Flask:
    return application(settings, org.house)


def says_something(workflow: Workflow, t: Transition) -> bool:
    """Whether an act says more than why or when, and has no list of its own, as evidence, papers, access, time limits and check-ins have."""
    apart = t.trigger in {one.trigger for one in ENTRIES} | {ANSWERS} or "extension_" in t.trigger
    return not apart and not any(isinstance(e, Extend | Recount) for e in t.effects) and bool({i.name for i in t.inputs} - SAYS_WHY_OR_WHEN)


@pytest.mark.parametrize("workflow", CATALOGUE.workflows, ids=lambda w: w.name)
def test_each_act_that_says_something_stands_in_one_section_and_no_other(workflow: Workflow) -> None:
    acts = {t.trigger for t in (*workflow.transitions, *workflow.entries) if says_something(workflow, t)}
    aside = {trigger for trigger in acts if strands.section_of(workflow, trigger) not in strands.SECTIONS}
    assert aside <= {"pause", "record_absence", "note_absence"}, "time limits stand still: they have a list of their own"


@pytest.mark.parametrize(("name", "acts"), [
    ("inspection", {"register": "matter", "launch": "matter", "issue": "decision", "report": "actions", "draft": "actions", "comment": "actions",
                    "submit": "actions", "conclude": "decision", "follow_up": "actions", "hold_responsible": "responsibility", "remind": None}),
    ("unit_check", {"announce": "matter", "hand_in": "actions", "draft": "actions", "conclude": "decision"}),
    ("discipline", {"open_matter": "matter", "notify": "matter", "answer": "matter", "hear": "decision", "impose": "decision", "appeal": "decision",
                    "hold_responsible": "responsibility", "order_remedies": "actions", "record_dissent": "decision"}),
    ("responsibility", {"identify": "responsibility", "contest": "responsibility", "escalate": "responsibility", "determine": "decision",
                        "withdraw": "decision"}),
    ("corrective_action", {"propose": "matter", "finish": "actions", "find_ineffective": "actions", "reopen": "actions"}),
    ("minor_matter", {"note": "matter", "answer": "matter", "settle": "decision", "settle_without": "decision"}),
    ("plan_draft", {"upload": "matter", "upload_again": "matter"}), ("assessment", {"assess": "actions"}),
    ("past_finding", {"find": "actions"}), ("past_sanction", {"impose": "decision"})])
def test_an_act_stands_where_one_looks_for_it(name: str, acts: dict[str, str | None]) -> None:
    workflow = CATALOGUE.by_name[name]
    assert {trigger: strands.section_of(workflow, trigger) for trigger in acts} == acts


def test_what_is_done_with_content_and_access_stands_in_no_section() -> None:
    for workflow in CATALOGUE.workflows:
        assert {strands.section_of(workflow, t.trigger) for t in ENTRIES} == {None}


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_findings_and_the_final_report_stand_under_findings_and_everything_is_told_once(app: Flask, org: Organisation) -> None:
    case = org.ordered()
    org.act("lead", case, "launch", office="head-w1", served_on="2026-01-05", rights_notice=True)
    org.act("head", case, "report", explanation="Two people were ill that week.")
    org.act("lead", case, "add_evidence", description="Drug book", held_as="reference", reference="File 7")
    org.act("chair", case, "hold_responsible", **org.assignment())
    org.act("lead", case, "draft", findings=[{"finding": "The book had gaps.", "norm": "Order 4", "committed_on": "2026-01-02", "evidence": [1]}],
            speaks_for="They told of it themselves.")
    org.act("lead", case, "share_draft", shared_on="2026-01-20")
    org.act("head", case, "comment", views="We agree.")
    org.act("lead", case, "consult")
    org.act("lead", case, "submit", final_report="The book had gaps on one day.", answers="Noted with thanks.")
    visitor = Visitor(app)
    visitor.sign_in("chair")
    above = visitor.get(f"/cases/{case}").text.partition('<h2 id="happened">')[0]
    by_section = {part.split('"')[0]: TOLD.findall(part) for part in above.split('<h2 id="')[1:]}
    assert by_section["parties"] == ["Register", "Assess", "Serve and begin"]
    assert by_section["responsibility"] == ["Assign responsibility to a head"]
    assert by_section["actions"] == ["Hand in the report", "Draft the findings", "Comment on the draft", "Submit the final report"]
    assert by_section["decision"] == ["Propose an inspection", "Order the inspection"]
    assert 'href="#actions"' in above

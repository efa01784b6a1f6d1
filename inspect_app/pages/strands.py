"""What the events of a case are about: by the effects and inputs that the law declares, so that a page can sort them and a timeline be narrowed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from inspect_app.services.ledger import Event
from inspect_app.services.queries import CaseRow
from workflows import effects as fx
from workflows import protection
from workflows.definition import START, Transition, Workflow
from workflows.entries import ENTRIES
from workflows.roles import Role

KINDS = ("state", "matter", "responsibility", "decision", "evidence", "papers", "people", "time", "notes")
"""What a timeline can be narrowed to, in the order in which it is offered."""
_BY_EFFECT: tuple[tuple[str, tuple[type[fx.Effect], ...]], ...] = (
    ("people", (fx.Appoint, fx.Dismiss, fx.Recuse, fx.Reinstate, fx.Take, fx.Seat, fx.Move, fx.Route)),
    ("responsibility", (fx.Hold,)),
    ("decision", (fx.Sanction, fx.EndSanction, fx.Hear)),
    ("matter", (fx.Notify,)),
    ("evidence", (fx.Attach, fx.Withdraw)),
    ("papers", (fx.Serve, fx.TellAgain)),
    ("time", (fx.Pause, fx.Resume, fx.Extend, fx.Away, fx.Outage, fx.Recount)),
)
_BY_INPUT = {"allegations": "matter", "what": "matter", "finding": "matter", "findings": "matter", "cause": "matter", "basis": "responsibility",
             "outcome": "decision", "result": "decision", "sanction": "decision", "ballots": "decision", "votes": "decision", "decision": "decision",
             "conclusion": "decision"}
"""Inputs by whose name one sees what an act is about."""
_ACCESS = frozenset({"grant_access", "withdraw_access", "declare_conflict", "lift_conflict", "name_companion", "part_with_companion"})
_LINKED = {"responsibility": "responsibility", "corrective_action": "actions", "shortcoming": "actions", "discipline": "decision",
           "appeal": "decision", "redress": "decision", "minor_matter": "decision"}
"""Linked cases by the section of the page in which they are shown."""
SECTIONS = ("matter", "responsibility", "actions", "decision")
"""The sections of a page that tell what acts said. Evidence, papers, time limits and access have lists of their own."""
_HOME = {"responsibility": "responsibility", "corrective_action": "actions", "shortcoming": "actions", "appeal": "decision", "redress": "decision"}
"""What a case is about as a whole: where its acts stand that say nothing else. Of all others it is the matter."""
_LISTED = frozenset(t.trigger for t in ENTRIES) | {protection.ANSWERS}
"""Acts of every case that stand in lists of their own, or in the timeline alone."""
_FOUND = frozenset({"finding", "findings", "final_report", "explanation", "views", "report", "draft", "checked_how", "observed", "figures", "effect",
                    "lessons", "review", "reported", "shortcomings", "measure", "what_was_done", "what_was_seen", "what_is_verified"})
"""Inputs that say what was found, what the side that is looked at says to it, and what is done about it."""
_ALLEGED = frozenset({"allegations", "tasks", "statement", "answer"})
"""Inputs that say what a matter is, and what the person concerned says to it."""
_DECIDED = frozenset({"decided", "points", "grounds", "more_grounds", "hearing_on", "review_on", "review_result", "dissent"})
"""Inputs that say what was decided, beside those by which a timeline is narrowed; and what leads to a decision: an appeal, a hearing."""
_BESIDE = frozenset({"paper", "papers", "reason", "why", "how", "reminder", "delay_reason", "due", "until", "shared_on", "quarter", "quarter_end"})
"""Inputs that say why, how or when alone. What asks for nothing else, and does nothing that has a section, stands in the timeline."""


def _about(t: Transition) -> Iterable[str]:
    for kind, some in _BY_EFFECT:
        if any(isinstance(e, some) for e in t.effects):
            yield kind
    if any(isinstance(e, fx.Open) and _LINKED.get(e.workflow) == "responsibility" for e in t.effects):
        yield "responsibility"
    for i in t.inputs:
        if i.name in _BY_INPUT:
            yield _BY_INPUT[i.name]
    if t.approves or (t.standing and t.dest != "*"):
        yield "decision"


def kinds_of(workflow: Workflow, event: Event) -> frozenset[str]:
    """What one event is about."""
    found = {kind for t in workflow.triggers.get(event.trigger, ()) for kind in _about(t)}
    if event.before != event.after:
        found.add("state")
    if event.trigger in _ACCESS:
        found.add("people")
    if event.trigger == "note_for_record":
        found.add("notes")
    return frozenset(found)


def narrowed(row: CaseRow, shown: list[dict[str, Any]], kind: str | None) -> list[dict[str, Any]]:
    """The entries of a timeline that are about something; all, where nothing is asked for."""
    return [h for h in shown if kind in kinds_of(row.workflow, h["event"])] if kind in KINDS else shown


def offered(row: CaseRow, shown: list[dict[str, Any]]) -> list[str]:
    """To what a timeline can be narrowed so that something is left."""
    there = {kind for h in shown for kind in kinds_of(row.workflow, h["event"])}
    return [kind for kind in KINDS if kind in there]


def section_of(workflow: Workflow, trigger: str) -> str | None:
    """The one section in which an act stands; None for what stands in a list of its own, or in the timeline alone."""
    some, home = workflow.triggers.get(trigger, ()), _HOME.get(workflow.name, "matter")
    kinds, inputs = {kind for t in some for kind in _about(t)}, {i.name for t in some for i in t.inputs}
    opens = any(t.source == START for t in some) and not workflow.recorded
    if trigger in _LISTED or (not opens and ("time" in kinds or trigger.startswith("ask_extension_"))):
        return None
    if opens and "findings" not in inputs:
        return "responsibility" if home == "responsibility" else "matter"
    answers = home == "responsibility" and ("responsibility" in kinds or all(t.who == (Role.HEAD,) for t in some))
    if answers or any(isinstance(e, fx.Open) and _LINKED.get(e.workflow) == "responsibility" for t in some for e in t.effects):
        return "responsibility"
    if inputs & _ALLEGED or any(_names_the_side(e) for t in some for e in t.effects):
        return "matter"
    if inputs & _FOUND:
        return "actions"
    proposes = any(t.approves == trigger for t in workflow.transitions)
    ends = any(workflow.is_final(t.dest) for t in some)
    if home != "actions" and ("decision" in kinds or inputs & _DECIDED or proposes or (ends and inputs <= _BESIDE)):
        return "decision"
    return home if inputs - _BESIDE or ends else None


def _names_the_side(effect: fx.Effect) -> bool:
    """Whether the act says who speaks for the side that is looked at."""
    return isinstance(effect, fx.Hold | fx.Appoint) and effect.role is Role.RESPONDENT


def sections(row: CaseRow, shown: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """What was said last by each act, oldest first, by the section in which it stands; entries that say nothing are left out."""
    latest: dict[str, dict[str, Any]] = {}
    for h in shown:
        if h["said"]:
            latest.setdefault(h["event"].trigger, h)
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in SECTIONS}
    for h in sorted(latest.values(), key=lambda h: h["event"].seq):
        if (section := section_of(row.workflow, h["event"].trigger)) is not None:
            found[section].append(h)
    return found


def sorted_cases(linked: Iterable[CaseRow]) -> dict[str, list[CaseRow]]:
    """Linked cases by the section in which they are shown; those of none under `linked`."""
    found: dict[str, list[CaseRow]] = {}
    for one in linked:
        found.setdefault(_LINKED.get(one.workflow.name, "linked"), []).append(one)
    return found


__all__ = ["KINDS", "SECTIONS", "kinds_of", "narrowed", "offered", "section_of", "sections", "sorted_cases"]

"""What the events of a case are about: by the effects and inputs that the law declares, so that a page can sort them and a timeline be narrowed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from inspect_app.services.ledger import Event
from inspect_app.services.queries import CaseRow
from workflows import effects as fx
from workflows.definition import Transition, Workflow

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


def newest(row: CaseRow, shown: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    """What was said last by each act that is about something, oldest first; entries that say nothing are left out."""
    latest: dict[str, dict[str, Any]] = {}
    for h in shown:
        if h["said"] and kind in kinds_of(row.workflow, h["event"]):
            latest.setdefault(h["event"].trigger, h)
    return sorted(latest.values(), key=lambda h: h["event"].seq)


def sorted_cases(linked: Iterable[CaseRow]) -> dict[str, list[CaseRow]]:
    """Linked cases by the section in which they are shown; those of none under `linked`."""
    found: dict[str, list[CaseRow]] = {}
    for one in linked:
        found.setdefault(_LINKED.get(one.workflow.name, "linked"), []).append(one)
    return found


__all__ = ["KINDS", "kinds_of", "narrowed", "newest", "offered", "sorted_cases"]

"""Small workflows, facts and acts that the tests of the law start from."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from workflows.acts import Act, Actor, CaseFact, Facts, KeepingFact
from workflows.clocks import EMPTY
from workflows.definition import START, State, Transition, Workflow
from workflows.effects import Hear, Notify, Sanction
from workflows.inputs import Choice
from workflows.roles import Role
from workflows.ruleset import GENERIC
from workflows.words import Words, words

ANNA = Actor("anna", "Anna", 1)
KEPT = KeepingFact(False, None, date(2027, 3, 2), "retention.cleared", False)
DAY = 24 * 3600 * 1_000_000


def both(text: str) -> Words:
    """A text that reads differently in each shipped language."""
    return words(en=text, vi=f"{text} (vi)")


def step(trigger: str, source: str | tuple[str, ...], dest: str, **more: Any) -> Transition:
    """A transition of an officer, unless told otherwise."""
    plain: dict[str, Any] = {"trigger": trigger, "label": both(trigger), "source": source, "dest": dest,
                             "who": (Role.OFFICER,)}
    return Transition(**(plain | more))


RUNG = Choice(name="rung", label=both("Rung"), options=(("reprimand", both("reprimand")), ("warning", both("warning"))))
STATES = (State("opened", both("opened")), State("told", both("told")), State("heard", both("heard")),
          State("decided", both("decided"), final=True, punishes=True))
TABLE = {
    "open": step("open", START, "opened"),
    "tell": step("tell", "opened", "told", effects=(Notify(),)),
    "hear": step("hear", "told", "heard", effects=(Hear(),)),
    "decide": step("decide", "heard", "decided", who=(Role.CHAIR,), inputs=(RUNG,), effects=(Sanction("rung"),)),
}


def small(*, checked: bool = True, states: tuple[State, ...] = STATES, add: tuple[Transition, ...] = (),
          leave_out: tuple[str, ...] = (), entries: tuple[Transition, ...] = (), fast: bool = False,
          **changed: Any) -> Workflow:
    """A sound workflow of four states; the arguments change the named transitions, or add and leave out some."""
    kept = [replace(t, **changed.get(name, {})) for name, t in TABLE.items() if name not in leave_out]
    return Workflow(name="small", version=1, title=both("Small"), states=states, transitions=(*kept, *add),
                    entries=entries,
                    fast=fast, checked=checked)


def facts(**values: Any) -> Facts:
    """A snapshot in which nothing stands in the way; the arguments replace what a test is about."""
    plain: dict[str, Any] = {
        "now": 100 * DAY, "today": date(2026, 3, 2), "on": date(2026, 3, 2), "case": CaseFact("opened", 1, "small", False, False),
        "parent": None, "matter": None, "superiors": {}, "bodies": {},
        "children": (), "strands": {}, "steps": (), "said": {}, "origin": {}, "evidence": (), "clocks": {}, "clocks_above": {},
        "calendar": EMPTY.under("1111100"), "extensions": {},
        "parts_above": frozenset(), "people_above": {}, "asked_already": False,
        "parts": frozenset(), "people": {}, "offices": {}, "tainted": (), "investigators": frozenset(), "took_part": frozenset(), "earlier": (),
        "ties": frozenset(), "unfit": frozenset(),
        "feared": frozenset(), "known": frozenset(), "jurisdiction": frozenset(), "unit": None, "served": {},
        "named_cases": {}, "figures": {}, "figures_of_all": {}, "remedies_owed": 0, "causes_before": frozenset(),
        "pilots": frozenset(), "working_units": (), "signals_waiting": 0,
        "criteria": GENERIC.criteria, "ruleset_version": "generic@1",
        "drawn_in": frozenset(), "direct_superiors": {}, "setup": {"appeal_body": "ab", "concerns_contact": "cleo"},
        "ruleset": GENERIC.values, "keeping": KEPT, "fields": {}, "files": (), "elsewhere": (),
    }
    return Facts(plain | values)


def act(trigger: str = "tell", data: dict[str, Any] | None = None, **more: Any) -> Act:
    """An act of Anna's."""
    plain: dict[str, Any] = {"trigger": trigger, "actor": ANNA, "data": data or {}}
    return Act(**(plain | more))

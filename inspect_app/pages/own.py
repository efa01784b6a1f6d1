"""The one plain page of the person a case is about, and of who accompanies them: what is said, what happens next and by when, who decides, who may
come along, what may be sent, who opened the file. It stands where the file of the case stands, which is one step further (`?file=1`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import request

from inspect_app import http, i18n
from inspect_app.services import concerned, queries
from inspect_app.services.concerns import waits
from inspect_app.services.ledger import Event
from inspect_app.services.queries import CaseRow
from workflows import protection
from workflows.effects import StopClock
from workflows.engine import Offer
from workflows.roles import Role

COMPANY = ("name_companion", "part_with_companion")
"""Acts about who comes along."""
ASIDE = ("declare_conflict", "hold", "lift_hold")
REPORTS = ("report", "hand_in")
"""Acts by which a unit hands in the report that is asked of it; all else that is open to somebody is theirs to say or not to say."""
AWAITED = ("comment",)
"""Acts that are waited for until a day and that nobody owes."""
PUT_TO = frozenset({"allegations", "findings", "norm", "points", "draft", "conclusion"})
"""Inputs that say what is alleged or was found: they stand open on the page."""


def is_wanted(row: CaseRow) -> bool:
    """Whether this reader sees the plain page rather than the file."""
    parts = row.parts - {Role.PROTECTED}
    return bool(parts) and parts <= concerned.CONCERNED and "file" not in request.args


def shown(row: CaseRow, events: Sequence[Event], history: Sequence[dict[str, Any]], offers: dict[str, list[Offer]]) -> dict[str, Any]:
    """What the plain page shows beside what the file shows. `history` is the timeline as this reader may read it; of what was told them, the newest
    decision with reasons comes first, then what is alleged or was found, then the rest, each from the newest on."""
    house, language = http.house(), http.language()
    entries = {t.trigger for t in row.workflow.entries}
    told = [h for h in history if h["said"] and h["event"].role not in concerned.CONCERNED and h["event"].trigger not in entries]
    decided = max((h["event"].seq for h in told if "reasons" in h["event"].data), default=0)
    newest = {h["event"].trigger: h["event"].seq for h in reversed(told) if PUT_TO & h["event"].data.keys()}
    in_full = {decided, *newest.values()} if decided or newest else {h["event"].seq for h in told[:1]}
    accompanies, rules = Role.RESPONDENT not in row.parts, house.catalogue.rulesets_by_name[row.ruleset]
    return {
        "around": concerned.around(house, row),
        "parts_deciding": [i18n.role_label(rules, language, role, row.workflow)
                           for role in concerned.who_decides(row.workflow, row.state, row.closed_circle)],
        "closed_alone": row.workflow.fast and not row.workflow.is_settled(row.state),
        "heard_on": concerned.heard_next(events, queries.today(house)),
        "told": sorted(told, key=lambda h: (h["event"].seq != decided, h["event"].seq not in in_full)),
        "in_full": in_full,
        "own_words": [h for h in history if h["event"].role in concerned.CONCERNED],
        "company": [o for o in offers["entries"] if o.transition.trigger in COMPANY],
        "sends": [o for o in offers["entries"] if o.transition.trigger not in (*COMPANY, *ASIDE, protection.ANSWERS)],
        "owed": {} if accompanies else _ending(offers["open"], REPORTS),
        "awaited": {} if accompanies else _ending(offers["open"], AWAITED),
        "checked": waits(events, (protection.ASKS,), (protection.ANSWERS,)),
        "accompanies": accompanies,
        "protected": Role.PROTECTED in row.parts,
    }


def _ending(offers: Sequence[Offer], some: Sequence[str]) -> dict[str, list[str | None]]:
    """Those of some acts that are open now, each with the time limits that it ends."""
    return {o.transition.trigger: [e.name for e in o.transition.effects if isinstance(e, StopClock)] for o in offers if o.transition.trigger in some}

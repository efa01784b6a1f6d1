"""How long a case is kept: by what it came to, for as long as its ruleset says. Pure.

A final state says under which key of the ruleset it is kept (`retention.<what>`); the time counts from the day on which the case came to it.
Cases of one dossier speak of one another, and so a case is due when every case of its dossier is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from workflows.clocks import EMPTY, runs_out

CONCLUDED, NO_CASE, CLEARED, FAST_NOTE, SANCTION, OVER = "concluded", "no_case", "cleared", "fast_note", "sanction", "over"
STATEMENT, REPORTER, ACCESS_LOG = "statement", "reporter", "access_log"
OF_CASES = (CONCLUDED, NO_CASE, CLEARED, FAST_NOTE, SANCTION, OVER)
"""What a case may come to. `over` is what a time limit of the case itself has kept before: it is due at once."""
FOR_EVER = "none"
"""What a ruleset says of that which is not disposed of."""

PROPOSALS = ("propose_erasure", "propose_disposal")
ENDS_PROPOSAL = ("erase", "dispose", "decline_proposal")
AGAIN = {"erase_again": "erase", "dispose_again": "dispose"}
"""What the system does anew after a restore, and what it stands for."""
BY_PERSONS = ("hold", "lift_hold", *PROPOSALS, *ENDS_PROPOSAL)
ACTS = (*BY_PERSONS, *AGAIN)
"""The acts by which content goes or stays. They are never erased themselves, but for their free words."""
OF_ROW = ("title", "reference", "reporter")
"""What of a case stands in no event, and may be erased too: named as pieces of event 0."""


class Ended(NamedTuple):
    """A case that came to an end: on which day, and under which key of its ruleset it is kept."""

    on: date
    kept: str
    period: str


class Due(NamedTuple):
    """When something is due for disposal, and under which key; `on` is None for what is kept for ever."""

    on: date | None
    key: str


def period_of(values: Mapping[str, Any], what: str) -> str:
    """How long a ruleset keeps something; what it does not name is kept for ever."""
    return str(values.get(f"retention.{what}", FOR_EVER))


def due(ended: Ended) -> Due:
    """When a case that came to an end is due: its last day of being kept."""
    key = f"retention.{ended.kept}"
    return Due(None if ended.period == FOR_EVER else runs_out(ended.on, ended.period, EMPTY), key)


def due_together(own: Ended | None, others: Iterable[Ended | None]) -> Due | None:
    """When a case is due with all others of its dossier; None while one of them is under way."""
    every = [own, *others]
    if own is None or any(one is None for one in every):
        return None
    dues = [due(one) for one in every if one is not None]
    days = [one.on for one in dues]
    latest = None if any(day is None for day in days) else max(day for day in days if day is not None)
    return Due(latest, due(own).key)


def is_due(found: Due | None, today: date) -> bool:
    """Whether the last day of being kept is over."""
    return found is not None and found.on is not None and found.on < today


def holds(triggers: Iterable[str]) -> bool:
    """Whether a hold stands after these acts, in their order."""
    stands = False
    for trigger in triggers:
        stands = trigger == "hold" if trigger in ("hold", "lift_hold") else stands
    return stands

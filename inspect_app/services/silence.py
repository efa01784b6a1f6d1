"""The ledger of silence: signals that were closed without a case, and signals that nobody has assessed in their time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from inspect_app.access.parts import reach_of
from inspect_app.access.reading import readable
from inspect_app.services import queries
from inspect_app.services.events import events_of
from inspect_app.services.house import House
from inspect_app.services.queries import CaseRow, Filter
from workflows.acts import Actor
from workflows.calendar import day_of
from workflows.concern_v1 import CONCERN
from workflows.inspection_v1 import INSPECTION

CLOSED = "closed_no_case"
UNTRIAGED = ((CONCERN.name, "received"), (INSPECTION.name, "registered"))
"""Where a signal stands that nobody has assessed."""


@dataclass(frozen=True, slots=True)
class Closed:
    """A signal that was closed without a case: when, on which ground, in which words, and whether another person had proposed it."""

    case: CaseRow
    on: date
    ground: str | None
    sentence: str | None
    by_two: bool


@dataclass(frozen=True, slots=True)
class Ledger:
    """One page of the ledger; `cursor` leads on through what was closed."""

    closed: tuple[Closed, ...]
    waiting: tuple[CaseRow, ...]
    cursor: str | None


def ledger(house: House, actor: Actor, *, limit: int = 50, cursor: str | None = None) -> Ledger:
    """What this actor may know of it, newest first; a closed circle is in no ledger of anyone without a part in it. Raises `Invalid` for an
    unknown cursor."""
    page = queries.register(house, actor, Filter(state=CLOSED, is_open=False), limit=limit, cursor=cursor)
    waiting = [row for workflow, state in UNTRIAGED
               for row in queries.register(house, actor, Filter(workflow=workflow, state=state, overdue=True), sort="due", limit=limit).rows]
    return Ledger(tuple(_closed(house, actor, row) for row in page.rows), tuple(sorted(waiting, key=lambda row: row.due_at or 0)), page.cursor)


def _closed(house: House, actor: Actor, row: CaseRow) -> Closed:
    with house.db.reading(reach_of(actor)) as session:
        events = list(events_of(session, row.id))
    proposed = [e for e in events if e.trigger == "propose_no_case"]
    closed = next(e for e in reversed(events) if e.after == CLOSED)
    told = readable(row.workflow, "propose_no_case", proposed[-1].data, row.parts)[0] if proposed else {}
    return Closed(row, day_of(closed.occurred_at, house.zone), told.get("ground"), told.get("sentence"),
                  bool(proposed) and proposed[-1].actor != closed.actor)

"""The ledger of silence: what was not done, not answered, not shown, or later than its time, for auditors within their engagement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, select, text

from inspect_app.access.parts import reach_of, visible_to
from inspect_app.access.reading import readable
from inspect_app.errors import Invalid, Problem
from inspect_app.models import cases, event
from inspect_app.models.event import SILENT
from inspect_app.services import queries
from inspect_app.services.events import events_by_number, events_of
from inspect_app.services.house import House
from inspect_app.services.ledger import Event
from inspect_app.services.queries import CaseRow, Filter
from inspect_app.services.rows import fast, today, told
from inspect_app.services.standing import viewer_of
from workflows.acts import Actor
from workflows.calendar import day_of
from workflows.concern_v1 import CONCERN
from workflows.discipline_v1 import DISCIPLINE
from workflows.inspection_v1 import INSPECTION
from workflows.responsibility_v1 import RESPONSIBILITY

SIGNALS, STEPS = "signals", "steps"
CLOSED = "closed_no_case"
UNTRIAGED = ((CONCERN.name, "received"), (INSPECTION.name, "registered"))
"""Where a signal stands that nobody has assessed."""
_LIVE = event.c.origin == "act"
NOTED: dict[str, tuple[ColumnElement[bool], ...]] = {
    "unanswered": (event.c.trigger == "answer_lapsed", cases.c.workflow == RESPONSIBILITY.name),
    "withheld": (event.c.trigger == "notify", cases.c.workflow == DISCIPLINE.name),
    "late": (event.c.late, _LIVE),
    "extended": (event.c.trigger.startswith("extend_", autoescape=True) | event.c.trigger.startswith("grant_extension_", autoescape=True),),
}
"""Which events each part of the ledger is made of: heads who let their time pass, evidence that was cited and not shown, entries after their day, and
more time for a limit."""
KINDS = (SIGNALS, STEPS, *NOTED)
WITHHELD = "withheld"
"""The input, and the part, of what is not shown."""
LOOKS = 20
"""How often one goes on where an event has nothing to note."""


@dataclass(frozen=True, slots=True)
class Closed:
    """A signal that was closed without a case: when, on which ground, in which words, and whether another person had proposed it."""

    case: CaseRow
    on: date
    ground: str | None
    sentence: str | None
    by_two: bool


@dataclass(frozen=True, slots=True)
class Noted:
    """An event of the ledger, with what its reader is told of it; an act on the day `of`, recorded on the day `on`."""

    case: CaseRow
    event: Event
    of: date
    on: date


@dataclass(frozen=True, slots=True)
class Ledger:
    """One page of one part of the ledger; `cursor` leads on. Of signals what was closed is paged, those that wait stand on every page."""

    kind: str
    closed: tuple[Closed, ...] = ()
    waiting: tuple[CaseRow, ...] = ()
    overdue: tuple[CaseRow, ...] = ()
    noted: tuple[Noted, ...] = ()
    cursor: str | None = None


def ledger(house: House, actor: Actor, *, kind: str = SIGNALS, limit: int = 50, cursor: str | None = None) -> Ledger:
    """What this actor may know of a part of it, newest first, steps by how long they are due; a closed circle is in no ledger of anyone without a
    part in it. Raises `Invalid` for an unknown part or cursor."""
    if kind not in KINDS:
        raise Invalid((Problem("/kind", "unknown", f"Ask for one of: {', '.join(KINDS)}."),))
    if kind == STEPS:
        page = queries.register(house, actor, Filter(overdue=True), sort="due", limit=limit, cursor=cursor)
        return Ledger(kind, overdue=page.rows, cursor=page.cursor)
    if kind != SIGNALS:
        return _noted(house, actor, kind, limit, cursor)
    page = queries.register(house, actor, Filter(state=CLOSED, is_open=False), limit=limit, cursor=cursor)
    waiting = [row for workflow, state in UNTRIAGED
               for row in queries.register(house, actor, Filter(workflow=workflow, state=state, overdue=True), sort="due", limit=limit).rows]
    return Ledger(kind, tuple(_closed(house, actor, row) for row in page.rows), tuple(sorted(waiting, key=lambda row: row.due_at or 0)),
                  cursor=page.cursor)


def _closed(house: House, actor: Actor, row: CaseRow) -> Closed:
    with house.db.reading(reach_of(actor)) as session:
        events = list(events_of(session, row.id))
    proposed = [e for e in events if e.trigger == "propose_no_case"]
    closed = next(e for e in reversed(events) if e.after == CLOSED)
    told = readable(row.workflow, "propose_no_case", proposed[-1].data, row.parts)[0] if proposed else {}
    return Closed(row, day_of(closed.occurred_at, house.zone), told.get("ground"), told.get("sentence"),
                  bool(proposed) and proposed[-1].actor != closed.actor)


def _noted(house: House, actor: Actor, kind: str, limit: int, cursor: str | None) -> Ledger:
    """Events newest first, looked through until a page is full. A notice that shows everything has nothing to note."""
    before = _place(cursor) if cursor is not None else None
    found: list[tuple[int, Noted]] = []
    with house.db.reading(reach_of(actor)) as session:
        viewer = viewer_of(session, actor, today(house))
        seen = (*NOTED[kind], ~cases.c.rehearsal, visible_to(viewer, fast(house)))
        query = select(event.c.event_id, cases.c.id).join(cases, cases.c.id == event.c.stream_id).where(text(SILENT), *seen)
        for _ in range(LOOKS):
            newer = () if before is None else (event.c.event_id < before,)
            looked = session.execute(query.where(*newer).order_by(event.c.event_id.desc()).limit(limit + 1)).all()
            rows = {row.id: row for row in told(session, house, viewer, list(dict.fromkeys(case for _, case in looked)))}
            events = events_by_number(session, [n for n, _ in looked])
            found += [(n, _told(house, rows[case], events[n])) for n, case in looked if case in rows]
            found = [one for one in found if kind != WITHHELD or one[1].event.data.get(WITHHELD)]
            before = looked[-1][0] if len(looked) > limit else None
            if before is None or len(found) > limit:
                break
    more = found[limit - 1][0] if len(found) > limit else before
    return Ledger(kind, noted=tuple(one for _, one in found[:limit]), cursor=str(more) if more is not None else None)


def _told(house: House, row: CaseRow, found: Event) -> Noted:
    data, _ = readable(row.workflow, found.trigger, found.data, row.parts)
    return Noted(row, found._replace(data=data), day_of(found.occurred_at, house.zone), day_of(found.recorded_at, house.zone))


def _place(cursor: str) -> int:
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        raise Invalid((Problem("/cursor", "invalid", "Take the cursor from the ledger's own answer, of the same part."),))
    return int(cursor)


__all__ = ["KINDS", "NOTED", "SIGNALS", "STEPS", "WITHHELD", "Closed", "Ledger", "Noted", "ledger"]

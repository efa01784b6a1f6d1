"""Figures of the work of units, counted from cases: of one unit and all below it, over a first to a last day.

A rehearsal counts nowhere but in rehearsals, and what happens in a closed circle counts nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, select, tuple_

from inspect_app.audit.envelope import disclosed
from inspect_app.db import Session
from inspect_app.models import cases, clock, content, event, unit_above
from inspect_app.services.house import House
from inspect_app.services.said import data_of
from workflows.calendar import start_of
from workflows.figures import ACCEPTED, CONCLUDED, COUNTED, DRAFTED, Figure, Happened, Span, count
from workflows.roles import Role

READ = sorted({trigger for _, trigger in ACCEPTED | CONCLUDED | DRAFTED})
"""Triggers of events whose words are read; of all others it counts that they happened."""
OWN_CHECK = "unit_check"


def counted(session: Session, house: House, unit_id: int | None, span: Span, *, rehearsal: bool = False) -> dict[str, Figure]:
    """Every figure of a unit and all below it, from the first day to the last, both included; without a unit, nought."""
    return count(_happened(session, house, unit_id, span, rehearsal) if unit_id is not None else ())


def _happened(session: Session, house: House, unit_id: int, span: Span, rehearsal: bool) -> Iterator[Happened]:
    parent = cases.alias("parent")
    begin, end = start_of(span[0], house.zone), start_of(span[1] + timedelta(days=1), house.zone)
    due = (select(clock.c.due_at).where(clock.c.case_id == cases.c.id, clock.c.name == "due", clock.c.started_seq < event.c.seq)
           .order_by(clock.c.started_seq.desc(), clock.c.id.desc()).limit(1).correlate(cases, event).scalar_subquery())
    told = and_(content.c.event_id == event.c.event_id, content.c.subject_id == 0, event.c.trigger.in_(READ))
    rows = session.execute(
        select(cases.c.id, cases.c.workflow, event.c.trigger, event.c.role, event.c.occurred_at, due, parent.c.workflow, content.c.body)
        .join(cases, cases.c.id == event.c.stream_id)
        .join(unit_above, and_(unit_above.c.unit_id == cases.c.unit_id, unit_above.c.above_id == unit_id))
        .outerjoin(parent, parent.c.id == cases.c.parent_id)
        .outerjoin(content, told)
        .where(cases.c.rehearsal == rehearsal, ~cases.c.closed_circle, event.c.occurred_at >= begin, event.c.occurred_at < end,
               tuple_(cases.c.workflow, event.c.trigger).in_(sorted(COUNTED)))
        .order_by(event.c.event_id)).all()
    read = [(*row[:-1], data_of(disclosed(row[-1])) if row[-1] else {}) for row in rows]
    late = _late(session, {row[0] for row in read if row[-1].get("result") == "violation"})
    for case_id, workflow, trigger, role, occurred_at, due_at, above, data in read:
        yield Happened(workflow, trigger, by_unit=role == Role.UNIT_LEAD or above == OWN_CHECK, in_time=due_at is None or occurred_at <= due_at,
                       late=case_id in late, data=data)


def _late(session: Session, case_ids: Iterable[int]) -> set[int]:
    """Those of these cases in which a time limit was let pass."""
    bodies = session.execute(select(event.c.stream_id, content.c.body).join(content, and_(content.c.event_id == event.c.event_id,
                                                                                       content.c.subject_id == 0))
                             .where(event.c.stream_id.in_(sorted(case_ids)))) if case_ids else ()
    return {case_id for case_id, body in bodies if body and _overdue(disclosed(body))}


def _overdue(fields: dict[str, Any]) -> bool:
    return bool(fields.get("overdue"))

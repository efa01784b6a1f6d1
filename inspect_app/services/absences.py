"""Leave and illness stop the clock: the days on which whoever has to answer is away, as the events of a case tell them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from inspect_app.audit.envelope import disclosed
from inspect_app.db import Fixed, Session
from inspect_app.models import clock
from inspect_app.services.house import House
from workflows.calendar import day_of
from workflows.clocks import Span

GROUNDS = ("leave", "illness", "duty")
_BODIES = Fixed("""SELECT e."trigger", c.body FROM event e JOIN content c ON c.event_id = e.event_id WHERE e.stream_id = :id
  AND e."trigger" IN ('serve_again', 'record_absence', 'note_absence') ORDER BY e.seq""")


def of_case(session: Session, case_id: int) -> tuple[Span, ...]:
    """The absences of whoever has to answer in a case; those of a holder before count no more."""
    found: list[Span] = []
    for trigger, body in _BODIES.run(session, {"id": case_id}):
        if trigger == "serve_again":
            found = []
            continue
        told = disclosed(body)
        since, until = (date.fromisoformat(told[f"data.{name}"]) for name in ("away_from", "away_until"))
        found.append(Span(since, until, told["data.ground"]))
    return tuple(found)


def due_on(session: Session, house: House, case_id: int, named: object) -> date:
    """By when it is owed: the day that was named, moved by absences."""
    moment = session.execute(select(clock.c.due_at).where(clock.c.case_id == case_id, clock.c.name == "due").order_by(clock.c.id.desc())).scalar()
    return date.fromisoformat(str(named)) if moment is None else day_of(moment, house.zone)

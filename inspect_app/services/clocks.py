"""Clocks: when a time limit runs out, its trigger is fired by the system through the same verb as everything else."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select, update

from inspect_app.errors import NotNow, Refused, Stale
from inspect_app.models import answered, cases, clock
from inspect_app.now import hold, now
from inspect_app.services import casework, evidence, persons
from inspect_app.services.effects import mirror_due
from inspect_app.services.house import House
from workflows.acts import SYSTEM, Act

KEPT = 7 * 86_400_000_000
"""How long an Idempotency-Key is remembered, in µs."""


@dataclass(frozen=True, slots=True)
class Swept:
    """How many clocks fired their trigger, and how many were refused by a guard and wait for it."""

    fired: int
    refused: int


def sweep(house: House, until: int) -> Swept:
    """Fire every running clock due by `until` (µs since 1970 UTC), once each. A clock without a trigger only shows as overdue."""
    with house.db.reading("all") as session:
        due = session.execute(select(clock.c.id, cases.c.id, cases.c.uid, clock.c.then).join(cases, cases.c.id == clock.c.case_id)
                              .where(clock.c.status == "running", clock.c.due_at <= until, clock.c.then.is_not(None), cases.c.is_open)
                              .order_by(clock.c.due_at, clock.c.id)).all()
    fired = refused = 0
    for id_, case_id, uid, then in due:
        try:
            with hold(max(until, now())):
                casework.fire(house, uid, Act(then, SYSTEM))
            fired += 1
        except (Refused, Stale):
            refused += 1
            continue
        except NotNow:
            pass
        with house.db.atomic("all") as session:
            session.execute(update(clock).where(clock.c.id == id_, clock.c.status == "running").values(status="fired", ended_at=now()))
            mirror_due(session, case_id)
    return Swept(fired, refused)


def round_of(house: House) -> int:
    """One round of background work; returns how many acts of clocks were carried out."""
    done = sweep(house, now())
    evidence.sweep(house)
    persons.keep_today(house)
    with house.db.atomic("all") as session:
        session.execute(delete(answered).where(answered.c.created_at < now() - KEPT))
    return done.fired

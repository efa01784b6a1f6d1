"""Clocks: when a time limit runs out, its trigger is fired by the system through the same verb as everything else."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select, update

from inspect_app.db import DRIVER_CONFLICTS
from inspect_app.errors import Refused, Stale
from inspect_app.models import answered, cases, clock
from inspect_app.now import hold, now
from inspect_app.services import annulments, casework, drafts, erasing, passing_on, persons, publishing, readings, recounting, reminders
from inspect_app.services.house import House
from inspect_app.services.taken import take
from inspect_app.services.timekeeping import mirror_due
from workflows.acts import SYSTEM, Act
from workflows.calendar import day_of

KEPT = 7 * 86_400_000_000
"""How long an Idempotency-Key is remembered, in µs."""


@dataclass(frozen=True, slots=True)
class Swept:
    """How many clocks fired their trigger, and how many were refused by a guard and wait for it."""

    fired: int
    refused: int


def sweep(house: House, until: int) -> Swept:
    """Fire every running clock due by `until` (µs since 1970 UTC), once each, in the order in which they run out, however many sweep at the
    same time; before that, what the organisation and its calendars have changed is brought into the cases,
    and those who have time left are reminded. A clock without a trigger only
    shows as overdue; one of a case that has ended fires what is open in final states too. Where `until` lies ahead, each fires at its own
    moment, as if the worker had been there."""
    passing_on.round_of(house)
    annulments.round_of(house)
    recounting.round_of(house)
    reminders.round_of(house, until)
    fired = refused = 0
    tried: set[int] = set()
    while due := [row for row in _due(house, until) if row[0] not in tried]:
        for id_, uid, then, due_at in due:
            tried.add(id_)
            try:
                with hold(max(due_at + 1, now())):
                    fired += _fire(house, id_, uid, then)
            except (Refused, Stale):
                refused += 1
            except DRIVER_CONFLICTS:
                refused += 1  # another sweeper keeps the same law at the same moment; the next round finds it
    return Swept(fired, refused)


def _due(house: House, until: int) -> list[tuple[int, str, str, int]]:
    with house.db.reading("all") as session:
        rows = session.execute(select(clock.c.id, cases.c.uid, clock.c.then, clock.c.due_at).join(cases, cases.c.id == clock.c.case_id)
                               .where(clock.c.status == "running", clock.c.due_at <= until, clock.c.then.is_not(None))
                               .order_by(clock.c.due_at, clock.c.id)).all()
    return [(id_, uid, then, due_at) for id_, uid, then, due_at in rows]


def _fire(house: House, id_: int, uid: str, then: str) -> bool:
    """Fire one clock in one transaction with its mark, so that it fires once whenever the work is cut off. Raises `Refused`, `Stale`.

    The case is taken first; whoever comes second finds the mark, or a limit that ends later now, and leaves it."""
    with house.db.atomic("all") as session:
        taken = take(session, house, uid, SYSTEM, day_of(now(), house.zone))
        ran_out = (clock.c.id == id_) & (clock.c.status == "running") & (clock.c.due_at < now())
        marked = update(clock).where(ran_out).values(status="fired", ended_at=now()).returning(clock.c.name, clock.c.started_seq, clock.c.times)
        which = session.execute(marked).first()
        if which is None:
            return False
        possible = taken.workflow.edge(taken.state, then) is not None
        if possible:
            casework.fire_in(session, house, uid, Act(then, SYSTEM, clock=(which.name, which.started_seq, which.times)))
        mirror_due(session, taken.id, taken.workflow)
    return possible


def round_of(house: House) -> int:
    """One round of background work; returns how many acts of clocks were carried out."""
    done = sweep(house, now())
    erasing.settle(house)
    readings.forget_daily(house)
    drafts.forget(house)
    persons.keep_today(house)
    publishing.round_of(house)
    with house.db.atomic("all") as session:
        session.execute(delete(answered).where(answered.c.created_at < now() - KEPT))
    return done.fired

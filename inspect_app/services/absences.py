"""Leave and illness stop the clock: the days on which whoever has to answer is away do not count."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select, update

from inspect_app.db import Fixed, Session
from inspect_app.models import clock, responsibility
from inspect_app.services.facts import newest, said
from inspect_app.services.house import House
from inspect_app.services.taken import Taken
from workflows.calendar import add, day_of, end_of, read_limit

GROUNDS = ("leave", "illness", "duty")
TRIGGERS = ("record_absence", "note_absence")
_BODIES = Fixed("""SELECT e."trigger", c.body FROM event e JOIN content c ON c.event_id = e.event_id WHERE e.stream_id = :id
  AND e."trigger" IN ('notify', 'serve_again', 'record_absence', 'note_absence') ORDER BY e.seq""")


class Away(NamedTuple):
    """Somebody is away from a day to a day, both included."""

    since: date
    until: date
    ground: str


def of_case(session: Session, case_id: int) -> tuple[Away, ...]:
    """The absences of whoever has to answer in a case, as its events tell them; those of a holder before count no more."""
    found: list[Away] = []
    for trigger, body in _BODIES.run(session, {"id": case_id}):
        if trigger == "serve_again":
            found = []
        elif trigger in TRIGGERS:
            told = newest([body])
            found.append(Away(date.fromisoformat(told["away_from"]), date.fromisoformat(told["away_until"]), told["ground"]))
    return tuple(found)


def days_away(away: Iterable[Away], since: date) -> frozenset[date]:
    """The days after `since` on which somebody is away."""
    found: set[date] = set()
    for one in away:
        day = max(one.since, since + timedelta(days=1))
        while day <= one.until:
            found.add(day)
            day += timedelta(days=1)
    return frozenset(found)


def due(begun: date, limit: str, week: str, away: Iterable[Away], times: int = 1) -> date:
    """The day on which a limit that began on a day runs out, `times` over, not counting days away.

    A limit in working days steps over them; one in days or months ends as many days later as were lost, and never on a day away."""
    gone = days_away(away, begun)
    number, unit = read_limit(limit)
    if unit == "wd":
        return add(begun, f"{number * times}wd", week, gone)
    plain = begun
    for _ in range(times):
        plain = add(plain, limit, week)
    return later(begun, plain, gone)


def later(begun: date, plain: date, gone: frozenset[date]) -> date:
    """The day moved by every day that was lost between the two, those in the time gained included."""
    left, day = (plain - begun).days, begun
    if left <= 0:
        return plain
    while left > 0:
        day += timedelta(days=1)
        left -= day not in gone
    return day


def move(session: Session, house: House, taken: Taken) -> None:
    """Count the running limits of a case again, without the days away. A limit is never shortened."""
    away = of_case(session, taken.id)
    week = taken.ruleset.values["working_week"]
    rows = session.execute(select(clock.c.id, clock.c.name, clock.c.limit, clock.c.started_at, clock.c.due_at)
                           .where(clock.c.case_id == taken.id, clock.c.status == "running").order_by(clock.c.id)).all()
    count: dict[str, int] = {}
    first = _clocks_before(session, taken.id)
    for id_, name, limit, started_at, due_at in rows:
        begun, before = day_of(started_at, house.zone), day_of(due_at, house.zone)
        count[name] = count.get(name, first.get(name, 0)) + 1
        after = later(begun, _owed(session, taken.id, before), days_away(away, begun)) \
            if limit == "day" else due(begun, limit, week, away, times=count[name])
        if after > before:
            session.execute(update(clock).where(clock.c.id == id_).values(due_at=end_of(after, house.zone)))
            if name == "due":
                session.execute(update(responsibility).where(responsibility.c.case_id == taken.id).values(due_on=after))


def _clocks_before(session: Session, case_id: int) -> dict[str, int]:
    """How many limits of each name, begun by the same event as one that runs, have run out already."""
    running = select(clock.c.name, clock.c.started_seq).where(clock.c.case_id == case_id, clock.c.status == "running").distinct()
    found: dict[str, int] = {}
    for name, seq in session.execute(running).all():
        over = select(clock.c.id).where(clock.c.case_id == case_id, clock.c.name == name, clock.c.started_seq == seq, clock.c.status != "running")
        found[name] = len(session.execute(over).all())
    return found


def due_on(session: Session, house: House, case_id: int, named: object) -> date:
    """By when it is owed: the day that was named, moved by absences."""
    moment = session.execute(select(clock.c.due_at).where(clock.c.case_id == case_id, clock.c.name == "due").order_by(clock.c.id.desc())).scalar()
    return date.fromisoformat(str(named)) if moment is None else day_of(moment, house.zone)


def _owed(session: Session, case_id: int, otherwise: date) -> date:
    """The day that was named when the responsibility was assigned."""
    told: dict[str, Any] = said(session, case_id)
    return date.fromisoformat(str(told["due"])) if told.get("due") else otherwise

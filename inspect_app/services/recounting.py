"""What a changed calendar and days without a way to act mean for limits under way: each case concerned gets an event of the system.

Only limits that run are derived again, never such as have ended; those of a party are never shortened."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from inspect_app.db import DRIVER_CONFLICTS, Session
from inspect_app.errors import NotFound, NotNow, Refused, Stale
from inspect_app.models import cases, clock, installation, outage
from inspect_app.now import now
from inspect_app.services import calendars, casework, chronicle
from inspect_app.services.bulk import one_at_a_time
from inspect_app.services.house import House
from inspect_app.services.taken import Taken, take
from inspect_app.services.timekeeping import rows_of
from workflows.acts import SYSTEM, Act
from workflows.calendar import day_of, end_of, start_of
from workflows.clocks import Span
from workflows.effects import Outage, Recount
from workflows.timekeeping import RUNNING, Happened, Kept, Move, law_of, turn

ALIVE = "alive"
"""When the background work was last awake, among the facts about the installation."""
SILENCE = 3_600_000_000
"""A pause of the background work longer than this (µs) is an outage: nobody could act, or nobody can say that they could."""

Plan = Callable[[Session, Taken], Act | None]
"""What the system does in a case that it has taken, if anything."""


def round_of(house: House) -> int:
    """Bring outages and changed calendars into every case they concern; returns how many acts that took."""
    return _outages(house) + _calendars(house)


def watch(house: House) -> bool:
    """Note that the work is awake; where it was not for long, keep that time as an outage before any limit of it is fired. Returns whether
    there was one. Only a house in production is watched: others are stopped and started as it pleases."""
    if house.mode != "production":
        return False
    moment = now()
    with house.db.atomic("all") as session:
        one_at_a_time(session, chronicle.STREAM)
        last = session.execute(select(installation.c.value).where(installation.c.name == ALIVE)).scalar()
        session.execute(delete(installation).where(installation.c.name == ALIVE))
        session.execute(insert(installation).values(name=ALIVE, value=str(moment)))
        if last is None or moment - int(last) <= SILENCE:
            return False
        since, until = day_of(int(last), house.zone), day_of(moment, house.zone)
        calendars.keep_outage(session, since, until, "The background work stood still.")
        chronicle.note(session, house, SYSTEM, "note_outage", {"since": since.isoformat(), "until": until.isoformat(), "reason": ALIVE})
    return True


def _calendars(house: House) -> int:
    """Cases with a limit that was not yet compared with the calendar in force."""
    with house.db.reading("all") as session:
        found = [uid for rules in house.catalogue.rulesets
                 for uid in session.execute(_waiting(rules.law_hash, house.calendar_for(session, rules).law_hash)).scalars()]
    return sum(_act(house, uid, partial(_count_anew, house)) for uid in found)


def _waiting(ruleset: str, calendar: str) -> Any:
    return (select(cases.c.uid).join(clock, clock.c.case_id == cases.c.id)
            .where(clock.c.status == RUNNING, cases.c.ruleset == ruleset, func.coalesce(clock.c.compared, "") != calendar).distinct())


def _count_anew(house: House, session: Session, taken: Taken) -> Act | None:
    calendar = house.calendar_for(session, taken.ruleset)
    house.pin(session, calendar)
    session.execute(update(clock).where(clock.c.case_id == taken.id, clock.c.status == RUNNING).values(compared=calendar.law_hash))
    moved = _moved(session, house, taken, Move((Recount(),)), {})
    return Act("count_anew", SYSTEM, {"calendar": calendar.name, "calendar_version": calendar.version, "moved": moved}) if moved else None


def _moved(session: Session, house: House, taken: Taken, move: Move, data: dict[str, Any]) -> list[dict[str, str]]:
    """Which limits an event would move, and from which day to which."""
    rows = rows_of(session, house, taken.id)
    moment = now()
    happened = Happened(taken.seq + 1, moment, moment, data, house.calendar_for(session, taken.ruleset))
    after = turn(Kept(tuple(row.clock for row in rows)), move, happened, law_of(taken.workflow, taken.ruleset.values, house.zone))
    return [{"clock": was.clock.name, "before": was.clock.due_on.isoformat(), "after": is_.due_on.isoformat()}
            for was, is_ in zip(rows, after.clocks, strict=True) if is_.due_on != was.clock.due_on]


def _outages(house: House) -> int:
    """Cases with a limit that runs and ends on a day on which nobody could act. The earliest days come first: what moves may meet others."""
    with house.db.reading("all") as session:
        spans = [Span(*row) for row in session.execute(select(outage.c.since_on, outage.c.until_on).order_by(outage.c.since_on, outage.c.id))]
    done = 0
    for down in spans:
        for uid in _ending(house, down):
            done += _act(house, uid, partial(_note, house, down))
    return done


def _ending(house: House, down: Span) -> list[str]:
    between = clock.c.due_at.between(start_of(down.since, house.zone), end_of(down.until, house.zone))
    with house.db.reading("all") as session:
        query = select(cases.c.uid).join(clock, clock.c.case_id == cases.c.id).where(clock.c.status == RUNNING, between).distinct()
        return list(session.execute(query).scalars())


def _note(house: House, down: Span, session: Session, taken: Taken) -> Act | None:
    days = {"down_from": down.since.isoformat(), "down_until": down.until.isoformat()}
    moved = _moved(session, house, taken, Move((Outage(*days),)), days)
    return Act("note_outage", SYSTEM, {**days, "moved": moved}) if moved else None


def _act(house: House, uid: str, plan: Plan) -> bool:
    """Take a case and let the system act in it, if there is something to do; whoever comes second finds nothing."""
    try:
        with house.db.atomic("all") as session:
            act = plan(session, taken := take(session, house, uid, SYSTEM, day_of(now(), house.zone)))
            if act is None or taken.workflow.edge(taken.state, act.trigger) is None:
                return False
            casework.fire_in(session, house, uid, act)
    except (NotFound, NotNow, Refused, Stale):
        return False
    except DRIVER_CONFLICTS:
        return False  # another round keeps the same law at the same moment; the next one finds it
    return True

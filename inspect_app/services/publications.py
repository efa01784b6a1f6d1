"""What was published of figures and what will be, for administrators: every edition with its hash, and the day on which the next goes out by
itself. The figures themselves are the same page for every reader."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

from sqlalchemy import func, select

from inspect_app.models import event, person, publication
from inspect_app.services.house import House
from inspect_app.services.publishing import BACK, GRACE, days_of, named
from inspect_app.services.queries import today
from workflows.figures import first_of, quarter_of


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition that was published: of which quarter, which revision, when (µs since 1970 UTC), by whom (None: by itself), under which hash, and
    whether what is stored still has it."""

    quarter: str
    revision: int
    made_at: int
    by: str | None
    sha256: str
    whole: bool


@dataclass(frozen=True, slots=True)
class Coming:
    """A quarter that was not published yet, and the first day on which it is published by itself; `over` says that it has ended."""

    quarter: str
    on: date
    over: bool


def editions(house: House, limit: int = 40) -> list[Edition]:
    """The newest editions, newest quarter first, each quarter's revisions after its first."""
    p = publication.c
    with house.db.reading("all") as session:
        rows = session.execute(select(p.quarter, p.revision, p.made_at, p.sha256, p.body, person.c.full_name)
                               .outerjoin(event, event.c.id == p.event).outerjoin(person, person.c.uid == event.c.actor)
                               .order_by(p.quarter.desc(), p.revision).limit(limit)).all()
    return [Edition(r.quarter, r.revision, r.made_at, r.full_name, r.sha256, sha256(r.body).hexdigest() == r.sha256) for r in rows]


def coming(house: House) -> list[Coming]:
    """The quarters that the background work will publish next, the running one last: those that are over and within its reach, where they were not
    published."""
    day = today(house)
    with house.db.reading("all") as session:
        known = set(session.execute(select(publication.c.quarter)).scalars())
        newest = session.execute(select(func.max(publication.c.quarter))).scalar()
    found, end = [], first_of(*quarter_of(day)) - timedelta(days=1)
    for _ in range(BACK):
        found.append(end)
        end = first_of(*quarter_of(end)) - timedelta(days=1)
    over = [Coming(named(end), end + GRACE + timedelta(days=1), True) for end in reversed(found)
            if named(end) not in known and (newest is None or named(end) > newest)]
    running = days_of(named(day))[1]
    return [*over[-1:], Coming(named(day), running + GRACE + timedelta(days=1), False)]


__all__ = ["Coming", "Edition", "coming", "editions"]

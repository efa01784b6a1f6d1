"""Figures that are published: each quarter once, frozen under its hash and told in the administrative history.

A later change is a revision beside it. Whoever reads them reads the same. Small numbers are withheld, and those that would give them away, also
by comparing a revision with what it revises, one table with another, or what is told inside with what is told outside. Nothing else freezes figures:
the map of the organisation is a part of the same publication."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

import orjson
from sqlalchemy import func, insert, select

from inspect_app.audit.canonical import canonical
from inspect_app.db import DRIVER_CONFLICTS, Session
from inspect_app.errors import NotFound
from inspect_app.models import publication
from inspect_app.now import now
from inspect_app.services import chronicle, mapped, mission
from inspect_app.services.administering import refuse, text_of
from inspect_app.services.bulk import one_at_a_time
from inspect_app.services.house import House
from inspect_app.services.mapped import MEASURES, Mapped, as_told, shown_on_map
from inspect_app.services.mission import MISSION, REST, TABLES, Counted
from inspect_app.services.queries import today
from workflows.acts import SYSTEM, Actor
from workflows.figures import first_of, last_of, quarter_of
from workflows.suppression import INSIDE, OUTSIDE, may_be_told, withheld

GRACE = timedelta(days=15)
"""So long after its end a quarter is published: what happened on paper has come in by then."""
BACK = 4
"""So many quarters back the background work publishes what was not published."""
AUDIENCES = {"internal": INSIDE, "public": OUTSIDE}
"""For whom, and below which number nothing is shown to them."""
_QUARTER = re.compile(r"([0-9]{4})-q([1-4])")


@dataclass(frozen=True, slots=True)
class Published:
    """What was published of a quarter: `revision` is 0 for the first. `body` is what every reader gets; `whole` says that it still has its hash."""

    quarter: str
    revision: int
    made_at: int
    sha256: str
    body: Mapping[str, Any]
    event: str
    whole: bool


def days_of(quarter: str) -> tuple[date, date]:
    """The first and the last day of a quarter, `2026-q3`. Raises `NotFound` where there is no such quarter."""
    found = _QUARTER.fullmatch(quarter)
    if found is None or int(found[1]) < 1:
        raise NotFound("There is no such quarter; write it as 2026-q3.")
    year, code = int(found[1]), f"q{found[2]}"
    return (first_of(year, code), last_of(year, code)) if year < 9999 else (date(9999, 1, 1), date(9999, 1, 1))


def named(day: date) -> str:
    """The quarter in which a day lies."""
    year, code = quarter_of(day)
    return f"{year:04d}-{code}"


# Reading --------------------------------------------------------------------------------------------------------------


def quarters(house: House) -> list[str]:
    """The quarters of which figures were published, newest first."""
    with house.db.reading() as session:
        return list(session.execute(select(publication.c.quarter).distinct().order_by(publication.c.quarter.desc())).scalars())


def of(house: House, quarter: str) -> list[Published]:
    """What was published of a quarter: the first, then its revisions. Raises `NotFound` where nothing was."""
    days_of(quarter)
    with house.db.reading() as session:
        rows = session.execute(select(publication).where(publication.c.quarter == quarter).order_by(publication.c.revision)).all()
    if not rows:
        raise NotFound("No figures were published of this quarter.")
    return [_published(row) for row in rows]


def newest(house: House, until: date | None = None, limit: int = 8) -> list[Published]:
    """The newest publication of each of the last quarters that ended by a day, oldest first: for what goes over time."""
    p = publication.c
    last = select(p.quarter, func.max(p.revision).label("revision")).group_by(p.quarter)
    if until is not None:
        last = last.where(p.quarter < named(until + timedelta(days=1)))
    found = last.order_by(p.quarter.desc()).limit(limit).subquery()
    with house.db.reading() as session:
        rows = session.execute(select(publication).join(found, (p.quarter == found.c.quarter) & (p.revision == found.c.revision))
                               .order_by(p.quarter)).all()
    return [_published(row) for row in rows]


def _published(row: Any) -> Published:
    return Published(row.quarter, row.revision, row.made_at, row.sha256, orjson.loads(row.body), row.event,
                     sha256(row.body).hexdigest() == row.sha256)


# Publishing ------------------------------------------------------------------------------------------------------------


def round_of(house: House) -> int:
    """Publish the last quarters that are due and were not published; returns how many. However many do so at once, each is published once."""
    day, done = today(house), 0
    for quarter in _due(day):
        with house.db.reading("all") as session:
            if not _is_missing(session, house, quarter):
                continue
        try:
            with house.db.atomic("all") as session:
                done += publish_missing(session, house, quarter)
        except DRIVER_CONFLICTS:
            continue  # another worker published it at the same moment
    return done


def publish_missing(session: Session, house: House, quarter: str) -> bool:
    """Publish a quarter in a transaction that is under way, where it was not published and something counts in it or before; says whether it was."""
    one_at_a_time(session, chronicle.STREAM)
    if not _is_missing(session, house, quarter):
        return False
    _write(session, house, SYSTEM, quarter, None, "")
    return True


def _is_missing(session: Session, house: House, quarter: str) -> bool:
    return _newest(session, quarter) is None and mission.began(session, house, days_of(quarter)[1] + timedelta(days=1))


def _due(day: date) -> list[str]:
    """The last quarters whose time to be published has come, oldest first."""
    found, end = [], first_of(*quarter_of(day)) - timedelta(days=1)
    for _ in range(BACK):
        found += [named(end)] if end + GRACE < day else []
        end = first_of(*quarter_of(end)) - timedelta(days=1)
    return found[::-1]


def publish(house: House, by: Actor, quarter: str) -> Published:
    """Publish a quarter that is over, before the background work does. Raises `NotFound`, `Invalid` where it is not over, or was published."""
    if days_of(quarter)[1] >= today(house):
        refuse(by, "quarter", "figures.not_over", quarter=quarter)
    with house.db.atomic("all") as session:
        one_at_a_time(session, chronicle.STREAM)
        if _newest(session, quarter) is not None:
            refuse(by, "quarter", "figures.published_already", quarter=quarter)
        _write(session, house, by, quarter, None, "")
    return of(house, quarter)[-1]


def revise(house: House, by: Actor, quarter: str, reason: str | None) -> Published:
    """Publish what has changed since, beside what was published. Raises `NotFound` where nothing was; `Invalid` without a reason, or where nothing
    has changed."""
    days_of(quarter)
    why = text_of(by, reason, "reason", 1000) or ""
    with house.db.atomic("all") as session:
        one_at_a_time(session, chronicle.STREAM)
        before = _newest(session, quarter)
        if before is None:
            raise NotFound("No figures were published of this quarter.")
        _write(session, house, by, quarter, before, why)
    return of(house, quarter)[-1]


def _newest(session: Session, quarter: str) -> Any:
    return session.execute(select(publication).where(publication.c.quarter == quarter).order_by(publication.c.revision.desc()).limit(1)).first()


def _write(session: Session, house: House, by: Actor, quarter: str, before: Any, reason: str) -> None:
    """Count, withhold, freeze and tell. A revision whose differences are small numbers says that something changed, and keeps the old numbers."""
    told = mission.counted(session, house, days_of(quarter))
    raw = told.numbers | ({"days.median": told.median} if told.median is not None else {})
    audiences: dict[str, Any]
    kept: dict[str, Any]
    if before is not None:
        rows = session.execute(select(publication.c.counted).where(publication.c.quarter == quarter).order_by(publication.c.revision)).scalars()
        earlier = [orjson.loads(row) for row in rows]
        if raw == earlier[-1]["seen"]:
            refuse(by, "quarter", "fault.nothing_new")
        audiences, kept = again(told, orjson.loads(before.body)["audiences"], earlier)
    else:
        audiences = editions(told, mapped.counted(session, house, days_of(quarter), told))
        kept = {audience: told.numbers for audience in AUDIENCES}
    kept["seen"] = raw
    revision = before.revision + 1 if before is not None else 0
    body = canonical({"quarter": quarter, "revision": revision, "reason": reason, "counted_on": today(house).isoformat(), "audiences": audiences})
    digest = sha256(body).hexdigest()
    event = chronicle.note(session, house, by, "publish_figures" if before is None else "revise_figures",
                           {"quarter": quarter, "revision": revision, "sha256": digest} | ({"reason": reason} if reason else {}))
    session.execute(insert(publication).values(quarter=quarter, revision=revision, made_at=now(), sha256=digest, body=body,
                                               counted=canonical(kept), event=event))


def editions(told: Counted, found: Mapped) -> dict[str, Any]:
    """What each audience is shown of a quarter that is published first. What one audience is not shown is not shown to a wider one, so that neither
    finds out by comparing."""
    audiences: dict[str, Any] = {}
    hidden: frozenset[str] = frozenset()
    places = dict.fromkeys(MEASURES, frozenset(code for code, _, _ in found.units))
    for audience, least in AUDIENCES.items():
        hidden = withheld(told.numbers, told.sums, least, hidden)
        places = shown_on_map(found, told, hidden, least, places)
        audiences[audience] = _shown(told, hidden, least) | {"map": as_told(found, places), "changed": None}
    return audiences


def again(told: Counted, shown: Mapping[str, Any], earlier: Sequence[Mapping[str, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(what each audience is shown of a revision, what was counted of what they are shown). `shown` is the newest edition, `earlier` what was counted
    for each, oldest first. Where a number differs from that of any edition by a small number the audience, and every wider one, keeps the numbers it
    has. The map stays as it was when the quarter was over."""
    audiences: dict[str, Any] = {}
    kept: dict[str, Any] = {}
    hidden: frozenset[str] = frozenset()
    tells = True
    for audience, least in AUDIENCES.items():
        tells = tells and all(may_be_told(one[audience], told.numbers, least) for one in earlier)
        if not tells:
            audiences[audience], kept[audience] = shown[audience] | {"changed": "too_little_to_show"}, earlier[-1][audience]
            continue
        hidden = withheld(told.numbers, told.sums, least, hidden | {*shown[audience]["withheld"]})
        audiences[audience] = shown[audience] | _shown(told, hidden, least) | {"changed": "numbers"}
        kept[audience] = told.numbers
    return audiences, kept


def _shown(told: Counted, hidden: frozenset[str], least: int) -> dict[str, Any]:
    """What one audience is shown: None stands for a number that is withheld."""

    def number(name: str) -> int | None:
        return None if name in hidden else told.numbers[name]

    def share(part: str, whole: str) -> dict[str, Any]:
        return {"part": number(part), "whole": number(whole)}

    noted = "noted.all.all"
    found: dict[str, dict[str, Any]] = {
        "with_cause": share("with_cause.yes", noted),
        "days": {"median": told.median if "days.all" not in hidden else None, "whole": number("days.all")},
        "heads": share("heads.yes", "heads.all"),
        "effective": share("effective.yes", "effective.all"),
        "own": share("noted.all.own", noted),
    }
    rows = [*told.units, (REST, "")]
    tables = [{"table": table, "columns": list(columns), "rows": [
        {"unit": code, "name": name, "numbers": [number(f"{table}.{code}.{column}") for column in (*columns, "all")]}
        for code, name in [*rows, ("all", "")]]} for table, columns in TABLES.items()]
    return {"least": least, "mission": [{"figure": name} | found[name] for name in MISSION], "tables": tables, "withheld": sorted(hidden)}

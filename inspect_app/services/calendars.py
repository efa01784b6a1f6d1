"""Calendars: which days are off and which are worked instead, version by version, and which calendar binds a case.

Each change makes a new version, kept under its hash for ever, so that what was derived under an earlier one can be derived again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Row, delete, func, insert, select, update

from inspect_app.db import Session
from inspect_app.errors import NotFound
from inspect_app.models import calendar, calendar_day, definition, installation, outage
from inspect_app.now import now
from inspect_app.services.administering import Done, carry_out, code_of, day_of_text, may_administer, refuse, text_of
from inspect_app.services.house import ITS_CHOICE, House
from inspect_app.services.ledger import Key
from workflows.acts import Actor
from workflows.calendar import day_of
from workflows.clocks import EMPTY, Calendar
from workflows.ruleset import Ruleset

CHOSEN = "calendar"
"""The name of the house's choice in the facts about the installation."""
AT_FIRST = (("empty", "No holidays", None), ("vietnam", "Việt Nam", "VN"))
"""The calendars that every house begins with: name, title, country."""
AROUND = 10
"""So many years before and after this one are seeded, unless told otherwise."""
MOST_DAYS = 400
"""So many days one change may set or remove."""


class DayOf(NamedTuple):
    """A day of a calendar: off, or worked although the week or a holiday says otherwise; and what it is."""

    on: date
    works: bool
    what: str


# Reading --------------------------------------------------------------------------------------------------------------


def listed(house: House) -> list[dict[str, Any]]:
    """Every calendar: name, title, version, week, how many days it knows, and whether the house chose it."""
    d = calendar_day.c
    counted = (select(func.count()).where(d.calendar == calendar.c.name, d.works == works).scalar_subquery() for works in (False, True))
    off, worked = counted
    with house.db.reading() as session:
        chosen = _chosen(session)
        rows = session.execute(select(calendar, off.label("days_off"), worked.label("made_up")).order_by(calendar.c.name)).mappings().all()
    return [{**_named(row), "chosen": row["name"] == chosen} for row in rows]


def shown(house: House, name: str, year: int | None = None) -> dict[str, Any]:
    """One calendar with its days, those of a year where one is asked for, and its versions, newest first. Raises `NotFound`."""
    with house.db.reading() as session:
        row = session.execute(select(calendar).where(calendar.c.name == name)).mappings().first() if "\0" not in name else None
        if row is None:
            raise NotFound
        days = select(calendar_day.c.on, calendar_day.c.works, calendar_day.c.what).where(calendar_day.c.calendar == name)
        if year is not None:
            days = days.where(calendar_day.c.on.between(date(year, 1, 1), date(year, 12, 31)))
        versions = select(definition.c.version, definition.c.hash, definition.c.first_used_at).where(
            definition.c.kind == "calendar", definition.c.name == name).order_by(definition.c.version.desc())
        found = [DayOf(*one) for one in session.execute(days.order_by(calendar_day.c.on))]
        return {**_named(row), "chosen": row["name"] == _chosen(session), "days": found,
                "versions": [_named(one) for one in session.execute(versions).mappings()]}


def _named(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A row under plain names."""
    return {str(name): value for name, value in row.items()}


def _chosen(session: Session) -> str:
    return str(session.execute(select(installation.c.value).where(installation.c.name == CHOSEN)).scalar() or EMPTY.name)


def name_for(session: Session, house: House, rules: Ruleset) -> str:
    """The name of the calendar by which days are counted under a ruleset."""
    told = str(rules.values.get("calendar", ITS_CHOICE))
    return _chosen(session) if told == ITS_CHOICE else told


def in_force(house: House) -> list[tuple[Ruleset, str, str]]:
    """(ruleset, name, title) of the calendar by which days are counted under each ruleset that cases are opened under. The title is empty where
    the ruleset names one that is not there: then no day is a holiday."""
    with house.db.reading() as session:
        titles = {str(row.name): str(row.title) for row in session.execute(select(calendar.c.name, calendar.c.title))}
        named = [(rules, name_for(session, house, rules)) for rules in house.catalogue.rulesets_by_name.values() if not rules.recorded]
    return [(rules, name, titles.get(name, "")) for rules, name in named]


def days_between(session: Session, name: str, first: date, last: date) -> tuple[list[DayOf], str]:
    """The days that a calendar tells of from a day to a day, and its own week; empty where the ruleset's holds."""
    d = calendar_day.c
    rows = session.execute(select(d.on, d.works, d.what).where(d.calendar == name, d.on.between(first, last)).order_by(d.on))
    return [DayOf(*row) for row in rows], str(session.execute(select(calendar.c.week).where(calendar.c.name == name)).scalar() or "")


# Changing -------------------------------------------------------------------------------------------------------------


def add(house: House, actor: Actor, name: str, title: str, *, country: str | None = None, years: tuple[int, int] | None = None,
        key: Key | None = None) -> Done:
    """A new calendar: empty, or seeded with the holidays of a country. Raises `Invalid`, `NotYours`."""

    def work(session: Session) -> tuple[str, Mapping[str, Any]]:
        may_administer(session, house, actor, None)
        if session.execute(select(calendar.c.name).where(calendar.c.name == code_of(actor, name))).first() or name == ITS_CHOICE:
            refuse(actor, "name", "fault.calendar_taken", name=name)
        told = text_of(actor, title, "title", 200) or name
        days = _seed(house, actor, country, years) if country else []
        _lay(session, house, name, told, country, days)
        return "add_calendar", {"calendar": name, "title": told, "country": country, "days": len(days), "version": 1}

    return carry_out(house, actor, work, key)


def change(house: House, actor: Actor, name: str, *, days: Sequence[DayOf] = (), remove: Sequence[date] = (), week: str | None = None,
           title: str | None = None, choose: bool = False, key: Key | None = None) -> Done:
    """Set and remove days, give it a week of its own (empty: the ruleset's), a title, or choose it for the house: one new version for all of
    it. The limits that run are derived again by the next round of background work. Raises `Invalid`, `NotYours`."""

    def work(session: Session) -> tuple[str, Mapping[str, Any]]:
        may_administer(session, house, actor, None)
        row = _row(session, actor, name)
        facts = _days_changed(session, actor, name, days, remove)
        if week is not None and week != row.week:
            if week and (len(week) != 7 or set(week) - {"0", "1"} or "1" not in week):
                refuse(actor, "week", "fault.calendar_week")
            facts |= {"week": week, "week_before": row.week}
        if title is not None and (told := text_of(actor, title, "title", 200)) != row.title:
            facts |= {"title": told, "title_before": row.title}
        if choose and _chosen(session) != name:
            facts |= {"chosen": name, "chosen_before": _chosen(session)}
            session.execute(delete(installation).where(installation.c.name == CHOSEN))
            session.execute(insert(installation).values(name=CHOSEN, value=name))
        if not facts:
            refuse(actor, "", "fault.nothing_new")
        values = {field: facts[field] for field in ("week", "title") if field in facts}
        if values:
            session.execute(update(calendar).where(calendar.c.name == name).values(**values))
        if set(facts) - {"title", "title_before", "chosen", "chosen_before"}:
            facts["version"] = _new_version(session, house, name)
        return "change_calendar", {"calendar": name, **facts}

    return carry_out(house, actor, work, key)


def seed(house: House, actor: Actor, name: str, country: str | None = None, years: tuple[int, int] | None = None, *, key: Key | None = None) -> Done:
    """Add the holidays of a country to a calendar; days that it knows already stay as they are. Raises `Invalid`, `NotYours`."""

    def work(session: Session) -> tuple[str, Mapping[str, Any]]:
        may_administer(session, house, actor, None)
        row = _row(session, actor, name)
        where = country or row.country
        if where is None:
            refuse(actor, "country", "fault.calendar_country", country="")
        known = set(session.execute(select(calendar_day.c.on).where(calendar_day.c.calendar == name)).scalars())
        fresh = [day for day in _seed(house, actor, where, years) if day.on not in known]
        if not fresh:
            refuse(actor, "", "fault.nothing_new")
        _write(session, name, fresh)
        session.execute(update(calendar).where(calendar.c.name == name).values(country=where))
        return "seed_calendar", {"calendar": name, "country": where, "days": len(fresh), "version": _new_version(session, house, name)}

    return carry_out(house, actor, work, key)


def lay_out(house: House) -> None:
    """Give a house the calendars that it begins with; those that are there stay as they are."""
    with house.db.atomic("all") as session:
        known = set(session.execute(select(calendar.c.name)).scalars())
        for name, title, country in AT_FIRST:
            if name not in known:
                _lay(session, house, name, title, country, holidays_of(country, *_around(house)) if country else [])


def note_outage(house: House, actor: Actor, since: date | str, until: date | str, reason: str, *, key: Key | None = None) -> Done:
    """From a day to a day nobody could act here: what would end on one of them ends on the working day after. Raises `Invalid`, `NotYours`."""

    def work(session: Session) -> tuple[str, Mapping[str, Any]]:
        may_administer(session, house, actor, None)
        first, last = day_of_text(actor, since, "since"), day_of_text(actor, until, "until")
        if first is None or last is None or first > last:
            refuse(actor, "until", "fault.order")
        told = text_of(actor, reason, "reason", 400)
        keep_outage(session, first, last, str(told))
        return "note_outage", {"since": first.isoformat(), "until": last.isoformat(), "reason": told}

    return carry_out(house, actor, work, key)


def keep_outage(session: Session, since: date, until: date, reason: str) -> None:
    """Keep on file that nobody could act on these days."""
    session.execute(insert(outage).values(since_on=since, until_on=until, reason=reason, noted_at=now()))


def outages(house: House) -> list[dict[str, Any]]:
    """The outages on file, newest first."""
    with house.db.reading() as session:
        return [dict(row) for row in session.execute(select(outage).order_by(outage.c.since_on.desc(), outage.c.id.desc())).mappings()]


def _row(session: Session, actor: Actor, name: str) -> Row[Any]:
    found = session.execute(select(calendar).where(calendar.c.name == ("" if "\0" in name else name))).first()
    if found is None:
        refuse(actor, "calendar", "fault.calendar_unknown", name=name[:60])
    return found


def _days_changed(session: Session, actor: Actor, name: str, days: Sequence[DayOf], remove: Sequence[date]) -> dict[str, Any]:
    d = calendar_day.c
    if len(days) + len(remove) > MOST_DAYS:
        refuse(actor, "days", "fault.calendar_many", most=MOST_DAYS)
    touched = [day.on for day in days] + list(remove)
    if len(set(touched)) < len(touched):
        refuse(actor, "days", "fault.calendar_twice")
    before = {row.on: DayOf(row.on, bool(row.works), row.what) for row in session.execute(select(calendar_day).where(
        d.calendar == name, d.on.in_(touched)))}
    for gone in remove:
        if gone not in before:
            refuse(actor, "remove", "fault.calendar_no_day", day=gone.isoformat())
    told = [DayOf(day.on, day.works, text_of(actor, day.what, "what", 200) or "") for day in days]
    fresh = [day for day in told if before.get(day.on) != day]
    session.execute(delete(calendar_day).where(d.calendar == name, d.on.in_([day.on for day in fresh] + list(remove))))
    _write(session, name, fresh)
    facts: dict[str, Any] = {}
    if fresh:
        facts["days"] = [f"{day.on.isoformat()} {'+' if day.works else '-'} {day.what}" for day in fresh]
    if remove:
        facts["removed"] = [f"{day.isoformat()} {'+' if before[day].works else '-'} {before[day].what}" for day in remove]
    return facts


def _write(session: Session, name: str, days: Iterable[DayOf]) -> None:
    rows = [{"calendar": name, "on": day.on, "works": day.works, "what": day.what} for day in days]
    if rows:
        session.execute(insert(calendar_day), rows)


def _lay(session: Session, house: House, name: str, title: str, country: str | None, days: Sequence[DayOf]) -> None:
    first = _frozen(name, 1, "", days)
    session.execute(insert(calendar).values(name=name, title=title, version=1, week="", country=country, hash=house.pin(session, first)))
    _write(session, name, days)


def _new_version(session: Session, house: House, name: str) -> int:
    row = session.execute(select(calendar).where(calendar.c.name == name)).one()
    days = [DayOf(one.on, bool(one.works), one.what) for one in session.execute(select(calendar_day).where(calendar_day.c.calendar == name))]
    made = _frozen(name, row.version + 1, row.week, days)
    session.execute(update(calendar).where(calendar.c.name == name).values(version=made.version, hash=house.pin(session, made)))
    return made.version


def _frozen(name: str, version: int, week: str, days: Iterable[DayOf]) -> Calendar:
    return Calendar(name, version, week, frozenset(d.on for d in days if not d.works), frozenset(d.on for d in days if d.works))


# Seeding --------------------------------------------------------------------------------------------------------------


def _around(house: House) -> tuple[int, int]:
    year = day_of(now(), house.zone).year
    return year - AROUND, year + AROUND


def _seed(house: House, actor: Actor, country: str, years: tuple[int, int] | None) -> list[DayOf]:
    first, last = years or _around(house)
    if not 1900 <= first <= last <= 2100 or last - first > 100:
        refuse(actor, "years", "fault.calendar_years")
    try:
        return holidays_of(country, first, last)
    except LookupError:
        refuse(actor, "country", "fault.calendar_country", country=country[:10])


def holidays_of(country: str, first: int, last: int) -> list[DayOf]:
    """Public holidays of a country in these years in its own language, with days off that are made up for and the days on which they are.
    Raises LookupError."""
    from holidays import country_holidays  # slow to load, and needed for nothing else

    try:
        own = country_holidays(country.upper()).default_language
        found = country_holidays(country.upper(), years=range(first, last + 1), language=own)
    except NotImplementedError as error:  # what the library raises for a country it does not know
        raise LookupError(country) from error
    days = {on: DayOf(on, False, what[:200]) for on, what in found.items()}
    for on in getattr(found, "weekend_workdays", ()):
        if first <= on.year <= last:
            days[on] = DayOf(on, True, "")
    return [days[on] for on in sorted(days)]

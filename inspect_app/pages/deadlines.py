"""The calendar of deadlines: a month or an agenda, one's own, of a unit, or of somebody who works on cases.

Dates follow the rules: nothing is dragged."""

from __future__ import annotations

from calendar import Calendar
from datetime import date, timedelta
from typing import Any

from babel.dates import format_date
from flask import Blueprint, render_template, request, url_for

from inspect_app import http, i18n
from inspect_app.access.policy import Policy, policy
from inspect_app.services import deadlines, directory, queries
from inspect_app.services.deadlines import Wanted

pages = Blueprint("deadlines", __name__)

FEW = 4
"""So many deadlines of a day stand in the month; the agenda has all."""
EARLIEST, LATEST = 1990, 2100


@pages.get("/deadlines")
@policy(GET=Policy.SIGNED_IN)
def show() -> str:
    house, actor = http.house(), http.actor()
    today = queries.today(house)
    month, wanted = _month(request.args.get("month", ""), today), _wanted()
    weeks = Calendar().monthdatescalendar(month.year, month.month)
    agenda = request.args.get("view") == "agenda"
    first, last = (month, _following(month) - timedelta(days=1)) if agenda else (weeks[0][0], weeks[-1][-1])
    found, more = deadlines.between(house, actor, first, last, wanted)
    known, week = deadlines.days_off(house, first, last)
    by_day: dict[date, list[Any]] = {}
    for one in found:
        by_day.setdefault(one.due_on, []).append(one)

    def to(**changed: object) -> str:
        told = {"month": f"{month:%Y-%m}", "view": "agenda" if agenda else None, "unit": wanted.unit, "person": wanted.person}
        return url_for("deadlines.show", **(told | changed))  # type: ignore[arg-type]

    return render_template(
        "deadlines.html", month=month, name=i18n.month(month, http.language()),
        weeks=weeks, days=[_named(day, "EEE") for day in weeks[0]], by_day=by_day,
        known=known, works=lambda day: known[day].works if day in known else week[day.weekday()] == "1", today=today, agenda=agenda, more=more,
        weekday=lambda day: _named(day, "EEEE"), of_month=_of_month, few=FEW, most=deadlines.MOST, to=to, wanted=wanted,
        agenda_days=sorted({*by_day, *(day for day, one in known.items() if first <= day <= last and not one.works)}),
        before=f"{month - timedelta(days=1):%Y-%m}", after=f"{_following(month):%Y-%m}", units=directory.units(house),
        people=deadlines.workers(house, actor))


def _wanted() -> Wanted:
    unit, person = request.args.get("unit", "")[:60], request.args.get("person", "")[:36]
    return Wanted(*(text if text and "\0" not in text else None for text in (unit, person)))


def _month(text: str, today: date) -> date:
    """The first day of the month asked for, `2026-11`; of this month where none is."""
    year, _, month = text.partition("-")
    if all(part.isascii() and part.isdigit() for part in (year, month)) and EARLIEST <= int(year[:5]) <= LATEST and 1 <= int(month[:3]) <= 12:
        return date(int(year), int(month), 1)
    return today.replace(day=1)


def _following(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def _of_month(day: date) -> str:
    """What follows the number of a day where its month is not clear from the page."""
    return f"/{day.month}" if http.language() == "vi" else f" {_named(day, 'MMM')}"


def _named(day: date, pattern: str) -> str:
    return str(format_date(day, pattern, locale=http.language() if http.language() in ("vi", "en") else "en"))

"""Calendars: which days are off, which are worked instead, in which version; and days on which nobody could act. Changed by administrators."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from inspect_app import http
from inspect_app.access.policy import Policy, policy
from inspect_app.api import asking
from inspect_app.api.operations import Blueprint, operation, query
from inspect_app.errors import Invalid, NotFound, Problem
from inspect_app.schemas import calendars as gate
from inspect_app.schemas.events import moment
from inspect_app.schemas.organisation import read_fields
from inspect_app.services import calendars as service
from inspect_app.services.calendars import DayOf

calendars = Blueprint("calendars", __name__, url_prefix=asking.BASE)

_NAME = ({"name": "name", "in": "path", "required": True, "schema": {"type": "string"}, "description": "Its name."},)
_YEAR = query("year", "Only the days of this year.")
_BAD = (400, 403, 413, 415, 422)
_SHOWN = ("name", "title", "version", "week", "country", "hash", "chosen")


@calendars.get("/calendars")
@operation("The calendars", answers={200: "CalendarList"})
@policy(GET=Policy.SIGNED_IN)
def list_() -> Response:
    """Each with its newest version; `chosen` is that of the house, which binds where a ruleset leaves the choice to it."""
    rows = service.listed(http.house())
    return http.answer({"calendars": [{name: row[name] for name in (*_SHOWN, "days_off", "made_up")} for row in rows]})


@calendars.get("/calendars/<name>")
@operation("A calendar", answers={200: "Calendar"}, parameters=(*_NAME, _YEAR), problems=(404, 422))
@policy(GET=Policy.SIGNED_IN)
def show(name: str) -> Response:
    """Its days, and every version it had."""
    row = service.shown(http.house(), name, _year(request.args.get("year")))
    return http.answer({
        **{field: row[field] for field in _SHOWN},
        "days": [{"on": day.on.isoformat(), "works": day.works, "what": day.what} for day in row["days"]],
        "versions": [{"version": v["version"], "hash": v["hash"], "made_at": moment(v["first_used_at"])} for v in row["versions"]],
    })


def _year(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 9999):
        raise Invalid((Problem("/year", "invalid", "Send a year."),))
    return int(text)


def _years(told: dict[str, Any]) -> tuple[int, int] | None:
    found = [year for year in (told.get("from_year"), told.get("to_year")) if year]
    return (found[0], found[-1]) if found else None


@calendars.post("/calendars")
@operation("Add a calendar", body="NewCalendar", answers={201: "Administered"}, headers=("Location",), key=True, problems=_BAD)
@policy(POST=Policy.ADMINISTERS)
def add() -> Response:
    """Empty; or, with a `country` (its two letters), seeded with its public holidays of these years."""
    raw, fingerprint = asking.body()
    told = gate.read_new(raw)
    done = service.add(http.house(), http.actor(), told["name"], told["title"], country=told.get("country"), years=_years(told),
                       key=asking.key(fingerprint))
    return http.answer({"what": done.what, "facts": done.facts}, 201, {"Location": f"{asking.BASE}/calendars/{done.facts['calendar']}"})


@calendars.patch("/calendars/<name>")
@operation("Change a calendar", body="CalendarChanges", answers={200: "Administered"}, parameters=_NAME, problems=(*_BAD, 404))
@policy(PATCH=Policy.ADMINISTERS)
def change(name: str) -> Response:
    """Set `days` (off, or worked instead), `remove` some, give it a `week` (seven marks, Monday first; empty: the ruleset's), choose it for
    the house; or seed it from a `country`. It makes a new version; limits under way are derived again, those of a party never shortened."""
    told, days, remove = gate.read_changes(asking.body()[0])
    house, actor = http.house(), http.actor()
    try:
        if told.get("country"):
            if set(told) - {"country", "from_year", "to_year"} or days or remove:
                raise Invalid((Problem("/country", "alone", "Seed a calendar by itself; send the other changes apart."),))
            done = service.seed(house, actor, name, told["country"], _years(told))
        else:
            done = service.change(house, actor, name, days=[DayOf(*day) for day in days], remove=remove, week=told.get("week"),
                                  title=told.get("title"), choose=bool(told.get("chosen")))
    except Invalid as error:
        if any(p.code == "calendar_unknown" for p in error.problems):
            raise NotFound(error.problems[0].message) from None
        raise
    return http.answer({"what": done.what, "facts": done.facts})


@calendars.get("/outages")
@operation("Days on which nobody could act", answers={200: "OutageList"})
@policy(GET=Policy.SIGNED_IN)
def outages() -> Response:
    """What would end on one of them ends on the working day after."""
    rows = service.outages(http.house())
    return http.answer({"outages": [{"since": r["since_on"].isoformat(), "until": r["until_on"].isoformat(), "reason": r["reason"]} for r in rows]})


@calendars.post("/outages")
@operation("Note an outage", body="NewOutage", answers={201: "Administered"}, key=True, problems=_BAD)
@policy(POST=Policy.ADMINISTERS)
def note_outage() -> Response:
    """From a day to a day, both included. It may be noted ahead, for maintenance."""
    raw, fingerprint = asking.body()
    told = read_fields(raw, gate.OUTAGE, ("since", "until", "reason"))
    done = service.note_outage(http.house(), http.actor(), told["since"], told["until"], told["reason"], key=asking.key(fingerprint))
    return http.answer({"what": done.what, "facts": done.facts}, 201)

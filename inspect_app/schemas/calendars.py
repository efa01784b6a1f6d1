"""The gate for calendars in the JSON door: what a request may say, and how a calendar is shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from inspect_app.errors import Invalid, Problem
from inspect_app.schemas.drawn import closed
from inspect_app.schemas.organisation import read_fields, schema_of

NEW = {"name": "text", "title": "text", "country": "text", "from_year": "year", "to_year": "year"}
CHANGES = {"title": "text", "week": "text", "chosen": "truth", "country": "text", "from_year": "year", "to_year": "year"}
DAY = {"on": "day", "works": "truth", "what": "text"}
OUTAGE = {"since": "day", "until": "day", "reason": "text"}


def read_new(body: Any) -> dict[str, Any]:
    """A request for a new calendar. Raises `Invalid`, `Unreadable`."""
    return read_fields(body, NEW, ("name", "title"))


def read_changes(body: Any) -> tuple[dict[str, Any], list[tuple[date, bool, str]], list[date]]:
    """A request that changes a calendar: its own fields, the days it sets, the days it removes. Raises `Invalid`, `Unreadable`."""
    rest = {name: value for name, value in body.items() if name not in ("days", "remove")} if isinstance(body, dict) else body
    told = read_fields(rest, CHANGES)
    days = [_day(row, f"/days/{n}") for n, row in enumerate(_list(body, "days"))]
    return told, days, [_date(text, f"/remove/{n}") for n, text in enumerate(_list(body, "remove"))]


def _list(body: Mapping[str, Any], name: str) -> list[Any]:
    value = body.get(name) or []
    if not isinstance(value, list):
        raise Invalid((Problem(f"/{name}", "invalid", "Send a list."),))
    return value


def _day(row: Any, at: str) -> tuple[date, bool, str]:
    try:
        told = read_fields(row, DAY, ("on", "works", "what"))
    except Invalid as error:
        raise Invalid(tuple(Problem(f"{at}{p.pointer}", p.code, p.message) for p in error.problems)) from None
    return _date(told["on"], f"{at}/on"), told["works"], told["what"]


def _date(text: Any, at: str) -> date:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        raise Invalid((Problem(at, "invalid", "Send a day as YYYY-MM-DD."),)) from None


_T: dict[str, Any] = {"type": "string"}
_M: dict[str, Any] = {"type": ["string", "null"]}
_W: dict[str, Any] = {"type": "integer"}
_B: dict[str, Any] = {"type": "boolean"}
_D: dict[str, Any] = {"type": "string", "format": "date"}
_CALENDAR = {"name": _T, "title": _T, "version": _W, "week": _T, "country": _M, "hash": _T, "chosen": _B}
_DAY = closed({"on": _D, "works": _B, "what": _T})


def _changes() -> dict[str, Any]:
    told = schema_of(CHANGES)
    told["properties"] |= {"days": {"type": "array", "items": _DAY}, "remove": {"type": "array", "items": _D}}
    return told


CALENDAR_SHAPES: dict[str, dict[str, Any]] = {
    "CalendarList": closed({"calendars": {"type": "array", "items": closed(_CALENDAR | {"days_off": _W, "made_up": _W})}}),
    "Calendar": closed(_CALENDAR | {"days": {"type": "array", "items": _DAY}, "versions": {"type": "array", "items": closed(
        {"version": _W, "hash": _T, "made_at": {"type": "string", "format": "date-time"}})}}),
    "NewCalendar": schema_of(NEW, ("name", "title")),
    "CalendarChanges": _changes(),
    "OutageList": closed({"outages": {"type": "array", "items": closed({"since": _D, "until": _D, "reason": _T})}}),
    "NewOutage": schema_of(OUTAGE, ("since", "until", "reason")),
}
"""Requests and answers about calendars, for the description."""

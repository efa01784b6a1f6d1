"""Calendars for administrators: the list, one calendar by year, and the days on which nobody could act."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from inspect_app import http
from inspect_app.access.policy import Policy, policy
from inspect_app.services import calendars, queries

pages = Blueprint("calendar_pages", __name__)


@pages.get("/organisation/calendars")
@policy(GET=Policy.ADMINISTERS)
def all_() -> str:
    house = http.house()
    return render_template("calendars.html", rows=calendars.listed(house), under=calendars.in_force(house), outages=calendars.outages(house))


@pages.get("/organisation/calendars/<name>")
@policy(GET=Policy.ADMINISTERS)
def show(name: str) -> str:
    house, asked = http.house(), request.args.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and 1900 <= int(asked) <= 2999 else queries.today(house).year
    return render_template("calendar.html", calendar=calendars.shown(house, name, year), year=year)

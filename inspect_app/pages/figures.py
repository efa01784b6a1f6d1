"""Published figures: the same for every reader, the five of the mission on top; and the monthly report, one page that prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as Answer

from inspect_app import http, i18n
from inspect_app.access.policy import Policy, policy
from inspect_app.errors import Invalid
from inspect_app.exports import csv_out
from inspect_app.pages.charts import Bar, bars
from inspect_app.pages.signing import told
from inspect_app.services import deadlines, directory, programmes, publishing, queries
from inspect_app.services.mission import MISSION, REST
from inspect_app.services.publishing import Published
from workflows.roles import Role
from workflows.suppression import WITH_PERCENTAGE

pages = Blueprint("figures", __name__)

ROWS = 5
"""So many lines of a list stand on the monthly report, so that it stays one page."""


@pages.get("/figures")
@policy(GET=Policy.SIGNED_IN)
def newest() -> Answer | str:
    """The newest quarter; before anything was published, a page that says so."""
    found = publishing.quarters(http.house())
    if not found:
        return render_template("figures.html", quarters=[], editions=[], shown=None)
    return redirect(url_for("figures.show", quarter=found[0]), 303)


@pages.get("/figures/<quarter>")
@policy(GET=Policy.SIGNED_IN)
def show(quarter: str) -> Answer | str:
    return _as_csv(quarter) if request.args.get("as") == "csv" else _page(quarter)


def _chosen(quarter: str) -> tuple[list[Published], Published, str]:
    """All editions of a quarter, the one that is asked for, and for whom."""
    editions, asked = publishing.of(http.house(), quarter), request.args.get("revision", "")
    chosen = next((e for e in editions if str(e.revision) == asked), editions[-1])
    return editions, chosen, "public" if request.args.get("for") == "public" else "internal"


def _as_csv(quarter: str) -> Answer:
    """The figures and tables as the page shows them, one under the other, for a spreadsheet."""
    language, (_, chosen, audience) = http.language(), _chosen(quarter)
    body = chosen.body["audiences"][audience]
    lines: list[list[str]] = [[i18n.say(language, "figures.mission")]]
    lines += [[i18n.say(language, f"mission.{one['figure']}"), figure(one)] for one in body["mission"]]
    for table in map(_table, body["tables"]):
        lines += [[], [i18n.say(language, f"figtable.{table['name']}")],
                  [i18n.say(language, "col.unit"), *(i18n.say(language, f"figcolumn.{column}") for column in table["columns"])]]
        lines += [[name, *numbers] for name, _, numbers in table["rows"]]
    text = "".join(map(csv_out.line, lines))
    name = f"figures-{quarter}{f'-{chosen.revision}' if chosen.revision else ''}-{audience}.csv"
    return Answer(b"\xef\xbb\xbf" + text.encode(), 200, {"Content-Disposition": f'attachment; filename="{name}"'}, mimetype="text/csv")


def _page(quarter: str, wrong: Mapping[str, str] | None = None) -> str:
    house = http.house()
    editions, chosen, audience = _chosen(quarter)
    body = chosen.body["audiences"][audience]
    series = publishing.newest(house, publishing.days_of(quarter)[1])
    return render_template(
        "figures.html", quarters=publishing.quarters(house), quarter=quarter, editions=editions, shown=chosen, body=body, audience=audience,
        named=named, mission=[(one, figure(one)) for one in body["mission"]], tables=[_table(t) for t in body["tables"]],
        charts={name: _chart(name, series, audience) for name in MISSION}, series=series,
        over_time=lambda name: [(named(e.quarter), figure(_of(e, name, audience))) for e in series],
        revises=Role.CHAIR in directory.granted(house, http.actor()), wrong=wrong or {})


def named(quarter: str) -> str:
    """A quarter in words."""
    year, _, n = quarter.partition("-q")
    return i18n.say(http.language(), "figures.quarter", n=n, year=year)


def figure(one: Mapping[str, Any]) -> str:
    """A figure of the mission in words: a share only as so many of so many, and as a percentage on a base that bears it."""
    language = http.language()
    if "median" in one:
        return i18n.say(language, "figures.days", n=one["median"]) if one["median"] is not None else i18n.say(language, "figures.few")
    part, whole = one["part"], one["whole"]
    if whole is None:
        return i18n.say(language, "figures.few")
    if part is None:
        return i18n.say(language, "figures.withheld_of", whole=whole)
    words = i18n.say(language, "figure.of", part=part, whole=whole)
    return f"{words} ({part * 100 // whole} %)" if whole >= WITH_PERCENTAGE else words


def _table(found: Mapping[str, Any]) -> dict[str, Any]:
    say, language = i18n.say, http.language()
    rows = [(say(language, "figures.rest") if row["unit"] == REST else say(language, "figures.all") if row["unit"] == "all" else row["name"],
             row["unit"] == "all", ["–" if number is None else str(number) for number in row["numbers"]]) for row in found["rows"]
            if row["unit"] != REST or any(row["numbers"])]
    return {"columns": (*found["columns"], "all"), "rows": rows, "name": found["table"]}


def _of(edition: Published, name: str, audience: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(one for one in edition.body["audiences"][audience]["mission"] if one["figure"] == name)
    return found


def _chart(name: str, series: Sequence[Published], audience: str) -> Markup:
    """A figure over the quarters."""
    found = []
    for edition in series:
        one, short = _of(edition, name, audience), f"Q{edition.quarter[-1]} {edition.quarter[2:4]}"
        if "median" in one:
            found.append(Bar(short, one["median"], one["median"], "–" if one["median"] is None else str(one["median"])))
        else:
            shown = one["part"] is not None and one["whole"] is not None
            found.append(Bar(short, one["whole"], one["part"], f"{one['part']}/{one['whole']}" if shown else "–" if one["whole"] is None
                             else f"–/{one['whole']}"))
    return bars(i18n.say(http.language(), f"mission.{name}"), found)


@pages.post("/figures/<quarter>")
@policy(POST=Policy.IMPORTS)
def revise(quarter: str) -> Answer | tuple[str, int]:
    """A chair publishes what has changed since, beside what was published, with a reason."""
    http.proven()
    try:
        publishing.revise(http.house(), http.actor(), quarter, request.form.get("reason", "")[:2000])
    except Invalid as error:
        return _page(quarter, told(error)), 422
    return redirect(url_for("figures.show", quarter=quarter), 303)


@pages.get("/figures/month")
@policy(GET=Policy.SIGNED_IN)
def month() -> str:
    """One page for the meeting of the month: the five figures as they were published last, and the reader's own work: all that is over its day, or
    of an earlier month what was due in it and still is. It counts nothing anew: numbers of three months beside their quarter would give small ones
    away."""
    house, actor = http.house(), http.actor()
    today = queries.today(house)
    newest = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    first = min(_month(request.args.get("month", ""), today), today.replace(day=1))
    following = (first + timedelta(days=31)).replace(day=1)
    last = (following + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    series = publishing.newest(house, following - timedelta(days=1) - publishing.GRACE, 2)
    mine, more = deadlines.between(house, actor, max(following, today), last, paused=False)
    since, until = (today - timedelta(days=730), today) if first >= newest else (first, following)
    late, _ = deadlines.between(house, actor, since, until - timedelta(days=1), paused=False)
    late = [one for one in late if not one.window]
    learning = [(name, rows) for name in ("demonstration", "lesson", "plan_draft") if (rows := programmes.of_kind(house, actor, name, limit=2))]
    return render_template(
        "figures_month.html", name=i18n.month(first, http.language()), who=actor.name, month=f"{first:%Y-%m}",
        before=f"{first - timedelta(days=1):%Y-%m}", after=f"{following:%Y-%m}", following=i18n.month(following, http.language()),
        ahead=last >= today, further=following <= today,
        series=series, named=named, today=today, mine=mine[:ROWS], rest=len(mine) - ROWS, more=more, late=late[:ROWS], rest_late=len(late) - ROWS,
        figures=[(name, [figure(_of(e, name, "internal")) for e in series]) for name in MISSION], learning=learning)


def _month(text: str, today: date) -> date:
    year, _, n = text.partition("-")
    if all(part.isascii() and part.isdigit() for part in (year, n)) and 1990 <= int(year[:5]) <= 2100 and 1 <= int(n[:3]) <= 12:
        return date(int(year), int(n), 1)
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1)

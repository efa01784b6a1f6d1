"""The committee's desk: agenda, papers, declarations, presence and quorum, where ballots are entered, and a draft of the minutes."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, render_template, request

from inspect_app import http
from inspect_app.access.policy import Policy, policy
from inspect_app.access.reading import readable
from inspect_app.services import desk, directory, queries
from inspect_app.services.ledger import Event
from inspect_app.services.queries import CaseRow
from inspect_app.services.telling import named_in, told

pages = Blueprint("desk", __name__)


@pages.get("/desk")
@policy(GET=Policy.SIGNED_IN)
def choose() -> str:
    """The bodies on which one sits, or whose matters one handles."""
    return render_template("desks.html", bodies=desk.bodies(http.house(), http.actor()))


@pages.get("/desk/<code>")
@policy(GET=Policy.SIGNED_IN)
def show(code: str) -> str:
    """One desk."""
    house = http.house()
    rehearsal = "rehearsal" in request.args
    body, agenda = desk.body(house, http.actor(), code, rehearsal)
    return render_template(
        "desk.html", rehearsal=rehearsal, body=body, agenda=agenda, most=desk.MOST, offices=desk.chair_of(house, code), words=_count)


@pages.get("/desk/<code>/minutes")
@policy(GET=Policy.SIGNED_IN)
def minutes(code: str) -> str:
    """A draft of the minutes of a day, from what was recorded of it; to be printed, read out and signed."""
    house, actor = http.house(), http.actor()
    on = _day(request.args.get("on", "")) or queries.today(house)
    rehearsal = "rehearsal" in request.args
    body, found, circles = desk.minutes(house, actor, code, on, rehearsal, request.args.get("of") or None)
    matters = [(row, [(e, _said(row, e)) for e in acts]) for row, acts in found]
    return render_template(
        "minutes.html", body=body, on=on, rehearsal=rehearsal, matters=matters, circles=circles, of=request.args.get("of"),
        offices=desk.chair_of(house, code))


def _day(text: str) -> date | None:
    """The day that is asked for; None for what is none on which a body could have sat."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1900 <= day.year < date.max.year else None


def _said(row: CaseRow, event: Event) -> list[tuple[str, Any]]:
    """What an act says to this reader, in words."""
    house = http.house()
    people = directory.names(house, [event.actor, *named_in(row.workflow, [event], "person")])
    data = readable(row.workflow, event.trigger, event.data, row.parts)[0]
    return told(row.workflow, house.catalogue.rulesets_by_name[row.ruleset], http.language(), event.trigger, data, people)


def _count(matter: desk.Matter) -> list[tuple[str, Any]]:
    """The last count in words."""
    rules = http.house().catalogue.rulesets_by_name[matter.row.ruleset]
    return told(matter.row.workflow, rules, http.language(), matter.counted_by, matter.count or {}, {})

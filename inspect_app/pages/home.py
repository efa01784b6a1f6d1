"""What one opens first: what waits, the register, and the responsibilities served on oneself."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for

from inspect_app import http
from inspect_app.access.policy import TABLE, Policy, policy
from inspect_app.pages.acts import recordable
from inspect_app.services import directory, leading, queries, unredacted
from inspect_app.services.queries import Filter
from workflows.roles import Role

pages = Blueprint("home", __name__)


@pages.get("/")
@policy(GET=Policy.SIGNED_IN)
def work() -> str:
    house, actor = http.house(), http.actor()
    waiting = queries.work(house, actor)
    mine = [r for r in queries.responsibilities(house, actor) if r["case"].is_open]
    answers = [r for r in mine if set(r["case"].waits) & {"receive", "acknowledge"}]
    shown = {r["case"].uid for r in answers}
    granted = directory.granted(house, actor)
    agrees = granted & TABLE[Policy.AGREES].granted
    requests = [r for r in unredacted.to_answer(house, actor) if r.state == unredacted.WAITING] if agrees else []
    leads = Role.UNIT_LEAD in granted
    promises = leading.promises(house, actor) if leads else ()
    shown |= {row.uid for row in promises}
    return render_template("work.html", waiting=[row for row in waiting if row.uid not in shown], answers=answers, requests=requests, leads=leads,
                           promises=promises, meeting=leading.next_meeting(house, actor) if leads else None, forms=recordable(granted))


@pages.get("/cases")
@policy(GET=Policy.SIGNED_IN)
def register() -> str:
    house, actor, asked = http.house(), http.actor(), request.args
    which = asked.get("show", "open")
    wanted = Filter(state=asked.get("state") or None, workflow=asked.get("workflow") or None, unit=asked.get("unit") or None,
                    q=asked.get("q") or None, overdue=True if which == "overdue" else None,
                    contradictory=True if which == "contradictory" else None,
                    is_open={"open": True, "overdue": True, "ended": False}.get(which), rehearsal=which == "rehearsal")
    sort = asked.get("sort") or ("due" if which in ("open", "overdue") else "-updated")
    page = queries.register(house, actor, wanted, sort=sort, limit=25, cursor=asked.get("cursor") or None)
    following = f"{url_for('home.register')}?{urlencode({**asked.to_dict(), 'cursor': page.cursor})}" if page.cursor else None
    return render_template("register.html", page=page, which=which, following=following, asked=asked, units=directory.units(house),
                           workflows=sorted(house.catalogue.by_name.values(), key=lambda w: w.name))


@pages.get("/responsibilities")
@policy(GET=Policy.SIGNED_IN)
def responsibilities() -> str:
    return render_template("responsibilities.html", rows=queries.responsibilities(http.house(), http.actor()))

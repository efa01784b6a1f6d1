"""What one opens first: what waits, the register, and the responsibilities served on oneself."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from inspect_app import http
from inspect_app.access.policy import TABLE, Policy, policy
from inspect_app.pages.acts import recordable
from inspect_app.pages.listing import Listing, chips
from inspect_app.services import batches, directory, leading, queries, unredacted, views
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
    house, actor = http.house(), http.actor()
    asked = Listing.of(request.args)
    page = queries.register(house, actor, asked.wanted(actor), sort=asked.order, limit=25, cursor=request.args.get("cursor") or None)
    law, units = house.catalogue.by_name.get(asked.workflow or ""), directory.units(house)
    code = request.args.get("view", "")
    return render_template(
        "register.html", page=page, asked=asked, units=units, law=law, columns=views.columns(house, actor), every=views.COLUMNS,
        following=asked.address(cursor=page.cursor) if page.cursor else None, chips=chips(asked, law, dict(units)),
        workflows=sorted(house.catalogue.by_name.values(), key=lambda w: w.name), pick={r.uid for r in page.rows if batches.together(r)},
        saved=(saved := views.of(house, actor)), view=next((v for v in saved if v.code == code), None), shareable=views.shareable(house, actor))


@pages.get("/responsibilities")
@policy(GET=Policy.SIGNED_IN)
def responsibilities() -> str:
    return render_template("responsibilities.html", rows=queries.responsibilities(http.house(), http.actor()))

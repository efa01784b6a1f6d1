"""What one opens first: what waits, the register, and the responsibilities served on oneself."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for

from inspect_app import http, i18n
from inspect_app.access.policy import TABLE, Policy, policy
from inspect_app.pages import called, menu
from inspect_app.pages.acts import recordable
from inspect_app.pages.listing import Listing, chips
from inspect_app.services import acting, asked, awaited, batches, directory, drafts, leading, observations, queries, unredacted, views
from inspect_app.services.queries import CaseRow
from workflows.calendar import day_of
from workflows.roles import Role

pages = Blueprint("home", __name__)

SOON = 3
"""Days that are left of what is due soon."""


@pages.get("/")
@policy(GET=Policy.SIGNED_IN)
def work() -> str:
    house, actor = http.house(), http.actor()
    acts_for = acting.offices(house, actor)
    wanted = request.args.get("for", "")
    cursor = request.args.get("cursor") or None
    page = queries.work(house, actor, cursor=cursor)
    mine = [r for r in queries.responsibilities(house, actor) if r["case"].is_open]
    through = acting.offices_of_cases(house, actor, (*page.rows, *(r["case"] for r in mine)), [one.code for one in acts_for])
    chosen = next((one for one in acts_for if one.code == wanted), None)

    def fits(row: CaseRow) -> bool:
        return through.get(row.uid) == chosen.code if chosen else wanted != "me" or row.uid not in through

    answers = [r for r in mine if set(r["case"].waits) & {"receive", "acknowledge"} and fits(r["case"])]
    shown = {r["case"].uid for r in answers}
    granted = directory.granted(house, actor)
    leads = Role.UNIT_LEAD in granted
    promises = leading.promises(house, actor) if leads else ()
    shown |= {row.uid for row in promises}
    rows = [row for row in page.rows if row.uid not in shown and fits(row)]
    kept: dict[str, Any] = {"for": wanted} if wanted else {}
    further = url_for("home.work", **kept, cursor=page.cursor) if page.cursor else None
    told = {"waiting": rows, "buckets": _by_urgency(rows), "further": further, "acts_for": acts_for, "chosen": chosen, "wanted": wanted,
            "through": through, "whole": cursor is None and further is None}
    if cursor is not None:
        return render_template("work_further.html", **told, awaited=awaited.possible(house, actor, tuple(rows)))
    agrees = granted & TABLE[Policy.AGREES].granted
    requests = [r for r in unredacted.to_answer(house, actor) if r.state == unredacted.WAITING] if agrees else []
    observed = observations.waiting(house, actor) if granted & TABLE[Policy.ANSWERS_AUDITS].granted and wanted in ("", "me") else []
    return render_template("work.html", **told, answers=answers, ends=asked.ends(house, [r["case"] for r in answers]), observed=observed,
                           requests=requests, leads=leads, promises=promises, meeting=leading.next_meeting(house, actor) if leads else None,
                           forms=recordable(granted), elsewhere=menu.own(granted), awaited=awaited.possible(house, actor, (*rows, *promises)),
                           drafts=drafts.of(house, actor), drafted=_drafted)


def _drafted(draft: drafts.Draft) -> str:
    """What a draft is called: its own title where it has one already, and its kind."""
    house, language = http.house(), http.language()
    law, rules = house.catalogue.by_name.get(draft.workflow), house.catalogue.rulesets_by_name[directory.ruleset_of(house)]
    kind = i18n.workflow_label(law, rules, language) if law else draft.workflow
    title = next((value for name in ("title", "what") for key, value in draft.fields if key == name), "")
    return f"{kind}: {title[:80]}" if title else kind


def _by_urgency(rows: list[CaseRow]) -> list[tuple[str, list[CaseRow]]]:
    """(bucket, cases) most urgent first; empty ones are left out. The order within each stays."""
    day, zone = queries.today(http.house()), http.house().zone
    found: dict[str, list[CaseRow]] = {"late": [], "soon": [], "ahead": [], "undated": []}
    for row in rows:
        left = (day_of(row.due_at, zone) - day).days if row.due_at is not None else None
        found["undated" if left is None else "late" if left < 0 else "soon" if left <= SOON else "ahead"].append(row)
    return [(name, some) for name, some in found.items() if some]


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
        workflows=sorted(called.kinds().items(), key=lambda one: one[1].casefold()), pick={r.uid for r in page.rows if batches.together(r)},
        saved=(saved := views.of(house, actor)), view=next((v for v in saved if v.code == code), None), shareable=views.shareable(house, actor))


@pages.get("/responsibilities")
@policy(GET=Policy.SIGNED_IN)
def responsibilities() -> str:
    rows = queries.responsibilities(http.house(), http.actor())
    return render_template("responsibilities.html", rows=rows, ends=asked.ends(http.house(), [r["case"] for r in rows]))

"""What the organisation learns with: the yearly programme planned against actual, the pilot unit with its figures, demonstrations, assessments."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, url_for

from inspect_app import http, i18n
from inspect_app.access.parts import reach_of
from inspect_app.access.policy import Policy, policy
from inspect_app.pages import called
from inspect_app.services import directory, programmes
from inspect_app.services.events import events_of
from inspect_app.services.queries import CaseRow
from inspect_app.services.telling import figure_pairs, of_a_year
from workflows.demonstration_v1 import EFFECTS
from workflows.figures import FIGURES, QUARTERS
from workflows.programme_v1 import PLANNED

pages = Blueprint("learning", __name__)

KINDS = {i.name: dict(i.options) for i in PLANNED if i.name in ("kind", "every")}  # type: ignore[attr-defined]
LISTED = ("demonstration", "lesson", "plan_draft", "assessment", "training", "mandate", "review_round", "capability_review")
"""Workflows of which the page lists the newest cases, besides programmes and pilot units."""


def _words(options: Any, code: str | None) -> str:
    found = dict(options).get(code)
    return str(found.say(http.language())) if found is not None else code or "–"


@pages.get("/learning")
@policy(GET=Policy.SIGNED_IN)
def show() -> str:
    """Everything of it that the reader may know of, and what they may begin."""
    house, actor = http.house(), http.actor()
    granted = directory.granted(house, actor)
    rules = called.rules_here()
    begin = [(url_for("acts.opening", name=w.name), called.opening(w, rules)) for w in house.catalogue.by_name.values()
             if w.learning and not w.needs_parent and set(w.openings[0].who) & granted]
    pilots = [(row, _measured(row)) for row in programmes.of_kind(house, actor, "pilot_unit", limit=5)]
    lists = [(name, rows) for name in LISTED if (rows := programmes.of_kind(house, actor, name, limit=12))]
    return render_template("learning.html", programmes=programmes.of_kind(house, actor, "programme", limit=10), pilots=pilots, lists=lists,
                           begin=begin, titles=called.kinds())


def _measured(row: CaseRow) -> list[tuple[str, list[tuple[str, str]]]]:
    """(when, figures) of a pilot unit: at the start, and each quarter that was kept, the newest first."""
    house, language = http.house(), http.language()
    rules = house.catalogue.rulesets_by_name[row.ruleset]
    with house.db.reading(reach_of(http.actor())) as session:
        events = list(events_of(session, row.id))
    found = []
    for e in reversed(events):
        if e.trigger == "designate" and (kept := e.data.get("baseline")):
            of_year = [(figure_pairs(one, rules, language)[0][0], of_a_year(one, language)) for one in kept]
            found.append((i18n.say(language, "learning.baseline"), of_year))
        elif e.trigger == "measure" and (kept := e.data.get("figures")):
            found.append((f"{_words(QUARTERS, e.data['quarter'])} {e.data['year']}", [figure_pairs(one, rules, language)[0] for one in kept]))
    return found


@pages.get("/cases/<uuid:uid>/plan")
@policy(GET=Policy.READS_CASE)
def plan(uid: Any) -> str:
    """A yearly programme, planned against actual; other cases have no such page."""
    row = http.case(uid)
    house, language = http.house(), http.language()
    rules = house.catalogue.rulesets_by_name[row.ruleset]
    found = programmes.plan(house, http.actor(), row)
    compared = {one.case.uid: [figure_pairs(figure, rules, language) for figure in one.compared] for one in found.demonstrations}
    return render_template("plan.html", row=row, plan=found, compared=compared, quarter=lambda code: _words(QUARTERS, code),
                           kind=lambda code: _words(KINDS["kind"], code), every=lambda code: _words(KINDS["every"], code),
                           effect=lambda code: _words(EFFECTS, code), aim=lambda code: FIGURES[code].label.say(language) if code in FIGURES else code)

"""Texts and numbering schemes of papers for administrators: the list, one kind with its versions."""

from __future__ import annotations

from flask import Blueprint, render_template

from inspect_app import http
from inspect_app.access.policy import Policy, policy
from inspect_app.services import paper_laws
from workflows.paper_text import FACTS, FAMILIES
from workflows.words import LANGUAGES

pages = Blueprint("paper_laws", __name__)


@pages.get("/organisation/papers")
@policy(GET=Policy.ADMINISTERS)
def all_() -> str:
    house = http.house()
    rulesets = {name: rules.title for name, rules in house.catalogue.rulesets_by_name.items() if not rules.recorded}
    return render_template("paper_laws.html", rows=paper_laws.listed(house), rulesets=rulesets)


@pages.get("/organisation/papers/<ruleset>/<kind>")
@policy(GET=Policy.ADMINISTERS)
def show(ruleset: str, kind: str) -> str:
    return render_template("paper_law.html", row=paper_laws.shown(http.house(), ruleset, kind), languages=LANGUAGES, facts=FACTS, families=FAMILIES)

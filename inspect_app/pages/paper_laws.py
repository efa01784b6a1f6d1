"""Texts and numbering schemes of papers for administrators: the list, one kind as it reads, with its versions and what differs between them."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from inspect_app import http
from inspect_app.access.policy import Policy, policy
from inspect_app.errors import NotFound
from inspect_app.exports.papers import render
from inspect_app.services import directory, paper_laws, paper_previews
from workflows.paper_text import FACTS, FAMILIES
from workflows.words import LANGUAGES

pages = Blueprint("paper_laws", __name__)


@pages.get("/organisation/papers")
@policy(GET=Policy.ADMINISTERS)
def all_() -> str:
    house = http.house()
    rulesets = {name: rules.title for name, rules in house.catalogue.rulesets_by_name.items() if not rules.recorded}
    return render_template("paper_laws.html", rows=paper_laws.listed(house), rulesets=rulesets, now=directory.ruleset_of(house))


@pages.get("/organisation/papers/<ruleset>/<kind>")
@policy(GET=Policy.ADMINISTERS)
def show(ruleset: str, kind: str) -> str:
    """A kind of paper: how it reads in a language (`preview`), or one of its versions (`version`) and how the one in force differs from it."""
    house, preview, version = http.house(), request.args.get("preview", ""), request.args.get("version")
    preview = preview if preview in LANGUAGES else http.language() if http.language() in LANGUAGES else LANGUAGES[0]
    return render_template(
        "paper_law.html", row=paper_laws.shown(house, ruleset, kind), languages=LANGUAGES, facts=FACTS, families=FAMILIES, preview=preview,
        sheet=paper_previews.sheet(house, http.actor(), ruleset, kind, preview), workflows=house.catalogue.by_name,
        rules=house.catalogue.rulesets_by_name[ruleset], version=paper_previews.version(house, ruleset, kind, version) if version else None)


@pages.get("/organisation/papers/<ruleset>/<kind>/<language>.pdf")
@policy(GET=Policy.ADMINISTERS)
def pdf(ruleset: str, kind: str, language: str) -> Response:
    """The same preview as PDF."""
    if language not in LANGUAGES:
        raise NotFound
    made = paper_previews.sheet(http.house(), http.actor(), ruleset, kind, language)
    return Response(render(made), 200, {"Content-Disposition": f'inline; filename="{kind}-{language}-preview.pdf"'}, mimetype="application/pdf")

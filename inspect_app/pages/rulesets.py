"""What binds cases, for people: every value of a ruleset, what it is for, where it comes from, and how sure that is."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from inspect_app import http
from inspect_app.access.policy import Policy, policy
from inspect_app.errors import NotFound
from inspect_app.services import directory
from workflows.draw_rulesets import GROUPS, rows
from workflows.ruleset import MARKS

pages = Blueprint("rulesets", __name__)


@pages.get("/rulesets")
@policy(GET=Policy.SIGNED_IN)
def show() -> str:
    """The ruleset named in the question, else the one that new cases fall under. Each key has its own place on the page."""
    house, language = http.house(), http.language()
    known = house.catalogue.rulesets_by_name
    name = request.args.get("name") or directory.ruleset_of(house)
    if name not in known:
        raise NotFound(f"There is no ruleset “{name[:100]}” here.")
    rules = known[name]
    groups = [(group, title.say(language), rows(rules, language)[group]) for group, (title, _) in GROUPS.items()]
    return render_template("rulesets.html", rules=rules, chosen=directory.ruleset_of(house), groups=groups,
                           known=sorted(known.values(), key=lambda r: r.name), marks={mark: said.say(language) for mark, said in MARKS.items()})

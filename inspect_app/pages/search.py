"""Searching cases by words, and for auditors the list of searches for names. Words are sent as a form: they stand in no address."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for

from inspect_app import http
from inspect_app.access.policy import Policy, policy
from inspect_app.errors import Invalid
from inspect_app.services import searching
from inspect_app.services.searching import NeedsReason

pages = Blueprint("search", __name__)

LONGEST = 200
"""Characters of a question."""


@pages.route("/search", methods=["GET", "POST"])
@policy(GET=Policy.SIGNED_IN, POST=Policy.SIGNED_IN)
def find() -> str | tuple[str, int]:
    """The box, and what was found."""
    asked = {"q": request.form.get("q", "").strip()[:LONGEST], "reason": request.form.get("reason", "").strip()[:searching.LONGEST_REASON]}
    if request.method == "GET":
        return render_template("search.html", asked=asked, found=None, reason=False, message=None)
    cursor = request.form.get("cursor") or None
    try:
        found = searching.search(http.house(), http.actor(), asked["q"], reason=asked["reason"], limit=25, cursor=cursor)
    except Invalid as error:
        message = " ".join(problem.message for problem in error.problems)
        return render_template("search.html", asked=asked, found=None, reason=isinstance(error, NeedsReason), message=message), 422
    return render_template("search.html", asked=asked, found=found, reason=found.noted, message=None, further=cursor is not None)


@pages.get("/searches")
@policy(GET=Policy.AUDITS)
def noted() -> str:
    """Who searched for whose name, and why."""
    rows, cursor = searching.noted(http.house(), http.actor(), 50, request.args.get("cursor") or None)
    return render_template("searches.html", rows=rows, following=url_for("search.noted", cursor=cursor) if cursor else None)

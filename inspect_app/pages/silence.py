"""The ledger of silence, for auditors within their engagement."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for

from inspect_app import http
from inspect_app.access.policy import Policy, policy
from inspect_app.services import silence
from workflows.inputs import Choice

pages = Blueprint("silence", __name__)


@pages.get("/silence")
@policy(GET=Policy.AUDITS)
def show() -> str:
    """Signals closed without a case, and those that nobody has assessed in their time."""
    found = silence.ledger(http.house(), http.actor(), limit=25, cursor=request.args.get("cursor") or None)
    following = url_for("silence.show", cursor=found.cursor) if found.cursor else None
    return render_template("silence.html", found=found, following=following, ground=_ground)


def _ground(entry: Any) -> str:
    """The ground in words."""
    options = {code: words for t in entry.case.workflow.triggers["propose_no_case"] for i in t.inputs if isinstance(i, Choice) and i.name == "ground"
               for code, words in i.options}
    return str(options[entry.ground].say(http.language())) if entry.ground in options else "–"

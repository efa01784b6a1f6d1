"""The ledger of silence, for auditors within their engagement."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for

from inspect_app import http
from inspect_app.access.policy import Policy, policy
from inspect_app.services import directory, silence
from inspect_app.services.telling import named_in, told
from workflows.inputs import Choice

pages = Blueprint("silence", __name__)


@pages.get("/silence")
@policy(GET=Policy.AUDITS)
def show() -> str:
    """One part of the ledger; the first is that of signals."""
    house = http.house()
    found = silence.ledger(house, http.actor(), kind=request.args.get("kind") or silence.SIGNALS, limit=25, cursor=request.args.get("cursor") or None)
    following = url_for("silence.show", kind=found.kind, cursor=found.cursor) if found.cursor else None
    people = directory.names(house, [uid for n in found.noted for uid in named_in(n.case.workflow, [n.event], "person")])
    said = {n.event.id: told(n.case.workflow, house.catalogue.rulesets_by_name[n.case.ruleset], http.language(), n.event.trigger, _shown(n), people)
            for n in found.noted}
    return render_template("silence.html", found=found, following=following, ground=_ground, kinds=silence.KINDS, said=said)


def _shown(noted: silence.Noted) -> dict[str, Any]:
    """What of a notice belongs on the ledger: what it does not show; of all else everything that may be read."""
    data = noted.event.data
    return {name: data[name] for name in data if noted.event.trigger != "notify" or name == silence.WITHHELD}


def _ground(entry: Any) -> str:
    """The ground in words."""
    options = {code: words for t in entry.case.workflow.triggers["propose_no_case"] for i in t.inputs if isinstance(i, Choice) and i.name == "ground"
               for code, words in i.options}
    return str(options[entry.ground].say(http.language())) if entry.ground in options else "–"

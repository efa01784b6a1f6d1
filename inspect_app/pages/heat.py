"""The organisation as a tree that is a map: one measure, one quarter, the same for everybody who signs in; and the same as a table."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from inspect_app import http
from inspect_app.access.policy import Policy, policy
from inspect_app.services import heat, publishing
from workflows.suppression import INSIDE

pages = Blueprint("heat", __name__)


@pages.get("/organisation/map")
@policy(GET=Policy.SIGNED_IN)
def show() -> str:
    """The quarter and the measure that were asked for, else the newest and open cases."""
    found = heat.maps(publishing.newest(http.house(), limit=heat.QUARTERS))
    asked = request.args.get("quarter", "")
    at = asked if asked in found else next(iter(found), None)
    measure = request.args.get("measure", "")
    measure = measure if measure in heat.MEASURES else heat.OPEN
    return render_template("heat.html", quarters=list(found), at=at, measure=measure, measures=heat.MEASURES, least=INSIDE,
                           squares=heat.squares(found[at], measure) if at else [])

"""The organisation as a tree that is a map: one measure, one quarter, the same for everybody who signs in; and the same as a table."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from inspect_app import http
from inspect_app.access.policy import Policy, policy
from inspect_app.access.suppressed import LEAST
from inspect_app.services import heat

pages = Blueprint("heat", __name__)


@pages.get("/organisation/map")
@policy(GET=Policy.SIGNED_IN)
def show() -> str:
    """The quarter and the measure that were asked for, else the newest and open cases."""
    house = http.house()
    counted = heat.quarters(house)
    asked = request.args.get("quarter", "")
    at = next((one for one in counted if f"{one[0]}-{one[1]}" == asked), counted[0] if counted else None)
    measure = request.args.get("measure", "")
    measure = measure if measure in heat.MEASURES else heat.OPEN
    return render_template("heat.html", counted=counted, at=at, measure=measure, measures=heat.MEASURES, least=LEAST,
                           squares=heat.squares(house, at, measure) if at else [])

"""The yearly programme: planned against actual."""

from __future__ import annotations

from typing import Any

from flask import Response

from inspect_app import http
from inspect_app.access.policy import Policy, policy
from inspect_app.api import asking
from inspect_app.api.operations import CASE, Blueprint, operation
from inspect_app.schemas.programmes import dump_plan
from inspect_app.services import programmes as services

programmes = Blueprint("programmes", __name__, url_prefix=asking.BASE)


@programmes.get("/cases/<uuid:uid>/plan")
@operation("A yearly programme, planned against actual", answers={200: "Plan"}, parameters=CASE, problems=(404,))
@policy(GET=Policy.READS_CASE)
def plan(uid: Any) -> Response:
    """For a case of the yearly programme: its inspections by quarter with the quarter in which each was concluded, its demonstrations with
    lessons, answers to the roll-out and figures before and after, and topics that suggest themselves. Other cases have none: 404."""
    return http.answer(dump_plan(services.plan(http.house(), http.actor(), http.case(uid))))

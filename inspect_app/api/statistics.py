"""The published figures of a quarter: the same for every reader, small numbers withheld."""

from __future__ import annotations

from flask import Response

from inspect_app import http
from inspect_app.access.policy import Policy, policy
from inspect_app.api import asking
from inspect_app.api.operations import Blueprint, operation
from inspect_app.schemas.events import moment
from inspect_app.services import publishing

statistics = Blueprint("statistics", __name__, url_prefix=asking.BASE)

_QUARTER = ({"name": "quarter", "in": "path", "required": True, "schema": {"type": "string", "pattern": "^[0-9]{4}-q[1-4]$"},
             "description": "The quarter, such as 2026-q3."},)


@statistics.get("/statistics/<quarter>")
@operation("The published figures of a quarter", answers={200: "object"}, parameters=_QUARTER, problems=(404,))
@policy(GET=Policy.SIGNED_IN)
def quarter(quarter: str) -> Response:
    """Everything that was published of it, the first edition and then its revisions: `body` is what was frozen, word for word, `sha256` its hash in
    canonical JSON, which the administrative history says too. For each audience `internal` and `public`: the figures of the mission, and tables
    whose numbers are null where a number is withheld."""
    return http.answer({"quarter": quarter, "editions": [
        {"revision": e.revision, "published_at": moment(e.made_at), "sha256": e.sha256, "event": e.event, "body": e.body}
        for e in publishing.of(http.house(), quarter)]})

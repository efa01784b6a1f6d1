"""The calendar feed: the deadlines of the person whose secret stands in the address, as iCalendar."""

from __future__ import annotations

from flask import Response, request

from inspect_app import http
from inspect_app.access.policy import Policy, policy
from inspect_app.api import asking
from inspect_app.api.operations import Blueprint, operation
from inspect_app.services import feeds as service

feeds = Blueprint("feeds", __name__, url_prefix=asking.BASE)

_TOKEN = ({"name": "token", "in": "query", "required": True, "schema": {"type": "string", "maxLength": 100},
           "description": "The secret of the feed, as the page of notices showed it. It reads the feed and nothing else."},)


@feeds.get("/feeds/deadlines.ics")
@operation("The calendar feed of a person", answers={200: "calendar"}, parameters=_TOKEN, problems=(401, 404), open_to_all=True)
@policy(GET=Policy.PUBLIC)
def deadlines() -> Response:
    """Their deadlines as iCalendar (RFC 5545): number and kind of each, nothing else of a case; a paused one is not due and left out. Whoever has
    the address reads it; its person can take it back."""
    return Response(service.read(http.house(), request.args.get("token", "")), mimetype="text/calendar")

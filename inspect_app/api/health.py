"""Whether the application is alive and can serve, and its own description."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, render_template

from inspect_app import http
from inspect_app.access.policy import Policy, policy
from inspect_app.api import asking, document, operations
from inspect_app.api.operations import operation
from inspect_app.services import checkpoints, lookups

health = Blueprint("health", __name__)
about = operations.Blueprint("about", __name__, url_prefix=asking.BASE)

DOCS_CSP = http.CSP.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
"""The browser of the description sets styles on its elements; this one page allows it, and shows nothing that anyone typed."""


@health.get("/healthz")
@policy(GET=Policy.PUBLIC)
def alive() -> Response:
    """The process answers."""
    return http.answer({"status": "alive"})


@health.get("/readyz")
@policy(GET=Policy.PUBLIC)
def ready() -> Response:
    """The database answers and the house is founded; 503 where not, so that nobody is sent here. A log that is late or unsigned is named, but
    turns nobody away: no act waits for it."""
    if lookups.is_ready(http.house()):
        trouble = checkpoints.standing(http.house()).trouble
        return http.answer({"status": "ready"} | ({"log": trouble} if trouble else {}))
    return http.answer({"status": "not ready"}, 503, {"Retry-After": "5"})


@about.get("/openapi.json")
@operation("This description", answers={200: "object"}, open_to_all=True)
@policy(GET=Policy.PUBLIC)
def openapi() -> Response:
    """OpenAPI 3.1."""
    return http.answer(document.openapi(current_app))


@health.get("/api/docs")
@policy(GET=Policy.PUBLIC)
def docs() -> Response:
    """The description, browsable."""
    return Response(render_template("api_docs.html"), mimetype="text/html", headers={"Content-Security-Policy": DOCS_CSP})

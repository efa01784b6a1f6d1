"""The JSON door hung into the application."""

from __future__ import annotations

from flask import Flask, Response, request
from flask_smorest import Api
from werkzeug.exceptions import InternalServerError

from inspect_app import http
from inspect_app.api import (
    calendars,
    cases,
    document,
    events,
    evidence,
    exports,
    feeds,
    health,
    lists,
    organisation,
    papers,
    programmes,
    search,
    statistics,
    transparency,
    unredacted,
)
from inspect_app.errors import Tampered, Unknown
from inspect_app.services.tokens import PREFIX

_TOKEN = f"{PREFIX}_".encode()


class _Described(Api):  # type: ignore[misc]  # the library ships no types
    """The description; refusals are said by `http`, in one form for everything."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        pass


def register(app: Flask) -> None:
    """Hang the JSON door into the application and describe it."""
    app.config.update(API_TITLE="inspect-app", API_VERSION="v1", OPENAPI_VERSION="3.1.0")
    api = _Described(app)
    app.before_request(no_token_in_the_address)
    app.register_error_handler(Tampered, tampered)
    document.describe(api)
    for blueprint in (cases.cases, events.events, evidence.evidence, lists.lists, organisation.administration, calendars.calendars,
                      unredacted.unredacted, search.search, papers.papers, programmes.programmes, exports.exports,
                      transparency.transparency, feeds.feeds, statistics.statistics, health.about):
        api.register_blueprint(blueprint)
    app.register_blueprint(health.health)
    app.register_blueprint(transparency.measures)


def no_token_in_the_address() -> None:
    """Addresses end up in logs and histories: a token that stands in one is refused, whoever sends it."""
    if _TOKEN in request.query_string and request.path.startswith("/api/"):
        raise Unknown("A token does not belong in an address. Send it in the header Authorization, and have this one revoked.")


def tampered(error: Tampered) -> Response:
    """What is stored is not what was committed to: nothing of it is given out."""
    return http.problem_answer(InternalServerError(f"{error} It is not given out; tell the administrator to run: inspect-app audit verify"))

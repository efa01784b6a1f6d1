"""Searching: words are sent in the body, never in the address, which ends up in logs and histories."""

from __future__ import annotations

from flask import Response, request

from inspect_app import http
from inspect_app.access.policy import Policy, policy
from inspect_app.api import asking
from inspect_app.api.operations import LIST, Blueprint, operation
from inspect_app.errors import Invalid, Problem
from inspect_app.schemas.cases import dump_case
from inspect_app.schemas.organisation import read_fields
from inspect_app.schemas.requests import LONGEST_LIST, read_limit, read_question
from inspect_app.schemas.search import ASKED
from inspect_app.services import searching

search = Blueprint("searching", __name__, url_prefix=asking.BASE)


@search.post("/search")
@operation("Search cases by words", body="AskSearch", answers={200: "SearchResult"}, problems=(400, 413, 415, 422))
@policy(POST=Policy.SIGNED_IN)
def find() -> Response:
    """Cases that the reader may know of and that have all these words in their number, title, unit or texts of class plain: marks over letters and
    order do not matter, đ is d. First those where each word stands near the one typed before it, then the others; newest first. The name of a
    person needs a `reason` (422 `reason` without one), which auditors see."""
    raw, _ = asking.body()
    told = read_fields(raw, ASKED, ("q",))
    limit = told.get("limit")
    if limit is not None and not 1 <= limit <= LONGEST_LIST:
        raise Invalid((Problem("/limit", "invalid", f"Give a number from 1 to {LONGEST_LIST}."),))
    found = searching.search(http.house(), http.actor(), told["q"], reason=told.get("reason"), limit=limit or 50, cursor=told.get("cursor"))
    return http.answer({"cases": [dump_case(row) for row in found.rows], "noted": found.noted, "cursor": found.cursor})


@search.get("/searches")
@operation("Searches for persons' names", answers={200: "Searches"}, headers=("Link",), parameters=LIST, problems=(403, 422))
@policy(GET=Policy.AUDITS)
def noted() -> Response:
    """Who searched for whom, and why, newest first: searches by people of the units that the auditor is engaged for."""
    asked = read_question(request.args, frozenset({"limit", "cursor"}))
    rows, cursor = searching.noted(http.house(), http.actor(), read_limit(asked), asked.get("cursor"))
    told = [{"by": one.by, "names": list(one.names), "on": one.on.isoformat(), "reason": one.reason} for one in rows]
    return http.answer({"searches": told, "cursor": cursor}, 200, asking.next_link(asked, cursor))

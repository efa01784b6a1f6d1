"""Reading one case unredacted: an auditor asks with a reason, another person answers."""

from __future__ import annotations

from typing import Any

from flask import Response

from inspect_app import http
from inspect_app.access.policy import Policy, policy
from inspect_app.api import asking
from inspect_app.api.operations import CASE, Blueprint, operation
from inspect_app.errors import NotFound
from inspect_app.schemas.organisation import read_fields
from inspect_app.schemas.unredacted import ANSWERED, ASKED, dump
from inspect_app.services import queries
from inspect_app.services import unredacted as service
from inspect_app.services.tokens import Scope

unredacted = Blueprint("unredacted", __name__, url_prefix=asking.BASE)

_NUMBER = ({"name": "number", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}, "description": "The id of the request."},)


@unredacted.post("/cases/<uuid:uid>/unredacted")
@operation("Ask to read a case unredacted", body="AskUnredacted", answers={201: "UnredactedRequest"}, parameters=CASE, key=True,
           problems=(400, 403, 404, 413, 415, 422))
@policy(POST=Policy.ACTS_ON_CASE)
def ask_unredacted(uid: Any) -> Response:
    """For auditors of the case: why, and for how many days, 30 at most. It changes no case; those whom it is about see it."""
    house, actor = http.house(), http.actor()
    row = queries.case(house, actor, str(uid))
    service.may_ask(actor, row)
    http.assure(Scope.DECIDE)
    raw, fingerprint = asking.body()
    told = read_fields(raw, ASKED, ("reason", "days"))
    return http.answer(dump(service.ask(house, actor, row, told["reason"], told["days"], asking.key(fingerprint))), 201)


@unredacted.get("/unredacted")
@operation("Requests to read a case unredacted", answers={200: "UnredactedRequests"})
@policy(GET=Policy.SIGNED_IN)
def unredacted_requests() -> Response:
    """`asked` are the reader's own; `to_answer` are those that wait for their word, or that they may still withdraw."""
    house, actor = http.house(), http.actor()
    return http.answer({"asked": [dump(one) for one in service.asked_by(house, actor)],
                        "to_answer": [dump(one) for one in service.to_answer(house, actor)]})


@unredacted.post("/unredacted/<int:number>")
@operation("Answer such a request", body="AnswerUnredacted", answers={200: "UnredactedRequest"}, parameters=_NUMBER, key=True,
           problems=(400, 403, 404, 413, 415, 422))
@policy(POST=Policy.AGREES)
def answer_unredacted(number: int) -> Response:
    """`agree` true lets the auditor read the case unredacted from today on, for the days that were asked for; false declines it, or ends at
    once what was agreed to. Never one's own request, and never about a case from which a wall keeps one out."""
    raw, fingerprint = asking.body()
    told = read_fields(raw, ANSWERED, ("agree",))
    if not 0 < number < 2**62:
        raise NotFound
    return http.answer(dump(service.answer(http.house(), http.actor(), number, told["agree"], asking.key(fingerprint))))

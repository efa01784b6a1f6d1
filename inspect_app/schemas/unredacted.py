"""The gate for requests to read a case unredacted, and how they are shown."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from inspect_app.schemas.drawn import closed
from inspect_app.schemas.organisation import schema_of
from inspect_app.services.unredacted import Request

ASKED = {"reason": "text", "days": "whole"}
ANSWERED = {"agree": "truth"}
_T: dict[str, Any] = {"type": "string"}
_M: dict[str, Any] = {"type": ["string", "null"]}
_REQUEST = closed({"id": {"type": "integer"}, "case": _T, "number": _T, "workflow": _T, "unit": _M, "by": _M, "reason": _T,
                   "days": {"type": "integer"}, "asked_on": _T, "state": {"type": "string", "enum": ["waiting", "agreed", "declined", "over"]},
                   "answered_by": _M, "until": _M})
UNREDACTED_SHAPES: dict[str, dict[str, Any]] = {
    "UnredactedRequest": _REQUEST,
    "UnredactedRequests": closed({"asked": {"type": "array", "items": _REQUEST}, "to_answer": {"type": "array", "items": _REQUEST}}),
    "AskUnredacted": schema_of(ASKED, ("reason", "days")),
    "AnswerUnredacted": schema_of(ANSWERED, ("agree",)),
}
"""Requests and answers, for the description."""


def dump(request: Request) -> dict[str, Any]:
    """A request with its days as texts."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(request).items()}

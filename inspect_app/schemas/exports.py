"""The gate for exports: what is asked for, and how a job is shown."""

from __future__ import annotations

from typing import Any

from inspect_app.exports.formats import FORMATS
from inspect_app.schemas.drawn import closed
from inspect_app.schemas.events import moment
from inspect_app.schemas.organisation import read_fields, schema_of
from inspect_app.services import exporting
from inspect_app.services.export_jobs import STATES, Job
from inspect_app.services.exporting import Order
from inspect_app.services.histories import Wanted
from inspect_app.services.house import House

ORDER = {"format": "text", "case": "text", "query": "text", "audience": "text", "facts": "text", "named": "truth", "as_of": "text", "reason": "text"}
_NEEDED = ("format", "reason")
_T: dict[str, Any] = {"type": "string"}
_W: dict[str, Any] = {"type": "integer", "minimum": 0}
_M: dict[str, Any] = {"type": ["string", "null"]}
_WHEN: dict[str, Any] = {"type": ["string", "null"], "format": "date-time"}
_JOB = closed({
    "id": {"type": "string", "format": "uuid"}, "state": {"type": "string", "enum": list(STATES)}, "format": _T, "case": _M, "query": _M,
    "audience": _T, "facts": _T, "named": {"type": "boolean"}, "as_of": _WHEN, "reason": _T, "asked_at": _T | {"format": "date-time"},
    "started_at": _WHEN, "ended_at": _WHEN, "expires_at": _WHEN, "events": _W, "at_most": _W, "bytes": _W, "sha256": _M, "problem": _M,
    "download": _M})
_ORDER = schema_of(ORDER, _NEEDED)
EXPORT_SHAPES: dict[str, dict[str, Any]] = {
    "Export": _JOB,
    "Exports": closed({"exports": {"type": "array", "items": _JOB}}),
    "NewExport": _ORDER | {"properties": _ORDER["properties"] | {
        "format": {"type": "string", "enum": list(FORMATS)}, "facts": {"type": ["string", "null"], "enum": [*exporting.FACTS, None]}}},
}
"""Requests and answers, for the description."""


def read_order(house: House, body: Any) -> Order:
    """The order in a request. Raises `Invalid`, `Unreadable`, `NotAvailable`."""
    told = read_fields(body, ORDER, _NEEDED)
    return Order(Wanted(told.get("case") or None, told.get("query") or None), told["format"], told.get("audience") or "full",
                 told.get("facts") or "all", told.get("named"), exporting.moment(house, told.get("as_of")), told["reason"])


def dump_job(job: Job, download: str) -> dict[str, Any]:
    """A job; `download` is where its file is, once it is made."""
    order = job.order

    def when(value: int | None) -> str | None:
        return None if value is None else moment(value)

    return {"id": job.id, "state": job.state, "format": order.form, "case": order.wanted.number, "query": order.wanted.query,
            "audience": order.audience, "facts": order.facts, "named": order.by_name(), "as_of": when(order.as_of), "reason": order.reason,
            "asked_at": moment(job.asked_at), "started_at": when(job.started_at), "ended_at": when(job.ended_at), "expires_at": when(job.expires_at),
            "events": job.events, "at_most": job.at_most, "bytes": job.bytes, "sha256": job.sha256, "problem": job.problem,
            "download": download if job.state == "done" else None}

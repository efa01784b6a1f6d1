"""Exports in the background: asked for, looked after, fetched, cancelled. Each is its owner's alone."""

from __future__ import annotations

from typing import Any

from flask import Response

from inspect_app import http
from inspect_app.access.policy import Policy, policy
from inspect_app.api import asking
from inspect_app.api.operations import Blueprint, operation
from inspect_app.errors import Invalid, Problem
from inspect_app.exports.formats import FORMATS
from inspect_app.schemas.exports import dump_job, read_order
from inspect_app.services import export_jobs
from inspect_app.services.export_jobs import Job
from inspect_app.services.exporting import NotAvailable

exports = Blueprint("exports_api", __name__, url_prefix=asking.BASE)

_JOB = ({"name": "job", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}, "description": "The id of the export."},)


def _at(job: Job) -> str:
    return f"{asking.BASE}/exports/{job.id}"


def _shown(job: Job) -> dict[str, Any]:
    return dump_job(job, f"{_at(job)}/download")


@exports.post("/exports")
@operation("Ask for an export", body="NewExport", answers={202: "Export"}, headers=("Location",), key=True,
           problems=(400, 403, 404, 413, 415, 422, 429))
@policy(POST=Policy.EXPORTS)
def ask_export() -> Response:
    """Histories of one case (`case`, its number), of those that a search finds (`query`), or of all that you see. `reason` is asked and kept.
    It is made in the background, at most five of yours at once; asking for it, making it and fetching it are events in the stream of exports."""
    raw, fingerprint = asking.body()
    house = http.house()
    try:
        made = export_jobs.ask(house, http.actor(), read_order(house, raw), asking.key(fingerprint))
    except NotAvailable as error:
        raise Invalid((Problem(f"/{error.field}", "unavailable", str(error)),)) from None
    return http.answer(_shown(made), 202, {"Location": _at(made)})


@exports.get("/exports")
@operation("Your exports", answers={200: "Exports"}, problems=(403,))
@policy(GET=Policy.EXPORTS)
def my_exports() -> Response:
    """Those that you asked for, newest first, at most fifty."""
    return http.answer({"exports": [_shown(job) for job in export_jobs.mine(http.house(), http.actor())]})


@exports.get("/exports/<uuid:job>")
@operation("One of your exports", answers={200: "Export"}, parameters=_JOB, problems=(403, 404))
@policy(GET=Policy.EXPORTS)
def one_export(job: Any) -> Response:
    """Its state, and how many events of at most how many it holds so far. A file that is made can be fetched for a day."""
    return http.answer(_shown(export_jobs.one(http.house(), http.actor(), str(job))))


@exports.delete("/exports/<uuid:job>")
@operation("Cancel an export", answers={200: "Export"}, parameters=_JOB, problems=(403, 404, 409))
@policy(DELETE=Policy.EXPORTS)
def cancel_export(job: Any) -> Response:
    """Stops it where it waits or runs; where it is made, throws the file away."""
    return http.answer(_shown(export_jobs.cancel(http.house(), http.actor(), str(job))))


@exports.get("/exports/<uuid:job>/download")
@operation("Fetch an export", answers={200: "file"}, parameters=_JOB, problems=(403, 404, 409))
@policy(GET=Policy.EXPORTS)
def fetch_export(job: Any) -> Response:
    """The file, for a day after it was made. Whoever may no longer see all of it does not get it."""
    made, file = export_jobs.fetch(http.house(), http.actor(), str(job))
    return http.file_answer(file, made.name, FORMATS[made.order.form].media_type, made.bytes)


"""The receipt of an event as a file: the log's signed promise that it has it, to be kept outside the house."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from inspect_app import http
from inspect_app.access.parts import reach_of, sees_everything
from inspect_app.access.policy import Policy, policy
from inspect_app.access.reading import is_told
from inspect_app.errors import NotFound
from inspect_app.services.events import events_of

pages = Blueprint("receipts", __name__)


@pages.get("/cases/<uuid:uid>/receipts/<int(max=999999999):seq>")
@policy(GET=Policy.READS_CASE)
def keep(uid: Any, seq: int) -> Response:
    """For whoever is told of the event. It says the log, the hash of the event and when it was recorded, and nothing of the matter;
    `audit verify --receipts` holds the history against a folder of them."""
    house, actor = http.house(), http.actor()
    row = http.case(uid)
    with house.db.reading(reach_of(actor)) as session:
        event = next((e for e in events_of(session, row.id, seq - 1, 1) if e.seq == seq), None)
    if event is None or not is_told(row.workflow, event.trigger, event.role, None if sees_everything(actor) else row.parts):
        raise NotFound
    promise = http.receipt(event)
    if promise is None:
        raise NotFound("There is no key for receipts here.")
    name = f"receipt-{row.number}-{seq}.txt"
    return Response(str(promise["note"]), mimetype="text/plain", headers={"Content-Disposition": f'attachment; filename="{name}"'})

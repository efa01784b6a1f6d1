"""Events: the one way to change a case, alone, in a batch or as a sitting; and the history."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request

from inspect_app import http
from inspect_app.access.parts import reach_of, sees_everything
from inspect_app.access.policy import Policy, policy
from inspect_app.access.reading import is_told, readable
from inspect_app.api import asking
from inspect_app.api.operations import CASE, LIST, SEEN, Blueprint, operation
from inspect_app.errors import InSitting, Invalid, NotFound, Refusal, Refused, SeenRequired
from inspect_app.schemas.events import dump_event
from inspect_app.schemas.requests import act_of, read_batch, read_batched, read_limit, read_question, read_sitting, under
from inspect_app.services import batches, casework, queries
from inspect_app.services.events import events_of
from inspect_app.services.ledger import Event, Key
from inspect_app.services.queries import CaseRow
from inspect_app.services.untold import untold
from workflows.roles import Role

events = Blueprint("events", __name__, url_prefix=asking.BASE)


def _location(event: Event) -> str:
    return f"{asking.BASE}/cases/{event.case}/events/{event.seq}"


@events.post("/cases/<uuid:uid>/events")
@operation(
    "Act on a case",
    body="Act",
    answers={201: "Event"},
    headers=("Location", "ETag"),
    key=True,
    parameters=(*CASE, SEEN),
    problems=(400, 403, 404, 409, 412, 413, 415, 422, 428),
)
@policy(POST=Policy.ACTS_ON_CASE)
def fire(uid: Any) -> Response:
    """One act: it becomes an event, or it leaves no trace and every rule says why."""
    told, fingerprint = asking.body()
    key = asking.key(fingerprint)
    act = act_of(told, http.actor(), asking.seen())
    with asking.sentences_for(str(uid)):
        event = casework.fire(http.house(), str(uid), act, read=http.read_act, key=key)
    return http.answer(dump_event(event, http.receipt(event)), 201, {"Location": _location(event), "ETag": asking.etag(event.seq)})


@events.get("/cases/<uuid:uid>/events")
@operation("The history of a case", answers={200: "EventList"}, headers=("Link", "ETag"), parameters=(*CASE, *LIST), problems=(404, 422))
@policy(GET=Policy.READS_CASE)
def history(uid: Any) -> Response:
    """Oldest first. What the reader may not read is left out of `data` and named in `withheld`."""
    house, actor = http.house(), http.actor()
    row = http.case(uid)
    asked = read_question(request.args, frozenset({"limit", "cursor"}))
    limit, after = read_limit(asked), asking.after_cursor(asked.get("cursor"))
    with house.db.reading(reach_of(actor)) as session:
        found = list(events_of(session, row.id, after, limit + 1))
        kept = untold(session, row.id, row.workflow, _parts(row), actor.id)
    cursor = asking.cursor_after(found[limit - 1].seq) if len(found) > limit else None
    mine = [e for e in found[:limit] if is_told(row.workflow, e.trigger, e.role, _parts(row))]
    return http.answer(
        {"events": [_shown(row, e, kept) for e in mine], "cursor": cursor}, 200, {"ETag": asking.etag(row.seq)} | asking.next_link(asked, cursor)
    )


@events.get("/cases/<uuid:uid>/events/<int(max=999999999):seq>")
@operation(
    "One event",
    answers={200: "ReadEvent"},
    parameters=(
        *CASE,
        {
            "name": "seq",
            "in": "path",
            "required": True,
            "schema": {"type": "integer", "minimum": 0, "maximum": 999_999_999},
            "description": "Its number in the case.",
        },
    ),
    problems=(404,),
)
@policy(GET=Policy.READS_CASE)
def one(uid: Any, seq: int) -> Response:
    """One event, as the history has it."""
    house = http.house()
    row = http.case(uid)
    with house.db.reading(reach_of(http.actor())) as session:
        found = next((e for e in events_of(session, row.id, seq - 1, 1) if e.seq == seq), None)
        kept = untold(session, row.id, row.workflow, _parts(row), http.actor().id)
    if found is None or not is_told(row.workflow, found.trigger, found.role, _parts(row)):
        raise NotFound
    return http.answer(_shown(row, found, kept))


def _parts(row: CaseRow) -> frozenset[Role] | None:
    return None if sees_everything(http.actor()) else row.parts


def _shown(row: CaseRow, event: Event, kept: frozenset[int]) -> dict[str, Any]:
    data, withheld = readable(row.workflow, event.trigger, event.data, _parts(row), row.unredacted, untold=event.seq in kept)
    return dump_event(event) | {"data": data, "withheld": withheld}


@events.post("/events:batch")
@operation("Act on many cases", body="Batch", answers={200: "BatchResults"}, key=True, problems=(400, 413, 415, 422))
@policy(POST=Policy.WRITES)
def batch() -> Response:
    """Up to 100 acts, each its own transaction with an answer and a status of its own. Acts that touch a person's standing are refused here."""
    told, fingerprint = asking.body()
    key = asking.key(fingerprint)
    return http.answer(
        {"results": [_batched(one, Key(f"{key.key}/{n}" if n else key.key, key.request) if key else None) for n, one in enumerate(read_batch(told))]}
    )


def _batched(raw: Any, key: Key | None) -> dict[str, Any]:
    """One act of a batch, and its answer."""
    house, actor = http.house(), http.actor()
    case = None
    g.reads_inner = False
    try:
        asked = read_batched(raw, actor)
        if not asked.seen_given:
            raise SeenRequired
        row = queries.case(house, actor, asked.case)
        case = row.uid
        batches.refuse_alone(row, asked.act.trigger, http.language())
        event = casework.fire(house, case, asked.act, read=http.read_act, key=key)
    except Refusal as error:
        if isinstance(error, Refused) and case:
            g.reads_inner = asking.hears_inner(case)
        body, status = http.problem(error)
        return {"status": status, "problem": body}
    return {"status": 201, "event": dump_event(event, http.receipt(event)), "etag": asking.etag(event.seq)}


@events.post("/sittings")
@operation(
    "Type a meeting or a visit back", body="Sitting", answers={201: "SittingResult"}, key=True, problems=(400, 403, 404, 409, 412, 413, 415, 422, 428)
)
@policy(POST=Policy.WRITES)
def sitting() -> Response:
    """Several acts, all or none, dated the day it took place.

    What is wrong is said with a pointer that begins with `/acts/` and the number of the act.
    """
    told, fingerprint = asking.body()
    key = asking.key(fingerprint)
    asked = read_sitting(told, http.actor())
    try:
        done = casework.sit(http.house(), [(a.case, a.act) for a in asked], read=http.read_act, key=key)
    except InSitting as error:
        return _refused(error)
    return http.answer({"template": told["template"], "events": [dump_event(event, http.receipt(event)) for event in done]}, 201)


def _refused(error: InSitting) -> Response:
    """Why a sitting left no trace, and at which of its acts."""
    pointer = f"/acts/{error.act}"
    reason = under(error.reason, pointer) if isinstance(error.reason, Invalid) else error.reason
    if isinstance(reason, Refused):
        g.reads_inner = asking.hears_inner(error.case)
    return http.problem_answer(reason, pointer)

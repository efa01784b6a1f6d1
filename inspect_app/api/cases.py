"""Cases: opening them, the register, one case with its time limits and what can be done."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response, request

from inspect_app import http, i18n
from inspect_app.access.parts import sees_everything
from inspect_app.access.policy import Policy, policy
from inspect_app.access.reading import reads_inner
from inspect_app.api import asking
from inspect_app.api.operations import CASE, LIST, Blueprint, operation, query
from inspect_app.schemas.acts import read_moment
from inspect_app.schemas.cases import dump_case, dump_offers, dump_opened
from inspect_app.schemas.events import dump_event, moment, plain
from inspect_app.schemas.requests import read_limit, read_opening, read_question, read_truth
from inspect_app.services import casework, directory, lookups, offering, queries
from inspect_app.services.casework import Opening
from inspect_app.services.queries import SORTS, Filter
from workflows.acts import SYSTEM

cases = Blueprint("cases", __name__, url_prefix=asking.BASE)


@cases.post("/cases")
@operation(
    "Open a case",
    body="Opening",
    answers={201: "OpenedCase"},
    headers=("Location", "ETag"),
    key=True,
    needs_key=True,
    problems=(400, 403, 404, 409, 413, 415, 422),
)
@policy(POST=Policy.WRITES)
def open_case() -> Response:
    """Its first act is event 1. `trigger` may be left out where the workflow has only one way to begin; a case stands
    in its parent's dossier, or in a new one."""
    house, actor = http.house(), http.actor()
    told, fingerprint = asking.body()
    key = asking.key(fingerprint, needed=True)
    asked, act = read_opening(told, actor)
    workflow = house.catalogue.by_name.get(asked["workflow"])
    if not act.trigger and workflow is not None and len(workflow.openings) == 1:
        act = replace(act, trigger=workflow.openings[0].trigger)
    opening = Opening(
        asked["workflow"],
        act,
        asked["title"],
        asked["unit"],
        asked["parent"],
        asked["ruleset"] or directory.ruleset_of(house),
        rehearsal=bool(asked["rehearsal"]),
    )
    with asking.sentences_for(None):
        event = casework.open_case(house, opening, read=http.read_act, key=key)
    row = replace(queries.case(house, SYSTEM, event.case), state=event.after, seq=event.seq)
    return http.answer(
        dump_opened(row) | {"event": dump_event(event, http.receipt(event))}, 201,
        {"Location": f"{asking.BASE}/cases/{event.case}", "ETag": asking.etag(event.seq)}
    )


_QUESTIONS = frozenset(
    {"state", "workflow", "unit", "overdue", "assigned_to", "q", "updated_since", "dossier", "open", "contradictory", "sort", "limit", "cursor",
     "count", "rehearsal"}
)


@cases.get("/cases")
@operation(
    "The register",
    answers={200: "CaseList"},
    headers=("Link",),
    problems=(422,),
    parameters=(
        query("state", "Cases in this state."),
        query("workflow", "Cases under this workflow."),
        query("unit", "Cases of this unit, by code, or one below it."),
        query("overdue", "Cases whose first running limit is over, or those where none is.", enum=("true", "false")),
        query("assigned_to", "Cases in which this person plays a part."),
        query("q", "Words of the number and the title; marks over letters do not matter."),
        query("updated_since", "Cases that changed at this moment or later, ISO 8601 with its offset."),
        query("dossier", "Cases of this dossier."),
        query("open", "Cases that are open, or those that have ended.", enum=("true", "false")),
        query("contradictory", "Cases from a register that contradicts itself, or the others.", enum=("true", "false")),
        query("rehearsal", "Rehearsals alone, which stand in no other list.", enum=("true", "false")),
        query("sort", "The order.", enum=tuple(SORTS)),
        query("count", "With the total, counted up to a cap.", enum=("true", "false")),
        *LIST,
    ),
)
@policy(GET=Policy.SIGNED_IN)
def register() -> Response:
    """The cases that the reader may know of."""
    house, actor = http.house(), http.actor()
    asked = read_question(request.args, _QUESTIONS)
    since = read_moment(asked["updated_since"].replace(" ", "+"), "/updated_since")[0] if "updated_since" in asked else None
    wanted = Filter(
        state=asked.get("state"),
        workflow=asked.get("workflow"),
        unit=asked.get("unit"),
        overdue=read_truth(asked, "overdue"),
        assigned_to=asked.get("assigned_to"),
        q=asked.get("q"),
        updated_since=since,
        dossier=asked.get("dossier"),
        is_open=read_truth(asked, "open"),
        contradictory=read_truth(asked, "contradictory"),
        rehearsal=bool(read_truth(asked, "rehearsal")),
    )
    page = queries.register(house, actor, wanted, sort=asked.get("sort", "-updated"), limit=read_limit(asked), cursor=asked.get("cursor"))
    told: dict[str, Any] = {"cases": [dump_case(row) for row in page.rows], "cursor": page.cursor}
    if read_truth(asked, "count"):
        told["total"], told["total_capped"] = lookups.count(house, actor, wanted)
    return http.answer(told, 200, asking.next_link(asked, page.cursor))


@cases.get("/cases/<uuid:uid>")
@operation(
    "One case",
    answers={200: "Case", 304: None},
    headers=("ETag",),
    parameters=(
        *CASE,
        {
            "name": "If-None-Match",
            "in": "header",
            "required": False,
            "schema": {"type": "string"},
            "description": "The ETag one has: 304 where it still holds.",
        },
    ),
    problems=(404,),
)
@policy(GET=Policy.READS_CASE)
def show(uid: Any) -> Response:
    """Where a case stands. The ETag is the number of its newest event; a write sends it back as If-Match."""
    house, actor = http.house(), http.actor()
    row = http.case(uid)
    tag = {"ETag": asking.etag(row.seq)}
    if request.if_none_match.contains_weak(str(row.seq)):
        return Response(status=304, headers=tag)
    return http.answer(dump_case(row) | {"children": lookups.children(house, actor, row)}, 200, tag)


@cases.get("/cases/<uuid:uid>/transitions")
@operation("What can be done now", answers={200: "Transitions"}, headers=("ETag",), parameters=CASE, problems=(404,))
@policy(GET=Policy.READS_CASE)
def transitions(uid: Any) -> Response:
    """Every act out of the present state, allowed or not, with what it asks for; and for acts that the reader's own parts may do, what
    their rules say. `ok` is null where that is decided by what is entered; it is judged when the act is sent."""
    row = http.case(uid)
    taken, offers = offering.offers(http.house(), http.actor(), row.uid)
    inner = sees_everything(http.actor()) or reads_inner(taken.parts)
    return http.answer(
        {
            "case": taken.uid,
            "state": taken.state,
            "seq": taken.seq,
            "transitions": dump_offers(taken.workflow, taken.ruleset, http.language(), offers, inner),
        },
        200,
        {"ETag": asking.etag(taken.seq)},
    )


@cases.get("/cases/<uuid:uid>/clocks")
@operation("Its time limits", answers={200: "ClockList"}, parameters=CASE, problems=(404,))
@policy(GET=Policy.READS_CASE)
def clocks(uid: Any) -> Response:
    """Each limit, with the event it runs from, the calendar it was counted by, and why it ends on its day, line by line."""
    house = http.house()
    row = http.case(uid)
    rules = house.catalogue.rulesets_by_name[row.ruleset]
    return http.answer(
        {
            "clocks": [
                {
                    "name": c.clock.name,
                    "status": c.clock.status,
                    "due_on": c.clock.due_on.isoformat(),
                    "due_at": moment(c.clock.due_at),
                    "started_at": moment(c.clock.started_at),
                    "started_seq": c.clock.started_seq,
                    "limit": c.clock.limit,
                    "working_week": rules.values["working_week"],
                    "calendar": c.calendar,
                    "calendar_version": c.version,
                    "zone": house.zone.key,
                    "then": c.clock.then,
                    "ended_at": moment(c.clock.ended_at),
                    "lines": [
                        {"code": line.code, "values": plain(line.values), "says": i18n.line(line, http.language())} for line in c.lines
                    ],
                }
                for c in lookups.clocks(house, row)
            ],
            "away": lookups.away(house, row),
        }
    )

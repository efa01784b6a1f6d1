"""The log as witnesses and auditors fetch it (C2SP tlog-tiles), how it stands, and the proof of a case's history."""

from __future__ import annotations

from typing import Any

from flask import Blueprint as Bare
from flask import Response

from inspect_app import http
from inspect_app.access.parts import sees_everything
from inspect_app.access.policy import Policy, policy
from inspect_app.access.reading import HANDLING, is_told
from inspect_app.api import asking
from inspect_app.api.operations import CASE, Blueprint, operation
from inspect_app.audit import tiles
from inspect_app.errors import NotFound
from inspect_app.services import checkpoints, proofs
from inspect_app.services.checkpoints import Standing
from inspect_app.services.events import events_of

transparency = Blueprint("transparency", __name__, url_prefix=asking.BASE)
measures = Bare("measures", __name__)

_TILE = {"name": "place", "in": "path", "required": True, "schema": {"type": "string", "pattern": "^[0-9a-z./]{1,60}$"},
         "description": "Level and number of the tile, such as `0/x001/234` or `entries/000`; `.p/17` for the first 17 of one that is not full."}


@transparency.get("/log/checkpoint")
@operation("The newest checkpoint of the log", answers={200: "text"}, problems=(403, 404))
@policy(GET=Policy.READS_LOG)
def newest_checkpoint() -> Response:
    """A signed note of three lines: the log's name, how many leaves it has, the root over them (C2SP tlog-checkpoint)."""
    return Response(checkpoints.newest(http.house()).note, mimetype="text/plain")


@transparency.get("/log/tile/<path:place>")
@operation("A tile of the log", answers={200: "file"}, parameters=(_TILE,), problems=(403, 404))
@policy(GET=Policy.READS_LOG)
def tile(place: str) -> Response:
    """256 hashes of the tree, or the entries under a tile of the lowest level, each behind its length in two bytes (C2SP tlog-tiles). They hold
    hashes, numbers and moments, and no personal data."""
    wanted = tiles.read_path(place)
    if wanted is None:
        raise NotFound
    level, idx, width = wanted
    return Response(checkpoints.tile_of(http.house(), level, idx, width), mimetype="application/octet-stream")


@transparency.get("/log")
@operation("How the log stands", answers={200: "LogStanding"}, problems=(403,))
@policy(GET=Policy.READS_LOG)
def standing() -> Response:
    """How many leaves it has, how many are under a signed checkpoint, what waits and for how long, and the keys that sign."""
    house = http.house()
    stands = checkpoints.standing(house)
    with house.db.reading() as session:
        keys = [key.written() for key in checkpoints.known(session)]
    return http.answer({"log": house.log, "size": stands.size, "signed": stands.signed, "waiting": stands.waiting,
                        "waits_seconds": stands.waits // 1_000_000, "unsigned_seconds": stands.unsigned // 1_000_000,
                        "trouble": stands.trouble, "keys": keys})


@transparency.get("/cases/<uuid:uid>/proof")
@operation("The proof of its history", answers={200: "CaseProof"}, parameters=CASE, problems=(404,))
@policy(GET=Policy.READS_CASE)
def proof(uid: Any) -> Response:
    """That its events are in the log, under the newest signed checkpoint; for whoever handles the case also that there are no others. `waiting`
    says how many are not under it yet."""
    house, row = http.house(), http.case(uid)
    if row.parts & HANDLING or sees_everything(http.actor()):
        return http.answer(proofs.of_case(house, row.id))
    with house.db.reading("all") as session:
        told = frozenset(e.seq for e in events_of(session, row.id) if is_told(row.workflow, e.trigger, e.role, row.parts))
    return http.answer(proofs.of_case(house, row.id, told))


@measures.get("/healthz/log")
@policy(GET=Policy.PUBLIC)
def log_is_kept() -> Response:
    """503 where the log is late or unsigned. Whoever serves goes on serving: no act waits for the log."""
    trouble = checkpoints.standing(http.house()).trouble
    return http.answer({"log": trouble or "kept"}, 503 if trouble else 200)


@measures.get("/metrics")
@policy(GET=Policy.MEASURES)
def metrics() -> Response:
    """For Prometheus, with a token of an auditor or administrator."""
    return Response("".join(_lines(checkpoints.standing(http.house()))), mimetype="text/plain")


def _lines(stands: Standing) -> list[str]:
    told = {"inspect_log_leaves": stands.size, "inspect_log_signed_leaves": stands.signed, "inspect_log_waiting_events": stands.waiting,
            "inspect_log_oldest_waiting_seconds": stands.waits / 1e6, "inspect_log_unsigned_seconds": stands.unsigned / 1e6,
            "inspect_log_in_trouble": int(stands.trouble is not None)}
    return [f"# TYPE {name} gauge\n{name} {value}\n" for name, value in told.items()]

"""Evidence: files, and references to papers kept elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import IO, Any
from urllib.parse import quote

from flask import Response, request

from inspect_app import http
from inspect_app.access.policy import Policy, policy
from inspect_app.access.reading import only_spoke
from inspect_app.api import asking
from inspect_app.api.operations import CASE, SEEN, Blueprint, operation
from inspect_app.errors import Invalid, Problem, Unreadable
from inspect_app.schemas.acts import step
from inspect_app.schemas.events import dump_event, moment
from inspect_app.schemas.requests import act_of
from inspect_app.services import casework
from inspect_app.services import evidence as files
from inspect_app.services.evidence import OF_FILE, Item, Kept
from workflows.acts import Act
from workflows.entries import ADD_EVIDENCE

evidence = Blueprint("evidence", __name__, url_prefix=asking.BASE)

NUMBER = {
    "name": "n",
    "in": "path",
    "required": True,
    "schema": {"type": "integer", "minimum": 0, "maximum": 999_999_999},
    "description": "The number of the item in the case.",
}
"""What a stored file answers itself."""
_OUTER = ("occurred_at", "on_behalf_of", "recorded_for")
_PIECE = 65_536


@evidence.post("/cases/<uuid:uid>/evidence")
@operation(
    "Add evidence",
    body="EvidenceReference",
    form="EvidenceFile",
    answers={201: "AddedEvidence"},
    headers=("Location", "ETag"),
    key=True,
    parameters=(*CASE, SEEN),
    problems=(400, 403, 404, 409, 412, 413, 415, 422, 428),
)
@policy(POST=Policy.ACTS_ON_CASE)
def add(uid: Any) -> Response:
    """A file as multipart, with its description; or, as JSON, a reference to a paper kept elsewhere. The file is stored
    first; the event commits to its SHA-256, size and kind."""
    house, actor = http.house(), http.actor()
    seen = asking.seen()
    row = http.case(uid)
    is_file = request.mimetype == "multipart/form-data"
    told = dict(request.form.items()) if is_file else _reference()
    told.pop("csrf_token", None)
    if wrong := [name for name in told if name in OF_FILE - ({"sha256"} if not is_file else set())]:
        raise Invalid(tuple(Problem(f"/{step(name)}", "unknown", "The file answers this itself; leave it out.") for name in wrong))
    kept = _kept(only_spoke(row.parts)) if is_file else None
    with files.until_told(house, kept):
        key = asking.key(asking.fingerprint(told | ({"sha256": kept.sha256} if kept else {})))
        act = _act(told, kept, act_of({"trigger": ADD_EVIDENCE.trigger, **{name: told[name] for name in _OUTER if name in told}}, actor, seen))
        with asking.sentences_for(row.uid):
            try:
                event = casework.fire(house, row.uid, act, read=http.read_act, key=key)
            except Invalid as error:
                raise Invalid(tuple(p._replace(pointer=p.pointer.removeprefix("/data") or "/") for p in error.problems)) from None
    n = files.number_of(house, row.id, event.seq)
    return http.answer(
        {"n": n, "event": dump_event(event, http.receipt(event))}, 201,
        {"Location": f"{asking.BASE}/cases/{row.uid}/evidence/{n}", "ETag": asking.etag(event.seq)}
    )


def _reference() -> dict[str, Any]:
    told = asking.parsed(asking.raw_body())
    if not isinstance(told, dict):
        raise Unreadable("Send a JSON object.")
    if not told.get("reference"):
        raise Invalid((Problem("/reference", "required", "Name the paper: file number, place, pages; or send a file as multipart."),))
    return told


def _kept(of_reporter: bool) -> Kept:
    sent = request.files.getlist("file")
    if len(sent) != 1 or len(request.files) != 1 or not sent[0].filename:
        raise Invalid((Problem("/file", "required", "Send one file, in the part “file”."),))
    return files.store(http.house(), sent[0].stream, sent[0].filename, sent[0].mimetype, of_reporter=of_reporter)


def _act(told: dict[str, Any], kept: Kept | None, bare: Act) -> Act:
    """The act that the entry asks for: what was told, and what the file answers."""
    data = {name: value for name, value in told.items() if name not in _OUTER}
    if kept is None:
        return replace(bare, data=data | {"held_as": "reference"})
    return replace(bare, data=data | kept.told(), stored_as=kept.stored_as)


@evidence.get("/cases/<uuid:uid>/evidence")
@operation("Its evidence", answers={200: "EvidenceList"}, parameters=CASE, problems=(404,))
@policy(GET=Policy.READS_CASE)
def listed(uid: Any) -> Response:
    """By number. A party sees what it added itself, and what is cited in what it may read."""
    house, actor = http.house(), http.actor()
    row = http.case(uid)
    return http.answer({"evidence": [_shown(row.uid, one) for one in files.items(house, row, actor)]})


def _shown(uid: str, one: Item) -> dict[str, Any]:
    return {
        "n": one.n,
        "seq": one.seq,
        "held_as": one.held_as,
        "description": one.said.get("description"),
        "reference": one.said.get("reference"),
        "filename": one.said.get("filename"),
        "sha256": one.sha256,
        "size": one.size,
        "media_type": one.media_type,
        "added_at": moment(one.added_at),
        "withdrawn": one.withdrawn_seq is not None,
        "file": f"{asking.BASE}/cases/{uid}/evidence/{one.n}" if one.stored_as else None,
    }


@evidence.get("/cases/<uuid:uid>/evidence/<int(max=999999999):n>")
@operation("The file of an item", answers={200: "file"}, parameters=(*CASE, NUMBER), problems=(404,))
@policy(GET=Policy.READS_CASE)
def download(uid: Any, n: int) -> Response:
    """As an attachment, once its SHA-256 is found to be the one its event committed to."""
    house, actor = http.house(), http.actor()
    row = http.case(uid)
    one = files.item(house, row, actor, n)
    return sent_file(*files.content(house, one), str(one.said.get("filename") or f"{row.number}-{one.n}"), one)


def sent_file(file: IO[bytes], size: int, name: str, one: Item) -> Response:
    """A file that was kept, as an attachment."""
    plain = "".join(c if (c.isascii() and c.isalnum()) or c in "._-" else "_" for c in name)
    response = Response(
        _pieces(file),
        200,
        {
            "Content-Length": str(size),
            "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "ETag": f'"{one.sha256}"',
        },
        mimetype=one.media_type,
    )
    response.call_on_close(file.close)
    return response


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece

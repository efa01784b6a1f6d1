"""Papers: those of a case, drawn from texts; and the texts and numbering schemes themselves, which administrators change."""

from __future__ import annotations

from typing import Any

from flask import Response

from inspect_app import http
from inspect_app.access.policy import Policy, policy
from inspect_app.api import asking
from inspect_app.api.evidence import NUMBER, sent_file
from inspect_app.api.operations import CASE, SEEN, Blueprint, operation
from inspect_app.schemas import papers as gate
from inspect_app.schemas.events import dump_event, moment
from inspect_app.services import evidence, paper_laws
from inspect_app.services import papers as service

papers = Blueprint("paper_api", __name__, url_prefix=asking.BASE)

_KIND = tuple({"name": name, "in": "path", "required": True, "schema": {"type": "string"}, "description": says} for name, says in (
    ("ruleset", "The ruleset of the case."), ("kind", "The kind of paper.")))
_LANGUAGE = ({"name": "language", "in": "path", "required": True, "schema": {"type": "string"}, "description": "The language of the text."},)
_BAD = (400, 403, 404, 413, 415, 422)


@papers.get("/cases/<uuid:uid>/papers")
@operation("Its papers", answers={200: "PaperList"}, parameters=CASE, problems=(404,))
@policy(GET=Policy.READS_CASE)
def listed(uid: Any) -> Response:
    """Those that were drawn and that the reader may read, newest first; and for whoever draws papers what may be drawn now."""
    house, actor = http.house(), http.actor()
    row = http.case(uid)
    drawn = [gate.dump_drawn(one, f"{asking.BASE}/cases/{row.uid}/papers/{one.n}") for one in service.listed(house, actor, row)]
    may = service.offered(house, row, http.language()) if service.may_draw(row, actor) else []
    return http.answer({"papers": drawn, "offered": [gate.dump_offered(one) for one in may]})


@papers.post("/cases/<uuid:uid>/papers")
@operation("Draw a paper", body="NewPaper", answers={201: "DrawnPaper"}, headers=("Location", "ETag"), key=True, parameters=(*CASE, SEEN),
           problems=(400, 403, 404, 409, 412, 413, 415, 422, 428))
@policy(POST=Policy.ACTS_ON_CASE)
def draw(uid: Any) -> Response:
    """From its text and what the case says: numbered by the house's scheme, marked, kept with its hash, and recorded as an event. A decision
    waits up to five seconds for a checkpoint that covers it; without one it says that it is not yet witnessed."""
    house, actor = http.house(), http.actor()
    told, fingerprint = asking.body()
    row = service.drawing(http.case(uid), actor)
    asked = gate.read_new(told)
    event = service.draw(house, actor, row, asked["kind"], asked["language"], asked["marking"], seen=asking.seen(), read=http.read_act,
                         key=asking.key(fingerprint))
    n = evidence.number_of(house, row.id, event.seq)
    return http.answer({"n": n, "event": dump_event(event, http.receipt(event))}, 201,
                       {"Location": f"{asking.BASE}/cases/{row.uid}/papers/{n}", "ETag": asking.etag(event.seq)})


@papers.get("/cases/<uuid:uid>/papers/<int(max=999999999):n>")
@operation("The PDF of a paper", answers={200: "file"}, parameters=(*CASE, NUMBER), problems=(404,))
@policy(GET=Policy.READS_CASE)
def download(uid: Any, n: int) -> Response:
    """Once its SHA-256 is found to be the one its event committed to."""
    house, actor = http.house(), http.actor()
    row = http.case(uid)
    drawn, item = service.one(house, actor, row, n)
    return sent_file(*evidence.content(house, item), str(drawn.said.get("filename") or f"{row.number}-{n}.pdf"), item)


@papers.get("/papers")
@operation("The kinds of paper", answers={200: "PaperKindList"})
@policy(GET=Policy.SIGNED_IN)
def kinds() -> Response:
    """Under every ruleset: which acts give each, who may read it, and the numbering in force."""
    return http.answer({"kinds": [gate.dump_kind(row, http.language()) for row in paper_laws.listed(http.house())]})


@papers.get("/papers/<ruleset>/<kind>")
@operation("A kind of paper", answers={200: "PaperKind"}, parameters=_KIND, problems=(403, 404))
@policy(GET=Policy.ADMINISTERS)
def kind_(ruleset: str, kind: str) -> Response:
    """Its texts in force, and every version that was kept."""
    row = paper_laws.shown(http.house(), ruleset, kind)
    return http.answer(gate.dump_kind(row, http.language()) | {
        "texts": row["texts"], "kept": [one | {"at": moment(one["at"])} for one in row["kept"]]})


@papers.post("/papers/<ruleset>/<kind>/texts/<language>")
@operation("A new text of a paper", body="NewPaperText", answers={201: "Administered"}, key=True, parameters=(*_KIND, *_LANGUAGE), problems=_BAD)
@policy(POST=Policy.ADMINISTERS)
def change_text(ruleset: str, kind: str, language: str) -> Response:
    """It makes a new version; what was drawn before keeps its own. What it may name is a closed list, and nothing in it is ever carried out."""
    raw, fingerprint = asking.body()
    done = paper_laws.change_text(http.house(), http.actor(), ruleset, kind, language, gate.read_text(raw), key=asking.key(fingerprint))
    return http.answer({"what": done.what, "facts": done.facts}, 201)


@papers.post("/papers/<ruleset>/<kind>/numbering")
@operation("A new numbering of a paper", body="NewPaperNumbering", answers={201: "Administered"}, key=True, parameters=_KIND, problems=_BAD)
@policy(POST=Policy.ADMINISTERS)
def change_numbering(ruleset: str, kind: str) -> Response:
    """`{number}`, or `{number:02}`, once; beside it `{year}`, `{body}` and `{unit}`. Empty: such a paper bears no number."""
    raw, fingerprint = asking.body()
    done = paper_laws.change_scheme(http.house(), http.actor(), ruleset, kind, gate.read_scheme(raw), key=asking.key(fingerprint))
    return http.answer({"what": done.what, "facts": done.facts}, 201)

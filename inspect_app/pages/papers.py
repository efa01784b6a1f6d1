"""Papers of a case: which there are, how one would read, drawing it, and the paper itself."""

from __future__ import annotations

from collections.abc import Iterator
from secrets import token_urlsafe
from typing import IO, Any
from urllib.parse import quote

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from inspect_app import http
from inspect_app.access.policy import Policy, policy
from inspect_app.exports.papers import render
from inspect_app.pages.repeating import key_of
from inspect_app.services import directory, evidence, papers
from inspect_app.services.queries import CaseRow
from workflows.paper_entries import LANGUAGE, MARKINGS

pages = Blueprint("papers", __name__)

PDF = "application/pdf"
_PIECE = 65_536


@pages.get("/cases/<uuid:uid>/papers")
@policy(GET=Policy.READS_CASE)
def listed(uid: Any) -> str:
    """What was drawn, and what may be."""
    house, actor = http.house(), http.actor()
    row = http.case(uid)
    draws = papers.may_draw(row, actor)
    return render_template("papers.html", row=row, drawn=papers.listed(house, actor, row),
                           offered=papers.offered(house, row, http.language()) if draws else ())


@pages.route("/cases/<uuid:uid>/papers/draw/<kind>", methods=["GET", "POST"])
@policy(GET=Policy.READS_CASE, POST=Policy.ACTS_ON_CASE)
def draw(uid: Any, kind: str) -> Answer | str:
    """The paper as it would read; sent, it is drawn."""
    house, actor = http.house(), http.actor()
    row = _drawing(uid)
    sent = request.form if request.method == "POST" else request.args
    language, marking = sent.get("language") or http.language(), sent.get("marking") or "none"
    if request.method == "POST":
        seen = int(sent["seen"]) if sent.get("seen", "").isdigit() and len(sent["seen"]) < 10 else None
        event = papers.draw(house, actor, row, kind, language, marking, seen=seen, read=http.read_act, key=key_of())
        return redirect(url_for("papers.show", uid=row.uid, n=evidence.number_of(house, row.id, event.seq)), 303)
    made = papers.compose(house, actor, row, kind, language, marking)
    return render_template("paper_draw.html", row=row, kind=kind, made=made, markings=MARKINGS, languages=LANGUAGE.options, chosen=language,
                           marked=marking, key=token_urlsafe(16))


@pages.get("/cases/<uuid:uid>/papers/draw/<kind>/preview.pdf")
@policy(GET=Policy.READS_CASE)
def preview(uid: Any, kind: str) -> Response:
    """The same as PDF; nothing is kept and no number taken."""
    row = _drawing(uid)
    made = papers.compose(http.house(), http.actor(), row, kind, request.args.get("language") or http.language(),
                          request.args.get("marking") or "none")
    return Response(render(made.sheet), 200, {"Content-Disposition": f"inline; filename=\"{row.number}-preview.pdf\""}, mimetype=PDF)


@pages.get("/cases/<uuid:uid>/papers/<int(max=999999999):n>")
@policy(GET=Policy.READS_CASE)
def show(uid: Any, n: int) -> str:
    """A paper that was drawn: its number, its hash, and the checkpoint that its event is under now."""
    house, actor = http.house(), http.actor()
    row = http.case(uid)
    drawn, item = papers.one(house, actor, row, n)
    return render_template("paper.html", row=row, drawn=drawn, item=item, markings=dict(MARKINGS), kind=house.catalogue.papers(row.ruleset).get(
        str(drawn.said.get("kind"))), who=directory.names(house, [papers.drawn_by(house, row, drawn.seq)]))


@pages.get("/cases/<uuid:uid>/papers/<int(max=999999999):n>/file")
@policy(GET=Policy.READS_CASE)
def download(uid: Any, n: int) -> Response:
    """The PDF, once its SHA-256 is found to be the one its event committed to."""
    house, actor = http.house(), http.actor()
    row = http.case(uid)
    drawn, item = papers.one(house, actor, row, n)
    file, size = evidence.content(house, item)
    return sent_file(file, size, str(drawn.said.get("filename") or f"{row.number}-{n}.pdf"), str(item.sha256))


def sent_file(file: IO[bytes], size: int, name: str, digest: str) -> Response:
    """A kept PDF as an answer."""
    plain = "".join(c if (c.isascii() and c.isalnum()) or c in "._-" else "_" for c in name)
    response = Response(_pieces(file), 200, {
        "Content-Length": str(size), "Content-Disposition": f"inline; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
        "ETag": f'"{digest}"'}, mimetype=PDF)
    response.call_on_close(file.close)
    return response


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece


def _drawing(uid: Any) -> CaseRow:
    """The case, for somebody who draws papers in it. Raises `NotYours`."""
    return papers.drawing(http.case(uid), http.actor())

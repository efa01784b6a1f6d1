"""Taking histories away: what, in which form; the taking is an event of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile

from flask import Blueprint, Response, render_template, request

from inspect_app import http, i18n
from inspect_app.access.policy import Policy, policy
from inspect_app.errors import Refusal
from inspect_app.exports.formats import FORMATS
from inspect_app.pages.keeping import gives_back, sent
from inspect_app.services import exporting
from inspect_app.services.exporting import Wanted

pages = Blueprint("exports", __name__)


@pages.route("/exports", methods=["GET", "POST"])
@policy(GET=Policy.EXPORTS, POST=Policy.EXPORTS)
@gives_back
def choose() -> Response | str | tuple[str, int]:
    if request.method == "GET":
        return render_template("exports.html", formats=FORMATS, wrong=None, asked=sent() or request.args)
    kind, number = request.form.get("format", ""), request.form.get("case", "").strip()
    if kind not in FORMATS:
        return render_template("exports.html", formats=FORMATS, wrong=i18n.say(http.language(), "exports.format_needed"), asked=request.form), 422
    with NamedTemporaryFile(suffix=f".{kind}", delete=False) as place:
        path = Path(place.name)
    try:
        exporting.export(http.house(), http.actor(), Wanted(number or None, request.form.get("query", "").strip() or None), kind, path)
    except Refusal as error:
        path.unlink(missing_ok=True)
        return render_template("exports.html", formats=FORMATS, wrong=str(error), asked=request.form), 422
    name = f"{number or 'histories'}.{FORMATS[kind].extension}"
    return Response(_sent(path), mimetype=FORMATS[kind].media_type,
                    headers={"Content-Disposition": f'attachment; filename="{name}"', "Content-Length": str(path.stat().st_size)})


def _sent(path: Path) -> Iterator[bytes]:
    """The file in pieces; it is gone afterwards."""
    try:
        with path.open("rb") as file:
            while piece := file.read(65_536):
                yield piece
    finally:
        path.unlink(missing_ok=True)

"""Signing in and out, and the language one reads in."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from inspect_app import http, log
from inspect_app.access.policy import Policy, policy
from inspect_app.errors import Unknown
from inspect_app.services import identity
from workflows.words import LANGUAGES

pages = Blueprint("signing", __name__)


def _back(path: str | None) -> str:
    """A path of our own to return to; anything else leads home."""
    parts = urlsplit(path or "")
    return (
        path
        if path and not parts.scheme and not parts.netloc and path.startswith("/") and not path.startswith(("//", "/\\"))
        else url_for("home.work")
    )


@pages.route("/sign-in", methods=["GET", "POST"])
@policy(GET=Policy.PUBLIC, POST=Policy.PUBLIC)
def sign_in() -> Answer | str | tuple[str, int]:
    after = _back(request.values.get("next"))
    if request.method == "GET":
        return redirect(after, 303) if g.actor else render_template("sign_in.html", after=after, wrong=None)
    try:
        secret = identity.sign_in(http.house(), request.form.get("login", "").strip()[:100], request.form.get("password", "")[:1000])
    except Unknown:
        log.refused_sign_in()
        return render_template("sign_in.html", after=after, wrong=True), 401
    answer = redirect(after, 303)
    answer.set_cookie(http.cookie_name(), secret, httponly=True, secure=current_app.config["HTTPS"], samesite="Lax", path="/")
    return answer


@pages.post("/sign-out")
@policy(POST=Policy.SIGNED_IN)
def sign_out() -> Answer:
    identity.sign_out(http.house(), request.cookies.get(http.cookie_name(), ""))
    answer = redirect(url_for("signing.sign_in"), 303)
    answer.delete_cookie(http.cookie_name(), path="/", secure=current_app.config["HTTPS"], httponly=True, samesite="Lax")
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@pages.post("/language")
@policy(POST=Policy.SIGNED_IN)
def language() -> Answer:
    chosen = request.form.get("language", "")
    if chosen in LANGUAGES:
        identity.use_language(http.house(), http.actor(), chosen)
    return redirect(_back(request.form.get("next")), 303)


@pages.get("/favicon.ico")
@policy(GET=Policy.PUBLIC)
def favicon() -> Response:
    answer = make_response(current_app.send_static_file("favicon.svg"))
    answer.headers["Cache-Control"] = "public, max-age=86400"
    return answer

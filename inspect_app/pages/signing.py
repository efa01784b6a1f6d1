"""Signing in and out, the second factor, proving once more who one is, and the welcome of a one-time link."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from inspect_app import http, i18n, log
from inspect_app.access.policy import Policy, policy
from inspect_app.errors import Invalid, NotFound, TooMany, Unknown
from inspect_app.services import identity, links, sessions
from inspect_app.services.identity import Entered
from workflows.words import LANGUAGES

pages = Blueprint("signing", __name__)


def back_to(path: str | None) -> str:
    """A path of our own to return to; anything else leads home."""
    parts = urlsplit(path or "")
    return (
        path
        if path and path.isprintable() and not parts.scheme and not parts.netloc and path.startswith("/") and not path.startswith(("//", "/\\"))
        else url_for("home.work")
    )


def with_cookie(answer: Answer, name: str, value: str | None, minutes: int | None = None) -> Answer:
    """The answer with a cookie that no script can read, or with its removal."""
    how = {"httponly": True, "secure": bool(current_app.config["HTTPS"]), "samesite": "Lax", "path": "/"}
    if value is None:
        answer.delete_cookie(http.cookie_name(name), **how)  # type: ignore[arg-type]
    else:
        answer.set_cookie(http.cookie_name(name), value, max_age=minutes * 60 if minutes else None, **how)  # type: ignore[arg-type]
    return answer


def entered(done: Entered, after: str) -> Answer:
    """Somebody has come in: with the session's cookie to where they wanted to go, or half, to the second factor."""
    if done.half is not None:
        return with_cookie(redirect(url_for("signing.second", next=after), 303), "half", done.half, 10)
    return with_cookie(with_cookie(redirect(after, 303), "sid", done.secret), "half", None)


def refused(template: str, error: Unknown | TooMany, **shown: object) -> Answer:
    """The form once more, with what is wrong; it is logged that somebody was refused, and not who."""
    log.refused_sign_in()
    wait = -(-error.wait // 60) if isinstance(error, TooMany) else None
    answer = make_response(render_template(template, wrong=True, wait=wait, **shown), 429 if wait else 401)
    http.wait_header(answer, error)
    return answer


@pages.route("/sign-in", methods=["GET", "POST"])
@policy(GET=Policy.PUBLIC, POST=Policy.PUBLIC)
def sign_in() -> Answer | str:
    after = back_to(request.values.get("next"))
    shown = {"after": after, "kept": bool(request.values.get("kept")), "provider": http.house().provider is not None}
    if request.method == "GET":
        return redirect(after, 303) if g.actor else render_template("sign_in.html", wrong=None, welcome=bool(request.args.get("welcome")), **shown)
    try:
        done = identity.sign_in(http.house(), request.form.get("login", "").strip()[:100], request.form.get("password", "")[:4000], http.place())
    except (Unknown, TooMany) as error:
        return refused("sign_in.html", error, **shown)
    return entered(done, after)


@pages.route("/sign-in/second", methods=["GET", "POST"])
@policy(GET=Policy.PUBLIC, POST=Policy.PUBLIC)
def second() -> Answer | str:
    after = back_to(request.values.get("next"))
    half = request.cookies.get(http.cookie_name("half"), "")
    if not identity.is_half(http.house(), half):
        return redirect(url_for("signing.sign_in", next=after), 303)
    if request.method == "GET":
        return render_template("second.html", after=after, wrong=None)
    try:
        done = identity.finish(http.house(), half, request.form.get("code", "")[:100], http.place())
    except (Unknown, TooMany) as error:
        return refused("second.html", error, after=after)
    return entered(done, after)


@pages.route("/prove", methods=["GET", "POST"])
@policy(GET=Policy.SIGNED_IN, POST=Policy.SIGNED_IN)
def prove() -> Answer | str:
    after = back_to(request.values.get("next"))
    kept = request.values.get("kept")
    shown = {"after": after, "kept": kept, "asked": identity.asked(http.house(), http.actor()), "provider": http.house().provider is not None}
    if request.method == "GET":
        return render_template("prove.html", wrong=None, **shown)
    try:
        secret = identity.prove(http.house(), g.signed, request.form.get("password", "")[:4000], request.form.get("code", "")[:100],
                                http.place().address)
    except (Unknown, TooMany) as error:
        return refused("prove.html", error, **shown)
    return with_cookie(redirect(after, 303), "sid", secret)


@pages.route("/welcome/<secret>", methods=["GET", "POST"])
@policy(GET=Policy.PUBLIC, POST=Policy.PUBLIC)
def welcome(secret: str) -> Answer | str | tuple[str, int]:
    """The page of a one-time link: the person chooses a password, and nobody else does."""
    wrong: dict[str, str] = {}
    try:
        for_whom = links.look(http.house(), secret)
        g.written_to = for_whom.language
        if request.method == "POST":
            links.use(http.house(), secret, request.form.get("password", "")[:4000], request.form.get("again", "")[:4000])
            answer: Answer = redirect(url_for("signing.sign_in", welcome=1, language=http.language()), 303)
            return with_cookie(answer, "sid", None)
    except NotFound:
        log.refused_sign_in()
        return render_template("link_over.html"), 404
    except Invalid as error:
        wrong = told(error)
    return render_template("welcome.html", whom=for_whom, wrong=wrong), 422 if wrong else 200


def told(error: Invalid) -> dict[str, str]:
    """What is wrong, by field, in the reader's words."""
    return {p.pointer.strip("/"): i18n.problem_words(http.language(), p) for p in error.problems}


@pages.post("/sign-out")
@policy(POST=Policy.SIGNED_IN)
def sign_out() -> Answer:
    sessions.sign_out(http.house(), request.cookies.get(http.cookie_name(), ""))
    answer = with_cookie(redirect(url_for("signing.sign_in"), 303), "sid", None)
    answer.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    g.signed = None
    return answer


@pages.post("/language")
@policy(POST=Policy.SIGNED_IN)
def language() -> Answer:
    chosen = request.form.get("language", "")
    if chosen in LANGUAGES:
        identity.use_language(http.house(), http.actor(), chosen)
    return redirect(back_to(request.form.get("next")), 303)


@pages.get("/favicon.ico")
@policy(GET=Policy.PUBLIC)
def favicon() -> Response:
    answer = make_response(current_app.send_static_file("favicon.svg"))
    answer.headers["Cache-Control"] = "public, max-age=86400"
    return answer

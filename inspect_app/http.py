"""What both web doors share: who is asking, whether they may come in, how a refusal is said, and the headers of every answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import IO, Any
from urllib.parse import urlsplit

import orjson
from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError
from werkzeug.wrappers import Response as Answer

from inspect_app import i18n, log
from inspect_app.access.policy import MAY_BE_OPENED, Policy, can
from inspect_app.db import is_away
from inspect_app.errors import (
    Disposed,
    Invalid,
    KeyReused,
    NotFound,
    NotNow,
    NotYours,
    Refusal,
    Refused,
    SeenRequired,
    Stale,
    TooMany,
    Unknown,
    Unproven,
    Unreadable,
    Unsecured,
)
from inspect_app.schemas import acts as gate
from inspect_app.services import checkpoints, directory, queries, readings, sessions, tokens
from inspect_app.services.house import House
from inspect_app.services.ledger import Event
from inspect_app.services.queries import CaseRow
from inspect_app.services.sessions import Place
from inspect_app.services.tokens import Scope
from workflows.acts import Act, Actor
from workflows.calendar import day_of
from workflows.definition import Transition, Workflow
from workflows.roles import PERSONAL
from workflows.words import LANGUAGES

_PIECE = 65_536
"""Bytes of a file that are sent at once."""
SAFE = ("GET", "HEAD", "OPTIONS")
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_ALWAYS = tuple((name.lower(), name, value) for name, value in HEADERS.items())
_UNKEPT = (*_ALWAYS, ("cache-control", "Cache-Control", "no-store"), ("vary", "Vary", "Cookie"))
"""What an answer says where its view did not say it; files of the application itself may be kept by a browser, nothing else."""

SIGNING = ("/sign-in", "/sign-in/second")
"""Forms that begin a session: they have to come from our own page, and carry no token of the session of before."""

ASSURED = {Policy.EXPORTS: Scope.EXPORT, Policy.AGREES: Scope.DECIDE, Policy.ADMINISTERS: Scope.ADMINISTER}
"""Doors through which nothing is sent without `assure`."""

STATUS: dict[type[Refusal], tuple[int, str, str]] = {
    Unreadable: (400, "unreadable", "The request cannot be read."),
    Unknown: (401, "unknown", "Who are you?"),
    Unproven: (401, "unproven", "Prove once more who you are."),
    Unsecured: (403, "unsecured", "This needs a second factor."),
    TooMany: (429, "slow_down", "Wait a while."),
    NotYours: (403, "not_yours", "This act is for someone else."),
    Disposed: (410, "disposed", "This case was disposed of."),
    NotFound: (404, "not_found", "There is no such thing here."),
    NotNow: (409, "not_now", "This is not possible from the present state."),
    Stale: (412, "stale", "The case has moved on."),
    Invalid: (422, "invalid", "Some fields need another value."),
    Refused: (422, "refused", "The rules do not allow this as things stand."),
    KeyReused: (422, "key_reused", "This key was used for another request."),
    SeenRequired: (428, "seen_required", "Say which event you saw."),
}


SOON = 5
"""Seconds after which a database that could not be reached is tried again."""


class OutOfDate(Unreadable):
    """A form of our own that belongs to another sign-in."""


def house() -> House:
    """The installation behind this application."""
    found: House = current_app.extensions["house"]
    return found


def actor() -> Actor:
    """Who is asking. Raises `Unknown` where nobody has signed in."""
    found: Actor | None = g.get("actor")
    if found is None:
        raise Unknown
    return found


def case(uid: object) -> CaseRow:
    """The case named in the address, as this reader sees it; that it was opened is noted after the answer. Raises `NotFound`."""
    row = queries.case(house(), actor(), str(uid))
    opens(row)
    return row


def opens(row: CaseRow) -> None:
    """This request shows a case: where it is answered, that it was opened is noted after the answer."""
    g.opened = row


def language() -> str:
    """The reader's language: their own, else what the address asks for (`language`), else that of the account a link was made for,
    else what the browser asks for."""
    someone: Actor | None = g.get("actor")
    if someone is None and (asked := request.args.get("language")) in LANGUAGES:
        return str(asked)
    return someone.language if someone else g.get("written_to", "") or request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def kept_as(rule: str) -> str:
    """What a key by which content is kept is called; the key itself where the house's ruleset has no word for it."""
    part, _, code = rule.partition(".")
    return house().catalogue.rulesets_by_name[directory.ruleset_of(house())].term(part, code).say(language())


def place() -> Place:
    """Where the request comes from."""
    return Place(request.remote_addr or "", request.headers.get("User-Agent", ""))


def cookie_name(name: str = "sid") -> str:
    """The `__Host-` prefix needs https; a trial on a plain address goes without."""
    return f"__Host-{name}" if current_app.config["HTTPS"] else name


def identify() -> None:
    """Before every request: a bearer token, or else the session's cookie; never both."""
    g.actor, g.scopes, g.signed, g.secured = None, None, None, False
    header = request.headers.get("Authorization")
    if header is not None and request.path.startswith(("/api/", "/metrics")):
        kind, _, text = header.partition(" ")
        if kind.lower() != "bearer":
            raise Unknown("Send the header as: Authorization: Bearer <token>.")
        g.actor, g.scopes, g.secured = tokens.token_actor(house(), text.strip(), request.remote_addr or "")
        return
    secret = request.cookies.get(cookie_name())
    if secret:
        g.signed = sessions.session_of(house(), secret)
        if g.signed is not None:
            g.actor, g.secured = g.signed.actor, g.signed.secured
    if request.method not in SAFE:
        _same_origin()


def _same_origin() -> None:
    """An unsafe request of a browser comes from our own pages, and carries the session's token."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    ours = (
        site == "same-origin"
        if site
        else urlsplit(origin).netloc == request.host
        if origin
        else g.signed is None and request.path.startswith("/api/")
    )
    if not ours:
        raise Unreadable("This request did not come from a page of this application.")
    if g.signed is not None and request.path not in SIGNING and sent_token() != g.signed.csrf:
        raise OutOfDate("The form is out of date; open the page again and send it once more.")


def sent_token() -> str:
    """The token against forged requests that came with this one."""
    return request.headers.get("X-CSRF-Token") or request.form.get("csrf_token", "")


def admit() -> None:
    """Before every request, after `identify`: the declared policy of the route and method."""
    if request.url_rule is None or request.method == "OPTIONS":
        return
    wanted = current_app.extensions["policies"][request.url_rule.endpoint, request.method]
    if wanted in MAY_BE_OPENED and current_app.config["OPEN_LOG"]:
        return
    if not can(g.actor, wanted, lambda: directory.granted(house(), actor()), g.scopes):
        if g.actor is None:
            raise Unknown
        raise NotYours(request.method.lower(), (str(wanted),))
    if request.method not in SAFE and wanted in ASSURED:
        assure(ASSURED[wanted])


def proven() -> None:
    """In a browser, somebody has proved within the last five minutes who they are. Raises `Unproven`."""
    if g.signed is not None and not g.signed.is_fresh:
        raise Unproven


def assure(scope: Scope, *, secured: bool = True) -> None:
    """Before a decision, an export or administration: a token has the scope, a browser's person has just proved who they are, and in
    production, where it is `secured`, they have a second factor. Raises NotYours, Unproven or Unsecured."""
    if g.scopes is not None and scope not in g.scopes:
        raise NotYours(scope, (f"a token with the scope {scope}",))
    proven()
    if secured and house().mode == "production" and not g.secured:
        raise Unsecured


def receipt(event: Event) -> dict[str, object] | None:
    """The log's signed promise about an event that was just committed."""
    return checkpoints.promise(house(), event)


def read_act(workflow: Workflow, transition: Transition, act: Act) -> Act:
    """The gate of both doors: an act that touches a person's standing is assured first; a person's own answer needs no second factor."""
    if transition.standing:
        assure(Scope.DECIDE, secured=not set(transition.who) <= set(PERSONAL))
    return gate.read_act(workflow, transition, act)


def policy_of(app: Flask, endpoint: str, method: str) -> Policy:
    """The policy a view declares for a method. Raises LookupError where it declares none."""
    view = app.view_functions[endpoint]
    method = "GET" if method in ("HEAD", "OPTIONS") else method
    if endpoint == "static" or endpoint.endswith(".static"):
        return Policy.PUBLIC
    source: Any = getattr(getattr(view, "view_class", None), method.lower(), view)
    found: dict[str, Policy] = getattr(source, "policies", {})
    if method not in found:
        raise LookupError(f"{endpoint} declares no policy for {method}")
    return found[method]


def every_policy_is_declared(app: Flask) -> None:
    """Refuse to start where a route and method has no policy."""
    app.extensions["policies"] = {(rule.endpoint, method): policy_of(app, rule.endpoint, method) for rule in app.url_map.iter_rules()
                                  for method in (rule.methods or set()) - {"OPTIONS"}}


def finish(response: Response) -> Response:
    """After every request: the headers that hold for every answer. Only what was shown was opened."""
    if not 200 <= response.status_code < 300:
        g.opened = None
    if response.status_code in (401, 403, 404):
        denied(response.status_code)
    given = {name.lower() for name, _ in response.headers}
    for key, name, value in _ALWAYS if request.endpoint == "static" else _UNKEPT:
        if key not in given:
            response.headers.add(name, value)
        elif name == "Vary":
            response.vary.add(value)
    if current_app.config["HTTPS"]:
        response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return response


def remember_seen(error: BaseException | None = None) -> None:
    """After the answer: that the session was used, in a short transaction of its own."""
    if g.get("signed") is not None:
        sessions.seen(house(), g.signed)


def remember_opened(error: BaseException | None = None) -> None:
    """After the answer: who opened which file, in a short transaction of its own."""
    row: CaseRow | None = g.get("opened")
    if row is not None and error is None:
        readings.note(house(), actor(), row, "api" if request.path.startswith("/api/") else "page")


def denied(status: int) -> None:
    """That somebody was turned away, to the operational log: where and who, never what for."""
    someone: Actor | None = g.get("actor")
    log.denied(request.method, request.url_rule.rule if request.url_rule else "?", status, someone.id if someone else None)


def problem(error: Refusal | HTTPException) -> tuple[dict[str, Any], int]:
    """A refusal as RFC 9457 problem details, and its status."""
    if isinstance(error, InternalServerError) and is_away(error.original_exception):
        log.trouble("database", "It cannot be reached.")
        return {"type": "/problems/unavailable", "title": "The database cannot be reached.", "status": 503,
                "detail": "Send the request again in a moment. One with an Idempotency-Key is not carried out twice."}, 503
    if isinstance(error, InternalServerError):
        route = request.url_rule.rule if request.url_rule else "?"
        number = log.incident(error.original_exception or error, request.method, route)
        return {
            "type": "/problems/incident",
            "title": "Something went wrong here.",
            "status": 500,
            "incident": number,
            "detail": f"Nothing was recorded. Tell the administrator the number of the incident: {number}.",
        }, 500
    if isinstance(error, SecurityError):
        return {"type": "/problems/unreadable", "title": "Bad Request", "status": 400, "detail": "This address is not served here."}, 400
    if isinstance(error, HTTPException):
        status = error.code or 500
        code = {404: "not_found", 405: "method", 413: "too_large", 415: "media_type", 429: "slow_down"}.get(status, "unreadable")
        return {"type": f"/problems/{code}", "title": error.name, "status": status, "detail": error.description or error.name}, status
    status, code, title = next((found for kind, found in STATUS.items() if isinstance(error, kind)), STATUS[Invalid])
    body: dict[str, Any] = {"type": f"/problems/{code}", "title": title, "status": status, "detail": str(error)}
    if isinstance(error, Disposed):
        on = day_of(error.at, house().zone)
        body |= {"detail": i18n.say(language(), "disposed.says", day=i18n.day(on, language()), rule=kept_as(error.under)),
                 "disposed_on": on.isoformat(), "under": error.under, "certificate": f"/retention/{error.number}/certificate"}
    if isinstance(error, Invalid):
        body["errors"] = [p._asdict() for p in error.problems]
    if isinstance(error, Refused):
        body["guards"] = [{"code": v.code, "ok": v.ok, "message": v.inner if g.get("reads_inner", False) else v.outer} for v in error.verdicts]
        if not g.get("reads_inner", False):
            body["detail"] = " ".join(v.outer for v in error.verdicts if not v.ok)
    if isinstance(error, NotNow):
        body["possible"] = list(error.possible)
    return body, status


def answer(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A JSON answer."""
    return Response(orjson.dumps(body), status, headers, mimetype="application/json")


def file_answer(file: IO[bytes], name: str, media_type: str, size: int) -> Response:
    """An open file to be kept, sent in pieces and closed at the end; `size` in bytes."""

    def pieces() -> Iterator[bytes]:
        with file:
            while piece := file.read(_PIECE):
                yield piece

    return Response(pieces(), mimetype=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"', "Content-Length": str(size)})


def problem_answer(error: Refusal | HTTPException, pointer: str | None = None) -> Response:
    """A refusal as the JSON door says it; `pointer` names the part of the request it is about, where it is about one."""
    body, status = problem(error)
    if pointer is not None:
        body["pointer"] = pointer
    response = Response(orjson.dumps(body), status, mimetype="application/problem+json")
    if isinstance(error, HTTPException):
        for name, value in error.get_headers():
            if name in ("Allow", "Retry-After"):
                response.headers[name] = value
    wait_header(response, error)
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def wait_header(response: Answer, error: Refusal | HTTPException) -> None:
    """Say when to try again, where there were too many tries or the database cannot be reached."""
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.wait)
    elif response.status_code == 503:
        response.headers["Retry-After"] = str(SOON)


def install(app: Flask, page: Callable[[Refusal | HTTPException], Answer]) -> None:
    """Hang everything of this module into the application; `page` says a refusal in HTML."""

    def refuse(error: Refusal | HTTPException) -> Answer:
        bare = request.path.startswith("/api/") or isinstance(error, SecurityError)
        return problem_answer(error) if bare else page(error)

    app.before_request(identify)
    app.before_request(admit)
    app.after_request(finish)
    app.teardown_request(remember_seen)
    app.teardown_request(remember_opened)
    app.register_error_handler(Refusal, refuse)
    app.register_error_handler(HTTPException, refuse)

"""How an operation is described beside its view: what it asks, what it answers, what can go wrong. Nothing of it runs with a request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

import flask_smorest

if TYPE_CHECKING:
    from flask import Blueprint as Blueprint
else:
    Blueprint = flask_smorest.Blueprint
    pass

View = TypeVar("View", bound=Callable[..., Any])

CASE = ({"name": "uid", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}, "description": "The id of the case."},)
SEEN = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "schema": {"type": "string", "pattern": '^"[0-9]{1,15}"$'},
    "description": "The ETag of the case as it was read: nothing is decided on an old picture.",
}

_HEADERS = {"Location": "Where it is.", "ETag": "The number of the case's newest event, quoted.", "Link": 'The next page, rel="next" (RFC 8288).'}
_MEANING = {
    400: "It cannot be read.",
    401: "Who are you?",
    403: "You may see it, but it is not yours to do.",
    404: "There is no such thing, or it is not yours to know of.",
    409: "This is not possible from the present state; `possible` names what is.",
    410: "The case was disposed of: `disposed_on`, `under` which key of its ruleset, `certificate`. Only for whoever had known of it.",
    412: "The case has moved on since it was read.",
    413: "It is too large.",
    415: "Another kind of content is asked for.",
    422: "Fields need another value (`errors`), the rules do not allow it (`guards`), or the key was used for another request: `type` says which.",
    428: "Say which event was seen: If-Match.",
    429: "Too many at once; `Retry-After` says how many seconds to wait.",
}


def query(name: str, description: str, *, enum: tuple[str, ...] = (), integer: bool = False) -> dict[str, Any]:
    """A question in the address."""
    schema: dict[str, Any] = {"type": "integer", "minimum": 1, "maximum": 200} if integer else {"type": "string", "maxLength": 200}
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": {"type": "string", "enum": list(enum)} if enum else schema,
    }


LIST = (query("limit", "How many on a page, at most 200.", integer=True), query("cursor", "Where the page begins: from the answer before."))


def ref(name: str) -> dict[str, Any]:
    """A reference to a schema of the description."""
    return {"$ref": f"#/components/schemas/{name}"}


def _content(name: str) -> dict[str, Any]:
    if name == "file":
        return {"*/*": {"schema": {"type": "string", "contentMediaType": "application/octet-stream"}}}
    if name == "calendar":
        return {"text/calendar": {"schema": {"type": "string"}}}
    if name == "text":
        return {"text/plain": {"schema": {"type": "string"}}}
    if name == "diagram":
        return {kind: {"schema": {"type": "string"}} for kind in ("image/svg+xml", "text/plain", "text/vnd.graphviz")}
    return {"application/json": {"schema": {"type": "object"} if name == "object" else ref(name)}}


def operation(
    summary: str,
    *,
    answers: Mapping[int, str | None],
    body: str | None = None,
    form: str | None = None,
    problems: tuple[int, ...] = (),
    parameters: tuple[dict[str, Any], ...] = (),
    headers: tuple[str, ...] = (),
    key: bool = False,
    needs_key: bool = False,
    open_to_all: bool = False,
) -> Callable[[View], View]:
    """Describe a view. Its docstring is the text; `answers` and `body` name schemas of the description."""

    def describe(view: View) -> View:
        told: dict[str, Any] = {
            "summary": summary,
            "description": " ".join((view.__doc__ or "").split()),
            "operationId": view.__name__,
            "parameters": [*parameters, *([_key(needs_key)] if key else [])],
            "responses": {},
        }
        for status, name in answers.items():
            told["responses"][str(status)] = (
                {"description": HTTPStatus(status).phrase}
                | ({"content": _content(name)} if name else {})
                | ({"headers": {h: {"description": _HEADERS[h], "schema": {"type": "string"}} for h in headers}} if headers else {})
            )
        gone = (410,) if CASE[0] in parameters and 404 in problems else ()
        for status in sorted({*problems, *gone, *(() if open_to_all else (401,)), 400}):
            told["responses"][str(status)] = {"description": _MEANING[status], "content": {"application/problem+json": {"schema": ref("Problem")}}}
        if body:
            content = {"application/json": {"schema": ref(body)}} | ({"multipart/form-data": {"schema": ref(form)}} if form else {})
            told["requestBody"] = {"required": True, "content": content}
        if open_to_all:
            told["security"] = []
        described: View = flask_smorest.Blueprint.doc(**told)(view)
        return described

    return describe


def _key(needed: bool) -> dict[str, Any]:
    return {
        "name": "Idempotency-Key",
        "in": "header",
        "required": needed,
        "schema": {"type": "string", "pattern": "^[!-~]{1,120}$"},
        "description": "A text of your own for this request; sent again within 7 days with the same body it gets the first answer.",
    }

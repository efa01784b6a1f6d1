"""Reading a request: its body, which event was seen, its key. Nothing is interpreted here; the gate in `schemas` does that."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any, NoReturn
from urllib.parse import urlencode

import orjson
from flask import g, request
from werkzeug.exceptions import UnsupportedMediaType

from inspect_app import http
from inspect_app.access.parts import sees_everything
from inspect_app.access.reading import reads_inner
from inspect_app.errors import Invalid, Problem, Refused, SeenRequired, Unreadable
from inspect_app.services import directory, queries
from inspect_app.services.ledger import Key

BASE = "/api/v1"
LONGEST_KEY = 120
_ETAG = re.compile(r'(?:W/)?"([0-9]{1,15})"')
_NAMES = re.compile(rb'"\s*:')
_KEY = re.compile(rf"[\x21-\x7e]{{1,{LONGEST_KEY}}}")


def raw_body() -> bytes:
    """The bytes of a JSON request. Another kind of body is 415."""
    if request.mimetype not in ("application/json", "") and not request.mimetype.endswith("+json"):
        raise UnsupportedMediaType("Send JSON, with Content-Type: application/json.")
    return request.get_data(cache=False)


def parsed(raw: bytes) -> Any:
    """A JSON text. Raises `Unreadable` where it is none, or says one name twice, so that two readers might read it differently."""
    try:
        value = orjson.loads(raw)
        if len(_NAMES.findall(raw)) != _names(value):
            json.loads(raw, object_pairs_hook=_once_each)
    except orjson.JSONDecodeError as error:
        raise Unreadable(f"This is not JSON: {str(error)[:200]}.") from None
    except (ValueError, RecursionError):
        raise Unreadable("This JSON is nested too deep, or holds a number too long to be one.") from None
    return value


def _names(value: Any) -> int:
    """How many names a value has. As many as its text seems to have: then none is said twice, and the slow look is spared."""
    if isinstance(value, dict):
        return len(value) + sum(_names(v) for v in value.values() if isinstance(v, (dict, list)))
    return sum(_names(v) for v in value if isinstance(v, (dict, list))) if isinstance(value, list) else 0


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable("This JSON says one name twice in the same object; say it once.")
    return found


def body() -> tuple[Any, str]:
    """The JSON of this request, and the hash that its Idempotency-Key is kept with."""
    raw = raw_body()
    value = parsed(raw)
    return value, fingerprint(value)


def fingerprint(value: Any) -> str:
    """What makes two requests the same: their method and path, and what they say, however it is laid out. Raises `Unreadable`."""
    try:
        said = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        raise Unreadable("This JSON is nested too deep.") from None
    return sha256(f"{request.method} {request.path}\n".encode() + said).hexdigest()


def seen() -> int:
    """The event that was seen, from If-Match. Raises `SeenRequired`, `Unreadable`."""
    text = request.headers.get("If-Match")
    if text is None or text.strip() == "*":
        raise SeenRequired
    match = _ETAG.fullmatch(text.strip())
    if match is None:
        raise Unreadable('Send If-Match as the ETag of the case, for example "6".')
    return int(match[1])


def key(fingerprint: str, *, needed: bool = False) -> Key | None:
    """The Idempotency-Key of this request, if it has one. Raises `Unreadable`."""
    text = request.headers.get("Idempotency-Key")
    if text is None:
        if needed:
            raise Unreadable("Send an Idempotency-Key, a text of your own for this request: sent again, it opens nothing twice.")
        return None
    if _KEY.fullmatch(text) is None:
        raise Unreadable(f"Send an Idempotency-Key of 1 to {LONGEST_KEY} visible ASCII characters.")
    return Key(text, fingerprint)


def etag(seq: int) -> str:
    """The ETag of a case: the number of its newest event, quoted."""
    return f'"{seq}"'


def cursor_after(seq: int) -> str:
    """Where a page of a history ends."""
    return urlsafe_b64encode(orjson.dumps(["seq", seq])).decode("ascii").rstrip("=")


def after_cursor(text: str | None) -> int:
    """The event after which a page of a history begins. Raises `Invalid`."""
    if text is None:
        return 0
    try:
        kind, seq = orjson.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if kind != "seq" or not isinstance(seq, int) or not 0 <= seq < 2**31:
            raise ValueError
    except (ValueError, TypeError):
        raise Invalid((Problem("/cursor", "invalid", "Take the cursor from the list's own answer."),)) from None
    return int(seq)


def next_link(asked: dict[str, str], cursor: str | None) -> dict[str, str]:
    """The header that leads to the next page (RFC 8288)."""
    return {"Link": f'<{request.path}?{urlencode({**asked, "cursor": cursor})}>; rel="next"'} if cursor else {}


@contextmanager
def sentences_for(case: str | None) -> Iterator[None]:
    """A refusal in here is told in the sentences of the reader: the outer ones to all who do not handle the case."""
    try:
        yield
    except Refused as error:
        tell(error, case)


def tell(error: Refused, case: str | None) -> NoReturn:
    """Say a refusal in the reader's sentences."""
    g.reads_inner = hears_inner(case)
    raise error


def hears_inner(case: str | None) -> bool:
    """Whether this reader hears the inner sentences: of a case, or of one that is being opened."""
    actor = http.actor()
    if sees_everything(actor):
        return True
    return reads_inner(queries.case(http.house(), actor, case).parts if case else directory.granted(http.house(), actor))

"""Canonical bytes: RFC 8785 in a profile without floats, where sorted orjson gives the same bytes (held by a property test)."""

from __future__ import annotations

import re
from typing import Any

import orjson

LARGEST = 2**53 - 1
DEEPEST = 8
_KEY = re.compile(r"^_?[a-z_][a-z0-9_]*$")


class NotCanonical(ValueError):
    """A value that the canonical profile does not know; the message says what and where."""


def canonical(value: Any) -> bytes:
    """The one way to write `value` as bytes. For values that `check` let pass, or that are made here."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def check(value: Any, where: str = "", depth: int = 0) -> None:
    """Refuse what the profile does not know: floats, great integers, odd keys, NUL and lone surrogates, too much depth."""
    if depth > DEEPEST:
        raise NotCanonical(f"{where or '/'} is nested deeper than {DEEPEST} levels")
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, str):
        if "\0" in value:
            raise NotCanonical(f"{where or '/'} contains the character NUL, which no database keeps; leave it out")
        if not value.isascii() and any("\ud800" <= c <= "\udfff" for c in value):
            raise NotCanonical(f"{where or '/'} contains half of a character pair; send valid Unicode")
    elif isinstance(value, int):
        if abs(value) > LARGEST:
            raise NotCanonical(f"{where or '/'} is too large a number")
    elif isinstance(value, (list, tuple)):
        for n, item in enumerate(value):
            check(item, f"{where}/{n}", depth + 1)
    elif isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str) or not _KEY.match(key):
                raise NotCanonical(f"{where or '/'} has a key “{key}” that is not lower-case letters, digits and underscores")
            check(item, f"{where}/{key}", depth + 1)
    else:
        raise NotCanonical(f"{where or '/'} is a {type(value).__name__}; write amounts as text")


def strict(raw: bytes) -> Any:
    """The value of canonical bytes; anything that is not written canonically is refused."""
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise NotCanonical(f"not JSON: {error}") from error
    check(value)
    if canonical(value) != raw:
        raise NotCanonical("not written canonically")
    return value

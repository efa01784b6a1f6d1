"""The entry that ends each batch of the log: how many leaves stand before it, and the root of the map of heads as it is with them. Pure."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from binascii import Error as NotBase64
from typing import NamedTuple

from inspect_app.audit.canonical import NotCanonical, canonical, strict
from inspect_app.audit.envelope import b64url
from inspect_app.audit.merkle import BadProof

VERSION = 1
KIND = "batch"
_KEYS = {"v", "typ", "log", "size", "map", "at"}


class Batch(NamedTuple):
    """The log's name, the leaves before this one, the root of the map of heads, when it was made (µs since 1970 UTC)."""

    log: str
    size: int
    map_root: bytes
    at: int


def write(batch: Batch) -> bytes:
    """The entry of a batch, canonical."""
    return canonical({"v": VERSION, "typ": KIND, "log": batch.log, "size": batch.size, "map": b64url(batch.map_root), "at": batch.at})


def read(entry: bytes) -> Batch:
    """The batch of an entry. Raises `BadProof`."""
    try:
        told = strict(entry)
    except NotCanonical as error:
        raise BadProof(f"the entry of a batch is {error}") from error
    if not isinstance(told, dict) or set(told) != _KEYS or told["v"] != VERSION or told["typ"] != KIND:
        raise BadProof("it is not the entry of a batch")
    root = unb64url(told["map"], 32)
    if not isinstance(told["log"], str) or type(told["size"]) is not int or type(told["at"]) is not int or root is None:
        raise BadProof("the entry of a batch does not say what a batch says")
    return Batch(told["log"], told["size"], root, told["at"])


def unb64url(text: object, length: int | None = None) -> bytes | None:
    """The bytes of base64url without padding; None where it is anything else, or not of this length."""
    if not isinstance(text, str) or not text.isascii() or "=" in text:
        return None
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (NotBase64, ValueError):
        return None
    return raw if b64url(raw) == text and length in (None, len(raw)) else None

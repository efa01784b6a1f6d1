"""The envelope of an event: what is hashed and kept for ever. It says nothing about who or what; that stands behind commitments.

    env        = JCS({"v", "log", "cid", "seq", "prev", "at", "wf", "_sd", "_sd_alg"})
    leaf       = SHA-256(0x00 || env)
    disclosure = b64url(JSON([salt, name, value]))      digest = b64url(SHA-256(ascii(disclosure)))     (RFC 9901, 4.2)
"""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from os import urandom
from typing import Any, NamedTuple

import orjson

from inspect_app.audit.canonical import NotCanonical, canonical, strict

VERSION = 1
_URL = bytes.maketrans(b"+/", b"-_")
_SORTED = orjson.OPT_SORT_KEYS


class Sealed(NamedTuple):
    """An event ready to be stored: its canonical bytes, its leaf hash, and the content its commitments stand for."""

    envelope: bytes
    leaf: bytes
    body: bytes


def b64url(raw: bytes) -> str:
    """Base64url without padding, RFC 4648 section 5."""
    return b2a_base64(raw, newline=False).translate(_URL, b"=").decode("ascii")


def seal(*, log: str, cid: bytes, seq: int, prev: bytes, at: int, wf: str, fields: Iterable[tuple[str, Any]],
         random: Callable[[int], bytes] = urandom) -> Sealed:
    """Commit to each field alone, with a salt of its own, and write the envelope. `random` is replaced only to make test vectors."""
    named = list(fields)
    decoys = -len(named) % 4
    noise = random(16 * len(named) + 32 * decoys)
    digests: list[bytes] = []
    disclosed: list[bytes] = []
    spot = 0
    for name, value in named:
        salt = b2a_base64(noise[spot:spot + 16], newline=False).translate(_URL, b"=")
        spot += 16
        plain = orjson.dumps([salt.decode("ascii"), name, value], option=_SORTED)
        disclosed.append(plain)
        digests.append(b2a_base64(sha256(b2a_base64(plain, newline=False).translate(_URL, b"=")).digest(), newline=False).translate(_URL, b"="))
    for _ in range(decoys):
        digests.append(b2a_base64(noise[spot:spot + 32], newline=False).translate(_URL, b"="))
        spot += 32
    digests.sort()
    envelope = orjson.dumps({"v": VERSION, "log": log, "cid": b64url(cid), "seq": seq, "prev": b64url(prev), "at": at, "wf": wf,
                             "_sd": [d.decode("ascii") for d in digests], "_sd_alg": "sha-256"}, option=_SORTED)
    return Sealed(envelope, leaf_hash(envelope), b"[" + b",".join(disclosed) + b"]")


def leaf_hash(envelope: bytes) -> bytes:
    """RFC 9162, 2.1.1: SHA-256 over 0x00 and the bytes as they are stored."""
    return sha256(b"\x00" + envelope).digest()


def disclosed(body: bytes) -> dict[str, Any]:
    """The fields that a content row discloses, by name."""
    return {name: value for _, name, value in orjson.loads(body)}


def digest_of(salt: str, name: str, value: Any) -> str:
    """The commitment to one disclosed field."""
    plain = orjson.dumps([salt, name, value], option=_SORTED)
    return b64url(sha256(b64url(plain).encode("ascii")).digest())


def faults(envelope: bytes, leaf: bytes, body: bytes | None, expected: Mapping[str, Any]) -> list[str]:
    """What is wrong with a stored event: leaf, canonical form, chain, and any disclosed field that was not committed to."""
    found = []
    if leaf_hash(envelope) != leaf:
        found.append("its hash is not that of its bytes")
    try:
        env = strict(envelope)
    except NotCanonical as error:
        return [*found, f"its envelope is {error}"]
    found += [f"its {key} is {env.get(key)!r}, not {value!r}" for key, value in expected.items() if env.get(key) != value]
    if body is not None:
        digests = set(env.get("_sd", ()))
        found += [f"its field “{name}” was not committed to" for salt, name, value in orjson.loads(body)
                  if digest_of(salt, name, value) not in digests]
    return found


__all__ = ["Sealed", "b64url", "canonical", "digest_of", "disclosed", "faults", "leaf_hash", "seal"]

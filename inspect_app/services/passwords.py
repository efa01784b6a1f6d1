"""Passwords: argon2id over a peppered text, a few at a time; which are good enough; nobody but the person ever sets one."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from importlib.resources import files
from itertools import pairwise
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from inspect_app.errors import Invalid, Problem
from inspect_app.services import keys
from inspect_app.services.house import House

_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""argon2id at OWASP's minimum, about 25 ms."""

_ROOM = BoundedSemaphore(2)
"""Two passwords at a time: signing in cannot take the whole machine."""

ALONE, WITH_FACTOR, LONGEST = 15, 8, 1000
"""Characters of a password that stands alone, and of one beside a second factor (NIST SP 800-63B-4)."""

_BARE = "$argon2"
"""Hashes that were made before there was a pepper begin so."""


def normal(password: str) -> str:
    """The one form of a password, however a keyboard composes its letters."""
    return unicodedata.normalize("NFKC", password)


def hashed(house: House, password: str) -> str:
    """What is kept of a password: the name of the pepper, and the argon2id hash of the peppered password."""
    name, text = keys.peppered(house, normal(password))
    with _ROOM:
        return f"{name}:{_HASHER.hash(text)}"


@cache
def _nobody() -> str:
    return _HASHER.hash("nobody has this password")


def holds(house: House, kept: str | None, password: str) -> bool:
    """Whether a password is the one that is kept; with nothing kept it takes as long, and is not."""
    name, _, rest = (kept or "").partition(":")
    if kept is None or not rest:
        known, text = kept if kept and kept.startswith(_BARE) else _nobody(), password
        real = known is kept
    else:
        known, text, real = rest, keys.peppered(house, normal(password), name)[1], True
    right = False
    with _ROOM, suppress(VerificationError, InvalidHashError):
        right = bool(_HASHER.verify(known, text))
    return right and real


def is_dated(house: House, kept: str) -> bool:
    """Whether a hash is to be made anew: under today's parameters and the newest pepper."""
    name, _, rest = kept.partition(":")
    return not rest or not keys.is_newest(house, keys.PEPPER, name) or _HASHER.check_needs_rehash(rest)


@cache
def _blocked() -> frozenset[str]:
    told = tomllib.loads((files("inspect_app") / "blocked_passwords.toml").read_text("utf-8"))
    return frozenset(told["passwords"])


def check(password: str, again: str, *, second_factor: bool, about: Iterable[str] = ()) -> None:
    """That a new password is good enough. `about` are texts that anyone would try: the name and the account. Raises `Invalid`."""
    text = normal(password)
    least = WITH_FACTOR if second_factor else ALONE
    code = None
    if len(text) < least:
        code, message = "short", f"A password has at least {least} characters; a few words do well."
    elif len(text) > LONGEST:
        code, message = "long", f"A password has at most {LONGEST} characters."
    elif _is_guessed(text, about):
        code, message = "guessed", "This password is among the first that are tried; choose another."
    elif text != normal(again):
        code, message = "differs", "The two are not the same; type the password twice."
    if code is not None:
        raise Invalid((Problem("/again" if code == "differs" else "/password", code, message),))


def _is_guessed(text: str, about: Iterable[str]) -> bool:
    """A well-known password, one of them or a name with little around it, a few characters over and over, or a run of the keyboard."""
    folded = text.casefold()
    core, joined = folded.strip("0123456789!@#$%^&*()-_=+.,?/ "), "".join(c for c in folded if c.isalnum())
    if {folded, core, joined} & _blocked() or any(joined == word * (len(joined) // len(word)) for word in _blocked()):
        return True
    if any(len(name) > 2 and (folded == name or core == name or folded.replace(name, "") in _blocked() or len(folded.replace(name, "")) < 4)
           for name in (normal(a).casefold() for a in about)):
        return True
    if any(len(folded) >= 2 * n and folded == (folded[:n] * len(folded))[: len(folded)] for n in range(1, 5)):
        return True
    steps = {ord(b) - ord(a) for a, b in pairwise(folded)}
    return len(steps) == 1 or steps <= {1, -9}

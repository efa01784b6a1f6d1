"""What a process remembers of a database for a while. It only decides how something is looked for, never what is found."""

from __future__ import annotations

from collections.abc import Hashable
from time import monotonic
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

from inspect_app.db import Session

T = TypeVar("T")

MOST = 1000
"""So many things of a kind are remembered at most."""


class Remembered(Generic[T]):
    """One kind of thing, each for so many seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._of: WeakKeyDictionary[Engine, dict[Hashable, tuple[float, T]]] = WeakKeyDictionary()

    def get(self, session: Session, key: Hashable) -> T | None:
        """What is remembered under this key of the database that is read; None where it is nothing, or was too long ago."""
        until, value = self._of.get(session.engine, {}).get(key, (0.0, None))
        return value if until > monotonic() else None

    def keep(self, session: Session, key: Hashable, value: T) -> T:
        """Remember this value, and return it."""
        known = self._of.setdefault(session.engine, {})
        if len(known) >= MOST:
            known.clear()
        known[key] = monotonic() + self._seconds, value
        return value


__all__ = ["Remembered"]

"""The one place where the time is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import time_ns

_held: ContextVar[int | None] = ContextVar("held", default=None)


def now() -> int:
    """This moment, in µs since 1970 UTC."""
    held = _held.get()
    return time_ns() // 1000 if held is None else held


@contextmanager
def hold(moment: int) -> Iterator[None]:
    """Let `moment` be now, inside: for demonstrations, rehearsals and tests of time limits."""
    before = _held.set(moment)
    try:
        yield
    finally:
        _held.reset(before)

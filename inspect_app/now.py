"""The one place where the time is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

from workflows.calendar import micros

_held: ContextVar[int | None] = ContextVar("held", default=None)


def now() -> int:
    """This moment, in µs since 1970 UTC."""
    held = _held.get()
    return micros(datetime.now(UTC)) if held is None else held


@contextmanager
def hold(moment: int) -> Iterator[None]:
    """Let `moment` be now, inside: for demonstrations, rehearsals and tests of time limits."""
    before = _held.set(moment)
    try:
        yield
    finally:
        _held.reset(before)

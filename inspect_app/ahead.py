"""What is made ready in another process while what was ready before is used here."""

from __future__ import annotations

import os
import pickle
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from fcntl import F_SETPIPE_SZ, fcntl
from pathlib import Path
from select import select as wait_for
from typing import BinaryIO, NoReturn, TypeVar

from inspect_app.errors import Refusal

T = TypeVar("T")

AT_ONCE = 100
"""So many are handed over together, unless told otherwise."""
ROOM = 2**20
"""Bytes that may lie ready between the processes, the most that the system gives a pipe."""
KEPT = 2**23
"""Bytes that the other process may keep besides while they are not taken, and go on: one that was quicker for a while need not wait. What is kept is
given when something more is handed over, so it is for what comes in many small pieces."""

LARGE = 2**20
"""A file of fewer bytes is read sooner than another process is set up for it."""


class GaveUp(Refusal):
    """The other process ended before it had made everything."""

    def __init__(self) -> None:
        super().__init__("A process that worked beside this one was ended before it was done, perhaps for want of memory; run the command again.")


def is_large(path: Path) -> bool:
    """Whether it is worth another process to read this file."""
    return path.is_file() and path.stat().st_size >= LARGE


def ahead(made: Iterable[T], *, worth: bool = True, at_once: int = AT_ONCE, kept: int = 0) -> Generator[T, None, None]:
    """The same values in the same order, made in a process of its own, as far ahead as `ROOM` and `kept` bytes more let it; and here where that is
    not `worth` it, where there is one core alone, or where other threads run, whose locks a copy of this process would hold for ever.

    What is made has to be known by its bytes (`pickle`), may read files, and leaves the database alone: its connections are this process's. An
    exception comes here as it was raised. Raises `GaveUp` where the other process was killed."""
    if not worth or len(os.sched_getaffinity(0)) == 1 or threading.active_count() > 1:
        yield from made
        return
    there, here = os.pipe()
    with suppress(OSError):
        fcntl(here, F_SETPIPE_SZ, ROOM)
    os.set_blocking(here, False)
    child = os.fork()
    if not child:
        os.close(there)
        _hand_over(made, here, at_once, kept)
    os.close(here)
    try:
        with open(there, "rb") as ready:
            yield from _taken(ready)
    finally:
        os.waitpid(child, 0)


def _taken(ready: BinaryIO) -> Iterator[T]:
    while True:
        try:
            many = pickle.load(ready)  # noqa: S301 - written by a copy of this process
        except (EOFError, pickle.UnpicklingError):
            raise GaveUp from None
        if isinstance(many, BaseException):
            raise many
        if not many:
            return
        yield from many


def _hand_over(made: Iterable[T], here: int, at_once: int, kept: int) -> NoReturn:
    """Make everything and hand it over. Who is listened to by nobody any more ends too."""
    with _Handing(here, at_once, kept) as hand:
        for value in made:
            hand(value)
    raise AssertionError("a process that has ended goes on")


class _Handing:
    """How values leave the other process, and how it ends: after the last of them and what went wrong, and with nothing that this process would do
    at its end."""

    def __init__(self, here: int, at_once: int, most: int) -> None:
        self.here, self.at_once, self.most = here, at_once, most
        self.many: list[object] = []
        self.kept: deque[memoryview] = deque()

    def __enter__(self) -> Callable[[object], None]:
        return self._hand

    def _hand(self, value: object) -> None:
        self.many.append(value)
        if len(self.many) >= self.at_once:
            self._tell(self.many)
            self.many = []

    def _tell(self, what: object) -> None:
        self.kept.append(memoryview(pickle.dumps(what, pickle.HIGHEST_PROTOCOL)))
        self._give(self.most)

    def _give(self, left: int) -> None:
        """Give what is taken, and wait while more than `left` bytes are kept."""
        waits = sum(map(len, self.kept))
        while self.kept:
            try:
                given = os.write(self.here, self.kept[0])
            except BlockingIOError:
                if waits <= left:
                    return
                wait_for([], [self.here], [])
                continue
            waits -= given
            if given == len(self.kept[0]):
                self.kept.popleft()
            else:
                self.kept[0] = self.kept[0][given:]

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        try:
            if not isinstance(error, BrokenPipeError):
                if self.many:
                    self._tell(self.many)
                self._tell(error or [])
                self._give(0)
        finally:
            os._exit(0)


__all__ = ["KEPT", "GaveUp", "ahead", "is_large"]

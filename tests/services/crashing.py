"""Work that is cut off in the middle of its transaction: by an error that nothing expects, or by killing the process that does it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from types import ModuleType
from typing import Any
from unittest import mock

from sqlalchemy import event

from inspect_app.db import Database, Fixed
from inspect_app.errors import Refusal
from inspect_app.now import hold
from inspect_app.services.house import House


class Crash(BaseException):
    """Nothing of ours catches this: as if the process had ended."""


def _raise() -> None:
    raise Crash


@contextmanager
def crash(house: House, after: int, how: Callable[[], None] = _raise) -> Iterator[None]:
    """The statement with this number does not come to be carried out: `how` happens instead."""
    left = after

    def count(*_: Any) -> None:
        nonlocal left
        left -= 1
        if left <= 0:
            how()

    def counted(name: str) -> Any:
        whole = getattr(Fixed, name)

        def run(self: Fixed, session: Any, values: Any) -> Any:
            count()
            return whole(self, session, values)

        return mock.patch.object(Fixed, name, run)

    event.listen(house.db.engine, "before_cursor_execute", count)
    try:
        with counted("run"), counted("changed"), counted("run_many"):
            yield
    finally:
        event.remove(house.db.engine, "before_cursor_execute", count)


def killed(house: House, at: int, after: int, work: Callable[[House], object]) -> bool:
    """Do the work in a process of its own, killed before its statement with this number; whether it ended before that."""
    def held(own: House) -> None:
        with hold(at), crash(own, after, _kill):
            work(own)

    return _ends(house, held)


def killed_at(house: House, module: ModuleType, name: str, nth: int, work: Callable[[House], object], *, done: bool) -> bool:
    """The same, killed at the nth call of a function: before it begins, or when it is `done`; whether the work ended before that."""
    whole, left = getattr(module, name), nth

    def counted(*args: Any, **more: Any) -> Any:
        nonlocal left
        left -= 1
        if left <= 0 and not done:
            _kill()
        result = whole(*args, **more)
        if left <= 0:
            _kill()
        return result

    def patched(own: House) -> None:
        with mock.patch.object(module, name, counted):
            work(own)

    return _ends(house, patched)


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _ends(house: House, work: Callable[[House], object]) -> bool:
    """Whether work that is done in a process of its own ends, or is killed. That process is a copy of this one, over connections of its own."""
    child = os.fork()
    if not child:
        try:
            with suppress(Refusal):
                work(replace(house, db=Database(house.db.url.render_as_string(hide_password=False))))
            os._exit(0)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return False
    assert os.WEXITSTATUS(status) == 0, "the work ended in an error that was not expected"
    return True

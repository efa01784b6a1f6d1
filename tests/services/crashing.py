"""Work that is cut off in the middle of its transaction: by an error that nothing expects, or by killing the process that does it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
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
    child = os.fork()
    if not child:
        try:
            with hold(at):
                own = replace(house, db=Database(house.db.url.render_as_string(hide_password=False)))
                with crash(own, after, lambda: os.kill(os.getpid(), signal.SIGKILL)):
                    try:
                        work(own)
                    except Refusal:
                        os._exit(0)
            os._exit(0)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return False
    assert os.WEXITSTATUS(status) == 0, "the work ended in an error that was not expected"
    return True

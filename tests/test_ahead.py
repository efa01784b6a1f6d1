"""Values that are made ready in another process: the same ones, in their order, whatever ends first."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from select import select

import pytest

from inspect_app.ahead import AT_ONCE, KEPT, GaveUp, ahead
from inspect_app.errors import Unreadable


@pytest.fixture(autouse=True)
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    monkeypatch.setattr(threading, "active_count", lambda: 1)


def numbers(most: int, where: list[int] | None = None) -> Iterator[tuple[int, int]]:
    for n in range(most):
        yield n, os.getpid()


@pytest.mark.parametrize("most", [0, 1, AT_ONCE, AT_ONCE + 1, 5 * AT_ONCE])
def test_the_same_values_come_in_their_order(most: int) -> None:
    assert [n for n, _ in ahead(numbers(most))] == list(range(most))


def test_they_are_made_in_another_process() -> None:
    assert {by for _, by in ahead(numbers(3))} != {os.getpid()}


@pytest.mark.parametrize("why", ["not worth it", "one core", "other threads"])
def test_they_are_made_here_where_another_process_is_no_help_or_no_safe_thing(why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if why == "one core":
        monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0})
    if why == "other threads":
        monkeypatch.setattr(threading, "active_count", lambda: 2)
    assert {by for _, by in ahead(numbers(3), worth=why != "not worth it")} == {os.getpid()}


def test_what_goes_wrong_there_is_raised_here_after_what_went_well() -> None:
    def made() -> Iterator[int]:
        yield from range(AT_ONCE)
        raise Unreadable("line 7: this is no log")

    taken: list[int] = []
    with pytest.raises(Unreadable, match="line 7: this is no log"):
        taken.extend(ahead(made()))
    assert taken == list(range(AT_ONCE))


def test_values_before_a_wrong_place_are_not_lost() -> None:
    def made() -> Iterator[int]:
        yield from range(AT_ONCE + 1)
        raise Unreadable("no further")

    taken: list[int] = []
    with pytest.raises(Unreadable):
        for n in ahead(made()):
            taken.append(n)
    assert taken == list(range(AT_ONCE + 1))


def test_a_killed_process_is_not_taken_for_the_end() -> None:
    def made() -> Iterator[int]:
        yield from range(AT_ONCE)
        os.kill(os.getpid(), signal.SIGKILL)

    with pytest.raises(GaveUp, match="run the command again"):
        list(ahead(made()))


def test_one_that_is_quicker_goes_on_beyond_what_a_pipe_holds() -> None:
    there, here = os.pipe()

    def made() -> Iterator[bytes]:
        for _ in range(40):
            yield bytes(100_000)
        os.write(here, b"!")

    values = ahead(made(), at_once=1, kept=KEPT)
    next(values)
    assert select([there], [], [], 60)[0], "it waits for whoever takes nothing"
    assert sum(map(len, values)) == 39 * 100_000
    os.close(there)
    os.close(here)


def test_whoever_stops_early_leaves_no_process_behind(tmp_path: Path) -> None:
    def made() -> Iterator[bytes]:
        (tmp_path / "pid").write_text(str(os.getpid()))
        while True:
            yield bytes(100_000)

    values = ahead(made())
    next(values)
    values.close()
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_nothing_that_this_process_does_at_its_end_is_done_twice(tmp_path: Path) -> None:
    place = tmp_path / "said"
    with place.open("w") as out:
        out.write("once ")
        assert len(list(ahead(numbers(3)))) == 3
    assert place.read_text() == "once "

"""Verifying portions of streams on every core of the machine, by processes beside this one that read the very state that it reads.

They are forked before anything is read, while there is one thread, and open connections of their own. Who is free takes the next portion: its
number from a file in which all of them are one place further on once one has read. What each found comes back by a pipe of its own and is joined
in the order of the portions. What a process that ended early had taken is verified here."""

from __future__ import annotations

import multiprocessing
import os
import signal
import struct
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection, wait
from tempfile import TemporaryFile
from typing import IO

from inspect_app.db import DRIVER_ERRORS, Database, Fixed, Session, handed_on
from inspect_app.services.house import House
from inspect_app.services.verified import MOST_LISTED
from inspect_app.services.verifying_streams import Ground, Judge, Part, Portion

WORTH = 20_000
"""Below so many events the processes would take longer to begin than they save."""
MOST = 16
"""So many processes at most: each holds a connection, and some 50 MB."""

_NUMBER = struct.Struct("<I")
_NEWEST = Fixed("SELECT COALESCE(MAX(event_id), 0) FROM event")


def processes_for(house: House) -> int:
    """How many processes are worth while for a house: one a core; 1, which is none beside this one, where the history is small, or where a process
    cannot be forked because there are other threads."""
    cores = min(len(os.sched_getaffinity(0)), MOST)
    if cores == 1 or threading.active_count() > 1 or not house.db.is_shared:
        return 1
    with house.db.reading("all") as session:
        return cores if _NEWEST.run(session, {})[0][0] >= WORTH else 1


@dataclass
class Beside:
    """Processes beside this one, by the pipes to those that have not ended, and the file from which they take portions."""

    pipes: list[Connection]
    numbers: IO[bytes]
    asked: list[Portion] = field(default_factory=list)

    def begin(self, snapshot: str) -> None:
        """Let each begin to read, the state that goes by this name; returns when all do."""
        self._tell(snapshot)
        self.met()

    def ask(self, ground: Ground, portions: Sequence[Portion]) -> None:
        """Let them verify these portions; this returns at once."""
        self.asked = list(portions)
        os.pwrite(self.numbers.fileno(), b"".join(map(_NUMBER.pack, range(len(self.asked)))), 0)
        self._tell((ground, self.asked))

    def _tell(self, what: object) -> None:
        for pipe in list(self.pipes):
            try:
                pipe.send(what)
            except OSError:
                self.pipes.remove(pipe)

    def met(self) -> None:
        """Wait until each has said that it is so far."""
        for pipe in list(self.pipes):
            try:
                pipe.recv()
            except (EOFError, OSError):
                self.pipes.remove(pipe)

    def parts(self, own: Judge) -> Iterator[Part]:
        """What was found, in the order of the portions; what nobody told of is verified by `own`."""
        found: dict[int, Part] = {}
        listed: dict[int, int] = {}
        turn = 0
        while self.pipes:
            for pipe in wait(self.pipes):
                assert isinstance(pipe, Connection)
                try:
                    number, part = pipe.recv()
                except (EOFError, OSError):
                    self.pipes.remove(pipe)
                    continue
                found[number] = _shortened(number, part, listed)
            while turn in found:
                yield found.pop(turn)
                turn += 1
        for number in range(turn, len(self.asked)):
            yield found.pop(number) if number in found else own.portion(self.asked[number])


def _shortened(number: int, part: Part, listed: dict[int, int]) -> Part:
    """A part without its list where those before it fill the list already, so that what waits for its turn stays small."""
    if part.done.findings:
        listed[number] = len(part.done.findings)
        if sum(count for other, count in listed.items() if other < number) >= MOST_LISTED:
            part.done.findings.clear()
    return part


@contextmanager
def beside(house: House, count: int) -> Iterator[Beside]:
    """So many processes, connected."""
    house.db.close()  # a process that is forked must find no connection to an embedded database: its locks belong to this process
    forks = multiprocessing.get_context("fork")
    with TemporaryFile(buffering=0) as numbers:
        pairs = [forks.Pipe() for _ in range(count)]
        ends = [end for pair in pairs for end in pair]
        processes = [forks.Process(target=_work, args=(house, theirs, ends, numbers), daemon=True) for _, theirs in pairs]
        try:
            for process in processes:
                process.start()
            for _, theirs in pairs:
                theirs.close()
            done = Beside([ours for ours, _ in pairs], numbers)
            done.met()
            yield done
        except BaseException:
            for process in processes:
                if process.pid is not None:
                    process.terminate()
            raise
        finally:
            for end in ends:
                end.close()
            for process in processes:
                if process.pid is not None:
                    process.join()


def _work(house: House, pipe: Connection, ends: list[Connection], numbers: IO[bytes]) -> None:
    """What a process does: connect, begin to read when told, verify what is left to be taken until nothing is."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for end in ends:
        if end is not pipe:
            end.close()
    own = replace(house, db=Database(house.db.url.render_as_string(hide_password=False), pool_size=1))
    with suppress(EOFError, OSError, *DRIVER_ERRORS), closing(own.db), ExitStack() as stack:
        with own.db.reading("all"):
            pipe.send(None)
        session = stack.enter_context(own.db.snapshot("all", of=pipe.recv()))
        pipe.send(None)
        ground, portions = pipe.recv()
        judge = Judge(session, own, ground)
        while number := os.read(numbers.fileno(), _NUMBER.size):
            (turn,) = _NUMBER.unpack(number)
            pipe.send((turn, judge.portion(portions[turn])))


@contextmanager
def seen(house: House, processes: int) -> Iterator[tuple[Session, Beside | None]]:
    """One snapshot of everything, for this process, and for as many beside it as are asked for where that is more than one."""
    if processes < 2:
        with house.db.snapshot("all") as session:
            yield session, None
        return
    with beside(house, processes) as others, ExitStack() as stack:
        with house.db.held():
            session = stack.enter_context(house.db.snapshot("all"))
            others.begin(handed_on(session))
        yield session, others

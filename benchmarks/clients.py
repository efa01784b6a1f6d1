"""Client processes that act on cases when told to: started once, each with its own connection and its own cases."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count, cycle
from multiprocessing.connection import Connection

from benchmarks.stage import NEXT, OFFICER, WHY, Stage, house_at
from inspect_app.services import casework
from inspect_app.services.ledger import Key
from workflows.acts import Act

SPAWN = multiprocessing.get_context("spawn")
REQUEST = "0" * 64


@dataclass(frozen=True)
class Done:
    """What one client did: its time on the clock and on the processor, and how long each act took, in seconds."""

    seconds: float
    cpu: float
    latencies: tuple[float, ...]


def _client(pipe: Connection, stage: Stage, number: int, clients: int) -> None:
    """Acts for as many seconds as it is told, until it is told None."""
    house = house_at(stage.url)
    states = dict.fromkeys(stage.cases[number::clients], "here")
    turn, keys = cycle(states), count()
    while (seconds := pipe.recv()) is not None:
        latencies: list[float] = []
        cpu, start = time.process_time(), time.perf_counter()
        before, end = start, start + seconds
        while before < end:
            uid = next(turn)
            event = casework.fire(house, uid, Act(NEXT[states[uid]], OFFICER, {"why": WHY}), key=Key(f"{number}-{next(keys)}", REQUEST))
            states[uid] = event.after
            after = time.perf_counter()
            latencies.append(after - before)
            before = after
        pipe.send(Done(before - start, time.process_time() - cpu, tuple(latencies)))
    house.db.close()


@dataclass(frozen=True)
class Clients:
    """Clients that wait to be told."""

    pipes: tuple[Connection, ...]

    def act(self, seconds: float, clients: int) -> list[Done]:
        """Let the first `clients` of them act at once for so long."""
        for pipe in self.pipes[:clients]:
            pipe.send(seconds)
        return [pipe.recv() for pipe in self.pipes[:clients]]


@contextmanager
def clients_on(stage: Stage, number: int) -> Iterator[Clients]:
    """Start `number` clients, warm, and end them afterwards."""
    pairs = [SPAWN.Pipe() for _ in range(number)]
    started = [SPAWN.Process(target=_client, args=(theirs, stage, n, number), daemon=True) for n, (_, theirs) in enumerate(pairs)]
    for process, (_, theirs) in zip(started, pairs, strict=True):
        process.start()
        theirs.close()
    clients = Clients(tuple(ours for ours, _ in pairs))
    try:
        clients.act(0.3, number)
        yield clients
    finally:
        for pipe in clients.pipes:
            try:
                pipe.send(None)
            except BrokenPipeError:
                continue
        for process in started:
            process.join(10)
            if process.is_alive():
                process.terminate()

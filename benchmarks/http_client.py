"""A tight client for acts over HTTP/1.1: one process, several connections that stay open, one request under way on each."""

from __future__ import annotations

import selectors
import socket
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from multiprocessing.connection import Connection

from benchmarks.clients import SPAWN, Done
from benchmarks.stage import NEXT, WHY


@dataclass(frozen=True)
class Target:
    """Where acts are sent: the port, the path with a place for the case, the token, and the cases, each with one event so far."""

    port: int
    path: str
    token: str
    cases: tuple[str, ...]


class WrongAnswer(Exception):
    """A server said something other than 201."""


class _Line:
    """One connection with cases of its own."""

    def __init__(self, target: Target, number: int, lines: int, keys: Iterator[int]) -> None:
        self.socket = socket.create_connection(("127.0.0.1", target.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.target, self.keys = target, keys
        self.cases = deque((uid, "here", 1) for uid in target.cases[number::lines])
        self.since = 0.0
        self.buffer = b""

    def ask(self) -> None:
        uid, state, seq = self.cases[0]
        body = b'{"trigger":"%s","data":{"why":"%s"}}' % (NEXT[state].encode(), WHY.encode())
        head = (f"POST {self.target.path.format(uid)} HTTP/1.1\r\nHost: 127.0.0.1:{self.target.port}\r\nContent-Type: application/json\r\n"
                f"Authorization: {self.target.token}\r\nIf-Match: \"{seq}\"\r\nIdempotency-Key: {uid}-{seq}-{next(self.keys)}\r\n"
                f"Content-Length: {len(body)}\r\n\r\n")
        self.since = time.perf_counter()
        self.socket.sendall(head.encode("ascii") + body)

    def hear(self) -> float | None:
        """Read what has come; the seconds the answer took once it is whole. Raises `WrongAnswer`."""
        piece = self.socket.recv(65536)
        self.buffer += piece
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        if not piece:
            raise WrongAnswer(f"the connection was closed: {self.buffer!r}")
        if not found:
            return None
        low = head.lower()
        at = low.find(b"content-length:")
        if at < 0 or len(body) < int(low[at + 15:].split(b"\r\n", 1)[0]):
            return None
        if not head.startswith(b"HTTP/1.1 201"):
            raise WrongAnswer(self.buffer.decode("utf-8", "replace"))
        took, self.buffer = time.perf_counter() - self.since, b""
        uid, state, seq = self.cases.popleft()
        self.cases.append((uid, "there" if state == "here" else "here", seq + 1))
        return took


def _client(pipe: Connection, target: Target, lines: int) -> None:
    keys = count()
    open_lines = [_Line(target, number, lines, keys) for number in range(lines)]
    selector = selectors.DefaultSelector()
    for line in open_lines:
        selector.register(line.socket, selectors.EVENT_READ, line)
    while (seconds := pipe.recv()) is not None:
        latencies: list[float] = []
        cpu, start = time.process_time(), time.perf_counter()
        end, waiting = start + seconds, len(open_lines)
        for line in open_lines:
            line.ask()
        while waiting:
            for key, _ in selector.select():
                took = key.data.hear()
                if took is None:
                    continue
                latencies.append(took)
                if time.perf_counter() < end:
                    key.data.ask()
                else:
                    waiting -= 1
        pipe.send(Done(time.perf_counter() - start, time.process_time() - cpu, tuple(latencies)))


class Sender:
    """A client process that sends when told to."""

    def __init__(self, pipe: Connection) -> None:
        self.pipe = pipe

    def send(self, seconds: float) -> Done:
        """Send for so long. Raises `WrongAnswer` when the client gave up."""
        self.pipe.send(seconds)
        try:
            done: Done = self.pipe.recv()
        except EOFError:
            raise WrongAnswer("the client gave up; see its error above") from None
        return done


@contextmanager
def sender_to(target: Target, lines: int) -> Iterator[Sender]:
    """Start a client process with `lines` connections, and end it afterwards."""
    ours, theirs = SPAWN.Pipe()
    process = SPAWN.Process(target=_client, args=(theirs, target, lines), daemon=True)
    process.start()
    theirs.close()
    try:
        yield Sender(ours)
    finally:
        process.terminate()
        process.join(10)

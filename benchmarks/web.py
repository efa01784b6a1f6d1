"""The same act over HTTP: ours, a tuned Flask and ORM version, and one on Django REST framework with django-fsm; one server for all."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.cluster import Cluster, cluster
from benchmarks.http_client import Sender, Target, sender_to
from benchmarks.measures import Figure, Plan, Span, middle, ratio
from benchmarks.process import cpu_of_tree
from benchmarks.stage import PACK, set_up

LINES = 8
THREADS = 2
ROOT = Path(__file__).resolve().parents[1]
FLASK, DJANGO = "Flask and ORM", "Django REST and fsm"


@dataclass(frozen=True)
class Served:
    """One application being served, and who sends to it."""

    pid: int
    sender: Sender


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(python: str, application: str, environment: dict[str, str], *, factory: bool = False) -> Iterator[tuple[int, int]]:
    """Serve an application with one worker process; its port and the server's process."""
    port = _free_port()
    command = [python, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
               "--blocking-threads", str(THREADS), "--blocking-threads-idle-timeout", "600", "--log-level", "warning",
               *(["--factory"] if factory else []), application]
    server = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment)
    try:
        for _ in range(900):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except ConnectionRefusedError:
                if server.poll() is not None:
                    raise RuntimeError(f"{application} did not start") from None
                time.sleep(0.1)
        yield server.pid, port
    finally:
        server.terminate()
        server.wait(20)


@contextmanager
def _ours(server: Cluster, plan: Plan) -> Iterator[Served]:
    stage = set_up(server.create("ours"), plan.cases, server.application("ours"))
    with tempfile.TemporaryDirectory() as folder:
        environment = {"INSPECT_DATABASE_URL": stage.url, "INSPECT_DATABASE_OWNER_URL": server.url("ours"), "INSPECT_MODE": "test",
                       "INSPECT_PACKS": str(PACK), "INSPECT_DATA": folder}
        with serving(sys.executable, "benchmarks.served:create", environment, factory=True) as (pid, port), \
                sender_to(Target(port, "/api/v1/cases/{}/events", f"Bearer {stage.token}", stage.cases), LINES) as sender:
            yield Served(pid, sender)


@contextmanager
def _peer(server: Cluster, plan: Plan, database: str, prepare: str, application: str, scheme: str) -> Iterator[Served]:
    token = secrets.token_hex(20)
    environment = {"PEER_DATABASE_URL": server.create(database), "PEER_TOKEN": token}
    said = subprocess.run([plan.peer_python, "-m", prepare, str(plan.cases)], cwd=ROOT, env=os.environ | environment, check=True,
                          stdout=subprocess.PIPE, text=True).stdout
    with serving(plan.peer_python, application, environment) as (pid, port), \
            sender_to(Target(port, "/cases/{}/events", f"{scheme} {token}", tuple(said.split())), LINES) as sender:
        yield Served(pid, sender)


def has_peers(python: str) -> bool:
    """Whether this Python has what the peers are made of."""
    return subprocess.run([python, "-c", "import django, rest_framework, django_fsm, granian, flask, sqlalchemy, marshmallow"], check=False,
                          capture_output=True).returncode == 0


def _stretch(server: Cluster, served: Served, seconds: float) -> Span:
    application, database = cpu_of_tree(served.pid), server.cpu()
    done = served.sender.send(seconds)
    return Span(len(done.latencies), done.seconds, cpu_of_tree(served.pid) - application, server.cpu() - database)


def run(plan: Plan) -> Iterator[Figure]:
    """Rounds of each application in turn; CPU of the server process and of PostgreSQL, not of the client."""
    with ExitStack() as stack:
        server = stack.enter_context(cluster())
        all_served = {"ours": stack.enter_context(_ours(server, plan))}
        if has_peers(plan.peer_python):
            all_served[FLASK] = stack.enter_context(
                _peer(server, plan, "flask_orm", "benchmarks.peers.flask_orm", "benchmarks.peers.flask_orm:app", "Bearer"))
            all_served[DJANGO] = stack.enter_context(
                _peer(server, plan, "drf_fsm", "benchmarks.peers.drf_fsm.prepare", "benchmarks.peers.drf_fsm.wsgi:application", "Token"))
        else:
            print("http: no peers; install requirements-bench.txt, or name a Python that has it with --peer-python.", file=sys.stderr)
        for name in all_served:
            database = {"ours": "ours", FLASK: "flask_orm", DJANGO: "drf_fsm"}[name]
            server.sql(database, "ANALYZE")
            all_served[name].sender.send(min(1.0, plan.seconds))
        spans: dict[str, list[Span]] = {name: [] for name in all_served}
        for _ in range(plan.rounds):
            for name, served in all_served.items():
                spans[name].append(_stretch(server, served, plan.seconds))
    yield from _figures(spans)


def _figures(spans: dict[str, list[Span]]) -> Iterator[Figure]:
    for name, found in spans.items():
        yield Figure("http", f"{name}: requests", middle(found, lambda s: s.rate), "/s")
        yield Figure("http", f"{name}: CPU of the application", middle(found, lambda s: s.application_us) / 1000, "ms")
        yield Figure("http", f"{name}: CPU of PostgreSQL", middle(found, lambda s: s.database_us) / 1000, "ms")
    ours = spans["ours"]
    yield Figure("http", "ours: CPU of both", middle(ours, lambda s: s.cpu_us) / 1000, "ms", "<=", 2.0)
    if FLASK in spans:
        yield Figure("http", f"CPU, ours to {FLASK}", ratio(ours, spans[FLASK], lambda s: s.cpu_us), "×", "<=", 1.0)
    if DJANGO in spans:
        yield Figure("http", f"CPU, ours to {DJANGO}", ratio(ours, spans[DJANGO], lambda s: s.cpu_us), "×", "<=", 0.6)
        yield Figure("http", f"requests, ours to {DJANGO}", ratio(ours, spans[DJANGO], lambda s: s.rate), "×", ">=", 1.25)

"""One durable, guarded, audited act through the engine's own verb, beside pgbench doing the bare six statements."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from benchmarks.bare import Bare
from benchmarks.clients import Clients, Done, clients_on
from benchmarks.cluster import Cluster, cluster
from benchmarks.measures import Figure, Plan, Span, middle, ratio
from benchmarks.stage import set_up

CLIENTS = (1, 4)
GOAL = 0.3


def span_of(done: list[Done], database: float = 0.0) -> Span:
    """What several clients did at once, as one stretch."""
    return Span(sum(len(d.latencies) for d in done), max(d.seconds for d in done), sum(d.cpu for d in done), database)


def _ours(server: Cluster, clients: Clients, seconds: float, number: int) -> Span:
    before = server.cpu()
    done = clients.act(seconds, number)
    return span_of(done, server.cpu() - before)


def run(plan: Plan) -> Iterator[Figure]:
    """Rounds of pgbench, PostgreSQL and SQLite in turn, at each number of clients."""
    with ExitStack() as stack:
        server = stack.enter_context(cluster())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        bare = Bare(server, plan.cases)
        postgresql = stack.enter_context(clients_on(set_up(server.create("ours"), plan.cases, server.application("ours")), max(CLIENTS)))
        server.sql("ours", "ANALYZE")
        sqlite = stack.enter_context(clients_on(set_up(f"sqlite:///{folder}/acts.db", plan.cases), max(CLIENTS)))
        spans: dict[tuple[str, int], list[Span]] = {}
        for _ in range(plan.rounds):
            for number in CLIENTS:
                spans.setdefault(("pgbench", number), []).append(bare.run(plan.seconds, number))
                spans.setdefault(("PostgreSQL", number), []).append(_ours(server, postgresql, plan.seconds, number))
                spans.setdefault(("SQLite", number), []).append(span_of(sqlite.act(plan.seconds, number)))
    for number in CLIENTS:
        limit, at = spans["pgbench", number], f"{number} client{'s' if number > 1 else ''}"
        yield Figure("acts", f"pgbench, six statements, {at}", middle(limit, lambda s: s.rate), "/s")
        yield Figure("acts", f"pgbench, CPU of PostgreSQL, {at}", middle(limit, lambda s: s.database_us), "µs")
        for name in ("PostgreSQL", "SQLite"):
            ours = spans[name, number]
            yield Figure("acts", f"act on {name}, {at}", middle(ours, lambda s: s.rate), "/s")
            yield Figure("acts", f"act on {name}, CPU of the application, {at}", middle(ours, lambda s: s.application_us), "µs")
            if name == "PostgreSQL":
                yield Figure("acts", f"act on {name}, CPU of PostgreSQL, {at}", middle(ours, lambda s: s.database_us), "µs")
                yield Figure("acts", f"act on {name} to pgbench, {at}", ratio(ours, limit, lambda s: s.rate), "×", ">=", GOAL)

"""Four processes that write to one SQLite file as fast as they can: nobody may be kept waiting."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.clients import clients_on
from benchmarks.measures import Figure, Plan
from benchmarks.stage import set_up

WRITERS = 4


def run(plan: Plan) -> Iterator[Figure]:
    """All writers at once for three stretches' time; how long single acts took, waiting included."""
    with tempfile.TemporaryDirectory() as folder:
        stage = set_up(f"sqlite:///{Path(folder) / 'queue.db'}", plan.cases)
        with clients_on(stage, WRITERS) as clients:
            done = clients.act(plan.seconds * (3 if plan.rounds > 1 else 1), WRITERS)
    taken = sorted(latency for d in done for latency in d.latencies)
    yield Figure("sqlite", f"acts of {WRITERS} writers", len(taken) / max(d.seconds for d in done), "/s")
    yield Figure("sqlite", "median", taken[len(taken) // 2] * 1000, "ms")
    yield Figure("sqlite", "p95", taken[int(len(taken) * 0.95)] * 1000, "ms")
    yield Figure("sqlite", "p99", taken[int(len(taken) * 0.99)] * 1000, "ms", "<=", 100)
    yield Figure("sqlite", "longest", taken[-1] * 1000, "ms")
    fewest, most = min(len(d.latencies) for d in done), max(len(d.latencies) for d in done)
    yield Figure("sqlite", "acts of the slowest writer to those of the fastest", fewest / most, "×")

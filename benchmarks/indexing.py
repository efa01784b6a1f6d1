"""What the index of words costs: opening a case with it and without, and the background work for one act beside the act."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

from benchmarks.cluster import cluster
from benchmarks.measures import Figure, Plan
from benchmarks.stage import NEXT, OFFICER, WHY, house_at, set_up
from inspect_app.services import casework, indexing, keeping_log, keys
from inspect_app.services.casework import Opening
from inspect_app.services.house import House
from workflows.acts import Act

AT_ONCE = 20


def indexed_to_not(plan: Plan) -> Iterator[Figure]:
    """Both databases: openings with the index and without in turn; then acts, and the background work that adds their words."""
    with tempfile.TemporaryDirectory() as folder, cluster() as server:
        keys.make(Path(folder))
        set_up(f"sqlite:///{folder}/acts.db", AT_ONCE)
        set_up(server.create("indexing"), AT_ONCE, server.application("indexing"))
        server.sql("indexing", "ANALYZE")
        for name, url in (("SQLite", f"sqlite:///{folder}/acts.db"), ("PostgreSQL", server.url("indexing"))):
            yield from _of(name, replace(house_at(url), keys=Path(folder)), 3 + 6 * plan.rounds)


def _of(name: str, house: House, rounds: int) -> Iterator[Figure]:
    spent: dict[bool, list[float]] = {True: [], False: []}
    opened: list[str] = []
    for n in range(rounds):
        for indexed in (n % 2 == 0, n % 2 != 0):
            with _kept(indexed):
                begin = time.perf_counter()
                opened += [_open(house, n) for _ in range(AT_ONCE)]
                spent[indexed].append(time.perf_counter() - begin)
    yield Figure("finding", f"{name}: opening a case, with the index to without", median(spent[True]) / median(spent[False]), "×", "<=", 1.1)
    keeping_log.round_of(house)
    indexing.round_of(house)
    acts = _timed(lambda: [_act(house, uid) for uid in opened[:AT_ONCE * 5]])
    keeping_log.round_of(house)
    behind = _timed(lambda: indexing.round_of(house))
    yield Figure("finding", f"{name}: an act", acts / (AT_ONCE * 5) * 1000, "ms")
    yield Figure("finding", f"{name}: its words, later and by the background work, to the act", behind / acts, "×")
    house.db.close()


@contextmanager
def _kept(indexed: bool) -> Iterator[None]:
    """With the words of what is opened, or without."""
    if indexed:
        yield
        return
    with patch.object(indexing, "put_head", lambda *given, **told: None):
        yield


def _open(house: House, n: int) -> str:
    opening = Opening("there_and_back", Act("begin", OFFICER), f"sổ thuốc gây nghiện – Trần Văn An {n}", "K1")
    return casework.open_case(house, opening).case


def _act(house: House, uid: str) -> Any:
    return casework.fire(house, uid, Act(NEXT["here"], OFFICER, {"why": WHY}))


def _timed(work: Any) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


__all__ = ["indexed_to_not"]

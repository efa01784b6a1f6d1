"""What the index of words costs: the background work for openings and for acts, beside these."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median

from benchmarks.cluster import cluster
from benchmarks.measures import Figure, Plan
from benchmarks.stage import NEXT, OFFICER, WHY, house_at, set_up
from inspect_app.services import casework, indexing, keeping_log, keys
from inspect_app.services.casework import Opening
from inspect_app.services.house import House
from workflows.acts import Act

AT_ONCE = 100


def indexed_to_not(plan: Plan) -> Iterator[Figure]:
    """Both databases: openings, then acts, each followed by the background work that adds their words."""
    with tempfile.TemporaryDirectory() as folder, cluster() as server:
        keys.make(Path(folder))
        set_up(f"sqlite:///{folder}/acts.db", AT_ONCE)
        set_up(server.create("indexing"), AT_ONCE, server.application("indexing"))
        server.sql("indexing", "ANALYZE")
        for name, url in (("SQLite", f"sqlite:///{folder}/acts.db"), ("PostgreSQL", server.url("indexing"))):
            yield from _of(name, replace(house_at(url), keys=Path(folder)), 3 + 6 * plan.rounds)


def _of(name: str, house: House, rounds: int) -> Iterator[Figure]:
    """An act writes no word: what the index costs is what the background work does for it later."""
    spent: dict[str, list[float]] = {"openings": [], "words of openings": [], "acts": [], "words of acts": []}
    for n in range(rounds):
        opened = [f"sổ thuốc gây nghiện – Trần Văn An {n}"] * AT_ONCE
        for kind, work in (("openings", _open), ("acts", _act)):
            begin = time.perf_counter()
            opened = [work(house, one) for one in opened]
            spent[kind].append(time.perf_counter() - begin)
            keeping_log.round_of(house)
            begin = time.perf_counter()
            indexing.round_of(house)
            spent[f"words of {kind}"].append(time.perf_counter() - begin)
    for kind in ("openings", "acts"):
        took, words = median(spent[kind]), median(spent[f"words of {kind}"])
        yield Figure("finding", f"{name}: {AT_ONCE} {kind}", took * 1000, "ms")
        yield Figure("finding", f"{name}: their words, later and by the background work, to the {kind}", words / took, "×")
    house.db.close()


def _open(house: House, title: str) -> str:
    return casework.open_case(house, Opening("there_and_back", Act("begin", OFFICER), title, "K1")).case


def _act(house: House, uid: str) -> str:
    return casework.fire(house, uid, Act(NEXT["here"], OFFICER, {"why": WHY})).case


__all__ = ["indexed_to_not"]

"""The register and the work list of someone with many grants over many cases, beside those of someone who is not restricted; over HTTP,
with PostgreSQL's row-level security on."""

from __future__ import annotations

import http.client
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median

from benchmarks.cluster import Cluster, cluster
from benchmarks.filling import GRANTS, LARGE, MANY, ONE, fill, settle
from benchmarks.measures import Figure, Plan
from benchmarks.stage import ZONE
from benchmarks.web import serving
from inspect_app.db import Database
from inspect_app.services.house import House
from inspect_app.services.tokens import create_token
from workflows.catalogue import load_catalogue

CASES = 200_000
PLACES = {"register": "/api/v1/cases?open=true&sort=due&limit=50", "newest": "/api/v1/cases?limit=50", "work": "/api/v1/work"}


def run(plan: Plan) -> Iterator[Figure]:
    """Both persons in turn, list by list; the median of each, and the ratio."""
    with cluster() as server, tempfile.TemporaryDirectory() as folder:
        tokens, url = _set_up(server, Path(folder), CASES if plan.rounds > 1 else CASES // 20)
        environment = {"INSPECT_DATABASE_URL": url, "INSPECT_MODE": "test", "INSPECT_DATA": folder}
        with serving(sys.executable, "benchmarks.served:create", environment, factory=True) as (_, port):
            taken: dict[tuple[str, str], list[float]] = {}
            for n in range(3 + 12 * plan.rounds):
                for place in PLACES:
                    for who in (ONE, MANY):
                        spent = ask_over_http(port, PLACES[place], tokens[who])
                        if n >= 3:
                            taken.setdefault((place, who), []).append(spent)
        for place in PLACES:
            for who in (ONE, MANY):
                yield Figure("lists", f"{place}, {who}", median(taken[place, who]) * 1000, "ms")
            pairs = zip(taken[place, MANY], taken[place, ONE], strict=True)
            yield Figure("lists", f"{place}, {GRANTS} grants to unrestricted", median(a / b for a, b in pairs), "×", "<=", 1.5)


def ask_over_http(port: int, path: str, token: str, asked: bytes | None = None) -> float:
    """Seconds that an answer takes; with `asked` as the JSON of a POST. Raises RuntimeError for one that is no list."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    told = {"Authorization": f"Bearer {token}"} | ({"Content-Type": "application/json"} if asked else {})
    begin = time.perf_counter()
    connection.request("POST" if asked else "GET", path, asked, told)
    answer = connection.getresponse()
    body = answer.read()
    spent = time.perf_counter() - begin
    connection.close()
    if answer.status != 200 or (asked is None and len(body) < 300):
        raise RuntimeError(f"{path} answered {answer.status}: {body[:200]!r}")
    return spent


def _set_up(server: Cluster, folder: Path, number: int) -> tuple[dict[str, str], str]:
    owner = Database(server.create("lists"))
    url = server.application("lists")
    fill(owner, folder, replace(LARGE, cases=number))
    settle(server, "lists")
    house = House(owner, load_catalogue(), ZONE, folder)
    tokens = {who: create_token(house, who, "bench", "read", 2) for who in (ONE, MANY)}
    owner.close()
    return tokens, url

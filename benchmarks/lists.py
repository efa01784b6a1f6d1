"""The register and the work list of someone with many grants over many cases, beside those of someone who is not restricted; over HTTP,
with PostgreSQL's row-level security on."""

from __future__ import annotations

import http.client
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from statistics import median

from sqlalchemy import insert
from uuid_utils import uuid4

from benchmarks.cluster import APPLICATION, Cluster, cluster
from benchmarks.measures import Figure, Plan
from benchmarks.stage import ZONE
from benchmarks.web import serving
from inspect_app.db import Database, Session
from inspect_app.models import account, case_search, cases, dossier, person, role_grant, stream, unit
from inspect_app.services.bulk import insert_rows
from inspect_app.services.folding import folded
from inspect_app.services.founding import found, migrate, secure
from inspect_app.services.house import House
from inspect_app.services.tokens import create_token
from inspect_app.services.units import replant
from workflows.catalogue import load_catalogue

UNITS, GRANTS = 3000, 20
CASES = 200_000
PLACES = {"register": "/api/v1/cases?open=true&sort=due&limit=50", "newest": "/api/v1/cases?limit=50", "work": "/api/v1/work"}
ONE, MANY = "unrestricted", "restricted"


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
                        spent = _ask(port, PLACES[place], tokens[who])
                        if n >= 3:
                            taken.setdefault((place, who), []).append(spent)
        for place in PLACES:
            for who in (ONE, MANY):
                yield Figure("lists", f"{place}, {who}", median(taken[place, who]) * 1000, "ms")
            pairs = zip(taken[place, MANY], taken[place, ONE], strict=True)
            yield Figure("lists", f"{place}, {GRANTS} grants to unrestricted", median(a / b for a, b in pairs), "×", "<=", 1.5)


def _ask(port: int, path: str, token: str) -> float:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    begin = time.perf_counter()
    connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    body = answer.read()
    spent = time.perf_counter() - begin
    connection.close()
    if answer.status != 200 or len(body) < 1000:
        raise RuntimeError(f"{path} answered {answer.status}: {body[:200]!r}")
    return spent


def fill(owner: Database, folder: Path, number: int, titles: Sequence[str] = (), open_share: float | None = None) -> None:
    """A founded database with units, two people and so many cases, under these titles, so large a share of them open."""
    migrate(owner)
    found(owner)
    if not owner.is_sqlite:
        secure(owner, APPLICATION)
    with owner.atomic("all") as session:
        _people_and_units(session)
        _cases(session, House(owner, load_catalogue(), ZONE, folder), number, titles, open_share)


def settle(server: Cluster, database: str) -> None:
    """Numbers go on after those that are there, and the planner knows the tables."""
    for table in ("stream", "dossier", "person", "unit"):
        server.sql(database, f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT MAX(id) FROM {table}))")
    server.sql(database, "VACUUM ANALYZE")


def _set_up(server: Cluster, folder: Path, number: int) -> tuple[dict[str, str], str]:
    owner = Database(server.create("lists"))
    url = server.application("lists")
    fill(owner, folder, number)
    settle(server, "lists")
    house = House(owner, load_catalogue(), ZONE, folder)
    tokens = {who: create_token(house, who, "bench", "read", 2) for who in (ONE, MANY)}
    owner.close()
    return tokens, url


def _people_and_units(session: Session) -> None:
    """A tree of four levels, somebody with one grant at its top and somebody with twenty at its leaves and branches."""
    chance = random.Random(1)
    insert_rows(session, unit, ("id", "code", "name", "kind", "external", "parent_id", "path"),
                [(n, f"U{n}", f"Unit {n}", "unit", False, None if n == 1 else 1 if n <= 30 else 2 + n % 29 if n <= 300 else 31 + n % 270, "/")
                 for n in range(1, UNITS + 1)])
    replant(session)
    for n, who in enumerate((ONE, MANY), 1):
        session.execute(insert(person).values(id=n, uid=str(uuid4()), full_name=who, called=who, unit_id=1))
        session.execute(insert(account).values(person_id=n, login=who, password_hash="-", language="en"))
    session.execute(insert(role_grant).values(person_id=1, role="chair", unit_id=1, since_on=date(2020, 1, 1)))
    for at in chance.sample(range(31, UNITS), GRANTS):
        session.execute(insert(role_grant).values(person_id=2, role="chair", unit_id=at, since_on=date(2020, 1, 1)))


def _cases(session: Session, house: House, number: int, titles: Sequence[str], open_share: float | None) -> None:
    chance, law = random.Random(2), house.catalogue.by_name["inspection"]
    rules = house.catalogue.rulesets_by_name["generic"]
    flow, ruleset = house.pin(session, law), house.pin(session, rules)
    start = 1_700_000_000_000_000
    insert_rows(session, dossier, ("id", "uid", "position", "opened_at"), [(n, str(uuid4()), 1, start) for n in range(1, number + 1)])
    insert_rows(session, stream, ("id", "cid", "kind", "seq", "head", "at"),
                [(n, os.urandom(16), "case", 1, b"", start + n) for n in range(1, number + 1)])
    states = [s.name for s in law.states]
    ways = {True: [s for s in states if not law.is_final(s)], False: [s for s in states if law.is_final(s)]}
    made = []
    for n in range(1, number + 1):
        state = chance.choice(states if open_share is None else ways[chance.random() < open_share])
        due = start + chance.randint(0, 10**14)
        made.append((n, str(uuid4()), f"2026-{n:06d}", n, "inspection", flow, ruleset, state, 1, not law.is_final(state), False,
                     chance.randint(1, UNITS), titles[n - 1] if titles else f"Matter {n}", start, start + n, due, due))
    insert_rows(session, cases, ("id", "uid", "number", "dossier_id", "workflow", "definition", "ruleset", "state", "seq", "is_open", "paused",
                                 "unit_id", "title", "opened_at", "updated_at", "due_at", "due_order"), made)
    insert_rows(session, case_search, ("case_id", "folded"), [(row[0], folded(f"{row[2]} {row[12]}")) for row in made])

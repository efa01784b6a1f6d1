"""Lists and search at ten thousand and a million cases, on both databases, each beside a plain way of asking: the pages of the work list and of the
register, their depth, and searches by name, number and topic. In the database by the statements that the services run, once more on the driver; and
through HTTP. Then what the index of words costs, beside openings and acts."""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import orjson
from sqlalchemy import event, text

from benchmarks.cluster import cluster
from benchmarks.filling import FAMILY, GIVEN, LITTLE, MANY, MIDDLE, ONE, START, TOPICS, fill, settle
from benchmarks.indexing import indexed_to_not
from benchmarks.lists import ask_over_http
from benchmarks.measures import Figure, Plan
from benchmarks.stage import ZONE
from benchmarks.web import serving
from inspect_app.access.parts import reach_of
from inspect_app.db import Database, Fixed, Glance, Session
from inspect_app.services import queries, searching
from inspect_app.services.folding import folded
from inspect_app.services.house import House
from inspect_app.services.identity import actor_of_login
from inspect_app.services.queries import Filter
from inspect_app.services.tokens import create_token
from workflows.acts import Actor
from workflows.catalogue import load_catalogue

SIZES = (10_000, 1_000_000)
ENOUGH = 6000.0
"""ms: a plain way that took so long is not asked again."""


@dataclass(frozen=True)
class Store:
    """A filled database, who asks, and their tokens."""

    house: House
    actors: dict[str, Actor]
    tokens: dict[str, str]
    url: str


def run(plan: Plan) -> Iterator[Figure]:
    """Each size on each database; then growth, and ours to the plain way; then what the index costs."""
    sizes = SIZES if plan.rounds > 1 else (SIZES[0] // 10, SIZES[0])
    told: dict[tuple[str, str, int], float] = {}
    for number in sizes:
        for name, opened in (("SQLite", _on_sqlite), ("PostgreSQL", _on_postgresql)):
            with opened(number) as store:
                for what, ours, plain in _measured(store, 7 + 15 * plan.rounds, number):
                    told[name, what, number] = ours
                    goal = 10.0 if what.startswith("search") else 5.0
                    yield Figure("finding", f"{name}, {number:,}: {what}", ours, "ms", "<=", goal)
                    times = Figure("finding", f"{name}, {number:,}: {what}, plain to ours", plain / ours, "×")
                    yield times.aimed(">=", 50.0, here=number == sizes[-1])
                for what, spent in _over_http(store, 7 + 5 * plan.rounds, number):
                    yield Figure("finding", f"{name}, {number:,}: {what}, HTTP", spent, "ms", "<=", 25.0)
    for (name, what, number), ours in told.items():
        if number == sizes[-1]:
            yield Figure("finding", f"{name}: {what}, growth", ours / told[name, what, sizes[0]], "×", "<=", 1.5)
    yield from indexed_to_not(plan)


@contextmanager
def _on_sqlite(number: int) -> Iterator[Store]:
    with tempfile.TemporaryDirectory() as folder:
        db = Database(f"sqlite:///{folder}/found.db")
        fill(db, Path(folder), number)
        yield _store(db, db, Path(folder), str(db.url))
        db.close()


@contextmanager
def _on_postgresql(number: int) -> Iterator[Store]:
    with cluster() as server, tempfile.TemporaryDirectory() as folder:
        owner = Database(server.create("finding"))
        url = server.application("finding")
        db = Database(url)
        fill(owner, Path(folder), number)
        settle(server, "finding")
        yield _store(owner, db, Path(folder), url)
        owner.close()
        db.close()


def _store(owner: Database, db: Database, folder: Path, url: str) -> Store:
    house = House(db, load_catalogue(), ZONE, folder)
    with db.reading() as session:
        actors = {who: actor_of_login(session, who) for who in (ONE, MANY, LITTLE)}
    tokens = {who: create_token(House(owner, load_catalogue(), ZONE, folder), who, "bench", "read", 2) for who in (ONE, MANY, LITTLE)}
    return Store(house, actors, tokens, url)


Ask = Callable[[House, Actor, random.Random, int], Any]
Plain = Callable[[Actor, random.Random], tuple[str, dict[str, Any]]]


def _page(sort: str = "due", **wanted: Any) -> Ask:
    return lambda house, actor, chance, number: queries.register(house, actor, Filter(**wanted), sort=sort)


def _deep(sort: str, **wanted: Any) -> Ask:
    """A page somewhere in the middle of the list."""

    def ask(house: House, actor: Actor, chance: random.Random, number: int) -> Any:
        return queries.register(house, actor, Filter(**wanted), sort=sort, cursor=_somewhere(sort, chance, number))

    return ask


def _somewhere(sort: str, chance: random.Random, number: int) -> str:
    value = START + (chance.randint(0, 10**14) if sort == "due" else chance.randint(0, number))
    return queries.cursor_at(sort, value, chance.randint(1, number))


def _search(asked: Callable[[random.Random], str]) -> Ask:
    return lambda house, actor, chance, number: searching.search(house, actor, asked(chance))


def _plain_page(where: str, order: str, deep: bool = False) -> Plain:
    """The usual way: everything of the case, the subtree by path, OFFSET."""

    def ask(actor: Actor, chance: random.Random) -> tuple[str, dict[str, Any]]:
        offset = "(SELECT COUNT(*) / 3 FROM cases WHERE is_open)" if deep else "0"
        return (f"SELECT c.* FROM cases c JOIN unit u ON u.id = c.unit_id WHERE {where} "
                f"AND EXISTS (SELECT 1 FROM role_grant g JOIN unit a ON a.id = g.unit_id "
                f"WHERE g.person_id = :person AND u.path LIKE a.path || '%') ORDER BY {order} LIMIT 51 OFFSET {offset}", {"person": actor.person_id})

    return ask


def _plain_search(asked: Callable[[random.Random], str]) -> Plain:
    """The usual way: LIKE over text without marks."""

    def ask(actor: Actor, chance: random.Random) -> tuple[str, dict[str, Any]]:
        words = {f"w{n}": f"%{word}%" for n, word in enumerate(folded(asked(chance)).split())}
        where = " AND ".join(f"s.folded LIKE :{name}" for name in words)
        return (f"SELECT c.* FROM case_search s JOIN cases c ON c.id = s.case_id WHERE {where} ORDER BY c.updated_at DESC LIMIT 51", words)

    return ask


def _name(chance: random.Random) -> str:
    return folded(f"{chance.choice(FAMILY)} {chance.choice(MIDDLE)} {chance.choice(GIVEN)}")


def _turned(chance: random.Random) -> str:
    family, middle, given = _name(chance).split()
    return f"{given} {family} {middle}"


def _number(chance: random.Random) -> str:
    return f"2026-{chance.randint(1, SIZES[0]):06d}"


def _topic(chance: random.Random) -> str:
    return folded(chance.choice(TOPICS))


def _nothing(chance: random.Random) -> str:
    return f"khong co gi {chance.randint(1, 9)} nhu the"


ASKS: dict[str, tuple[str, Ask, Plain]] = {
    "open by due day, first page": (ONE, _page(is_open=True), _plain_page("c.is_open", "c.due_at, c.id")),
    "open by due day, deep": (ONE, _deep("due", is_open=True), _plain_page("c.is_open", "c.due_at, c.id", True)),
    "open by due day, 20 grants": (MANY, _page(is_open=True), _plain_page("c.is_open", "c.due_at, c.id")),
    "one state by due day": (ONE, _page(state="triage"), _plain_page("c.state = 'triage'", "c.due_at, c.id")),
    "one unit by due day": (ONE, _page(unit="U700", is_open=True), _plain_page("c.is_open AND c.unit_id = 700", "c.due_at, c.id")),
    "newest first": (ONE, _page("-updated"), _plain_page("1 = 1", "c.updated_at DESC, c.id DESC")),
    "newest first, deep": (ONE, _deep("-updated"), _plain_page("1 = 1", "c.updated_at DESC, c.id DESC", True)),
    "newest first, one unit": (LITTLE, _page("-updated"), _plain_page("1 = 1", "c.updated_at DESC, c.id DESC")),
    "newest first, 20 grants": (MANY, _page("-updated"), _plain_page("1 = 1", "c.updated_at DESC, c.id DESC")),
    "oldest first": (ONE, _page("opened"), _plain_page("1 = 1", "c.opened_at, c.id")),
    "words of the register by due day": (ONE, _page(q="so thuoc gay nghien", is_open=True), _plain_page(
        "c.is_open AND (SELECT s.folded FROM case_search s WHERE s.case_id = c.id) LIKE '%so%' AND (SELECT s.folded FROM case_search s "
        "WHERE s.case_id = c.id) LIKE '%nghien%'", "c.due_at, c.id")),
    "a name of the register by due day": (ONE, _page(q="dinh thi uyen", is_open=True), _plain_page(
        "c.is_open AND (SELECT s.folded FROM case_search s WHERE s.case_id = c.id) LIKE '%dinh thi uyen%'", "c.due_at, c.id")),
    "one person's open cases": (ONE, _page(assigned_to="owner-7", is_open=True), _plain_page(
        "c.is_open AND EXISTS (SELECT 1 FROM case_role r WHERE r.case_id = c.id AND r.person_id = 7)", "c.due_at, c.id")),
    "work list, 20 grants": (MANY, lambda house, actor, chance, number: queries.work(house, actor), _plain_page(
        "c.is_open AND NOT c.paused", "c.due_at, c.id")),
    "work list, one unit": (LITTLE, lambda house, actor, chance, number: queries.work(house, actor), _plain_page(
        "c.is_open AND NOT c.paused", "c.due_at, c.id")),
    "work list": (ONE, lambda house, actor, chance, number: queries.work(house, actor), _plain_page("c.is_open AND NOT c.paused", "c.due_at, c.id")),
    "work list, somewhere": (ONE, lambda house, actor, chance, number: queries.work(house, actor, cursor=_somewhere("due", chance, number)),
                             _plain_page("c.is_open AND NOT c.paused", "c.due_at, c.id", deep=True)),
    "search: name": (ONE, _search(_name), _plain_search(_name)),
    "search: name, turned round": (ONE, _search(_turned), _plain_search(_turned)),
    "search: name, 20 grants": (MANY, _search(_name), _plain_search(_name)),
    "search: name, one unit": (LITTLE, _search(_name), _plain_search(_name)),
    "search: topic, one unit": (LITTLE, _search(_topic), _plain_search(_topic)),
    "search: number": (ONE, _search(_number), _plain_search(_number)),
    "search: topic": (ONE, _search(_topic), _plain_search(_topic)),
    "search: nothing": (ONE, _search(_nothing), _plain_search(_nothing)),
}
"""What is asked: by whom, how we answer it, and the plain way."""


HTTP: dict[str, tuple[str, str, str]] = {
    "register by due day": (ONE, "/api/v1/cases?open=true&sort=due&limit=50", ""),
    "register by due day, deep": (ONE, "/api/v1/cases?open=true&sort=due&limit=50&cursor={due}", ""),
    "register by due day, 20 grants": (MANY, "/api/v1/cases?open=true&sort=due&limit=50", ""),
    "register, newest first": (ONE, "/api/v1/cases?limit=50", ""),
    "register, newest first, 20 grants": (MANY, "/api/v1/cases?limit=50", ""),
    "one unit": (ONE, "/api/v1/cases?open=true&sort=due&limit=50&unit=U700", ""),
    "work list": (ONE, "/api/v1/work", ""),
    "search: name": (ONE, "/api/v1/search", "{name}"),
    "search: topic": (ONE, "/api/v1/search", "{topic}"),
}
"""What is asked through HTTP: by whom, where, and the words of a search."""


def _over_http(store: Store, times: int, number: int) -> Iterator[tuple[str, float]]:
    """What is asked, and the 95th percentile through HTTP, in ms."""
    environment = {"INSPECT_DATABASE_URL": store.url, "INSPECT_MODE": "test", "INSPECT_DATA": str(store.house.data)}
    with serving(sys.executable, "benchmarks.served:create", environment, factory=True) as (_, port):
        for what, (who, path, words) in HTTP.items():
            chance, spent = random.Random(what), []
            for _ in range(times):
                at = path.format(due=_somewhere("due", chance, number))
                asked = orjson.dumps({"q": words.format(name=_name(chance), topic=_topic(chance))}) if words else None
                spent.append(ask_over_http(port, at, store.tokens[who], asked) * 1000)
            yield what, quantiles(spent[2:], n=20)[-1]


def _measured(store: Store, times: int, number: int) -> Iterator[tuple[str, float, float]]:
    """What is asked, and the 95th percentile in the database, ours and the plain way, in ms."""
    for what, (who, ask, plain) in ASKS.items():
        chance = random.Random(what)
        ours = [_ours(store, store.actors[who], ask, chance, number) for _ in range(times)][2:]
        chance, theirs = random.Random(what), list[float]()
        while len(theirs) < max(4, times // 10) and sum(theirs) < ENOUGH:
            theirs.append(_theirs(store, *plain(store.actors[who], chance)))
        yield what, quantiles(ours, n=20)[-1], median(theirs[1:] or theirs)


def _ours(store: Store, actor: Actor, ask: Ask, chance: random.Random, number: int) -> float:
    """Every statement that one question takes, once more on the driver alone: ms."""
    with _overheard(store.house.db) as said:
        ask(store.house, actor, chance, number)
    with store.house.db.reading(reach_of(actor)) as session:
        driver: Any = session.connection.driver_connection
        begin = time.perf_counter()
        for one, values in said:
            if isinstance(one, Fixed):
                one.run(session, values)
            elif isinstance(one, tuple):
                driver.prepare_threshold, statement = one
                driver.execute(statement, values).fetchall()
            else:
                driver.execute(one, values).fetchall()
        return (time.perf_counter() - begin) * 1000


def _theirs(store: Store, statement: str, values: dict[str, Any]) -> float:
    with store.house.db.reading("all") as session:
        begin = time.perf_counter()
        session.execute(text(statement), values).all()
        return (time.perf_counter() - begin) * 1000


@contextmanager
def _overheard(db: Database) -> Iterator[list[tuple[Any, Any]]]:
    """Every statement that goes to the database meanwhile, with its values; on PostgreSQL as it is prepared there."""
    said: list[tuple[Any, Any]] = []
    run_fixed = Fixed.run

    def run(self: Fixed, session: Session | Glance, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        said.append((self, values))
        return run_fixed(self, session, values)

    def hear(session: Any, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            driver = session.connection.driver_connection
            said.append((statement if db.is_sqlite else (driver.prepare_threshold, statement), values))

    event.listen(db.engine, "before_cursor_execute", hear)
    Fixed.run = run  # type: ignore[method-assign]
    try:
        yield said
    finally:
        Fixed.run = run_fixed  # type: ignore[method-assign]
        event.remove(db.engine, "before_cursor_execute", hear)

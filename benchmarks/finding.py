"""Lists and search at ten thousand and a million cases, on both databases, each beside a plain way of asking: the pages of the work list and of the
register, their depth, and searches by name, number and topic. In the database by the statements that the services run, once more on the driver, with
client and server on one CPU; and through HTTP. Then what the index of words costs, beside openings and acts."""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from benchmarks.answering import Ask, Store, on_one_cpu, ours, somewhere
from benchmarks.any_filter import any_filter
from benchmarks.cluster import cluster
from benchmarks.filling import BODY, GRANTED, LARGE, LITTLE, MANY, ONE, SEATED, SMALL, TOPICS, Organisation, fill, settle
from benchmarks.indexing import indexed_to_not
from benchmarks.lists import ask_over_http
from benchmarks.measures import Figure, Plan
from benchmarks.stage import ZONE
from benchmarks.web import THREADS, serving
from inspect_app.access.parts import reach_of
from inspect_app.db import Database
from inspect_app.now import now
from inspect_app.services import queries, searching
from inspect_app.services.folding import folded
from inspect_app.services.house import House
from inspect_app.services.identity import actor_of_login
from inspect_app.services.queries import Filter
from inspect_app.services.tokens import create_token
from workflows.acts import Actor
from workflows.catalogue import load_catalogue

READERS = (ONE, MANY, LITTLE, SEATED)
ENOUGH = 6000.0
"""ms: a plain way that took so long is not asked again, nor waited for any longer."""
SLOW = 100.0
"""ms: the shortest page takes PostgreSQL two on a slow machine, to know who is asking and tell of fifty cases. Of a plain way that takes less than
fifty times that, the fiftieth part is not asked for."""

WARM = 4 * THREADS
"""So many requests of a kind go before those that are measured: any of the server's threads may answer, and the first of its kind takes each some
30 ms longer."""


def run(plan: Plan) -> Iterator[Figure]:
    """Both databases, each with a small and a large organisation side by side; then what the index costs."""
    times = 7 + 15 * plan.rounds
    small, granted, large = (SMALL, GRANTED, LARGE) if plan.rounds > 1 else (replace(SMALL, cases=SMALL.cases // 10), SMALL, SMALL)
    for name, opened in (("SQLite", _on_sqlite), ("PostgreSQL", _on_postgresql)):
        with opened(small) as one, opened(granted) as many, opened(large) as other:
            with on_one_cpu(one, many, other):
                yield from _side_by_side(name, (one, many, other), times)
                yield from any_filter(name, other, 2 * times)
            for store in (one, other):
                for what, spent in _over_http(store, times):
                    yield Figure("finding", f"{name}, {store.org.cases:,}: {what}, HTTP", spent, "ms", "<=", 25.0)
    yield from indexed_to_not(plan)


@contextmanager
def _on_sqlite(org: Organisation) -> Iterator[Store]:
    with tempfile.TemporaryDirectory() as folder:
        db = Database(f"sqlite:///{folder}/found.db", mapped=True)
        fill(db, Path(folder), org)
        yield _store(org, db, db, Path(folder), str(db.url))
        db.close()


@contextmanager
def _on_postgresql(org: Organisation) -> Iterator[Store]:
    with cluster() as server, tempfile.TemporaryDirectory() as folder:
        owner = Database(server.create("finding"))
        url = server.application("finding")
        db = Database(url)
        fill(owner, Path(folder), org)
        settle(server, "finding")
        yield replace(_store(org, owner, db, Path(folder), url), server=server.pid)
        owner.close()
        db.close()


def _store(org: Organisation, owner: Database, db: Database, folder: Path, url: str) -> Store:
    house = House(db, load_catalogue(), ZONE, folder)
    with db.reading() as session:
        actors = {who: actor_of_login(session, who) for who in READERS}
    tokens = {who: create_token(House(owner, load_catalogue(), ZONE, folder), who, "bench", "read", 2) for who in READERS}
    return Store(org, house, actors, tokens, url)


Words = Callable[[random.Random, Organisation], str]
Plain = Callable[[Actor, random.Random, Organisation], tuple[str, dict[str, Any]]]


def _page(sort: str = "due", **wanted: Any) -> Ask:
    return lambda house, actor, chance, org: queries.register(house, actor, Filter(**wanted), sort=sort)


def _deep(sort: str, **wanted: Any) -> Ask:
    """A page somewhere in the middle of the list."""

    def ask(house: House, actor: Actor, chance: random.Random, org: Organisation) -> Any:
        return queries.register(house, actor, Filter(**wanted), sort=sort, cursor=somewhere(sort, chance, org))

    return ask


def _search(asked: Words) -> Ask:
    return lambda house, actor, chance, org: searching.search(house, actor, asked(chance, org))


BELOW = """EXISTS (SELECT 1 FROM role_grant g JOIN unit a ON a.id = g.unit_id WHERE g.person_id = :person AND u.path LIKE a.path || '%')"""


def _plain_page(where: str, order: str, deep: bool = False) -> Plain:
    """The usual way: everything of the case, the subtree by path, OFFSET."""

    def ask(actor: Actor, chance: random.Random, org: Organisation) -> tuple[str, dict[str, Any]]:
        offset = "(SELECT COUNT(*) / 3 FROM cases WHERE is_open)" if deep else "0"
        return (f"SELECT c.* FROM cases c JOIN unit u ON u.id = c.unit_id WHERE {where} AND {BELOW} ORDER BY {order} LIMIT 51 OFFSET {offset}",
                {"person": actor.person_id})

    return ask


def _plain_search(asked: Words) -> Plain:
    """The usual way: LIKE over text without marks, the subtree by path."""

    def ask(actor: Actor, chance: random.Random, org: Organisation) -> tuple[str, dict[str, Any]]:
        words = {f"w{n}": f"%{word}%" for n, word in enumerate(folded(asked(chance, org)).split())}
        where = " AND ".join(f"s.folded LIKE :{name}" for name in words)
        return (f"SELECT c.* FROM case_search s JOIN cases c ON c.id = s.case_id JOIN unit u ON u.id = c.unit_id WHERE {where} AND {BELOW} "
                "ORDER BY c.updated_at DESC LIMIT 51", words | {"person": actor.person_id})

    return ask


def _name(chance: random.Random, org: Organisation) -> str:
    return folded(f"{chance.choice(org.family)} {chance.choice(org.middle)} {chance.choice(org.given)}")


def _turned(chance: random.Random, org: Organisation) -> str:
    family, middle, given = _name(chance, org).split()
    return f"{given} {family} {middle}"


def _number(chance: random.Random, org: Organisation) -> str:
    return f"2026-{chance.randint(1, org.cases):06d}"


def _topic(chance: random.Random, org: Organisation) -> str:
    return folded(chance.choice(TOPICS))


def _nothing(chance: random.Random, org: Organisation) -> str:
    return f"khong co gi {chance.randint(1, 9)} nhu the"


SEAT = """c.body_id IN (SELECT o.unit_id FROM office o JOIN appointment a ON a.office_id = o.id WHERE a.person_id = :person)"""


def _plain_seat(where: str, order: str) -> Plain:
    """The usual way, for who sits on a body."""
    return lambda actor, chance, org: (f"SELECT c.* FROM cases c WHERE {where} AND {SEAT} ORDER BY {order} LIMIT 51", {"person": actor.person_id})


ASKS: dict[str, tuple[str, Ask, Plain]] = {
    "open by due day, first page": (ONE, _page(is_open=True), _plain_page("c.is_open", "c.due_at, c.id")),
    "open by due day, deep": (ONE, _deep("due", is_open=True), _plain_page("c.is_open", "c.due_at, c.id", True)),
    "all by due day, deep": (ONE, _deep("due"), _plain_page("1 = 1", "c.due_at, c.id", True)),
    "overdue, latest first, deep": (ONE, _deep("-due", overdue=True), _plain_page(
        f"c.is_open AND c.due_at < {now()}", "c.due_at DESC, c.id DESC", True)),
    "open by due day, 20 grants": (MANY, _page(is_open=True), _plain_page("c.is_open", "c.due_at, c.id")),
    "one state by due day": (ONE, _page(state="triage"), _plain_page("c.state = 'triage'", "c.due_at, c.id")),
    "one state, newest first": (ONE, _page("-updated", state="triage"), _plain_page("c.state = 'triage'", "c.updated_at DESC, c.id DESC")),
    "no case of a law, newest first": (ONE, _page("-updated", workflow="appeal"), _plain_page(
        "c.workflow = 'appeal'", "c.updated_at DESC, c.id DESC")),
    "one body by due day": (ONE, _page(body=BODY, is_open=True), _plain_page(
        f"c.is_open AND c.body_id = (SELECT b.id FROM unit b WHERE b.code = '{BODY}')", "c.due_at, c.id")),
    "one body, newest first": (ONE, _page("-updated", body=BODY), _plain_page(
        f"c.body_id = (SELECT b.id FROM unit b WHERE b.code = '{BODY}')", "c.updated_at DESC, c.id DESC")),
    "seated, open by due day": (SEATED, _page(is_open=True), _plain_seat("c.is_open", "c.due_at, c.id")),
    "seated, newest first": (SEATED, _page("-updated"), _plain_seat("1 = 1", "c.updated_at DESC, c.id DESC")),
    "seated, one state by due day": (SEATED, _page(state="triage"), _plain_seat("c.state = 'triage'", "c.due_at, c.id")),
    "seated, oldest first, one unit": (SEATED, _page("opened", unit="U700"), _plain_seat(
        "c.unit_id = (SELECT u.id FROM unit u WHERE u.code = 'U700')", "c.opened_at, c.id")),
    "work list, seated": (SEATED, lambda house, actor, chance, org: queries.work(house, actor), _plain_seat(
        "c.is_open AND NOT c.paused", "c.due_at, c.id")),
    "one unit by due day": (ONE, _page(unit="U700", is_open=True), _plain_page("c.is_open AND u.code = 'U700'", "c.due_at, c.id")),
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
    "work list, 20 grants": (MANY, lambda house, actor, chance, org: queries.work(house, actor), _plain_page(
        "c.is_open AND NOT c.paused", "c.due_at, c.id")),
    "work list, one unit": (LITTLE, lambda house, actor, chance, org: queries.work(house, actor), _plain_page(
        "c.is_open AND NOT c.paused", "c.due_at, c.id")),
    "work list": (ONE, lambda house, actor, chance, org: queries.work(house, actor), _plain_page("c.is_open AND NOT c.paused", "c.due_at, c.id")),
    "work list, somewhere": (ONE, lambda house, actor, chance, org: queries.work(house, actor, cursor=somewhere("due", chance, org)),
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

SEARCHES = frozenset(what for what in ASKS if what.startswith("search"))


HTTP: dict[str, tuple[str, str, str]] = {
    "register by due day": (ONE, "/api/v1/cases?open=true&sort=due&limit=50", ""),
    "register by due day, deep": (ONE, "/api/v1/cases?open=true&sort=due&limit=50&cursor={due}", ""),
    "register by due day, 20 grants": (MANY, "/api/v1/cases?open=true&sort=due&limit=50", ""),
    "register, newest first": (ONE, "/api/v1/cases?limit=50", ""),
    "register, newest first, 20 grants": (MANY, "/api/v1/cases?limit=50", ""),
    "one unit": (ONE, "/api/v1/cases?open=true&sort=due&limit=50&unit=U700", ""),
    "work list": (ONE, "/api/v1/work", ""),
    "work list, seated": (SEATED, "/api/v1/work", ""),
    "register, newest first, seated": (SEATED, "/api/v1/cases?limit=50", ""),
    "search: name": (ONE, "/api/v1/search", "{name}"),
    "search: topic": (ONE, "/api/v1/search", "{topic}"),
}
"""What is asked through HTTP: by whom, where, and the words of a search."""


def _over_http(store: Store, times: int) -> Iterator[tuple[str, float]]:
    """What is asked, and the 95th percentile through HTTP, in ms."""
    environment = {"INSPECT_DATABASE_URL": store.url, "INSPECT_MODE": "test", "INSPECT_DATA": str(store.house.data)}
    with serving(sys.executable, "benchmarks.served:create", environment, factory=True) as (_, port):
        for what, (who, path, words) in HTTP.items():
            chance, spent = random.Random(what), []
            for _ in range(WARM + times):
                at = path.format(due=somewhere("due", chance, store.org))
                asked = orjson.dumps({"q": words.format(name=_name(chance, store.org), topic=_topic(chance, store.org))}) if words else None
                spent.append(ask_over_http(port, at, store.tokens[who], asked) * 1000)
            yield what, quantiles(spent[WARM:], n=20)[-1]


def _side_by_side(name: str, filled: tuple[Store, Store, Store], times: int) -> Iterator[Figure]:
    """What is asked, in a small and in the large organisation in turn, so that both are asked at the same moments: the 95th percentile in the
    database, the plain way to it, and growth, the median over the turns."""
    small, granted, large = filled
    for what, (who, ask, plain) in ASKS.items():
        stores = granted if who == MANY else small, large
        chances = [random.Random(what) for _ in stores]
        turns = [[ours(store, store.actors[who], ask, chance) for store, chance in zip(stores, chances, strict=True)] for _ in range(times)]
        spent = list(zip(*turns[2:], strict=True))
        for store, took in zip(stores, spent, strict=True):
            of = f"{name}, {store.org.cases:,}: {what}"
            latest = quantiles(took, n=20)[-1]
            yield Figure("finding", of, latest, "ms", "<=", 10.0 if what in SEARCHES else 5.0)
            theirs = _plainly(store, store.actors[who], what, plain, times)
            ratio = Figure("finding", f"{of}, plain to ours", theirs / latest, "×")
            yield ratio.aimed(">=", 50.0, here=store is large and theirs >= SLOW)
        growth = Figure("finding", f"{name}: {what}, growth", median(large / small for small, large in turns[2:]), "×")
        yield growth.aimed("<=", 1.5, here=large.org is LARGE and what not in SEARCHES)


def _plainly(store: Store, actor: Actor, what: str, plain: Plain, times: int) -> float:
    """The median of the plain way: ms."""
    chance, theirs = random.Random(what), list[float]()
    while len(theirs) < max(4, times // 10) and sum(theirs) < ENOUGH:
        theirs.append(_theirs(store, actor, *plain(actor, chance, store.org)))
    return median(theirs[1:] or theirs)


def _theirs(store: Store, actor: Actor, statement: str, values: dict[str, Any]) -> float:
    """The plain way, asked as the same reader, under the same row-level security: ms; as many as are `ENOUGH` where PostgreSQL needs more."""
    with store.house.db.reading(reach_of(actor)) as session:
        if not store.house.db.is_sqlite:
            session.execute(text(f"SET LOCAL statement_timeout = {ENOUGH:.0f}"))
        begin = time.perf_counter()
        with suppress(OperationalError):
            session.execute(text(statement), values).all()
        return (time.perf_counter() - begin) * 1000

"""A filled database and who asks it: every statement that one question takes, once more on the driver, with client and server on one CPU."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event

from benchmarks.filling import START, Organisation
from inspect_app.access.parts import reach_of
from inspect_app.db import Database, Fixed, Glance, Session
from inspect_app.services import queries
from inspect_app.services.house import House
from workflows.acts import Actor


@dataclass(frozen=True)
class Store:
    """A filled database, who asks, and their tokens."""

    org: Organisation
    house: House
    actors: dict[str, Actor]
    tokens: dict[str, str]
    url: str
    server: int | None = None
    """The first process of its server, where it has one."""


Ask = Callable[[House, Actor, random.Random, Organisation], Any]


@contextmanager
def on_one_cpu(*stores: Store) -> Iterator[None]:
    """Whoever asks and whoever answers on one CPU. Of two each would sleep while the other works, and a virtual machine wakes a sleeping one later
    than most of these answers take."""
    servers = [store.server for store in stores if store.server is not None]
    if not servers or not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    for process in (0, *servers):
        os.sched_setaffinity(process, {min(before)})
    for store in stores:
        store.house.db.close()  # what a server starts for the next connection is where the server is
    try:
        yield
    finally:
        for process in (0, *servers):
            os.sched_setaffinity(process, before)


def somewhere(sort: str, chance: random.Random, org: Organisation) -> str:
    """The cursor of a place by chance in a list."""
    value = START + (chance.randint(0, 10**14) if sort.endswith("due") else chance.randint(0, org.cases))
    return queries.cursor_at(sort, value, chance.randint(1, org.cases))


def ours(store: Store, actor: Actor, ask: Ask, chance: random.Random) -> float:
    """Every statement that one question takes, once more on the driver alone: ms."""
    with overheard(store.house.db) as said:
        ask(store.house, actor, chance, store.org)
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


@contextmanager
def overheard(db: Database) -> Iterator[list[tuple[Any, Any]]]:
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

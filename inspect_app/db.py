"""The database: one engine, readers and writers, and the only place that commits.

SQLite: WAL, `synchronous=FULL`, `BEGIN IMMEDIATE` for writers, who queue fairly before two lock files: whoever waits for the first is
next at the second, so that nobody who has just written can overtake. PostgreSQL: rows are locked by the statements that take them,
and row-level security is the second line behind `visible_to`: every transaction says for whom it reads (`Reach`), and a transaction
that says nothing finds no row of any case.
"""

from __future__ import annotations

import fcntl
import os
import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError

Session = Connection
"""One connection in one transaction."""

Reach = int | Literal["all"] | None
"""For whom a transaction reads rows of cases: a person by number, the installation itself, or nobody."""

DRIVER_CONFLICTS = (IntegrityError, sqlite3.IntegrityError, psycopg.errors.UniqueViolation)
"""Two wrote the same key: as the library says it, and as the drivers say it of a `Fixed` statement."""

_NAMED = re.compile(r"(?<![:\w]):([a-z_][a-z_0-9]*)")

_GIVES = re.compile(r"^\s*(SELECT|WITH)\b|\bRETURNING\b", re.IGNORECASE)


class Fixed:
    """A statement written once, with `:name` places, run on the driver's own cursor with as little around it as can be."""

    __slots__ = ("gives", "postgresql", "sqlite")

    def __init__(self, sqlite: str, postgresql: str | None = None) -> None:
        self.sqlite = sqlite
        self.gives = _GIVES.search(postgresql or sqlite) is not None
        self.postgresql = _NAMED.sub(r"%(\1)s", (postgresql or sqlite).replace("%", "%%"))

    def run(self, session: Session, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Run it and return all rows (none for a statement that gives none)."""
        driver = session.connection.driver_connection
        if session.dialect.name == "sqlite":
            cursor = driver.execute(self.sqlite, values)  # type: ignore[union-attr]
            return cursor.fetchall() if self.gives else []
        with driver.cursor(binary=True) as cursor:  # type: ignore[union-attr]
            cursor.execute(self.postgresql, values, prepare=True)
            return cursor.fetchall() if self.gives else []

    def run_many(self, session: Session, rows: list[dict[str, Any]]) -> None:
        """Run it once for each row."""
        driver = session.connection.driver_connection
        if session.dialect.name == "sqlite":
            driver.executemany(self.sqlite, rows)  # type: ignore[union-attr]
            return
        with driver.cursor() as cursor:  # type: ignore[union-attr]
            cursor.executemany(self.postgresql, rows)

    def changed(self, session: Session, values: Mapping[str, Any]) -> int:
        """Run it and return how many rows it changed."""
        driver = session.connection.driver_connection
        if session.dialect.name == "sqlite":
            return int(driver.execute(self.sqlite, values).rowcount)  # type: ignore[union-attr]
        with driver.cursor() as cursor:  # type: ignore[union-attr]
            cursor.execute(self.postgresql, values, prepare=True)
            return int(cursor.rowcount)


class Database:
    """Where everything is kept."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite and self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        options: dict[str, Any] = {"connect_args": {"check_same_thread": False, "timeout": 30}} if self.is_sqlite else {}
        self.engine: Engine = create_engine(self.url, pool_size=pool_size, max_overflow=20, pool_reset_on_return="rollback",
                                            hide_parameters=True, **options)
        if self.is_sqlite:
            event.listen(self.engine, "connect", self._prepare_sqlite)
            event.listen(self.engine, "close", _leave_queue)
            event.listen(self.engine, "begin", _begin_sqlite)
        else:
            event.listen(self.engine, "connect", _prepare_postgresql)
            event.listen(self.engine, "begin", _begin_postgresql)

    @contextmanager
    def reading(self, reach: Reach = None) -> Iterator[Session]:
        """Room to read. On PostgreSQL each statement sees what is committed when it begins; `snapshot` holds still."""
        with self._opened(reach=reach) as session, session.begin():
            yield session

    @contextmanager
    def snapshot(self, reach: Reach = None) -> Iterator[Session]:
        """One snapshot that stays the same for as long as it is read, however long that is."""
        with self._opened(reach=reach, still=True) as session, session.begin():
            yield session

    @contextmanager
    def glance(self) -> Iterator[Session]:
        """Room for one `Fixed` statement that reads no row of a case, without a transaction around it."""
        with self.engine.connect() as session:
            yield session

    @contextmanager
    def atomic(self, reach: Reach = None) -> Iterator[Session]:
        """One transaction that writes: all of it, or none of it."""
        with self._opened(reach=reach, writes=True) as session:
            if not self.is_sqlite:
                with session.begin():
                    yield session
                return
            with _turn(session), session.begin():
                yield session

    @contextmanager
    def _opened(self, **how: Any) -> Iterator[Session]:
        with self.engine.connect() as session:
            yield session.execution_options(**how)

    def close(self) -> None:
        self.engine.dispose()

    def _prepare_sqlite(self, driver: Any, record: Any) -> None:
        driver.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000", "temp_store=MEMORY",
                       "cache_size=-32000"):
            driver.execute(f"PRAGMA {pragma}")
        path = self.url.database
        record.info["turnstile"] = None if not path or path == ":memory:" else (
            os.open(f"{path}-next", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600),
            os.open(f"{path}-writer", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))


def _leave_queue(driver: Any, record: Any) -> None:
    for place in record.info.pop("turnstile", None) or ():
        os.close(place)


def _begin_sqlite(session: Connection) -> None:
    session.exec_driver_sql("BEGIN IMMEDIATE" if session.get_execution_options().get("writes") else "BEGIN")


def _prepare_postgresql(driver: Any, record: Any) -> None:
    """Only `Fixed` statements are prepared, and planned once for each connection: planning them anew costs more than running them.

    The driver begins no transactions of its own: `_begin_postgresql` does, and says for whom in the same breath."""
    driver.prepare_threshold = 1_000_000_000
    driver.autocommit = True
    driver.execute("SET timezone TO 'UTC'")
    driver.execute("SET plan_cache_mode TO force_generic_plan")


def _begin_postgresql(session: Connection) -> None:
    told = session.get_execution_options()
    reach = told.get("reach")
    who = "" if reach is None else "all" if reach == "all" else str(int(reach))
    level = " ISOLATION LEVEL REPEATABLE READ" if told.get("still") else ""
    driver: Any = session.connection.driver_connection
    driver.execute(f"BEGIN{level}; SET LOCAL inspect.reach TO '{who}'")


@contextmanager
def _turn(session: Session) -> Iterator[None]:
    """Wait for one's turn to write: first in the queue of one, then at the pen."""
    pair = session.connection.record.info["turnstile"] if hasattr(session.connection, "record") else session.connection.info["turnstile"]
    if pair is None:
        yield
        return
    first, pen = pair
    fcntl.flock(first, fcntl.LOCK_EX)
    try:
        fcntl.flock(pen, fcntl.LOCK_EX)
    finally:
        fcntl.flock(first, fcntl.LOCK_UN)
    try:
        yield
    finally:
        fcntl.flock(pen, fcntl.LOCK_UN)

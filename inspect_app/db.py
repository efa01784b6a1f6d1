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
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Literal, NamedTuple

import psycopg
from psycopg.abc import Transformer as Reads
from psycopg.adapt import Transformer
from psycopg.pq import ExecStatus, Format, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult
from sqlalchemy import Connection, Dialect, Engine, PoolProxiedConnection, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError

Session = Connection
"""One connection in one transaction."""


class Glance(NamedTuple):
    """A connection out of the pool with nothing around it, for `Fixed` statements alone."""

    dialect: Dialect
    connection: PoolProxiedConnection

Reach = int | Literal["all"] | None
"""For whom a transaction reads rows of cases: a person by number, the installation itself, or nobody."""

DRIVER_CONFLICTS = (IntegrityError, sqlite3.IntegrityError, psycopg.errors.UniqueViolation)
"""Two wrote the same key: as the library says it, and as the drivers say it of a `Fixed` statement."""

DRIVER_ERRORS = (DBAPIError, sqlite3.Error, psycopg.Error)
"""Whatever can go wrong between us and the database."""

_NAMED = re.compile(r"(?<![:\w]):([a-z_][a-z_0-9]*)")

_GIVES = re.compile(r"^\s*(SELECT|WITH)\b|\bRETURNING\b", re.IGNORECASE)


class Fixed:
    """A statement written once, with `:name` places, run with as little around it as can be: on SQLite by the driver, on PostgreSQL as a
    prepared statement of libpq, one for each combination of types, planned once for each connection."""

    __slots__ = ("_names", "_text", "gives", "postgresql", "sqlite")

    def __init__(self, sqlite: str, postgresql: str | None = None) -> None:
        self.sqlite = sqlite
        text = postgresql or sqlite
        self.gives = _GIVES.search(text) is not None
        self.postgresql = _NAMED.sub(r"%(\1)s", text.replace("%", "%%"))
        self._names = tuple(dict.fromkeys(_NAMED.findall(text)))
        self._text = _NAMED.sub(lambda found: f"${self._names.index(found[1]) + 1}", text).encode()

    def run(self, session: Session | Glance, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Run it and return all rows (none for a statement that gives none)."""
        if session.dialect.name == "sqlite":
            cursor = session.connection.driver_connection.execute(self.sqlite, values)  # type: ignore[union-attr]
            return cursor.fetchall() if self.gives else []
        result, plan = self._carry_out(session, values)
        if not result.ntuples:
            return []
        plan.reads.set_pgresult(result, set_loaders=plan.fresh, format=Format.BINARY)
        plan.fresh = False
        return plan.reads.load_rows(0, result.ntuples, tuple)

    def run_many(self, session: Session, rows: list[dict[str, Any]]) -> None:
        """Run it once for each row."""
        driver = session.connection.driver_connection
        if session.dialect.name == "sqlite":
            driver.executemany(self.sqlite, rows)  # type: ignore[union-attr]
            return
        with driver.cursor() as cursor:  # type: ignore[union-attr]
            cursor.executemany(self.postgresql, rows)

    def changed(self, session: Session | Glance, values: Mapping[str, Any]) -> int:
        """Run it and return how many rows it changed."""
        if session.dialect.name == "sqlite":
            return int(session.connection.driver_connection.execute(self.sqlite, values).rowcount)  # type: ignore[union-attr]
        return int(self._carry_out(session, values)[0].command_tuples or 0)

    def _carry_out(self, session: Session | Glance, values: Mapping[str, Any]) -> tuple[PGresult, _Plan]:
        connection = session.connection
        pgconn: PGconn = connection.driver_connection.pgconn  # type: ignore[union-attr]
        plans: dict[Any, _Plan] = connection.info.setdefault("plans", {})
        given = [values[name] for name in self._names]
        kinds = tuple(map(type, given))
        plan = plans.get((self, kinds))
        if plan is None:
            return self._plan(connection, plans, given, kinds)
        return plan.carry_out(pgconn, given), plan

    def _plan(self, connection: Any, plans: dict[Any, _Plan], given: list[Any], kinds: tuple[type, ...]) -> tuple[PGresult, _Plan]:
        """Prepare it, and run it for the first time, which is when the server plans it: by its indexes, because a table that is empty now
        would else be read whole for as long as the connection lives."""
        pgconn: PGconn = connection.driver_connection.pgconn
        plan = _Plan(b"fixed%d" % len(plans), Transformer(connection.driver_connection), kinds)
        checked(pgconn.prepare(plan.name, self._text, plan.types))
        plans[self, kinds] = plan
        checked(pgconn.exec_(b"SET enable_seqscan TO off"))
        try:
            return plan.carry_out(pgconn, given), plan
        finally:
            if pgconn.transaction_status != TransactionStatus.INERROR:
                checked(pgconn.exec_(b"SET enable_seqscan TO on"))


class _Plan:
    """A statement as one connection has prepared it, for values of these kinds."""

    __slots__ = ("formats", "fresh", "name", "reads", "senders", "types")

    def __init__(self, name: bytes, reads: Reads, kinds: tuple[type, ...]) -> None:
        ways = [_way(kind) for kind in kinds]
        self.name, self.reads, self.fresh = name, reads, True
        self.senders = tuple(way.send for way in ways)
        self.types, self.formats = [way.type for way in ways], [way.format for way in ways]

    def carry_out(self, pgconn: PGconn, given: list[Any]) -> PGresult:
        """Run it. Raises the driver's errors."""
        sent = [send(value) for send, value in zip(self.senders, given, strict=True)]
        return checked(pgconn.exec_prepared(self.name, sent, self.formats, Format.BINARY))


class _Way(NamedTuple):
    """How values of one kind are sent: PostgreSQL's number of the type (0: the server finds it by itself), as text or as bytes."""

    type: int
    format: int
    send: Callable[[Any], Any]


def _text(value: str) -> bytes:
    sent = value.encode()
    if b"\0" in sent:
        raise psycopg.DataError("a text may not hold the character NUL")
    return sent


_WAYS: dict[type, _Way] = {
    bool: _Way(16, Format.TEXT, lambda value: b"t" if value else b"f"),
    int: _Way(20, Format.TEXT, lambda value: b"%d" % value),
    str: _Way(0, Format.TEXT, _text),
    bytes: _Way(17, Format.BINARY, lambda value: value),
    date: _Way(0, Format.TEXT, lambda value: value.isoformat().encode()),
    type(None): _Way(0, Format.TEXT, lambda value: None),
}


def _way(kind: type) -> _Way:
    """How values of a kind are sent. Raises TypeError for one that has no place in a fixed statement."""
    found = next((way for base, way in _WAYS.items() if issubclass(kind, base)), None)
    if found is None:
        raise TypeError(f"{kind.__name__} has no place in a fixed statement")
    return found


_DONE = frozenset({ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK})


def checked(result: PGresult) -> PGresult:
    """The same result of libpq. Raises the driver's error where the server reported one."""
    if result.status not in _DONE:
        raise psycopg.errors.error_from_result(result)
    return result


_LOOK = Fixed("SELECT COUNT(*) FROM sqlite_master", "SELECT 1")
_HANDED_ON = Fixed("SELECT '' FROM (SELECT COUNT(*) FROM sqlite_master)", "SELECT pg_export_snapshot()")


def handed_on(session: Session) -> str:
    """The name by which other connections can see the state of this snapshot, which is fixed now, as long as it lasts."""
    return str(_HANDED_ON.run(session, {})[0][0])


class Database:
    """Where everything is kept."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite and self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        options: dict[str, Any] = {"connect_args": {"check_same_thread": False, "timeout": 30}} if self.is_sqlite else {}
        reset: Any = "rollback" if self.is_sqlite else None
        self.engine: Engine = create_engine(self.url, pool_size=pool_size, max_overflow=20, pool_reset_on_return=reset, hide_parameters=True,
                                            **options)
        if self.is_sqlite:
            event.listen(self.engine, "connect", self._prepare_sqlite)
            event.listen(self.engine, "close", _leave_queue)
            event.listen(self.engine, "begin", _begin_sqlite)
        else:
            event.listen(self.engine, "connect", _prepare_postgresql)
            event.listen(self.engine, "begin", _begin_postgresql)
            event.listen(self.engine, "commit", _commit_postgresql)
            event.listen(self.engine, "rollback", _roll_back_postgresql)
            event.listen(self.engine, "reset", _reset_postgresql)

    @contextmanager
    def reading(self, reach: Reach = None) -> Iterator[Session]:
        """Room to read. On PostgreSQL each statement sees what is committed when it begins; `snapshot` holds still."""
        with self._opened(reach=reach) as session, session.begin():
            yield session

    @contextmanager
    def snapshot(self, reach: Reach = None, *, of: str | None = None) -> Iterator[Session]:
        """One snapshot that stays the same for as long as it is read, however long that is; `of` is what `handed_on` said of another one, and this
        one is of the same state (on SQLite: where it begins while that is `held`)."""
        with self._opened(reach=reach, still=True, of=of) as session, session.begin():
            if of is not None:
                _LOOK.run(session, {})
            yield session

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody writes into the embedded database meanwhile, so that all snapshots that begin in here are of one state. On PostgreSQL nobody is
        held up: there a snapshot is handed on by its name."""
        if not self.is_sqlite:
            yield
            return
        with self.atomic("all"):
            yield

    @property
    def is_shared(self) -> bool:
        """Whether another process finds what is kept here."""
        return not self.is_sqlite or self.url.database not in (None, "", ":memory:")

    @contextmanager
    def glance(self) -> Iterator[Glance]:
        """Room for one `Fixed` statement that reads no row of a case, without a transaction around it."""
        connection = self.engine.raw_connection()
        try:
            yield Glance(self.engine.dialect, connection)
        finally:
            connection.close()

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

    def written_anew(self) -> bool:
        """Write the embedded database anew, without its free pages, in which what was deleted may still lie; False on PostgreSQL, where that is the
        server's work. Nobody may write meanwhile."""
        if not self.is_sqlite:
            return False
        with self.engine.connect() as session:
            driver: Any = session.connection.driver_connection
            for said in ("PRAGMA secure_delete = ON", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                driver.execute(said).fetchall()
        return True

    @contextmanager
    def leading(self, name: str) -> Iterator[bool]:
        """Whether this process is the one that does what goes by this name, for as long as it is in here; it never waits. Nobody has to
        depend on it: a leader whose connection was cut off does not know it."""
        if self.is_sqlite:
            with _lease(f"{self.url.database}-{name}") as leads:
                yield leads
            return
        with self.engine.connect() as session:
            driver: Any = session.connection.driver_connection
            leads = driver.execute("SELECT pg_try_advisory_lock(hashtext(%s))", (f"leading {name}",)).fetchone()[0]
            try:
                yield bool(leads)
            finally:
                if leads and not driver.closed:
                    driver.execute("SELECT pg_advisory_unlock(hashtext(%s))", (f"leading {name}",))

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

    None is compiled: a plan for any values looks dear to the server, and compiling it takes many times as long as running it.
    The driver begins no transactions of its own: `_begin_postgresql` does, and says for whom in the same breath."""
    driver.prepare_threshold = 1_000_000_000
    driver.autocommit = True
    driver.execute("SET timezone TO 'UTC'")
    driver.execute("SET plan_cache_mode TO force_generic_plan")
    driver.execute("SET jit TO off")


def _begin_postgresql(session: Connection) -> None:
    told = session.get_execution_options()
    reach = told.get("reach")
    who = "" if reach is None else "all" if reach == "all" else str(int(reach))
    level = " ISOLATION LEVEL REPEATABLE READ" if told.get("still") else ""
    same = f"; SET TRANSACTION SNAPSHOT '{told['of']}'" if told.get("of") else ""
    driver: Any = session.connection.driver_connection
    checked(driver.pgconn.exec_(f"BEGIN{level}{same}; SET LOCAL inspect.reach TO '{who}'".encode()))


def _commit_postgresql(session: Connection) -> None:
    """The commit itself; the driver finds nothing left to do."""
    driver: Any = session.connection.driver_connection
    checked(driver.pgconn.exec_(b"COMMIT"))


def _roll_back_postgresql(session: Connection) -> None:
    """The driver's own rollback would throw the prepared statements away. A connection that was cut off (an interrupt) has nothing to roll back."""
    if session.invalidated:
        return
    _roll_back(session.connection.driver_connection)


def _reset_postgresql(driver: Any, record: Any, state: Any) -> None:
    """A connection goes back to the pool without a transaction."""
    _roll_back(driver)


def _roll_back(driver: Any) -> None:
    if driver.pgconn.transaction_status in (TransactionStatus.INTRANS, TransactionStatus.INERROR):
        checked(driver.pgconn.exec_(b"ROLLBACK"))


@contextmanager
def _lease(path: str) -> Iterator[bool]:
    """Whether the lock file is ours; it is let go when the process ends, however it ends."""
    place = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
    else:
        yield True
    finally:
        os.close(place)


@contextmanager
def _turn(session: Session) -> Iterator[None]:
    """Wait for one's turn to write: first in the queue of one, then at the pen.

    A connection that was cut off in the middle of a statement (an interrupt) is closed at once, and its places in the queue with it."""
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
        if not session.invalidated:
            fcntl.flock(pen, fcntl.LOCK_UN)

"""The database: one engine, readers and writers, and the only place that commits.

SQLite: WAL, `synchronous=FULL`, `BEGIN IMMEDIATE` for writers, who queue fairly before two lock files: whoever waits for the first is
next at the second, so that nobody who has just written can overtake. PostgreSQL: rows are locked by the statements that take them,
and row-level security is the second line behind `visible_to`: every transaction says for whom it reads (`Reach`), and a transaction
that says nothing finds no row of any case.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, PoolProxiedConnection, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as NoConnection

from inspect_app.db.fixed import Fixed, Glance, Session, driver_of
from inspect_app.db.postgresql import DRIVER, TOLD, UNTOLD, Reach, Told

DRIVER_CONFLICTS = (IntegrityError, sqlite3.IntegrityError, psycopg.errors.UniqueViolation)
"""Two wrote the same key: as the library says it, and as the drivers say it of a `Fixed` statement."""

DRIVER_ERRORS = (DBAPIError, sqlite3.Error, psycopg.Error)
"""Whatever can go wrong between us and the database."""


def is_away(error: BaseException | None) -> bool:
    """Whether an error says that the database server cannot be reached, goes away, or has no room for one more."""
    if isinstance(error, NoConnection):
        return True
    said = error.orig if isinstance(error, DBAPIError) else error
    return isinstance(said, psycopg.OperationalError) and (said.sqlstate or "08")[:2] in ("08", "53", "57")


def out_of_use(error: BaseException | None) -> str | None:
    """What the database says where it is of no use as it is, and the remedy, in one sentence; None for every other error."""
    said = error.orig if isinstance(error, DBAPIError) else error
    words = " ".join(str(said).splitlines()[:1])
    if is_away(error):
        return f"the database cannot be reached ({words}); start its server, or mend INSPECT_DATABASE_URL"
    code = getattr(said, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return f"the file of the database is damaged ({words}); keep it as it is, and put the newest backup into an empty place: inspect-app restore"
    if code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
        return f"the file of the database cannot be used ({words}); look at its disk, the room on it, and who may write there"
    return None


_MAPPED = 2**31 - 2**16
"""So many bytes of a file are mapped at most, as SQLite is built; what lies beyond is read as usual."""

_LOOK = Fixed("SELECT COUNT(*) FROM sqlite_master", "SELECT 1")
_HANDED_ON = Fixed("SELECT '' FROM (SELECT COUNT(*) FROM sqlite_master)", "SELECT pg_export_snapshot()")


def handed_on(session: Session) -> str:
    """The name by which other connections can see the state of this snapshot, which is fixed now, as long as it lasts."""
    return str(_HANDED_ON.run(session, {})[0][0])


class Database:
    """Where everything is kept. The connection that was used last is used next: what the server keeps for it is still warm.

    `mapped` is for whoever serves people: the embedded database is read where the operating system keeps its file, without copying each page. A disk
    that fails then ends the process by a signal, without a word; whoever reads everything, to prove or to save it, reads plainly and is told."""

    def __init__(self, url: str, *, pool_size: int = 10, mapped: bool = False) -> None:
        self.url, self._is_mapped = make_url(url), mapped
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite and self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        options: dict[str, Any] = {"connect_args": {"check_same_thread": False, "timeout": 30}} if self.is_sqlite else {}
        known = self.url if self.is_sqlite else self.url.set(drivername=DRIVER)
        self.engine: Engine = create_engine(known, pool_size=pool_size, max_overflow=20, pool_use_lifo=True, hide_parameters=True, **options)
        if self.is_sqlite:
            event.listen(self.engine, "connect", self._prepare_sqlite)
            event.listen(self.engine, "close", _leave_queue)
            event.listen(self.engine, "begin", _begin_sqlite)

    @contextmanager
    def reading(self, reach: Reach = None) -> Iterator[Session]:
        """Room to read. On PostgreSQL each statement sees what is committed when it begins; `snapshot` holds still."""
        with self._opened(Told(reach)) as session, session.begin():
            yield session

    @contextmanager
    def snapshot(self, reach: Reach = None, *, of: str | None = None) -> Iterator[Session]:
        """One snapshot that stays the same for as long as it is read, however long that is; `of` is what `handed_on` said of another one, and this
        one is of the same state (on SQLite: where it begins while that is `held`)."""
        with self._opened(Told(reach, still=True, of=of)) as session, session.begin():
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
        except BaseException:
            self._give_up(connection)
            raise
        finally:
            connection.close()

    @contextmanager
    def atomic(self, reach: Reach = None) -> Iterator[Session]:
        """One transaction that writes: all of it, or none of it."""
        with self._opened(Told(reach, writes=True)) as session:
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
            driver = driver_of(session)
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
            driver = driver_of(session)
            leads = driver.execute("SELECT pg_try_advisory_lock(hashtext(%s))", (f"leading {name}",)).fetchone()[0]
            try:
                yield bool(leads)
            finally:
                if leads and not driver.closed:
                    driver.execute("SELECT pg_advisory_unlock(hashtext(%s))", (f"leading {name}",))

    @contextmanager
    def _opened(self, told: Told) -> Iterator[Session]:
        with self.engine.connect() as session:
            session.info[TOLD] = told
            try:
                yield session
            except BaseException:
                if not session.invalidated:
                    self._give_up(session.connection)
                raise

    def _give_up(self, connection: PoolProxiedConnection) -> None:
        """Where the server let go of this connection, it very likely let go of all: those that wait in the pool are not tried one after the other."""
        if not self.is_sqlite and connection.driver_connection.closed:  # type: ignore[union-attr]
            connection.invalidate()
            self.engine.dispose()

    def close(self) -> None:
        self.engine.dispose()

    def _prepare_sqlite(self, driver: Any, record: Any) -> None:
        driver.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000", "temp_store=MEMORY",
                       "cache_size=-32000", f"mmap_size={_MAPPED if self._is_mapped else 0}"):
            driver.execute(f"PRAGMA {pragma}")
        path = self.url.database
        record.info["turnstile"] = None if not path or path == ":memory:" else (
            os.open(f"{path}-next", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600),
            os.open(f"{path}-writer", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))


def _leave_queue(driver: Any, record: Any) -> None:
    for place in record.info.pop("turnstile", None) or ():
        os.close(place)


def _begin_sqlite(session: Connection) -> None:
    session.exec_driver_sql("BEGIN IMMEDIATE" if session.info.pop(TOLD, UNTOLD).writes else "BEGIN")


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

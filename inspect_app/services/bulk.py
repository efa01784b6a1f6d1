"""Many rows at a time, in and out, on the driver's own cursor: the fastest ways of both databases behind one door."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from functools import lru_cache
from typing import Any

from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, Format, TransactionStatus
from psycopg.pq.abc import PGconn
from sqlalchemy import BigInteger, Boolean, Date, Executable, Integer, LargeBinary, Table, func, select
from sqlalchemy.sql import ClauseElement

from inspect_app.db import Fixed, Session, checked, driver_of, heard, next_result, wait_for_more

AT_ONCE = 500
"""Rows that are fetched together."""

_LOCK = Fixed("SELECT 1", "SELECT pg_advisory_xact_lock(hashtext(:name))")


def one_at_a_time(session: Session, name: str) -> None:
    """Wait until no other transaction does what goes by this name. On SQLite there is only one writer anyway."""
    _LOCK.run(session, {"name": name} if session.dialect.name == "postgresql" else {})


def next_ids(session: Session, table: Table, count: int) -> Iterator[int]:
    """So many unused numbers for the rows of a table, for this transaction to give."""
    key = next(iter(table.primary_key.columns))
    if session.dialect.name == "sqlite":
        first = session.execute(select(func.coalesce(func.max(key), 0) + 1)).scalar_one()
        return iter(range(first, first + count))
    numbers = func.generate_series(1, count).table_valued("n")
    return iter(session.execute(select(func.nextval(func.pg_get_serial_sequence(table.name, key.name))).select_from(numbers)).scalars().all())


@lru_cache(maxsize=64)
def _statement(dialect: str, table: Table, columns: tuple[str, ...]) -> str:
    named = ", ".join(f'"{name}"' for name in columns)
    if dialect == "sqlite":
        return f'INSERT INTO "{table.name}" ({named}) VALUES ({", ".join("?" * len(columns))})'  # noqa: S608 - names of our own tables
    return f'COPY "{table.name}" ({named}) FROM STDIN (FORMAT BINARY)'


def _type_on_postgresql(table: Table, name: str) -> str:
    kind = table.c[name].type
    if isinstance(kind, Boolean):
        return "bool"
    if isinstance(kind, BigInteger):
        return "int8"
    if isinstance(kind, Integer):
        return "int4"
    if isinstance(kind, Date):
        return "date"
    return "bytea" if isinstance(kind, LargeBinary) else "text"


def _is_secured(driver: Any, table: Table) -> bool:
    """Whether row-level security of this table stands before the role of this connection (PostgreSQL)."""
    with driver.cursor() as cursor:
        return bool(cursor.execute("SELECT row_security_active(%s)", (table.name,)).fetchone()[0])


def insert_rows(session: Session, table: Table, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert the rows, each a tuple in the order of `columns`: on PostgreSQL by COPY where there are many and no row-level security stands
    before this role, which COPY does not go through."""
    if not rows:
        return
    driver = driver_of(session)
    statement = _statement(session.dialect.name, table, columns)
    if session.dialect.name == "sqlite":
        driver.executemany(statement, rows)
        return
    if len(rows) == 1 or _is_secured(driver, table):
        named, places = ", ".join(f'"{name}"' for name in columns), ", ".join(["%s"] * len(columns))
        with driver.cursor() as cursor:
            cursor.executemany(f'INSERT INTO "{table.name}" ({named}) VALUES ({places})', rows)  # noqa: S608 - names of our own tables
        return
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        copy.set_types([_type_on_postgresql(table, name) for name in columns])
        for row in rows:
            copy.write_row(row)


def stream_rows(session: Session, query: Executable) -> Generator[tuple[Any, ...], None, None]:
    """The rows of a query one by one, in flat memory.

    Close it before the session ends, should it not be read to its end."""
    assert isinstance(query, ClauseElement)
    written = literal_sql(session, query)
    driver = driver_of(session)
    if session.dialect.name == "sqlite":
        cursor = driver.cursor()
        cursor.arraysize = AT_ONCE
        cursor.execute(written)
        while rows := cursor.fetchmany():
            yield from rows
        return
    yield from _fetched(driver, written)


def literal_sql(session: Session, query: ClauseElement) -> str:
    """The statement with its values in it, as the driver's own cursor takes it."""
    written = str(query.compile(dialect=session.dialect, compile_kwargs={"literal_binds": True}))
    return written if session.dialect.name == "sqlite" else written.replace("%%", "%")


def copied(session: Session, query: str, few: int, many: int) -> Generator[bytes, None, None]:
    """The rows of a query as lines of CSV, as the server writes them (PostgreSQL, `COPY … TO STDOUT`): no row is parsed. First a few together, then
    many.

    Close it before the session ends, should it not be read to its end."""
    driver = driver_of(session)
    pgconn: PGconn = driver.pgconn
    result = pgconn.exec_(b"COPY (" + query.encode() + b") TO STDOUT (FORMAT csv)")
    if result.status != ExecStatus.COPY_OUT:
        raise error_from_result(result)
    get, whole = pgconn.get_copy_data, False
    rows: list[bytes] = []
    try:
        while not whole:
            size, data = get(1)
            if size > 0:
                rows.append(bytes(data))
            elif size == 0:
                wait_for_more(pgconn)
            else:
                whole = True
            if len(rows) >= few or (whole and rows):
                yield b"".join(rows)
                few, rows = many, []
    finally:
        if not whole:
            driver.cancel_safe()
            while get(0)[0] > 0:
                pass
        ended = heard(pgconn)
        while heard(pgconn) is not None:
            pass
    if ended is not None:
        checked(ended)


def _fetched(driver: Any, query: str) -> Iterator[tuple[Any, ...]]:
    """The rows of a query by a cursor of the server (PostgreSQL): while some are worked on, it already looks for the next. The way is chosen by
    which the first rows come soon, in the order of an index, and not the one that would sort everything first: we take longer for a row than
    the server does either way."""
    pgconn: PGconn = driver.pgconn
    reads = Transformer(driver)
    checked(pgconn.exec_(b"SET LOCAL cursor_tuple_fraction TO 0.01"))
    checked(pgconn.exec_(b"DECLARE flow NO SCROLL CURSOR FOR " + query.encode()))
    fetch = b"FETCH %d FROM flow" % AT_ONCE
    pgconn.send_query_params(fetch, None, result_format=Format.BINARY)
    try:
        while (result := checked(next_result(pgconn))).ntuples:
            pgconn.send_query_params(fetch, None, result_format=Format.BINARY)
            reads.set_pgresult(result, set_loaders=True, format=Format.BINARY)
            yield from reads.load_rows(0, result.ntuples, tuple)
    finally:
        while heard(pgconn) is not None:
            pass
        if pgconn.transaction_status == TransactionStatus.INTRANS:
            checked(pgconn.exec_(b"CLOSE flow"))

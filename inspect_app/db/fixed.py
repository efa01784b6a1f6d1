"""Statements that are written once and run often, with as little around them as can be."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

import orjson
import psycopg
from psycopg.abc import Transformer as Reads
from psycopg.adapt import Transformer
from psycopg.pq import ExecStatus, Format, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult
from sqlalchemy import Connection, Dialect, PoolProxiedConnection

Session = Connection
"""One connection in one transaction."""


class Glance(NamedTuple):
    """A connection out of the pool with nothing around it, for `Fixed` statements alone."""

    dialect: Dialect
    connection: PoolProxiedConnection


_NAMED = re.compile(r"(?<![:\w]):([a-z_][a-z_0-9]*)")

_AMONG = re.compile(r"\b(NOT )?AMONG (TEXTS )?:([a-z_]+)")

_GIVES = re.compile(r"^\s*(SELECT|WITH)\b|\bRETURNING\b", re.IGNORECASE)


def together(values: Iterable[int] | Iterable[str]) -> str:
    """Many values as the one that fills an `AMONG` place."""
    return orjson.dumps(list(values)).decode()


def _on_sqlite(found: re.Match[str]) -> str:
    without, _, name = found.groups(default="")
    return f"{without}IN (SELECT value FROM json_each(:{name}))"  # noqa: S608 - a place of a statement of our own


def _on_postgresql(found: re.Match[str]) -> str:
    without, texts, name = found.groups()
    value = f"json_array_elements_text(CAST(:{name} AS json))"
    return f"{'<> ALL' if without else '= ANY'}(ARRAY(SELECT {value if texts else f'CAST({value} AS bigint)'}))"


class Fixed:
    """A statement written once, with `:name` places, run with as little around it as can be: on SQLite by the driver, on PostgreSQL as a
    prepared statement of libpq, one for each combination of types, planned once for each connection.

    `id AMONG :ids`, `key AMONG TEXTS :keys` and `NOT AMONG` ask whether a column is one of many numbers or texts; `together` makes one value of
    them, so that the statement is the same for any number of them."""

    __slots__ = ("_names", "_text", "gives", "postgresql", "sqlite")

    def __init__(self, sqlite: str, postgresql: str | None = None) -> None:
        self.sqlite = _AMONG.sub(_on_sqlite, sqlite)
        text = _AMONG.sub(_on_postgresql, postgresql or sqlite)
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


__all__ = ["Fixed", "Glance", "Session", "checked", "together"]

"""Statements that are written once and run often, with as little around them as can be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import orjson
from psycopg.pq.abc import PGresult
from sqlalchemy import Connection, Dialect, PoolProxiedConnection

from inspect_app.db.line import Line, Plan

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


def array_of(texts: Iterable[str]) -> str:
    """Many texts as PostgreSQL reads an array of them."""
    return "{" + ",".join('"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"' for text in texts) + "}"


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
        return plan.rows(result)

    def run_many(self, session: Session, rows: list[dict[str, Any]]) -> None:
        """Run it once for each row."""
        driver = driver_of(session)
        if session.dialect.name == "sqlite":
            driver.executemany(self.sqlite, rows)
            return
        with driver.cursor() as cursor:
            cursor.executemany(self.postgresql, rows)

    def changed(self, session: Session | Glance, values: Mapping[str, Any]) -> int:
        """Run it and return how many rows it changed."""
        if session.dialect.name == "sqlite":
            return int(session.connection.driver_connection.execute(self.sqlite, values).rowcount)  # type: ignore[union-attr]
        return int(self._carry_out(session, values)[0].command_tuples or 0)

    def run_later(self, session: Session, values: Mapping[str, Any], *, otherwise: Exception | None = None) -> None:
        """Run it, at the latest before the next statement or the commit, whichever comes first: on PostgreSQL it goes together with that. Where the
        server says that what it writes must not be, `otherwise` is raised then, and nothing that came after it is done."""
        if session.dialect.name == "sqlite":
            session.connection.driver_connection.execute(self.sqlite, values)  # type: ignore[union-attr]
            return
        line_of(session).run_later(self, self._text, [values[name] for name in self._names], otherwise)

    def _carry_out(self, session: Session | Glance, values: Mapping[str, Any]) -> tuple[PGresult, Plan]:
        return line_of(session).run(self, self._text, [values[name] for name in self._names])


def line_of(session: Session | Glance) -> Line:
    """The line of a connection to PostgreSQL."""
    line: Line = session.connection.driver_connection.line  # type: ignore[union-attr]
    return line


def driver_of(session: Session) -> Any:
    """The driver's own connection, for what only it can do; nothing is held back before it."""
    if session.dialect.name != "sqlite":
        line_of(session).settle()
    return session.connection.driver_connection


__all__ = ["Fixed", "Glance", "Session", "array_of", "driver_of", "line_of", "together"]

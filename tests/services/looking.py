"""Looking into a database beside the application: a connection of its own, which sees what is committed and nothing else."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg

from inspect_app.db import Database


class Look:
    """Rows by plain SQL."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def __call__(self, text: str) -> list[Any]:
        return list(self._connection.execute(text).fetchall())


@contextmanager
def looking(db: Database) -> Iterator[Look]:
    """A connection for looking, closed in the end."""
    if db.is_sqlite:
        with closing(sqlite3.connect(str(db.url.database), isolation_level=None)) as lite:
            yield Look(lite)
        return
    plain = db.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute("SET inspect.reach TO 'all'")
        connection.execute("SET jit TO off")
        yield Look(connection)

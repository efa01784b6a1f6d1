"""What somebody can do who holds the database: rows changed behind the application's back, one at a time or at random."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from random import Random
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

from config import Settings
from inspect_app.services import mirrors

Change = Callable[..., list[tuple[Any, ...]]]
"""Carry out a statement, with values for its `?`; returns its rows."""


@contextmanager
def tampering(settings: Settings) -> Iterator[Change]:
    """The owner's own connection: no trigger, no foreign key and no row-level security stands before it."""
    url = settings.database_owner_url or settings.database_url
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(str(make_url(url).database), isolation_level=None, timeout=30)) as lite:
            for (name,) in lite.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                lite.execute(f"DROP TRIGGER {name}")
            lite.execute("PRAGMA foreign_keys = OFF")
            yield lambda said, *values: lite.execute(said, values).fetchall()
        return
    with psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True) as server:
        server.execute("SET session_replication_role = replica")

        def run(said: str, *values: Any) -> list[tuple[Any, ...]]:
            done = server.execute(said.replace("?", "%s").encode() if values else said.encode(), values or None)
            return done.fetchall() if done.description else []

        yield run


def covered() -> dict[str, tuple[str, ...]]:
    """Every covered table with its covered columns."""
    found: dict[str, dict[str, None]] = {table: dict.fromkeys(columns) for table, columns in mirrors.BY_REPLAY.items()}
    for one in (*mirrors.OF_CASES, *mirrors.OF_ORGANISATION):
        found.setdefault(one.table, {}).update(dict.fromkeys([*([one.case] if one.case else []), *one.columns]))
    return {table: tuple(columns) for table, columns in sorted(found.items())}


KINDS = ("update", "update", "delete", "insert", "swap")
REFUSED = (sqlite3.Error, psycopg.Error)
TABLES = covered()


class Blind:
    """Somebody who changes what they find, knowing nothing of what it means. The same number does the same."""

    def __init__(self, change: Change, seed: int, here: str = "rowid") -> None:
        self.change, self.rng, self.here = change, Random(seed), here

    def once(self) -> str:
        """One change that the database took and that changed something; what it was."""
        while True:
            table = self.rng.choice(tuple(TABLES))
            kind = self.rng.choice(KINDS)
            try:
                done = getattr(self, f"_{kind}")(table)
            except REFUSED:
                continue
            if done:
                return f"{kind} {table}: {done}"

    def _rows(self, table: str, columns: Sequence[str]) -> list[tuple[Any, ...]]:
        named = ", ".join(f'"{column}"' for column in columns)
        return self.change(f'SELECT {self.here}, {named} FROM "{table}" ORDER BY {self.here}')

    def _update(self, table: str) -> str | None:
        column = self.rng.choice(TABLES[table])
        rows = self._rows(table, [column])
        if not rows:
            return None
        place, value = self.rng.choice(rows)
        others = [other for _, other in rows if other != value]
        new = self.rng.choice(others) if others and self.rng.random() < 0.5 else self._another(value)
        if new == value:
            return None
        self.change(f'UPDATE "{table}" SET "{column}" = ? WHERE {self.here} = ?', new, place)
        return f"{column} {value!r} → {new!r}"

    def _another(self, value: Any) -> Any:
        if isinstance(value, bool):
            return not value
        if isinstance(value, int):
            return value + self.rng.choice((1, -1, 1000))
        if isinstance(value, bytes):
            spot = self.rng.randrange(len(value)) if value else 0
            return value[:spot] + bytes([value[spot] ^ 1 << self.rng.randrange(8)]) + value[spot + 1:] if value else b"x"
        if isinstance(value, str):
            spot = self.rng.randrange(len(value) + 1)
            return value[:spot] + "7" + value[spot:]
        return self.rng.choice((1, "2026-01-01"))

    def _delete(self, table: str) -> str | None:
        rows = self._rows(table, TABLES[table][:1])
        if not rows:
            return None
        place, value = self.rng.choice(rows)
        self.change(f'DELETE FROM "{table}" WHERE {self.here} = ?', place)
        return repr(value)

    def _insert(self, table: str) -> str | None:
        columns = [row[1] for row in self.change(f'PRAGMA table_info("{table}")')]
        rows = self._rows(table, columns)
        if not rows:
            if table != "log_pending":
                return None
            rows, columns = [(0, self.change("SELECT MAX(event_id) FROM event")[0][0])], ["event_id"]
        _, *values = self.rng.choice(rows)
        keys = {row[1] for row in self.change(f'PRAGMA table_info("{table}")') if row[5]}
        unique = keys | {"uid", "number", "cid", "code", "id"}
        made = [self._fresh(table, name, value) if name in unique else value for name, value in zip(columns, values, strict=True)]
        self.change(f'INSERT INTO "{table}" ({", ".join(f"{chr(34)}{c}{chr(34)}" for c in columns)}) VALUES ({", ".join("?" * len(made))})', *made)
        return repr(made[:3])

    def _fresh(self, table: str, name: str, value: Any) -> Any:
        if isinstance(value, int):
            return value if self.rng.random() < 0.3 else (self.change(f'SELECT MAX("{name}") FROM "{table}"')[0][0] or 0) + 1
        return self._another(value) if value is not None else None

    def _swap(self, table: str) -> str | None:
        column = self.rng.choice(TABLES[table])
        rows = self._rows(table, [column])
        if len(rows) < 2:
            return None
        (one, value), (other, its) = self.rng.sample(rows, 2)
        if value == its:
            return None
        self.change(f'UPDATE "{table}" SET "{column}" = ? WHERE {self.here} = ?', its, one)
        self.change(f'UPDATE "{table}" SET "{column}" = ? WHERE {self.here} = ?', value, other)
        return f"{column} {value!r} ↔ {its!r}"

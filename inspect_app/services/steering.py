"""How lists are found: each database is told where it would guess wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, String, UnaryExpression, func, literal
from sqlalchemy.sql.operators import custom_op

from inspect_app.db import Fixed, Session, driver_of
from inspect_app.models import cases

NEVER = -1
"""A number that no column of cases has."""


def walked(session: Session, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A column to be looked at row by row: SQLite, which does not know that a list needs a page alone, then goes by the order of the list and not by
    an index of this column. PostgreSQL knows."""
    return looked_at(column) if session.dialect.name == "sqlite" else column


def looked_at(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A column to be looked at in rows that were found otherwise: no index of it is used."""
    return UnaryExpression(column, operator=custom_op("+"), type_=column.type)


def found_otherwise(session: Session, walks: bool, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A column of cases to be looked at in rows that a road leads to, by no index of its own: a database might take that for the shorter way. Where
    PostgreSQL `walks` it has no choice, and asks an index whatever it says of a row."""
    if session.dialect.name == "sqlite" or column is cases.c.id:
        return looked_at(column)
    return column if walks else func.nullif(column, literal("" if isinstance(column.type, String) else NEVER, column.type))


SECOND = 1
"""A statement is prepared when it was seen this often before on a connection."""

_UNDIVIDED = Fixed("SELECT 1", "SELECT set_config('max_parallel_workers_per_gather', '0', true)")

STEERED = "steered"
"""Under this name a connection keeps in which transaction it was steered last, and how."""

How = Literal["", "walks", "seeks"]
"""How cases are found: as PostgreSQL thinks best, by walking along an index in the order of the list, or by the index of what they have in common."""

_STEER = Fixed("SELECT 1", """SELECT set_config(name, CASE WHEN :how = 'walks' OR :how = besides THEN 'off' ELSE 'on' END, true)
  FROM (VALUES ('enable_sort', 'walks'), ('enable_bitmapscan', 'walks'), ('enable_hashjoin', 'walks'), ('enable_mergejoin', 'walks'),
  ('enable_material', 'walks'), ('enable_seqscan', 'seeks')) AS ways(name, besides)""")


@contextmanager
def steered(session: Session, how: How = "") -> Iterator[None]:
    """Lists asked for meanwhile are found in this way. PostgreSQL takes what passes a filter of row-level security for far less than it is, and would
    gather and sort what a walk comes to sooner; and it takes all laws for equally frequent where a statement is planned for any, and would read the
    whole table for one that no case has. What is asked for again it need not plan again: planning takes longer than the list."""
    if session.dialect.name == "sqlite":
        yield
        return
    transaction = session.get_transaction()
    then, steering = session.info.get(STEERED, (None, ""))
    if how != (steering if then is transaction else ""):
        _STEER.run(session, {"how": how})
        session.info[STEERED] = transaction, how
    driver = driver_of(session)
    before, driver.prepare_threshold = driver.prepare_threshold, SECOND
    try:
        yield
    finally:
        driver.prepare_threshold = before


def undivided(session: Session) -> None:
    """Nothing that is asked for in this transaction is divided among processes of the server: several of ours ask already."""
    _UNDIVIDED.run(session, {})


def worded(query: Select[Any], how: How) -> Select[Any]:
    """A list that is found in one way is another statement than the same one found in another: each is planned by itself."""
    return query.with_statement_hint(f"/* {how} */") if how else query


__all__ = ["How", "found_otherwise", "looked_at", "steered", "undivided", "walked", "worded"]

"""How lists are found: each database is told where it would guess wrong."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, UnaryExpression
from sqlalchemy.sql.operators import custom_op

from inspect_app.db import Fixed, Session


def walked(session: Session, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A column to be looked at row by row: SQLite, which does not know that a list needs a page alone, then goes by the order of the list and not by
    an index of this column. PostgreSQL knows."""
    return UnaryExpression(column, operator=custom_op("+"), type_=column.type) if session.dialect.name == "sqlite" else column


_STEER = Fixed("SELECT 1", """SELECT set_config(name, :sorts, true) FROM (VALUES ('enable_sort'), ('enable_bitmapscan'), ('enable_hashjoin'),
  ('enable_mergejoin'), ('enable_material')) AS ways(name)""")


def steer(session: Session, *, walks: bool) -> None:
    """Say how the next lists of this transaction are found: by walking along an index in their order, or as PostgreSQL thinks best. It takes what
    passes a filter of row-level security for far less than it is, and would gather and sort what a walk comes to sooner."""
    if session.dialect.name != "sqlite":
        _STEER.run(session, {"sorts": "off" if walks else "on"})


__all__ = ["steer", "walked"]

"""PostgreSQL as the library speaks to it, but with the beginning and the end of transactions, and what stands in between, in the hands of `Line`."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from inspect_app.db.line import Line

DRIVER = "postgresql+inspect"
"""The name of this dialect in the URL of an engine."""

Reach = int | Literal["all"] | None
"""For whom a transaction reads rows of cases: a person by number, the installation itself, or nobody."""


class Told(NamedTuple):
    """What a transaction is told: for whom it reads, whether what it sees holds still, of which state it is, and whether it writes."""

    reach: Reach = None
    still: bool = False
    of: str | None = None
    writes: bool = False


TOLD, UNTOLD = "told", Told()
"""Where the `info` of a connection has it for the next transaction, and for that one alone; one that is told nothing reads for nobody."""


class Dialect(PGDialect_psycopg):
    """What begins a transaction is held back for its first statement."""

    supports_statement_cache = True

    def connect(self, *args: Any, **options: Any) -> Any:
        """A connection with its line. Only `Fixed` statements are prepared, and planned once for each connection: planning them anew costs more than
        running them. None is compiled: a plan for any values looks dear to the server, and compiling it takes many times as long as running it.
        The driver begins no transactions of its own."""
        driver: Any = super().connect(*args, **options)
        driver.line = Line(driver)
        driver.prepare_threshold = 1_000_000_000
        driver.autocommit = True
        driver.execute("SET timezone TO 'UTC'")
        driver.execute("SET plan_cache_mode TO force_generic_plan")
        driver.execute("SET jit TO off")
        return driver

    def do_begin(self, dbapi_connection: Any) -> None:
        """Say for whom the transaction reads, in the same breath in which it begins."""
        line: Line = dbapi_connection.driver_connection.line
        reach, still, of, _ = dbapi_connection.info.pop(TOLD, UNTOLD)
        line.hold(b"BEGIN ISOLATION LEVEL REPEATABLE READ" if still else b"BEGIN")
        if of:
            line.hold(f"SET TRANSACTION SNAPSHOT '{of}'".encode())
        line.hold(f"SET LOCAL inspect.reach TO '{'' if reach is None else 'all' if reach == 'all' else int(reach)}'".encode())

    def do_commit(self, dbapi_connection: Any) -> None:
        dbapi_connection.driver_connection.line.command(b"COMMIT")

    def do_rollback(self, dbapi_connection: Any) -> None:
        """The driver's own rollback would throw the prepared statements away."""
        line: Line = dbapi_connection.driver_connection.line
        line.drop()
        if line.is_within:
            line.command(b"ROLLBACK")

    def do_execute(self, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        """The library's own statements go to the driver, which knows nothing of what is held back."""
        cursor.connection.line.settle()
        super().do_execute(cursor, statement, parameters, context)  # type: ignore[no-untyped-call]

    def do_executemany(self, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        cursor.connection.line.settle()
        super().do_executemany(cursor, statement, parameters, context)  # type: ignore[no-untyped-call]

    def do_execute_no_params(self, cursor: Any, statement: str, context: Any = None) -> None:
        cursor.connection.line.settle()
        super().do_execute_no_params(cursor, statement, context)  # type: ignore[no-untyped-call]


registry.register("postgresql.inspect", __name__, Dialect.__name__)

__all__ = ["DRIVER", "TOLD", "UNTOLD", "Dialect", "Reach", "Told"]

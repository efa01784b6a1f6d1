"""A connection to PostgreSQL as libpq has it: what is prepared on it, and what is held back to be sent together with what comes next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from select import POLLIN, poll
from typing import Any, NamedTuple

import psycopg
from psycopg.abc import Transformer as Reads
from psycopg.adapt import Transformer
from psycopg.pq import ExecStatus, Format, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult


class _Held(NamedTuple):
    """What is sent with what comes next; `otherwise` is raised where the server says that the row it writes must not be."""

    send: Callable[[PGconn], None]
    otherwise: Exception | None = None


class Plan:
    """A statement as one connection has prepared it, for values of these kinds."""

    __slots__ = ("_formats", "_fresh", "_reads", "_senders", "name", "types")

    def __init__(self, name: bytes, reads: Reads, kinds: tuple[type, ...]) -> None:
        ways = [_way(kind) for kind in kinds]
        self.name, self._reads, self._fresh = name, reads, True
        self._senders = tuple(way.send for way in ways)
        self.types, self._formats = [way.type for way in ways], [way.format for way in ways]

    def _sent(self, given: list[Any]) -> list[Any]:
        return [send(value) for send, value in zip(self._senders, given, strict=True)]

    def carry_out(self, pgconn: PGconn, given: list[Any]) -> PGresult:
        """Run it. Raises the driver's errors."""
        return checked(pgconn.exec_prepared(self.name, self._sent(given), self._formats, Format.BINARY))

    def held(self, given: list[Any], otherwise: Exception | None = None) -> _Held:
        """The same for later, with the values of now."""
        sent = self._sent(given)
        return _Held(lambda pgconn: pgconn.send_query_prepared(self.name, sent, self._formats, Format.BINARY), otherwise)

    def rows(self, result: PGresult) -> list[tuple[Any, ...]]:
        """What a result of it holds."""
        if not result.ntuples:
            return []
        self._reads.set_pgresult(result, set_loaders=self._fresh, format=Format.BINARY)
        self._fresh = False
        return self._reads.load_rows(0, result.ntuples, tuple)


class Line:
    """One connection. What is held back goes, in its order, with the next statement that is waited for: we and the server wait for one another once
    instead of once for each."""

    __slots__ = ("_driver", "_held", "_plans")

    def __init__(self, driver: Any) -> None:
        self._driver, self._held = driver, list[_Held]()
        self._plans: dict[Any, Plan] = {}

    def hold(self, command: bytes) -> None:
        """A command for later."""
        self._held.append(_Held(partial(_say, command=command)))

    def drop(self) -> None:
        """Forget what is held back."""
        self._held.clear()

    def settle(self) -> None:
        """Send what is held back, and wait for it. Raises the driver's errors, or what a statement is held with."""
        if self._held:
            self._together()

    def command(self, command: bytes) -> None:
        """A command now, behind what is held back. Raises as `settle` does."""
        if self._held:
            self.hold(command)
            self._together()
        else:
            checked(self._driver.pgconn.exec_(command))

    @property
    def is_within(self) -> bool:
        """Whether the server knows of a transaction, sound or not."""
        return self._driver.pgconn.transaction_status in (TransactionStatus.INTRANS, TransactionStatus.INERROR)

    def run(self, statement: object, text: bytes, given: list[Any]) -> tuple[PGresult, Plan]:
        """A prepared statement now, behind what is held back. Raises as `settle` does."""
        kinds = tuple(map(type, given))
        plan = self._plans.get((statement, kinds))
        if plan is None:
            return self._planned(statement, text, given, kinds)
        if self._held:
            self._held.append(plan.held(given))
            return self._together(), plan
        return plan.carry_out(self._driver.pgconn, given), plan

    def run_later(self, statement: object, text: bytes, given: list[Any], otherwise: Exception | None) -> None:
        """A prepared statement for later; `otherwise` is raised where the row it writes must not be."""
        kinds = tuple(map(type, given))
        plan = self._plans.get((statement, kinds))
        if plan is not None:
            self._held.append(plan.held(given, otherwise))
            return
        try:
            self._planned(statement, text, given, kinds)
        except psycopg.IntegrityError as error:
            if otherwise is None:
                raise
            raise otherwise from error

    def _planned(self, statement: object, text: bytes, given: list[Any], kinds: tuple[type, ...]) -> tuple[PGresult, Plan]:
        """Prepare it, and run it for the first time, which is when the server plans it: by its indexes, because a table that is empty now
        would else be read whole for as long as the connection lives."""
        self.settle()
        pgconn: PGconn = self._driver.pgconn
        plan = Plan(b"fixed%d" % len(self._plans), Transformer(self._driver), kinds)
        checked(pgconn.prepare(plan.name, text, plan.types))
        self._plans[statement, kinds] = plan
        checked(pgconn.exec_(b"SET enable_seqscan TO off"))
        try:
            return plan.carry_out(pgconn, given), plan
        finally:
            if pgconn.transaction_status != TransactionStatus.INERROR:
                checked(pgconn.exec_(b"SET enable_seqscan TO on"))

    def _together(self) -> PGresult:
        """Send all that is held back in one go: what follows one that fails is not carried out. The result of the last one. A connection that is cut
        off in the middle (an interrupt) is closed: nobody could tell which answer is whose."""
        pgconn: PGconn = self._driver.pgconn
        held, self._held = self._held, []
        try:
            pgconn.enter_pipeline_mode()
            for one in held:
                one.send(pgconn)
            pgconn.pipeline_sync()
            results = [next_result(pgconn) for _ in held]
            heard(pgconn)
            pgconn.exit_pipeline_mode()
        except BaseException:
            pgconn.finish()
            raise
        for one, result in zip(held, results, strict=True):
            try:
                checked(result)
            except psycopg.IntegrityError as error:
                if one.otherwise is None:
                    raise
                raise one.otherwise from error
        return results[-1]


def _say(pgconn: PGconn, *, command: bytes) -> None:
    pgconn.send_query_params(command, None)


def heard(pgconn: PGconn) -> PGresult | None:
    """The next result, or none behind the last one of a command. Other threads go on while it is waited for: the driver's own `get_result` would
    hold them up."""
    while pgconn.is_busy():
        wait_for_more(pgconn)
    return pgconn.get_result()


def wait_for_more(pgconn: PGconn) -> None:
    """Wait until the server has said something more, and take it in."""
    more = poll()
    more.register(pgconn.socket, POLLIN)
    more.poll()
    pgconn.consume_input()


def next_result(pgconn: PGconn) -> PGresult:
    """The result of the next of several commands. Raises the driver's errors where the connection broke."""
    result = heard(pgconn)
    if result is None:
        raise psycopg.OperationalError("the connection to the server was lost")
    heard(pgconn)
    return result


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
    """The same result of libpq. Raises the driver's error where the server reported one; what has no code of the server is said by libpq itself,
    of a connection that was lost."""
    if result.status not in _DONE:
        error = psycopg.errors.error_from_result(result)
        raise error if error.sqlstate else psycopg.OperationalError(str(error))
    return result


__all__ = ["Line", "Plan", "checked", "heard", "next_result", "wait_for_more"]

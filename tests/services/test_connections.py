"""Connections: what is held back for the next statement, and what becomes of a connection that is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch

import psycopg
import pytest
from sqlalchemy import text

from inspect_app.db import DRIVER_ERRORS, Database, Fixed, driver_of

pytestmark = pytest.mark.postgresql

ONE = Fixed("", "SELECT 1")
ADD = Fixed("", "INSERT INTO line (id) VALUES (CAST(:id AS bigint))")
ALL = Fixed("", "SELECT id FROM line ORDER BY id")
REACH = Fixed("", "SELECT current_setting('inspect.reach', true)")


@pytest.fixture
def db(postgres_url: str) -> Iterator[Database]:
    database = Database(postgres_url)
    with database.atomic() as session:
        session.execute(text("DROP TABLE IF EXISTS line"))
        session.execute(text("CREATE TABLE line (id bigint PRIMARY KEY)"))
    with database.atomic() as session:
        ADD.run(session, {"id": 1})
    yield database
    with database.atomic() as session:
        session.execute(text("DROP TABLE line"))
    database.close()


def ids(db: Database) -> list[int]:
    with db.reading() as session:
        return [row[0] for row in ALL.run(session, {})]


class Moved(Exception):
    """What a statement is held with."""


def later(db: Database, *numbers: int, then: Callable[[Any], object] = lambda session: None, otherwise: Exception | None = None) -> None:
    with db.atomic() as session:
        for number in numbers:
            ADD.run_later(session, {"id": number}, otherwise=otherwise)
        then(session)


def test_what_is_held_back_is_done_in_order_with_the_commit(db: Database) -> None:
    later(db, 2, 3)
    assert ids(db) == [1, 2, 3]


@pytest.mark.parametrize("ask", [
    lambda session: ALL.run(session, {}),
    lambda session: session.execute(text("SELECT id FROM line ORDER BY id")).all(),
    lambda session: driver_of(session).execute("SELECT id FROM line ORDER BY id").fetchall(),
], ids=["fixed", "library", "driver"])
def test_whatever_is_asked_next_sees_what_was_held_back(db: Database, ask: Callable[[Any], list[Any]]) -> None:
    seen: list[Any] = []
    later(db, 2, then=lambda session: seen.extend(ask(session)))
    assert [tuple(row) for row in seen] == [(1,), (2,)]


@pytest.mark.parametrize("numbers", [(1,), (2, 1), (1, 2), (3, 2, 1)])
def test_where_one_of_several_fails_nothing_of_the_transaction_is_done_and_its_own_refusal_is_raised(db: Database, numbers: tuple[int, ...]) -> None:
    with pytest.raises(Moved):
        later(db, *numbers, otherwise=Moved())
    assert ids(db) == [1]
    with pytest.raises(Moved):
        later(db, *numbers, then=lambda session: ONE.run(session, {}), otherwise=Moved())
    assert ids(db) == [1]


def test_without_a_refusal_of_its_own_the_error_of_the_driver_is_raised(db: Database) -> None:
    with pytest.raises(DRIVER_ERRORS, match="line_pkey"):
        later(db, 1)
    assert ids(db) == [1]


def test_what_was_held_back_is_forgotten_with_its_transaction(db: Database) -> None:
    def fails(session: Any) -> None:
        raise Moved

    with pytest.raises(Moved):
        later(db, 2, then=fails)
    assert ids(db) == [1]


def test_who_is_interrupted_while_the_answer_comes_leaves_nothing_half_done(db: Database) -> None:
    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    with patch("inspect_app.db.line.wait_for_more", interrupted), pytest.raises(KeyboardInterrupt):
        later(db, 2, then=lambda session: ONE.run(session, {}))
    assert ids(db) == [1]


def test_a_transaction_reads_for_whom_it_was_told_to_and_the_next_one_for_nobody(db: Database) -> None:
    said = []
    for reach in ("all", 17, None):
        with db.reading(reach) as session:
            said += [REACH.run(session, {})[0][0], session.execute(text("SELECT current_setting('inspect.reach', true)")).scalar()]
    with db.reading("all"):
        pass
    with db.engine.begin() as session:
        said.append(REACH.run(session, {})[0][0])
    assert said == ["all", "all", "17", "17", "", "", ""]


@pytest.mark.parametrize("use", [
    lambda db: ids(db),
    lambda db: later(db, 9),
    lambda db: _library(db),
    lambda db: _glance(db),
], ids=["read", "write", "library", "glance"])
def test_after_the_server_let_go_of_every_connection_one_request_fails_at_most(db: Database, use: Callable[[Database], object]) -> None:
    with db.reading() as first, db.reading() as second, db.reading() as third:
        for session in (first, second, third):
            ONE.run(session, {})
    with psycopg.connect(db.url.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
    with pytest.raises(DRIVER_ERRORS):
        use(db)
    use(db)
    assert ids(db)[0] == 1


def _library(db: Database) -> object:
    with db.reading() as session:
        return session.execute(text("SELECT 1")).scalar()


def _glance(db: Database) -> object:
    with db.glance() as session:
        return ONE.run(session, {})

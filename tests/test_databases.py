"""The databases that the tests are given are real, fresh and apart from each other."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import create_engine, inspect, make_url, text

from inspect_app.db import Database, Fixed, together
from tests import postgres as postgres_module
from tests.postgres import Cluster, NoPostgreSQL, cluster


def _make_a_table(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE words (word varchar(20))"))
        connection.execute(text("INSERT INTO words VALUES ('kiểm tra')"))
        assert connection.execute(text("SELECT upper(word) FROM words")).scalar_one().startswith("KI")
    engine.dispose()


@pytest.mark.parametrize("time", ["first", "second"])
def test_each_test_gets_an_empty_database(database_url: str, time: str) -> None:
    engine = create_engine(database_url)
    assert inspect(engine).get_table_names() == []
    engine.dispose()
    _make_a_table(database_url)


def test_databases_are_apart(new_database: Callable[[str], str], postgres: Cluster) -> None:
    one, other = new_database("apart_one"), new_database("apart_other")
    _make_a_table(one)
    engine = create_engine(other)
    assert inspect(engine).get_table_names() == []
    engine.dispose()


def test_a_database_may_begin_as_a_copy(postgres: Cluster) -> None:
    _make_a_table(postgres.new_database("original"))
    engine = create_engine(postgres.new_database("copied", template="original"))
    assert inspect(engine).get_table_names() == ["words"]
    engine.dispose()


def test_the_server_listens_on_no_network(postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    with engine.connect() as connection:
        assert connection.execute(text("SHOW listen_addresses")).scalar_one() == ""
        assert connection.execute(text("SELECT inet_server_addr()")).scalar_one() is None
    engine.dispose()
    assert make_url(postgres_url).host is None


def test_what_the_application_asks_is_not_compiled_although_the_server_would(postgres_url: str) -> None:
    engine, db = create_engine(postgres_url), Database(postgres_url)
    with engine.connect() as beside, db.reading() as ours:
        assert [session.execute(text("SHOW jit")).scalar_one() for session in (beside, ours)] == ["on", "off"]
    engine.dispose()
    db.close()


@pytest.mark.parametrize(("condition", "asked", "told"), [
    ("id AMONG :some", [3, 1], [1, 3]), ("id AMONG :some", [], []), ("id NOT AMONG :some", [3, 1], [2]),
    ("small AMONG :some", [20, 2**40], [2]), ("word AMONG TEXTS :some", ["đỏ", "it's", '"'], [1, 3]),
    ("word NOT AMONG TEXTS :some", ["đỏ"], [2, 3]), ("word AMONG TEXTS :some OR CAST(id AS TEXT) AMONG TEXTS :some", ["đỏ"], [1])])
def test_one_value_names_many(database_url: str, condition: str, asked: list[int] | list[str], told: list[int]) -> None:
    db = Database(database_url)
    with db.atomic() as session:
        session.execute(text("CREATE TABLE words (id BIGINT PRIMARY KEY, small INTEGER, word VARCHAR(20))"))
        session.execute(text("INSERT INTO words VALUES (1, 10, 'đỏ'), (2, 20, 'xanh'), (3, 30, 'it''s')"))
        statement = Fixed(f"SELECT id FROM words WHERE {condition} ORDER BY id")
        assert statement.run(session, {"some": together(asked)}) == [(id_,) for id_ in told]
    db.close()


def test_without_postgresql_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_module, "postgresql_programs", lambda: None)
    with pytest.raises(NoPostgreSQL, match="apt-get install postgresql"), cluster():
        pass

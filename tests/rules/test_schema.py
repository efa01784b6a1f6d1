"""What the tables are said to be is what the migrations make, on both databases, and a migrated house stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, DefaultClause, Index, Inspector, Integer, MetaData, PrimaryKeyConstraint, Table, UniqueConstraint, inspect

from config import Settings
from inspect_app.db import Database, statistics
from inspect_app.models import metadata
from inspect_app.models.case import ONE_BY_ONE
from inspect_app.models.case_text import BESIDE_THE_TABLES
from inspect_app.services.founding import MIGRATIONS, migrate


@pytest.fixture
def db(settings: Settings) -> Iterator[Database]:
    """A database as the migrations leave it."""
    opened = Database(settings.database_url)
    yield opened
    opened.close()


def differences(db: Database, told: MetaData) -> list[str]:
    """What a new migration would have to do, one line each."""
    compared = _default_differs if db.is_sqlite else True
    with db.reading() as session:
        context = MigrationContext.configure(session, opts={"compare_type": True, "compare_server_default": compared, "include_object": _is_told})
        lines = [repr(change) for change in compare_metadata(context, told)]
        return lines + [line for table in told.sorted_tables for line in _keys_that_differ(inspect(session), table)]


def _is_told(_there: Any, name: str | None, *_rest: Any) -> bool:
    """What one database alone keeps over a table is in no model."""
    return name not in BESIDE_THE_TABLES and name != ONE_BY_ONE


def _default_differs(_context: MigrationContext, _there: Any, ours: Column[Any], *_rest: Any) -> bool | None:
    """SQLite numbers its rows by itself and does not tell of it; every other default is left to the usual comparison."""
    return False if ours.identity is not None else None


def _keys_that_differ(there: Inspector, table: Table) -> Iterator[str]:
    """Primary keys, which the comparison of Alembic leaves out."""
    if table.name not in there.get_table_names():
        return
    found = there.get_pk_constraint(table.name)["constrained_columns"]
    told = [column.name for column in table.primary_key.columns]
    if found != told:
        yield f"{table.name}: the primary key is {found}, the model says {told}"


def changed(planted: str) -> MetaData:
    """Our tables, but for one difference."""
    copy = MetaData(naming_convention=metadata.naming_convention)
    for table in metadata.sorted_tables:
        table.to_metadata(copy)
    unit = copy.tables["unit"]
    match planted:
        case "a table":
            Table("planted", copy, Column("id", Integer, primary_key=True))
        case "a column":
            unit.append_column(Column("planted", Integer))
        case "a table less":
            copy.remove(copy.tables["clock"])
        case "a primary key":
            unit.append_constraint(PrimaryKeyConstraint("code"))
        case "a default":
            unit.c.name.server_default = DefaultClause("nameless")
        case "an index":
            Index("ix_planted", unit.c.name)
        case "a unique key":
            unit.append_constraint(UniqueConstraint("name", "code", name="uq_planted"))
        case "a type":
            unit.c.name.type = Integer()
        case "a column that may be empty":
            unit.c.name.nullable = not unit.c.name.nullable
    return copy


def test_models_equal_the_migrated_schema(db: Database) -> None:
    assert differences(db, metadata) == []


@pytest.mark.filterwarnings("ignore:Table 'unit' specifies columns")
@pytest.mark.parametrize(
    "planted",
    [
        *("a table", "a table less", "a column", "a column that may be empty", "a type", "a default"),
        *("an index", "a unique key", "a primary key"),
    ],
)
def test_a_model_beside_the_schema_is_caught(db: Database, planted: str) -> None:
    assert differences(db, changed(planted)) != []


def test_migrating_again_changes_nothing(db: Database) -> None:
    def shape() -> list[tuple[str, list[str]]]:
        with db.reading() as session:
            there = inspect(session)
            return [(name, [column["name"] for column in there.get_columns(name)]) for name in there.get_table_names()]

    before = shape()
    migrate(db)
    assert shape() == before


@pytest.fixture
def embedded(settings: Settings) -> Iterator[Database]:
    """A database of SQLite as the migrations leave it, whichever one the test runs on."""
    opened = Database(f"sqlite:///{settings.data / 'told.db'}")
    migrate(opened)
    yield opened
    opened.close()


def _figures(db: Database) -> list[tuple[str, str | None, str]]:
    with db.reading() as session:
        return [tuple(row) for row in session.exec_driver_sql("SELECT tbl, idx, stat FROM sqlite_stat1")]


def test_every_index_of_the_tables_of_lists_is_known_to_the_planner(embedded: Database) -> None:
    told = {(table, index): figures.split() for table, index, figures in statistics.KNOWN}
    with embedded.reading() as session:
        there = {(table, index[1]): len(session.exec_driver_sql(f'PRAGMA index_info("{index[1]}")').all())
                 for table in {table for table, _ in told} for index in session.exec_driver_sql(f"PRAGMA index_list({table})").all()}
    assert {(table, index) for table, index in told if index is not None} == set(there)
    assert {one: len(told[one]) - 1 for one in there} == there


def test_the_planner_knows_the_same_in_every_house(embedded: Database) -> None:
    assert sorted(_figures(embedded), key=str) == sorted(statistics.KNOWN, key=str)
    with embedded.atomic() as session:
        session.exec_driver_sql("ANALYZE")
    assert sorted(_figures(embedded), key=str) != sorted(statistics.KNOWN, key=str)
    migrate(embedded)
    assert sorted(_figures(embedded), key=str) == sorted(statistics.KNOWN, key=str)


@pytest.mark.parametrize("is_opened_anew", [False, True])
def test_who_migrated_and_who_comes_after_plan_alike(embedded: Database, is_opened_anew: bool) -> None:
    if is_opened_anew:
        embedded.engine.dispose()
    with embedded.reading() as session:
        plan = str(session.exec_driver_sql("EXPLAIN QUERY PLAN SELECT id FROM cases WHERE workflow = 'x' AND unit_id = 1").all())
    assert "ix_cases_unit" in plan


def test_migrations_are_one_line_numbered_without_a_gap() -> None:
    told = Config()
    told.set_main_option("script_location", str(MIGRATIONS))
    scripts = ScriptDirectory.from_config(told)
    assert len(scripts.get_heads()) == 1
    numbers = sorted(path.name.split("_")[0] for path in (MIGRATIONS / "versions").glob("*.py"))
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]

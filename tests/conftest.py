"""What every test may ask for: databases of both kinds, the public records, and the long proofs on request."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.postgres import Cluster, NoPostgreSQL, cluster

ROOT = Path(__file__).resolve().parents[1]
_numbers = count(1)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="run the long proofs too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long proofs out, unless they are asked for."""
    if config.getoption("--full"):
        return
    long = [item for item in items if item.get_closest_marker("full")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if not item.get_closest_marker("full")]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """The PostgreSQL server of this run. Where there is none, what needs it fails with the remedy."""
    try:
        with cluster() as running:
            yield running
    except NoPostgreSQL as refusal:
        pytest.fail(str(refusal), pytrace=False)


@pytest.fixture(scope="session")
def postgres_url(postgres: Cluster) -> str:
    """One PostgreSQL database for the whole run; what is in it is whoever's came before."""
    return postgres.new_database("common")


@pytest.fixture(scope="session")
def new_database(postgres: Cluster) -> Callable[[str], str]:
    """Make an empty PostgreSQL database of this name; returns its address."""
    return postgres.new_database


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh, empty database: each test that asks runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'inspect.db'}"
        return
    running: Cluster = request.getfixturevalue("postgres")
    name = f"fresh_{next(_numbers)}"
    yield running.new_database(name)
    running.drop_database(name)


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder of public records that nobody here wrote; a test that needs it is left out where it is absent."""
    folder = Path(os.environ.get("INSPECT_TEST_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip("The public records are not here; INSPECT_TEST_DATA names their folder.")
    return folder

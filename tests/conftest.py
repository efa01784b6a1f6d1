"""What every test may ask for: databases of both kinds, the public records, and the long proofs on request."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from config import Settings
from inspect_app import log
from inspect_app.app import create_app
from inspect_app.db import Database
from inspect_app.services import keys
from inspect_app.services.founding import found, migrate, open_house, secure
from inspect_app.services.house import House
from tests.postgres import APPLICATION, WORKER, Cluster, NoPostgreSQL, cluster
from tests.services.organisation import Organisation, organise

ROOT = Path(__file__).resolve().parents[1]
MEMORY = Path("/dev/shm")
"""Where Linux keeps files in memory."""
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ.setdefault("PYTHONPYCACHEPREFIX", str(ROOT / ".pytest_cache" / "bytecode"))
"""A program that a test starts finds its modules compiled by the one before, whatever the environment says of bytecode."""
_numbers = count(1)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="run the long proofs too")


LONGEST = ("test_random_drive", "test_swaps", "test_matrix", "test_removal")
"""The files whose single tests take longest."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long proofs out, unless they are asked for; what takes longest begins first, so that no process ends long after the others."""
    items.sort(key=lambda item: item.path.stem not in LONGEST)
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


@pytest.fixture(scope="session")
def shaped(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str, Cluster | None], str]:
    """Make a database of the newest schema, quickly: a copy of one that was migrated once. Takes `sqlite:///…`, or a name on PostgreSQL."""
    made: dict[str, str] = {}

    def copy(kind: str, target: str, running: Cluster | None) -> str:
        if kind == "sqlite":
            if kind not in made:
                made[kind] = str(tmp_path_factory.mktemp("shape") / "shape.db")
                shape(f"sqlite:///{made[kind]}")
            shutil.copyfile(made[kind], target)
            return f"sqlite:///{target}"
        assert running is not None
        if kind not in made:
            made[kind] = "shape"
            shape(running.new_database("shape"))
        return running.new_database(target, template="shape")

    return copy


def shape(url: str) -> None:
    """Migrate and found an empty database; on PostgreSQL the application and the worker get roles of their own."""
    db = Database(url)
    migrate(db)
    found(db)
    secure(db, APPLICATION, WORKER)
    if db.is_sqlite:
        with db.engine.connect() as session:
            session.exec_driver_sql("COMMIT")
            session.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


@pytest.fixture(scope="session")
def postgres_house(postgres: Cluster, shaped: Callable[..., str]) -> str:
    """The one PostgreSQL database of houses; it is emptied after each."""
    shaped("postgresql", "house", postgres)
    return "house"


@pytest.fixture(scope="session")
def keys_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The keys of every house of this run, so that a password is hashed once; each house has a copy, and a signer that has seen nothing."""
    folder = tmp_path_factory.mktemp("keys")
    keys.make(folder)
    return folder


@pytest.fixture
def own_keys(tmp_path: Path, keys_folder: Path) -> Path:
    """A copy of those keys for one house: what its signer has seen is known to no other."""
    return shutil.copytree(keys_folder, tmp_path / "keys")


@pytest.fixture(scope="session")
def sqlite_place() -> Iterator[Path]:
    """Where the embedded database of the house under test lies, in memory where the system has a place for that: it is the same database, and a
    process that is killed loses nothing there. What was there is removed before the next."""
    with tempfile.TemporaryDirectory(dir=MEMORY if os.access(MEMORY, os.W_OK) else None) as folder:
        yield Path(folder)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def settings(request: pytest.FixtureRequest, tmp_path: Path, own_keys: Path, sqlite_place: Path, shaped: Callable[..., str]) -> Iterator[Settings]:
    """The settings of a fresh installation that is set up: each test that asks runs on SQLite and on PostgreSQL."""
    rest: dict[str, Any] = {"mode": "test", "data": tmp_path / "data", "keys": own_keys}
    if request.param == "sqlite":
        place = sqlite_place / "inspect.db"
        for left in sqlite_place.iterdir():
            left.unlink()
        yield Settings(database_url=shaped("sqlite", str(place), None), **rest)
        return
    running: Cluster = request.getfixturevalue("postgres")
    name = request.getfixturevalue("postgres_house")
    yield Settings(database_url=running.url(name, APPLICATION), database_owner_url=running.url(name),
                   database_worker_url=running.url(name, WORKER), **rest)
    running.empty(name)


@pytest.fixture
def founded_url(settings: Settings) -> str:
    """The address of such a database for its owner, where a test makes a house of its own."""
    return settings.database_owner_url or settings.database_url


_databases: dict[str, Database] = {}
_applications: dict[Settings, Flask] = {}


@pytest.fixture
def house(settings: Settings) -> Iterator[House]:
    """An empty house. Houses at one address share what the library knows of its statements; its connections end with each."""
    opened = open_house(settings)
    opened.db = _databases.setdefault(settings.database_url, opened.db)
    yield opened
    opened.db.close()


def application(settings: Settings, house: House) -> Flask:
    """An application over a house. Building one takes longer than most tests, so each process builds one and hangs house after house into it."""
    nowhere = Path()
    alike = replace(settings, database_url="", database_owner_url=None, database_worker_url=None, data=nowhere, keys=nowhere)
    if alike not in _applications:
        _applications[alike] = create_app(settings, house)
    app = _applications[alike]
    app.extensions["house"] = house
    log.begin(settings.log_level)  # to what stands for the error stream of this test
    return app


@pytest.fixture
def org(house: House) -> Organisation:
    """A house with a small organisation in it."""
    return organise(house)

"""Some things happen in one place only: committing, going past the library to the driver, looking at the environment, asking for the time."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.rules.house import APPLICATION, Source, breaks, dotted, imported, offences, sources

ENVIRONMENT = {"os.environ", "os.environb", "os.getenv", "os.getenvb", "os.putenv"}
CLOCKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"}


def commits_elsewhere(source: Source) -> Iterator[str]:
    """Only the database module commits."""
    if source.path == "inspect_app/db/database.py":
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr == "commit":
            yield source.at(node, "only inspect_app/db/database.py commits")


def goes_to_the_driver(source: Source) -> Iterator[str]:
    """Only the database module has the driver's connection; whoever needs it asks for it there, so that nothing is held back before it is used."""
    if source.path.startswith("inspect_app/db/"):
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr == "driver_connection":
            yield source.at(node, "take `driver_of(session)`: something may be held back on this connection")


def looks_at_the_environment(source: Source) -> Iterator[str]:
    """Only the settings look at the environment."""
    if source.path == "config.py":
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and dotted(node) in ENVIRONMENT:
            yield source.at(node, "only config.py looks at the environment")
    for statement, name in imported(source.tree):
        if name in ENVIRONMENT:
            yield source.at(statement, "only config.py looks at the environment")


def asks_for_the_time(source: Source) -> Iterator[str]:
    """Only one module asks for the time, so that a test or a rehearsal can hold it."""
    if source.path == "inspect_app/now.py":
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and ".".join(dotted(node).split(".")[-2:]) in CLOCKS:
            yield source.at(node, "only inspect_app/now.py asks for the time")
    for statement, name in imported(source.tree):
        if name in ("time.time", "time.time_ns"):
            yield source.at(statement, "only inspect_app/now.py asks for the time")


def test_only_the_database_module_commits() -> None:
    assert offences(commits_elsewhere, sources(APPLICATION)) == []


def test_only_the_database_module_goes_to_the_driver() -> None:
    assert offences(goes_to_the_driver, sources(APPLICATION)) == []


def test_only_the_settings_look_at_the_environment() -> None:
    assert offences(looks_at_the_environment, sources(APPLICATION)) == []


def test_only_one_module_asks_for_the_time() -> None:
    assert offences(asks_for_the_time, sources(APPLICATION)) == []


@pytest.mark.parametrize("text", ["session.commit()", "with_commit = connection.commit"])
def test_a_commit_elsewhere_is_caught(text: str) -> None:
    assert breaks(commits_elsewhere, "inspect_app/services/casework.py", text)
    assert not breaks(commits_elsewhere, "inspect_app/db/database.py", text)


def test_going_to_the_driver_is_caught() -> None:
    assert breaks(goes_to_the_driver, "inspect_app/services/bulk.py", "session.connection.driver_connection.execute('SELECT 1')")
    assert not breaks(goes_to_the_driver, "inspect_app/db/fixed.py", "session.connection.driver_connection")


@pytest.mark.parametrize("text", ["import os\nos.environ['A']", "from os import getenv", "import os\nos.getenv('A')"])
def test_a_look_at_the_environment_is_caught(text: str) -> None:
    assert breaks(looks_at_the_environment, "inspect_app/app.py", text)
    assert not breaks(looks_at_the_environment, "config.py", text)


@pytest.mark.parametrize(
    "text",
    [
        "from datetime import datetime, UTC\ndatetime.now(UTC)",
        "import datetime\ndatetime.datetime.utcnow()",
        "import datetime as dt\nfrom datetime import date\ndate.today()",
        "import time\ntime.time()",
        "from time import time_ns",
    ],
)
def test_asking_for_the_time_is_caught(text: str) -> None:
    assert breaks(asks_for_the_time, "workflows/guards.py", text)
    assert not breaks(asks_for_the_time, "inspect_app/now.py", text)

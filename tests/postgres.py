"""A real PostgreSQL server of the tests' own: thrown away at the end, reached over a socket, never over the network."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql

from tests.system_packages import REMEDY, postgresql_programs

OWNER, APPLICATION, WORKER = "inspect", "inspect_app", "inspect_worker"

# Speed instead of safety: nothing here outlives the run.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "100",
    "listen_addresses": "''",
}


class NoPostgreSQL(Exception):
    """There is no PostgreSQL server to start, or it does not start; the sentence tells the remedy."""


@dataclass(frozen=True)
class Cluster:
    """A running server, known by the folder of its socket."""

    socket: Path
    _emptying: dict[str, psycopg.Connection[Any]] = field(default_factory=dict, repr=False, compare=False)
    """Connections of the owner, by database, that go on from one emptying to the next."""

    def url(self, database: str, user: str = OWNER) -> str:
        """The address of a database, for SQLAlchemy: as the owner of its tables, or as another role."""
        return f"postgresql+psycopg://{user}@/{database}?host={quote(str(self.socket), safe='')}"

    def new_database(self, name: str, template: str = "template1") -> str:
        """Make a database, empty or a copy of another; returns its address."""
        self._run(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
        return self.url(name)

    def empty(self, database: str) -> None:
        """Make a founded database as it was when it was founded: hundreds of times quicker than another copy of it.

        As a replica the server asks neither triggers nor foreign keys. Whoever still holds a lock there is left behind."""
        connection = self._emptying.get(database)
        if connection is None or connection.closed:
            connection = psycopg.connect(host=str(self.socket), user=OWNER, dbname=database, autocommit=True)
            connection.execute("SET session_replication_role = replica")
            self._emptying[database] = connection
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                           "WHERE datname = current_database() AND pid <> pg_backend_pid()")
        tables = connection.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace "
                                    "AND relname NOT IN ('alembic_version', 'installation')").fetchall()
        emptied = [sql.SQL("DELETE FROM {}").format(sql.Identifier(name)) for (name,) in tables]
        kept = sql.SQL("DELETE FROM installation WHERE name <> 'log'")
        connection.execute(sql.SQL("; ").join([*emptied, kept]))
        connection.execute("SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace")

    def drop_database(self, name: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(host=str(self.socket), user=OWNER, dbname="postgres", autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Start a server and stop it in the end. Raises `NoPostgreSQL`."""
    programs = postgresql_programs()
    if programs is None:
        raise NoPostgreSQL(f"PostgreSQL's server programs were not found. {REMEDY}")
    user = _unprivileged_user()
    # The name of a socket may have 107 letters at most, so its folder is a short one.
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp" if Path("/tmp").is_dir() else None))
    data, log = folder / "data", folder / "log"
    try:
        if user is not None:
            shutil.chown(folder, user)
        made: list[str | Path] = [programs / "initdb", "-D", data, "-U", OWNER, "-A", "trust", "-E", "UTF8"]
        _run(user, folder, [*made, "--locale=C.UTF-8", "--no-sync"])
        settings = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
        start: list[str | Path] = ["-D", data, "-l", log, "-w", "-t", "60", "-o", f"-k {folder} {settings}", "start"]
        try:
            _run(user, folder, [programs / "pg_ctl", *start])
        except NoPostgreSQL as refusal:
            raise NoPostgreSQL(f"{refusal}\n{log.read_text() if log.exists() else ''}") from None
        try:
            running = Cluster(folder)
            for role in (APPLICATION, WORKER):
                running._run(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
            yield running
        finally:
            _run(user, folder, [programs / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged_user() -> str | None:
    """Whom the server runs as: PostgreSQL refuses to be root. None is whoever runs the tests."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _run(user: str | None, folder: Path, command: Sequence[str | Path]) -> None:
    words = [str(word) for word in command]
    environ = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(folder)}
    # The server keeps the streams it was born with, so what is said goes to a file and never to a pipe.
    with tempfile.TemporaryFile("w+") as said:
        dropped: dict[str, Any] = {}
        if user is not None:
            dropped = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}
        done = subprocess.run(words, cwd=folder, env=environ, stdout=said, stderr=said, check=False, **dropped)
        if done.returncode:
            said.seek(0)
            raise NoPostgreSQL(f"{' '.join(words[:2])} failed: {said.read()}")

"""A PostgreSQL server of one's own for the time of a benchmark: a fresh cluster, a socket in a short folder, fsync on."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from benchmarks.process import cpu_of_tree

SETTINGS = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "shared_buffers": "256MB", "max_wal_size": "8GB",
            "checkpoint_timeout": "30min", "max_connections": "100", "listen_addresses": "''", "jit": "off"}


APPLICATION = "inspect_app"
"""The role under which we are served: it owns no table, and row-level security holds for it."""


class NoServer(Exception):
    """There is no PostgreSQL server here; the sentence says what to install."""


@dataclass(frozen=True)
class Cluster:
    """A running server: its folder of programs, its socket, its user and its first process."""

    programs: Path
    socket: Path
    user: str
    pid: int

    def url(self, database: str, driver: str = "postgresql+psycopg", user: str | None = None) -> str:
        """The address of a database, over the socket; as the server's own user unless told otherwise."""
        return f"{driver}://{user or self.user}@/{database}?host={quote(str(self.socket), safe='')}"

    def application(self, database: str) -> str:
        """The address of a database for the role of the application, which is made where there is none."""
        there = f"EXISTS (SELECT FROM pg_roles WHERE rolname = '{APPLICATION}')"
        self.sql("postgres", f"SELECT 'CREATE ROLE {APPLICATION} LOGIN' WHERE NOT {there} \\gexec")
        return self.url(database, user=APPLICATION)

    def create(self, database: str) -> str:
        """Make an empty database; returns its address."""
        self.sql("postgres", f"CREATE DATABASE {database}")
        return self.url(database)

    def sql(self, database: str, text: str) -> str:
        """Run statements; returns what they print."""
        command: list[str | Path] = [self.programs / "psql", "-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", "-h", self.socket,
                                     "-U", self.user, "-d", database]
        return subprocess.run(command, input=text, check=True, stdout=subprocess.PIPE, text=True).stdout

    def cpu(self) -> float:
        """CPU seconds that the server has used, over all its processes."""
        return cpu_of_tree(self.pid)


def find_programs() -> Path:
    """The folder with initdb, postgres and pgbench. Raises `NoServer`."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).parent] if on_path else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in folders:
        if all((folder / name).exists() for name in ("initdb", "postgres", "psql", "pgbench", "pg_ctl")):
            return folder
    raise NoServer("PostgreSQL's server programs are needed (initdb, postgres, pgbench); on Debian install the package postgresql.")


def _other_user() -> str | None:
    """The server refuses to run as root; the account it runs as then."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Start a server, and remove everything of it afterwards. Raises `NoServer`."""
    programs, user = find_programs(), _other_user()
    folder = Path(tempfile.mkdtemp(prefix="ib"))
    try:
        if user:
            shutil.chown(folder, user)
        name = user or pwd.getpwuid(os.geteuid()).pw_name
        data, log = folder / "data", folder / "log"
        subprocess.run([programs / "initdb", "-D", data, "-U", name, "-A", "trust", "-E", "UTF8", "--no-locale"], user=user, check=True,
                       stdout=subprocess.DEVNULL, cwd=folder)
        options = " ".join(f"-c {key}={value}" for key, value in SETTINGS.items()) + f" -k {folder}"
        subprocess.run([programs / "pg_ctl", "-D", data, "-l", log, "-w", "-o", options, "start"], user=user, check=True,
                       stdout=subprocess.DEVNULL, cwd=folder)
        try:
            pid = int((data / "postmaster.pid").read_text("ascii").split()[0])
            folder.chmod(0o755)
            yield Cluster(programs, folder, name, pid)
        finally:
            subprocess.run([programs / "pg_ctl", "-D", data, "-m", "immediate", "stop"], user=user, check=False,
                           stdout=subprocess.DEVNULL, cwd=folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)

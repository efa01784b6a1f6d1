"""A real server for the browser: each demonstration house, set up by the command line and served by it."""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from threading import Event

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "inspect-demo"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def settings_of(folder: Path) -> dict[str, str]:
    """The environment of an installation whose data lie in this folder."""
    return os.environ | {"INSPECT_MODE": "demo", "INSPECT_DATABASE_URL": f"sqlite:///{folder / 'inspect.db'}", "INSPECT_DATA": str(folder / "data"),
                         "INSPECT_KEYS": str(folder / "keys"), "PYTHONPATH": str(ROOT)}


def console(folder: Path, *words: str) -> str:
    """What a command says to an installation; raises where it fails."""
    command = [sys.executable, "-m", "inspect_app.cli.main", *words]
    return subprocess.run(command, env=settings_of(folder), check=True, cwd=folder, capture_output=True, text=True).stdout


@cache
def loaded(which: str) -> Path:
    """A demonstration as it was loaded, once in a run; each that is served is a copy of it."""
    folder = Path(mkdtemp(prefix=f"{which}-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    console(folder, "demo", "--house", which)
    return folder


@contextmanager
def served(which: str, folder: Path) -> Iterator[str]:
    """The address of a served demonstration; the server ends with the block."""
    port = free_port()
    told = settings_of(folder) | {"INSPECT_PUBLIC_URL": f"http://127.0.0.1:{port}"}
    command = [sys.executable, "-m", "inspect_app.cli.main"]
    shutil.copytree(loaded(which), folder, dirs_exist_ok=True)
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen([*command, "serve", "--port", str(port)], env=told, cwd=folder, stdout=log, stderr=log)
        try:
            _until_it_listens(server, port, folder / "server.log")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(20)


def _until_it_listens(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Wait until the port answers; a server that ended says why."""
    bell = Event()
    for _ in range(1800):
        if server.poll() is not None:
            raise RuntimeError(f"the server ended with {server.returncode}: {log.read_text()}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        bell.wait(0.05)
    raise RuntimeError(f"the server did not listen: {log.read_text()}")

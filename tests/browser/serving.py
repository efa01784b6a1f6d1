"""A real server for the browser: each demonstration house, set up by the command line and served by it."""

from __future__ import annotations

import atexit
import multiprocessing
import os
import shutil
import socket
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from tempfile import mkdtemp
from threading import Event

from inspect_app.cli.main import main

PASSWORD = "inspect-demo"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


_started = multiprocessing.get_context("forkserver")
_started.set_forkserver_preload(["inspect_app.cli.main"])
"""Each command runs in a process of its own, which begins as a copy of one that has read the program and done nothing."""


def _run(folder: Path, output: Path, told: Mapping[str, str], words: Sequence[str]) -> None:
    """In that process: what the command `inspect-app` does in a shell, in this folder and with this environment; what it says goes to a file."""
    os.environ.update(told)
    os.chdir(folder)
    with output.open("ab") as file:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
            os.dup2(file.fileno(), stream.fileno())
    sys.exit(main(words))


def _start(folder: Path, output: Path, *words: str, **told: str) -> ForkServerProcess:
    """Start a command of the installation whose data lie in this folder."""
    settings = {"INSPECT_MODE": "demo", "INSPECT_DATABASE_URL": f"sqlite:///{folder / 'inspect.db'}", "INSPECT_DATA": str(folder / "data"),
                "INSPECT_KEYS": str(folder / "keys")}
    process = _started.Process(target=_run, args=(folder, output, settings | told, words))
    process.start()
    return process


def console(folder: Path, *words: str) -> str:
    """What a command says to an installation; raises where it fails."""
    output = folder / "console.log"
    output.write_bytes(b"")
    process = _start(folder, output, *words)
    process.join()
    said = output.read_text("utf-8")
    if process.exitcode:
        raise RuntimeError(f"{words} ended with {process.exitcode}: {said}")
    return said


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
    shutil.copytree(loaded(which), folder, dirs_exist_ok=True)
    log = folder / "server.log"
    server = _start(folder, log, "serve", "--port", str(port), INSPECT_PUBLIC_URL=f"http://127.0.0.1:{port}")
    try:
        _until_it_listens(server, port, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.join(20)


def _until_it_listens(server: ForkServerProcess, port: int, log: Path) -> None:
    """Wait until the port answers; a server that ended says why."""
    bell = Event()
    for _ in range(1800):
        if server.exitcode is not None:
            raise RuntimeError(f"the server ended with {server.exitcode}: {log.read_text()}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        bell.wait(0.05)
    raise RuntimeError(f"the server did not listen: {log.read_text()}")

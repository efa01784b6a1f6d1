"""Importing a public log of road fines and exporting everything again, by the command line: events a second, and memory at its most."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from sqlalchemy import select

from benchmarks.cluster import Cluster, NoServer, cluster
from benchmarks.measures import Figure, Plan
from benchmarks.process import cpu_of_tree, peak_memory
from benchmarks.taking import BENCH, house_of
from inspect_app.db import Database
from inspect_app.models import cases
from inspect_app.services import exporting
from inspect_app.services.exporting import Order
from inspect_app.services.founding import found, migrate
from inspect_app.services.histories import Wanted

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "examples" / "road_fines"
DATABASE = "histories"
FORMATS = ("csv", "jsonl", "xlsx", "xes", "ocel-json", "parquet")
BY_LINE = {"csv": 0.7, "xes": 0.5, "parquet": 0.5, "jsonl": 0.4, "xlsx": 0.3}
"""Formats in which the standard facts leave, and the share of the speed of COPY that each is to reach."""
_COMMAND = "import sys; from inspect_app.cli.main import main; sys.exit(main())"
_COPY = ("COPY (SELECT d.uid, c.number, c.workflow, e.position, e.seq, e.id, e.trigger, e.before, e.after, e.actor, e.role, e.on_behalf_of, "
         "e.recorded_for, e.occurred_at, e.recorded_at, e.origin, e.fits FROM event e JOIN cases c ON c.id = e.stream_id "
         "JOIN dossier d ON d.id = e.dossier_id ORDER BY e.dossier_id, e.position) TO STDOUT")


class Failed(Exception):
    """A command ended with another status than 0."""


@dataclass(frozen=True)
class Ran:
    """What one command took: time on the clock and the processor, the most memory, and what it printed."""

    seconds: float
    cpu: float
    memory: int
    said: str


def command(environment: dict[str, str], *arguments: str | Path) -> Ran:
    """Run `inspect-app` with these arguments, watching its memory. Raises `Failed`."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        start, cpu, memory = time.perf_counter(), 0.0, 0
        process = subprocess.Popen([sys.executable, "-c", _COMMAND, *map(str, arguments)], cwd=ROOT, env=os.environ | environment, stdout=said)
        while process.poll() is None:
            cpu, memory = max(cpu, cpu_of_tree(process.pid)), max(memory, peak_memory(process.pid))
            time.sleep(0.02)
        seconds = time.perf_counter() - start
        said.seek(0)
        text = said.read()
    if process.returncode:
        raise Failed(f"inspect-app {' '.join(map(str, arguments))} ended with {process.returncode}: {text}")
    return Ran(seconds, cpu, memory, text)


def log_file(plan: Plan) -> Path | None:
    """The log to import: the whole one, or its first hundred traces in a smoke check; None where there are no test data."""
    folder = Path(os.environ.get("INSPECT_TEST_DATA") or ROOT.parent / "shared" / "data") / "road-fines"
    path = folder / ("Road_Traffic_Fine_Management_Process.xes.gz" if plan.seconds >= 2 else "roadtraffic100traces.xes")
    return path if path.is_file() else None


def _bare(folder: Path, log: Path) -> float:
    """Seconds in which a script imports the same log that parses, commits and inserts the same rows, and does nothing else."""
    place = folder / "bare.db"
    db = Database(f"sqlite:///{place}")
    migrate(db)
    found(db)
    db.close()
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "benchmarks.bare_import", log, place], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    taken = time.perf_counter() - start
    place.unlink()
    return taken


def _on(name: str, url: str, log: Path, server: Cluster | None, whole: bool, bare: float | None) -> Iterator[Figure]:
    db = Database(url)
    migrate(db)
    found(db)
    db.close()
    with tempfile.TemporaryDirectory() as folder:
        environment = {"INSPECT_DATABASE_URL": url, "INSPECT_MODE": "test", "INSPECT_PACKS": str(EXAMPLE), "INSPECT_DATA": folder}
        before = server.cpu() if server else 0.0
        ran = command(environment, "import", "log", log, "--workflow", "road_fine", "--mapping", EXAMPLE / "mapping.toml", "--json")
        events = int(json.loads(ran.said)["events"])
        yield Figure("import", f"{name}: events", events)
        yield Figure("import", f"{name}: events", events / ran.seconds, "/s", *((">=", 3500) if whole else ()))
        if bare and whole:
            yield Figure("import", f"{name}: time, to a bare script that inserts the same rows", ran.seconds / bare, "×", "<=", 2.5)
        yield Figure("import", f"{name}: CPU of an event, application", ran.cpu / events * 1e6, "µs")
        if server:
            yield Figure("import", f"{name}: CPU of an event, PostgreSQL", (server.cpu() - before) / events * 1e6, "µs")
        yield Figure("import", f"{name}: memory at its most", ran.memory / 2**20, "MB", "<=", 300)
        out = Path(folder) / "out"
        one = _first_case(url)
        for form in FORMATS:
            ran = command(environment, "export", "--all", "--format", form, "--out", out)
            small = command(environment, "export", "--case", one, "--format", form, "--out", out).memory
            aimed = whole and server is not None
            yield Figure("export", f"{name}: {form}, every fact, events", events / ran.seconds, "/s", *((">=", 30_000) if aimed else ()))
            yield Figure("export", f"{name}: {form}, memory beyond that for one case", (ran.memory - small) / 2**20, "MB", "<=", 64)
        for form, share in BY_LINE.items():
            ran = command(environment, "export", "--all", "--format", form, "--facts", "standard", "--out", out)
            small = command(environment, "export", "--case", one, "--format", form, "--facts", "standard", "--out", out).memory
            yield Figure("export", f"{name}: {form}, standard facts, events", events / ran.seconds, "/s")
            yield Figure("export", f"{name}: {form}, standard facts, memory beyond that for one case", (ran.memory - small) / 2**20, "MB", "<=", 64)
            if server:
                ratio = median(_copy(server) / _taking(environment, form) for _ in range(3 if whole else 1))
                yield Figure("export", f"{name}: {form}, standard facts, to COPY of the rows", ratio, "×", *((">=", share) if whole else ()))
        yield from _first_bytes(name, url, Path(folder))


def _first_case(url: str) -> str:
    """The number of a case."""
    db = Database(url)
    with db.reading("all") as session:
        number = session.execute(select(cases.c.number).limit(1)).scalar_one()
    db.close()
    return str(number)


def _first_bytes(name: str, url: str, folder: Path) -> Iterator[Figure]:
    """How long each format takes to its first byte, in a process that runs."""
    house = house_of(url, EXAMPLE, folder)
    for form in FORMATS:
        start = time.perf_counter()
        pieces = exporting.streamed(house, BENCH, Order(Wanted(), form))
        next(iter(pieces))
        yield Figure("export", f"{name}: {form}, first byte", (time.perf_counter() - start) * 1e3, "ms", "<=", 300)
        closing = getattr(pieces, "close", None)
        if closing is not None:
            closing()
    house.db.close()


def _taking(environment: dict[str, str], form: str) -> float:
    """Seconds that an export of the standard facts takes a process that runs."""
    done = subprocess.run([sys.executable, "-m", "benchmarks.taking", form], cwd=ROOT, env=os.environ | environment, check=True,
                          stdout=subprocess.PIPE, text=True)
    return float(done.stdout)


def _copy(server: Cluster) -> float:
    """Seconds in which the server gives out the same events by COPY, as it keeps them."""
    start = time.perf_counter()
    subprocess.run([server.programs / "psql", "-X", "-q", "-h", server.socket, "-U", server.user, "-d", DATABASE, "-c", _COPY], check=True,
                   stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def run(plan: Plan) -> Iterator[Figure]:
    """SQLite, then PostgreSQL."""
    log = log_file(plan)
    if log is None:
        print("import: no log here; set INSPECT_TEST_DATA to the folder with the test data.", file=sys.stderr)
        return
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        whole = log.suffix == ".gz"
        yield from _on("SQLite", f"sqlite:///{folder / 'histories.db'}", log, None, whole, _bare(folder, log) if whole else None)
        try:
            server = stack.enter_context(cluster())
        except NoServer as reason:
            print(f"import: without PostgreSQL. {reason}", file=sys.stderr)
            return
        yield from _on("PostgreSQL", server.create(DATABASE), log, server, whole, None)

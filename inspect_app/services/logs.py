"""Importing an event log: one trace is one dossier, written whole, in batches; what is there is not written again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import chain
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import orjson
from sqlalchemy import insert, select, update

from inspect_app.ahead import ahead, is_large
from inspect_app.db import Session
from inspect_app.errors import NotFound, Unreadable
from inspect_app.imports.log_values import MOMENT, Trace
from inspect_app.imports.mapping import LogMapping, Target
from inspect_app.imports.problems import NotReadable, RowProblem
from inspect_app.imports.xes_header import read_header
from inspect_app.models import installation, unit
from inspect_app.now import now
from inspect_app.services.conformance import MOST_LISTED, Tally, followed, law_of, traces_of
from inspect_app.services.house import House
from inspect_app.services.recording import History, Told, known, seal_history, write
from workflows.acts import Actor
from workflows.conform import Law, Move

EXTENSIONS = "xes.extensions"
"""Under this name the vocabularies of imported logs are kept, so that an export can declare them again."""

LONGEST_NAME = 200
LONGEST_SOURCE = 300
FIRST_SIZE, FEWEST, MOST = 1000, 100, 4000
"""Events in one transaction: as many as keep it shorter than `PATIENCE`."""
PATIENCE = 0.08
"""Seconds for which other writers may be kept waiting."""


class _Ready(NamedTuple):
    """A trace as the file alone and the law tell of it: what is wrong with it, or what each of its events is here and did."""

    trace: Trace
    source: str
    digest: str
    problem: RowProblem | None
    targets: list[Target | None]
    moves: list[Move]


class Rejection(NamedTuple):
    """A trace that was not imported: where, a code for programs, a sentence for people."""

    trace: str
    row: int
    code: str
    message: str


@dataclass
class Imported:
    """What an import did; `created`, `unchanged` and `rejected` add up to the traces of the file."""

    created: int = 0
    unchanged: int = 0
    rejected: int = 0
    events: int = 0
    dry_run: bool = False
    tally: Tally = field(default_factory=Tally)
    rejections: list[Rejection] = field(default_factory=list)

    @property
    def traces(self) -> int:
        return self.created + self.unchanged + self.rejected

    def reject(self, rejection: Rejection) -> None:
        self.rejected += 1
        if len(self.rejections) < MOST_LISTED:
            self.rejections.append(rejection)

    def as_json(self) -> dict[str, Any]:
        fit = self.tally.as_json()
        return {
            "dry_run": self.dry_run,
            "traces": self.traces,
            "created": self.created,
            "unchanged": self.unchanged,
            "rejected": self.rejected,
            "events": self.events,
            "fitting_traces": fit["fitting_traces"],
            "fitting_events": fit["fitting_events"],
            "misfitting_traces": fit["traces"] - fit["fitting_traces"],
            "misfitting_events": fit["events"] - fit["fitting_events"],
            "guards": fit["guards"],
            "misfits": fit["misfits"],
            "rejections": [r._asdict() for r in self.rejections],
        }


def import_log(
    house: House,
    actor: Actor,
    path: Path,
    workflow: str,
    mapping: LogMapping,
    *,
    dry_run: bool = False,
    unit_code: str | None = None,
    progress: Callable[[Imported], None] | None = None,
) -> Imported:
    """Record the traces of the log at `path` as dossiers under `workflow` and its strands.

    Raises `NotFound` or `Unreadable` in one sentence; whole traces recorded before a damaged place stay."""
    run = _Run(house, actor, law_of(house.catalogue, workflow, mapping), mapping, Imported(dry_run=dry_run), unit_code)
    if not dry_run:
        _keep_extensions(house, path, mapping)
    try:
        for batch in run.batches(path):
            run.take(batch)
            if progress is not None:
                progress(run.done)
    except Unreadable as error:
        kept = "" if dry_run or not run.done.created else f" {run.done.created} traces before it were recorded; a corrected file goes on after them."
        raise Unreadable(f"{error}{kept}") from None
    return run.done


class _Run:
    def __init__(self, house: House, actor: Actor, law: Law, mapping: LogMapping, done: Imported, unit_code: str | None) -> None:
        self.house, self.actor, self.law, self.mapping, self.done = house, actor, law, mapping, done
        self.size = FIRST_SIZE
        self.seen: dict[str, str] = {}
        self.unit_id: int | None = None
        if unit_code is not None:
            with house.db.reading("all") as session:
                self.unit_id = session.execute(select(unit.c.id).where(unit.c.code == unit_code)).scalar()
            if self.unit_id is None:
                raise NotFound(f"There is no unit with the code “{unit_code}”.")

    def batches(self, path: Path) -> Iterator[list[_Ready]]:
        """Whole traces, until there are enough events for one transaction. They are made ready while those before them are written."""
        held: list[_Ready] = []
        events = 0
        for one in ahead(map(self._ready, traces_of(path, self.mapping)), worth=is_large(path)):
            if held and events + len(one.trace.events) > self.size:
                yield held
                held, events = [], 0
            held.append(one)
            events += len(one.trace.events)
        if held:
            yield held

    def _ready(self, trace: Trace) -> _Ready:
        source = f"{self.law.main.name}:{trace.key}"
        problem = next(chain(trace.problems, self.mapping.unknown(trace), _unfit(trace, self.law)), None)
        if problem is not None:
            return _Ready(trace, source, "", problem, [], [])
        return _Ready(trace, source, digest_of(trace), None, *followed(self.law, self.mapping, trace))

    def take(self, batch: list[_Ready]) -> None:
        """Import one batch."""
        sound = [one for one in batch if not self._refused(one)]
        with self.house.db.reading("all") as session:
            there = known(session, [one.source for one in sound]) | self.seen
        new: list[tuple[_Ready, History]] = []
        for one in sound:
            before = there.setdefault(one.source, one.digest)
            if before is not one.digest:
                self._known(one, before)
                continue
            if self.done.dry_run:
                self.seen[one.source] = one.digest
            new.append((one, self._history(one)))
        late = set() if self.done.dry_run or not new else self._write([history for _, history in new])
        for one, history in new:
            if history.source in late:
                with self.house.db.reading("all") as session:
                    self._known(one, known(session, [history.source]).get(history.source))
                continue
            self.done.created += 1
            self.done.events += len(one.trace.events)
            self.done.tally.add(one.trace, one.targets, one.moves)

    def _write(self, histories: list[History]) -> set[str]:
        at = now()
        sealed = [seal_history(self.house, self.actor, self.law, one, at) for one in histories]
        began = perf_counter()
        late = write(self.house, self.law, sealed, at, self.unit_id)
        took = perf_counter() - began
        if took > PATIENCE:
            self.size = max(FEWEST, self.size * 3 // 4)
        elif took < PATIENCE / 2:
            self.size = min(MOST, self.size * 5 // 4)
        return {one.source for one in late}

    def _known(self, one: _Ready, before: str | None) -> None:
        if before != one.digest:
            row = one.trace.events[0].row if one.trace.events else 0
            self.done.reject(
                Rejection(
                    one.trace.key,
                    row,
                    "changed",
                    "a trace of this name was recorded before with other content; what is recorded is never changed",
                )
            )
            return
        self.done.unchanged += 1
        self.done.tally.add(one.trace, one.targets, one.moves)

    def _refused(self, one: _Ready) -> bool:
        if one.problem is not None:
            self.done.reject(Rejection(one.trace.key, one.problem.row, one.problem.code, one.problem.message))
        return one.problem is not None

    def _history(self, one: _Ready) -> History:
        targets, trace = self.mapping.activities, one.trace
        told = [
            Told(*targets[event.activity], move, event.actor, event.occurred_at, event.zone, event.attributes, event.row)
            for event, move in zip(trace.events, one.moves, strict=True)
        ]
        reference = trace.key if len(trace.key) <= LONGEST_NAME else None
        return History(one.source, one.digest, self.mapping.title(trace.key)[:400], reference, trace.attributes, told)


def _unfit(trace: Trace, law: Law) -> Iterator[RowProblem]:
    """What no history can hold."""
    row = trace.events[0].row if trace.events else 0
    if not trace.key:
        yield RowProblem(row, "no_trace", "the trace has no name; give it one")
    if len(f"{law.main.name}:{trace.key}") > LONGEST_SOURCE:
        yield RowProblem(
            row,
            "key_too_long",
            f"the name of the trace is longer than {LONGEST_SOURCE - 1 - len(law.main.name)} characters; shorten it",
        )
    if not trace.events:
        yield RowProblem(row, "no_events", "the trace has no events; leave it out")
    for event in trace.events:
        if event.actor is not None and len(event.actor) > LONGEST_NAME:
            yield RowProblem(
                event.row,
                "actor_too_long",
                f"the name of who acted is longer than {LONGEST_NAME} characters; shorten it",
            )


def digest_of(trace: Trace) -> str:
    """SHA-256 over what the source tells of a trace, wherever in the file it stands and however its times are spelled."""
    told = [(e.occurred_at, e.zone, e.actor, [a for a in e.attributes if a[0] != MOMENT]) for e in trace.events]
    return sha256(orjson.dumps([trace.attributes, told])).hexdigest()


def _keep_extensions(house: House, path: Path, mapping: LogMapping) -> None:
    """Keep the vocabularies that a XES log declares."""
    if mapping.format != "xes":
        return
    try:
        declared = {e.prefix: list(e) for e in read_header(path).extensions}
    except NotReadable as error:
        raise Unreadable(f"{path.name}: {error}") from None
    with house.db.atomic("all") as session:
        before = extensions(session)
        if declared.keys() <= before.keys():
            return
        value = orjson.dumps(declared | before).decode()
        if before:
            session.execute(update(installation).where(installation.c.name == EXTENSIONS).values(value=value))
        else:
            session.execute(insert(installation).values(name=EXTENSIONS, value=value))


def extensions(session: Session) -> dict[str, list[str]]:
    """The vocabularies of all imported logs: prefix to name, prefix and address."""
    value = session.execute(select(installation.c.value).where(installation.c.name == EXTENSIONS)).scalar()
    return {} if value is None else dict(orjson.loads(value))

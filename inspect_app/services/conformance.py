"""How well an event log fits a workflow. Nothing here writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from inspect_app.ahead import ahead, is_large
from inspect_app.errors import NotFound, Unreadable
from inspect_app.imports.log_values import ACTIVITY, MOMENT, Trace
from inspect_app.imports.logs import read_log
from inspect_app.imports.mapping import Columns, LogMapping, Target
from inspect_app.imports.problems import NotReadable
from workflows.catalogue import Catalogue
from workflows.conform import Happened, Law, Move, follow
from workflows.definition import Workflow

MOST_LISTED = 100
"""So many examples are listed of what does not fit, and of what was rejected; all are counted."""

NOT_OPENED = "not opened"
"""What is said of a case without a state."""

TRACE_COLUMN = "case:concept:name"
"""Where a table names its traces when no mapping says so, as common tools write it."""


class Misfit(NamedTuple):
    """One event that its workflow does not know from where the case stands."""

    trace: str
    row: int
    activity: str
    workflow: str
    state: str
    reason: str


def _not_possible(target: Target, move: Move) -> str:
    return f"“{target.trigger}” is not possible in the state “{move.before or NOT_OPENED}” of {target.workflow}"


@dataclass
class Tally:
    """What was counted over the traces of a log."""

    traces: int = 0
    events: int = 0
    fitting_traces: int = 0
    fitting_events: int = 0
    unreadable: int = 0
    broken: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    misfits: list[Misfit] = field(default_factory=list)
    problems: list[tuple[str, int, str]] = field(default_factory=list)

    def add(self, trace: Trace, targets: list[Target | None], moves: list[Move]) -> bool:
        """Count one trace; whether all of it fits. An event without a target was not followed."""
        fitting, followed = 0, iter(moves)
        for event, target in zip(trace.events, targets, strict=True):
            if target is None:
                self._miss(
                    Misfit(trace.key, event.row, event.activity, "", "", "no trigger of the workflow has this name")
                )
                continue
            move = next(followed)
            fitting += move.fits
            if not move.fits:
                self._miss(
                    Misfit(
                        trace.key,
                        event.row,
                        event.activity,
                        target.workflow,
                        move.before,
                        _not_possible(target, move),
                    )
                )
            for code, ok in move.guards:
                if not ok:
                    self.broken[target.workflow, target.trigger, code] += 1
        for problem in trace.problems:
            self.unreadable += 1
            if len(self.problems) < MOST_LISTED:
                self.problems.append((trace.key, problem.row, problem.message))
        fits = fitting == len(trace.events) and not trace.problems
        self.traces += 1 if trace.key or trace.events else 0
        self.events += len(trace.events)
        self.fitting_events += fitting
        self.fitting_traces += fits
        return fits

    def _miss(self, misfit: Misfit) -> None:
        if len(self.misfits) < MOST_LISTED:
            self.misfits.append(misfit)

    def as_json(self) -> dict[str, Any]:
        return {
            "traces": self.traces,
            "events": self.events,
            "fitting_traces": self.fitting_traces,
            "fitting_events": self.fitting_events,
            "unreadable_rows": self.unreadable,
            "guards": [
                {"workflow": w, "trigger": t, "guard": code, "broken": n}
                for (w, t, code), n in sorted(self.broken.items())
            ],
            "misfits": [misfit._asdict() for misfit in self.misfits],
            "problems": [{"trace": key, "row": row, "message": message} for key, row, message in self.problems],
        }


def workflow_named(catalogue: Catalogue, name: str) -> Workflow:
    """The workflow `name`, or `name@version`. Raises `NotFound`, naming those there are."""
    bare, _, version = name.partition("@")
    for workflow in catalogue.workflows:
        if workflow.name == bare and (
            str(workflow.version) == version if version else workflow is catalogue.by_name[bare]
        ):
            return workflow
    raise NotFound(f"There is no workflow “{name}”; there are: {', '.join(sorted(catalogue.by_name))}.")


def strands_of(catalogue: Catalogue, main: Workflow) -> dict[str, Workflow]:
    """The workflow itself and those that can stand under it, at any depth, by name."""
    found = {main.name: main}
    for _ in catalogue.by_name:
        found |= {w.name: w for w in catalogue.by_name.values() if w.name not in found and set(w.parents) & set(found)}
    return found


def law_of(catalogue: Catalogue, name: str, mapping: LogMapping) -> Law:
    """The law that a log is read under. Raises `NotFound` or `Unreadable` where the mapping speaks of what it lacks."""
    main = workflow_named(catalogue, name)
    workflows = {main.name: main}
    for activity, target in mapping.activities.items():
        workflow = main if target.workflow == main.name else workflow_named(catalogue, target.workflow)
        if target.trigger not in workflow.triggers:
            raise Unreadable(
                f"The mapping calls “{activity}” {target.workflow}.{target.trigger}, but {workflow.name} has no "
                f"trigger “{target.trigger}”; it has: {', '.join(t.trigger for t in workflow.transitions)}."
            )
        workflows[target.workflow] = workflow
    known = strands_of(catalogue, main)
    for workflow in workflows.values():
        if workflow.name not in known:
            raise Unreadable(f"The mapping speaks of {workflow.name}, which cannot stand under {main.name}.")
    return Law(main, workflows)


def plain_mapping(catalogue: Catalogue, zone: ZoneInfo, name: str, path: Path) -> LogMapping:
    """The mapping for a log in the workflow's own words: activities are triggers, or their labels in any language."""
    main = workflow_named(catalogue, name)
    activities: dict[str, Target] = {}
    for workflow in strands_of(catalogue, main).values():
        for transition in workflow.transitions:
            target = Target(workflow.name, transition.trigger)
            for word in (transition.trigger, *(text for _, text in transition.label.texts)):
                activities.setdefault(word, target)
    if path.name.removesuffix(".gz").lower().endswith(".csv"):
        return LogMapping("csv", activities, Columns(TRACE_COLUMN, ACTIVITY, MOMENT), zone=zone)
    return LogMapping("xes", activities, zone=zone)


def load_mapping(path: Path) -> LogMapping:
    """The mapping at `path`. Raises `Unreadable` in one sentence."""
    try:
        return LogMapping.load(path)
    except NotReadable as error:
        raise Unreadable(f"{path.name}: {error}") from None


def traces_of(path: Path, mapping: LogMapping) -> Iterator[Trace]:
    """The traces of the log, one after the other. Raises `Unreadable` in one sentence."""
    try:
        yield from read_log(path, mapping)
    except NotReadable as error:
        raise Unreadable(f"{path.name}: {error}") from None


def followed(law: Law, mapping: LogMapping, trace: Trace) -> tuple[list[Target | None], list[Move]]:
    """What each event of the trace is here, and what it did: one path for conformance and import."""
    targets = [mapping.activities.get(event.activity) for event in trace.events]
    happened = [
        Happened(target.workflow, target.trigger, event.actor, event.occurred_at)
        for event, target in zip(trace.events, targets, strict=True)
        if target is not None
    ]
    return targets, follow(law, happened)


def conform(catalogue: Catalogue, zone: ZoneInfo, name: str, path: Path, mapping: LogMapping | None = None) -> Tally:
    """Replay the log at `path` under the workflow `name`. Raises `NotFound`, `Unreadable`."""
    mapping = mapping or plain_mapping(catalogue, zone, name, path)
    law = law_of(catalogue, name, mapping)
    tally = Tally()
    for trace in ahead(traces_of(path, mapping), worth=is_large(path)):
        tally.add(trace, *followed(law, mapping, trace))
    return tally

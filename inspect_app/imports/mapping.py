"""How a log from elsewhere is read: which of its words mean which trigger, and, for CSV, which column says what.

    format = "csv"                      # or "xes"
    zone = "America/Chicago"            # where the clocks stood, for times written without an offset
    order = "file"                      # the order of the file is the order of events
    sort = "row_id"                     # CSV: unless this column of numbers says otherwise

    [columns]                           # CSV only
    trace = "report"
    activity = "status"
    occurred_at = "status_time"
    date = "status_date"                # where day and time stand in two columns
    actor = "person"
    attributes = ["rank", "star"]

    [trace]
    title = "Report {key}"

    [activities]
    SUBMITTED = "approval.submit"
    REVIEWED = { workflow = "approval", trigger = "review" }
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from inspect_app.imports.log_values import ACTIVITY, ACTOR, MOMENT, Trace
from inspect_app.imports.problems import NotReadable, RowProblem

_TOP = {"format", "order", "sort", "zone", "actor", "delimiter", "time_format", "columns", "activities", "trace"}
_CSV_ONLY = {"sort", "delimiter", "time_format", "columns"}
_COLUMNS = {"trace", "activity", "occurred_at", "date", "actor", "attributes"}
_WORKFLOW = re.compile(r"[a-z][a-z0-9_]*(@[1-9][0-9]*)?", re.ASCII)
_TRIGGER = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)


class Target(NamedTuple):
    """What an activity of the source is here."""

    workflow: str
    trigger: str


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column of a CSV log says what."""

    trace: str
    activity: str
    occurred_at: str
    date: str | None = None
    actor: str | None = None
    attributes: tuple[str, ...] = ()

    def named(self) -> tuple[str, ...]:
        """Every column that must be there."""
        each = (self.trace, self.activity, self.occurred_at, self.date, self.actor, *self.attributes)
        return tuple(dict.fromkeys(column for column in each if column is not None))


@dataclass(frozen=True, slots=True)
class LogMapping:
    """One file of rules for reading one kind of log."""

    format: str
    activities: Mapping[str, Target]
    columns: Columns | None = None
    actor: str = ACTOR
    order: str = "file"
    sort: str | None = None
    zone: ZoneInfo | None = None
    delimiter: str = ","
    time_format: str | None = None
    title_pattern: str = "{key}"

    @classmethod
    def load(cls, path: Path) -> LogMapping:
        """The mapping in the TOML file at `path`; whatever is wrong with it is said at once."""
        try:
            text = path.read_bytes().decode("utf-8")
        except FileNotFoundError:
            raise NotReadable(f"there is no mapping “{path.name}”; check its name and folder") from None
        except UnicodeDecodeError:
            raise NotReadable(f"the mapping “{path.name}” is not UTF-8; save it as UTF-8") from None
        try:
            return cls.read(tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            raise NotReadable(f"the mapping “{path.name}” is not TOML: {error}") from None
        except NotReadable as error:
            raise NotReadable(f"the mapping “{path.name}”: {error.message}") from None

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> LogMapping:
        """The mapping in a table as TOML gives it."""
        return _Check(raw).mapping()

    def title(self, key: str) -> str:
        """The title of the case made from the trace `key`."""
        return self.title_pattern.replace("{key}", key)

    def target(self, activity: str) -> Target | None:
        """What `activity` is here, or nothing where the mapping does not name it."""
        return self.activities.get(activity)

    def unknown(self, trace: Trace) -> Iterator[RowProblem]:
        """Each event of the trace whose activity the mapping does not name."""
        for event in trace.events:
            if event.activity not in self.activities:
                yield RowProblem(event.row, "unknown_activity", f"unknown activity “{event.activity}”; "
                                 "name it under [activities] in the mapping")


class _Check:
    """Reads one mapping strictly, gathering every defect before it speaks."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.raw = raw
        self.defects: list[str] = []

    def mapping(self) -> LogMapping:
        raw = self.raw
        self.known(raw, _TOP, "")
        form = raw.get("format")
        if not isinstance(form, str) or form not in {"xes", "csv"}:
            self.say(f"format is {form!r}; write format = \"xes\" or format = \"csv\"")
        if raw.get("order", "file") != "file":
            self.say("order knows only \"file\": events stand in the order of the file; for another, name a column of "
                     "numbers, sort = \"…\"")
        if form == "xes":
            for key in sorted(_CSV_ONLY & set(raw)):
                self.say(f"{key} is for CSV only; remove it")
        if form == "csv" and "actor" in raw:
            self.say("actor at the top names an attribute of XES; write it under [columns] for CSV")
        made = LogMapping(
            format=str(form),
            activities=self.activities(),
            columns=self.columns() if form == "csv" else None,
            actor=self.text(raw, "actor", "") or ACTOR,
            sort=self.text(raw, "sort", ""),
            zone=self.zone(),
            delimiter=self.delimiter(),
            time_format=self.time_format(),
            title_pattern=self.title(),
        )
        if self.defects:
            raise NotReadable("; ".join(self.defects))
        return made

    def say(self, defect: str) -> None:
        self.defects.append(defect)

    def known(self, table: Mapping[str, Any], keys: set[str], where: str) -> None:
        for key in table:
            if key not in keys:
                self.say(f"unknown key “{where}{key}”; known here: {', '.join(sorted(keys))}")

    def table(self, key: str) -> Mapping[str, Any]:
        value = self.raw.get(key, {})
        if isinstance(value, dict):
            return value
        self.say(f"{key} is not a table; write it as [{key}]")
        return {}

    def text(self, table: Mapping[str, Any], key: str, where: str) -> str | None:
        value = table.get(key)
        if value is None or (isinstance(value, str) and value):
            return value
        self.say(f"{where}{key} is {value!r}; write a text that is not empty")
        return None

    def zone(self) -> ZoneInfo | None:
        name = self.text(self.raw, "zone", "")
        if name is None:
            return None
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.say(f"there is no zone “{name}”; write one like \"Europe/Rome\"")
            return None

    def delimiter(self) -> str:
        given = self.text(self.raw, "delimiter", "") or ","
        if len(given) != 1 or given in "\"\r\n":
            self.say(f"delimiter is {given!r}; write one character, like \",\", \";\" or \"\\t\"")
        return given

    def time_format(self) -> str | None:
        given = self.text(self.raw, "time_format", "")
        if given is not None:
            try:
                datetime.strptime("", given).astimezone(UTC)
            except re.error:
                self.say(f"time_format is {given!r}, which says the same thing twice; say each once")
            except ValueError as error:
                if "directive" in str(error) or "stray" in str(error):
                    self.say(f"time_format is {given!r}: {error}; write it like \"%d/%m/%Y %H:%M\"")
        return given

    def title(self) -> str:
        table = self.table("trace")
        self.known(table, {"title"}, "trace.")
        given = self.text(table, "title", "trace.") or "{key}"
        if "{" in given.replace("{key}", "") or "}" in given.replace("{key}", ""):
            self.say(f"trace.title is {given!r}; the only thing to fill in is {{key}}")
        return given

    def columns(self) -> Columns | None:
        table = self.table("columns")
        self.known(table, _COLUMNS, "columns.")
        for key in ("trace", "activity", "occurred_at"):
            if key not in table:
                self.say(f"columns.{key} is missing; name the column of the file that says it")
        attributes = table.get("attributes", [])
        if not isinstance(attributes, list) or not all(isinstance(name, str) and name for name in attributes):
            self.say("columns.attributes is not a list of column names; write it as [\"…\", \"…\"]")
            attributes = []
        for name in attributes:
            if attributes.count(name) > 1 or name in {ACTIVITY, MOMENT, ACTOR}:
                self.say(f"columns.attributes names “{name}” twice, or a key that the reader itself gives; remove it")
        return Columns(
            trace=self.text(table, "trace", "columns.") or "",
            activity=self.text(table, "activity", "columns.") or "",
            occurred_at=self.text(table, "occurred_at", "columns.") or "",
            date=self.text(table, "date", "columns."),
            actor=self.text(table, "actor", "columns."),
            attributes=tuple(attributes),
        )

    def activities(self) -> Mapping[str, Target]:
        table = self.table("activities")
        if not table:
            self.say("no activity is mapped; write [activities] with a line for each, like \"Create Fine\" = "
                     "\"fine.create\"")
        made: dict[str, Target] = {}
        for activity, given in table.items():
            target = self.target(given)
            if target is None:
                self.say(f"activities.“{activity}” is {given!r}; write \"workflow.trigger\" or "
                         "{ workflow = \"…\", trigger = \"…\" }")
            else:
                made[activity] = target
        return made

    @staticmethod
    def target(given: object) -> Target | None:
        if isinstance(given, dict) and set(given) == {"workflow", "trigger"}:
            workflow, trigger = given["workflow"], given["trigger"]
        elif isinstance(given, str):
            workflow, _, trigger = given.partition(".")
        else:
            return None
        if not isinstance(workflow, str) or not isinstance(trigger, str):
            return None
        if not _WORKFLOW.fullmatch(workflow) or not _TRIGGER.fullmatch(trigger):
            return None
        return Target(workflow, trigger)

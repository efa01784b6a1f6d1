"""One way in for every event log: the mapping says which reader."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from inspect_app.imports.csv_log import read_csv_log
from inspect_app.imports.log_values import Trace
from inspect_app.imports.mapping import LogMapping
from inspect_app.imports.streams import open_log
from inspect_app.imports.xes import read_xes


def read_log(path: Path, mapping: LogMapping) -> Iterator[Trace]:
    """The traces of the log at `path`, packed or not, in the order of the file."""
    with open_log(path) as stream:
        if mapping.format == "csv":
            yield from read_csv_log(stream, mapping)
        else:
            yield from read_xes(stream, actor=mapping.actor, zone=mapping.zone)

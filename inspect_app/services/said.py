"""What a case has said: the newest value of each input, read back from the contents of its events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from inspect_app.audit.envelope import disclosed
from inspect_app.db import Fixed, Session

_BODIES = Fixed("SELECT c.body FROM event e JOIN content c ON c.event_id = e.event_id WHERE e.stream_id = :id ORDER BY e.seq")


def said(session: Session, case_id: int) -> dict[str, Any]:
    """The newest value of each input of a case; rows of a list are put together again."""
    return newest(row[0] for row in _BODIES.run(session, {"id": case_id}))


def newest(bodies: Iterable[bytes]) -> dict[str, Any]:
    """The newest value of each input over the contents of a case's events, oldest first."""
    values: dict[str, Any] = {}
    for body in bodies:
        values.update(data_of(disclosed(body)))
    return values


def data_of(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs among an event's disclosed fields, lists put together from their rows; a withheld row is left out."""
    data: dict[str, Any] = {}
    for name, value in fields.items():
        if not name.startswith("data."):
            continue
        _, input_name, *row = name.split(".")
        if row:
            if not isinstance(data.get(input_name), list):
                data[input_name] = []
            data[input_name].append((int(row[0]), value))
        elif not isinstance(data.get(input_name), list):
            data[input_name] = value
    return {name: [row for _, row in sorted(value, key=lambda pair: pair[0])] if _is_rows(value) else value for name, value in data.items()}


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], tuple)

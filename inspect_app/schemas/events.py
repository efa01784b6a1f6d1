"""Events and cases as the JSON door shows them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, timedelta, timezone
from functools import lru_cache
from typing import Any

from inspect_app.services.ledger import Event
from workflows.calendar import EPOCH


def moment(micros: int | None, zone: str = "Z") -> str | None:
    """µs since 1970 UTC as ISO 8601, in the offset it was given with where that is a plain offset."""
    if micros is None:
        return None
    text = (EPOCH + timedelta(microseconds=micros)).astimezone(_offset(zone)).isoformat()
    return text.replace("+00:00", "Z")


@lru_cache(maxsize=256)
def _offset(zone: str) -> timezone:
    if len(zone) == 6 and zone[0] in "+-":
        return timezone((1 if zone[0] == "+" else -1) * timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6])))
    return UTC


def dump_event(event: Event, receipt: Mapping[str, object] | None = None) -> dict[str, Any]:
    """One event; `receipt` is the log's promise, given with the answer to the act alone."""
    return {"id": event.id, "case": event.case, "number": event.number, "seq": event.seq, "position": event.position, "trigger": event.trigger,
            "before": event.before, "after": event.after, "actor": event.actor, "role": event.role, "on_behalf_of": event.on_behalf_of,
            "recorded_for": event.recorded_for, "occurred_at": moment(event.occurred_at, event.zone), "recorded_at": moment(event.recorded_at),
            "origin": event.origin, "fits": event.fits, "late": event.late, "overdue": event.overdue, "data": dict(event.data),
            "guards": [{"code": code, "ok": ok} for code, ok in event.guards], "leaf": event.leaf, "receipt": receipt}


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a line of a derivation, days as texts."""
    return {name: [day.isoformat() for day in value] if isinstance(value, tuple) else value.isoformat() if isinstance(value, date) else value
            for name, value in values.items()}

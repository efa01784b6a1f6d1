"""The gate for administrative requests of the JSON door: which fields each takes, in which type; and how rows are shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from inspect_app.errors import Invalid, Problem, Unreadable
from inspect_app.schemas.acts import canonical_or_invalid, step
from inspect_app.schemas.drawn import closed

_TYPES: Mapping[str, tuple[type, str]] = {"text": (str, "Send a text."), "day": (str, "Send a day as YYYY-MM-DD."),
                                          "truth": (bool, "Send true or false."), "whole": (int, "Send a whole number."),
                                          "year": (int, "Send a year.")}
UNIT = {"code": "text", "name": "text", "under": "text", "external": "truth"}
UNIT_CHANGES = {"name": "text", "under": "text", "external": "truth", "dissolved_on": "day", "successor": "text"}
OFFICE = {"code": "text", "title": "text", "unit": "text", "line": "text", "superior": "text", "seats": "whole"}
OFFICE_CHANGES = {"title": "text", "unit": "text", "line": "text", "superior": "text", "seats": "whole"}
APPOINTMENT = {"office": "text", "person": "text", "acting": "truth", "since": "day", "until": "day"}
DELEGATION = {"office": "text", "from": "text", "to": "text", "scope": "text", "may_pass_on": "truth", "since": "day", "until": "day",
              "reason": "text"}
END = {"until": "day"}


def read_fields(body: Any, fields: Mapping[str, str], needed: tuple[str, ...] = ()) -> dict[str, Any]:
    """The fields of a request, each known and of its type; null counts as not given where a field is needed. Raises `Invalid`, `Unreadable`."""
    if not isinstance(body, dict):
        raise Unreadable("Send a JSON object.")
    wrong = [Problem(f"/{step(name)}", "unknown", "There is no such field here; leave it out.") for name in body if name not in fields]
    for name, kind in fields.items():
        value = body.get(name)
        expected, sentence = _TYPES[kind]
        if value is None:
            if name in needed:
                wrong.append(Problem(f"/{name}", "required", "This is needed; fill it in."))
        elif not isinstance(value, expected) or (expected is int and isinstance(value, bool)):
            wrong.append(Problem(f"/{name}", "invalid", sentence))
    if wrong:
        raise Invalid(tuple(wrong))
    for name, value in body.items():
        canonical_or_invalid(value, f"/{name}")
    return dict(body)


def schema_of(fields: Mapping[str, str], needed: tuple[str, ...] = ()) -> dict[str, Any]:
    """The JSON Schema of a request with these fields."""
    shapes: dict[str, dict[str, Any]] = {
        "text": {"type": ["string", "null"], "maxLength": 1000}, "day": {"type": ["string", "null"], "format": "date"},
        "truth": {"type": ["boolean", "null"]}, "whole": {"type": ["integer", "null"], "minimum": 1, "maximum": 500},
        "year": {"type": ["integer", "null"], "minimum": 1900, "maximum": 2100}}
    told: dict[str, Any] = {"type": "object", "additionalProperties": False, "properties": {
        name: shapes[kind] | ({"type": shapes[kind]["type"][0]} if name in needed else {}) for name, kind in fields.items()}}
    return told | ({"required": list(needed)} if needed else {})


def day_of(text: str) -> date | None:
    """A day that was asked by; None where nothing was. Raises `Invalid`."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid((Problem("/on", "invalid", "Send a day as YYYY-MM-DD."),)) from None


def dump_dated(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with its days as texts."""
    return {str(name): value.isoformat() if isinstance(value, date) else value for name, value in row.items()}


_T: dict[str, Any] = {"type": "string"}
_M: dict[str, Any] = {"type": ["string", "null"]}
_W: dict[str, Any] = {"type": "integer"}
_B: dict[str, Any] = {"type": "boolean"}
_APPOINTMENT = {"id": _W, "office": _T, "title": _T, "person": _T, "name": _T, "acting": _B, "since": _T, "until": _M}
_DELEGATION = {"id": _W, "office": _T, "title": _T, "from": _T, "from_name": _T, "to": _T, "to_name": _T, "scope": _T, "may_pass_on": _B, "since": _T,
               "until": _T, "reason": _T}
_OFFICE = {"code": _T, "title": _T, "unit": _T, "line": _T, "superior": _M, "seats": _W}


def _listed(name: str, row: Mapping[str, Any]) -> dict[str, Any]:
    return closed({name: {"type": "array", "items": closed(dict(row))}, "cursor": _M})


ORGANISATION_SHAPES: dict[str, dict[str, Any]] = {
    "OfficeList": _listed("offices", _OFFICE),
    "AppointmentList": _listed("appointments", _APPOINTMENT),
    "DelegationList": _listed("delegations", _DELEGATION),
    "Administered": closed({"what": _T, "facts": {"type": "object"}}),
    "NewUnit": schema_of(UNIT, ("code", "name")),
    "UnitChanges": schema_of(UNIT_CHANGES),
    "NewOffice": schema_of(OFFICE, ("code", "title", "unit")),
    "OfficeChanges": schema_of(OFFICE_CHANGES),
    "NewAppointment": schema_of(APPOINTMENT, ("office", "person")),
    "NewDelegation": schema_of(DELEGATION, ("office", "from", "to", "until", "reason")),
    "End": schema_of(END, ("until",)),
}
"""Requests and answers of administration, for the description."""

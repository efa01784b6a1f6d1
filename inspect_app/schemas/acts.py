"""The gate for acts: from the declared inputs of a transition to a marshmallow schema, made once; raw in, typed out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from inspect_app.audit.canonical import NotCanonical, check
from inspect_app.errors import Invalid, Problem, Unreadable
from inspect_app.now import now
from workflows.acts import Act
from workflows.calendar import EPOCH, micros
from workflows.definition import Transition, Workflow
from workflows.effects import Attach
from workflows.inputs import Choice, Day, Evidence, Input, Listed, Many, Number, Text, Yes

IDENTIFIER = validate.Length(min=1, max=200)
FIRST_YEAR, LAST_YEAR = 1900, 2199
"""Days and moments outside these years are slips of the pen."""
_HOURS_AHEAD, _HOURS_BEHIND = 14, 12
"""The zones of the world reach from UTC-12 to UTC+14: a day is past, or ahead, where it is so somewhere."""


class _Strict(Schema):
    """Unknown fields are refused, each by name."""

    class Meta:
        unknown = RAISE


class _Text(fields.String):
    """Text without blank edges; what is only blank is missing."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        return text.strip()


class _IsoDay(fields.String):
    """A calendar day as ISO text, which is also how it is kept and hashed. `when` is past, future or any."""

    def __init__(self, when: str = "any", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.when = when

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        try:
            if len(text) != 10:
                raise ValueError
            day = date.fromisoformat(text)
        except ValueError:
            raise ValidationError("Write the day as YYYY-MM-DD, for example 2026-03-31.") from None
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ValidationError(f"Give a day from {FIRST_YEAR} to {LAST_YEAR}.")
        if self.when == "past" and day > _day(_HOURS_AHEAD):
            raise ValidationError("This day lies in the future; give the day on which it happened.")
        if self.when == "future" and day < _day(-_HOURS_BEHIND):
            raise ValidationError("This day is over; give one that lies ahead.")
        return day.isoformat()


def _day(hours: int) -> date:
    return (EPOCH + timedelta(microseconds=now(), hours=hours)).date()


class _Whole(fields.Integer):
    """A whole number; not a text that looks like one, not a truth value."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strict=True, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValidationError("Send a whole number.")
        return int(value)


class _Truth(fields.Boolean):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("Send true or false.")
        return value


def field_for(i: Input) -> fields.Field[Any]:
    """The marshmallow field of one declared input."""
    common: dict[str, Any] = {"required": i.required, "metadata": {"title": str(i.label), "x-class": str(i.klass), "x-readers": list(i.readers)}}
    match i:
        case Text():
            return _Text(validate=validate.Length(i.at_least, i.at_most, error="Write {min} to {max} characters."), **common)
        case Choice():
            codes = [code for code, _ in i.options]
            return fields.String(validate=validate.OneOf(codes, error=f"Choose one of: {', '.join(codes)}."), **common)
        case Day():
            return _IsoDay(when=i.when, **common)
        case Number():
            return _Whole(validate=validate.Range(i.at_least, i.at_most, error="Give a number from {min} to {max}."), **common)
        case Yes():
            must = [validate.Equal(True, error="This must be confirmed.")] if i.required else []
            return _Truth(validate=must, **common)
        case Evidence():
            return fields.List(_Whole(validate=validate.Range(1, 1_000_000)), validate=validate.Length(1 if i.required else 0, 100), **common)
        case Listed(several=True):
            return fields.List(fields.String(validate=IDENTIFIER), validate=validate.Length(int(i.required), 100), **common)
        case Many():
            return fields.List(
                fields.Nested(_schema(i.of)), validate=validate.Length(i.at_least, i.at_most, error="Give {min} to {max} rows."), **common
            )
        case _:
            return fields.String(validate=IDENTIFIER, **common)


@lru_cache(maxsize=4096)
def _schema(inputs: tuple[Input, ...]) -> Schema:
    """The schema of a list of inputs; made once, since the inputs are frozen."""
    made: type[Schema] = type("Inputs", (_Strict,), {i.name: field_for(i) for i in inputs})
    return made()


def schema_of(transition: Transition) -> Schema:
    """The schema of everything a transition asks for."""
    return _schema(transition.asked)


def read_act(workflow: Workflow, transition: Transition, act: Act) -> Act:
    """The act with its data typed. Raises `Invalid` with a JSON pointer, a code and a remedy for each field."""
    data = read_inputs(transition.asked, act.data)
    if act.stored_as is None and data.get("held_as") == "file" and any(isinstance(e, Attach) for e in transition.effects):
        raise Invalid((Problem("/data/held_as", "no_file", "Send the file itself, as evidence of the case; or name the paper as a reference."),))
    return replace(act, data={name: value for name, value in data.items() if value is not None and value != ""})


def read_inputs(inputs: tuple[Input, ...], told: Mapping[str, Any]) -> dict[str, Any]:
    """What was told of these inputs, typed. Raises `Invalid`."""
    try:
        data: dict[str, Any] = _schema(inputs).load(dict(told))
    except ValidationError as error:
        raise Invalid(tuple(problems(error.messages, "/data"))) from None
    canonical_or_invalid(data, "/data")
    return data


def canonical_or_invalid(value: Any, pointer: str) -> None:
    """Raises `Invalid` for what the canonical profile does not know, such as the character NUL."""
    try:
        check(value, pointer)
    except NotCanonical as error:
        where = str(error).split(" ", 1)[0]
        raise Invalid((Problem(where if where.startswith("/") else pointer, "character", f"{error}."),)) from None


def problems(messages: Any, pointer: str) -> list[Problem]:
    """marshmallow's messages as problems with JSON pointers."""
    if isinstance(messages, Mapping):
        return [p for key, below in messages.items() for p in problems(below, pointer if key == "_schema" else f"{pointer}/{step(key)}")]
    return [Problem(pointer, _code(str(text)), _remedy(str(text))) for text in messages]


def step(key: object) -> str:
    """A name as one step of a JSON pointer (RFC 6901); a name nobody has is shown up to 100 characters."""
    return str(key)[:100].replace("~", "~0").replace("/", "~1")


def _code(text: str) -> str:
    return "required" if text.startswith("Missing data") else "unknown" if text.startswith("Unknown field") else "invalid"


def _remedy(text: str) -> str:
    return {
        "Missing data for required field.": "This is needed; fill it in.",
        "Unknown field.": "There is no such field here; leave it out.",
        "Field may not be null.": "This may not be empty; leave it out or fill it in.",
    }.get(text, text)


_OFFSET = re.compile(r"(Z|[+-]\d\d:\d\d)$")


def read_moment(text: Any, pointer: str) -> tuple[int, str]:
    """An ISO 8601 moment with its offset → (µs since 1970 UTC, the offset as written)."""
    match = _OFFSET.search(text) if isinstance(text, str) else None
    try:
        if match is None:
            raise ValueError
        moment = datetime.fromisoformat(text)
        if not FIRST_YEAR <= moment.astimezone(UTC).year <= LAST_YEAR:
            raise ValueError
        return micros(moment), match[1]
    except (ValueError, OverflowError):
        raise Invalid((Problem(pointer, "moment", "Write the moment with its zone, for example 2026-03-31T14:30:00+07:00."),)) from None


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_when(text: Any, pointer: str) -> dict[str, Any]:
    """A moment with its offset, or a day in the organisation's zone: what an act is told of when it happened. Raises `Invalid`."""
    if isinstance(text, str) and _DAY.fullmatch(text):
        read_moment(f"{text}T00:00:00Z", pointer)
        return {"occurred_on": text}
    moment, zone = read_moment(text, pointer)
    return {"occurred_at": moment, "zone": zone}


_ACT_FIELDS = {"trigger", "data", "occurred_at", "on_behalf_of", "recorded_for"}


def read_request(body: Any, extra: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The outer shape of an act: {trigger, data, occurred_at?, on_behalf_of?, recorded_for?} and `extra`. Raises `Invalid`, `Unreadable`."""
    if not isinstance(body, dict):
        raise Unreadable("Send a JSON object.")
    wrong = [Problem(f"/{step(name)}", "unknown", "There is no such field here; leave it out.") for name in body if name not in _ACT_FIELDS | extra]
    if not isinstance(body.get("trigger"), str) and ("trigger" in body or "trigger" not in extra):
        wrong.append(Problem("/trigger", "required", "Name the trigger."))
    if not isinstance(body.get("data", {}), dict):
        wrong.append(Problem("/data", "invalid", "Send the inputs as an object."))
    for name in ("on_behalf_of", "recorded_for"):
        if body.get(name) is not None and not isinstance(body[name], str):
            wrong.append(Problem(f"/{name}", "invalid", "Send a person's identifier."))
    if wrong:
        raise Invalid(tuple(wrong))
    for name in _ACT_FIELDS - {"data"}:
        canonical_or_invalid(body.get(name), f"/{name}")
    request: dict[str, Any] = {
        "trigger": body.get("trigger"),
        "data": body.get("data", {}),
        "on_behalf_of": body.get("on_behalf_of"),
        "recorded_for": body.get("recorded_for"),
    }
    if body.get("occurred_at") is not None:
        request |= read_when(body["occurred_at"], "/occurred_at")
    return request

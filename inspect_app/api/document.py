"""The description of the JSON door, OpenAPI 3.1: drawn from the views and from the workflows in force."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_smorest import Api

from inspect_app.schemas.calendars import CALENDAR_SHAPES
from inspect_app.schemas.drawn import act_schemas
from inspect_app.schemas.exports import EXPORT_SHAPES
from inspect_app.schemas.organisation import ORGANISATION_SHAPES
from inspect_app.schemas.papers import PAPER_SHAPES
from inspect_app.schemas.search import SEARCH_SHAPES
from inspect_app.schemas.shapes import SHAPES
from inspect_app.schemas.unredacted import UNREDACTED_SHAPES

ABOUT = """Inspection and discipline casework. Every change of a case is an act, which becomes an event or leaves no trace.

A write to a case sends the case's ETag as If-Match. An Idempotency-Key makes a request safe to send again. Every refusal is
problem details (RFC 9457): `errors` name fields, `guards` name rules, `possible` names what could be done instead."""


SCOPES = ("A token. Its scopes: `read` always; `write` for acts; `decide` beside it for acts that touch a person's standing; `export` to take "
          "histories away; `administer`. None goes further than its person.")


def describe(api: Api) -> None:
    """Say what the description is about, before views are hung in."""
    spec = api.spec
    spec.options["info"] = {"description": ABOUT}
    spec.components.security_scheme("token", {"type": "http", "scheme": "bearer", "description": SCOPES})
    spec.options["security"] = [{"token": []}]


def openapi(app: Flask) -> dict[str, Any]:
    """The OpenAPI 3.1 document of an application. What views refer to is drawn when it is asked for: most processes never are."""
    api: Api = app.extensions["flask-smorest"]["apis"][""]["ext_obj"]
    told: dict[str, Any] = api.spec.to_dict()
    parts = told.setdefault("components", {})
    parts.pop("responses", None)
    shapes = SHAPES | ORGANISATION_SHAPES | UNREDACTED_SHAPES | EXPORT_SHAPES | SEARCH_SHAPES | CALENDAR_SHAPES | PAPER_SHAPES
    parts["schemas"] = parts.get("schemas", {}) | shapes | act_schemas(app.extensions["house"].catalogue.by_name.values())
    return told

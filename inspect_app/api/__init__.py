"""The JSON door."""

from inspect_app.api.document import openapi
from inspect_app.api.door import register

__all__ = ["openapi", "register"]

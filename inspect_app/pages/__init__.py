"""The HTML door."""

from inspect_app.pages.door import refusal, register

__all__ = ["refusal", "register"]

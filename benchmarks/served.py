"""Our application as the benchmark serves it: `granian --factory benchmarks.served:create`, its settings in `INSPECT_*`."""

from __future__ import annotations

from flask import Flask

from config import Settings
from inspect_app.app import create_app


def create() -> Flask:
    """The application over a prepared database."""
    return create_app(Settings.read())

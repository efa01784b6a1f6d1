"""Real logs for the readers, where they are at hand."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def real() -> Callable[[str], Path]:
    """The path of a public record by its name under the test data; the test is skipped where it is absent."""

    def find(name: str) -> Path:
        path = Path(os.environ.get("INSPECT_TEST_DATA", ROOT.parent / "shared" / "data")) / name
        if not path.exists():
            pytest.skip(f"{name} is not among the test data; INSPECT_TEST_DATA names their folder.")
        return path

    return find

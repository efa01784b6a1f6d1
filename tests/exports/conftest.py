"""Standards to hold the writers to, where they are at hand, and events to write."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from inspect_app.exports.history import HistoryEvent

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def native() -> HistoryEvent:
    """An act of our own."""
    return HistoryEvent(
        dossier="2024-7", case_number="2024-7/2", workflow="discipline_v1", position=4, seq=2,
        event_id="0190a1b2-0000-7000-8000-000000000001", trigger="notify", before="opened", after="notified",
        actor="p-12", role="officer", on_behalf_of=None, recorded_for=None,
        occurred_at=1_153_692_000_000_000, zone="+02:00", recorded_at=1_153_692_001_500_000, origin="act", fits=None,
        data={"title": "Kiểm tra <năm> & \"2024\"", "count": 5, "norms": [{"norm": "a"}], "urgent": True, "note": None})


@pytest.fixture(scope="session")
def real() -> Callable[[str], Path]:
    """The path of a public record by its name under the test data; the test is skipped where it is absent."""

    def find(name: str) -> Path:
        path = Path(os.environ.get("INSPECT_TEST_DATA", ROOT.parent / "shared" / "data")) / name
        if not path.exists():
            pytest.skip(f"{name} is not among the test data; INSPECT_TEST_DATA names their folder.")
        return path

    return find

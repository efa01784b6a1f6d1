"""The walls of a case: who is kept out of it, or out of a part in it. Rows of `exclusion` are recomputed whenever they may change."""

from __future__ import annotations

from collections.abc import Iterable

from inspect_app.db import Session
from inspect_app.services.house import House


def rebuild(session: Session, house: House, case_id: int) -> None:
    """Recompute the walls of one case, after its people, the persons it names, or declared conflicts have changed."""


def rebuild_for(session: Session, house: House, person_ids: Iterable[int]) -> None:
    """Recompute the walls of every case that these persons, or their lines, may have to do with, after the organisation has changed."""

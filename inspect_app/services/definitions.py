"""The versions of a workflow: those that are loaded, and those that bound cases here and are kept under their hash."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy import select

from inspect_app.errors import NotFound
from inspect_app.models import definition
from inspect_app.services.house import House
from workflows.calendar import day_of


@dataclass(frozen=True, slots=True)
class Version:
    """One law of a workflow: its hash, whether it is loaded and the newest, and since when it has bound a case here, if it has."""

    law_hash: str
    version: int
    loaded: bool
    newest: bool
    used_since: date | None
    law: dict[str, Any]


def versions(house: House, name: str) -> list[Version]:
    """Every law of this name, the newest first. Raises `NotFound`."""
    current = house.catalogue.by_name.get(name)
    if current is None:
        raise NotFound(f"There is no workflow “{name[:100]}” here.")
    with house.db.reading() as session:
        kept = session.execute(select(definition).where(definition.c.kind == "workflow", definition.c.name == name)).all()
    since = {row.hash: day_of(row.first_used_at, house.zone) for row in kept}
    laws = {row.hash: (row.version, orjson.loads(row.law)) for row in kept}
    laws |= {w.law_hash: (w.version, w.law()) for w in house.catalogue.workflows if w.name == name}
    found = [Version(law_hash, version, law_hash in house.catalogue.by_hash, law_hash == current.law_hash, since.get(law_hash), law)
             for law_hash, (version, law) in laws.items()]
    return sorted(found, key=lambda one: (one.newest, one.version, one.used_since or date.min), reverse=True)

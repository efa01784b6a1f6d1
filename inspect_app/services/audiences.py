"""Audiences of a bundle: which committed fields are disclosed to whom. What is not disclosed is left out, salt and all, and cannot be guessed.

`full` is what the taker may read. `internal` leaves out what is sensitive or sealed. `person` is what the person whom a case is about may read,
and no more than plain facts and what is open to them: who acted goes under pseudonyms. What is not known to be harmless is left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from inspect_app.access.parts import sees_everything
from inspect_app.access.reading import declared, is_told, may_read
from inspect_app.exports.pseudonyms import Pseudonyms
from inspect_app.services.queries import CaseRow
from workflows.acts import Actor
from workflows.definition import Workflow
from workflows.inputs import Input, Klass, Many
from workflows.roles import Role

FULL, INTERNAL, PERSON = "full", "internal", "person"
AUDIENCES = (FULL, INTERNAL, PERSON)
_PLAIN = frozenset({"trigger", "before", "after", "role", "occurred_at", "zone", "origin", "position", "ruleset", "fits", "late", "overdue",
                    "calendar", "clock"})
"""Fields that say what happened, and nothing about anybody."""
_WHO = frozenset({"actor", "on_behalf_of", "recorded_for"})
_INSIDE = _PLAIN | _WHO | frozenset({"dossier", "guards", "parent", "opened", "source", "row", "recorded_by"})
_CLASSES = {INTERNAL: frozenset({Klass.PLAIN, Klass.PERSONAL}), PERSON: frozenset({Klass.PLAIN, Klass.PERSONAL})}


@dataclass(frozen=True, slots=True)
class Audience:
    """For whom a bundle is, as far as one case goes: their parts in it (None: the installation itself), and under which pseudonyms persons go
    (None: by name)."""

    name: str
    parts: frozenset[Role] | None
    unredacted: bool = False
    pseudonyms: Pseudonyms | None = None

    def discloses(self, law: Workflow, trigger: str, role: str, name: str, value: Any) -> bool:
        """Whether this field of an event is disclosed."""
        kind, dot, rest = name.partition(".")
        if self.name == FULL and self.parts is None:
            return True
        if not is_told(law, trigger, role, self.parts):
            return False
        if not dot:
            return self.name == FULL or name in (_INSIDE if self.name == INTERNAL else _PLAIN)
        if kind != "data":
            return self.name != PERSON
        i = declared(law, trigger).get(rest.partition(".")[0])
        return self.name == FULL if i is None else self._opens(i, value)

    def _opens(self, i: Input, value: Any) -> bool:
        if not self._open(i):
            return False
        if not isinstance(i, Many):
            return True
        rows = value if isinstance(value, list) else [value]
        columns = {name for row in rows if isinstance(row, Mapping) for name, held in row.items() if held is not None}
        return all(self._open(c) for c in i.of if c.name in columns)

    def _open(self, i: Input) -> bool:
        readable = self.parts is None or may_read(i, self.parts, self.unredacted)
        return readable and (self.name == FULL or i.klass in _CLASSES[self.name]) and not (self.name == PERSON and i.kind == "person")


def audience(name: str, actor: Actor, row: CaseRow, pseudonyms: Pseudonyms) -> Audience:
    """The audience of a bundle that this actor takes, in one case."""
    parts = None if sees_everything(actor) else row.parts
    if name == PERSON:
        return Audience(name, frozenset({Role.RESPONDENT}), False, pseudonyms)
    return Audience(name, parts, row.unredacted)


def split(of: Audience, law: Workflow, trigger: str, role: str, fields: Iterable[tuple[str, str, Any]], *,
          untold: bool = False) -> tuple[list[tuple[str, str, Any]], list[tuple[str, Any]]]:
    """The fields (salt, name, value) that are disclosed, and those (name, value) that are not."""
    kept: list[tuple[str, str, Any]] = []
    hidden: list[tuple[str, Any]] = []
    for salt, name, value in fields:
        if of.discloses(law, trigger, role, name, value) and not (untold and name.startswith("data.")):
            kept.append((salt, name, value))
        else:
            hidden.append((name, value))
    return kept, hidden

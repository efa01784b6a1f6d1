"""What an import of a register says of itself: counts that add up, what is wrong with which row, what would become of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from inspect_app.services.register_writing import OUTCOMES, UNCHANGED, UPDATED, Changed
from workflows.words import Words


class Rejection(NamedTuple):
    """What is wrong with a row that was not taken in: where it stands, a code for programs, a sentence for people, in every language."""

    table: str
    row: int
    column: str
    code: str
    message: Words


class Shown(NamedTuple):
    """A row in a preview: what would become of it, as which cases (name, title), what contradicts itself in it; of a corrected one what changes in
    columns that are not delicate (column, before, now)."""

    table: str
    row: int
    key: str
    outcome: str
    cases: tuple[tuple[str, str], ...]
    contradictions: tuple[str, ...]
    changes: tuple[Changed, ...] = ()


@dataclass
class Report:
    """What an import did, or would do. Each row of the files is in one count of its table."""

    register: str
    dry_run: bool
    says: Mapping[str, Words] = field(default_factory=dict)
    tables: dict[str, Counter[str]] = field(default_factory=dict)
    cases: Counter[str] = field(default_factory=Counter)
    events: int = 0
    contradictions: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    absent: dict[str, int] = field(default_factory=dict)
    repeated: dict[str, int] = field(default_factory=dict)
    """By table, the rows that say word for word what another one says; each is taken in by itself."""
    lonely: list[str] = field(default_factory=list)
    """Tables of which no case comes and that no other one looks up."""
    rejections: list[Rejection] = field(default_factory=list)
    preview: list[Shown] = field(default_factory=list)

    @property
    def looks_like_another(self) -> bool:
        """Whether of what is known under this name more has changed than is the same: then it may be another register."""
        return self.total(UPDATED) > self.total(UNCHANGED)

    @property
    def rows(self) -> int:
        return sum(counted[outcome] for counted in self.tables.values() for outcome in OUTCOMES)

    def total(self, outcome: str) -> int:
        return sum(counted[outcome] for counted in self.tables.values())

    def as_json(self) -> dict[str, Any]:
        """The report for programs; its sentences are in English."""
        return {
            "register": self.register,
            "dry_run": self.dry_run,
            "rows": self.rows,
            "tables": {name: {"rows": sum(counted[o] for o in OUTCOMES), **{o: counted[o] for o in (*OUTCOMES, "moved")},
                              "absent": self.absent.get(name, 0)} for name, counted in self.tables.items()},
            **{outcome: self.total(outcome) for outcome in OUTCOMES},
            "cases": dict(self.cases),
            "events": self.events,
            "repeated": self.repeated,
            "without_cases": self.lonely,
            "contradictions": dict(self.contradictions),
            "counts": dict(self.counts),
            "rejections": [one._asdict() | {"message": str(one.message)} for one in self.rejections],
            "preview": [one._asdict() | {"changes": [change._asdict() for change in one.changes]} for one in self.preview] if self.dry_run else [],
        }

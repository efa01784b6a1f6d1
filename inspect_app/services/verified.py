"""What a verification found, and what that means: 0 intact, 2 tampered, 3 older than a checkpoint, 4 cannot tell."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

INTACT, TAMPERED, OLDER, UNKNOWN = 0, 2, 3, 4
MOST_LISTED = 1000
NOWHERE = 2**63


class Finding(NamedTuple):
    """One thing that is not as it should be: where, at which event (0: none), what; `place` is the event's in the log, where it has one."""

    where: str
    seq: int
    what: str
    place: int = NOWHERE

    def __str__(self) -> str:
        return f"{self.where}, event {self.seq}: {self.what}" if self.seq else f"{self.where}: {self.what}"


@dataclass
class Verified:
    """The result. `older` and `unknown` are sentences; `waiting` events are not in the log yet, `unsigned` leaves under no signed tree."""

    streams: int = 0
    events: int = 0
    leaves: int = 0
    checkpoints: int = 0
    receipts: int = 0
    waiting: int = 0
    unsigned: int = 0
    found: int = 0
    findings: list[Finding] = field(default_factory=list)
    older: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    first: Finding | None = None

    def add(self, finding: Finding) -> None:
        """Note a finding; the first of the log is kept whatever the number."""
        self.found += 1
        if self.first is None or _rank(finding) < _rank(self.first):
            self.first = finding
        if len(self.findings) < MOST_LISTED:
            self.findings.append(finding)

    def join(self, part: Verified) -> None:
        """Note what a part came to whose turn it is now: it is told as if it had been found here."""
        self.streams += part.streams
        self.events += part.events
        self.waiting += part.waiting
        self.found += part.found
        self.findings += part.findings[:MOST_LISTED - len(self.findings)]
        if part.first is not None and (self.first is None or _rank(part.first) < _rank(self.first)):
            self.first = part.first

    @contextmanager
    def reading(self, where: str) -> Iterator[None]:
        """What cannot even be read in here is a finding: nothing of ours writes such rows."""
        try:
            yield
        except (TypeError, ValueError, LookupError, AttributeError, AssertionError, OverflowError) as error:
            self.add(Finding(where, 0, f"what is stored cannot be read: {type(error).__name__}: {error}"[:300]))

    @property
    def status(self) -> int:
        return TAMPERED if self.found else OLDER if self.older else UNKNOWN if self.unknown else INTACT

    def as_json(self) -> dict[str, Any]:
        """As `audit verify --json` prints it."""
        told = {name: getattr(self, name) for name in ("streams", "events", "leaves", "checkpoints", "receipts", "waiting", "unsigned", "found")}
        return {"status": self.status, **told, "first": _told(self.first), "findings": [_told(one) for one in self.findings],
                "older": self.older, "unknown": self.unknown}


def _rank(one: Finding) -> tuple[int, bool]:
    """What comes first: the event that stands first in the log, and before what is said of the whole."""
    return one.place, not one.seq


def _told(one: Finding | None) -> dict[str, Any] | None:
    return one and {"where": one.where, "seq": one.seq, "what": one.what, "place": None if one.place == NOWHERE else one.place}

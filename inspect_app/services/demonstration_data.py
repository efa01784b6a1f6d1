"""What a demonstration is made of: units, names and texts, read from a file of data and checked as it is read."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from workflows.catalogue import SHIPPED_PACKS

CORE = Path(__file__).resolve().parents[1] / "demo"
T = TypeVar("T")


class BadDemonstration(Exception):
    """A demonstration's file is not sound; the sentence names the place."""


@dataclass(frozen=True)
class UnitData:
    """A unit or body, with the post that heads it. `head` is the key of a person; left out, someone is given a name."""

    code: str
    name: str
    parent: str | None = None
    kind: str = "unit"
    external: bool = False
    post: str | None = None
    head: str | None = None
    vacant: bool = False
    acting: bool = False
    changed: int | None = None
    """So many days ago another person held the post."""


@dataclass(frozen=True)
class PersonData:
    """Someone with a part of their own. `what` says so in a sentence; `account` gives them a login: their key."""

    key: str
    name: str
    called: str
    unit: str
    what: str
    account: bool = True
    grants: tuple[str, ...] = ()
    days: tuple[int, int] | None = None
    """A grant for a time: from so many days ago until so many days ahead."""


@dataclass(frozen=True)
class OfficeData:
    """A post beside those that head a unit, with the key of who holds it; one of several seats has others beside."""

    code: str
    title: str
    unit: str
    holder: str
    others: tuple[str, ...] = ()
    above: str | None = None
    """The post above it."""


@dataclass(frozen=True)
class HeadData:
    """A responsibility in an inspection: its story, the day of the inspection on which it begins, and its terms."""

    story: str
    at: int
    office: str | None = None
    basis: str = "handling"
    level: str = "direct"
    matter: int | None = None
    """Days before the registration on which the matter arose."""
    line: str = "unit"
    right: str | None = None
    outcome: str = "confirmed"
    due: int | None = None
    typed: bool = False
    """The answer came on paper and was typed by an officer."""


@dataclass(frozen=True)
class InspectionData:
    """One inspection: its story, where, how many days ago it began, and what it was about."""

    story: str
    unit: str
    opened: int
    title: str
    what: str
    finding: str = ""
    norm: str = ""
    reply: str = ""
    cause_kind: str = ""
    cause: str = ""
    measure: str = ""
    done: str = ""
    source: str = "signal"
    work: str = "suspicion"
    result: str = "shortcoming"
    by: str = "officer"
    lead: str = "lead"
    due: int | None = None
    head: HeadData | None = None


@dataclass(frozen=True)
class ShortcomingData:
    """One shortcoming on the fast track. `by` is who noted it: a person's key, or the unit whose head did."""

    story: str
    unit: str
    opened: int
    title: str
    what: str
    cause_kind: str
    cause: str
    measure: str
    done: str
    due: int
    by: str = "officer"
    office: str | None = None


@dataclass(frozen=True)
class ConcernData:
    """One concern: its story, and who raised it: a person's key, the unit whose head did, or nobody, who came without a name."""

    story: str
    unit: str
    opened: int
    title: str
    what: str
    place: str
    told: str
    by: str | None = None
    about: tuple[str, ...] = ()
    conduct: str = "act"
    question: str = ""
    answer: str = ""
    matter: str = ""
    reason: str = ""
    to: str = ""
    """Who handles it in a closed circle, or the body to which it is handed over."""
    done: str = ""
    due: int | None = None


@dataclass(frozen=True)
class MatterData:
    """One matter of any other workflow, of the fast track or of discipline. `by` is who begins it and `person` whom it concerns: a person's
    key, or the unit whose head they are; `said` has the inputs of each step by its verb."""

    workflow: str
    story: str
    unit: str
    opened: int
    by: str
    said: Mapping[str, Mapping[str, Any]]
    person: str = ""

    @property
    def title(self) -> str:
        """What tells it from the others."""
        return f"{self.workflow} {self.story} {self.unit}"


@dataclass(frozen=True)
class LearningData:
    """The yearly programme, its demonstrations by quarter, the pilot unit, and what stands beside it. `begun` is the day on which it was drawn
    up, so many days ago as `opened` says."""

    unit: str
    what: str
    legal_basis: str
    decision: str
    points: str
    planned: tuple[Mapping[str, str], ...]
    shown: tuple[Mapping[str, Any], ...]
    rehearsed: str
    rehearsed_cause: str
    rehearsed_measure: str
    answers: Mapping[str, str]
    pilot: str
    weakness: str
    assessed: str
    why: str
    answered: str
    mandate: str
    given_by: str
    training: str
    attendees: str
    checked_how: str
    round: str
    capability: str
    tasks: tuple[str, ...]
    opened: int = 0
    begun: date = date(2000, 1, 1)

    @property
    def title(self) -> str:
        """What tells it from the others."""
        return self.what


@dataclass(frozen=True)
class HouseData:
    """A whole demonstration."""

    house: str
    name: str
    language: str
    ruleset: str
    appeal_body: str
    concerns_contact: str
    determiner: str
    """The body that determines responsibilities."""
    names: Mapping[str, Any]
    units: tuple[UnitData, ...]
    people: tuple[PersonData, ...]
    offices: tuple[OfficeData, ...]
    inspections: tuple[InspectionData, ...]
    shortcomings: tuple[ShortcomingData, ...]
    concerns: tuple[ConcernData, ...]
    matters: tuple[MatterData, ...]
    learning: LearningData
    routine: tuple[Mapping[str, str], ...]
    """Shortcomings as they are noted anywhere, for the quarters that are over."""
    reported: tuple[Mapping[str, str], ...]
    """What is reported and turns out to be nothing."""
    phrases: Mapping[str, Sequence[str]] = field(default_factory=dict)


def houses() -> dict[str, Path]:
    """The demonstrations there are, by name: the core's own and those that packs bring."""
    files = [*sorted(CORE.glob("*.toml")), *sorted(SHIPPED_PACKS.glob("*/demo.toml"))]
    return {str(tomllib.loads(path.read_text("utf-8"))["house"]): path for path in files}


def read_house(which: str) -> HouseData:
    """The data of one demonstration. Raises `BadDemonstration`."""
    known = houses()
    if which not in known:
        raise BadDemonstration(f"There is no demonstration “{which}”; there are: {', '.join(sorted(known))}.")
    raw = tomllib.loads(known[which].read_text("utf-8"))
    return HouseData(
        house=which,
        name=raw["name"],
        language=raw["language"],
        ruleset=raw["ruleset"],
        appeal_body=raw["appeal_body"],
        concerns_contact=raw["concerns_contact"],
        determiner=raw["determiner"],
        names=raw["names"],
        phrases=raw["phrases"],
        units=tuple(_rows(UnitData, raw["units"])),
        people=tuple(_rows(PersonData, raw["people"])),
        offices=tuple(_rows(OfficeData, raw["offices"])),
        inspections=tuple(_rows(InspectionData, raw["inspections"])),
        shortcomings=tuple(_rows(ShortcomingData, raw["shortcomings"])),
        concerns=tuple(_rows(ConcernData, raw["concerns"])),
        matters=tuple(_rows(MatterData, raw["matters"])),
        learning=_row(LearningData, raw["learning"]),
        routine=tuple(raw["routine"]),
        reported=tuple(raw["reported"]),
    )


def _rows(kind: type[T], tables: Sequence[Mapping[str, Any]]) -> Iterator[T]:
    return (_row(kind, table) for table in tables)


def _row(kind: type[T], table: Mapping[str, Any]) -> T:
    known = {f.name for f in fields(kind)}  # type: ignore[arg-type]
    needed = {f.name for f in fields(kind) if f.default is MISSING}  # type: ignore[arg-type]
    if set(table) - known or needed - set(table):
        raise BadDemonstration(
            f"{kind.__name__} {dict(table)!r}: unknown {sorted(set(table) - known)}, "
            f"missing {sorted(needed - set(table))}."
        )
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in table.items()}
    if isinstance(values.get("head"), dict):
        values["head"] = _row(HeadData, values["head"])
    return kind(**values)

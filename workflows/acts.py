"""An act is one request; facts are the frozen snapshot that guards may look at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from workflows.errors import Undeclared
from workflows.roles import Role

Json = Any
"""A value of the canonical profile: str, int, bool, None, lists and objects of them; never a float."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person (`id` is the person's identifier), the `system`, `console:<user>`, or `reporter`, who came without a name.

    `holds` is the one case whose receipt code this actor has shown."""

    id: str
    name: str
    person_id: int | None = None
    language: str = "en"
    holds: str | None = None

    @property
    def is_system(self) -> bool:
        return self.id == "system"

    @property
    def is_unsigned(self) -> bool:
        """A reporter who came without an account."""
        return self.id == Role.REPORTER and self.person_id is None


SYSTEM = Actor("system", "system")


@dataclass(frozen=True, slots=True)
class Act:
    """One request to one case: what, by whom, for whom, with what data, having seen which event, when it happened: at a
    moment (µs since 1970 UTC), or on a day in the organisation's zone.

    `stored_as` is the name under which a file that comes with it is already stored."""

    trigger: str
    actor: Actor
    data: Mapping[str, Json] = field(default_factory=dict)
    seen: int | None = None
    occurred_at: int | None = None
    occurred_on: str | None = None
    zone: str = "Z"
    late: bool = False
    on_behalf_of: str | None = None
    recorded_for: str | None = None
    stored_as: str | None = None
    overdue: bool = False
    """It ends a time limit that had run out: recorded as late, and never refused for it."""
    clock: tuple[str, int, int] | None = None
    """The time limit that made the system act: its name, the event that began it, and which of the repetitions it was."""


class CaseFact(NamedTuple):
    """The case itself, as it stands."""

    state: str
    seq: int
    workflow: str
    paused: bool
    is_final: bool
    closed_circle: bool = False


class StrandFact(NamedTuple):
    """Another case of the same dossier."""

    workflow: str
    state: str
    is_final: bool
    settled: bool


class StepFact(NamedTuple):
    """One earlier event of the case."""

    trigger: str
    actor: str
    occurred_at: int
    after: str


class OfficeFact(NamedTuple):
    """The office an assignment is about: who held it when the matter arose, who holds it today, and who acts for
    them; its line and its seats; and everybody who answers or answered for it, then or now, each under the one record of them."""

    code: str
    holder_then: str | None
    holder_now: str | None
    acting_now: str | None
    superior: str | None
    line: str = "unit"
    seats: int = 1
    holders: tuple[str, ...] = ()
    answerers: frozenset[str] = frozenset()


class BodyFact(NamedTuple):
    """A body: whether it is one, inside the house, and who sits on it, then or now, each under the one record of them."""

    code: str
    inside: bool
    members: frozenset[str]


class MatterFact(NamedTuple):
    """The matter behind a case, with its newest result."""

    workflow: str
    state: str
    is_final: bool
    settled: bool
    result: str | None = None


class EarlierFact(NamedTuple):
    """A sanction that somebody this case is about received in another case: for acts of which days and under which provisions, whether
    it still stands, whether its time has run out, and the days of those acts that were proven."""

    acts: frozenset[tuple[str, str]]
    sanction: str
    stands: bool
    spent: bool
    proven: frozenset[str] = frozenset()


class ClockFact(NamedTuple):
    """A time limit of the case: when it falls due (µs, UTC), whether it runs, and how many reminders were sent."""

    due_at: int
    running: bool
    reminders: int


class ExtensionFact(NamedTuple):
    """How far a time limit may be extended: its present day, the last day it may have (None: none may be given), until when a party takes
    it without asking, how often it was extended and may be, and the part that approves, where the ruleset names one."""

    due_on: date
    latest: date | None
    early_until: date | None
    granted: int
    at_most: int
    approver: str | None = None


class ProposalFact(NamedTuple):
    """What was proposed for erasure or disposal and waits for another person: by which act, by whom (every record of them), which pieces."""

    trigger: str
    people: frozenset[str]
    by: str
    pieces: tuple[tuple[int, str, str | None], ...] = ()
    basis: str = ""


class KeepingFact(NamedTuple):
    """How a case is kept: whether a hold stands, what is proposed, and when it is due (None: not yet, or never) under which key."""

    held: bool
    proposal: ProposalFact | None
    due_on: date | None
    rule: str
    is_due: bool
    disposed: bool = False


class FieldFact(NamedTuple):
    """One committed field of an earlier event: its commitment, its value, whether it may be erased, and which columns of a row may."""

    digest: str
    value: Json
    erasable: bool
    columns: frozenset[str] = frozenset()


class NamedCase(NamedTuple):
    """Another case that is named in the inputs, as far as whoever acts may see it: its units are its own and all above; `source` is where
    it came from, where it says so."""

    workflow: str
    state: str
    is_final: bool
    settled: bool
    rehearsal: bool
    units: frozenset[str]
    source: str | None = None


FACTS: Mapping[str, str] = {
    "now": "the moment of the act, µs since 1970 UTC (int)",
    "today": "the day of the act in the organisation's zone (date)",
    "on": "the day on which the act happened, in the organisation's zone (date)",
    "case": "the case as it stands (CaseFact)",
    "matter": "the case itself, or for a responsibility the nearest case above it that is none (MatterFact)",
    "parent": "the case that opened this one, or None (StrandFact)",
    "children": "the cases this one opened (tuple of StrandFact)",
    "strands": "all cases of the dossier by workflow (mapping of StrandFact)",
    "steps": "the earlier events of the case, oldest first (tuple of StepFact)",
    "said": "the newest value of each input of the case (mapping)",
    "origin": "the newest value of each input of the parent case (mapping)",
    "evidence": "numbers of the items of evidence that stand (tuple of int)",
    "tainted": "numbers of the standing items of evidence that somebody with a conflict brought and nobody else has verified (tuple of int)",
    "investigators": "persons who investigated this case or one above it (frozenset of person identifiers)",
    "took_part": "persons who conducted or decided a case above this one (frozenset of person identifiers)",
    "earlier": "sanctions of the persons this case is about in other cases (tuple of EarlierFact)",
    "clocks": "the time limits of the case by name (mapping of ClockFact)",
    "clocks_above": "the time limits of the parent case by name (mapping of ClockFact)",
    "calendar": "the calendar that days are counted by under the ruleset of the case (clocks.Calendar)",
    "extensions": "how far each limit that runs may be extended, by name (mapping of ExtensionFact)",
    "parts": "the parts of whoever acts in the case, those by grant included (frozenset of role codes)",
    "parts_above": "the parts of whoever acts in the case that opened this one (frozenset of role codes)",
    "people": "who plays which part in the case (mapping of role to tuple of person identifiers)",
    "people_above": "who plays which part in the case that opened this one (mapping of role to tuple of person identifiers)",
    "asked_already": "whether whoever acts is being asked how they are, for a shortcoming of their unit that they reported (bool)",
    "offices": "offices named in the inputs and in the case, by code (mapping of OfficeFact)",
    "superiors": "codes of the offices right above those of the unit the case is about, by line (mapping to frozenset)",
    "direct_superiors": "of each person named in the act, who stands right above them today (mapping to frozenset of person identifiers)",
    "bodies": "bodies named in the inputs and in the case, by code (mapping of BodyFact)",
    "ties": "persons with a close tie, conflict or exclusion in the case (frozenset of person identifiers)",
    "unfit": "persons named in the inputs who are excluded from the part it would give them (frozenset of person identifiers)",
    "feared": "persons of whom somebody this case is about spoke in a concern that still protects them, with their line, or whose decision "
              "they appealed against in another matter (frozenset of person identifiers)",
    "known": "persons, units and offices named in the inputs that exist (frozenset)",
    "jurisdiction": "codes of the units that the body of the case may inspect (frozenset)",
    "unit": "code of the unit the case is about, or None (str)",
    "named_cases": "cases named in the inputs and in the case that whoever acts may see, by number (mapping of NamedCase)",
    "figures": "figures of the work of the unit, by the time over which they are counted and by code (mapping of mappings of Figure)",
    "figures_of_all": "the same figures over all units under the unit of the matter above this one (mapping of mappings of Figure)",
    "causes_before": "causes that the unit named in earlier plan drafts, in small letters (frozenset)",
    "remedies_owed": "how many remedies the unit still owes (int)",
    "pilots": "codes of the units that are pilot units now (frozenset)",
    "working_units": "codes of the units, no bodies, that go on and that whoever acts may work on, in the order of the tree (tuple)",
    "signals_waiting": "how many signals that whoever acts may see nobody has assessed yet (int)",
    "criteria": "the criteria of the ruleset of the case about the work of units (tuple of Criterion)",
    "ruleset_version": "name and version of the ruleset of the case (str)",
    "served": "letters of the case that were served, by kind (mapping of kind to moment)",
    "drawn_in": "person identifiers of those named in the act (frozenset)",
    "ruleset": "what binds the case: limits and switches by key (mapping)",
    "keeping": "how the case is kept: hold, proposal, when it is due for disposal (KeepingFact)",
    "fields": "what the earlier events of the case disclose, and what of its row may be erased, by event and name (mapping of FieldFact)",
    "files": "SHA-256 of the files of evidence of the case (tuple of str)",
    "elsewhere": "commitments to free words about the case that stand outside its own history (tuple of str)",
    "setup": "what the house named in its set-up: appeal_body and concerns_contact, each a code or None (mapping)",
}
"""The closed table of facts: what guards may ask for. A name that is not here does not exist."""

NAMED_IN: Mapping[str, frozenset[str]] = {
    "offices": frozenset({"office"}), "feared": frozenset({"office"}), "ties": frozenset({"office"}), "bodies": frozenset({"unit"}),
    "known": frozenset({"person", "office", "unit"}), "named_cases": frozenset({"case"}),
    "unfit": frozenset({"person"}), "drawn_in": frozenset({"person"})}
"""The facts that follow what an act names, each with the kinds of inputs it follows: before these are entered nobody knows them."""


class Facts:
    """A frozen snapshot; only what was declared can be read."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, Any]) -> None:
        object.__setattr__(self, "_values", values)

    def __getattr__(self, name: str) -> Any:
        try:
            return self._values[name]
        except KeyError:
            raise Undeclared(f"the fact “{name}” was not declared; add it to the guard's needs") from None

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("facts are frozen")

    def only(self, names: Iterable[str]) -> Facts:
        """The same snapshot, narrowed to `names`."""
        return Facts({name: self._values[name] for name in names if name in self._values})

    def has(self, name: str) -> bool:
        return name in self._values

    @property
    def names(self) -> tuple[str, ...]:
        """The facts that are there."""
        return tuple(self._values)


def today_of(facts: Facts) -> date:
    """The day of the act; here so that guards need no import of dates."""
    value: date = facts.today
    return value


__all__ = ["FACTS", "SYSTEM", "Act", "Actor", "BodyFact", "CaseFact", "ClockFact", "EarlierFact", "ExtensionFact", "Facts", "FieldFact", "Json",
           "KeepingFact", "MatterFact", "NamedCase", "OfficeFact", "ProposalFact", "Role", "StepFact", "StrandFact", "today_of"]

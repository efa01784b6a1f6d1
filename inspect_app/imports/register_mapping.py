"""How a register of the past is read: which column means what, how its tables belong together, what a row becomes, what contradicts itself.

    register = "food_inspections"          # its name for ever: rows are known by it and by their keys
    zone = "America/Detroit"               # where its days and clocks stood

    [tables.inspections]
    file = "inspections.csv"               # or sheet = "…" of a workbook; left out, the name of the table
    key = ["inspectionid"]                 # what tells its rows apart; repeats = true where rows may share it
    joins.establishments = ["establishmentid"]      # columns that hold the key of another table

    [tables.inspections.columns]
    inspection_date = { type = "day", formats = ["%m/%d/%Y"], needed = true }
    in_compliance = { type = "code", codes = { Yes = "met", No = "not_met" } }
    name = { type = "text", class = "personal" }

    [tables.inspections.computed]
    due = { day = "inspection_date", plus_days = "days_to_correct" }

    [[tables.inspections.cases]]
    name = "inspection"                    # a case for each row; under = "…" stands it under a case of this row, or of a joined one
    workflow = "past_inspection"
    title = "{inspection_type} {inspection_date}"
    events = [
        { trigger = "inspect", on = "inspection_date", by = "inspectorid", data = { subject = "name" } },
        { trigger = "conclude", on = "inspection_date", when = [{ column = "in_compliance", asks = "present" }] },
    ]

    [[contradictions]]                     # kept, and flagged on the case; [[counts]] alike are counted only
    name = "corrected_before_inspection"
    table = "violations"
    says = { en = "It was corrected before it was found.", vi = "…" }
    where = [{ column = "corrected_date", asks = "before", to = "inspection_date" }]

The columns of a joined row are named with a dot: `establishments.name`. `register_reading` checks a mapping."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from inspect_app.imports.register_conditions import Condition
from inspect_app.imports.register_values import Column, Values
from workflows.words import Words

PLACE = re.compile(r"\{([^{}]*)\}")
"""What is filled in in a title."""


@dataclass(frozen=True, slots=True)
class EventRule:
    """One event that a row tells: which trigger, on which day, by whom, under which conditions; `data` is input to column."""

    trigger: str
    on: str
    by: str | None = None
    when: tuple[Condition, ...] = ()
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SanctionRule:
    """How a row that tells of a sanction says whether it still stands: the column of its last day, or how many months it lasts by what a
    column (`rung`) says, `never` for such as time does not end; and the codes of a column that say that it has ended."""

    until: str | None = None
    rung: str | None = None
    months: Mapping[str, int] = field(default_factory=dict)
    never: tuple[str, ...] = ()
    status: str | None = None
    ended: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseRule:
    """One case that a row becomes."""

    name: str
    workflow: str
    title: str
    events: tuple[EventRule, ...]
    reference: str | None = None
    under: str | None = None
    unit: str | None = None
    """The column that says, by name or code, to which unit of the house the case belongs; without it, that of the case above, or the one chosen."""
    when: tuple[Condition, ...] = ()
    sanction: SanctionRule | None = None


@dataclass(frozen=True, slots=True)
class Sum:
    """A computed day: so many days after another."""

    name: str
    day: str
    plus_days: str


@dataclass(frozen=True, slots=True)
class TableRule:
    """One table of a register."""

    name: str
    file: str | None
    sheet: str | None
    key: tuple[str, ...]
    repeats: bool
    columns: Mapping[str, Column]
    computed: tuple[Sum, ...]
    joins: Mapping[str, tuple[str, ...]]
    cases: tuple[CaseRule, ...]
    parent: str | None = None
    """The joined table under whose cases those of this one stand."""

    def titled(self, rule: CaseRule, values: Values, key: str) -> str:
        """The title of the case that a row becomes."""
        said = PLACE.sub(lambda found: values.get(found[1], key if found[1] == "key" else ""), rule.title)
        return " ".join(said.split())[:400] or key[:400]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule on the rows of a table: a contradiction, or something that is counted. `case` is the case it is flagged on."""

    name: str
    table: str
    says: Words
    where: tuple[Condition, ...]
    case: str | None = None


@dataclass(frozen=True, slots=True)
class RegisterMapping:
    """One file of rules for reading one register."""

    register: str
    tables: Mapping[str, TableRule]
    contradictions: tuple[Rule, ...] = ()
    counts: tuple[Rule, ...] = ()
    zone: ZoneInfo | None = None
    delimiter: str | None = None
    encoding: str | None = None

    def rules_of(self, table: str) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
        """The contradictions and the counts of a table."""
        return tuple(r for r in self.contradictions if r.table == table), tuple(r for r in self.counts if r.table == table)

    def case_rule(self, name: str) -> tuple[TableRule, CaseRule] | None:
        """The case of this name, with its table."""
        return next(((table, rule) for table in self.tables.values() for rule in table.cases if rule.name == name), None)

"""What an act may be told. Each input is declared once; schema, form, OpenAPI and manual are drawn from it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, ClassVar

from workflows.roles import EVERYONE, HANDLERS, PARTIES, Role
from workflows.words import Words

__all__ = ["EVERYONE", "HANDLERS", "PARTIES", "Case", "Choice", "Computed", "Day", "Evidence", "Input", "Klass", "Listed", "Many", "Number", "Office",
           "Person", "Text", "Unit", "Yes"]


class Klass(StrEnum):
    """How delicate a value is; page, search, mail, audience of exports and statistics follow it."""

    PLAIN = "plain"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"
    SEALED = "sealed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One declared input. `readers` are the roles that may read the value; `required` inputs must be given."""

    kind: ClassVar[str] = ""
    name: str
    label: Words
    klass: Klass = Klass.PLAIN
    readers: tuple[Role, ...] = EVERYONE
    required: bool = True
    help: Words | None = None

    def law(self) -> dict[str, Any]:
        """The part of the declaration that is law: everything but its words, and how a form is filled in."""
        facts: dict[str, Any] = {"kind": self.kind}
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name in ("label", "help", "planned", "from_table"):
                continue
            if isinstance(value, tuple):
                value = [v.law() if isinstance(v, Input) else v[0] if isinstance(v, tuple) else str(v) for v in value]
            facts[field.name] = str(value) if isinstance(value, StrEnum) else value
        return facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Input):
    """Words, from `at_least` to `at_most` characters; `lines` asks for a tall box."""

    kind: ClassVar[str] = "text"
    at_least: int = 1
    at_most: int = 20_000
    lines: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Input):
    """One of a closed list of codes."""

    kind: ClassVar[str] = "choice"
    options: tuple[tuple[str, Words], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Day(Input):
    """A calendar day, ISO 8601; `when` says whether it may lie in the past, the future or either."""

    kind: ClassVar[str] = "day"
    when: str = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Input):
    """A whole number."""

    kind: ClassVar[str] = "number"
    at_least: int = 0
    at_most: int = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Yes(Input):
    """A confirmation; where it is required it must be given."""

    kind: ClassVar[str] = "yes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person(Input):
    """A person known to the organisation, by identifier."""

    kind: ClassVar[str] = "person"
    klass: Klass = Klass.PERSONAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Office(Input):
    """An office (a post that someone holds), by its code."""

    kind: ClassVar[str] = "office"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit(Input):
    """A unit or body, by its code; with `bodies`, a body inside the house."""

    kind: ClassVar[str] = "unit"
    bodies: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Case(Input):
    """Another case, by its number, that whoever acts may see: one of `workflow`, or with `rehearsal` a rehearsal of any."""

    kind: ClassVar[str] = "case"
    workflow: str = ""
    rehearsal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence(Input):
    """Items of evidence of this case, by their numbers."""

    kind: ClassVar[str] = "evidence"


@dataclass(frozen=True, slots=True, kw_only=True)
class Many(Input):
    """Rows of inputs, from `at_least` to `at_most`. With `planned`, a form begins with a row for each line of the input of this name by which the
    matter was planned, in the first column; whoever fills it in may change them. `from_table` says that a form also takes the rows from a table that
    somebody has already."""

    kind: ClassVar[str] = "many"
    of: tuple[Input, ...]
    at_least: int = 1
    at_most: int = 50
    planned: str | None = None
    from_table: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed(Input):
    """One of the codes that the ruleset of the case lists; with `several`, any number of them.

    `of` is a key, `factors.mitigating`; or a pattern over keys: `ladder.*` stands for every code of every such key, `ladder.?` for what
    stands in the place of the mark."""

    kind: ClassVar[str] = "listed"
    of: str
    several: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed(Input):
    """What the law works out from the facts and the act and keeps with it: never asked for, never typed. `of` names the computation."""

    kind: ClassVar[str] = "computed"
    of: str
    required: bool = False

"""Why an act did not happen. A refusal is a sentence, and carries every guard's verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Verdict(NamedTuple):
    """What one guard said: its code, whether it holds, and its two sentences in the reader's language."""

    code: str
    ok: bool
    inner: str
    outer: str


class Refusal(Exception):
    """An act was refused and left no trace."""


@dataclass
class NotNow(Refusal):
    """There is no such transition from this state."""

    trigger: str
    state: str
    possible: tuple[str, ...] = ()

    def __str__(self) -> str:
        may = ", ".join(self.possible) or "nothing"
        return f"“{self.trigger}” is not possible in the state “{self.state}”; possible now: {may}."


@dataclass
class NotYours(Refusal):
    """You may see this, but this act belongs to someone else."""

    trigger: str
    who: tuple[str, ...]

    def __str__(self) -> str:
        return f"“{self.trigger}” is for {', '.join(self.who)}."


@dataclass
class Refused(Refusal):
    """The rules of the case do not allow the act as things stand."""

    trigger: str
    verdicts: tuple[Verdict, ...]

    def __str__(self) -> str:
        return " ".join(v.inner for v in self.verdicts if not v.ok)


class Problem(NamedTuple):
    """One thing wrong with one field: a JSON pointer, a code, and a sentence with the remedy."""

    pointer: str
    code: str
    message: str


@dataclass
class Invalid(Refusal):
    """The data given is not what the act asks for."""

    problems: tuple[Problem, ...]

    def __str__(self) -> str:
        return " ".join(f"{p.pointer}: {p.message}" for p in self.problems)


class BadDefinition(Exception):
    """A workflow, ruleset or pack is not sound; each defect is a sentence."""

    def __init__(self, name: str, defects: Sequence[str]) -> None:
        super().__init__(f"{name}: " + "; ".join(defects))
        self.name = name
        self.defects = tuple(defects)


class Undeclared(Exception):
    """A guard looked at a fact that it had not declared."""

"""Why an act did not happen. A refusal is a sentence, and carries every guard's verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Verdict(NamedTuple):
    """What one guard said: its code, whether it holds, and its two sentences in the reader's language. In an offer `ok` is None where it
    is decided by what is entered."""

    code: str
    ok: bool | None
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


class Place(NamedTuple):
    """Where in a workflow a defect stands: in a state by its name, in a transition by its number in the table (entries counted on),
    perhaps in one of its inputs, a column named after its rows; or, with nothing said, in the workflow as a whole."""

    state: str | None = None
    transition: int | None = None
    inputs: tuple[str, ...] = ()

    def at(self, name: str) -> Place:
        """The place of an input here."""
        return self._replace(inputs=(*self.inputs, name))


WHOLE = Place()


class Defect(NamedTuple):
    """One thing wrong with a definition: a sentence, and where."""

    sentence: str
    place: Place = WHOLE


class BadDefinition(Exception):
    """A workflow, ruleset or pack is not sound; each defect is a sentence, and where it was read from a file it has its line."""

    def __init__(self, name: str, defects: Sequence[str], lines: Sequence[int | None] = ()) -> None:
        super().__init__(f"{name}: " + "; ".join(defects))
        self.name = name
        self.defects = tuple(defects)
        self.lines = tuple(lines) or (None,) * len(self.defects)


class Undeclared(Exception):
    """A guard looked at a fact that it had not declared."""

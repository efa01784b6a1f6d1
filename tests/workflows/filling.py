"""Inputs made from their declarations: what satisfies them, and what violates them one by one. No workflow is known here by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from tests.workflows.hanging_together import hang_together
from workflows.inputs import Case, Choice, Day, Evidence, Input, Many, Number, Office, Person, Text, Unit, Yes
from workflows.listed import codes

WORDS = ("book", "store", "ward", "list", "key", "count", "shift", "order", "report", "gap")


@dataclass(frozen=True)
class Known:
    """What there is to choose from, on which day, and who chooses."""

    today: date
    people: Sequence[str] = ("bert", "cleo", "dora", "emil", "fred", "gus")
    offices: Sequence[str] = ("head", "tail")
    units: Sequence[str] = ("u1", "u2")
    bodies: Sequence[str] = ("board",)
    evidence: Sequence[int] = (1, 2)
    me: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    said: Callable[[], Mapping[str, Any]] = dict
    """What the case said before, where that is known; only looked up where a form rests on it."""
    cases: Sequence[str] = ("2026-000001", "2026-000002")


def filled(inputs: Sequence[Input], chance: Random, known: Known) -> dict[str, Any]:
    """Data that every declaration accepts: mostly different people, days that ascend, numbers that do not, and the first of the options."""
    return _Filling(chance, known).fill(inputs)


class _Filling:
    def __init__(self, chance: Random, known: Known) -> None:
        self.chance, self.known = chance, known
        self.people = list(known.people)
        chance.shuffle(self.people)
        self.more = chance.choice((0.1, 0.5, 0.9))
        self.days = {"past": known.today - timedelta(days=chance.randint(0, 30)), "any": known.today + timedelta(days=chance.randint(0, 5))}
        self.most: int | None = None

    def fill(self, inputs: Sequence[Input]) -> dict[str, Any]:
        asked = [i for i in inputs if i.kind != "computed" and (i.required or self.chance.random() < self.more)]
        data = {i.name: value for i in asked if (value := self.value(i)) is not None}
        return hang_together(data, inputs, self.chance, self.known)

    def value(self, i: Input) -> Any:
        chance = self.chance
        match i:
            case Text():
                text = " ".join(chance.choices(WORDS, k=2 + i.at_least // 3))
                return (text + "x" * i.at_least)[: min(i.at_most, max(i.at_least, len(text)))].strip().ljust(i.at_least, "x")
            case Choice():
                return i.options[0][0] if chance.random() < 0.6 else chance.choice(i.options)[0]
            case Day():
                return self.day(i.when)
            case Number():
                self.most = chance.randint(i.at_least, max(i.at_least, min(i.at_most, 7 if self.most is None else self.most)))
                return self.most
            case Yes():
                return True
            case Person():
                if not i.required and self.known.me and chance.random() < 0.7:
                    return self.known.me
                return self.people.pop() if self.people and chance.random() < 0.95 else chance.choice(self.known.people)
            case Office():
                return chance.choice(self.known.offices)
            case Unit():
                return chance.choice(self.known.bodies if i.bodies else self.known.units)
            case Case():
                return chance.choice(list(self.known.cases) or ["2026-000001"])
            case Evidence():
                found = list(self.known.evidence)
                return sorted(chance.sample(found, chance.randint(1, min(len(found), 3)))) if found else [1] if i.required else []
            case Many():
                return [self.fill(i.of) for _ in range(chance.randint(i.at_least, max(i.at_least, min(i.at_most, 3))))]
        if i.kind == "listed":
            return self.listed(i)
        raise LookupError(f"nobody has said here how an input of the kind {i.kind} is filled in")

    def day(self, when: str) -> str:
        began = self.days["past" if when == "past" else "any"]
        room = (self.known.today - began).days if when == "past" else 40
        self.days["past" if when == "past" else "any"] = following = began + timedelta(days=self.chance.randint(0, max(0, room)))
        return following.isoformat()

    def listed(self, i: Any) -> Any:
        """A code of those that the ruleset lists under a key, or under all keys of a pattern."""
        listed = _listed(self.known.values, i.of)
        if not listed and not i.required:
            return None
        listed = listed or ["none"]
        return self.chance.sample(listed, self.chance.randint(1, min(len(listed), 2))) if i.several else self.chance.choice(listed)


_LISTED: dict[tuple[int, str], tuple[Mapping[str, Any], list[str]]] = {}


def _listed(values: Mapping[str, Any], of: str) -> list[str]:
    """The codes of a list; looked for once in the same values."""
    known = _LISTED.get((id(values), of))
    if known is None or known[0] is not values:
        known = _LISTED[id(values), of] = values, list(codes(values, of))
    return known[1]


def spoilt(inputs: Sequence[Input], data: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each way in which a declaration is violated alone, by what is wrong: the rest stays as it was."""
    yield "a field that nobody asks for", {**data, "not_asked_for": "x"}
    for i in inputs:
        if i.kind == "computed":
            continue
        if i.required:
            yield f"{i.name} is missing", {name: value for name, value in data.items() if name != i.name}
        for why, value in _violations(i):
            yield f"{i.name} {why}", {**data, i.name: value}
        if isinstance(i, Many) and (i.at_least > 0 or data.get(i.name)):
            row = (data.get(i.name) or [{}])[0]
            for why, wrong in spoilt(i.of, row):
                yield f"{i.name}: {why}", {**data, i.name: [wrong, *(data.get(i.name) or [{}])[1:]]}


def _violations(i: Input) -> Iterator[tuple[str, Any]]:
    yield "has another type", {"an": "object"}
    match i:
        case Text():
            yield "is too long", "x" * (i.at_most + 1)
            yield "is a number", 7
            if i.at_least > 1:
                yield "is too short", "x" * (i.at_least - 1)
        case Choice():
            yield "is no option", "not_an_option"
        case Day():
            yield "is no day", "2026-02-30"
            yield "is a moment", "2026-02-03T10:00:00Z"
            if i.when == "past":
                yield "lies ahead", "2190-01-01"
            if i.when == "future":
                yield "is over", "1990-01-01"
        case Number():
            yield "is too large", i.at_most + 1
            yield "is too small", i.at_least - 1
            yield "is a text", str(i.at_least)
            yield "is a truth value", True
        case Yes():
            yield "is a word", "yes"
            if i.required:
                yield "is not confirmed", False
        case Evidence():
            yield "is no number", ["one"]
            yield "is below one", [0]
        case Many():
            yield "has too many rows", [{}] * (i.at_most + 1)
            if i.at_least:
                yield "has no rows", []
        case Person() | Office() | Unit() | Case():
            yield "is too long", "x" * 201
            yield "is a list", ["x"]

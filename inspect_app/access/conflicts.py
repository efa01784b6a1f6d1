"""Who is walled off from a case, or from a part in it, and from which day on: a pure function of the organisation over time.

A relation counts where it held on some day from the day of the act on, and from its first such day it counts for good: moving away, or
ending a delegation, opens no door again. All records of one person are one person. Whoever stands in a chain of delegation with someone
who is walled is walled as they are. The reason of a wall is not kept: nothing here gives it away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import NamedTuple

from workflows.roles import Role

EVERY_PART = "all"
TEAM = (Role.TEAM_LEAD.value, Role.TEAM_MEMBER.value)
UNDER_A_CHAIR = frozenset({Role.MEMBER.value, Role.OFFICER.value, Role.RECORDER.value})
"""Granted roles that work under whoever is granted the chair for the same unit or one above it."""

Days = dict[int, date]
"""Persons, each with the first day on which something holds for them."""


class Post(NamedTuple):
    """An office: the unit it belongs to, and the office above it on its line."""

    unit: int
    superior: int | None


class Held(NamedTuple):
    """Someone held an office, or acted in it."""

    office: int
    person: int
    since: date
    until: date | None


class Passed(NamedTuple):
    """Someone delegated an office to another."""

    office: int
    giver: int
    taker: int
    since: date
    until: date | None


class Belonged(NamedTuple):
    """Someone belonged to a unit."""

    person: int
    unit: int
    since: date
    until: date | None


class Tied(NamedTuple):
    """Two people had a close tie."""

    one: int
    other: int
    since: date
    until: date | None


class Granted(NamedTuple):
    """Someone was granted a role for a unit and its subtree."""

    person: int
    role: str
    unit: int
    since: date
    until: date | None


@dataclass(frozen=True)
class Snapshot:
    """The organisation over time. `above` gives each unit's line to the top, itself included; `same` who is a second record of whom."""

    offices: Mapping[int, Post] = field(default_factory=dict)
    above: Mapping[int, frozenset[int]] = field(default_factory=dict)
    held: tuple[Held, ...] = ()
    passed: tuple[Passed, ...] = ()
    belonged: tuple[Belonged, ...] = ()
    tied: tuple[Tied, ...] = ()
    granted: tuple[Granted, ...] = ()
    same: Mapping[int, int] = field(default_factory=dict)

    @cached_property
    def records(self) -> dict[int, tuple[int, ...]]:
        """All records of a person, under the one that stands for them."""
        found: dict[int, list[int]] = {}
        for person in {*self.same, *self.same.values()}:
            found.setdefault(self.one(person), []).append(person)
        return {first: tuple(sorted(all_)) for first, all_ in found.items()}

    def one(self, person: int) -> int:
        """The record that stands for all records of a person."""
        passed = [person]
        while (following := self.same.get(passed[-1])) is not None:
            if following in passed:
                return min(passed[passed.index(following):])
            passed.append(following)
        return passed[-1]


@dataclass(frozen=True)
class Involved:
    """The people of a case, each with the day from which they are that; the day of the act; and what the ruleset allows."""

    act_on: date
    respondents: Mapping[int, date] = field(default_factory=dict)
    named: Mapping[int, date] = field(default_factory=dict)
    declared: Mapping[int, date] = field(default_factory=dict)
    below: Mapping[int, date] = field(default_factory=dict)
    """Whoever conducted or decided a case that this one is opened about."""
    owners: Mapping[int, date] = field(default_factory=dict)
    investigators: Mapping[int, date] = field(default_factory=dict)
    superior_may_investigate: bool = False
    investigators_may_decide: bool = False


def walls(org: Snapshot, case: Involved) -> dict[tuple[int, str], date]:
    """(person, part) → the day from which they are walled from it; the part `all` is every conducting part."""
    lines = _Lines(org, case.act_on)
    found: dict[str, Days] = {}

    def put(part: str, people: Mapping[int, date]) -> None:
        _earliest(found.setdefault(part, {}), people.items())

    respondents, named = lines.known(case.respondents), lines.known(case.named)
    put(EVERY_PART, respondents)
    put(EVERY_PART, lines.ties(respondents))
    put(EVERY_PART, lines.known(case.declared))
    put(EVERY_PART, lines.line(named))
    if not case.superior_may_investigate:
        for part in TEAM:
            put(part, lines.superiors(respondents))
            put(part, lines.subordinates(respondents))
    if not case.investigators_may_decide:
        put(Role.DECIDER.value, lines.known(case.investigators))
    put(Role.APPEAL_DECIDER.value, lines.known(case.below))
    put(Role.VERIFIER.value, lines.known(case.owners))
    return {(record, part): day for part, people in found.items() for person, day in lines.chains(people).items()
            for record in org.records.get(person, (person,))}


def superiors_of(org: Snapshot, person: int, day: date) -> frozenset[int]:
    """Who stands right above a person on a day, by the one record of each; nobody above themselves."""
    found = _Lines(org, day).superiors({org.one(person): day})
    return frozenset(above for above, since in found.items() if since <= day) - {org.one(person)}


def _earliest(found: Days, more: Iterable[tuple[int, date]]) -> None:
    for person, day in more:
        if person not in found or day < found[person]:
            found[person] = day


Steps = dict[int, list[tuple[int, date]]]
"""From one to others, each with the first day on which the step is open."""


class _Lines:
    """The relations that held on some day from the day of the act on, between persons, units and offices."""

    def __init__(self, org: Snapshot, act_on: date) -> None:
        self.org, self.act_on = org, act_on
        self.tied: Steps = {}
        self.holders: Steps = {}
        self.offices_of: Steps = {}
        self.units_of: Steps = {}
        self.members: Steps = {}
        self.below: dict[int, list[int]] = {}
        self.heads: dict[int, list[int]] = {}
        self.given: dict[int, Steps] = {}
        self.taken: dict[int, Steps] = {}
        self.chairs: list[tuple[int, int, date]] = []
        self.under: list[tuple[int, int, date]] = []
        for number, post in org.offices.items():
            if post.superior is not None:
                self.below.setdefault(post.superior, []).append(number)
            above = org.offices.get(post.superior) if post.superior is not None else None
            if above is None or above.unit != post.unit:
                self.heads.setdefault(post.unit, []).append(number)
        for t in org.tied:
            self._step(self.tied, org.one(t.one), org.one(t.other), t)
            self._step(self.tied, org.one(t.other), org.one(t.one), t)
        for h in org.held:
            self._step(self.holders, h.office, org.one(h.person), h)
            self._step(self.offices_of, org.one(h.person), h.office, h)
        for b in org.belonged:
            self._step(self.units_of, org.one(b.person), b.unit, b)
            self._step(self.members, b.unit, org.one(b.person), b)
        for p in org.passed:
            self._step(self.given.setdefault(p.office, {}), org.one(p.giver), org.one(p.taker), p)
            self._step(self.taken.setdefault(p.office, {}), org.one(p.taker), org.one(p.giver), p)
        for g in org.granted:
            day = self._open(g)
            if day is not None and g.role == Role.CHAIR:
                self.chairs.append((org.one(g.person), g.unit, day))
            elif day is not None and g.role in UNDER_A_CHAIR:
                self.under.append((org.one(g.person), g.unit, day))

    def _open(self, fact: Held | Passed | Belonged | Tied | Granted) -> date | None:
        return None if fact.until is not None and (fact.until < self.act_on or fact.until < fact.since) else max(self.act_on, fact.since)

    def _step(self, table: Steps, start: int, end: int, fact: Held | Passed | Belonged | Tied) -> None:
        day = self._open(fact)
        if day is not None:
            table.setdefault(start, []).append((end, day))

    def known(self, people: Mapping[int, date]) -> Days:
        """Persons of a case, by the one record that stands for each; nothing counts before the day of the act."""
        found: Days = {}
        _earliest(found, ((self.org.one(person), max(self.act_on, day)) for person, day in people.items()))
        return found

    def _over(self, people: Mapping[int, date], table: Steps) -> Days:
        found: Days = {}
        _earliest(found, ((end, max(day, opened)) for person, day in people.items() for end, opened in table.get(person, ())))
        return found

    def ties(self, people: Mapping[int, date]) -> Days:
        return self._over(people, self.tied)

    def superiors(self, people: Mapping[int, date]) -> Days:
        """Who holds the office right above theirs, and who heads a unit that they belong to or hold an office in."""
        posts = self._over(people, self.offices_of)
        units = self._over(people, self.units_of)
        offices: Days = {}
        for number, day in posts.items():
            post = self.org.offices.get(number)
            if post is not None:
                _earliest(units, [(post.unit, day)])
                _earliest(offices, [(post.superior, day)] if post.superior is not None else [])
        _earliest(offices, ((head, day) for unit, day in units.items() for head in self.heads.get(unit, ())))
        return self._over(offices, self.holders)

    def _below(self, people: Mapping[int, date]) -> Days:
        """The offices below theirs on the line, however far."""
        found: Days = {}
        ahead = list(self._over(people, self.offices_of).items())
        while ahead:
            number, day = ahead.pop()
            for under in self.below.get(number, ()):
                if under not in found or day < found[under]:
                    found[under] = day
                    ahead.append((under, day))
        return found

    def subordinates(self, people: Mapping[int, date]) -> Days:
        """Who holds an office below theirs, and who belongs to a unit that they head, or to one below it."""
        found = self._over(self._below(people), self.holders)
        headed: Days = {}
        for number, day in self._over(people, self.offices_of).items():
            post = self.org.offices.get(number)
            if post is not None and number in self.heads.get(post.unit, ()):
                _earliest(headed, [(post.unit, day)])
        for unit in self.members:
            above = self.org.above.get(unit, frozenset({unit}))
            days = [day for top, day in headed.items() if top in above]
            if days:
                _earliest(found, self._over({unit: min(days)}, self.members).items())
        return found

    def line(self, people: Mapping[int, date]) -> Days:
        """The line of persons named: themselves, their close ties, their superiors, who holds an office below theirs, and in the inspection
        body, which works by grants, who works under them as chair, or is chair above them."""
        found: Days = dict(people)
        for more in (self.ties(people), self.superiors(people), self._over(self._below(people), self.holders)):
            _earliest(found, more.items())
        for chair, top, since in self.chairs:
            for person, unit, from_ in self.under:
                if top in self.org.above.get(unit, frozenset({unit})):
                    _earliest(found, [(person, max(people[chair], since, from_))] if chair in people else [])
                    _earliest(found, [(chair, max(people[person], since, from_))] if person in people else [])
        return found

    def chains(self, people: Mapping[int, date]) -> Days:
        """These persons, and everyone in a chain of delegation with them: whoever an office came to from them, or came to them from."""
        found: Days = dict(people)
        for person, day in people.items():
            for tables in (self.given, self.taken):
                for steps in tables.values():
                    if person in steps:
                        _earliest(found, self._along(person, day, steps).items())
        return found

    @staticmethod
    def _along(person: int, day: date, steps: Steps) -> Days:
        found: Days = {person: day}
        ahead = [person]
        while ahead:
            at = ahead.pop()
            for following, opened in steps.get(at, ()):
                then = max(found[at], opened)
                if following not in found or then < found[following]:
                    found[following] = then
                    ahead.append(following)
        return found

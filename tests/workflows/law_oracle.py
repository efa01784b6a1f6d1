"""Votes and limitation once more, written naively and apart from the law: ballots one by one, fractions, days searched for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property
from random import Random
from typing import Any

from workflows.limitation import Violation
from workflows.votes import Ballot, Member

MARKS = ("respondent", "recused", "suspended", "probationary", "exempted", "transferred_out", "tired")
FORMS = ("a", "b", "c", "d", "e")
SHARES = ("more_than 1/2", "at_least 2/3", "at_least 1/3", "more_than 2/3", "at_least 1/1", "more_than 0/1", "at_least 3/5")


def is_enough(written: str, votes: int, base: int) -> bool:
    """Whether so many of so many are the share that is written."""
    if base < 1:
        return False
    how, share = written.split(" ")
    return Fraction(votes, base) > Fraction(share) if how == "more_than" else Fraction(votes, base) >= Fraction(share)


@dataclass
class Sitting:
    """One vote, as it would be watched: the people of the body, and each ballot that fell."""

    values: dict[str, Any]
    ladder: tuple[str, ...]
    members: list[Member]
    proposing: bool
    ballots: list[str | None] = field(default_factory=list)
    spoiled: int = 0

    def may_vote(self, member: Member) -> bool:
        if "respondent" in member.marks and not self.values["vote.respondent_votes"]:
            return False
        if any(mark in member.marks for mark in self.values["roll.excluded"]):
            return False
        if not member.present and any(mark in member.marks for mark in self.values["roll.excluded_if_absent"]):
            return False
        return "recused" not in member.marks

    def counts_although_recused(self, member: Member) -> bool:
        without = Member(member.person, member.marks - {"recused"}, member.present)
        return "recused" in member.marks and not self.values["vote.recusal_lowers_base"] and self.may_vote(without)

    @cached_property
    def voters(self) -> int:
        return len([m for m in self.members if self.may_vote(m)])

    @cached_property
    def roll(self) -> int:
        return self.voters + len([m for m in self.members if self.counts_although_recused(m)])

    @property
    def ballot(self) -> Ballot:
        counts = {form: self.ballots.count(form) for form in self.ladder}
        valid = len(self.ballots)
        return Ballot(counts, self.ballots.count(None), valid + self.spoiled, valid, self.spoiled)

    def result(self) -> tuple[bool, str | None, bool]:
        """(reached, sanction, by adding up)."""
        issued = len(self.ballots) + self.spoiled
        base = self.roll if self.values["vote.base"] == "roll" else issued
        quorum = self.values["vote.quorum"]
        if quorum != "none" and not is_enough(quorum, issued, self.roll):
            return False, None, False
        needs = {form: self.values[f"vote.{form}.{'propose' if self.proposing else 'decide'}"] for form in self.ladder}
        alone = [form for form in self.ladder if is_enough(needs[form], len([b for b in self.ballots if b == form]), base)]
        if alone:
            return True, alone[-1], False
        if self.proposing or not self.values["vote.accumulate"]:
            return False, None, False
        for place in range(len(self.ladder) - 1, -1, -1):
            heavier = set(self.ladder[place:])
            if is_enough(needs[self.ladder[place]], len([b for b in self.ballots if b in heavier]), base):
                return True, self.ladder[place], True
        return False, None, False

    def can_decide(self) -> bool:
        if not self.ladder:
            return False
        if self.values["decision.rule"] == "one":
            return self.voters > 0
        base = self.roll if self.values["vote.base"] == "roll" else self.voters
        verb = "propose" if self.proposing else "decide"
        enough = all(is_enough(self.values[f"vote.{form}.{verb}"], self.voters, base) for form in self.ladder)
        quorum = self.values["vote.quorum"]
        return enough and self.voters >= self.values["vote.at_least_voters"] and (quorum == "none" or is_enough(quorum, self.voters, self.roll))


def a_sitting(chance: Random) -> Sitting:
    """A vote as it might fall, odd ones among them."""
    values: dict[str, Any] = {
        "decision.rule": chance.choice(("vote", "vote", "vote", "one")),
        "vote.base": chance.choice(("roll", "roll", "present")),
        "vote.quorum": chance.choice(("none", "at_least 2/3", "more_than 1/2", "at_least 1/1")),
        "vote.accumulate": chance.random() < 0.7, "vote.respondent_votes": chance.random() < 0.2,
        "vote.recusal_lowers_base": chance.random() < 0.5, "vote.at_least_voters": chance.choice((5, 5, 7)), "vote.none_on_ballot": True,
        "roll.excluded": ("suspended", "probationary"), "roll.excluded_if_absent": ("exempted", "transferred_out")}
    ladder = tuple(FORMS[: chance.randint(1, len(FORMS))])
    for form in ladder:
        for verb in ("decide", "propose"):
            values[f"vote.{form}.{verb}"] = chance.choice(SHARES[:2] if chance.random() < 0.7 else SHARES)
    members = [Member(f"p{n}", frozenset(mark for mark in MARKS if chance.random() < 0.06), chance.random() < 0.85)
               for n in range(chance.randint(0, 25))]
    sitting = Sitting(values, ladder, members, chance.random() < 0.3)
    for _ in range(sitting.voters):
        if chance.random() < 0.92:
            sitting.ballots.append(chance.choice((*ladder, ladder[-1], None)))
        elif chance.random() < 0.5:
            sitting.spoiled += 1
    return sitting


# Limitation -----------------------------------------------------------------------------------------------------------


def later(day: date, period: str) -> date:
    """A number of days or months later; a day that a month does not have is its last."""
    number, unit = int(period[:-1]), period[-1]
    if unit == "d":
        return date.fromordinal(day.toordinal() + number)
    year, month = day.year, day.month
    for _ in range(number):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    wanted = day.day
    while True:
        try:
            return date(year, month, wanted)
        except ValueError:
            wanted -= 1


@dataclass
class Reckoning:
    """Violations of one person, and the day on which a body concluded."""

    values: dict[str, Any]
    violations: list[Violation]
    which: int
    sanction: str
    concluded_on: date

    def begins(self) -> date:
        v = self.violations[self.which]
        if v.ended_on:
            return v.ended_on if self.values["limitation.start.ended"] == "end" else v.act_on
        if v.continuing:
            found = v.discovered_on if self.values["limitation.start.continuing"] == "discovery" else None
            return found or self.concluded_on
        if v.end_unknown:
            rule = self.values["limitation.start.unknown_end"]
            return (v.act_on if rule == "act" else v.discovered_on if rule == "discovery" else None) or self.concluded_on
        return v.act_on

    def result(self) -> tuple[bool, date | None]:
        """(barred, last day in time)."""
        period = self.values[f"limitation.{self.sanction}"]
        if period == "none" or self.violations[self.which].category in self.values["limitation.exempt"]:
            return False, None
        start = self.begins()
        others = {v.act_on for n, v in enumerate(self.violations) if n != self.which and v.act_on <= self.concluded_on}
        while self.values["limitation.restarts"] and (inside := {day for day in others if start < day <= later(start, period)}):
            start = min(inside)
        return self.concluded_on > later(start, period), later(start, period)


def a_reckoning(chance: Random) -> Reckoning:
    """Violations and a conclusion, often near the edge of the period."""
    values: dict[str, Any] = {
        "limitation.x": chance.choice(("60m", "120m", "none", "90d", "1m", "13m")), "limitation.exempt": ("forged",),
        "limitation.restarts": chance.random() < 0.7, "limitation.start.ended": chance.choice(("end", "act")),
        "limitation.start.continuing": chance.choice(("discovery", "conclusion")),
        "limitation.start.unknown_end": chance.choice(("conclusion", "discovery", "act"))}
    violations = []
    for _ in range(chance.randint(1, 4)):
        act = date.fromordinal(date(2008, 1, 1).toordinal() + chance.randint(0, 5000))
        kind = chance.choice(("day", "ended", "continuing", "unknown"))
        seen = date.fromordinal(act.toordinal() + chance.randint(0, 900)) if chance.random() < 0.7 else None
        ended = date.fromordinal(act.toordinal() + chance.randint(0, 400)) if kind == "ended" else None
        violations.append(Violation(act, ended, seen, chance.choice((None, None, "forged", "other")), kind == "continuing", kind == "unknown"))
    which = chance.randrange(len(violations))
    near = later(violations[which].act_on, values["limitation.x"] if values["limitation.x"] != "none" else "60m")
    concluded = date.fromordinal(max(violations[which].act_on.toordinal(), near.toordinal() + chance.choice((-400, -1, 0, 0, 1, 1, 2, 900))))
    return Reckoning(values, violations, which, "x", concluded)

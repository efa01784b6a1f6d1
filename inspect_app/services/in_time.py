"""Whether what happened on a day can still lead to a sanction: each rung of a ruleset with its last day, told when a matter is entered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from inspect_app import i18n
from workflows.limitation import Violation, barred
from workflows.ruleset import Ruleset

_SETTINGS = ("limitation.start.", "limitation.exempt", "limitation.restarts")


@dataclass(frozen=True, slots=True)
class Rung:
    """What a sanction is called, the last day on which it can be imposed (None where no time bars it), whether that is over, and why."""

    label: str
    until: date | None
    over: bool
    why: tuple[str, ...]


def in_time(rules: Ruleset, language: str, act_on: date, today: date, *, continuing: bool = False) -> list[Rung]:
    """Every sanction for which the ruleset has a period, the shortest first; nothing for a day that lies ahead."""
    if act_on > today:
        return []
    codes = [key.removeprefix("limitation.") for key in rules.values if key.startswith("limitation.") and not key.startswith(_SETTINGS)]
    found = []
    for code in codes:
        told = barred([Violation(act_on, discovered_on=today, continuing=continuing)], 0, code, today, rules.values)
        label = i18n.listed_label(rules, language, "ladder.*", code)
        found.append(Rung(label, told.day, told.barred, tuple(line.say(language) for line in told.lines)))
    return sorted(found, key=lambda rung: (rung.until is None, rung.until or date.max, rung.label))


__all__ = ["Rung", "in_time"]

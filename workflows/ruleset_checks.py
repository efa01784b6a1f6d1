"""What is wrong with the values of a ruleset taken together, and which of its codes nobody could read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from workflows.calendar import read_limit
from workflows.ruleset_keys import OF_SANCTIONS, code_in, codes_in, family_of
from workflows.words import Words

FEWEST_VOTERS = 5
"""Fewer than five never vote on a sanction, whatever a ruleset says."""


def sanctions_of(keys: Mapping[str, Any]) -> tuple[str, ...]:
    """Every sanction on some ladder, each once."""
    return tuple(dict.fromkeys(code for key, codes in keys.items() if key.startswith("ladder.") for code in codes))


def at_odds(keys: Mapping[str, Any], clocks: Mapping[str, str]) -> list[str]:
    """Values that do not go together, each as a sentence."""
    found = []
    if keys.get("team.at_least", 0) > keys.get("team.at_most", 0):
        found.append("the key “team.at_least” may not exceed “team.at_most”")
    if keys.get("quorum.per_mille", 0) > 1000:
        found.append("the key “quorum.per_mille” may not exceed 1000")
    if keys.get("vote.at_least_voters", FEWEST_VOTERS) < FEWEST_VOTERS:
        found.append(f"the key “vote.at_least_voters” may not be less than {FEWEST_VOTERS}")
    if _longer(keys.get("suspension.first", "1d"), keys.get("suspension.longest", "1d")):
        found.append("the key “suspension.first” may not exceed “suspension.longest”")
    return [*found, *_sanctions(keys), *_reaches(keys), *_of_clocks(keys, clocks)]


def _longer(one: str, other: str) -> bool:
    """Whether one time is surely longer than the other; different units are not compared."""
    (number, unit), (most, of) = read_limit(one), read_limit(other)
    return unit == of and number > most


def _sanctions(keys: Mapping[str, Any]) -> Iterator[str]:
    known = sanctions_of(keys)
    proposed = {code for key, codes in keys.items() if key.startswith("competence.") and ".proposes" in key for code in codes}
    for code in known:
        if keys.get("decision.rule") == "vote" and f"vote.{code}.decide" not in keys:
            yield f"the sanction “{code}” has no threshold; give “vote.{code}.decide”"
        if keys.get("decision.rule") == "vote" and code in proposed and f"vote.{code}.propose" not in keys:
            yield f"the sanction “{code}” can be proposed and has no threshold for it; give “vote.{code}.propose”"
        for part in ("limitation", "expiry"):
            if f"{part}.{code}" not in keys:
                yield f"the sanction “{code}” has no {part}; give “{part}.{code}”, a time or none"
    lowest = {codes[0] for key, codes in keys.items() if key.startswith("ladder.") and codes}
    for code in keys.get("minor.measures", ()):
        if code in known and code not in lowest:
            yield f"the key “minor.measures” offers “{code}”, which is the lowest of no ladder"
    for key, value in keys.items():
        family = family_of(key)
        if family is None:
            continue
        spoken = value if family.terms == "sanction" else (code_in(key),) if family.name in OF_SANCTIONS else ()
        yield from (f"the key “{key}” speaks of a sanction “{code}” that stands on no ladder" for code in spoken if code not in known)


def _reaches(keys: Mapping[str, Any]) -> Iterator[str]:
    """How far up a level decides is told by codes of a scale, and only of what it decides."""
    scales = [codes for key, codes in keys.items() if key.startswith("standing.")]
    for key, reach in keys.items():
        if (family := family_of(key)) is None or family.name != "competence.<level>.up_to.<sanction>":
            continue
        level, sanction = codes_in(key)
        if sanction not in keys.get(f"competence.{level}.decides", ()):
            yield f"the key “{key}” speaks of a sanction that this level does not decide"
        yield from (f"the key “{key}” speaks of “{code}”, which stands on no scale" for code in reach if not any(code in one for one in scales))
        if any(len(set(one) & set(reach)) > 1 for one in scales):
            yield f"the key “{key}” names two places on one scale"


def _of_clocks(keys: Mapping[str, Any], clocks: Mapping[str, str]) -> Iterator[str]:
    for key in keys:
        if key.split(".")[0] in ("extension", "pauses") and code_in(key) and code_in(key) not in clocks:
            yield f"the key “{key}” speaks of a clock that has no limit"


_NAMED = {"ladder": "status", "competence": "level", "standing": "scale"}
"""Keys that name something themselves, by their first word, and the part of the terms in which it has its name."""


def nameless(keys: Mapping[str, Any], terms: Mapping[str, Words]) -> list[str]:
    """Codes that no reader could make sense of, because no term says what they are called."""
    spoken: dict[str, str] = {}
    for key, value in keys.items():
        family = family_of(key)
        if family is not None and family.terms:
            spoken |= {f"{family.terms}.{code}": code for code in value}
        if family is not None and (part := _NAMED.get(key.split(".")[0])):
            spoken[f"{part}.{code_in(key)}"] = code_in(key)
    return [f"the code “{code}” has no name; give the term “{term}”" for term, code in sorted(spoken.items()) if term not in terms]

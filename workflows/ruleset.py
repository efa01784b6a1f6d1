"""Rulesets: what binds a case, versioned, as frozen data that checks itself when it is loaded."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

from workflows.calendar import read_limit
from workflows.clocks import read_share, share_of
from workflows.errors import BadDefinition
from workflows.roles import Role
from workflows.words import LANGUAGES, Words

KEYS: dict[str, type] = {
    "team.at_least": int,
    "team.at_most": int,
    "reminders": int,
    "quorum.per_mille": int,
    "investigators_may_decide": bool,
    "superior_may_investigate": bool,
    "working_week": str,
    "calendar": str,
    "extension.times": int,
    "extension.early": str,
}
"""The closed table of switches and limits a ruleset has, with their types."""

EXTENSION = re.compile(r"extension\.([a-z][a-z0-9_]*)(\.approver)?")
"""How far a time limit may be extended: `extension.<clock>` is a share of it (`1/3`) or a limit of its own (`5wd`); `extension.<clock>.approver`
is the part that grants it, where only one may. `extension.early` is the share of the time within which a party takes it without asking."""


def _extension(key: str, value: Any) -> str | None:
    """What is wrong with the cap or the approver of an extension."""
    try:
        if key.endswith(".approver"):
            Role(value)
        else:
            share_of("30d", value)
    except (ValueError, TypeError, AttributeError):
        return f"the key “{key}” takes {'a role' if key.endswith('.approver') else 'a share such as 1/3, or a limit such as 5wd'}"
    return None


@dataclass(frozen=True)
class Ruleset:
    """What binds a case: switches by key, time limits by clock, and terms that replace the core's labels."""

    name: str
    version: int
    title: Words
    keys: tuple[tuple[str, Any], ...]
    clocks: tuple[tuple[str, str], ...]
    terms: tuple[tuple[str, Words], ...] = ()

    @cached_property
    def values(self) -> dict[str, Any]:
        """Keys and limits as guards read them: `clock.<name>` for the limits."""
        return dict(self.keys) | {f"clock.{name}": limit for name, limit in self.clocks}

    @cached_property
    def law_bytes(self) -> bytes:
        law = {"name": self.name, "version": self.version, "keys": dict(self.keys), "clocks": dict(self.clocks)}
        return json.dumps(law, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    @cached_property
    def law_hash(self) -> str:
        """SHA-256 over keys and limits, without terms, hexadecimal."""
        return hashlib.sha256(self.law_bytes).hexdigest()

    @cached_property
    def term_table(self) -> dict[str, Words]:
        return dict(self.terms)


def read_ruleset(text: str, name: str, base: Ruleset | None = None) -> Ruleset:
    """A ruleset from TOML. `base` gives what the text leaves out. Raises `BadDefinition` naming every defect."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadDefinition(name, [f"it is not TOML: {error}"]) from error
    defects = [f"it has an unknown part “{part}”" for part in raw
               if part not in ("name", "version", "title", "keys", "clocks", "terms")]
    keys, clocks = dict(base.keys if base else ()), dict(base.clocks if base else ())
    for key, value in raw.get("keys", {}).items():
        if key not in KEYS and EXTENSION.fullmatch(key):
            defects += [wrong] if (wrong := _extension(key, value)) else []
            keys[key] = value
        elif key not in KEYS:
            defects.append(f"the key “{key}” does not exist; keys are: {', '.join(sorted(KEYS))}")
        elif type(value) is not KEYS[key]:
            defects.append(f"the key “{key}” takes a value of type {KEYS[key].__name__}")
        else:
            keys[key] = value
    defects += [f"the key “{key}” is missing" for key in KEYS if key not in keys]
    for clock, limit in raw.get("clocks", {}).items():
        try:
            read_limit(str(limit))
            clocks[clock] = str(limit)
        except ValueError as error:
            defects.append(f"the clock “{clock}”: {error}")
    defects += _limits(keys)
    terms: dict[str, Words] = dict(base.terms if base else ())
    title = None
    for key, texts in [("title", raw.get("title")), *raw.get("terms", {}).items()]:
        try:
            made = Words(tuple(sorted(texts.items())))
        except (ValueError, AttributeError):
            defects.append(f"“{key}” needs a text in each of: {', '.join(LANGUAGES)}")
            continue
        if key == "title":
            title = made
        else:
            terms[key] = made
    if not isinstance(raw.get("name"), str) or not isinstance(raw.get("version"), int):
        defects.append("it needs a name and a version number")
    if defects or title is None:
        raise BadDefinition(name, defects)
    return Ruleset(raw["name"], raw["version"], title, tuple(sorted(keys.items())), tuple(sorted(clocks.items())),
                   tuple(sorted(terms.items())))


def _limits(keys: dict[str, Any]) -> list[str]:
    """What is wrong with the values taken together."""
    found = []
    for key, value in keys.items():
        if KEYS.get(key) is int and value < 0:
            found.append(f"the key “{key}” may not be negative")
    if keys.get("team.at_least", 0) > keys.get("team.at_most", 0):
        found.append("the key “team.at_least” may not exceed “team.at_most”")
    if keys.get("quorum.per_mille", 0) > 1000:
        found.append("the key “quorum.per_mille” may not exceed 1000")
    try:
        read_share(keys.get("extension.early", "1/3"))
    except ValueError as error:
        found.append(f"the key “extension.early”: {error}")
    week = keys.get("working_week", "")
    if len(week) != 7 or set(week) - {"0", "1"} or "1" not in week:
        found.append("the key “working_week” takes seven marks 0 or 1, Monday first, at least one of them 1")
    return found


def load_ruleset(path: Path, base: Ruleset | None = None) -> Ruleset:
    """A ruleset from a file."""
    return read_ruleset(path.read_text("utf-8"), path.name, base)


GENERIC = read_ruleset((files("workflows") / "rulesets" / "generic.toml").read_text("utf-8"), "generic.toml")
"""The ruleset that binds where no pack says otherwise."""

"""Packs: an organisation's own workflows, ruleset and terms, read from a folder of TOML files into the same frozen
data.

A folder has `pack.toml` (name, version, title), any number of `<workflow>.toml`, and perhaps `ruleset.toml`. Guards
are named from the allow-list with literal arguments; effects from the closed set; strings stand there in every shipped
language.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any

from workflows import inputs as kinds
from workflows.definition import START, State, Transition, Workflow
from workflows.effects import KINDS as EFFECTS
from workflows.effects import Effect
from workflows.entries import ENTRIES
from workflows.errors import BadDefinition
from workflows.guards import GUARDS, Guard
from workflows.roles import Role
from workflows.ruleset import GENERIC, Ruleset, load_ruleset
from workflows.words import Words

INPUTS: dict[str, type[kinds.Input]] = {
    cls.kind: cls
    for cls in (kinds.Text, kinds.Choice, kinds.Day, kinds.Number, kinds.Yes, kinds.Person, kinds.Office, kinds.Unit,
                              kinds.Evidence, kinds.Many)
}
OTHER_FILES = ("pack.toml", "ruleset.toml", "mapping.toml", "demo.toml")
"""Files of a pack that are no workflow."""
READERS = {"everyone": kinds.EVERYONE, "parties": kinds.PARTIES, "handlers": kinds.HANDLERS}


@dataclass(frozen=True)
class Pack:
    """What one folder brings."""

    name: str
    workflows: tuple[Workflow, ...]
    ruleset: Ruleset | None


class _Reader:
    """Reads one TOML table, collecting defects instead of stopping at the first."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.defects: list[str] = []

    def words(self, at: str, value: Any) -> Words:
        try:
            return Words(tuple(sorted(value.items())))
        except (AttributeError, ValueError) as error:
            self.defects.append(f"{at}: needs a text in every shipped language ({error})")
            return Words((("en", "?"), ("vi", "?")))

    def only(self, at: str, table: Mapping[str, Any], allowed: set[str]) -> None:
        self.defects += [f"{at}: unknown key “{key}”; possible: {', '.join(sorted(allowed))}" for key in table
                         if key not in allowed]

    def guard(self, at: str, value: Any) -> Guard | None:
        table: dict[str, Any] = {"guard": value} if isinstance(value, str) else dict(value)
        name = str(table.pop("guard", None))
        if name not in GUARDS:
            self.defects.append(f"{at}: there is no guard “{name}”; the guards are: {', '.join(sorted(GUARDS))}")
            return None
        try:
            return GUARDS[name](**table)
        except ValueError as error:
            self.defects.append(f"{at}: {error}")
            return None

    def effect(self, at: str, value: Any) -> Effect | None:
        table: dict[str, Any] = {"effect": value} if isinstance(value, str) else dict(value)
        kind = EFFECTS.get(str(table.pop("effect", None)))
        if kind is None:
            self.defects.append(f"{at}: there is no such effect; the effects are: {', '.join(sorted(EFFECTS))}")
            return None
        if "role" in table:
            table["role"] = self.roles(at, [table["role"]])[0]
        if "copy" in table:
            pairs = table["copy"]
            if not isinstance(pairs, list) or any(not isinstance(pair, list) or len(pair) != 2 for pair in pairs):
                self.defects.append(f"{at}: “copy” takes pairs [ours, theirs]")
                return None
            table["copy"] = tuple((str(a), str(b)) for a, b in pairs)
        if isinstance(table.get("anew"), list):
            table["anew"] = tuple(str(name) for name in table["anew"])
        allowed = {f.name for f in fields(kind)}
        missing = [f.name for f in fields(kind) if f.default is MISSING and f.name not in table]
        if missing or set(table) - allowed:
            self.defects.append(f"{at}: the effect takes {', '.join(sorted(allowed)) or 'nothing'}")
            return None
        return kind(**table)

    def roles(self, at: str, names: Any) -> tuple[Role, ...]:
        found = []
        for name in names:
            try:
                found.append(Role(name))
            except ValueError:
                self.defects.append(f"{at}: there is no role “{name}”")
        return tuple(found) or (Role.CHAIR,)

    def input(self, at: str, table: Mapping[str, Any]) -> kinds.Input | None:
        values = dict(table)
        name = values.get("name", "?")
        at = f"{at}, input “{name}”"
        cls = INPUTS.get(str(values.pop("kind", "")))
        if cls is None:
            self.defects.append(f"{at}: unknown kind; the kinds are: {', '.join(sorted(INPUTS))}")
            return None
        values["label"] = self.words(at, values.get("label"))
        if "help" in values:
            values["help"] = self.words(at, values["help"])
        for key, table_of in (("klass", {k.value: k for k in kinds.Klass}), ("readers", READERS)):
            written = values.get("class") if key == "klass" else values.get("readers")
            if written not in table_of:
                self.defects.append(f"{at}: needs {'class' if key == 'klass' else key}, one of: {', '.join(table_of)}")
                written = next(iter(table_of))
            values[key] = table_of[written]  # type: ignore[index]
        values.pop("class", None)
        if "options" in values:
            values["options"] = tuple((code, self.words(f"{at}, option “{code}”", texts)) for code,
                                      texts in values["options"].items())
        if "of" in values:
            values["of"] = tuple(i for row in values["of"] if (i := self.input(at, row)) is not None)
        allowed = {f.name for f in fields(cls)}
        self.only(at, values, allowed)
        try:
            return cls(**{k: v for k, v in values.items() if k in allowed})
        except TypeError as error:
            self.defects.append(f"{at}: {error}")
            return None

    def transition(self, table: Mapping[str, Any]) -> Transition | None:
        trigger = str(table.get("trigger", "?"))
        at = f"transition “{trigger}”"
        self.only(at, table,
                  {"trigger", "label", "source", "dest", "who", "guards", "inputs", "effects", "help", "standing",
                   "while_paused", "unasked"})
        for key in ("trigger", "source", "dest", "who"):
            if key not in table:
                self.defects.append(f"{at}: “{key}” is missing")
                return None
        source = table["source"]
        return Transition(
            trigger=trigger,
            label=self.words(at, table.get("label")),
            source=tuple(source) if isinstance(source, list) else str(source),
            dest=str(table["dest"]),
            who=self.roles(at, table["who"]),
            guards=tuple(g for v in table.get("guards", ()) if (g := self.guard(at, v)) is not None),
            inputs=tuple(i for v in table.get("inputs", ()) if (i := self.input(at, v)) is not None),
            effects=tuple(e for v in table.get("effects", ()) if (e := self.effect(at, v)) is not None),
            help=self.words(at, table["help"]) if "help" in table else None,
            standing=bool(table.get("standing", False)),
            while_paused=bool(table.get("while_paused", False)),
            unasked=bool(table.get("unasked", False)))


def read_workflow(text: str, where: str) -> Workflow:
    """A workflow from TOML. Raises `BadDefinition` naming every defect."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadDefinition(where, [f"it is not TOML: {error}"]) from error
    r = _Reader(where)
    r.only("the workflow", raw,
           {"name", "version", "title", "states", "transitions", "fast", "parents", "needs_parent", "entries"})
    states = []
    for name, table in raw.get("states", {}).items():
        r.only(f"state “{name}”", table, {"label", "final", "settled"})
        states.append(State(name, r.words(f"state “{name}”", table.get("label")), bool(table.get("final")),
                            bool(table.get("settled"))))
    transitions = tuple(t for table in raw.get("transitions", ()) if (t := r.transition(table)) is not None)
    if not isinstance(raw.get("name"), str) or not isinstance(raw.get("version"), int):
        r.defects.append("it needs a name and a version number")
    title = r.words("title", raw.get("title"))
    if r.defects:
        raise BadDefinition(where, r.defects)
    return Workflow(name=raw["name"], version=raw["version"], title=title, states=tuple(states),
                    transitions=transitions,
                    entries=ENTRIES if raw.get("entries", True) else (), fast=bool(raw.get("fast")),
                    parents=tuple(raw.get("parents", ())), needs_parent=bool(raw.get("needs_parent")))


def load_workflow(path: Path) -> Workflow:
    """A workflow from a TOML file; see `read_workflow`."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadDefinition(path.name, [f"it cannot be read: {error}"]) from error
    return read_workflow(text, path.name)


def load_pack(folder: Path) -> Pack:
    """Everything a pack folder brings. Raises `BadDefinition` where it is not sound."""
    head = folder / "pack.toml"
    if not head.is_file():
        raise BadDefinition(str(folder.name), ["a pack folder needs a file pack.toml with its name"])
    try:
        name = tomllib.loads(head.read_text("utf-8")).get("name")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadDefinition("pack.toml", [f"it is not TOML: {error}"]) from error
    if not isinstance(name, str):
        raise BadDefinition("pack.toml", ["it needs a name"])
    rules = folder / "ruleset.toml"
    flows = tuple(load_workflow(path) for path in sorted(folder.glob("*.toml")) if path.name not in OTHER_FILES)
    return Pack(name, flows, load_ruleset(rules, GENERIC) if rules.is_file() else None)


__all__ = ["START", "Pack", "load_pack", "load_workflow", "read_workflow"]

"""Packs: an organisation's own workflows, ruleset and terms, read from a folder of TOML files into the same frozen
data.

A folder has `pack.toml` (name, version, title), any number of `<workflow>.toml`, and perhaps `ruleset.toml`. Guards
are named from the allow-list with literal arguments; effects from the closed set; strings stand there in every shipped
language.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, replace
from pathlib import Path
from typing import Any

from workflows import inputs as kinds
from workflows.definition import START, State, Transition, Workflow
from workflows.effects import KINDS as EFFECTS
from workflows.effects import Effect
from workflows.entries import ENTRIES
from workflows.errors import WHOLE, BadDefinition, Defect, Place
from workflows.guards import GUARDS, Guard
from workflows.lint import find
from workflows.lint_acts import is_code
from workflows.paper_kinds import GENERIC_KINDS, PaperKind, load_kinds
from workflows.register_entries import REGISTER_ENTRIES
from workflows.retention import CONCLUDED
from workflows.roles import Role
from workflows.ruleset import GENERIC, Ruleset, load_ruleset
from workflows.toml_lines import Lines
from workflows.words import Words

INPUTS: dict[str, type[kinds.Input]] = {
    cls.kind: cls
    for cls in (kinds.Text, kinds.Choice, kinds.Day, kinds.Number, kinds.Yes, kinds.Person, kinds.Office, kinds.Unit,
                              kinds.Case, kinds.Evidence, kinds.Many)
}
OTHER_FILES = ("pack.toml", "ruleset.toml", "mapping.toml", "demo.toml", "papers.toml")
"""Files of a pack that are no workflow."""
_TYPES: dict[str, tuple[type, ...]] = {"int": (int,), "bool": (bool,), "str": (str,), "str | None": (str,)}
"""Plain types of declarations, as they are written in Python, with what TOML gives for them."""
ENTRIES_OF: dict[object, tuple[Transition, ...]] = {True: ENTRIES, False: (), "register": REGISTER_ENTRIES}
"""What a workflow's “entries” may be: those of every case, none, or those of a case that a register tells of."""
READERS = {"everyone": kinds.EVERYONE, "parties": kinds.PARTIES, "handlers": kinds.HANDLERS}


@dataclass(frozen=True)
class Pack:
    """What one folder brings. `recorded` is a pack for histories that were lived elsewhere."""

    name: str
    workflows: tuple[Workflow, ...]
    ruleset: Ruleset | None
    recorded: bool = False
    papers: tuple[PaperKind, ...] = ()


class _Reader:
    """Reads one TOML table, collecting defects instead of stopping at the first. `place` is where it is reading."""

    def __init__(self) -> None:
        self.place = WHOLE
        self.defects: list[Defect] = []

    def wrong(self, sentence: str) -> None:
        self.defects.append(Defect(sentence, self.place))

    def words(self, at: str, value: Any) -> Words:
        try:
            return Words(tuple(sorted(value.items())))
        except (AttributeError, ValueError) as error:
            self.wrong(f"{at}: needs a text in every shipped language ({error})")
            return Words((("en", "?"), ("vi", "?")))

    def only(self, at: str, table: Mapping[str, Any], allowed: set[str]) -> None:
        for key in table:
            if key not in allowed:
                self.wrong(f"{at}: unknown key “{key}”; possible: {', '.join(sorted(allowed))}")

    def kept(self, name: str, table: Mapping[str, Any]) -> str:
        """What a case that ended in the state is kept as."""
        what = table.get("kept", CONCLUDED)
        if not isinstance(what, str) or not is_code(what):
            self.wrong(f"state “{name}”: “kept” is a name, as in the key retention.<name> of a ruleset")
            return CONCLUDED
        return what

    def guard(self, at: str, value: Any) -> Guard | None:
        table: dict[str, Any] = {"guard": value} if isinstance(value, str) else dict(value)
        name = str(table.pop("guard", None))
        if name not in GUARDS:
            self.wrong(f"{at}: there is no guard “{name}”; the guards are: {', '.join(sorted(GUARDS))}")
            return None
        try:
            return GUARDS[name](**table)
        except ValueError as error:
            self.wrong(f"{at}: {error}")
            return None

    def effect(self, at: str, value: Any) -> Effect | None:
        table: dict[str, Any] = {"effect": value} if isinstance(value, str) else dict(value)
        kind = EFFECTS.get(str(table.pop("effect", None)))
        if kind is None:
            self.wrong(f"{at}: there is no such effect; the effects are: {', '.join(sorted(EFFECTS))}")
            return None
        if "role" in table:
            table["role"] = self.roles(at, [table["role"]])[0]
        if "copy" in table:
            pairs = table["copy"]
            if not isinstance(pairs, list) or any(not isinstance(pair, list) or len(pair) != 2 for pair in pairs):
                self.wrong(f"{at}: “copy” takes pairs [ours, theirs]")
                return None
            table["copy"] = tuple((str(a), str(b)) for a, b in pairs)
        if isinstance(table.get("anew"), list):
            table["anew"] = tuple(str(name) for name in table["anew"])
        allowed = {f.name for f in fields(kind)}
        missing = [f.name for f in fields(kind) if f.default is MISSING and f.name not in table]
        if missing or set(table) - allowed:
            self.wrong(f"{at}: the effect takes {', '.join(sorted(allowed)) or 'nothing'}")
            return None
        return kind(**table) if self.fits(at, kind, table) else None

    def roles(self, at: str, names: Any) -> tuple[Role, ...]:
        found = []
        for name in names:
            try:
                found.append(Role(name))
            except ValueError:
                self.wrong(f"{at}: there is no role “{name}”")
        return tuple(found) if found or not names else (Role.CHAIR,)

    def fits(self, at: str, cls: type, values: Mapping[str, Any]) -> bool:
        """Whether plain values are of the types that a declaration takes."""
        wrong = [(f.name, str(f.type)) for f in fields(cls) if f.name in values and str(f.type) in _TYPES
                 and type(values[f.name]) not in _TYPES[str(f.type)]]
        for name, kind in wrong:
            self.wrong(f"{at}: “{name}” takes a value of type {kind.removesuffix(' | None')}")
        return not wrong

    def input(self, at: str, table: Mapping[str, Any]) -> kinds.Input | None:
        before, self.place = self.place, self.place.at(str(table.get("name", "?")))
        read = self._input(at, table)
        self.place = before
        return read

    def _input(self, at: str, table: Mapping[str, Any]) -> kinds.Input | None:
        values = dict(table)
        name = values.get("name", "?")
        at = f"{at}, input “{name}”"
        cls = INPUTS.get(str(values.pop("kind", "")))
        if cls is None:
            self.wrong(f"{at}: unknown kind; the kinds are: {', '.join(sorted(INPUTS))}")
            return None
        values["label"] = self.words(at, values.get("label"))
        if "help" in values:
            values["help"] = self.words(at, values["help"])
        for key, table_of in (("klass", {k.value: k for k in kinds.Klass}), ("readers", READERS)):
            written = values.get("class") if key == "klass" else values.get("readers")
            if written not in table_of:
                self.wrong(f"{at}: needs {'class' if key == 'klass' else key}, one of: {', '.join(table_of)}")
                written = next(iter(table_of))
            values[key] = table_of[written]  # type: ignore[index]
        values.pop("class", None)
        if "options" in values:
            values["options"] = tuple((code, self.words(f"{at}, option “{code}”", texts)) for code, texts in _tables(values["options"]).items())
        if "of" in values:
            values["of"] = tuple(i for row in _rows(values["of"]) if (i := self.input(at, row)) is not None)
        allowed = {f.name for f in fields(cls)}
        self.only(at, values, allowed)
        if not self.fits(at, cls, values):
            return None
        try:
            return cls(**{k: v for k, v in values.items() if k in allowed})
        except TypeError as error:
            self.wrong(f"{at}: {error}")
            return None

    def transition(self, table: Mapping[str, Any]) -> Transition | None:
        trigger = str(table.get("trigger", "?"))
        at = f"transition “{trigger}”"
        self.only(at, table,
                  {"trigger", "label", "source", "dest", "who", "guards", "inputs", "effects", "help", "standing",
                   "while_paused", "approves", "unasked"})
        for key in ("trigger", "source", "dest", "who"):
            if key not in table:
                self.wrong(f"{at}: “{key}” is missing")
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
            approves=str(table["approves"]) if "approves" in table else None,
            unasked=bool(table.get("unasked", False)))


def read_workflow(text: str, where: str, *, recorded: bool = False) -> Workflow:
    """A workflow from TOML, checked. Raises `BadDefinition` naming every defect and the line on which it stands."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadDefinition(where, [f"it is not TOML: {error}"]) from error
    tables = _rows(raw.get("transitions", []))
    r = _Reader()
    if any(type(raw.get(key, kind())) is not kind for key, kind in (("transitions", list), ("states", dict))) or (
            len(tables), len(_tables(raw.get("states")))) != (len(raw.get("transitions", ())), len(raw.get("states", ()))):
        r.wrong("“states” and “transitions” are tables: [states.name] and [[transitions]]")
    r.only("the workflow", raw,
           {"name", "version", "title", "states", "transitions", "fast", "parents", "needs_parent", "entries"})
    states = []
    for name, table in _tables(raw.get("states", {})).items():
        r.place = Place(state=name)
        r.only(f"state “{name}”", table, {"label", "final", "settled", "punishes", "kept", "put_away"})
        states.append(State(name, r.words(f"state “{name}”", table.get("label")), bool(table.get("final")),
                            bool(table.get("settled")), bool(table.get("punishes")), r.kept(name, table),
                            bool(table.get("put_away"))))
    transitions = []
    for n, table in enumerate(tables):
        r.place = Place(transition=n)
        transitions.append(r.transition(table))
    r.place = WHOLE
    if not isinstance(raw.get("name"), str) or not isinstance(raw.get("version"), int):
        r.wrong("it needs a name and a version number")
    title = r.words("title", raw.get("title"))
    if not isinstance(raw.get("entries", True), bool | str) or raw.get("entries", True) not in ENTRIES_OF:
        r.wrong("“entries” is true, false or \"register\"")
    found = r.defects
    if not found:
        made = Workflow(name=raw["name"], version=raw["version"], title=title, states=tuple(states),
                        transitions=tuple(t for t in transitions if t is not None),
                        entries=ENTRIES_OF[raw.get("entries", True)], fast=bool(raw.get("fast")),
                        parents=tuple(raw.get("parents", ())), needs_parent=bool(raw.get("needs_parent")), recorded=recorded, checked=False)
        found = find(made)
    if found:
        lines = Lines(text)
        raise BadDefinition(where, [d.sentence for d in found], [lines.of(d.place, len(tables)) for d in found])
    return made


def _rows(value: Any) -> list[Mapping[str, Any]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _tables(value: Any) -> dict[str, Mapping[str, Any]]:
    return {name: table for name, table in value.items() if isinstance(table, dict)} if isinstance(value, dict) else {}


def load_workflow(path: Path, *, recorded: bool = False) -> Workflow:
    """A workflow from a TOML file; see `read_workflow`."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadDefinition(path.name, [f"it cannot be read: {error}"]) from error
    return read_workflow(text, path.name, recorded=recorded)


def is_recorded(folder: Path) -> bool:
    """Whether the pack in this folder says that it is for histories lived elsewhere."""
    head = folder / "pack.toml"
    return head.is_file() and _head(head).get("recorded") is True


def _head(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadDefinition("pack.toml", [f"it is not TOML: {error}"]) from error


def load_pack(folder: Path, *, shipped: bool = False) -> Pack:
    """Everything a pack folder brings; the ruleset of one that is `shipped` names its sources. Raises `BadDefinition` where it is not sound."""
    head = folder / "pack.toml"
    if not head.is_file():
        raise BadDefinition(str(folder.name), ["a pack folder needs a file pack.toml with its name"])
    told = _head(head)
    name, recorded = told.get("name"), told.get("recorded", False)
    if not isinstance(name, str):
        raise BadDefinition("pack.toml", ["it needs a name"])
    if not isinstance(recorded, bool):
        raise BadDefinition("pack.toml", ["“recorded” is true or false"])
    rules = folder / "ruleset.toml"
    flows = tuple(load_workflow(path, recorded=recorded) for path in sorted(folder.glob("*.toml")) if path.name not in OTHER_FILES)
    bound = replace(load_ruleset(rules, GENERIC, shipped=shipped), recorded=recorded) if rules.is_file() else None
    papers = folder / "papers.toml"
    if papers.is_file() and bound is None:
        raise BadDefinition("papers.toml", ["papers belong to a ruleset; the pack has none"])
    drawn = load_kinds(papers, bound.name, GENERIC_KINDS) if bound is not None and papers.is_file() else ()
    return Pack(name, flows, bound, recorded, drawn)


__all__ = ["START", "Pack", "is_recorded", "load_pack", "load_workflow", "read_workflow"]

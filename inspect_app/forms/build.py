"""Forms drawn from the declared inputs. They show and carry; nothing is validated here, the gate in `schemas` does that."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    FileField,
    Form,
    FormField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.widgets import CheckboxInput, ListWidget

from inspect_app.errors import Problem
from workflows.inputs import Case, Choice, Day, Evidence, Input, Listed, Many, Number, Office, Person, Text, Unit, Yes

MOST_ROWS = 50
ROWS_OF = "rows_of"
"""The button by which a form says of which of its lists the rows come from a table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File(Input):
    """A file that comes with a form. It goes into the store of files; no act is told of it as a value."""

    kind: ClassVar[str] = "file"
    name: str = "file"
    required: bool = False


@dataclass(frozen=True)
class Lists:
    """What the lists of a form offer: (value, words) each."""

    people: Sequence[tuple[str, str]] = ()
    offices: Sequence[tuple[str, str]] = ()
    units: Sequence[tuple[str, str]] = ()
    evidence: Sequence[tuple[str, str]] = ()
    bodies: Sequence[tuple[str, str]] = ()
    listed: Callable[[str], Sequence[tuple[str, str]]] = lambda of: ()
    """The codes that the ruleset lists, by the name of the list."""
    cases: Callable[[Case], Sequence[tuple[str, str]]] = lambda asked: ()
    """The cases of which one may be named."""


@dataclass
class Drawn:
    """A form ready to be shown: its fields in order, the problems of each by name, and those of none."""

    form: Form
    inputs: Mapping[str, Input]
    problems: dict[str, list[str]] = field(default_factory=dict)
    general: list[str] = field(default_factory=list)
    tables: bool = False
    """Whether the page takes rows from a table, where an input says so."""
    taken: int | None = None
    """So many rows were taken from one just now."""
    beside: dict[str, str] = field(default_factory=dict)
    """What is known of a field before it is answered, by name."""

    @property
    def with_files(self) -> bool:
        """Whether a file may come with it."""
        return any(isinstance(i, File) or (self.tables and isinstance(i, Many) and i.from_table) for i in self.inputs.values())

    def called(self, name: str) -> str:
        """What a field is called, a row's field with the number of its row."""
        parts = name.split("-")
        label = next((str(f.label.text) for f in walk(self.form) if f.name == name), name)
        return f"{self.form[parts[0]].label.text} {int(parts[1]) + 1}, {label}" if len(parts) == 3 else label

    def show(self, found: Sequence[Problem]) -> None:
        """Put each problem beside its field; `/data/team/0/person` belongs to the row's field."""
        for p in found:
            parts = [part for part in p.pointer.split("/") if part]
            name = "-".join(parts[1:] if parts[:1] == ["data"] else parts)
            known = {f.name for f in walk(self.form)}
            if name in known:
                self.problems.setdefault(name, []).append(p.message)
            else:
                outer = name.split("-")[0]
                self.problems.setdefault(outer, []).append(p.message) if outer in known else self.general.append(p.message)


def walk(form: Any) -> list[Field]:
    """Every field of a form, those of rows included."""
    found: list[Field] = []
    for one in form:
        found.append(one)
        if isinstance(one, FieldList):
            for entry in one.entries:
                found += [entry, *walk(entry.form)]
    return found


def _choices(pairs: Sequence[tuple[str, str]], *, blank: bool = True) -> list[SelectChoice]:
    return [*([SelectChoice("", "–")] if blank else []), *(SelectChoice(value, label) for value, label in pairs)]


def _to_tick(described: Mapping[str, Any], pairs: Sequence[tuple[str, str]]) -> Any:
    """A list of which any number may be ticked."""
    return SelectMultipleField(label=described["label"], choices=_choices(pairs, blank=False), widget=ListWidget(prefix_label=False),
                               option_widget=CheckboxInput(), validate_choice=False)


def _field(i: Input, label: str, lists: Lists, language: str, rows: int = 0) -> Any:
    described: dict[str, Any] = {"label": label, "render_kw": {"aria-required": "true"} if i.required else {}}
    match i:
        case Text(lines=True):
            return TextAreaField(**described)
        case Text():
            return StringField(**described)
        case File():
            return FileField(**described)
        case Day():
            return StringField(**{**described, "render_kw": described["render_kw"] | {"type": "date"}})
        case Number():
            return StringField(**{**described, "render_kw": described["render_kw"] | {"inputmode": "numeric"}})
        case Yes():
            return BooleanField(**described, false_values=("", "false"))
        case Evidence():
            return _to_tick(described, lists.evidence)
        case Listed(several=True):
            return _to_tick(described, lists.listed(i.of))
        case Listed():
            return SelectField(**described, choices=_choices(lists.listed(i.of)), validate_choice=False)
        case Choice():
            return SelectField(**described, choices=_choices([(code, words.say(language)) for code, words in i.options]), validate_choice=False)
        case Person():
            return SelectField(**described, choices=_choices(lists.people), validate_choice=False)
        case Case():
            return SelectField(**described, choices=_choices(lists.cases(i)), validate_choice=False)
        case Office():
            return SelectField(**described, choices=_choices(lists.offices), validate_choice=False)
        case Unit():
            return SelectField(**described, choices=_choices(lists.bodies if i.bodies else lists.units), validate_choice=False)
        case Many(of=(Unit() as only,)):
            return _to_tick(described, lists.bodies if only.bodies else lists.units)
        case Many():
            row = type("Row", (Form,), {c.name: _field(c, c.label.say(language), lists, language) for c in i.of})
            return FieldList(FormField(row), label=label, min_entries=rows, max_entries=MOST_ROWS)
    raise TypeError(f"no form field for an input of kind {i.kind}")


def draw(
    inputs: Sequence[Input],
    labels: Mapping[str, str],
    lists: Lists,
    language: str,
    sent: MultiDict[str, str] | None = None,
    before: Mapping[str, Any] | None = None,
) -> Drawn:
    """The form of these inputs in a language, filled with what was `sent`, or what was there `before`.

    A row is added where `sent` has `add` = the input's name, and taken away where it has `remove` = name-number."""
    made = type(
        "Inputs",
        (Form,),
        {i.name: _field(i, labels[i.name], lists, language, max(i.at_least, 1) if isinstance(i, Many) and i.required else 0) for i in inputs},
    )
    form = made(sent, data=dict(before or {})) if sent is not None else made(data=dict(before or {}))
    if sent is not None:
        name = sent.get("add")
        if name and isinstance(getattr(form, name, None), FieldList) and len(form[name].entries) < MOST_ROWS:
            form[name].append_entry()
        name, _, n = (sent.get("remove") or "").rpartition("-")
        if name and n.isdigit() and isinstance(getattr(form, name, None), FieldList):
            form[name].entries = [e for e in form[name].entries if e.name != f"{name}-{n}"]
    return Drawn(form, {i.name: i for i in inputs})


def only_rows_change(sent: MultiDict[str, str]) -> bool:
    """Whether the form was sent to add or take away a row, or to take them from a table, not to act."""
    return "add" in sent or "remove" in sent or ROWS_OF in sent


def only_looks(sent: MultiDict[str, str]) -> bool:
    """Whether the form was sent to see what follows from what was typed so far, not to act."""
    return "look" in sent


def raw(inputs: Sequence[Input], form: Any) -> dict[str, Any]:
    """What the form says, as the JSON door would be told it; what is empty is left out."""
    told: dict[str, Any] = {}
    for i in inputs:
        value = _raw(i, form[i.name])
        if value is not None:
            told[i.name] = value
    return told


def _raw(i: Input, one: Any) -> Any:
    if isinstance(i, Many) and isinstance(one, SelectMultipleField):
        return [{i.of[0].name: value} for value in one.data or ()] or None
    if isinstance(i, Many):
        rows = [raw(i.of, entry.form) for entry in one.entries]
        return [row for row in rows if row] or (None if not i.required else [])
    if isinstance(i, File):
        return None
    if isinstance(i, Yes):
        return True if one.data else None
    if isinstance(i, Evidence):
        return [int(n) for n in one.data or () if str(n).isdigit()] or None
    if isinstance(i, Listed) and i.several:
        return list(one.data or ()) or None
    text = (one.data or "").strip().replace("\r\n", "\n")
    if not text:
        return None
    if isinstance(i, Number):
        return int(text) if text.lstrip("-").isascii() and text.lstrip("-").isdigit() and len(text) < 16 else text
    return text


__all__ = ["Drawn", "File", "Lists", "draw", "only_looks", "only_rows_change", "raw", "walk"]

"""The linter on acts: who does them, what is asked, and what their effects take from it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from workflows import effects as fx
from workflows import inputs as kinds
from workflows.errors import Defect, Place
from workflows.inputs import EVERYONE, Choice, Computed, Day, Input, Klass, Many, Number, Person, Text
from workflows.roles import GRANTED, OF_OFFICE, Role

if TYPE_CHECKING:
    from workflows.definition import Transition, Workflow

MOST_ROWS = 50
"""So many rows a form draws."""

RESERVED = frozenset({"add", "csrf_token", "key", "occurred_on", "on_behalf_of", "recorded_for", "remove", "seen", "shown"})
"""Names of fields that every form has for itself."""

NAMES_INPUTS: dict[str, tuple[str, ...]] = {
    "appoint": ("input", "until"), "away": ("since", "until"), "dismiss": ("input",), "due": ("input",),
    "erase": ("input",), "extend": ("until",), "move": ("input",), "outage": ("since", "until"),
    "reinstate": ("input",), "route": ("about", "apart", "kind_of", "named"), "sanction": ("input", "effective", "expires"),
    "seat": ("input",), "startclock": ("until", "not_before"), "withdraw": ("input",)}
"""The fields of effects that name an input of the same act."""


def is_code(name: str) -> bool:
    """Whether a name may be used in events, tables and addresses."""
    return name.isidentifier() and name.isascii() and name == name.lower()


def acts(w: Workflow) -> Iterator[Defect]:
    """Who does what, and is asked what."""
    anywhere = {i.name for i in w.every_input}
    reachable = _parts_given(w)
    for place, t in w.numbered:
        yield from _who(t, place, {*Role} if t in w.entries else reachable)
        yield from _asked(f"“{t.trigger}”", t.inputs, place)
        codes = [g.code for g in t.checks]
        for code in sorted({c for c in codes if codes.count(c) > 1}):
            yield Defect(f"“{t.trigger}” asks the guard “{code}” twice", place)
        for asked in (value for g in t.checks for key, value in g.args if key == "trigger"):
            if asked not in w.triggers:
                yield Defect(f"“{t.trigger}” asks about a step “{asked}” that does not exist", place)
        for e in t.effects:
            yield from (Defect(f"“{t.trigger}”: {found}", place) for found in _effect(e, t, anywhere))


def _who(t: Transition, place: Place, reachable: set[Role]) -> Iterator[Defect]:
    if not t.who:
        yield Defect(f"“{t.trigger}” names nobody who may do it", place)
    elif Role.SYSTEM in t.who and len(t.who) > 1:
        yield Defect(f"“{t.trigger}” is fired by a clock and may not be a person's as well", place)
    elif Role.SYSTEM not in t.who and not reachable & set(t.who):
        yield Defect(f"“{t.trigger}” is for a part that nothing gives to anybody: {', '.join(t.who)}", place)


def _parts_given(w: Workflow) -> set[Role]:
    """Parts that come by grant, that anyone has who reports, or that an effect of this workflow gives."""
    given = {*GRANTED, Role.REPORTER}
    for _, t in w.numbered:
        for e in t.effects:
            match e:
                case fx.Seat() | fx.Route():
                    given |= {Role.DECIDER, Role.OFFICER}
                case fx.Serve():
                    pass
                case _ if isinstance(part := getattr(e, "role", None), Role):
                    given.add(part)
    return given


# What is asked --------------------------------------------------------------------------------------------------------


def _asked(at: str, inputs: tuple[Input, ...], place: Place) -> Iterator[Defect]:
    names = [i.name for i in inputs]
    for name in sorted({n for n in names if names.count(n) > 1}):
        yield Defect(f"{at} asks for “{name}” twice", place.at(name))
    about_a_person = any(isinstance(i, Person) for i in inputs)
    for i in inputs:
        here = place.at(i.name)
        yield from (Defect(f"{at}: the input {found}", here) for found in (*_declared(i), *_drawn(i), *_criterion(i, about_a_person)))
        if isinstance(i, Many):
            yield from _asked(f"{at}: “{i.name}”", i.of, here)


def _declared(i: Input) -> Iterator[str]:
    """Every input has a name, a class and readers, and they fit each other."""
    if not is_code(i.name):
        yield f"name “{i.name}” must be lower-case letters, digits and underscores"
    if i.name in RESERVED:
        yield f"name “{i.name}” belongs to every form"
    if i.klass not in set(Klass):
        yield f"“{i.name}” has no class"
    if not i.readers:
        yield f"“{i.name}” has no readers"
    elif i.klass is Klass.SEALED and set(EVERYONE) <= set(i.readers):
        yield f"“{i.name}” is sealed, and everyone may read it"
    if isinstance(i, Person) and i.klass is Klass.PLAIN:
        yield f"“{i.name}” names a person, and its class is plain"


def _drawn(i: Input) -> Iterator[str]:
    """A form can draw it, and something can be filled in."""
    if type(i) not in vars(kinds).values():
        yield f"“{i.name}” is of a kind that no form can draw: {i.kind or type(i).__name__}"
    match i:
        case Choice():
            codes = [code for code, _ in i.options]
            if not codes or "" in codes or len(set(codes)) < len(codes):
                yield f"“{i.name}” cannot be drawn: its options need codes, at least one, each once"
        case Text() | Number():
            if i.at_least > i.at_most or i.at_most < 1:
                yield f"“{i.name}” cannot be filled in: at least {i.at_least}, at most {i.at_most}"
        case Day():
            if i.when not in ("any", "past", "future"):
                yield f"“{i.name}” cannot be drawn: a day lies in the past, the future or any, not “{i.when}”"
        case Many():
            if not i.of:
                yield f"“{i.name}” cannot be drawn: rows need columns"
            if any(isinstance(column, Many) for column in i.of):
                yield f"“{i.name}” cannot be drawn: there are no rows in rows"
            if i.at_least > i.at_most or i.at_most < 1 or i.at_least > MOST_ROWS:
                yield f"“{i.name}” cannot be filled in: at least {i.at_least}, at most {i.at_most} rows, and a form draws {MOST_ROWS}"


_OF_THE_MIND = re.compile(r"\b(attitudes?|beliefs?|ideolog\w*|loyal\w*|allegiances?|opinions?|thoughts?|worldviews?|"
                          r"thái độ|tư tưởng|trung thành|niềm tin|quan điểm|chính kiến|lập trường|tín nhiệm)\b", re.IGNORECASE)
_RATING = re.compile(r"\b(scores?|scoring|rat(?:e|es|ed|ing|ings)|rank(?:s|ed|ing|ings)?|grad(?:e|es|ed|ing)|stars|"
                     r"xếp loại|xếp hạng|chấm điểm|điểm số)\b", re.IGNORECASE)


def _criterion(i: Input, about_a_person: bool) -> Iterator[str]:
    """What is counted, chosen or ticked may not rate a person, nor what anybody thinks: criteria are about the work of units.

    People's own words are no criterion."""
    if isinstance(i, (Text, Many, Day, Person)):
        return
    said = [i.name.replace("_", " "), *(text for _, text in i.label.texts)]
    if isinstance(i, Choice):
        said += [piece for code, label in i.options for piece in (code.replace("_", " "), *(text for _, text in label.texts))]
    if any(_OF_THE_MIND.search(piece) for piece in said):
        yield f"“{i.name}” is a criterion about what a person thinks"
    elif about_a_person and any(_RATING.search(piece) for piece in said):
        yield f"“{i.name}” is a criterion that rates a person"


# What effects take ----------------------------------------------------------------------------------------------------


def _effect(e: fx.Effect, t: Transition, anywhere: set[str]) -> Iterator[str]:
    names = {i.name for i in t.inputs}
    told = (getattr(e, field, None) for field in NAMES_INPUTS.get(e.kind, ()))
    for missing in sorted({name for name in told if isinstance(name, str) and name not in names}):
        yield f"the effect {e.kind} speaks of an input “{missing}” that is not asked for"
    match e:
        case fx.Appoint(column=str(column)):
            rows = next((i for i in t.inputs if i.name == e.input), None)
            if rows is not None and not (isinstance(rows, Many) and column in {c.name for c in rows.of}):
                yield f"the effect appoint speaks of a column “{column}” that “{e.input}” does not have"
        case fx.Hold():
            if e.handling and e.role not in OF_OFFICE:
                yield f"the part “{e.role}” does not come with an office; those that do are {', '.join(OF_OFFICE)}"
            if e.input not in anywhere:
                yield f"the effect hold speaks of an input “{e.input}” that no act asks for"
        case fx.Tell() if e.to not in ("below", "beside", "above"):
            yield f"the effect tell reaches cases below, beside or above, not “{e.to}”"
        case fx.Open(rows=str(rows)) if not any(isinstance(i, (Many, Computed)) and i.name == rows for i in t.inputs):
            yield f"the effect open speaks of rows “{rows}” that are not asked for"
        case fx.Open(unit=str(unit)) if unit not in names | _columns(t, e.rows):
            yield f"the effect open speaks of a unit “{unit}” that is neither asked for nor a column of its rows"
    if isinstance(e, (fx.Open, fx.Tell)):
        for ours in _copied(e.copy):
            if ours not in anywhere:
                yield f"the effect {e.kind} takes over an input “{ours}” that no act asks for"


def _columns(t: Transition, rows: str | None) -> set[str]:
    """The columns of rows; those that are worked out have the columns of the rows from which they are."""
    if any(isinstance(i, Computed) and i.name == rows for i in t.inputs):
        return {"target", "unit"}
    return {c.name for i in t.inputs if isinstance(i, Many) and i.name == rows for c in i.of}


def _copied(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    """The inputs that a copy takes over, literals and the speaker left out."""
    yield from (ours for ours, _ in pairs if not ours.startswith("=") and ours != "@")

"""Workflows as frozen data that check themselves when they are loaded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from workflows import effects as fx
from workflows.errors import BadDefinition
from workflows.guards import (
    Guard,
    Rule,
    appeal_body_and_contact_are_named,
    case_is_not_paused,
    case_is_paused,
    late_entry_names_its_paper,
)
from workflows.inputs import PARTIES, Input, Klass, Many, Text, Unit
from workflows.roles import OF_OFFICE, Role
from workflows.words import Words, words

START = ""
"""Before the first event: the one start. An opening transition leads out of it."""
ANY = "*"
"""As a source: every state, final ones included only for entries. As a destination: the state stays."""

PAPER = Text(name="paper", label=words(en="Paper it comes from", vi="Giấy tờ làm căn cứ"), required=False, at_most=400,
             klass=Klass.PERSONAL, readers=PARTIES,
             help=words(en="File number, place, pages. Needed when it is entered after its day.",
                        vi="Số, nơi lưu, số trang. Bắt buộc khi ghi lại sau ngày xảy ra."))
"""Every act may name the paper it comes from."""


@dataclass(frozen=True, slots=True)
class State:
    """A state: final ones end the case; `settled` says that it has an owner and a date, or is decided, as others see
    it."""

    name: str
    label: Words
    final: bool = False
    settled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One rule: a trigger, from where, to where, who, under which guards, told what, leaving what."""

    trigger: str
    label: Words
    source: str | tuple[str, ...]
    dest: str
    who: tuple[Role, ...]
    guards: tuple[Guard | Rule, ...] = ()
    inputs: tuple[Input, ...] = ()
    effects: tuple[fx.Effect, ...] = ()
    help: Words | None = None
    standing: bool = False
    """It touches a person's standing: never in a batch."""
    while_paused: bool = False
    """It is open to a paused case too."""
    preview: str | None = None
    """A page shows this letter, as it would be read, before the act is carried out."""
    unasked: bool = False
    """It is open to somebody and waits for nobody: no work list asks for it."""

    @property
    def sources(self) -> tuple[str, ...]:
        return (self.source,) if isinstance(self.source, str) else self.source

    @property
    def checks(self) -> tuple[Guard, ...]:
        """The guards as they are asked."""
        return tuple(Guard(g) if isinstance(g, Rule) else g for g in self.guards)

    def law(self) -> dict[str, Any]:
        return {"trigger": self.trigger, "source": sorted(self.sources), "dest": self.dest, "who": [str(role) for role in self.who],
                "guards": [g.law() for g in self.checks], "inputs": [i.law() for i in self.inputs],
                "effects": [e.law() for e in self.effects], "standing": self.standing,
                "while_paused": self.while_paused}


def _complete(t: Transition, formal: bool) -> Transition:
    """The transition with what holds for every act: a paused case stands still, a late entry names its paper; and a
    formal matter begins only where it can be appealed against."""
    first, last = Guard(case_is_not_paused), Guard(late_entry_names_its_paper)
    guards, inputs = t.checks, t.inputs
    named = Guard(appeal_body_and_contact_are_named)
    if formal and t.sources == (START,) and named not in guards:
        guards = (named, *guards)
    resumes = any(isinstance(e, fx.Resume) for e in t.effects)
    if resumes:
        first = Guard(case_is_paused)
    if (resumes or (t.sources != (START,) and not t.while_paused)) and first not in guards:
        guards = (first, *guards)
    if Role.SYSTEM in t.who:
        return replace(t, guards=guards)
    if all(i.law() != PAPER.law() for i in inputs):
        inputs = (*inputs, PAPER)
    return replace(t, guards=guards if last in guards else (*guards, last), inputs=inputs)


@dataclass(frozen=True)
class Workflow:
    """A named, versioned state machine. Making one checks it: an unsound workflow cannot exist."""

    name: str
    version: int
    title: Words
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    entries: tuple[Transition, ...] = ()
    fast: bool = False
    parents: tuple[str, ...] = ()
    """Workflows under which this one may be opened; empty: under any, or on its own."""
    needs_parent: bool = False
    checked: bool = field(default=True, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "transitions", tuple(_complete(t, not self.fast and not self.needs_parent)
                                                            for t in self.transitions))
        object.__setattr__(self, "entries", tuple(_complete(t, False) for t in self.entries))
        if self.checked and (found := defects(self)):
            raise BadDefinition(f"{self.name}@{self.version}", found)

    @cached_property
    def by_name(self) -> dict[str, State]:
        return {s.name: s for s in self.states}

    @cached_property
    def edges(self) -> dict[tuple[str, str], Transition]:
        """(state, trigger) → transition, entries included."""
        table: dict[tuple[str, str], Transition] = {}
        for t in (*self.transitions, *self.entries):
            for source in t.sources:
                for state in self._spread(t, source):
                    table.setdefault((state, t.trigger), t)
        return table

    def _spread(self, t: Transition, source: str) -> tuple[str, ...]:
        if source != ANY:
            return (source,)
        return tuple(s.name for s in self.states if not s.final or t in self.entries)

    def edge(self, state: str, trigger: str) -> Transition | None:
        """The transition of this trigger out of this state, if there is one."""
        return self.edges.get((state, trigger))

    def out_of(self, state: str) -> tuple[Transition, ...]:
        """Every transition out of a state, in the order of the table."""
        return tuple(t for t in (*self.transitions, *self.entries) if self.edges.get((state, t.trigger)) is t)

    def arrives(self, state: str, t: Transition) -> str:
        """The state after the transition."""
        return state if t.dest == ANY else t.dest

    def is_final(self, state: str) -> bool:
        return state in self.by_name and self.by_name[state].final

    def is_settled(self, state: str) -> bool:
        return state in self.by_name and (self.by_name[state].settled or self.by_name[state].final)

    @property
    def openings(self) -> tuple[Transition, ...]:
        return tuple(t for t in self.transitions if START in t.sources)

    @cached_property
    def triggers(self) -> dict[str, tuple[Transition, ...]]:
        """Every trigger with its transitions, in the order of the table."""
        table: dict[str, tuple[Transition, ...]] = {}
        for t in (*self.transitions, *self.entries):
            table[t.trigger] = (*table.get(t.trigger, ()), t)
        return table

    @cached_property
    def _called(self) -> dict[str, dict[str, str]]:
        return {}

    def called(self, language: str) -> dict[str, str]:
        """What each trigger is called in a language."""
        if language not in self._called:
            self._called[language] = {trigger: ts[0].label.say(language) for trigger, ts in self.triggers.items()}
        return self._called[language]

    @cached_property
    def clocks(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(e.name for t in (*self.transitions, *self.entries) for e in t.effects
                                   if isinstance(e, fx.StartClock)))

    @cached_property
    def silent_clocks(self) -> tuple[str, ...]:
        """Time limits by which nothing is due: they only make the system act."""
        return tuple(sorted({e.name for t in (*self.transitions, *self.entries) for e in t.effects if isinstance(e, fx.StartClock) and e.silent}))

    @cached_property
    def protected_clocks(self) -> frozenset[str]:
        """Time limits that a changed calendar never shortens: all but such as only officials end by name."""
        return fx.protected_in((t.who, t.effects) for t in (*self.transitions, *self.entries))

    @cached_property
    def knows_absence(self) -> bool:
        """Whether leave and illness stop its time limits."""
        return any(isinstance(e, fx.Away) for t in (*self.transitions, *self.entries) for e in t.effects)

    @cached_property
    def held_role(self) -> Role | None:
        """The part of whoever answers for the office that handles a case; None where no office does."""
        return next((e.role for t in (*self.transitions, *self.entries) for e in t.effects if isinstance(e, fx.Hold) and e.handling), None)

    @cached_property
    def parts(self) -> frozenset[Role]:
        """Every part that its transitions give or ask for."""
        given = {e.role for t in self.transitions for e in t.effects if isinstance(e, (fx.Appoint, fx.Take, fx.Hold))}
        return frozenset(given.union(*(t.who for t in self.transitions)))

    @cached_property
    def every_input(self) -> tuple[Input, ...]:
        """All inputs of the workflow, each once, by name."""
        return tuple({i.name: i for t in (*self.transitions, *self.entries) for i in t.inputs}.values())

    def law(self) -> dict[str, Any]:
        """The law without its words: what the hash covers."""
        return {"name": self.name, "version": self.version, "fast": self.fast, "parents": sorted(self.parents),
                "needs_parent": self.needs_parent,
                "states": [{"name": s.name, "final": s.final, "settled": s.settled} for s in self.states],
                "transitions": [t.law() for t in self.transitions], "entries": [t.law() for t in self.entries]}

    @cached_property
    def law_bytes(self) -> bytes:
        """Canonical bytes of the law (RFC 8785 in the profile without floats)."""
        return json.dumps(self.law(), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    @cached_property
    def law_hash(self) -> str:
        """SHA-256 over the law, hexadecimal."""
        return hashlib.sha256(self.law_bytes).hexdigest()


def defects(w: Workflow) -> list[str]:
    """Everything wrong with a workflow, each as a sentence; an empty list for a sound one."""
    return [*_naming(w), *_shape(w), *_people(w), *_clocks(w), *_safeguards(w)]


def _naming(w: Workflow) -> Iterator[str]:
    names = [s.name for s in w.states]
    for name in sorted({n for n in names if names.count(n) > 1}):
        yield f"the state “{name}” is declared twice"
    for name in sorted({n for n in names if not _is_code(n)}):
        yield f"the state name “{name}” must be lower-case letters, digits and underscores"
    for t in (*w.transitions, *w.entries):
        if not _is_code(t.trigger) or t.trigger == "state":
            yield f"the trigger “{t.trigger}” must be lower-case letters, digits and underscores, and not “state”"
        if t.dest == START or (t.dest == ANY and START in t.sources):
            yield f"“{t.trigger}” leads to the start, where no case stands"
        for name in (*t.sources, t.dest):
            if name not in (START, ANY) and name not in names:
                yield f"“{t.trigger}” speaks of a state “{name}” that does not exist"
        seen = [i.name for i in t.inputs]
        for name in sorted({n for n in seen if seen.count(n) > 1}):
            yield f"“{t.trigger}” asks for “{name}” twice"
        for i in t.inputs:
            if not _is_code(i.name):
                yield f"“{t.trigger}”: the input name “{i.name}” must be lower-case letters, digits and underscores"
            if not i.readers:
                yield f"“{t.trigger}”: the input “{i.name}” has no readers"
    taken: dict[tuple[str, str], Transition] = {}
    for t in (*w.transitions, *w.entries):
        for state in dict.fromkeys(state for source in t.sources for state in w._spread(t, source)):
            if taken.setdefault((state, t.trigger), t) is not t:
                yield f"“{t.trigger}” leads out of “{state or 'the start'}” twice"
    for t in w.entries:
        if t.sources != (ANY,) or t.dest != ANY:
            yield f"the entry “{t.trigger}” must be open in every state and keep it"


def _is_code(name: str) -> bool:
    return name.isidentifier() and name.isascii() and name == name.lower()


def _shape(w: Workflow) -> Iterator[str]:
    if not w.openings:
        yield "there is no opening transition"
    if any(START in t.sources and len(t.sources) > 1 for t in w.transitions):
        yield "an opening transition leads out of the start only"
    forward = _graph(w)
    reached = _walk(forward, START)
    for s in w.states:
        if s.name not in reached:
            yield f"the state “{s.name}” cannot be reached"
        if s.final and any(s.name in t.sources for t in w.transitions):
            yield f"the final state “{s.name}” has an exit"
    final = {s.name for s in w.states if s.final}
    for s in w.states:
        if s.name in reached and not s.final and not (_walk(forward, s.name) & final):
            yield f"from the state “{s.name}” no end can be reached"


def _people(w: Workflow) -> Iterator[str]:
    anywhere = {i.name for i in w.every_input}
    for t in (*w.transitions, *w.entries):
        if not t.who:
            yield f"“{t.trigger}” names nobody who may do it"
        if Role.SYSTEM in t.who and len(t.who) > 1:
            yield f"“{t.trigger}” is fired by a clock and may not be a person's as well"
        names = {i.name for i in t.inputs}
        for asked in (value for g in t.checks for key, value in g.args if key == "trigger"):
            if asked not in w.triggers:
                yield f"“{t.trigger}” asks about a step “{asked}” that does not exist"
        for e in t.effects:
            if isinstance(e, (fx.Appoint, fx.Dismiss, fx.Reinstate, fx.Due, fx.Sanction, fx.Withdraw, fx.Seat)) and e.input not in names:
                yield f"“{t.trigger}”: the effect {e.kind} speaks of an input “{e.input}” that is not asked for"
            if isinstance(e, fx.Appoint) and e.until is not None and e.until not in names:
                yield f"“{t.trigger}”: the effect appoint speaks of an input “{e.until}” that is not asked for"
            if isinstance(e, fx.Hold) and e.handling and e.role not in OF_OFFICE:
                yield f"“{t.trigger}”: the part “{e.role}” does not come with an office; those that do are {', '.join(OF_OFFICE)}"
            if isinstance(e, fx.Away) and not {e.since, e.until} <= names:
                yield f"“{t.trigger}”: the effect away speaks of days that are not asked for"
            if isinstance(e, fx.Tell) and e.to not in ("below", "beside"):
                yield f"“{t.trigger}”: the effect tell reaches cases below or beside, not “{e.to}”"
            if isinstance(e, fx.Route):
                for missing in sorted({e.named, e.apart, e.kind_of, e.about} - names):
                    yield f"“{t.trigger}”: the effect route speaks of an input “{missing}” that is not asked for"
            if isinstance(e, fx.Hold) and e.input not in anywhere:
                yield f"“{t.trigger}”: the effect hold speaks of an input “{e.input}” that no act asks for"
            if isinstance(e, (fx.Open, fx.Tell)):
                for ours, _ in e.copy:
                    if not ours.startswith("=") and ours != "@" and ours not in anywhere:
                        yield f"“{t.trigger}”: the effect {e.kind} takes over an input “{ours}” that no act asks for"
            if isinstance(e, fx.Open) and e.rows is not None and not any(isinstance(i, Many) and i.name == e.rows
                                                                         for i in t.inputs):
                yield f"“{t.trigger}”: the effect open speaks of rows “{e.rows}” that are not asked for"
            if isinstance(e, fx.Open) and e.unit is not None and not any(isinstance(i, Many) and i.name == e.rows and isinstance(c, Unit)
                                                                         and c.name == e.unit for i in t.inputs for c in getattr(i, "of", ())):
                yield f"“{t.trigger}”: the effect open speaks of a unit “{e.unit}” that is no column of its rows"


def _clocks(w: Workflow) -> Iterator[str]:
    started = {e.name for t in (*w.transitions, *w.entries) for e in t.effects if isinstance(e, fx.StartClock)}
    for t in (*w.transitions, *w.entries):
        for e in t.effects:
            if isinstance(e, fx.StartClock) and e.then is not None:
                targets = [x for x in (*w.transitions, *w.entries) if x.trigger == e.then]
                if not targets:
                    yield f"the clock “{e.name}” fires a trigger “{e.then}” that does not exist"
                elif any(Role.SYSTEM not in x.who for x in targets):
                    yield f"the clock “{e.name}” fires “{e.then}”, which is a person's act"
            if isinstance(e, fx.Extend) and e.clock not in started | {"due"}:
                yield f"“{t.trigger}” extends a clock “{e.clock}” that nothing starts"
            days = {fx.StartClock: ("not_before",), fx.Extend: ("until",), fx.Outage: ("since", "until")}.get(type(e), ())
            for name in [getattr(e, day) for day in days]:
                if name is not None and all(i.name != name for i in t.inputs):
                    yield f"“{t.trigger}”: the effect {e.kind} speaks of a day “{name}” that is not asked for"
            if isinstance(e, fx.StopClock) and e.name is not None and e.name not in started:
                yield f"“{t.trigger}” stops a clock “{e.name}” that nothing starts"


def _safeguards(w: Workflow) -> Iterator[str]:
    for t in (*w.transitions, *w.entries):
        sanctions = [e for e in t.effects if isinstance(e, fx.Sanction)]
        if not sanctions:
            continue
        if w.fast and not all(e.lowest_only for e in sanctions):
            yield f"“{t.trigger}” imposes a sanction in a fast workflow"
        for kind, name in ((fx.Notify, "notice"), (fx.Hear, "hearing")):
            without = _walk(_graph(w, leave_out=kind), START)
            if not w.fast and any(s in without for source in t.sources for s in w._spread(t, source)):
                yield f"“{t.trigger}” imposes a sanction that can be reached without {name}"


def _graph(w: Workflow, leave_out: type[fx.Effect] | None = None) -> dict[str, set[str]]:
    graph: dict[str, set[str]] = {}
    for t in w.transitions:
        if leave_out is not None and any(isinstance(e, leave_out) for e in t.effects):
            continue
        for source in t.sources:
            for state in w._spread(t, source):
                graph.setdefault(state, set()).add(w.arrives(state, t))
    return graph


def _walk(graph: dict[str, set[str]], start: str) -> set[str]:
    seen, ahead = {start}, [start]
    while ahead:
        for state in graph.get(ahead.pop(), ()):
            if state not in seen:
                seen.add(state)
                ahead.append(state)
    return seen

"""Workflows as frozen data that check themselves when they are loaded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

from workflows import effects as fx
from workflows.acts import NAMED_IN
from workflows.errors import BadDefinition, Place
from workflows.graph import ANY as ANY
from workflows.graph import START as START
from workflows.guards import (
    Guard,
    Rule,
    appeal_body_and_contact_are_named,
    case_is_not_paused,
    case_is_paused,
    late_entry_names_its_paper,
)
from workflows.inputs import PARTIES, Choice, Computed, Input, Klass, Many, Text
from workflows.lint import defects as defects
from workflows.retention import CONCLUDED
from workflows.roles import Role
from workflows.words import BESIDE, Words, by_terms, words

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
    punishes: bool = False
    """A sanction stands in it: it is reached by notice and hearing alone."""
    kept: str = CONCLUDED
    """What a case that ended in it is kept as: `retention.<kept>` of its ruleset says for how long."""
    put_away: bool = False
    """What ended in it is spent, annulled or cleared: once nothing of its dossier is under way, it is shown to those whom it is about and to
    auditors alone."""


@dataclass(frozen=True, kw_only=True)
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
    approves: str | None = None
    """The proposal, by its trigger, that this act approves: no part proposes and alone approves."""
    unasked: bool = False
    """It is open to somebody and waits for nobody: no work list asks for it."""
    page: str | None = None
    """A page of its own carries it out, by this name; no common form does."""
    of_one: bool = False
    """It is about one thing in one case: never in a batch."""

    @property
    def sources(self) -> tuple[str, ...]:
        return (self.source,) if isinstance(self.source, str) else self.source

    @cached_property
    def asked(self) -> tuple[Input, ...]:
        """The inputs that whoever acts is asked for: all but those that the law works out."""
        return tuple(i for i in self.inputs if not isinstance(i, Computed))

    @cached_property
    def sanctions(self) -> tuple[fx.Sanction, ...]:
        """The sanctions that it imposes."""
        return tuple(e for e in self.effects if isinstance(e, fx.Sanction))

    @cached_property
    def checks(self) -> tuple[Guard, ...]:
        """The guards as they are asked."""
        return tuple(Guard(g) if isinstance(g, Rule) else g for g in self.guards)

    def awaits(self, g: Guard) -> bool:
        """Whether a guard is decided by what is entered: it looks at the inputs, or at a fact that follows what is named in them."""
        return g.rule.looks_at_inputs or not self._named_in.isdisjoint(g.rule.needs)

    @cached_property
    def known_before(self) -> frozenset[str]:
        """The facts by which those of its guards are judged that do not wait for what is entered."""
        return frozenset(name for g in self.checks if not self.awaits(g) for name in g.rule.needs)

    @cached_property
    def _named_in(self) -> frozenset[str]:
        """The facts that follow what is named in its inputs."""
        kinds = {c.kind for i in self.inputs for c in (i, *(i.of if isinstance(i, Many) else ()))}
        return frozenset(need for need, named in NAMED_IN.items() if kinds & named)

    def law(self) -> dict[str, Any]:
        return {"trigger": self.trigger, "source": sorted(self.sources), "dest": self.dest, "who": [str(role) for role in self.who],
                "guards": [g.law() for g in self.checks], "inputs": [i.law() for i in self.inputs],
                "effects": [e.law() for e in self.effects], "standing": self.standing,
                "while_paused": self.while_paused, "approves": self.approves}


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
    learning: bool = False
    """How the organisation learns: no matter about anybody. It is begun from its own page and not among what is recorded on the fast track."""
    recorded: bool = False
    """For histories that were lived elsewhere: no case is opened under it here and no sanction imposed, and so it need not know notice and
    hearing."""
    apart: bool = False
    """Its cases stand in dossiers of their own, since positions in a shared one would tell that something was added; and they are called by what they
    are, since a title would tell whoever sees one what it is about."""
    checked: bool = field(default=True, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "transitions", tuple(_complete(t, not (self.fast or self.needs_parent or self.learning))
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
                for state in self.spread(t, source):
                    table.setdefault((state, t.trigger), t)
        return table

    def spread(self, t: Transition, source: str) -> tuple[str, ...]:
        """The states that a source stands for."""
        if source != ANY:
            return (source,)
        return tuple(s.name for s in self.states if not s.final or t in self.entries)

    def edge(self, state: str, trigger: str) -> Transition | None:
        """The transition of this trigger out of this state, if there is one."""
        return self.edges.get((state, trigger))

    def out_of(self, state: str) -> tuple[Transition, ...]:
        """Every transition out of a state, in the order of the table."""
        if state not in self._ways:
            self._ways[state] = tuple(t for t in (*self.transitions, *self.entries) if self.edges.get((state, t.trigger)) is t)
        return self._ways[state]

    @cached_property
    def _ways(self) -> dict[str, tuple[Transition, ...]]:
        """What was asked of `out_of`, by state."""
        return {}

    def arrives(self, state: str, t: Transition) -> str:
        """The state after the transition."""
        return state if t.dest == ANY else t.dest

    def is_final(self, state: str) -> bool:
        return state in self.by_name and self.by_name[state].final

    def is_put_away(self, state: str) -> bool:
        return state in self.by_name and self.by_name[state].put_away

    def is_settled(self, state: str) -> bool:
        return state in self.by_name and (self.by_name[state].settled or self.by_name[state].final)

    @cached_property
    def numbered(self) -> tuple[tuple[Place, Transition], ...]:
        """Every transition and entry with its place."""
        return tuple((Place(transition=n), t) for n, t in enumerate((*self.transitions, *self.entries)))

    def forward(self, leave_out: Callable[[Transition], bool] = lambda t: False) -> dict[str, set[str]]:
        """What each state leads to at once; transitions that `leave_out` picks are left out, entries lead nowhere."""
        graph: dict[str, set[str]] = {}
        for t in self.transitions:
            for source in () if leave_out(t) else t.sources:
                for state in self.spread(t, source):
                    graph.setdefault(state, set()).add(self.arrives(state, t))
        return graph

    @cached_property
    def onward(self) -> dict[str, tuple[Transition, ...]]:
        """By state, the steps forward that somebody is waited for to take."""
        return {s.name: tuple(t for t in self.out_of(s.name) if t.dest != ANY and not (t.while_paused or t.unasked)) for s in self.states}

    @cached_property
    def waits_for(self) -> dict[str, frozenset[Role]]:
        """By state, the parts that are waited for."""
        return {state: frozenset(role for t in steps for role in t.who) for state, steps in self.onward.items()}

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

    def called(self, language: str, terms: Mapping[str, Words] = MappingProxyType({})) -> dict[str, str]:
        """What is called something in a language of which rules and effects speak, by `kind name`: its acts, its inputs, the options of each.
        The `terms` of a ruleset come before the workflow's own words."""
        if language not in self._called:
            names = {f"trigger {trigger}": ts[0].label.say(language) for trigger, ts in self.triggers.items()}
            for i in self.every_input:
                names[f"input {i.name}"] = i.label.say(language)
                names |= {f"{i.name} {code}": label.say(language) for code, label in i.options} if isinstance(i, Choice) else {}
            self._called[language] = names | BESIDE.get(language, {})
        return self._called[language] | by_terms(terms, self.name, language) if terms else self._called[language]

    @cached_property
    def clocks(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(e.name for t in (*self.transitions, *self.entries) for e in t.effects
                                   if isinstance(e, fx.StartClock)))

    def _started(self) -> tuple[fx.StartClock, ...]:
        return tuple(e for t in (*self.transitions, *self.entries) for e in t.effects if isinstance(e, fx.StartClock))

    @cached_property
    def silent_clocks(self) -> tuple[str, ...]:
        """Time limits of nobody: they only make the system act."""
        return tuple(sorted({e.name for e in self._started() if e.silent}))

    @cached_property
    def undue_clocks(self) -> tuple[str, ...]:
        """Time limits by which nothing is due: the silent ones, and windows, which close without anybody being late."""
        return tuple(sorted({e.name for e in self._started() if e.silent or e.window}))

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
                "needs_parent": self.needs_parent, "recorded": self.recorded,
                "states": [{"name": s.name, "final": s.final, "settled": s.settled, "punishes": s.punishes}
                           | ({"kept": s.kept, "put_away": s.put_away} if s.final else {})
                           for s in self.states],
                "transitions": [t.law() for t in self.transitions], "entries": [t.law() for t in self.entries]}

    @cached_property
    def law_bytes(self) -> bytes:
        """Canonical bytes of the law (RFC 8785 in the profile without floats)."""
        return json.dumps(self.law(), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    @cached_property
    def law_hash(self) -> str:
        """SHA-256 over the law, hexadecimal."""
        return hashlib.sha256(self.law_bytes).hexdigest()

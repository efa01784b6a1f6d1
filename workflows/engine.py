"""The one place that runs `transitions`: pure, on values. It allows an act or refuses it, and says why, guard by
guard."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from transitions import Machine
from transitions.core import EventData

from workflows.acts import Act, Facts
from workflows.computed import COMPUTED
from workflows.definition import ANY, START, Transition, Workflow
from workflows.errors import NotNow, NotYours, Refused, Verdict
from workflows.inputs import Computed
from workflows.roles import Role
from workflows.words import Words

logging.getLogger("transitions").setLevel(logging.WARNING)

_START = "(start)"


@dataclass(frozen=True, slots=True)
class Step:
    """An allowed act: the rule, the states before and after, the role in which it was done, and every guard's
    verdict."""

    transition: Transition
    before: str
    after: str
    role: Role | None
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """One transition out of a state as one reader sees it: is it theirs, and does every guard hold? What is not theirs has no verdicts."""

    transition: Transition
    mine: bool
    verdicts: tuple[Verdict, ...]
    entry: bool = False
    """It keeps the state, and every state knows it."""

    @property
    def allowed(self) -> bool:
        """Whether it could be fired now; guards that are decided by what is entered are judged when it is."""
        return self.mine and all(v.ok is not False for v in self.verdicts)


class _Walker:
    """The throw-away value that a machine moves."""

    __slots__ = ("state",)

    def __init__(self, state: str) -> None:
        self.state = state


def _permitted(event: EventData) -> bool:
    return all(v.ok for v in event.kwargs["verdicts"])


class _LawMachine(Machine):
    """One machine per definition, built once, holding no model."""

    def __init__(self, workflow: Workflow) -> None:
        super().__init__(model=None, states=[_START, *(s.name for s in workflow.states)], initial=_START,
                         auto_transitions=False, send_event=True, queued=False)
        for (state, trigger), t in workflow.edges.items():
            self.add_transition(trigger, state or _START, workflow.arrives(state, t) or _START, conditions=[_permitted])


@lru_cache(maxsize=256)
def _machine(law_hash: str, workflow: _Keyed) -> _LawMachine:
    return _LawMachine(workflow.workflow)


class _Keyed:
    """A workflow that hashes by its law, so that a machine is built once for each."""

    __slots__ = ("workflow",)

    def __init__(self, workflow: Workflow) -> None:
        self.workflow = workflow

    def __hash__(self) -> int:
        return hash(self.workflow.law_hash)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Keyed) and other.workflow.law_hash == self.workflow.law_hash


def needs(transition: Transition) -> frozenset[str]:
    """The facts that the guards and the computations of a transition declare."""
    reckoned = (name for i in transition.inputs if isinstance(i, Computed) for name in COMPUTED[i.of].needs)
    return frozenset(name for g in transition.checks for name in g.rule.needs).union(reckoned)


def reckon(transition: Transition, facts: Facts, act: Act) -> Act:
    """The act with what the law works out for it, each value from the facts and from what was worked out before it."""
    for i in transition.inputs:
        if isinstance(i, Computed):
            value = COMPUTED[i.of].of(facts.only(COMPUTED[i.of].needs), act)
            kept = {name: one for name, one in act.data.items() if name != i.name}
            act = replace(act, data=kept if value is None else kept | {i.name: value})
    return act


def known_before(transition: Transition) -> frozenset[str]:
    """The facts by which those of its guards are judged that do not wait for what is entered."""
    return transition.known_before


def rule(workflow: Workflow, state: str, trigger: str) -> Transition:
    """The transition of `trigger` out of `state`. Raises `NotNow`, naming what is possible instead."""
    transition = workflow.edge(state, trigger)
    if transition is None:
        raise NotNow(trigger, state or START, tuple(t.trigger for t in workflow.out_of(state)))
    return transition


def part(transition: Transition, roles: frozenset[Role]) -> Role:
    """The role in which someone with `roles` may do it. Raises `NotYours`."""
    for role in transition.who:
        if role in roles:
            return role
    raise NotYours(transition.trigger, tuple(transition.who))


def fire(workflow: Workflow, state: str, roles: frozenset[Role], facts: Facts, act: Act,
         terms: Mapping[str, Words] = MappingProxyType({})) -> Step:
    """Carry out one act on values; verdicts are told in the `terms` of a ruleset. Raises `NotNow`, `NotYours` or `Refused` with every guard's
    verdict."""
    transition = rule(workflow, state, act.trigger)
    role = part(transition, roles)
    called = workflow.called(act.actor.language, terms)
    verdicts = tuple(g.ask(facts, act, act.actor.language, called) for g in transition.checks)
    if not all(v.ok for v in verdicts):
        raise Refused(act.trigger, verdicts)
    return Step(transition, state, _move(workflow, state, act.trigger, verdicts), role, verdicts)


def follow(workflow: Workflow, state: str, facts: Facts, act: Act) -> Step | None:
    """What a recorded step does: nobody is asked for a role, broken guards are reported in the verdicts, never
    enforced.

    None where the workflow knows no such move from here."""
    transition = workflow.edge(state, act.trigger)
    if transition is None:
        return None
    verdicts = tuple(g.ask(facts, act, act.actor.language, workflow.called(act.actor.language)) for g in transition.checks
                     if all(map(facts.has, g.rule.needs)))
    return Step(transition, state, _move(workflow, state, act.trigger, ()), None, verdicts)


def explain(workflow: Workflow, state: str, roles: frozenset[Role], facts: Mapping[str, Facts] | Facts, act: Act,
            terms: Mapping[str, Words] = MappingProxyType({})) -> tuple[Offer, ...]:
    """Every transition out of a state, and for those that someone with `roles` may make the verdict of every guard: None where it is
    decided by what is entered. Of what others may do nothing is said but that it is theirs: verdicts would tell of their deliberations.

    `act` carries who asks; its trigger and data do not matter. `facts` are those of each trigger, or one snapshot for all; verdicts are told in the
    `terms` of a ruleset."""
    called = workflow.called(act.actor.language, terms)
    return tuple(_offer(workflow, t, roles, facts if isinstance(facts, Facts) else facts.get(t.trigger, Facts({})), act, called)
                 for t in workflow.out_of(state) if Role.SYSTEM not in t.who and not (workflow.recorded and t.sanctions))


def _offer(workflow: Workflow, t: Transition, roles: frozenset[Role], facts: Facts, act: Act, called: dict[str, str]) -> Offer:
    mine, language = any(role in roles for role in t.who), act.actor.language
    verdicts = tuple(g.unasked(language, called) if t.awaits(g) else g.ask(facts, act, language, called) for g in t.checks if mine)
    return Offer(t, mine, verdicts, t in workflow.entries)


def _move(workflow: Workflow, state: str, trigger: str, verdicts: tuple[Verdict, ...]) -> str:
    walker = _Walker(state or _START)
    moved = _machine(workflow.law_hash, _Keyed(workflow)).events[trigger].trigger(walker, verdicts=verdicts)
    if not moved:
        raise Refused(trigger, verdicts)
    return "" if walker.state == _START else walker.state


def as_problem(verdicts: tuple[Verdict, ...], inner: bool) -> list[Mapping[str, Any]]:
    """Verdicts as plain data; `inner` for those who conduct the case, the outer sentence for parties."""
    return [{"code": v.code, "ok": v.ok, "message": v.inner if inner else v.outer} for v in verdicts]


__all__ = ["ANY", "START", "Offer", "Step", "as_problem", "explain", "fire", "follow", "known_before", "needs", "part", "reckon", "rule"]

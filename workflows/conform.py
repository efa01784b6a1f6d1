"""Following a history lived elsewhere: which of its events the law knows, and which guards were broken. Pure, on
values.

An event that no transition allows is skipped: the state stays. Guards are reported, never enforced. A history has one
case for each workflow it speaks of: the matter itself, and its strands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from workflows import engine
from workflows.acts import Act, Actor, CaseFact, Facts, StepFact, StrandFact
from workflows.definition import START, Workflow


class Happened(NamedTuple):
    """One event of a history: under which workflow, what, by whom (None where nobody is named), when."""

    workflow: str
    trigger: str
    actor: str | None
    occurred_at: int


class Move(NamedTuple):
    """What one event did: the states before and after, whether the law knows it, and the verdict of each guard that
    was asked."""

    before: str
    after: str
    fits: bool
    guards: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Law:
    """The workflow of the matter itself, and those of its strands by name, itself included."""

    main: Workflow
    workflows: Mapping[str, Workflow]

    def parent_of(self, name: str) -> str | None:
        """The workflow of the case that a case of workflow `name` stands under; none for the matter itself."""
        if name == self.main.name:
            return None
        parents = self.workflows[name].parents
        return (
            self.main.name
            if not parents or self.main.name in parents
            else next((p for p in parents if p in self.workflows), None)
        )


@dataclass(slots=True)
class _Case:
    workflow: Workflow
    parent: str | None
    state: str
    steps: list[StepFact]

    def fact(self) -> StrandFact:
        return StrandFact(
            self.workflow.name, self.state, self.workflow.is_final(self.state), self.workflow.is_settled(self.state)
        )


def follow(law: Law, history: Iterable[Happened]) -> list[Move]:
    """What each event of a history did, in its order."""
    cases: dict[str, _Case] = {}
    moves: list[Move] = []
    for n, happened in enumerate(history):
        case = cases.get(happened.workflow)
        if case is None:
            case = cases[happened.workflow] = _Case(
                law.workflows[happened.workflow], law.parent_of(happened.workflow), START, []
            )
        actor = happened.actor or f"(unknown {n})"
        moves.append(_one(case, cases, happened, actor))
        case.state = moves[-1].after
        case.steps.append(StepFact(happened.trigger, actor, happened.occurred_at, case.state))
    return moves


def _one(case: _Case, cases: Mapping[str, _Case], happened: Happened, actor: str) -> Move:
    workflow, before = case.workflow, case.state
    transition = workflow.edge(before, happened.trigger)
    if transition is None or (before == START and workflow.needs_parent and _parent(case, cases) is None):
        return Move(before, before, False, ())
    asked = {name for g in transition.checks for name in g.rule.needs}
    step = engine.follow(
        workflow,
        before,
        _facts(case, cases, asked),
        Act(happened.trigger, Actor(actor, actor), occurred_at=happened.occurred_at),
    )
    if step is None:
        return Move(before, before, False, ())
    return Move(before, step.after, True, tuple((v.code, bool(v.ok)) for v in step.verdicts))


def _parent(case: _Case, cases: Mapping[str, _Case]) -> StrandFact | None:
    found = cases.get(case.parent) if case.parent else None
    return found.fact() if found is not None and found.state != START else None


def _facts(case: _Case, cases: Mapping[str, _Case], asked: set[str]) -> Facts:
    """Of the facts asked for, those that a history lived elsewhere can tell."""
    told: dict[str, object] = {}
    if "case" in asked:
        told["case"] = CaseFact(
            case.state, len(case.steps), case.workflow.name, False, case.workflow.is_final(case.state)
        )
    if "steps" in asked:
        told["steps"] = tuple(case.steps)
    if "parent" in asked:
        told["parent"] = _parent(case, cases)
    if "strands" in asked:
        told["strands"] = {name: other.fact() for name, other in cases.items() if other.steps}
    if "children" in asked:
        told["children"] = tuple(
            other.fact() for other in cases.values() if other.parent == case.workflow.name and other.steps
        )
    return Facts(told)

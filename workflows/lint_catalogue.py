"""The linter on workflows together: what they open and tell in each other, and the limits of their clocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from workflows.effects import Open, StartClock, Tell
from workflows.errors import WHOLE, Defect, Place
from workflows.graph import circle
from workflows.roles import Role
from workflows.ruleset import Ruleset

if TYPE_CHECKING:
    from workflows.definition import Transition, Workflow


def find_together(w: Workflow, known: Mapping[str, Workflow], rules: Sequence[Ruleset]) -> list[Defect]:
    """Everything wrong with a workflow among those it is loaded with: `known` by name, and the rulesets."""
    return list(dict.fromkeys([*_stands_under(w, known), *_reaches(w, known), *_limits(w, rules), *_endless(w, known)]))


def _stands_under(w: Workflow, known: Mapping[str, Workflow]) -> Iterator[Defect]:
    for name in w.parents:
        if name not in known:
            yield Defect(f"it stands under “{name}”, which no workflow is called", WHOLE)


def _reaches(w: Workflow, known: Mapping[str, Workflow]) -> Iterator[Defect]:
    for place, t in w.numbered:
        for e in t.effects:
            if isinstance(e, Open):
                yield from _opens(w, t, place, e, known.get(e.workflow))
            elif isinstance(e, Tell):
                other = known.get(e.workflow)
                if other is None or any(Role.SYSTEM not in o.who for o in other.triggers.get(e.trigger, (t,))):
                    yield Defect(f"“{t.trigger}” tells other cases of something that the system does not do there", place)


def _opens(w: Workflow, t: Transition, place: Place, e: Open, other: Workflow | None) -> Iterator[Defect]:
    opening = next((o for o in other.openings if o.trigger == e.trigger), None) if other else None
    if other is None or opening is None:
        yield Defect(f"“{t.trigger}” opens a case that no workflow knows", place)
        return
    if other.recorded and not w.recorded:
        yield Defect(f"“{t.trigger}” opens a case of “{other.name}”, which is for recorded histories alone", place)
    if other.parents and w.name not in other.parents:
        yield Defect(f"“{t.trigger}” opens a case of “{other.name}”, which cannot stand under one of “{w.name}”", place)
    asked = {i.name for i in opening.inputs}
    for _, theirs in e.copy:
        if theirs not in asked:
            yield Defect(f"“{t.trigger}” gives “{theirs}” to “{other.name}”, which does not ask for it", place)


def _limits(w: Workflow, rules: Sequence[Ruleset]) -> Iterator[Defect]:
    for place, t in w.numbered:
        for e in t.effects:
            if not isinstance(e, StartClock):
                continue
            if getattr(e, "until", None) is None and not any(f"clock.{e.name}" in r.values for r in rules):
                yield Defect(f"no ruleset says how long the clock “{e.name}” runs", place)
            if e.times is not None and not any(type(r.values.get(e.times)) is int for r in rules):
                yield Defect(f"no ruleset says how many times the clock “{e.name}” runs out: “{e.times}”", place)


def _endless(w: Workflow, known: Mapping[str, Workflow]) -> Iterator[Defect]:
    """Acts that one act brings about in other cases at once, and that come back to it: it would never end."""
    graph: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for name in (w.name, *sorted(known)):
        for _, t in known[name].numbered:
            graph.setdefault((name, t.trigger), set()).update((e.workflow, e.trigger) for e in t.effects if isinstance(e, (Open, Tell)))
    chain = circle(graph)
    if chain and chain[0][0] == w.name:
        place = next((place for place, t in w.numbered if t.trigger == chain[0][1]), WHOLE)
        told = " → ".join(f"{name}.{trigger}" for name, trigger in [*chain, chain[0]])
        yield Defect(f"an act brings itself about again without end: {told}", place)

"""The linter on clocks: each fires something that can happen, and none comes back to itself without anybody's act."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from workflows import effects as fx
from workflows.errors import Defect, Place
from workflows.graph import circle, walk
from workflows.roles import Role

if TYPE_CHECKING:
    from workflows.definition import Transition, Workflow


def clocks(w: Workflow) -> Iterator[Defect]:
    """What is wrong with the time limits of a workflow."""
    started = {e.name for _, t in w.numbered for e in t.effects if isinstance(e, fx.StartClock)}
    for place, t in w.numbered:
        for e in t.effects:
            if isinstance(e, fx.StartClock):
                yield from (Defect(f"the clock “{e.name}” {found}", place) for found in _fires(w, t, e))
            elif isinstance(e, fx.StopClock) and e.name is not None and e.name not in started:
                yield Defect(f"“{t.trigger}” stops a clock “{e.name}” that nothing starts", place)
            elif isinstance(e, fx.Extend) and e.clock not in started | {"due"}:
                yield Defect(f"“{t.trigger}” extends a clock “{e.clock}” that nothing starts", place)
    yield from _loops(w)


def _fires(w: Workflow, t: Transition, e: fx.StartClock) -> Iterator[str]:
    if e.then is None:
        if e.silent and not any(isinstance(x, fx.StopClock) and x.name == e.name for _, other in w.numbered for x in other.effects):
            yield "is silent, fires nothing, and no act ends it by its name"
        if e.window:
            yield "is a window, and fires nothing that says it has closed"
        return
    targets = w.triggers.get(e.then, ())
    if not targets:
        yield f"fires a trigger “{e.then}” that does not exist"
    elif any(Role.SYSTEM not in x.who for x in targets):
        yield f"fires “{e.then}”, which is a person's act"
    elif not any(w.edge(state, e.then) for state in running(w, t, e.name)):
        yield f"fires “{e.then}”, which is not possible in any state in which it runs"


def _arrivals(w: Workflow, t: Transition) -> set[str]:
    return {w.arrives(state, t) for source in t.sources for state in w.spread(t, source)}


def running(w: Workflow, t: Transition, name: str) -> set[str]:
    """The states in which a clock that this transition starts may still be running."""

    def stops(other: Transition) -> bool:
        return any(isinstance(e, fx.StopClock) and e.name in (None, name) for e in other.effects)

    return walk(w.forward(leave_out=stops), *_arrivals(w, t))


def _loops(w: Workflow) -> Iterator[Defect]:
    """Clocks that start one another in a circle of acts of the system: it would go on for ever, and nobody would have done anything."""
    firing = {(e.name, e.then) for _, t in w.numbered for e in t.effects if isinstance(e, fx.StartClock) and e.then is not None}
    alone = w.forward(leave_out=lambda t: Role.SYSTEM not in t.who)
    graph: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for name, then in firing:
        for s in w.states:
            t = w.edge(s.name, then)
            if t is None or Role.SYSTEM not in t.who:
                continue
            follows = {e.name for e in t.effects if isinstance(e, fx.StartClock) and e.then is not None}
            graph[s.name, name] = {(state, other) for other in follows for state in walk(alone, w.arrives(s.name, t))}
    for begun, t in w.numbered:
        for e in t.effects if Role.SYSTEM not in t.who else ():
            if isinstance(e, fx.StartClock):
                reached = walk(graph, *((state, e.name) for state in running(w, t, e.name)))
                chain = circle({node: ways for node, ways in sorted(graph.items()) if node in reached})
                if chain:
                    names = [name for _, name in chain]
                    yield Defect(f"the clock “{'” → “'.join([*names, names[0]])}” comes back to itself without anybody's act",
                                 _place_of(w, names[0], begun))


def _place_of(w: Workflow, name: str, otherwise: Place) -> Place:
    """Where the system starts a clock again."""
    return next((place for place, t in w.numbered if Role.SYSTEM in t.who
                 for e in t.effects if isinstance(e, fx.StartClock) and e.name == name), otherwise)

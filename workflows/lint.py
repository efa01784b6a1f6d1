"""The linter: what is wrong with a workflow, each defect a sentence with its place. Loading refuses what it finds; `workflow lint` tells it.

The rules stand in three files: here names and shape, in `lint_acts` who does what and is asked what, in `lint_safeguards` due process.
What no workflow shows alone, one that opens cases of another, stands in `lint_catalogue`. docs/explanation/linter.md says why each is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from workflows import effects as fx
from workflows.errors import WHOLE, Defect, Place
from workflows.graph import ANY, START, walk
from workflows.lint_acts import acts, is_code
from workflows.lint_clocks import clocks
from workflows.lint_safeguards import safeguards
from workflows.roles import Role

if TYPE_CHECKING:
    from workflows.definition import Transition, Workflow


def find(w: Workflow) -> list[Defect]:
    """Everything wrong with a workflow, in the order of the rules; an empty list for a sound one."""
    return list(dict.fromkeys([*_names(w), *_shape(w), *acts(w), *clocks(w), *safeguards(w)]))


def defects(w: Workflow) -> list[str]:
    """The sentences of `find`."""
    return [d.sentence for d in find(w)]


def _names(w: Workflow) -> Iterator[Defect]:
    names = [s.name for s in w.states]
    for name in sorted({n for n in names if names.count(n) > 1}):
        yield Defect(f"the state “{name}” is declared twice", Place(state=name))
    for name in sorted({n for n in names if not is_code(n)}):
        yield Defect(f"the state name “{name}” must be lower-case letters, digits and underscores", Place(state=name))
    for place, t in w.numbered:
        if not is_code(t.trigger) or t.trigger == "state":
            yield Defect(f"the trigger “{t.trigger}” must be lower-case letters, digits and underscores, and not “state”", place)
        if t.dest == START or (t.dest == ANY and START in t.sources):
            yield Defect(f"“{t.trigger}” leads to the start, where no case stands", place)
        for name in (*t.sources, t.dest):
            if name not in (START, ANY) and name not in names:
                yield Defect(f"“{t.trigger}” speaks of a state “{name}” that does not exist", place)
    taken: dict[tuple[str, str], Transition] = {}
    for place, t in w.numbered:
        for state in dict.fromkeys(state for source in t.sources for state in w.spread(t, source)):
            if taken.setdefault((state, t.trigger), t) is not t:
                yield Defect(f"“{t.trigger}” leads out of “{state or 'the start'}” twice", place)
    for place, t in w.numbered:
        if t in w.entries and (t.sources != (ANY,) or t.dest != ANY):
            yield Defect(f"the entry “{t.trigger}” must be open in every state and keep it", place)


def _shape(w: Workflow) -> Iterator[Defect]:
    if not w.openings:
        yield Defect("there is no opening transition", WHOLE)
    for place, t in w.numbered:
        if START in t.sources and len(t.sources) > 1:
            yield Defect("an opening transition leads out of the start only", place)
    forward = w.forward()
    reached = walk(forward, START)
    final = {s.name for s in w.states if s.final}
    for s in w.states:
        if s.name not in reached:
            yield Defect(f"the state “{s.name}” cannot be reached", Place(state=s.name))
    for place, t in w.numbered:
        for name in t.sources:
            if name in final:
                yield Defect(f"the final state “{name}” has an exit", place)
    for s in w.states:
        if s.name in reached and not s.final and not (walk(forward, s.name) & final):
            yield Defect(f"from the state “{s.name}” no end can be reached", Place(state=s.name))
    yield from _left_to_the_system(w, reached)
    yield from _never_resumed(w)


def _left_to_the_system(w: Workflow, reached: set[str]) -> Iterator[Defect]:
    """A state that people cannot leave, and that no clock leaves for them, is a dead end too."""
    fired = {e.then for _, t in w.numbered for e in t.effects if isinstance(e, fx.StartClock)}
    for s in w.states:
        exits = [t for t in w.out_of(s.name) if w.arrives(s.name, t) != s.name]
        if s.name in reached and exits and all(set(t.who) == {Role.SYSTEM} and t.trigger not in fired for t in exits):
            yield Defect(f"the state “{s.name}” is left by the system alone, and no clock makes it act", Place(state=s.name))


def _never_resumed(w: Workflow) -> Iterator[Defect]:
    """A paused case stands still: where nothing resumes it, the pause is a dead end."""
    for place, t in w.numbered:
        if not any(isinstance(e, fx.Pause) for e in t.effects):
            continue
        for state in dict.fromkeys(w.arrives(s, t) for source in t.sources for s in w.spread(t, source)):
            if state in w.by_name and not any(isinstance(e, fx.Resume) for x in w.out_of(state) for e in x.effects):
                yield Defect(f"“{t.trigger}” pauses a case in “{state}”, where nothing resumes it", place)

"""The linter on due process: notice and then hearing before every sanction, and no part that proposes and alone approves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from workflows import effects as fx
from workflows.errors import Defect, Place
from workflows.graph import START
from workflows.roles import Role

if TYPE_CHECKING:
    from workflows.definition import Transition, Workflow


class Way(NamedTuple):
    """What a person has met on one way to a state: whether they were told, whether they were heard, and heard after they were told."""

    told: bool = False
    heard: bool = False
    heard_after: bool = False


def safeguards(w: Workflow) -> Iterator[Defect]:
    """What is wrong with the protection of whoever a workflow is about."""
    ways = {} if w.recorded else ways_to(w)
    for place, t in w.numbered:
        if t.sanctions:
            yield from _sanction(w, t, place, ways)
    yield from _punishing(w)
    yield from _proposals(w)


def ways_to(w: Workflow) -> dict[str, set[Way]]:
    """For every state, what a person may have met on the ways to it. Entries move nothing, and so stand for nothing."""
    found: dict[str, set[Way]] = {START: {Way()}}
    ahead = [(START, Way())]
    moves: dict[str, list[Transition]] = {}
    for t in w.transitions:
        for source in t.sources:
            for state in w.spread(t, source):
                moves.setdefault(state, []).append(t)
    while ahead:
        state, way = ahead.pop()
        for t in moves.get(state, ()):
            told, heard = (any(isinstance(e, kind) for e in t.effects) for kind in (fx.Notify, fx.Hear))
            further = Way(way.told or told, way.heard or heard, way.heard_after or (heard and way.told))
            after = w.arrives(state, t)
            if further not in found.setdefault(after, set()):
                found[after].add(further)
                ahead.append((after, further))
    return found


def _sanction(w: Workflow, t: Transition, place: Place, ways: dict[str, set[Way]]) -> Iterator[Defect]:
    at = f"“{t.trigger}” imposes a sanction"
    if w.fast and not all(e.lowest_only for e in t.sanctions):
        yield Defect(f"{at} in a fast workflow", place)
        return
    if t in w.entries:
        yield Defect(f"{at} and is open in every state", place)
        return
    if Role.SYSTEM in t.who and not all(_punishes(w, state) for source in t.sources for state in w.spread(t, source)):
        yield Defect(f"{at}, and no person does it", place)
    met = {way for source in t.sources for state in w.spread(t, source) for way in ways.get(state, ())}
    if any(not way.told for way in met):
        yield Defect(f"{at} that can be reached without notice", place)
    if any(not way.heard for way in met):
        yield Defect(f"{at} that can be reached without hearing", place)
    if any(way.told and way.heard and not way.heard_after for way in met):
        yield Defect(f"{at} that can be reached with a hearing before the notice", place)
    for after in sorted({w.arrives(state, t) for source in t.sources for state in w.spread(t, source)}):
        if after in w.by_name and not w.by_name[after].punishes:
            yield Defect(f"{at} and leads to “{after}”, which does not say that it punishes", place)


def _punishes(w: Workflow, state: str) -> bool:
    return state in w.by_name and w.by_name[state].punishes


def _punishing(w: Workflow) -> Iterator[Defect]:
    """A sanction begins with the act that imposes it; from one state that punishes to another it goes on, or gives way to what an appeal put
    in its place."""
    for place, t in w.numbered:
        for state in dict.fromkeys(state for source in t.sources for state in w.spread(t, source)):
            after = w.arrives(state, t)
            if not _punishes(w, state) and _punishes(w, after) and not t.sanctions:
                yield Defect(f"“{t.trigger}” leads to “{after}”, which punishes, and imposes no sanction", place)


def _proposals(w: Workflow) -> Iterator[Defect]:
    approved = {t.approves for _, t in w.numbered}
    for place, t in w.numbered:
        if (t.trigger == "propose" or t.trigger.startswith("propose_")) and t.trigger not in approved:
            yield Defect(f"“{t.trigger}” is a proposal, and no act says that it approves it", place)
        if t.approves is None:
            continue
        proposers = {role for other in w.triggers.get(t.approves, ()) for role in other.who}
        both = [role for role in t.who if role in proposers]
        if t.approves not in w.triggers:
            yield Defect(f"“{t.trigger}” approves a proposal “{t.approves}” that does not exist", place)
        elif both and not _by_another(t):
            how = "and alone approves it" if len(set(t.who)) == 1 else "and may approve it, and no rule asks for another person"
            yield Defect(f"the part “{both[0]}” proposes by “{t.approves}” {how} by “{t.trigger}”", place)


def _by_another(t: Transition) -> bool:
    """Whether a rule asks for another person than whoever proposed."""
    return any(g.rule.separates and dict(g.args).get("trigger", t.approves) == t.approves for g in t.checks)

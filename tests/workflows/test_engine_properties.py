"""Whatever is thrown at a workflow, it never leaves its table, and the table alone predicts what happens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflows.circumstances import in_its_words, merged
from tests.workflows.guard_cases import CASES
from tests.workflows.samples import act, facts, small
from workflows.acts import Act, CaseFact, Facts
from workflows.catalogue import load_catalogue
from workflows.definition import ANY, START, Transition, Workflow
from workflows.effects import Resume
from workflows.engine import Offer, Step, explain, fire
from workflows.errors import NotNow, NotYours, Refusal, Refused
from workflows.roles import Role

WORKFLOWS = {w.name: w for w in (*load_catalogue().workflows, small())}
every_workflow = pytest.mark.parametrize("name", sorted(WORKFLOWS))
many = settings(max_examples=120, deadline=None)


def interpreter(w: Workflow) -> dict[tuple[str, str], tuple[str, Transition]]:
    """The same table as a plain mapping, made without the engine."""
    table: dict[tuple[str, str], tuple[str, Transition]] = {}
    for t in w.entries:
        table |= {(s.name, t.trigger): (s.name, t) for s in w.states}
    for t in w.transitions:
        sources = [s.name for s in w.states
                   if not s.final] if t.source == ANY else [t.source] if isinstance(t.source, str) else t.source
        table |= {(s, t.trigger): (s if t.dest == ANY else t.dest, t) for s in sources}
    return table


TABLES = {name: interpreter(w) for name, w in WORKFLOWS.items()}


@dataclass(frozen=True)
class Push:
    """One attempt: which way out, by whom, and how favourable the circumstances are."""

    way: int
    stranger: bool
    roles: frozenset[Role]
    mine: bool
    paused: bool
    favourable: bool
    spoilt: int
    late: bool


pushes = st.lists(st.builds(
    Push, way=st.integers(0, 60), stranger=st.integers(0, 9).map(lambda n: n == 0),
    roles=st.frozensets(st.sampled_from(list(Role)), max_size=4),
    mine=st.integers(0, 4).map(bool), paused=st.integers(0, 4).map(lambda n: n == 0),
    favourable=st.integers(0, 4).map(bool),
    spoilt=st.integers(0, 12), late=st.integers(0, 9).map(lambda n: n == 0)), min_size=1, max_size=40)


def circumstances(transition: Transition | None, push: Push, state: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Facts and inputs under which the guards of a transition mostly hold, one of them spoilt now and then."""
    shown: dict[str, Any] = {}
    said: dict[str, Any] = {}
    for i, g in enumerate(transition.checks if transition and push.favourable else ()):
        holds, fails = CASES[g.rule.name]
        case = fails[0] if i == push.spoilt else holds[0]
        for key, value in in_its_words(g, case.args, case.facts).items():
            shown[key] = merged(shown[key], value) if key in shown else value
        for key, value in in_its_words(g, case.args, case.data).items():
            said[key] = merged(said[key], value) if key in said else value
    resumes = transition is not None and any(isinstance(e, Resume) for e in transition.effects)
    shown["case"] = CaseFact(state, 1, "w", push.paused or (resumes and push.favourable), False)
    return shown, said


def attempt(w: Workflow, state: str, push: Push) -> tuple[frozenset[Role], Facts, Act]:
    """Everything that one push brings."""
    triggers = sorted(w.triggers)
    here = [t.trigger for t in w.out_of(state)] or triggers
    trigger = triggers[push.way % len(triggers)] if push.stranger else here[push.way % len(here)]
    transition = w.edge(state, trigger)
    shown, said = circumstances(transition, push, state)
    roles = push.roles | (frozenset(transition.who) if transition and push.mine else frozenset())
    return roles, facts(**shown), act(trigger, said, late=push.late)


def outcome(w: Workflow, state: str, roles: frozenset[Role], shown: Facts, asked: Act) -> Step | Refusal:
    try:
        return fire(w, state, roles, shown, asked)
    except Refusal as refusal:
        return refusal


def walk(w: Workflow, stream: list[Push]) -> list[tuple[str, frozenset[Role], Facts, Act, Step | Refusal]]:
    """Where a stream of pushes leads."""
    state, path = START, []
    for push in stream:
        roles, shown, asked = attempt(w, state, push)
        result = outcome(w, state, roles, shown, asked)
        path.append((state, roles, shown, asked, result))
        state = result.after if isinstance(result, Step) else state
    return path


@every_workflow
@given(stream=pushes)
@many
def test_whatever_is_pushed_the_table_holds(name: str, stream: list[Push]) -> None:
    w, table = WORKFLOWS[name], TABLES[name]
    for before, roles, shown, asked, result in walk(w, stream):
        it_conforms_to_a_plain_reading(table, before, roles, shown, asked, result)
        if isinstance(result, Step):
            it_never_leaves_the_table(w, before, asked, result)
            the_end_is_the_end_and_only_entries_are_added(w, before, result)
            a_paused_case_stands_still(before, shown, result)
        else:
            a_refusal_is_never_without_its_reason(w, before, roles, asked, result)
        whatever_is_fired_was_offered(w, before, explain(w, before, roles, shown, asked), asked, result)


def it_never_leaves_the_table(w: Workflow, before: str, asked: Act, step: Step) -> None:
    assert w.edges[before, asked.trigger] is step.transition
    assert step.after == w.arrives(before, step.transition)
    assert step.after in w.by_name
    assert step.role in step.transition.who


def a_refusal_is_never_without_its_reason(w: Workflow, before: str, roles: frozenset[Role], asked: Act, refusal: Refusal) -> None:
    rule = w.edge(before, asked.trigger)
    if isinstance(refusal, NotNow):
        assert rule is None
        assert refusal.possible == tuple(t.trigger for t in w.out_of(before))
    elif isinstance(refusal, NotYours):
        assert rule is not None and not roles & set(rule.who)
    elif isinstance(refusal, Refused):
        assert rule is not None
        assert [v.code for v in refusal.verdicts] == [g.code for g in rule.checks]
        assert not all(v.ok for v in refusal.verdicts)


def whatever_is_fired_was_offered(w: Workflow, before: str, offered: Sequence[Offer], asked: Act, result: Step | Refusal) -> None:
    """And what was not offered is refused."""
    offers = {o.transition.trigger: o for o in offered}
    offer = offers.get(asked.trigger)
    if isinstance(result, Step):
        assert Role.SYSTEM in result.transition.who or (offer is not None and offer.allowed)
    if offer is not None and not offer.allowed:
        assert isinstance(result, (NotYours, Refused))
    assert set(offers) == {t.trigger for t in w.out_of(before) if Role.SYSTEM not in t.who}


def the_end_is_the_end_and_only_entries_are_added(w: Workflow, before: str, step: Step) -> None:
    if w.is_final(before):
        assert step.transition in w.entries
        assert step.after == before


def a_paused_case_stands_still(before: str, shown: Facts, step: Step) -> None:
    if before == START:
        return
    resumes = any(isinstance(e, Resume) for e in step.transition.effects)
    if shown.case.paused:
        assert step.transition.while_paused or resumes
    else:
        assert not resumes


def it_conforms_to_a_plain_reading(table: Mapping[tuple[str, str], tuple[str, Transition]], before: str, roles: frozenset[Role], shown: Facts,
                                   asked: Act, result: Step | Refusal) -> None:
    dest, rule = table.get((before, asked.trigger), (None, None))
    expected: Any = NotNow
    if rule is not None and dest is not None:
        holds = [g.rule.holds(shown, asked, **dict(g.args)) for g in rule.checks]
        expected = NotYours if not roles & set(rule.who) else dest if all(holds) else Refused
    assert expected == (result.after if isinstance(result, Step) else type(result))


def reached(w: Workflow) -> set[str]:
    """The states that favourable circumstances lead to, each way out tried from each state once."""
    seen, ahead = {START}, [START]
    while ahead:
        state = ahead.pop()
        for way in range(len(w.out_of(state))):
            push = Push(way, False, frozenset(), True, False, True, -1, False)
            result = outcome(w, state, *attempt(w, state, push))
            if isinstance(result, Step) and result.after not in seen:
                seen.add(result.after)
                ahead.append(result.after)
    return seen - {START}


@every_workflow
def test_every_state_is_reached_under_its_own_rules(name: str) -> None:
    w = WORKFLOWS[name]
    assert reached(w) == set(w.by_name)

"""What is offered is what can be done: made from the definitions, for every workflow, state, part and set of facts.

A transition whose facts all hold succeeds with inputs that satisfy the rest; one that is refused fails with the same verdicts; and of what is
not theirs nobody learns a verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from itertools import islice, product
from random import Random
from typing import Any

import pytest

from tests.workflows.circumstances import in_its_words, merged
from tests.workflows.filling import Known, filled
from tests.workflows.guard_cases import CASES, Case
from tests.workflows.samples import act, facts, small
from workflows.acts import Act, CaseFact, Facts
from workflows.catalogue import load_catalogue
from workflows.definition import Transition, Workflow
from workflows.effects import Resume
from workflows.engine import Offer, explain, fire, known_before
from workflows.errors import NotYours, Refused
from workflows.guards import Guard
from workflows.roles import Role

WORKFLOWS = {w.name: w for w in (*load_catalogue().workflows, small())}


def ways(w: Workflow) -> Iterator[tuple[str, Transition]]:
    """Every way out of every state. What may be done in all of them alike is tried in the first and in the last."""
    first, *_, last = [*w.by_name, *w.by_name]
    for state in ("", *w.by_name):
        for t in w.out_of(state):
            if Role.SYSTEM not in t.who and (t not in w.entries or state in (first, last)):
                yield state, t


def of_every_way(holds: Callable[[Workflow, str, Transition], None]) -> Callable[[str], None]:
    """A test for each workflow: something holds of every way out of every state. What does not hold is told with its way."""

    @pytest.mark.parametrize("name", sorted(WORKFLOWS))
    @wraps(holds, assigned=("__name__", "__doc__", "__module__"), updated=())
    def test(name: str) -> None:
        w = WORKFLOWS[name]
        for state, t in ways(w):
            try:
                holds(w, state, t)
            except (AssertionError, LookupError, Refused, NotYours) as error:
                raise AssertionError(f"{t.trigger} in {state or 'start'}: {error!r}") from error

    del test.__wrapped__  # or its arguments would be taken for those of the test
    return test


KNOWN = Known(facts().today)

A_FILE = "stored_as"
"""What an act has that comes with a file: it is sent with what is entered."""


@dataclass(frozen=True)
class Fixture:
    """What is so, what is entered, and how; `broken` is the guard whose case fails."""

    facts: Facts
    data: dict[str, Any]
    act: dict[str, Any]
    broken: Guard | None = None


def fixture(w: Workflow, state: str, t: Transition, cases: Sequence[Case], seed: int) -> Fixture:
    """A case of every guard seen together, the inputs filled in where no guard says what they are."""
    shown: dict[str, Any] = {}
    told: dict[str, Any] = {}
    for g, case in zip(t.checks, cases, strict=True):
        for key, value in in_its_words(g, case.args, case.facts).items():
            shown[key] = merged(shown[key], value) if key in shown else value
        for key, value in in_its_words(g, case.args, case.data).items():
            told[key] = merged(told[key], value) if key in told else value
    resumes = any(isinstance(e, Resume) for e in t.effects)
    shown["case"] = standing(w, state, shown.get("case"), resumes)
    shown["known"] = frozenset(shown.get("known", ())) | frozenset(shown.get("drawn_in", ()))
    sent = {key: value for case in cases for key, value in case.act.items() if key == A_FILE}
    return Fixture(facts(**shown), filled(t.inputs, Random(seed), KNOWN) | told, sent)


def standing(w: Workflow, state: str, sample: CaseFact | None, paused: bool) -> CaseFact:
    """The case as a sample shows it, in this state."""
    return CaseFact(state, 1, w.name, sample.paused if sample else paused, w.is_final(state), bool(sample and sample.closed_circle))


def holding(w: Workflow, state: str, t: Transition) -> Fixture:
    """A fixture in which the act can be carried out: the first combination of cases that agree with each other."""
    for n, cases in enumerate(islice(product(*(CASES[g.rule.name][0] for g in t.checks)), 400)):
        for seed in (n, n + 400):
            found = fixture(w, state, t, cases, seed)
            if all(v.ok for v in verdicts(t, found)):
                return found
    raise AssertionError(f"no cases of the guards of {w.name}.{t.trigger} go together; give them such that do, in guard_cases")


def whole(name: str, value: Any, filled_in: Any, g: Guard) -> Any:
    """Rows of a failing case with the columns of which its guard's cases never speak, as they were filled in."""
    if not (isinstance(value, list) and value and isinstance(value[0], dict) and filled_in):
        return value
    its_own = {column for both in CASES[g.rule.name] for case in both for row in case.data.get(name) or () for column in row}
    rest = {column: given for column, given in filled_in[0].items() if column not in its_own}
    return [rest | row for row in value]


def breaking(w: Workflow, state: str, t: Transition, base: Fixture) -> Iterator[Fixture]:
    """For each guard and each of its failing cases, the holding fixture with what that guard sees as in its case."""
    for g in t.checks:
        entered = {name for case in CASES[g.rule.name][0] for name in in_its_words(g, case.args, case.data)}
        for case in CASES[g.rule.name][1]:
            shown = {name: getattr(base.facts, name) for name in base.facts.names}
            seen = in_its_words(g, case.args, case.facts)
            shown |= {name: seen.get(name, getattr(facts(), name)) for name in g.rule.needs if name != "case"}
            if "case" in seen:
                shown["case"] = standing(w, state, seen["case"], False)
            data = {name: value for name, value in base.data.items() if name not in entered}
            data |= {name: whole(name, value, base.data.get(name), g) for name, value in in_its_words(g, case.args, case.data).items()}
            its_own = any(one.act for one in CASES[g.rule.name][0])
            yield Fixture(Facts(shown), data, case.act if its_own else base.act | case.act, g)


def verdicts(t: Transition, f: Fixture) -> list[Any]:
    asked = the_act(t, f)
    return [g.ask(f.facts, asked) for g in t.checks]


def the_act(t: Transition, f: Fixture) -> Act:
    return act(t.trigger, f.data, **f.act)


def known(w: Workflow, state: str, f: Fixture) -> dict[str, Facts]:
    """No more facts than are known of each way out before anything is entered."""
    return {x.trigger: f.facts.only(known_before(x)) for x in w.out_of(state)}


def offered(w: Workflow, state: str, role: Role, t: Transition, told: Mapping[str, Facts]) -> Offer:
    """What somebody with this part is offered."""
    return next(o for o in explain(w, state, frozenset({role}), told, act()) if o.transition is t)


@of_every_way
def test_what_is_offered_is_what_can_be_done(w: Workflow, state: str, t: Transition) -> None:
    base = holding(w, state, t)
    tries = [(f, the_act(t, f), known(w, state, f)) for f in (base, *breaking(w, state, t, base))]
    for role in t.who:
        tried = 0
        for f, asked, told in tries:
            # Whoever asks what they may do acts for themselves, today: an act recorded for another, or late, is judged when it is sent.
            for_oneself = not f.act.keys() - {A_FILE}
            offer = offered(w, state, role, t, told) if for_oneself else None
            try:
                step = fire(w, state, frozenset({role}), f.facts, asked)
            except Refused as refused:
                final = {v.code: v.ok for v in refused.verdicts}
                assert f is not base
            else:
                assert (step.after, step.role) == (w.arrives(state, t), role)
                final = {v.code: v.ok for v in step.verdicts}
            if offer is None:
                continue
            tried += 1
            foreseen = {v.code: v.ok for v in offer.verdicts}
            assert list(foreseen) == [g.code for g in t.checks]
            judged = {code: ok for code, ok in foreseen.items() if ok is not None}
            assert judged == {code: final[code] for code in judged}
            assert {code for code, ok in foreseen.items() if ok is None} == {g.code for g in t.checks if t.awaits(g)}
            assert offer.mine and offer.allowed is all(final[code] for code in judged)
            if f.broken is not None and not t.awaits(f.broken) and final[f.broken.code] is False:
                assert not offer.allowed
        assert tried


UNDER_WAY = {"case_under_way_keeps_its_words"}
"""What only asks something of a case that has not ended."""


@of_every_way
def test_every_guard_can_stop_the_act(w: Workflow, state: str, t: Transition) -> None:
    base = holding(w, state, t)
    stopped = set()
    for f in breaking(w, state, t, base):
        try:
            fire(w, state, frozenset(t.who), f.facts, the_act(t, f))
        except Refused as refused:
            stopped |= {v.code for v in refused.verdicts if not v.ok}
    assert {g.code for g in t.checks} - (UNDER_WAY if w.is_final(state) else set()) <= stopped


@pytest.mark.parametrize("name", sorted(WORKFLOWS))
def test_nobody_learns_a_verdict_on_what_is_not_theirs(name: str) -> None:
    w = WORKFLOWS[name]
    for role, state in product((r for r in Role if r is not Role.SYSTEM), ("", *w.by_name)):
        needed = {n for t in w.out_of(state) if role in t.who for n in known_before(t)}
        for o in explain(w, state, frozenset({role}), facts().only(needed), act()):
            where = f"{role}: {o.transition.trigger} in {state or 'start'}"
            assert o.mine is (role in o.transition.who), where
            assert bool(o.verdicts) is o.mine or not o.transition.checks, where
            if not o.mine:
                assert not o.allowed, where
                with pytest.raises(NotYours):
                    fire(w, state, frozenset({role}), facts(), act(o.transition.trigger))

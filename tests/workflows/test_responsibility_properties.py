"""Whatever is tried with a responsibility, an answer is the head's own, and silence is never one."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflows.guard_cases import DROPPED, steps
from tests.workflows.samples import act, facts
from tests.workflows.test_engine_properties import Push, pushes, walk
from workflows.acts import StepFact
from workflows.engine import Step
from workflows.responsibility_guards import REMINDERS, SERVINGS, reminders_had_their_time, since_served
from workflows.responsibility_v1 import RESPONSIBILITY
from workflows.roles import Role

ANSWERS = {"acknowledge": "acknowledged", "acknowledge_with_reservation": "acknowledged_with_reservation", "contest": "contested"}
SILENCES = ("remind", "remind_automatically", "answer_lapsed", "escalate_silence", "escalate")
many = settings(max_examples=150, deadline=None)


def course(stream: list[Push]) -> list[Step]:
    """The acts that were carried out."""
    return [result for *_, result in walk(RESPONSIBILITY, stream) if isinstance(result, Step)]


@given(stream=pushes)
@many
def test_only_the_heads_own_act_leads_to_an_answer(stream: list[Push]) -> None:
    for step in course(stream):
        if step.after in ANSWERS.values() and step.before != step.after:
            assert ANSWERS[step.transition.trigger] == step.after
            assert step.role is Role.HEAD


@given(stream=pushes)
@many
def test_silence_never_becomes_an_answer(stream: list[Push]) -> None:
    answered = False
    for step in course(stream):
        if step.transition.trigger in SILENCES:
            assert step.after not in ANSWERS.values()
        if step.transition.trigger in SERVINGS:
            answered = False
        answered = answered or step.transition.trigger in ANSWERS
        if step.after in ANSWERS.values():
            assert answered


@given(stream=pushes)
@many
def test_a_head_can_answer_from_silence_until_it_is_determined(stream: list[Push]) -> None:
    for step in course(stream):
        if step.after in ("notified", "no_response", "escalated"):
            offer = RESPONSIBILITY.edge(step.after, "receive")
            assert offer is not None and offer.who == (Role.HEAD,)


@given(st.lists(st.sampled_from((*SERVINGS, *REMINDERS, "receive", "note_for_record")), max_size=12), st.integers(0, 4), st.integers(0, 12))
@many
def test_silence_counts_only_after_the_reminders_of_this_service(done: list[str], wanted: int, later: int) -> None:
    day = 86_400_000_000
    past = tuple(StepFact(trigger, "bert", n * day, "") for n, trigger in enumerate(done))
    served = max((n for n, trigger in enumerate(done) if trigger in SERVINGS), default=-1)
    sent = [n for n, trigger in enumerate(done) if trigger in REMINDERS and n > served]
    expected = len(sent) >= wanted and (wanted == 0 or later > sent[wanted - 1])
    shown = facts(steps=past, now=later * day, ruleset={"reminders": wanted})
    assert reminders_had_their_time().ask(shown, act()).ok is expected
    assert [s.occurred_at // day for s in since_served(past)] == list(range(served + 1, len(done)))


def test_nothing_is_withdrawn_from_who_has_to_handle() -> None:
    withdraw = RESPONSIBILITY.triggers["withdraw"][0]
    verdicts = [g.ask(facts(said={"basis": "handling"}, matter=DROPPED, steps=steps("notify")), act()) for g in withdraw.checks]
    assert not all(v.ok for v in verdicts)

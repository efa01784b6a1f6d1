"""Every guard, with a case in which it holds and one in which it does not."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from itertools import product
from typing import Any

import pytest

from tests.workflows.samples import DAY, act, facts
from workflows.acts import CaseFact, ClockFact, OfficeFact, StepFact, StrandFact
from workflows.errors import Undeclared
from workflows.guards import GUARDS, guard
from workflows.words import LANGUAGES

OPEN, PAUSED = CaseFact("s", 1, "w", False, False), CaseFact("s", 1, "w", True, False)
HELD = OfficeFact("head", "then", "now", None, None)
EMPTY = OfficeFact("head", None, None, None, None)
STANDS, SETTLED, OVER = (StrandFact("child", "open", False, False), StrandFact("child", "dated", False, True),
                         StrandFact("child", "closed", True, False))


def steps(*done: str) -> tuple[StepFact, ...]:
    """Earlier events, `trigger` or `trigger by person`."""
    return tuple(StepFact(t, by or "bert", i, "") for i, (t, _, by) in enumerate(d.partition(" by ") for d in done))


@dataclass(frozen=True)
class Case:
    """What a guard is shown."""

    facts: dict[str, Any] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    act: dict[str, Any] = field(default_factory=dict)
    args: dict[str, Any] = field(default_factory=dict)


def _team(*names: str, declared: str = "clean") -> dict[str, Any]:
    return {"team_lead": "lea", "lead_declared": "clean", "team": [{"person": n, "declared": declared} for n in names]}


SUBMIT, STRAND = {"trigger": "submit"}, {"workflow": "appeal", "states": ("lodged", "heard")}
CASES: dict[str, tuple[list[Case], list[Case]]] = {
    "case_is_not_paused": ([Case({"case": OPEN})], [Case({"case": PAUSED})]),
    "case_is_paused": ([Case({"case": PAUSED})], [Case({"case": OPEN})]),
    "late_entry_names_its_paper": ([Case(), Case(data={"paper": "file 7"}, act={"late": True})], [Case(act={"late": True})]),
    "actor_has_no_tie": ([Case(), Case({"ties": {"bert"}})],
                         [Case({"ties": {"anna"}}), Case({"ties": {"bert"}}, act={"recorded_for": "bert"}),
                          Case({"ties": {"anna"}}, act={"on_behalf_of": "bert"})]),
    "another_person_than": ([Case(args=SUBMIT), Case({"steps": steps("submit by bert")}, args=SUBMIT)],
                            [Case({"steps": steps("submit by anna")}, args=SUBMIT),
                             Case({"steps": steps("submit by bert", "submit by anna")}, args=SUBMIT),
                             Case({"steps": steps("submit by bert")}, act={"recorded_for": "bert"}, args=SUBMIT)]),
    "came_before": ([Case({"steps": steps("submit")}, args=SUBMIT)], [Case({"steps": steps("return")}, args=SUBMIT)]),
    "not_yet_done": ([Case({"steps": steps("return")}, args=SUBMIT)], [Case({"steps": steps("submit")}, args=SUBMIT)]),
    "parent_is": ([Case({"parent": STANDS}, args={"workflow": "child"})],
                  [Case(args={"workflow": "child"}), Case({"parent": STANDS}, args={"workflow": "other"})]),
    "strand_stands": ([Case({"strands": {"appeal": StrandFact("appeal", "heard", False, False)}}, args=STRAND)],
                      [Case(args=STRAND), Case({"strands": {"appeal": StrandFact("appeal", "final", True, True)}}, args=STRAND)]),
    "strand_is_not_open": ([Case(args={"workflow": "appeal"})], [Case({"strands": {"appeal": STANDS}}, args={"workflow": "appeal"})]),
    "people_named_are_known": ([Case(), Case({"drawn_in": {"bert"}, "known": {"bert", "cleo"}})], [Case({"drawn_in": {"bert"}})]),
    "children_are_settled": ([Case(), Case({"children": (SETTLED, OVER)})], [Case({"children": (SETTLED, STANDS)})]),
    "unit_is_in_jurisdiction": ([Case({"jurisdiction": {"u1"}}, {"unit": "u1"}), Case()], [Case({"jurisdiction": {"u1"}}, {"unit": "u2"})]),
    "source_is_classified": ([Case({"said": {"source": "signal"}})], [Case(), Case({"said": {"source": ""}})]),
    "someone_else_proposed_no_case": ([Case({"steps": steps("propose_no_case by bert")})],
                                      [Case(), Case({"steps": steps("propose_no_case by anna")})]),
    "team_has_the_right_size": ([Case(data=_team("a", "b"))],
                                [Case(data=_team("a")), Case(data=_team("a", "a")), Case(data=_team("a", "lea")),
                                 Case(data=_team(*"abcde"))]),
    "declarations_are_clean": ([Case(data=_team("a", "b"))],
                               [Case(data=_team("a", "b", declared="conflict")), Case(data=_team("a") | {"lead_declared": "conflict"}),
                                Case(data={})]),
    "nobody_named_has_a_tie": ([Case({"ties": {"bert"}, "drawn_in": {"cleo"}})], [Case({"ties": {"bert"}, "drawn_in": {"bert"}})]),
    "period_is_in_order": ([Case(data={"period_from": "2026-01-01", "period_to": "2026-01-01"})],
                           [Case(data={"period_from": "2026-01-02", "period_to": "2026-01-01"})]),
    "office_has_a_holder": ([Case({"offices": {"head": HELD}}, {"office": "head"}),
                             Case({"offices": {"head": EMPTY._replace(acting_now="cleo")}}, {"office": "head"})],
                            [Case({"offices": {"head": EMPTY}}, {"office": "head"}), Case(data={"office": "head"})]),
    "reminders_were_recorded": ([Case({"steps": steps("remind", "remind")})], [Case({"steps": steps("remind")})]),
    "findings_cite_evidence": ([Case({"evidence": (1, 2)}, {"findings": [{"evidence": [1]}, {"evidence": [1, 2]}]})],
                               [Case({"evidence": (1,)}, {"findings": [{"evidence": [1]}, {"evidence": []}]}),
                                Case({"evidence": (1,)}, {"findings": [{"evidence": [2]}]})]),
    "findings_lie_in_the_past": ([Case(data={"findings": [{"committed_on": "2026-03-02"}]})],
                                 [Case(data={"findings": [{"committed_on": "2026-03-03"}]})]),
    "reply_is_in_or_its_time_is_over": (
        [Case({"steps": steps("share_draft", "comment")}), Case({"steps": steps("share_draft"), "clocks": {"comment": ClockFact(DAY, True, 0)}})],
        [Case({"steps": steps("share_draft")}), Case({"steps": steps("share_draft", "comment", "share_draft")}),
         Case({"steps": steps("share_draft"), "clocks": {"comment": ClockFact(999 * DAY, True, 0)}})]),
    "disagreement_is_answered": ([Case(), Case({"steps": steps("comment")}, {"answers": "see page 2"})], [Case({"steps": steps("comment")})]),
    "quorum_is_met": ([Case(data={"entitled": 9, "present": 5})],
                      [Case(data={"entitled": 10, "present": 5}), Case(data={"entitled": 4, "present": 5}), Case(data={})]),
    "unit_was_heard": ([Case({"steps": steps(s)}) for s in ("report", "comment", "response_lapsed")], [Case(), Case({"steps": steps("remind")})]),
    "investigators_do_not_decide": (
        [Case({"people": {"team_lead": ("bert",)}}),
         Case({"people": {"team_member": ("anna",)}, "ruleset": {"investigators_may_decide": True}})],
        [Case({"people": {"team_lead": ("anna",)}}), Case({"people": {"team_member": ("anna", "bert")}})]),
    "office_has_an_answerer": (
        [Case({"offices": {"head": EMPTY._replace(holder_then="bert")}}, {"office": "head", "basis": "oversight"}),
         Case({"offices": {"head": EMPTY._replace(acting_now="bert")}}, {"office": "head", "basis": "handling"})],
        [Case({"offices": {"head": EMPTY._replace(holder_now="bert")}}, {"office": "head", "basis": "oversight"}),
         Case({"offices": {"head": EMPTY._replace(holder_then="bert")}}, {"office": "head", "basis": "handling"}),
         Case(data={"office": "head", "basis": "handling"})]),
    "determiner_is_another": ([Case({"offices": {"head": HELD}}, {"office": "head", "determiner": "cleo"})],
                              [Case({"offices": {"head": HELD}}, {"office": "head", "determiner": d}) for d in ("then", "now")]),
    "oversight_names_the_day": ([Case(data={"basis": "handling"}), Case(data={"basis": "oversight", "matter_on": "2026-01-01"})],
                                [Case(data={"basis": "oversight"})]),
    "due_is_ahead": ([Case(data={"due": "2026-03-02"}), Case(data={"due": "2026-01-01"}, act={"late": True})],
                     [Case(data={"due": "2026-03-01"})]),
    "oversight_is_answered_in_person": ([Case({"said": {"basis": "oversight"}}),
                                         Case({"said": {"basis": "handling"}}, act={"on_behalf_of": "bert"}),
                                         Case({"said": {"basis": "oversight"}}, act={"recorded_for": "bert"})],
                                        [Case({"said": {"basis": "oversight"}}, act={"on_behalf_of": "bert"})]),
    "right_office_is_another": ([Case({"said": {"office": "tail"}, "offices": {"head": HELD}}, {"right_office": "head"})],
                                [Case({"said": {"office": "head"}, "offices": {"head": HELD}}, {"right_office": "head"}),
                                 Case({"said": {"office": "tail"}, "offices": {"head": EMPTY}}, {"right_office": "head"}),
                                 Case({"said": {"office": "tail"}}, {"right_office": "head"})]),
    "the_head_answers": ([Case({"people": {"head": ("anna",)}}), Case({"people": {"head": ("bert",)}}, act={"recorded_for": "bert"})],
                         [Case({"people": {"head": ("bert",)}})]),
    "underlying_matter_is_decided": (
        [Case({"said": {"basis": "handling"}, "parent": STANDS}), Case({"said": {"basis": "oversight"}, "parent": SETTLED}),
         Case({"said": {"basis": "oversight"}, "parent": OVER})],
        [Case({"said": {"basis": "oversight"}, "parent": STANDS})]),
    "determiner_is_not_the_head": ([Case({"people": {"head": ("bert",)}})],
                                   [Case({"people": {"head": ("anna",)}}), Case({"people": {"head": ("bert",)}}, act={"on_behalf_of": "bert"})]),
    "responsibility_stands": ([Case({"said": {"outcome": o}}) for o in ("confirmed", "reduced")], [Case({"said": {"outcome": "withdrawn"}}), Case()]),
    "withdrawn_or_linked": ([Case({"said": {"outcome": "withdrawn"}}), Case({"steps": steps("link")})], [Case({"said": {"outcome": "reduced"}})]),
    "checker_is_not_the_owner": ([Case({"people": {"owner": ("bert",)}})], [Case({"people": {"owner": ("anna",)}})]),
    "checker_did_not_do_it": ([Case(), Case({"steps": steps("finish by bert")})],
                              [Case({"steps": steps("finish by anna")}), Case({"steps": steps("finish by bert")}, act={"recorded_for": "bert"})]),
}
ROWS = [pytest.param(name, case, ok, id=f"{name}-{'holds' if ok else 'fails'}-{i}")
        for name, both in CASES.items() for ok, cases in zip((True, False), both, strict=True) for i, case in enumerate(cases)]
EVERY_GUARD = sorted(GUARDS)


@pytest.mark.parametrize(("name", "case", "ok"), ROWS)
def test_a_guard_says_what_its_sentence_says(name: str, case: Case, ok: bool) -> None:
    verdict = GUARDS[name](**case.args).ask(facts(**case.facts), act(data=case.data, **case.act))
    assert verdict.ok is ok
    assert verdict.code.startswith(name)


@pytest.mark.parametrize("name", EVERY_GUARD)
def test_every_guard_has_a_case_where_it_holds_and_one_where_it_does_not(name: str) -> None:
    assert name in CASES, f"add cases for the guard {name}"
    assert all(CASES[name])


def test_no_case_speaks_of_a_guard_that_is_gone() -> None:
    assert sorted(CASES) == EVERY_GUARD


@pytest.mark.parametrize(("name", "language"), list(product(EVERY_GUARD, LANGUAGES)))
def test_every_guard_has_both_sentences_in_every_shipped_language(name: str, language: str) -> None:
    rule = GUARDS[name]
    for sentence in (rule.inner, rule.outer):
        text = dict(sentence.texts)[language]
        assert text.endswith(".") and text[0] == text[0].upper()
        assert text.isprintable() and "  " not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_guards_say_the_same(language: str) -> None:
    said = [rule.inner.say(language) for rule in GUARDS.values()]
    assert sorted(said) == sorted(set(said))


@pytest.mark.parametrize("name", EVERY_GUARD)
def test_a_guard_is_told_in_another_tongue_than_english(name: str) -> None:
    texts = [text for _, text in GUARDS[name].inner.texts]
    assert len(set(texts)) == len(LANGUAGES)


@pytest.mark.parametrize("name", EVERY_GUARD)
def test_every_argument_of_a_guard_is_said_in_its_sentence(name: str) -> None:
    for language, parameter in product(LANGUAGES, GUARDS[name].parameters):
        assert f"{{{parameter}}}" in GUARDS[name].inner.say(language)


@pytest.mark.parametrize("name", EVERY_GUARD)
def test_every_fact_a_guard_declares_is_one_it_reads(name: str) -> None:
    for needed in GUARDS[name].needs:
        read = []
        for both in CASES[name]:
            for case in both:
                shown = facts(**case.facts).only(set(GUARDS[name].needs) - {needed})
                try:
                    GUARDS[name].holds(shown, act(data=case.data, **case.act), **case.args)
                except Undeclared:
                    read.append(case)
        assert read, f"{name} declares {needed} and never looks at it"


def test_an_undeclared_fact_cannot_be_read() -> None:
    with pytest.raises(Undeclared, match="said"):
        _ = facts().only(("case",)).said


def test_a_guard_that_looks_at_an_undeclared_fact_fails_loudly() -> None:
    @guard(needs=("case",), vi="Thử.")
    def peeks_at_the_ties(case: Any, act: Any) -> bool:
        """It peeks."""
        return bool(case.ties)

    try:
        with pytest.raises(Undeclared, match="ties"):
            peeks_at_the_ties().ask(facts(), act())
    finally:
        del GUARDS["peeks_at_the_ties"]


def test_a_guard_cannot_ask_for_a_fact_that_does_not_exist() -> None:
    with pytest.raises(ValueError, match="no such fact: weather"):
        guard(needs=("weather",), vi="Thử.")


def test_two_guards_cannot_share_a_name() -> None:
    def came_before(case: Any, act: Any) -> bool:
        """Again."""
        return True

    with pytest.raises(ValueError, match="two guards named came_before"):
        guard(vi="Thử.")(came_before)


def test_a_guard_without_its_sentence_cannot_be_declared() -> None:
    def says_nothing(case: Any, act: Any) -> bool:
        return True

    with pytest.raises(ValueError, match="lacks the language en"):
        guard(vi="Thử.")(says_nothing)


def test_a_guard_takes_exactly_its_arguments() -> None:
    with pytest.raises(ValueError, match="takes exactly: trigger"):
        GUARDS["came_before"]()
    with pytest.raises(ValueError, match="takes exactly: nothing"):
        GUARDS["case_is_paused"](trigger="submit")


def test_facts_are_frozen() -> None:
    with pytest.raises(AttributeError, match="frozen"):
        facts().today = date(2030, 1, 1)

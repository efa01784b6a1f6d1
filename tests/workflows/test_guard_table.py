"""Every guard, with a case in which it holds and one in which it does not."""

from __future__ import annotations

from datetime import date
from itertools import chain, product
from typing import Any

import pytest

from tests.workflows.guard_cases import CASES
from tests.workflows.samples import act, facts
from workflows.catalogue import BUILT_IN
from workflows.errors import Undeclared
from workflows.guards import GUARDS, guard
from workflows.words import LANGUAGES

ROWS = [(name, case, ok) for name, both in CASES.items() for ok, cases in zip((True, False), both, strict=True) for case in cases]
assert BUILT_IN, "every guard is declared by what the workflows import"
EVERY_GUARD = sorted(GUARDS)


def test_a_guard_says_what_its_sentence_says() -> None:
    for name, case, ok in ROWS:
        verdict = GUARDS[name](**case.args).ask(facts(**case.facts), act(data=case.data, **case.act))
        assert verdict.ok is ok, f"{name} {'holds' if ok else 'fails'}: {case}"
        assert verdict.code.startswith(name), name


def test_every_guard_has_a_case_where_it_holds_and_one_where_it_does_not() -> None:
    for name in EVERY_GUARD:
        assert name in CASES, f"add cases for the guard {name}"
        assert all(CASES[name]), name


def test_no_case_speaks_of_a_guard_that_is_gone() -> None:
    assert sorted(CASES) == EVERY_GUARD


def test_every_guard_has_both_sentences_in_every_shipped_language() -> None:
    for name, language in product(EVERY_GUARD, LANGUAGES):
        for sentence in (GUARDS[name].inner, GUARDS[name].outer):
            text = dict(sentence.texts)[language]
            assert text.endswith(".") and text[0] == text[0].upper(), name
            assert text.isprintable() and "  " not in text, name


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_guards_say_the_same(language: str) -> None:
    said = [rule.inner.say(language) for rule in GUARDS.values()]
    assert sorted(said) == sorted(set(said))


def test_a_guard_is_told_in_another_tongue_than_english() -> None:
    for name in EVERY_GUARD:
        texts = [text for _, text in GUARDS[name].inner.texts]
        assert len(set(texts)) == len(LANGUAGES), name


def test_every_argument_of_a_guard_is_said_in_its_sentence() -> None:
    for name in EVERY_GUARD:
        for language, parameter in product(LANGUAGES, GUARDS[name].parameters):
            assert f"{{{parameter}}}" in GUARDS[name].inner.say(language), name


def test_every_fact_a_guard_declares_is_one_it_reads() -> None:
    for name in EVERY_GUARD:
        for needed in GUARDS[name].needs:
            assert _reads(name, needed), f"{name} declares {needed} and never looks at it"


def _reads(name: str, needed: str) -> bool:
    """Whether a guard looks at a fact in any of its cases: without it, it fails."""
    for case in chain(*CASES[name]):
        try:
            GUARDS[name].holds(facts(**case.facts).only(set(GUARDS[name].needs) - {needed}), act(data=case.data, **case.act), **case.args)
        except Undeclared:
            return True
    return False


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

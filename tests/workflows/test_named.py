"""What rules and consequences speak of is called by its name in every language, and by no code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, replace
from itertools import product

import pytest

from inspect_app.schemas.cases import dump_workflow
from inspect_app.services.letters import TITLES
from workflows.catalogue import load_catalogue
from workflows.definition import Transition, Workflow
from workflows.draw import effect_words, tables
from workflows.effects import Effect
from workflows.guards import GUARDS
from workflows.ruleset import GENERIC
from workflows.words import LANGUAGES, words

WORKFLOWS = load_catalogue().workflows
every = pytest.mark.parametrize(("workflow", "language"), list(product(WORKFLOWS, LANGUAGES)),
                                ids=[f"{w.name}-{code}" for w, code in product(WORKFLOWS, LANGUAGES)])
CODE = re.compile(r"[a-z0-9]+_[a-z0-9_]+")


def acts(workflow: Workflow) -> tuple[Transition, ...]:
    return (*workflow.transitions, *workflow.entries)


def sentences(workflow: Workflow, language: str) -> Iterator[tuple[str, set[str]]]:
    """Each sentence with the codes that it speaks of."""
    for t in acts(workflow):
        for g in t.checks:
            said = g.unasked(language, workflow.called(language))
            codes = {code for _, value in g.args for code in (value if isinstance(value, tuple) else (value,)) if isinstance(code, str)}
            yield from ((said.inner, codes), (said.outer, codes))
        yield from ((effect_words(workflow, t, e, language), codes_of(e)) for e in t.effects)


def codes_of(effect: Effect) -> set[str]:
    return {str(value) for f in fields(effect) if isinstance(value := getattr(effect, f.name), str)}


@every
def test_no_sentence_of_a_rule_or_a_consequence_holds_a_code(workflow: Workflow, language: str) -> None:
    for said, codes in sentences(workflow, language):
        assert CODE.search(said) is None, said
        if language != "en":  # in English an option may be called as its code is
            assert not codes & set(re.findall(r"\w+", said)), said


def test_what_belongs_to_another_workflow_is_called_as_it_is_there() -> None:
    inspection = next(w for w in WORKFLOWS if w.name == "inspection")
    stands = GUARDS["strand_stands"](workflow="responsibility", states=["acknowledged_with_reservation", "contested"])
    for language in LANGUAGES:
        other = next(w for w in WORKFLOWS if w.name == "responsibility")
        said = stands.unasked(language, inspection.called(language)).inner
        assert other.title.say(language) in said
        assert f"{other.by_name['acknowledged_with_reservation'].label.say(language)}, {other.by_name['contested'].label.say(language)}" in said


@every
def test_the_description_of_a_workflow_says_its_rules_as_a_refusal_does(workflow: Workflow, language: str) -> None:
    told = dump_workflow(workflow, GENERIC, language)["transitions"]
    for row, t in zip(told, acts(workflow), strict=True):
        assert [g["message"] for g in row["guards"]] == [g.unasked(language, workflow.called(language)).outer for g in t.checks]


@every
def test_the_tables_show_codes_as_codes_alone(workflow: Workflow, language: str) -> None:
    law = tables(workflow, language).partition("\n")[2]
    assert CODE.findall(re.sub(r"`[^`]*`", "", law)) == []


def test_under_a_ruleset_rules_speak_in_its_terms() -> None:
    unit_check = next(w for w in WORKFLOWS if w.name == "unit_check")
    terms = {f"{part}.{name}": words(en=f"own {part}", vi=f"{part} riêng")
             for part, name in (("trigger", "unit_check.announce"), ("workflow", "rollout"), ("clock", "own_report"), ("state", "rollout.asked"))}
    for language in LANGUAGES:
        called = unit_check.called(language, terms)
        asked = (GUARDS["came_before"](trigger="announce"), GUARDS["strand_stands"](workflow="rollout", states=["asked"]),
                 GUARDS["limit_is_running"](clock="own_report"))
        said = " ".join(g.unasked(language, called).inner for g in asked)
        assert [key for key, term in terms.items() if term.say(language) not in said] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_a_workflow_speaks_in_the_terms_of_the_ruleset(language: str) -> None:
    rules = replace(GENERIC, terms=(*GENERIC.terms, ("trigger.inspection.share_draft", words(en="Own draft", vi="Dự thảo riêng"))))
    inspection = next(w for w in WORKFLOWS if w.name == "inspection")
    told = [g["message"] for row in dump_workflow(inspection, rules, language)["transitions"] for g in row["guards"]]
    assert any(rules.term_table["trigger.inspection.share_draft"].say(language) in message for message in told)


def test_every_letter_has_a_title_of_its_own() -> None:
    assert "letter.other" not in TITLES.values()

"""No page, import, criterion, form or API rates, tags or scores a person's opinions, beliefs, attitude or loyalty: nothing that is shipped has a
place for it, and what a house adds is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config import Settings
from inspect_app.api.document import openapi
from inspect_app.app import create_app
from inspect_app.services.organisation_file import COLUMNS
from tests.workflows.samples import both, small
from workflows.catalogue import load_catalogue
from workflows.criteria import OF_THE_MIND, read_criteria
from workflows.inputs import Choice, Input, Listed, Many, Number, Person, Text, Yes
from workflows.lint import defects

OF_A_MIND = ("opinion", "beliefs", "attitude", "loyalty", "ideology", "thoughts", "thái độ", "tư tưởng", "trung thành", "niềm tin", "quan điểm")
RATES = re.compile(r"\b(scores?|scoring|rat(?:ed|ing|ings)|grad(?:e|es|ed|ing)|loyal\w*|attitudes?|ideolog\w*|beliefs?)\b", re.IGNORECASE)


def every_input(inputs: tuple[Input, ...]) -> Iterator[Input]:
    for i in inputs:
        yield i
        yield from every_input(i.of) if isinstance(i, Many) else ()


def names_in(schema: Any) -> Iterator[str]:
    """Every name of a property or a parameter in a description of the API."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {}) if isinstance(schema.get("properties"), dict) else ()
        yield from [str(schema["name"])] if "in" in schema and "name" in schema else ()
        for value in schema.values():
            yield from names_in(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from names_in(value)


def words_of(*names: str) -> str:
    return " ".join(names).replace("_", " ")


def test_no_form_of_the_catalogue_asks_what_somebody_thinks_or_how_good_they_are() -> None:
    asked = [i for w in load_catalogue().workflows for t in (*w.transitions, *w.entries) for i in every_input(t.inputs)]
    chosen = [i for i in asked if not isinstance(i, (Text, Many))]
    told = [words_of(i.name, *(text for _, text in i.label.texts),
                     *(piece for code, label in (i.options if isinstance(i, Choice) else ()) for piece in (code, *(text for _, text in label.texts))))
            for i in chosen]
    assert len(told) > 200
    assert [text for text in told if RATES.search(text)] == []


def test_no_criterion_of_a_shipped_ruleset_is_about_a_person_or_a_mind() -> None:
    criteria = [c for rules in load_catalogue().rulesets for c in rules.criteria]
    assert criteria and {c.about for c in criteria} == {"unit"}
    assert [c.code for c in criteria if OF_THE_MIND.search(words_of(c.code, *(text for _, text in (*c.label.texts, *c.counts.texts))))] == []


def test_no_field_of_the_api_and_no_column_of_an_import_is_for_a_rating(tmp_path: Path) -> None:
    app = create_app(Settings(database_url=f"sqlite:///{tmp_path / 'x.db'}", mode="test", data=tmp_path))
    fields = {*names_in(openapi(app)), *(column for columns in COLUMNS.values() for column in columns)}
    assert len(fields) > 100
    assert sorted(name for name in fields if RATES.search(words_of(name))) == []


@pytest.mark.parametrize("word", OF_A_MIND)
@pytest.mark.parametrize("where", ["label", "counts"])
def test_a_criterion_of_a_house_that_speaks_of_a_mind_is_refused(word: str, where: str) -> None:
    row = {"code": "x", "about": "unit", "label": {"en": "A", "vi": "B"}, "counts": {"en": "A", "vi": "B"}}
    found, wrong = read_criteria([row | {where: {"en": f"Good {word}", "vi": "B"}}])
    assert not found and len(wrong) == 1
    assert read_criteria([row | {"about": "person"}])[1] == [
        "the criterion “x” is about “person”: criteria are about the work of a unit, never about a person"]


@pytest.mark.parametrize("rating", [
    Choice(name="attitude", label=both("Attitude"), options=(("good", both("good")),)), Number(name="score", label=both("Score"), at_most=10),
    Yes(name="loyal", label=both("Loyal")), Listed(name="grading", of="factors.mitigating", label=both("Grading"))])
def test_a_form_of_a_house_that_rates_a_person_is_refused(rating: Input) -> None:
    found = defects(small(checked=False, tell={"inputs": (Person(name="person", label=both("Person")), rating)}))
    assert [one for one in found if f"“{rating.name}” is a criterion" in one]

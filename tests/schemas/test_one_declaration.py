"""For every trigger the gate, the description and the declaration ask for the same: names, needs, limits, readers."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import fields

from inspect_app.schemas.acts import schema_of
from inspect_app.schemas.drawn import act_schemas, for_people, inputs_schema
from workflows.catalogue import load_catalogue
from workflows.definition import Workflow
from workflows.inputs import Choice, Computed, Input, Listed, Many, Number, Text

CATALOGUE = load_catalogue()
EVERY = [(w, t) for w in CATALOGUE.workflows for t in (*w.transitions, *w.entries)]


def same(declared: tuple[Input, ...], gate: dict[str, fields.Field[Any]], drawn: dict[str, Any]) -> None:
    """The three agree, rows included."""
    names = {i.name for i in declared}
    assert set(gate) == set(drawn["properties"]) == names and drawn["additionalProperties"] is False
    assert {n for n, f in gate.items() if f.required} == set(drawn["required"]) == {i.name for i in declared if i.required}
    for i in declared:
        shown = drawn["properties"][i.name]
        assert (shown["title"], shown["x-class"], shown["x-readers"]) == (str(i.label), str(i.klass), [str(r) for r in i.readers])
        match i:
            case Text():
                assert (shown["minLength"], shown["maxLength"]) == (i.at_least, i.at_most)
            case Number():
                assert (shown["minimum"], shown["maximum"]) == (i.at_least, i.at_most)
            case Choice():
                assert shown["enum"] == [code for code, _ in i.options]
            case Many():
                rows = gate[i.name]
                assert isinstance(rows, fields.List) and isinstance(rows.inner, fields.Nested)
                same(i.of, rows.inner.schema.fields, shown["items"])


@pytest.mark.parametrize("w", CATALOGUE.workflows, ids=lambda w: w.name)
def test_schema_description_and_declaration_ask_for_the_same(w: Workflow) -> None:
    for t in (*w.transitions, *w.entries):
        try:
            same(t.asked, schema_of(t).fields, inputs_schema(t.asked))
        except AssertionError as error:
            raise AssertionError(f"{t.trigger}: {error}") from error


def test_what_the_law_works_out_is_asked_of_nobody() -> None:
    worked_out = [(t, i) for _, t in EVERY for i in t.inputs if isinstance(i, Computed)]
    assert worked_out
    for t, i in worked_out:
        assert i.name not in schema_of(t).fields and i.name not in {a.name for a in t.asked}


def test_a_list_of_the_ruleset_is_one_code_or_several() -> None:
    for _, t in EVERY:
        for i in t.asked:
            if isinstance(i, Listed):
                drawn = inputs_schema((i,))["properties"][i.name]
                assert (drawn["type"], drawn["x-list"]) == ("array" if i.several else "string", i.of)
                assert isinstance(schema_of(t).fields[i.name], fields.List) is i.several


def test_every_act_of_every_workflow_is_in_the_description() -> None:
    made = act_schemas(CATALOGUE.by_name.values())
    wanted = {f"{w.name}.{t.trigger}" for w, t in EVERY if for_people(t) and CATALOGUE.by_name[w.name] is w}
    assert wanted == {name for name in made if "." in name} and "inspection.register" in wanted
    triggers = [one["properties"]["trigger"]["const"] for one in made["Act"]["oneOf"]]
    assert len(triggers) == len(set(triggers))
    assert set(triggers) == {t.trigger for w, t in EVERY if for_people(t) and t not in w.openings}


def test_a_clocks_own_trigger_is_not_offered_to_people() -> None:
    assert not any("response_lapsed" in name for name in act_schemas(CATALOGUE.by_name.values()))

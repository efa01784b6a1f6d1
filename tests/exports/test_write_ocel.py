"""OCEL 2.0: valid by the standard's own schema, every object with an event, every kind declared."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import jsonschema_rs
from hypothesis import given, settings
from hypothesis import strategies as st

from inspect_app.exports.history import HistoryEvent
from inspect_app.exports.ocel import write_ocel
from inspect_app.exports.pseudonyms import Pseudonyms

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def written(events: Iterable[HistoryEvent]) -> dict[str, Any]:
    told = json.loads(b"".join(write_ocel(events)))
    assert isinstance(told, dict)
    return told


def sound(told: dict[str, Any]) -> None:
    """Ids are given once; relations lead somewhere; each object has an event; each kind and attribute is declared."""
    ids = [one["id"] for one in told["objects"]]
    assert len(ids) == len(set(ids))
    related = {r["objectId"] for one in told["events"] for r in one["relationships"]}
    assert related == set(ids)
    assert {r["objectId"] for one in told["objects"] for r in one["relationships"]} <= set(ids)
    for things, kinds in (("events", "eventTypes"), ("objects", "objectTypes")):
        declared = {kind["name"]: {a["name"] for a in kind["attributes"]} for kind in told[kinds]}
        assert all({a["name"] for a in one["attributes"]} <= declared[one["type"]] for one in told[things])


def test_cases_dossiers_units_and_persons_are_objects(native: HistoryEvent) -> None:
    told = written([native._replace(unit="W1", on_behalf_of="h"),
                    native._replace(event_id="e2", seq=3, actor="x", unit="W1"),
                    native._replace(event_id="e3", dossier="d2", case_number="c2", attributes=(("concept:name", "string", "Create Fine"),),
                                    trace_attributes=(("points", "int", "2"),))])
    sound(told)
    assert [one["type"] for one in told["events"]] == ["notify", "notify", "Create Fine"]
    assert {(one["type"], one["id"]) for one in told["objects"]} == {
        ("dossier", "dossier:2024-7"), ("dossier", "dossier:d2"), ("case", "case:2024-7/2"), ("case", "case:c2"), ("unit", "unit:W1"),
        ("person", "person:p-12"), ("person", "person:h"), ("person", "person:x")}
    assert {"objectId": "person:h", "qualifier": "on behalf of"} in told["events"][0]["relationships"]
    assert next(one for one in told["objects"] if one["id"] == "dossier:d2")["attributes"] == [
        {"name": "points", "value": "2", "time": "1970-01-01T00:00:00Z"}]
    assert told["events"][0]["time"] == "2006-07-23T22:00:00Z"


def test_it_is_valid_by_the_schema_of_the_standard(native: HistoryEvent, real: Callable[[str], Path]) -> None:
    schema = json.loads(real("standards/ocel2-schema.json").read_text("utf-8"))
    jsonschema_rs.validator_for(schema).validate(written([native, native._replace(event_id="e", attributes=(("a", "float", "NaN"),))]))
    jsonschema_rs.validator_for(schema).validate(written([]))


@settings(max_examples=60)
@given(dossier=TEXT, case=TEXT, actor=TEXT, key=TEXT, kind=st.sampled_from(["string", "int", "float", "boolean", "date", "id"]), value=TEXT)
def test_whatever_texts_there_are_it_is_sound(native: HistoryEvent, dossier: str, case: str, actor: str, key: str, kind: str, value: str) -> None:
    sound(written([native, native._replace(dossier=dossier, case_number=case, actor=actor, attributes=((key, kind, value), (key, "string", value)))]))


def test_under_pseudonyms_nobody_is_named_and_everybody_stays_the_same(native: HistoryEvent) -> None:
    names = Pseudonyms()
    events = [native._replace(actor="anna", attributes=(("org:resource", "string", "anna"), ("amount", "float", "3"), ("by", "string", "anna"))),
              native._replace(actor="anna", seq=3, event_id="e")]
    hidden = [names.event(event) for event in events]
    assert hidden[0].actor == hidden[1].actor != names.person("anno")
    assert hidden[0].attributes == (("org:resource", "string", hidden[0].actor), ("amount", "float", "3"), ("by", "string", hidden[0].actor))
    assert "anna" not in json.dumps(written(hidden))
    assert native.case_number not in json.dumps(written(hidden))
    assert Pseudonyms().person("anna") != hidden[0].actor

"""JSON Lines: one event a line, whole."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from inspect_app.exports.history import HistoryEvent
from inspect_app.exports.jsonl import write_jsonl

TEXT = st.text(st.characters(exclude_categories=["Cs"]))


def test_a_line_says_what_the_event_says(native: HistoryEvent) -> None:
    imported = native._replace(attributes=(("b", "float", "35.0"), ("a", "int", "1")))
    content = b"".join(write_jsonl([imported, native._replace(seq=3)]))
    first, second = map(json.loads, content.splitlines())
    assert (first["case"], first["seq"], second["seq"]) == ("2024-7/2", 2, 3)
    assert first["occurred_at"] == "2006-07-24T00:00:00+02:00"
    assert list(first["attributes"].items()) == [("b", ["float", "35.0"]), ("a", ["int", "1"])]
    assert first["data"] == dict(native.data)
    assert first["fits"] is None


@given(actor=TEXT,
       data=st.dictionaries(TEXT, st.one_of(TEXT, st.integers(-2**53, 2**53), st.booleans(), st.none())))
def test_any_event_is_one_line_that_reads_back(native: HistoryEvent, actor: str, data: dict[str, object]) -> None:
    [line] = b"".join(write_jsonl([native._replace(actor=actor, data=data)])).splitlines()
    assert (json.loads(line)["actor"], json.loads(line)["data"]) == (actor, data)

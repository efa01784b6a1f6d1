"""A stored body becomes an event: nothing is lost, nothing is invented, order is kept."""

from __future__ import annotations

import orjson

from inspect_app.exports.history import disclosed, history_event


def body(*facts: tuple[str, object]) -> bytes:
    return orjson.dumps([["salt", name, value] for name, value in facts])


def test_a_body_is_disclosed_by_name_in_its_order() -> None:
    said = disclosed(body(("trigger", "pay"), ("x.amount", ["float", "35.0"]), ("data.title", "T")))
    assert list(said.items()) == [("trigger", "pay"), ("x.amount", ["float", "35.0"]), ("data.title", "T")]


def test_an_event_is_put_together_from_all_its_bodies() -> None:
    made = history_event("D", "C", "fine_v1", 3, 2, "id", 9, False, [
        body(("trigger", "pay"), ("before", "open"), ("after", "paid"), ("occurred_at", 5), ("zone", "+01:00"),
             ("origin", "recorded"), ("guards", []), ("trace.concept:name", ["string", "A1"])),
        body(("actor", "p"), ("role", "payer"), ("on_behalf_of", "q"), ("recorded_for", "r"),
             ("x.b", ["float", "1.50"]), ("x.a", ["string", "z"]), ("data.n", 1))])
    assert made._replace(data={}) == (
        "D", "C", "fine_v1", 3, 2, "id", "pay", "open", "paid", "p", "payer", "q", "r", 5, "+01:00", 9, "recorded",
        False, {}, (("b", "float", "1.50"), ("a", "string", "z")), (("concept:name", "string", "A1"),), None)
    assert made.data == {"n": 1}


def test_what_was_erased_is_empty_and_the_moment_is_then_that_of_recording() -> None:
    made = history_event("D", "C", "fine_v1", 1, 1, "id", 9, None, [])
    assert (made.trigger, made.actor, made.occurred_at, made.zone, made.data) == ("", None, 9, "Z", {})

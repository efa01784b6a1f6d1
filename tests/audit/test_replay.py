"""Replay recomputes a case from its events and names what its mirrors have otherwise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from inspect_app.audit.envelope import seal
from inspect_app.audit.replay import Difference, EventRow, StreamRow, Table, replay
from tests.workflows.samples import small

LAW = small()
LAWS = {LAW.law_hash: Table.read(LAW.law_bytes)}
CID = bytes(16)


def told(*moves: tuple[str, str, str], origin: str = "act", fits: bool = True, role: str = "officer") -> list[EventRow]:
    """A chain of events: trigger, before, after."""
    rows: list[EventRow] = []
    for seq, (trigger, before, after) in enumerate(moves, 1):
        prev = rows[-1].leaf if rows else b""
        done = seal(log="here", cid=CID, seq=seq, prev=prev, at=seq, wf=LAW.law_hash, fields=[("trigger", trigger)])
        rows.append(EventRow(1, seq, done.envelope, done.leaf, trigger, before, after, role, origin, fits))
    return rows


def mirrored(rows: list[EventRow], **other: Any) -> StreamRow:
    """The stream and the case as those events leave them."""
    row = StreamRow(1, CID, "case", len(rows), rows[-1].leaf, "2026-000001", LAW.law_hash, rows[-1].after, len(rows), True)
    return row._replace(**other)


def found(stream: StreamRow, rows: list[EventRow], laws: dict[str, Table] | None = None, log: str = "here") -> list[str]:
    return [difference.what for difference in replay([stream], rows, LAWS if laws is None else laws, log)]


GOOD = told(("open", "", "opened"), ("tell", "opened", "told"), ("hear", "told", "heard"))


def test_a_case_that_is_as_its_events_make_it_differs_nowhere() -> None:
    assert found(mirrored(GOOD), GOOD) == []


def test_the_end_closes_the_case() -> None:
    rows = [*GOOD, *told(*[(r.trigger, r.before, r.after) for r in GOOD], ("decide", "heard", "decided"))[3:]]
    whole = told(*[(r.trigger, r.before, r.after) for r in rows])
    whole[3] = whole[3]._replace(role="chair")
    assert found(mirrored(whole, is_open=False), whole) == []
    assert found(mirrored(whole), whole) == ["is_open is mirrored as True, its events make it False"]


@pytest.mark.parametrize(
    ("mirror", "said"),
    [
        ({"state": "told"}, "state is mirrored as 'told', its events make it 'heard'"),
        ({"case_seq": 2}, "seq is mirrored as 2, its events make it 3"),
        ({"seq": 4}, "the stream stands at event 4, its events end at 3"),
        ({"head": bytes(32)}, "the stream's head is not the hash of its last event"),
        ({"definition": "0" * 64}, "the law " + "0" * 64 + " is not kept here"),
        ({"state": None}, "there is no case for this stream"),
    ],
)
def test_each_mirror_is_held_against_the_events(mirror: dict[str, Any], said: str) -> None:
    assert said in found(mirrored(GOOD, **mirror), GOOD)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda r: [r[0], r[2]], "event 2 is missing; the next there is 3"),
        (lambda r: [r[0], r[1]._replace(leaf=bytes(32)), r[2]], "its hash is not that of its bytes"),
        (lambda r: [r[0], r[1]._replace(envelope=b"{"), r[2]], "its envelope cannot be read"),
        (lambda r: [r[0], r[1]._replace(envelope=r[2].envelope, leaf=r[2].leaf), r[2]], "its envelope says seq 3, not 2"),
        (lambda r: [r[0], r[1]._replace(after="heard"), r[2]], "“tell” leads to “told”, not to “heard”"),
        (lambda r: [r[0], r[1]._replace(before=""), r[2]], "it begins in “”, but the case stood in “opened”"),
        (lambda r: [r[0], r[1]._replace(trigger="decide"), r[2]], "the law knows no “decide” from “opened”"),
        (lambda r: [r[0], r[1]._replace(role="chair"), r[2]], "“tell” is not for the role “chair”"),
        (lambda r: [r[0], r[1]._replace(fits=False), r[2]], "an act is marked as not fitting"),
        (lambda r: [r[0], r[1]._replace(fits=False, origin="recorded"), r[2]], "it does not fit, and yet it moved the case"),
        (lambda r: [r[0]._replace(stream_id=0), *r[1:]], "the event belongs to no stream"),
        (lambda r: [*r, r[2]._replace(stream_id=9)], "the event belongs to no stream"),
    ],
)
def test_each_event_is_held_against_the_chain_and_the_law(change: Callable[[list[EventRow]], list[EventRow]], said: str) -> None:
    assert said in found(mirrored(GOOD), change(list(GOOD)))


def test_another_log_is_noticed() -> None:
    assert found(mirrored(GOOD), GOOD, log="elsewhere")[0] == "its envelope says log 'here', not 'elsewhere'"


def test_what_was_recorded_is_folded_as_it_is_marked() -> None:
    rows = told(("open", "", "opened"), ("hear", "opened", "opened"), ("tell", "opened", "told"), origin="recorded", role="")
    rows[1] = rows[1]._replace(fits=False)
    assert found(mirrored(rows), rows) == []
    rows[1] = rows[1]._replace(fits=True)
    assert found(mirrored(rows), rows) == ["the law knows no “hear” from “opened”"]


def test_a_stream_outside_the_cases_has_a_chain_and_no_state() -> None:
    done = seal(log="here", cid=CID, seq=1, prev=b"", at=1, wf="", fields=[("trigger", "export")])
    row = EventRow(1, 1, done.envelope, done.leaf, "export", "", "", "", "act", True)
    stream = StreamRow(1, CID, "exports", 1, done.leaf, None, None, None, None, None)
    assert list(replay([stream], [row], {}, "here")) == []
    assert list(replay([stream._replace(seq=0)], [row], {}, "here")) == [
        Difference("exports", 0, "the stream stands at event 0, its events end at 1")
    ]


def test_the_table_replay_reads_is_the_workflows_own() -> None:
    table = LAWS[LAW.law_hash]
    assert {key: after for key, (after, _) in table.edges.items()} == {key: LAW.arrives(key[0], t) for key, t in LAW.edges.items()}

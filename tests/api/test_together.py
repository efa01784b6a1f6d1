"""Several acts at once: a batch, each on its own; a sitting, all or none; and many callers at the same case."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from tests.api.conftest import BASE, Caller, Callers
from tests.api.test_acting import ASSESS, opened, problem
from tests.services.organisation import Organisation


def note(case: str, seen: int | None, text: str = "seen") -> dict[str, Any]:
    """A note for the record, as one of several acts."""
    return {"case": case, "trigger": "note_for_record", "data": {"note": text}} | ({} if seen is None else {"seen": seen})


def seqs(caller: Caller, *cases: str) -> list[int]:
    """At which event each case stands."""
    return [caller.get(f"/cases/{case}").get_json()["seq"] for case in cases]


def test_each_act_of_a_batch_has_an_answer_of_its_own(callers: Callers) -> None:
    a, b, c = (opened(callers) for _ in range(3))
    caller = callers["officer"]
    acts = [
        note(a, 1),
        note(b, 5),
        note(c, None),
        note("00000000-0000-4000-8000-000000000000", 1),
        {"case": c, "seen": 1, "trigger": "propose", "data": {}},
        {"case": c, "seen": 1, "trigger": "assess", "data": {}},
        {"case": c, "seen": 1, "trigger": "assess", "data": ASSESS},
        5,
        {"case": c, "seen": True, "trigger": "assess"},
        {"case": "\0", "seen": 1, "trigger": "assess"},
        {"case": c, "seen": 10**30, "trigger": "assess"},
    ]
    answer = caller.post("/events:batch", {"acts": acts})
    told = answer.get_json()["results"]
    assert (answer.status_code, [r["status"] for r in told]) == (200, [201, 412, 428, 404, 409, 422, 201, 422, 422, 422, 422])
    assert told[0]["etag"] == '"2"' and told[0]["event"]["case"] == a and told[4]["problem"]["type"] == "/problems/not_now"
    assert seqs(caller, a, b, c) == [2, 1, 2]


def test_an_act_that_touches_a_persons_standing_cannot_be_batched(callers: Callers, org: Organisation) -> None:
    case = opened(callers)
    acts = [{"case": case, "seen": 1, "trigger": "grant_access", "data": {"person": org["one"].id, "until": "2099-12-31", "reason": "needs to know"}}]
    told = callers["chair"].post("/events:batch", {"acts": acts}).get_json()["results"][0]
    assert (told["status"], told["problem"]["type"]) == (422, "/problems/refused")
    assert "cannot be batched" in told["problem"]["detail"] and seqs(callers["chair"], case) == [1]


def test_a_batch_sent_again_acts_once(callers: Callers) -> None:
    a, b = opened(callers), opened(callers)
    caller = callers["officer"]
    body = {"acts": [note(a, 1), note(b, 1)]}
    first = caller.post("/events:batch", body, Idempotency_Key="b1").get_json()
    assert caller.post("/events:batch", body, Idempotency_Key="b1").get_json() == first
    assert seqs(caller, a, b) == [2, 2]


@pytest.mark.parametrize("body", [{}, {"acts": []}, {"acts": 5}, {"acts": [5] * 101}, {"acts": [], "more": 1}])
def test_a_batch_has_from_1_to_100_acts(callers: Callers, body: Any) -> None:
    problem(callers["officer"].post("/events:batch", body), 422, "invalid")


def sitting(*acts: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A visit, typed back."""
    return {"template": "visit", "occurred_at": "2026-01-05T09:00:00+07:00", "papers": ["minutes 4, shelf 2"], "acts": list(acts)} | more


def test_a_sitting_is_typed_back_as_several_events_dated_that_day(callers: Callers) -> None:
    a, b = opened(callers), opened(callers)
    caller = callers["officer"]
    answer = caller.post("/sittings", sitting(note(a, 1), note(b, 1), note(a, 2, "second")))
    told = answer.get_json()
    assert answer.status_code == 201, told
    assert [(e["case"], e["seq"], e["late"], e["occurred_at"], e["data"]["paper"]) for e in told["events"]] == [
        (case, seq, True, "2026-01-05T09:00:00+07:00", "minutes 4, shelf 2") for case, seq in ((a, 2), (b, 2), (a, 3))
    ]


@pytest.mark.parametrize(
    ("bad", "status", "kind", "pointer"),
    [
        ({"seen": 9}, 412, "stale", None),
        ({"trigger": "propose", "data": {}}, 409, "not_now", None),
        ({"data": {}}, 422, "invalid", "/acts/1/data/note"),
        ({"case": "00000000-0000-4000-8000-000000000000"}, 404, "not_found", None),
        ({"case": 5}, 422, "invalid", "/acts/1/case"),
        ({"data": {"note": "x", "paper": ""}}, 422, "invalid", "/acts/1/data/paper"),
        ({"trigger": "pause", "data": {"ground": "illness", "reason": "ill"}}, 403, "not_yours", None),
    ],
)
def test_of_a_sitting_nothing_is_kept_where_one_act_is_refused(
    callers: Callers, bad: dict[str, Any], status: int, kind: str, pointer: str | None
) -> None:
    a, b = opened(callers), opened(callers)
    told = problem(callers["officer"].post("/sittings", sitting(note(a, 1), note(b, 1) | bad)), status, kind)
    assert [e["pointer"] for e in told["errors"]] == [pointer] if pointer else told["pointer"] == "/acts/1"
    assert seqs(callers["officer"], a, b) == [1, 1]


def test_a_sitting_sent_again_is_answered_with_all_its_events(callers: Callers) -> None:
    a, b = opened(callers), opened(callers)
    caller = callers["officer"]
    first = caller.post("/sittings", sitting(note(a, 1), note(b, 1)), Idempotency_Key="s1")
    callers["officer"].act(a, 2, "note_for_record", note="after")
    again = caller.post("/sittings", sitting(note(a, 1), note(b, 1)), Idempotency_Key="s1")
    assert (again.status_code, again.get_json()) == (201, first.get_json())
    problem(caller.post("/sittings", sitting(note(a, 3)), Idempotency_Key="s1"), 422, "key_reused")


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"template": "party"}, "/template"),
        ({"template": 5}, "/template"),
        ({"occurred_at": None}, "/occurred_at"),
        ({"papers": 5}, "/papers"),
        ({"papers": ["x" * 401]}, "/papers"),
        ({"colour": 1}, "/colour"),
        ({"acts": []}, "/acts"),
    ],
)
def test_what_is_wrong_with_a_sitting_is_said_of_its_field(callers: Callers, changed: dict[str, Any], pointer: str) -> None:
    case = opened(callers)
    told = problem(callers["officer"].post("/sittings", sitting(note(case, 1), **changed)), 422, "invalid")
    assert [e["pointer"] for e in told["errors"]] == [pointer]


def _race(callers: Callers, cases: list[str], threads: int, **headers: str) -> list[list[int]]:
    """All threads send an act on what they saw, case after case; the statuses of each case."""
    barrier = Barrier(threads)
    callers["officer"]

    def run(n: int) -> list[int]:
        caller = Caller(callers.app.test_client(use_cookies=False), callers["officer"].token)
        statuses = []
        for case in cases:
            barrier.wait()
            statuses.append(caller.act(case, 1, "note_for_record", note=f"thread {n}" if not headers else "same", **headers).status_code)
        return statuses

    with ThreadPoolExecutor(threads) as pool:
        by_thread = list(pool.map(run, range(threads)))
    return [list(statuses) for statuses in zip(*by_thread, strict=True)]


def test_of_many_acts_on_one_picture_one_wins_and_the_rest_are_stale(callers: Callers) -> None:
    cases = [opened(callers) for _ in range(5)]
    for statuses in _race(callers, cases, 8):
        assert Counter(statuses) == {201: 1, 412: 7}
    assert seqs(callers["officer"], *cases) == [2] * 5


def test_one_request_sent_many_times_at_once_acts_once_and_is_answered_each_time(callers: Callers) -> None:
    cases = [opened(callers) for _ in range(3)]
    for case in cases:
        assert _race(callers, [case], 8, key=f"same {case}".replace(" ", "-")) == [[201] * 8]
    assert seqs(callers["officer"], *cases) == [2] * 3


def test_one_opening_sent_many_times_at_once_opens_one_case(callers: Callers) -> None:
    callers["officer"]

    def run(_: int) -> tuple[int, str]:
        answer = Caller(callers.app.test_client(use_cookies=False), callers["officer"].token).open(key="same")
        return answer.status_code, answer.get_json().get("id")

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(run, range(8)))
    assert len(answers) == 1 and answers.pop()[0] == 201
    assert callers["officer"].get(f"{BASE}/cases?count=true").get_json()["total"] == 1


def test_one_sitting_sent_many_times_at_once_is_typed_once(callers: Callers) -> None:
    a, b = opened(callers), opened(callers)

    def run(_: int) -> tuple[int, str]:
        caller = Caller(callers.app.test_client(use_cookies=False), callers["officer"].token)
        answer = caller.post("/sittings", sitting(note(a, 1), note(b, 1)), Idempotency_Key="same")
        return answer.status_code, answer.get_data(as_text=True)

    with ThreadPoolExecutor(8) as pool:
        statuses = Counter(status for status, _ in pool.map(run, range(8)))
    assert statuses == {201: 8} and seqs(callers["officer"], a, b) == [2, 2]


@pytest.mark.full
def test_a_thousand_cases_have_one_winner_each(callers: Callers) -> None:
    cases = [opened(callers) for _ in range(1000)]
    assert all(Counter(statuses) == {201: 1, 412: 7} for statuses in _race(callers, cases, 8))

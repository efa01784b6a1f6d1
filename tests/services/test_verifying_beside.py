"""Verification by several processes: of the one state in which it began, and only where it is worth while."""

from __future__ import annotations

import os
import threading

import pytest

from inspect_app.services import checkpoints, keeping_log, verifying, verifying_beside, verifying_streams
from inspect_app.services.erased import erasing_acts
from inspect_app.services.verifying import Outside
from inspect_app.services.verifying_beside import seen
from inspect_app.services.verifying_streams import Ground, Judge, portions
from tests.services.organisation import Organisation


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few streams in each portion, so that a small history has many."""
    monkeypatch.setattr(verifying_streams, "STREAMS_AT_ONCE", 5)


def test_every_process_sees_the_state_in_which_verification_began(org: Organisation) -> None:
    org.ordered()
    keeping_log.round_of(org.house)
    alone = verifying.verify(org.house, processes=1)
    with seen(org.house, 2) as (session, others):
        assert others is not None and len(others.pipes) == 2
        org.ordered()
        org.open()
        keeping_log.round_of(org.house)
        ground = Ground(org.house.log_names, (), erasing_acts(session), frozenset())
        wanted = portions(session)
        others.ask(ground, wanted)
        parts = list(others.parts(Judge(session, org.house, ground)))
    assert sum(part.done.events for part in parts) == alone.events
    assert verifying.verify(org.house, processes=2).as_json() == verifying.verify(org.house, processes=1).as_json()
    assert verifying.verify(org.house, processes=2).status == 0 < verifying.verify(org.house, processes=2).events - alone.events


def test_a_small_history_and_one_core_need_no_other_process(org: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    org.ordered()
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2})
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    assert verifying_beside.processes_for(org.house) == 1
    monkeypatch.setattr(verifying_beside, "WORTH", 1)
    assert verifying_beside.processes_for(org.house) == 3
    monkeypatch.setattr(threading, "active_count", lambda: 2)
    assert verifying_beside.processes_for(org.house) == 1
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0})
    assert verifying_beside.processes_for(org.house) == 1


def test_a_receipt_is_looked_for_in_every_process(org: Organisation) -> None:
    told = [checkpoints.promise(org.house, org.open(title=f"Promised {n}")) for n in range(3)]
    files = [(f"{n}.txt", str(one["note"]).encode()) for n, one in enumerate(told) if one]
    keeping_log.round_of(org.house)
    done = verifying.verify(org.house, Outside(receipts=files), 2)
    assert (done.status, done.receipts) == (0, 3)

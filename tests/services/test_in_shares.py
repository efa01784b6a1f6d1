"""What leaves by several processes is, byte for byte, what leaves by one; and what goes wrong in one of them ends the export."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import ColumnElement

from inspect_app.ahead import GaveUp
from inspect_app.db import Session
from inspect_app.exports.formats import FORMATS
from inspect_app.services import exporting, histories, in_shares
from inspect_app.services.exporting import Order
from inspect_app.services.histories import Wanted
from inspect_app.services.house import House
from inspect_app.services.in_shares import shared
from tests.services.histories import CONSOLE, WHOLE, bring_in, example_house, log_file
from tests.services.test_exporting import AUDITOR, staffed


@pytest.fixture
def house(founded_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    monkeypatch.setattr(in_shares, "BLOCK", 2)
    house = staffed(example_house(founded_url, tmp_path))
    bring_in(house, log_file(tmp_path, *((f"A{n}", WHOLE[:1 + n % len(WHOLE)]) for n in range(11))))
    return house


def taken(house: House, order: Order, actor: Any = CONSOLE) -> tuple[bytes, int]:
    told = exporting.Taken()
    return b"".join(exporting.streamed(house, actor, order, told)), told.events


@pytest.mark.parametrize("processes", [2, 3])
def test_every_format_is_the_same_from_any_number_of_processes(house: House, processes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "IN_LINES", 2)
    every = [(name, "all") for name, one in FORMATS.items() if one.parts is not None]
    for form, facts in [*every, *((name, "standard") for name, one in FORMATS.items() if one.by_line is not None)]:
        order = Order(Wanted(), form, facts=facts, named=True)
        monkeypatch.setattr(exporting, "processes_for", lambda _: 1)
        alone, events = taken(house, order)
        assert events > 30
        monkeypatch.setattr(exporting, "processes_for", lambda _: processes)
        assert taken(house, order) == (alone, events), (form, facts)


def test_there_may_be_more_processes_than_there_is_to_share(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    order = Order(Wanted(), "jsonl", named=True)
    monkeypatch.setattr(exporting, "processes_for", lambda _: 1)
    alone = taken(house, order)
    monkeypatch.setattr(exporting, "processes_for", lambda _: 16)
    assert taken(house, order) == alone


def test_each_reader_is_told_the_same(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    for facts in exporting.FACTS:
        order = Order(Wanted(), "csv", facts=facts, named=True)
        monkeypatch.setattr(exporting, "processes_for", lambda _: 1)
        alone = taken(house, order, AUDITOR)
        monkeypatch.setattr(exporting, "processes_for", lambda _: 2)
        assert taken(house, order, AUDITOR) == alone
        assert alone[1] == 1


def test_a_person_has_one_pseudonym_in_the_shares_of_all_processes(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "processes_for", lambda _: 3)
    written, _ = taken(house, Order(Wanted(query="A"), "csv", named=False))
    assert len({row.split(b",")[9] for row in written.splitlines()[1:] if b"recorded" in row}) == 1


def test_an_empty_house_leaves_an_empty_file(founded_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = example_house(founded_url, tmp_path)
    monkeypatch.setattr(exporting, "processes_for", lambda _: 2)
    assert taken(empty, Order(Wanted(), "jsonl")) == (b"", 0)


def test_what_is_written_meanwhile_is_in_no_share(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "processes_for", lambda _: 2)
    told = exporting.Taken()
    pieces = exporting.streamed(house, CONSOLE, Order(Wanted(), "jsonl", named=True), told)
    first = next(iter(pieces))
    bring_in(house, log_file(tmp_path, *((f"LATE{n}", WHOLE) for n in range(5))))
    assert b"LATE" not in first + b"".join(pieces)


def test_a_process_that_is_killed_ends_the_export(house: House) -> None:
    def make(session: Session, own: House, where: ColumnElement[bool]) -> Iterator[int]:
        yield 1
        os.kill(os.getpid(), signal.SIGKILL)

    with pytest.raises(GaveUp), shared(house, "all", 2, make) as (_, parts):
        list(parts or ())


def test_blocks_come_in_the_order_of_the_dossiers(house: House) -> None:
    def make(session: Session, own: House, where: ColumnElement[bool]) -> Iterable[str]:
        return [event.dossier for event in histories.history(session, own, CONSOLE, [where])]

    with shared(house, "all", 3, make) as (session, parts):
        together = list(parts or ())
        assert together == [event.dossier for event in histories.history(session, house, CONSOLE, [])]

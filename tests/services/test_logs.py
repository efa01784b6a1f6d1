"""An import counts every trace once, writes whole traces, and writes nothing twice."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from inspect_app.errors import NotFound, Unreadable
from inspect_app.imports.mapping import LogMapping
from inspect_app.models import dossier, event
from inspect_app.services import logs, recording
from inspect_app.services.conformance import load_mapping
from inspect_app.services.house import House
from inspect_app.services.logs import import_log
from inspect_app.services.replaying import replay_all
from tests.services.histories import (
    APPROVALS,
    CONSOLE,
    FINES,
    WHOLE,
    approvals_file,
    bring_in,
    example_house,
    log_file,
    xes,
)


@pytest.fixture
def house(founded_url: str, tmp_path: Path) -> House:
    return example_house(founded_url, tmp_path)


def written(house: House) -> tuple[int, int]:
    """How many dossiers and events there are."""
    with house.db.reading("all") as session:
        return (
            session.execute(select(func.count()).select_from(dossier)).scalar_one(),
            session.execute(select(func.count()).select_from(event)).scalar_one(),
        )


def test_a_second_run_writes_nothing(house: House, tmp_path: Path) -> None:
    path = log_file(tmp_path, ("A1", WHOLE), ("A2", WHOLE[:1]))
    first = bring_in(house, path)
    again = bring_in(house, path)
    assert (first.created, first.unchanged, first.rejected, first.events) == (2, 0, 0, 8)
    assert (again.created, again.unchanged, again.rejected, again.events) == (0, 2, 0, 0)
    assert again.tally.fitting_traces == first.tally.fitting_traces == 2
    assert written(house) == (2, 8)
    assert replay_all(house).found == 0


def test_a_dry_run_writes_nothing_and_says_what_would_be(house: House, tmp_path: Path) -> None:
    path = log_file(tmp_path, ("A1", WHOLE), ("A1", WHOLE), ("A1", WHOLE[:2]))
    done = bring_in(house, path, dry_run=True)
    assert (done.created, done.unchanged, done.rejected, done.traces) == (1, 1, 1, 3)
    assert written(house) == (0, 0)


def test_a_changed_trace_is_rejected_and_what_was_recorded_stays(house: House, tmp_path: Path) -> None:
    bring_in(house, log_file(tmp_path, ("A1", WHOLE)))
    done = bring_in(house, log_file(tmp_path, ("A1", WHOLE[:3]), ("A2", WHOLE)))
    assert (done.created, done.unchanged, done.rejected) == (1, 0, 1)
    assert [(r.trace, r.code) for r in done.rejections] == [("A1", "changed")]
    assert written(house) == (2, 14)


def test_an_import_that_is_cut_off_goes_on_where_it_ended(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "FEWEST", 1)
    traces = [(f"A{n}", WHOLE[: 1 + n % 7]) for n in range(40)]
    path = log_file(tmp_path, *traces)
    real, calls = recording.write, count(1)

    def dies(*args: Any) -> Any:
        if next(calls) > 2:
            raise KeyboardInterrupt
        return real(*args)

    monkeypatch.setattr(logs, "write", dies)
    monkeypatch.setattr(logs, "FIRST_SIZE", 30)
    with pytest.raises(KeyboardInterrupt):
        bring_in(house, path)
    half = written(house)
    assert 0 < half[0] < 40
    monkeypatch.setattr(logs, "write", real)
    done = bring_in(house, path)
    assert (done.created, done.unchanged) == (40 - half[0], half[0])
    assert written(house) == (40, sum(len(activities) for _, activities in traces))
    assert replay_all(house).found == 0


def test_what_cannot_be_read_is_rejected_trace_by_trace_with_its_reason(house: House, tmp_path: Path) -> None:
    path = log_file(tmp_path, ("A1", WHOLE), ("", WHOLE[:1]), ("A2", ["Create Fine", "Dance"]), ("A3", []), ("A" * 300, WHOLE[:1]))
    done = bring_in(house, path)
    assert (done.created, done.rejected, done.traces) == (1, 4, 5)
    assert [r.code for r in done.rejections] == ["trace_without_name", "unknown_activity", "no_events", "key_too_long"]
    assert written(house) == (1, 7)


def test_dates_before_anything_are_kept_in_the_order_of_the_file(house: House, tmp_path: Path) -> None:
    text = xes([("A1", WHOLE[:3])]).replace("2006-07-02", "0999-01-01").replace("2006-07-03", "2999-01-01")
    path = tmp_path / "odd.xes"
    path.write_text(text, "utf-8")
    assert bring_in(house, path).tally.fitting_traces == 1
    with house.db.reading("all") as session:
        moments = session.execute(select(event.c.occurred_at).order_by(event.c.position)).scalars().all()
    assert moments[1] < moments[0] < moments[2]


def test_broken_guards_are_counted_and_do_not_make_a_misfit(house: House, tmp_path: Path) -> None:
    path = approvals_file(
        tmp_path,
        ("1", "SUBMITTED", "7"),
        ("1", "REVIEWED", "7"),
        ("1", "APPROVED", "7"),
        ("2", "SUBMITTED", "7"),
        ("2", "REVIEWED", "8"),
        ("2", "APPROVED", "9"),
        ("3", "REVIEWED", "8"),
        ("3", "APPROVED", "8"),
    )
    done = import_log(house, CONSOLE, path, "approval", load_mapping(APPROVALS))
    assert (done.created, done.tally.fitting_traces, done.tally.fitting_events) == (3, 2, 6)
    assert done.tally.broken == {
        ("approval", "review", "another_person_than(trigger=submit)"): 1,
        ("approval", "approve", "another_person_than(trigger=submit)"): 1,
        ("approval", "approve", "another_person_than(trigger=review)"): 1,
    }
    assert [m.reason for m in done.tally.misfits] == [
        "“review” is not possible in the state “not opened” of approval",
        "“approve” is not possible in the state “not opened” of approval",
    ]


BOMB = '<!DOCTYPE log [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><log><trace><string key="concept:name" value="&b;"/></trace></log>'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "the file is empty"),
        ("<html></html>", "not <log>"),
        (BOMB, "<!DOCTYPE"),
        ("row_id,trr_id\n1,2\n", "not well-formed XML"),
    ],
)
def test_a_wrong_file_is_refused_in_one_sentence(house: House, tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "wrong.xes"
    path.write_text(content, "utf-8")
    with pytest.raises(Unreadable) as refusal:
        bring_in(house, path)
    assert said in str(refusal.value)
    assert written(house) == (0, 0)


def test_a_file_cut_off_in_the_middle_keeps_whole_traces_only(house: House, tmp_path: Path) -> None:
    text = xes([(f"A{n}", WHOLE) for n in range(400)])
    path = tmp_path / "cut.xes"
    path.write_text(text[: len(text) * 2 // 3], "utf-8")
    with pytest.raises(Unreadable, match="ends too early"):
        bring_in(house, path)
    dossiers, events = written(house)
    assert events == dossiers * len(WHOLE)
    assert replay_all(house).found == 0


def test_a_missing_column_is_named(house: House, tmp_path: Path) -> None:
    path = tmp_path / "approvals.csv"
    path.write_text("row_id,trr_id,status\n1,2,SUBMITTED\n", "utf-8")
    with pytest.raises(Unreadable, match="has no column “status_time”"):
        import_log(house, CONSOLE, path, "approval", load_mapping(APPROVALS))


@pytest.mark.parametrize(
    ("workflow", "target", "said"),
    [
        ("no_such", "road_fine.create", "no workflow “no_such”"),
        ("road_fine", "no_such.create", "no workflow “no_such”"),
        ("road_fine", "road_fine.dance", "has no trigger “dance”"),
        ("road_fine", "shortcoming.note", "cannot stand under road_fine"),
        ("road_fine@9", "road_fine.create", "no workflow “road_fine@9”"),
    ],
)
def test_a_mapping_and_the_law_must_agree(house: House, tmp_path: Path, workflow: str, target: str, said: str) -> None:
    mapping = LogMapping.read({"format": "xes", "activities": {"Create Fine": target}})
    with pytest.raises((NotFound, Unreadable)) as refusal:
        import_log(house, CONSOLE, log_file(tmp_path, ("A1", WHOLE)), workflow, mapping)
    assert said in str(refusal.value)
    assert written(house) == (0, 0)


def test_an_unknown_unit_is_refused(house: House, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no unit with the code “X”"):
        import_log(house, CONSOLE, log_file(tmp_path, ("A1", WHOLE)), "road_fine", load_mapping(FINES), unit_code="X")

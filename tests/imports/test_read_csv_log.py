"""Reading a table as a log: rows of a trace come together, in their order, and every bad row is named."""

from __future__ import annotations

import gzip
import io
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_app.imports import csv_log
from inspect_app.imports.csv_log import read_csv_log
from inspect_app.imports.log_values import Trace
from inspect_app.imports.logs import read_log
from inspect_app.imports.mapping import LogMapping
from inspect_app.imports.problems import NotReadable

BASE: dict[str, Any] = {
    "format": "csv",
    "zone": "America/Chicago",
    "columns": {"trace": "report", "activity": "status", "occurred_at": "time", "date": "day", "actor": "person",
                "attributes": ["rank"]},
    "activities": {"SUBMITTED": "approval.submit", "APPROVED": "approval.approve"},
}
HEADING = "report,person,rank,status,time,day\n"
ROWS = ("4,1,OFFICER,SUBMITTED,18:20:00,2004-01-17\n"
        "5,2,,SUBMITTED,18:25:00,2004-07-17\n"
        "4,3,CAPTAIN,APPROVED,19:28:00,2004-01-16\n")


def mapping(**changes: Any) -> LogMapping:
    return LogMapping.read(BASE | changes)


def read(text: str | bytes, rules: LogMapping | None = None) -> list[Trace]:
    content = text.encode() if isinstance(text, str) else text
    return list(read_csv_log(io.BytesIO(content), rules or mapping()))


def test_rows_of_a_trace_come_together_in_the_order_of_the_file() -> None:
    four, five = read(HEADING + ROWS)
    assert (four.key, five.key) == ("4", "5")
    assert [(event.activity, event.actor, event.row) for event in four.events] == [
        ("SUBMITTED", "1", 2), ("APPROVED", "3", 4)]
    assert four.attributes == (("concept:name", "string", "4"),)
    assert not four.problems


def test_a_row_becomes_an_event_with_the_offset_of_its_season() -> None:
    four, five = read(HEADING + ROWS)
    assert four.events[0].attributes == (
        ("concept:name", "string", "SUBMITTED"), ("time:timestamp", "date", "2004-01-17T18:20:00-06:00"),
        ("org:resource", "string", "1"), ("rank", "string", "OFFICER"))
    assert four.events[0].occurred_at == 1_074_385_200_000_000
    assert five.events[0].zone == "-05:00"
    assert [key for key, _, _ in five.events[0].attributes] == ["concept:name", "time:timestamp", "org:resource"]


def test_a_column_of_numbers_may_order_the_rows() -> None:
    text = "n,report,person,rank,status,time,day\n" + "".join(
        f"{n},{row}\n" for n, row in zip((10, 2, 9), ROWS.splitlines(), strict=True))
    four, _ = read(text, mapping(sort="n"))
    assert [event.activity for event in four.events] == ["APPROVED", "SUBMITTED"]
    [bad, _] = read(text.replace("10,", "ten,"), mapping(sort="n"))
    assert [(problem.row, problem.code) for problem in bad.problems] == [(2, "sort")]


def test_a_mark_at_the_beginning_and_another_delimiter_are_understood() -> None:
    text = "\ufeff" + (HEADING + ROWS).replace(",", ";").replace("\n", "\r\n")
    assert [each.key for each in read(text, mapping(delimiter=";"))] == ["4", "5"]


def test_times_may_be_written_otherwise() -> None:
    columns = {"trace": "report", "activity": "status", "occurred_at": "time"}
    rules = mapping(columns=columns, time_format="%d/%m/%Y %H:%M")
    [each] = read("report,status,time\n1,APPROVED,17/01/2004 18:20\n", rules)
    assert each.events[0].attributes[1] == ("time:timestamp", "date", "2004-01-17T18:20:00-06:00")
    assert each.events[0].actor is None
    aware = mapping(columns=columns, time_format="%Y-%m-%d %H:%M:%S%z")
    [each] = read("report,status,time\n1,APPROVED,2004-01-17 18:20:00+0200\n", aware)
    assert (each.events[0].zone, each.events[0].occurred_at) == ("+02:00", 1_074_356_400_000_000)
    day = mapping(columns=columns)
    [each] = read("report,status,time\n1,APPROVED,2004-01-17\n", day)
    assert each.events[0].attributes[1][2] == "2004-01-17T00:00:00-06:00"
    nowhere = LogMapping.read({key: value for key, value in BASE.items() if key != "zone"}
                              | {"columns": columns, "time_format": "%Y-%m-%d"})
    [each] = read("report,status,time\n1,APPROVED,2004-01-17\n", nowhere)
    assert "zone" in each.problems[0].message


@pytest.mark.parametrize(("row", "code"), [
    ("4,1,X,SUBMITTED,25:20:00,2004-01-17", "moment"),
    ("4,1,X,SUBMITTED,18:20:00,17.01.2004", "moment"),
    ("4,1,X,SUBMITTED,,", "moment"),
    ("4,1,X,,18:20:00,2004-01-17", "no_activity"),
    ("4,1,X,SUBMITTED,18:20:00", "width"),
    ("4,1,X,SUBMITTED,18:20:00,2004-01-17,more", "width"),
    (",1,X,SUBMITTED,18:20:00,2004-01-17", "no_trace"),
    ("4,1,\x00,SUBMITTED,18:20:00,2004-01-17", "not_text"),
])
def test_a_bad_row_is_named_and_the_others_are_read(row: str, code: str) -> None:
    traces = read(HEADING + row + "\n\n" + ROWS)
    assert [(problem.row, problem.code) for each in traces for problem in each.problems] == [(2, code)]
    assert sum(len(each.events) for each in traces) == 3


@pytest.mark.parametrize(("content", "said"), [
    ("", "empty"),
    ("report,person,rank,status,time\n", "no column “day”; it has: report, person, rank, status, time"),
    ("report;person;rank\n", "delimiter"),
    (HEADING.replace("rank", "Rank"), "no column “rank”"),
    (HEADING.replace("\n", ",day\n"), "more than once"),
    (HEADING + '4,"1,OFFICER', "not a proper CSV"),
    (HEADING + "4," + "x" * 200_000, "not a proper CSV"),
    ((HEADING + ROWS).encode("utf-16"), "not UTF-8"),
    (HEADING.encode() + b"4,1,\xe9,SUBMITTED,18:20:00,2004-01-17\n", "save it as CSV UTF-8"),
])
def test_a_file_that_is_no_such_table_is_refused(content: str | bytes, said: str) -> None:
    with pytest.raises(NotReadable, match=said):
        read(content)


def test_a_table_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_log, "MOST_ROWS", 2)
    with pytest.raises(NotReadable, match="more than 2 rows"):
        read(HEADING + ROWS)


def test_one_way_in_reads_both_kinds(tmp_path: Path) -> None:
    table, log = tmp_path / "a.csv.gz", tmp_path / "b.xes"
    table.write_bytes(gzip.compress((HEADING + ROWS).encode()))
    log.write_bytes(b'<log><trace><string key="concept:name" value="9"/></trace></log>')
    assert [each.key for each in read_log(table, mapping())] == ["4", "5"]
    assert [each.key for each in read_log(log, LogMapping.read({"format": "xes", "activities": {"a": "b.c"}}))] == ["9"]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1)),
                max_size=30))
def test_no_row_is_lost_and_each_trace_keeps_its_order(rows: list[tuple[str, str]]) -> None:
    rules = mapping(columns={"trace": "t", "activity": "a", "occurred_at": "at"})
    quoted = "".join('{},"{}",2004-01-17T00:00:00Z\n'.format(key, text.replace('"', '""')) for key, text in rows)
    traces = {each.key: [event.activity for event in each.events] for each in read("t,a,at\n" + quoted, rules)}
    assert traces == {key: [text for each, text in rows if each == key] for key in dict(rows)}


APPROVALS = """
format = "csv"
zone = "America/Chicago"
sort = "row_id"
[columns]
trace = "trr_id"
activity = "status"
occurred_at = "status_time"
date = "status_date"
actor = "TRR-statuses_2004-2016_2016-09_ID"
attributes = ["rank", "star", "age"]
[trace]
title = "Use of force {key}"
[activities]
SUBMITTED = "approval.submit"
REVIEWED = { workflow = "approval", trigger = "review" }
APPROVED = "approval.approve"
"""


def test_all_approvals_are_read_with_the_people_who_approved_themselves(
        real: Callable[[str], Path], tmp_path: Path) -> None:
    path = real("trr-approvals/trr_statuses_2004-2016.csv.gz")
    (tmp_path / "map.toml").write_text(APPROVALS, encoding="utf-8")
    program = textwrap.dedent("""
        import sys
        from pathlib import Path
        from inspect_app.imports.logs import read_log
        from inspect_app.imports.mapping import LogMapping
        mapping = LogMapping.load(Path(sys.argv[2]))
        traces = events = odd = back = 0
        same = {"SR": 0, "RA": 0, "SA": 0}
        for trace in read_log(Path(sys.argv[1]), mapping):
            traces += 1
            events += len(trace.events)
            odd += len(trace.problems) + sum(1 for _ in mapping.unknown(trace))
            back += sum(b.occurred_at < a.occurred_at for a, b in zip(trace.events, trace.events[1:]))
            first = {}
            for event in trace.events:
                first.setdefault(event.activity[0], event.actor)
            for pair in same:
                a, b = (first.get(letter) for letter in pair)
                same[pair] += a is not None and a == b
        peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) // 1024
        print(traces, events, odd, back, *same.values(), peak)
    """)
    said = subprocess.run([sys.executable, "-c", program, str(path), str(tmp_path / "map.toml")], capture_output=True,
                          text=True, check=True, cwd=Path(__file__).resolve().parents[2])
    *counted, megabytes = map(int, said.stdout.split())
    assert counted == [67_044, 201_401, 0, 27, 1_214, 5_319, 45]
    assert megabytes < 300

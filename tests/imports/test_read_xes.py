"""Reading XES: what stands in the log is what comes out, and nothing is dropped in silence."""

from __future__ import annotations

import gzip
import io
import subprocess
import sys
import textwrap
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from inspect_app.imports.log_values import Recorded, Trace
from inspect_app.imports.problems import NotReadable
from inspect_app.imports.streams import open_log
from inspect_app.imports.xes import fault, read_xes
from inspect_app.imports.xes_header import Classifier, Extension, Said, read_header

EVENT = """<event><float key="amount" value="35.0"/><string key="concept:name" value="Create Fine"/>
<date key="time:timestamp" value="2006-07-24T00:00:00+02:00"/><string key="org:resource" value="561"/></event>"""
FINE = Recorded(
    "Create Fine", 1_153_692_000_000_000, "+02:00", "561",
    (("amount", "float", "35.0"), ("concept:name", "string", "Create Fine"),
     ("time:timestamp", "date", "2006-07-24T00:00:00+02:00"), ("org:resource", "string", "561")), 1)


def log(body: str, opening: str = "<log>") -> io.BytesIO:
    return io.BytesIO(f"<?xml version='1.0' encoding='UTF-8'?>\n{opening}\n{body}\n</log>".encode())


def trace(events: str, key: str = "A1") -> str:
    return f'<trace><string key="concept:name" value="{key}"/>{events}</trace>'


def read(body: str, opening: str = "<log>") -> list[Trace]:
    return list(read_xes(log(body, opening)))


@pytest.mark.parametrize("opening", [
    "<log>", '<log xmlns="http://www.xes-standard.org/">', '<log xmlns="http://code.deckfour.org/xes">',
    '<log xes.version="1.0" xes.features="nested-attributes" openxes.version="1.0RC7">'])
def test_a_trace_is_read_as_it_is_written(opening: str) -> None:
    assert read(trace(EVENT), opening) == [Trace("A1", (("concept:name", "string", "A1"),), (FINE,))]


def test_a_namespace_may_have_a_prefix() -> None:
    body = trace(EVENT)
    for tag in ("trace", "event", "string", "date", "float"):
        body = body.replace(f"<{tag}", f"<x:{tag}").replace(f"</{tag}", f"</x:{tag}")
    stream = io.BytesIO(f'<x:log xmlns:x="http://www.xes-standard.org/">{body}</x:log>'.encode())
    assert [each.events for each in read_xes(stream)] == [(FINE,)]


def test_events_keep_the_order_of_the_file_even_against_time() -> None:
    later = EVENT.replace("2006", "2001").replace("Create Fine", "Send Fine")
    [each] = read(trace(EVENT + later))
    assert [(event.activity, event.row) for event in each.events] == [("Create Fine", 1), ("Send Fine", 2)]


def test_a_trace_attribute_after_the_events_belongs_to_the_trace() -> None:
    [each] = read(f'<trace>{EVENT}<string key="concept:name" value="late"/></trace>')
    assert each.key == "late"


def test_the_actor_may_stand_in_another_attribute() -> None:
    [each] = read_xes(log(trace(EVENT)), actor="amount")
    assert each.events[0].actor == "35.0"


def test_a_time_without_offset_is_read_in_the_zone_named_and_is_kept_as_written() -> None:
    body = trace(EVENT.replace("+02:00", ""))
    [each] = read_xes(log(body), zone=ZoneInfo("Europe/Rome"))
    assert (each.events[0].occurred_at, each.events[0].zone) == (FINE.occurred_at, "+02:00")
    assert ("time:timestamp", "date", "2006-07-24T00:00:00") in each.events[0].attributes
    [without] = read(body)
    assert [(problem.row, problem.code) for problem in without.problems] == [(1, "moment")]
    assert "zone" in without.problems[0].message


@pytest.mark.parametrize(("was", "becomes", "code"), [
    ('<string key="concept:name" value="Create Fine"/>', "", "no_activity"),
    ('<date key="time:timestamp" value="2006-07-24T00:00:00+02:00"/>', "", "no_moment"),
    ("2006-07-24T00", "2006-02-30T00", "value"),
    ("2006-07-24T00", "24.07.2006 00", "value"),
    ('"35.0"', '"35,0"', "value"),
    ('"35.0"', '"1_000"', "value"),
    ('key="amount"', 'key="org:resource"', "key_twice"),
    ('key="amount"', 'key=""', "value"),
])
def test_an_event_that_cannot_be_read_stands_among_the_problems(was: str, becomes: str, code: str) -> None:
    [each] = read(trace(EVENT + EVENT.replace(was, becomes) + EVENT))
    assert [event.row for event in each.events] == [1, 3]
    assert [(problem.row, problem.code) for problem in each.problems] == [(2, code)]


def test_a_trace_without_a_name_says_so() -> None:
    [each] = read(f"<trace>{EVENT}</trace>")
    assert [problem.code for problem in each.problems] == ["trace_without_name"]


@pytest.mark.parametrize(("kind", "good", "bad"), [
    ("int", ["0", "-5", "+7", " 9223372036854775807 "], ["9223372036854775808", "1.0", "", "٣"]),
    ("float", ["0.0", "-1e9", "4.248252E8", ".5", "NaN", "-INF"], ["1,5", "abc", "inf", ""]),
    ("boolean", ["true", "false", "1", "0"], ["True", "yes", ""]),
    ("date", ["2014-01-09T10:07:49.112+01:00", "2014-01-09T10:07:49"], ["2014-01-09", "2014-13-09T10:07:49Z"]),
    ("string", ["", "anything"], []), ("id", ["", "anything"], []),
])
def test_values_are_held_to_their_type(kind: str, good: list[str], bad: list[str]) -> None:
    assert [text for text in good if fault(kind, text)] == []
    assert [text for text in bad if not fault(kind, text)] == []


def test_a_packed_log_is_known_by_its_first_bytes(tmp_path: Path) -> None:
    plain, packed = tmp_path / "a.gz", tmp_path / "b.xes"
    plain.write_bytes(log(trace(EVENT)).read())
    packed.write_bytes(gzip.compress(log(trace(EVENT)).read()))
    for path in (plain, packed):
        with open_log(path) as stream:
            assert [each.key for each in read_xes(stream)] == ["A1"]


def test_the_heading_of_a_log_is_read_whatever_its_order(tmp_path: Path) -> None:
    path = tmp_path / "log.xes"
    path.write_bytes(log(
        '<int key="total" value="2"><int key="Send Fine" value="1"/></int>'
        '<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>'
        '<global scope="trace"><string key="concept:name" value="?"/></global>'
        '<global scope="event"><date key="time:timestamp" value="1970-01-01T00:00:00Z"/></global>'
        '<classifier name="Event Name" keys="concept:name"/>' + trace(EVENT) + '<string key="later" value="x"/>',
        '<log xes.version="2.0">').read())
    header = read_header(path)
    assert header.version == "2.0"
    assert header.extensions == (Extension("Concept", "concept", "http://www.xes-standard.org/concept.xesext"),)
    assert header.globals_trace == (Said("concept:name", "string", "?", ()),)
    assert header.globals_event == (Said("time:timestamp", "date", "1970-01-01T00:00:00Z", ()),)
    assert header.classifiers == (Classifier("Event Name", "event", "concept:name"),)
    assert header.log_attributes == (Said("total", "int", "2", (Said("Send Fine", "int", "1", ()),)),)


def test_a_heading_without_traces_or_without_a_log_is_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "log.xes"
    path.write_bytes(b"<log/>")
    assert read_header(path).classifiers == ()
    path.write_bytes(b"<html/>")
    with pytest.raises(NotReadable, match="not a XES log"):
        read_header(path)
    path.write_bytes(b"<log>" + b'<int key="a" value="1">' * 40)
    with pytest.raises(NotReadable, match="too deep"):
        read_header(path)


def test_the_first_hundred_road_fines_are_read_whole(real: Callable[[str], Path]) -> None:
    with open_log(real("road-fines/roadtraffic100traces.xes")) as stream:
        traces = list(read_xes(stream))
    assert len(traces) == 100
    assert sum(len(each.events) for each in traces) == 390
    assert len({tuple(event.activity for event in each.events) for each in traces}) == 10
    assert not any(each.problems for each in traces)


@pytest.mark.full
def test_all_road_fines_are_read_quickly_in_little_memory(real: Callable[[str], Path]) -> None:
    path = real("road-fines/Road_Traffic_Fine_Management_Process.xes.gz")
    program = textwrap.dedent("""
        import sys
        from pathlib import Path
        from inspect_app.imports.streams import open_log
        from inspect_app.imports.xes import read_xes
        traces = events = problems = 0
        with open_log(Path(sys.argv[1])) as stream:
            for trace in read_xes(stream):
                traces += 1; events += len(trace.events); problems += len(trace.problems)
        peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) // 1024
        print(traces, events, problems, peak)
    """)
    began = time.monotonic()
    said = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True,
                          cwd=Path(__file__).resolve().parents[2])
    traces, events, problems, megabytes = map(int, said.stdout.split())
    assert (traces, events, problems) == (150_370, 561_470, 0)
    assert megabytes < 300
    assert time.monotonic() - began < 60


@pytest.mark.full
def test_all_road_fines_have_their_variants_and_people(real: Callable[[str], Path]) -> None:
    variants: Counter[tuple[str, ...]] = Counter()
    people = set()
    with open_log(real("road-fines/Road_Traffic_Fine_Management_Process.xes.gz")) as stream:
        for each in read_xes(stream):
            variants[tuple(event.activity for event in each.events)] += 1
            people |= {event.actor for event in each.events if event.actor}
    assert len(variants) == 231
    assert len({activity for variant in variants for activity in variant}) == 11
    assert len(people) == 148

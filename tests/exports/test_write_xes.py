"""XES: valid by the standard's own schema, and what was imported leaves as it came."""

from __future__ import annotations

import io
import itertools
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from inspect_app.exports.chunks import CHUNK
from inspect_app.exports.formats import FORMATS
from inspect_app.exports.history import HistoryEvent
from inspect_app.exports.names import safe_key
from inspect_app.exports.xes import EXTENSIONS, Extension, write_xes
from inspect_app.imports.log_values import Trace
from inspect_app.imports.names import Keys
from inspect_app.imports.streams import open_log
from inspect_app.imports.xes import read_xes
from inspect_app.imports.xes_header import read_header

SPACE = "{http://www.xes-standard.org/}"
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
PACKED = {"xlsx", "parquet"}
"""Formats whose chunks are what packing leaves of many rows."""
SCHEMA = "standards/xes-1849-2016-ns.xsd"


def whole(events: Iterable[HistoryEvent], extensions: Iterable[Extension] = ()) -> bytes:
    return b"".join(write_xes(events, extensions=extensions))


def back(events: Iterable[HistoryEvent], extensions: Iterable[Extension] = ()) -> list[Trace]:
    return list(read_xes(io.BytesIO(whole(events, extensions))))


def replayed(native: HistoryEvent, traces: Iterable[Trace]) -> Iterator[HistoryEvent]:
    """The history that an import of these traces would leave."""
    for trace in traces:
        for position, each in enumerate(trace.events, 1):
            yield native._replace(
                dossier=trace.key, position=position, seq=position, trigger="imported", data={}, actor=each.actor,
                occurred_at=each.occurred_at, zone=each.zone, origin="recorded", fits=True, attributes=each.attributes,
                trace_attributes=trace.attributes if position == 1 else ())


def validated(content: bytes, schema: Path) -> None:
    etree.XMLSchema(etree.parse(schema)).assertValid(etree.fromstring(content))


def test_an_act_is_written_in_the_words_of_the_standard(native: HistoryEvent) -> None:
    [trace] = back([native, native._replace(position=5, seq=3, on_behalf_of="h", recorded_for="w", fits=False)])
    assert trace.attributes == (("concept:name", "string", "2024-7"),)
    first, second = trace.events
    said = {key: (kind, text) for key, kind, text in first.attributes}
    assert (first.activity, first.actor, first.occurred_at, first.zone) == (
        "notify", "p-12", native.occurred_at, "+02:00")
    assert said["identity:id"] == ("id", native.event_id)
    assert uuid.UUID(said["identity:id"][1])
    assert said["lifecycle:transition"] == ("string", "complete")
    assert said["org:role"] == ("string", "officer")
    assert said["inspect:recorded_at"] == ("date", "2006-07-23T22:00:01.5Z")
    assert said["inspect:before"] == ("string", "opened")
    assert said["data.title"] == ("string", "Kiểm tra <năm> & \"2024\"")
    assert said["data.norms"] == ("string", '[{"norm":"a"}]')
    assert (said["data.count"], said["data.urgent"]) == (("string", "5"), ("string", "true"))
    assert not {"data.note", "inspect:fits", "inspect:on_behalf_of"} & set(said)
    assert {("inspect:fits", "boolean", "false"), ("inspect:on_behalf_of", "string", "h"),
            ("inspect:recorded_for", "string", "w")} <= set(second.attributes)


def test_one_dossier_is_one_trace_and_its_events_keep_their_order(native: HistoryEvent) -> None:
    events = [native._replace(dossier=dossier, trigger=trigger) for dossier, trigger in ("1a", "1b", "2a", "3a", "3c")]
    assert [(each.key, "".join(event.activity for event in each.events)) for each in back(events)] == [
        ("1", "ab"), ("2", "a"), ("3", "ac")]
    assert back([]) == []


def test_the_heading_declares_what_the_log_uses(native: HistoryEvent, tmp_path: Path) -> None:
    path = tmp_path / "log.xes"
    mine = Extension("Fines", "fines", "urn:example:fines")
    path.write_bytes(whole([native], [mine, EXTENSIONS[0]]))
    header = read_header(path)
    root = etree.fromstring(path.read_bytes())
    assert (header.version, root.tag, tuple(header.extensions[-1])) == (
        "1849.2016", f"{SPACE}log", tuple(mine))
    prefixes = {extension.prefix for extension in header.extensions}
    assert len(prefixes) == len(header.extensions)
    keys = {tag.get("key", "") for tag in root.iter()}
    assert {key.partition(":")[0] for key in keys if ":" in key} <= prefixes
    assert {key for each in header.classifiers for key in each.keys.split()} <= {
        said.key for said in header.globals_event}
    order = [child.tag.removeprefix(SPACE) for child in root]
    assert [tag for tag, _ in itertools.groupby(order)] == ["extension", "global", "classifier", "trace"]


def test_a_number_that_is_none_is_left_out(native: HistoryEvent) -> None:
    attributes = (("concept:name", "string", "a"), ("time:timestamp", "date", "2006-07-24T00:00:00Z"),
                  ("rate", "float", "NaN"), ("name", "string", "NaN"))
    [trace] = back([native._replace(attributes=attributes)])
    assert [key for key, _, _ in trace.events[0].attributes] == ["concept:name", "time:timestamp", "name"]


def test_characters_that_xml_forbids_are_replaced_and_all_others_kept(native: HistoryEvent) -> None:
    assert back([native._replace(trigger="a\x00\x1f\ufffe\ud800z\t\r\n\x85\u2028")])[0].events[0].activity == (
        "a\ufffd\ufffd\ufffd\ufffdz\t\r\n\x85\u2028")


@pytest.mark.parametrize(("key", "written"), [
    ("amount", "amount"), ("concept:name", "concept:name"), ("Event Name", "Event_x0020_Name"),
    ("2016_ID", "_x0032_016_ID"), ("other:key", "other_x003A_key"), ("concept:a:b", "concept:a_x003A_b"),
    ("concept:", "concept_x003A_"), ("a_x0020_b", "a_x005F_x0020_b"), ("số tiền", "số_x0020_tiền"), ("-", "_x002D_"),
    ("<a/>", "_x003C_a_x002F__x003E_"), ("😀", "_x1F600_"),
])
def test_a_key_is_a_name_that_can_be_had_back(key: str, written: str) -> None:
    assert safe_key(key, {"concept"}) == written
    assert Keys()[written] == key


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1) | st.text("_x0020AF5: a", min_size=1))
def test_any_key_comes_back(key: str) -> None:
    written = safe_key(key, {"concept", "a"})
    assert Keys()[written] == key
    etree.fromstring(f'<a {written.replace(":", "-")}="1"/>'.encode())


ATTRIBUTE = st.one_of(
    st.tuples(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.just("string"),
              st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"))),
    st.tuples(st.text("ab :", min_size=1), st.just("float"),
              st.floats(allow_nan=False, allow_infinity=False).map(str)),
    st.tuples(st.text("ab :", min_size=1), st.just("int"), st.integers(-2**63, 2**63 - 1).map(str)),
    st.tuples(st.text("ab :", min_size=1), st.just("boolean"), st.sampled_from(["true", "false"])),
    st.tuples(st.text("ab :", min_size=1), st.just("id"), st.uuids().map(str)),
)


@given(log=st.lists(
    st.lists(st.lists(ATTRIBUTE, unique_by=lambda each: each[0], max_size=6), min_size=1, max_size=4), max_size=4))
def test_any_log_that_went_in_comes_out_equal(
        native: HistoryEvent, log: list[list[list[tuple[str, str, str]]]]) -> None:
    own = {"concept:name", "time:timestamp"}
    events = [native._replace(
        dossier=str(number), trace_attributes=(("concept:name", "string", str(number)),),
        attributes=(*(each for each in attributes if each[0] not in own), ("concept:name", "string", "a"),
                    ("time:timestamp", "date", "2006-07-24T00:00:00.000+02:00")))
        for number, trace in enumerate(log) for attributes in trace]
    first = back(events)
    assert [[event.attributes for event in trace.events] for trace in first] == [
        [event.attributes for event in events if event.dossier == str(number)] for number in range(len(log))]
    assert not any(trace.problems for trace in first)
    assert back(replayed(native, first)) == first


def test_the_output_is_valid_by_the_schema(native: HistoryEvent, real: Callable[[str], Path]) -> None:
    odd = native._replace(dossier="x y", trigger="<&>\"'\x00", data={"a.1": "", "b c": [1]}, attributes=())
    imported = native._replace(dossier="z", attributes=(
        ("Event Name", "string", "a"), ("1", "int", "1"), ("other:key", "float", "1E5"), ("số tiền", "boolean", "true"),
        ("дата", "date", "2014-01-09T10:07:49.112+01:00"), ("identity:id", "id", native.event_id)))
    validated(whole([native, odd, imported]), real(SCHEMA))
    validated(whole([]), real(SCHEMA))


def test_the_first_hundred_road_fines_come_out_as_they_went_in(
        native: HistoryEvent, real: Callable[[str], Path]) -> None:
    path = real("road-fines/roadtraffic100traces.xes")
    with open_log(path) as stream:
        traces = list(read_xes(stream))
    extensions = [Extension(*each) for each in read_header(path).extensions]
    content = whole(replayed(native, traces), extensions)
    assert list(read_xes(io.BytesIO(content))) == traces
    validated(content, real(SCHEMA))
    assert Counter(event.activity for trace in traces for event in trace.events)["Create Fine"] == 100


@pytest.mark.full
def test_all_road_fines_come_out_as_they_went_in(
        native: HistoryEvent, real: Callable[[str], Path], tmp_path: Path) -> None:
    path = real("road-fines/Road_Traffic_Fine_Management_Process.xes.gz")
    copy = tmp_path / "copy.xes"
    with open_log(path) as stream, copy.open("wb") as out:
        out.writelines(write_xes(replayed(native, read_xes(stream))))
    events = 0
    with open_log(path) as source, open_log(copy) as written:
        for went_in, came_out in itertools.zip_longest(read_xes(source), read_xes(written)):
            assert went_in == came_out
            events += len(came_out.events)
    assert events == 561_470


@pytest.mark.parametrize("name", sorted(name for name, form in FORMATS.items() if form.parts))
def test_every_format_begins_at_once_and_goes_on_in_chunks_worth_sending(native: HistoryEvent, name: str) -> None:
    taken, parts = 0, FORMATS[name].parts

    def endless() -> Iterator[HistoryEvent]:
        nonlocal taken
        while True:
            taken += 1
            yield native._replace(dossier=str(taken // 3), seq=taken)

    assert parts is not None
    stream = parts.write(endless())
    assert 0 < len(next(stream)) < CHUNK
    assert taken <= 3
    for chunk in itertools.islice(stream, 3):
        assert name in PACKED or CHUNK <= len(chunk) < 2 * CHUNK
    assert taken < (3_000 if name not in PACKED else 50_000)
    assert FORMATS[name].media_type

"""Files that mean harm, or came to harm: each is refused in a sentence, quickly and in little memory."""

from __future__ import annotations

import contextlib
import gzip
import io
import random
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspect_app.imports import xes
from inspect_app.imports.csv_log import read_csv_log
from inspect_app.imports.log_values import Trace
from inspect_app.imports.mapping import LogMapping
from inspect_app.imports.problems import NotReadable
from inspect_app.imports.streams import open_log
from inspect_app.imports.xes import read_xes

EVENT = (b'<event><string key="concept:name" value="Pay"/><date key="time:timestamp" value="2006-07-24T00:00:00Z"/>'
         b'<float key="a" value="1.5"/></event>')
LOG = (b'<?xml version="1.0" encoding="UTF-8"?>\n<log>\n<trace><string key="concept:name" value="A"/>\n'
       + EVENT * 3 + b"</trace>\n</log>")
TABLE = b"t,a,at\n1,Pay,2006-07-24T00:00:00Z\n2,\"Send, now\",2006-07-25T00:00:00+02:00\n1,Pay,2006-07-26T00:00:00Z\n"
MAPPING = LogMapping.read({"format": "csv", "columns": {"trace": "t", "activity": "a", "occurred_at": "at"},
                           "activities": {"Pay": "fine.pay"}})


def read(content: bytes) -> list[Trace]:
    return list(read_xes(io.BytesIO(content)))


def bomb() -> bytes:
    lines = ['<!ENTITY a0 "haha">'] + [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)]
    return f"<!DOCTYPE log [{''.join(lines)}]><log><string key='a' value='&a11;'/></log>".encode()


@pytest.mark.parametrize(("content", "said"), [
    (b"", "empty"),
    (b"trace,activity\n1,Pay\n", "not well-formed XML"),
    (b"\x00\x01\x02\xff", "not well-formed XML"),
    (b"<html><body/></html>", "not <log>"),
    (b'<log xmlns="http://elsewhere.example/"/>', "not <log>"),
    (LOG[:200], "ends too early"),
    (LOG[:-1], "ends too early"),
    (LOG + b"<log/>", "not well-formed XML"),
    (LOG.replace(b"UTF-8", b"EBCDIC-9"), "encoding"),
    (LOG.replace(b"Pay", b"P\xe9y"), "not well-formed XML"),
    (bomb(), "document type"),
    (b'<!DOCTYPE log SYSTEM "file:///etc/passwd"><log/>', "document type"),
    (b'<!DOCTYPE log [<!ENTITY e SYSTEM "file:///etc/passwd">]><log>&e;</log>', "document type"),
    (b'<!DOCTYPE log [<!ENTITY % p SYSTEM "http://elsewhere.example/x"> %p;]><log/>', "document type"),
    (LOG.replace(b'value="Pay"', b'value="&unknown;"'), "not well-formed XML"),
    (b"<log>" + EVENT + b"</log>", "outside every trace"),
    (b"<log><other/></log>", "no part of a XES log"),
    (LOG.replace(b'<float key="a" value="1.5"/>', b'<list key="a"><values/></list>'), "<list>"),
    (LOG.replace(b'<float key="a" value="1.5"/>', b'<container key="a"/>'), "<container>"),
    (LOG.replace(b'value="1.5"/>', b'value="1.5"><int key="b" value="1"/></float>'), "inside another"),
    (LOG.replace(b'<float key="a" value="1.5"/>', b'<float value="1.5"/>'), "no key"),
    (LOG.replace(b'<float key="a" value="1.5"/>', b"<script/>"), "no place here"),
    (LOG.replace(b"<event>", b"<event><trace/>"), "no place here"),
])
def test_what_is_not_a_log_is_refused_in_a_sentence(content: bytes, said: str) -> None:
    with pytest.raises(NotReadable, match=said):
        read(content)


def test_a_refusal_names_the_line() -> None:
    with pytest.raises(NotReadable) as refused:
        read(LOG.replace(b"</log>", b"\n\n<trace><list key='a'/></trace></log>"))
    assert refused.value.line == 7
    assert str(refused.value).startswith("line 7: ")


def test_traces_before_the_damage_are_handed_over() -> None:
    body = b'<trace><string key="concept:name" value="A"/>' + EVENT * 600 + b"</trace>"
    reader = read_xes(io.BytesIO(b"<log>" + body * 3 + b"<trace>"))
    assert len(next(reader).events) == 600
    with pytest.raises(NotReadable, match="too early"):
        list(reader)


def test_one_endless_tag_is_refused_without_being_gathered() -> None:
    began = time.monotonic()
    with pytest.raises(NotReadable, match="one tag is longer"):
        read(b'<log><string key="a" value="' + b"x" * (30 * 2**20))
    assert time.monotonic() - began < 5


def test_a_long_value_and_a_long_trace_of_an_honest_log_pass() -> None:
    long = LOG.replace(b"Pay", b"P" * 2**20)
    assert len(read(long)[0].events[0].activity) == 2**20
    assert len(read(LOG.replace(EVENT, EVENT * 10_000))[0].events) == 30_000


def test_a_trace_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xes, "MOST_EVENTS", 5)
    monkeypatch.setattr(xes, "MOST_ATTRIBUTES", 50)
    with pytest.raises(NotReadable, match="more than 5 events"):
        read(LOG.replace(EVENT, EVENT * 3))
    with pytest.raises(NotReadable, match="more than 50 attributes"):
        read(LOG.replace(b'<float key="a" value="1.5"/>', b'<float key="a" value="1.5"/>' * 51))


@pytest.mark.parametrize(("content", "said"), [
    (gzip.compress(LOG)[:-20], "ends too early"),
    (gzip.compress(LOG)[:40] + b"\x00" * 40 + gzip.compress(LOG)[80:], "damaged"),
    (gzip.compress(LOG)[:-8] + b"\x00" * 8, "damaged"),
    (gzip.compress(LOG) + b"more", "damaged"),
    (b"PK\x03\x04" + b"\x00" * 40, "ZIP"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"BZh91AY&SY", "bzip2"),
    (b"(\xb5/\xfd\x00\x00", "zstd"),
])
def test_a_damaged_or_foreign_archive_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "log.xes.gz"
    path.write_bytes(content)
    with pytest.raises(NotReadable, match=said), open_log(path) as stream:
        list(read_xes(stream))


def test_an_archive_that_explodes_is_refused_early(tmp_path: Path) -> None:
    path = tmp_path / "log.xes.gz"
    with gzip.open(path, "wb") as packed:
        packed.write(b"<log>")
        for _ in range(300):
            packed.write(b" " * 2**20)
        packed.write(b"</log>")
    began = time.monotonic()
    with pytest.raises(NotReadable, match="no honest log"), open_log(path) as stream:
        list(read_xes(stream))
    assert time.monotonic() - began < 5


def test_a_missing_file_and_a_folder_are_sentences(tmp_path: Path) -> None:
    with pytest.raises(NotReadable, match="there is no file"):
        open_log(tmp_path / "nowhere.xes")
    with pytest.raises(NotReadable, match="is a folder"):
        open_log(tmp_path)


def consume(content: bytes, table: bool) -> None:
    with contextlib.suppress(NotReadable):
        list(read_csv_log(io.BytesIO(content), MAPPING) if table else read_xes(io.BytesIO(content)))


@settings(max_examples=300, deadline=2_000)
@given(st.booleans(), st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(table: bool, content: bytes) -> None:
    consume(content, table)


@settings(max_examples=400, deadline=2_000)
@given(st.booleans(), st.integers(0, 2**32), st.integers(1, 6))
def test_any_mutation_of_a_good_file_is_read_or_refused(table: bool, seed: int, times: int) -> None:
    dice = random.Random(seed)
    content = bytearray(TABLE if table else LOG)
    for _ in range(times):
        at, length = dice.randrange(len(content)), dice.randrange(12)
        match dice.randrange(4):
            case 0:
                content[at] = dice.randrange(256)
            case 1:
                del content[at:at + length]
            case 2:
                content[at:at] = content[at:at + 4 * length]
            case _:
                content[at:at] = dice.choice([b"<", b'"', b"&", b"\x00", b"]]>", b"<!--", b"\r", b",", b"<event>"])
        if not content:
            break
    consume(bytes(content), table)

"""A mapping is read strictly: what is not understood is refused, and says how to put it right."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_app.imports.mapping import LogMapping, Target
from inspect_app.imports.problems import NotReadable
from inspect_app.imports.xes import read_xes

COLUMNS = {"trace": "t", "activity": "a", "occurred_at": "at"}
XES: dict[str, Any] = {"format": "xes", "activities": {"Create Fine": "fine.create"}}
CSV: dict[str, Any] = XES | {"format": "csv", "columns": COLUMNS}


def test_a_mapping_is_loaded_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "fines.toml"
    path.write_text('format = "xes"\nzone = "Europe/Rome"\norder = "file"\n'
                    '[trace]\ntitle = "Fine {key}"\n[activities]\n'
                    '"Create Fine" = "fine.create"\nPayment = { workflow = "payment@2", trigger = "pay" }\n',
                    encoding="utf-8")
    mapping = LogMapping.load(path)
    assert mapping.target("Create Fine") == Target("fine", "create")
    assert mapping.target("Payment") == Target("payment@2", "pay")
    assert mapping.target("Appeal") is None
    assert mapping.title("A{1}") == "Fine A{1}"
    assert (mapping.actor, str(mapping.zone), mapping.columns) == ("org:resource", "Europe/Rome", None)


@pytest.mark.parametrize(("raw", "said"), [
    (XES | {"formt": 1}, "unknown key “formt”; known here: activities, actor"),
    (XES | {"format": "xlsx"}, "format = \"xes\" or"),
    (XES | {"order": "time"}, "order knows only \"file\""),
    (XES | {"sort": "n"}, "sort is for CSV only"),
    (XES | {"columns": COLUMNS}, "columns is for CSV only"),
    (XES | {"zone": "Europe/Atlantis"}, "no zone “Europe/Atlantis”"),
    (XES | {"zone": "../../etc/passwd"}, "no zone"),
    (XES | {"zone": 5}, "zone is 5; write a text"),
    (XES | {"trace": "x"}, "trace is not a table"),
    (XES | {"trace": {"name": "x"}}, "unknown key “trace.name”"),
    (XES | {"trace": {"title": "{key.__class__}"}}, "the only thing to fill in is {key}"),
    (XES | {"activities": {}}, "no activity is mapped"),
    (XES | {"activities": {"Pay": "pay"}}, "write \"workflow.trigger\""),
    (XES | {"activities": {"Pay": "Fine.Pay"}}, "write \"workflow.trigger\""),
    (XES | {"activities": {"Pay": {"workflow": "fine"}}}, "write \"workflow.trigger\""),
    (XES | {"activities": {"Pay": {"workflow": "fine", "trigger": 1}}}, "write \"workflow.trigger\""),
    (CSV | {"columns": {"trace": "t"}}, "columns.activity is missing"),
    (CSV | {"columns": COLUMNS | {"when": "x"}}, "unknown key “columns.when”"),
    (CSV | {"columns": COLUMNS | {"attributes": "rank"}}, "not a list of column names"),
    (CSV | {"columns": COLUMNS | {"attributes": ["rank", "rank"]}}, "names “rank” twice"),
    (CSV | {"columns": COLUMNS | {"attributes": ["concept:name"]}}, "names “concept:name”"),
    (XES | {"format": ["csv"]}, "format = "),
    (CSV | {"time_format": "%Q"}, "bad directive"),
    (CSV | {"time_format": "%d %"}, "stray"),
    (CSV | {"time_format": "%d %d"}, "same thing twice"),
    (CSV | {"delimiter": "||"}, "write one character"),
    (CSV | {"actor": "x"}, "write it under \\[columns\\]"),
])
def test_a_mapping_that_is_not_understood_is_refused(raw: dict[str, Any], said: str) -> None:
    with pytest.raises(NotReadable, match=said):
        LogMapping.read(raw)


ANY = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
                   lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=5)
KEYS = st.sampled_from([*CSV, "order", "sort", "zone", "actor", "delimiter", "time_format", "trace"]) | st.text()


@given(st.dictionaries(KEYS, ANY), st.sampled_from([XES, CSV]))
def test_any_table_is_a_mapping_or_is_refused(changes: dict[str, Any], base: dict[str, Any]) -> None:
    with contextlib.suppress(NotReadable):
        LogMapping.read(base | changes)


def test_every_defect_is_said_at_once() -> None:
    with pytest.raises(NotReadable) as refused:
        LogMapping.read({"format": "xml", "what": 1})
    assert str(refused.value).count(";") >= 4


@pytest.mark.parametrize(("content", "said"), [
    (b"format = ", "“m.toml” is not TOML"), (b"format = \"\xff\"", "not UTF-8"),
    (b"a = 1", "“m.toml”: unknown key “a”")])
def test_a_file_that_is_no_mapping_is_named(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "m.toml").write_bytes(content)
    with pytest.raises(NotReadable, match=said):
        LogMapping.load(tmp_path / "m.toml")
    with pytest.raises(NotReadable, match="there is no mapping"):
        LogMapping.load(tmp_path / "n.toml")


def test_an_activity_that_is_not_mapped_is_reported_and_kept() -> None:
    event = ('<event><string key="concept:name" value="{}"/>'
             '<date key="time:timestamp" value="2006-07-24T00:00:00Z"/></event>')
    body = "".join(event.format(name) for name in ("Create Fine", "Appeal"))
    stream = io.BytesIO(f'<log><trace><string key="concept:name" value="1"/>{body}</trace></log>'.encode())
    [trace] = read_xes(stream)
    [problem] = LogMapping.read(XES).unknown(trace)
    assert (problem.row, problem.code) == (2, "unknown_activity")
    assert "Appeal" in problem.message
    assert len(trace.events) == 2

"""CSV: a table that any reader takes, and no spreadsheet runs."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_app.exports.csv_out import COLUMNS, write_csv
from inspect_app.exports.history import HistoryEvent


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))


def test_a_row_says_what_the_event_says(native: HistoryEvent) -> None:
    [row] = rows(b"".join(write_csv([native._replace(attributes=(("a b", "float", "35.0"),), fits=False)])))
    assert tuple(row) == COLUMNS
    assert row["occurred_at"] == "2006-07-24T00:00:00+02:00"
    assert row["recorded_at"] == "2006-07-23T22:00:01.5Z"
    assert (row["case"], row["on_behalf_of"], row["fits"]) == ("2024-7/2", "", "false")
    assert json.loads(row["data"])["norms"] == [{"norm": "a"}]
    assert json.loads(row["attributes"]) == {"a b": ["float", "35.0"]}


def test_lines_end_as_the_standard_says_and_the_mark_is_asked_for(native: HistoryEvent) -> None:
    content = b"".join(write_csv([native._replace(trigger="a\nb")]))
    assert content.startswith(b"dossier,case,")
    assert content.endswith(b"\r\n")
    assert b'"a\nb"' in content
    assert b"".join(write_csv([], bom=True)).startswith(b"\xef\xbb\xbfdossier,")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
@pytest.mark.parametrize("column", ["dossier", "case_number", "trigger", "before", "after", "actor", "role",
                                    "on_behalf_of", "recorded_for", "origin", "workflow"])
def test_no_cell_begins_a_formula(native: HistoryEvent, start: str, column: str) -> None:
    [row] = rows(b"".join(write_csv([HistoryEvent(**native._asdict() | {column: start + "1+1"})])))
    assert row["case" if column == "case_number" else column] == "'" + start + "1+1"


@given(actor=st.text(st.characters(exclude_categories=["Cs"])), title=st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_is_one_cell_that_reads_back(native: HistoryEvent, actor: str, title: str) -> None:
    [row] = rows(b"".join(write_csv([native._replace(actor=actor, data={"title": title})])))
    assert row["actor"].removeprefix("'") == actor.removeprefix("'")
    assert row["actor"][:1] not in {"=", "+", "-", "@", "\t", "\r"}
    assert json.loads(row["data"]) == {"title": title}

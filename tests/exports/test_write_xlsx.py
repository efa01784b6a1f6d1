"""A workbook that opens, with typed cells, in which no text is a formula."""

from __future__ import annotations

import csv
import io
import subprocess
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from inspect_app.exports import xlsx
from inspect_app.exports.history import HistoryEvent
from inspect_app.exports.table import IN_JSON, ZONED
from inspect_app.exports.template import filled
from inspect_app.exports.xlsx import LONGEST, SHAPE, inside, join_xlsx, write_xlsx
from tests.system_packages import OFFICE_REMEDY, office_program

NAMES = tuple(column.name for column in (*ZONED, *IN_JSON))


def sheets(events: Iterable[HistoryEvent]) -> list[list[dict[str, Any]]]:
    return [[dict(zip(NAMES, row, strict=False)) for row in sheet.iter_rows(min_row=2, values_only=True)]
            for sheet in openpyxl.load_workbook(io.BytesIO(b"".join(write_xlsx(events)))).worksheets]


def test_cells_have_the_type_of_what_they_hold(native: HistoryEvent) -> None:
    [[row]] = sheets([native._replace(fits=False)])
    assert tuple(row) == NAMES
    assert (row["position"], row["seq"], row["fits"], row["on_behalf_of"]) == (4, 2, False, None)
    assert (row["occurred_at"], row["zone"]) == (datetime(2006, 7, 24), "+02:00")  # noqa: DTZ001 - a cell has no zone
    assert row["recorded_at"] == datetime(2006, 7, 23, 22, 0, 1, 500_000)  # noqa: DTZ001
    assert row["data"].startswith('{"title":"Kiểm tra <năm> & ')


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=HYPERLINK(\"http://x\")", "  blanks  ", "_x0041_", "a\x07b", "", "1",
                                  "TRUE"])
def test_a_text_stays_that_text(native: HistoryEvent, text: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(b"".join(write_xlsx([native._replace(actor=text)]))))
    cell = book.worksheets[0].cell(2, NAMES.index("actor") + 1)
    assert cell.data_type == ("s" if text else "n")
    assert unescape(cell.value or "") == text


@settings(max_examples=60)
@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_text_reads_back(text: str) -> None:
    native = HistoryEvent("d", "c", "w", 1, 1, "e", "t", "", "", text, "", None, None, 0, "Z", 0, "act", True, {})
    [[row]] = sheets([native])
    assert unescape(row["actor"] or "") == text


def test_a_moment_before_spreadsheets_agree_is_a_text(native: HistoryEvent) -> None:
    [[row]] = sheets([native._replace(occurred_at=-3_000_000_000_000_000)])
    assert row["occurred_at"] == "1874-12-07T20:40:00+02:00"


def test_a_cell_ends_where_cells_end_and_says_so() -> None:
    text = "ă" * (LONGEST + 5)
    assert inside("ă" * 20_000) == "ă" * 20_000
    assert len(inside(text)) <= LONGEST
    assert "characters more" in inside(text)[-60:]


def test_what_has_no_room_on_a_sheet_goes_on_the_next(native: HistoryEvent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "ROWS", 4)
    found = sheets(native._replace(seq=n) for n in range(1, 8))
    assert [[row["seq"] for row in rows] for rows in found] == [[1, 2, 3], [4, 5, 6], [7]]
    assert sheets([]) == [[]]


def test_the_standard_facts_alone_are_the_same_rows(native: HistoryEvent) -> None:
    book = openpyxl.load_workbook(io.BytesIO(b"".join(join_xlsx(filled([native], SHAPE)))))
    [[whole]] = sheets([native])
    assert next(book.worksheets[0].iter_rows(min_row=2, values_only=True)) == tuple(whole.values())[:len(ZONED)]


@pytest.mark.full
def test_libreoffice_opens_a_workbook_and_shows_every_text_as_it_is(native: HistoryEvent, tmp_path: Path) -> None:
    """The office program itself, not a library, in a profile of its own; it is asked for the cells as a table of texts."""
    office = office_program()
    assert office, OFFICE_REMEDY
    texts = ["=1+1", "@SUM(A1)", "=HYPERLINK(\"http://x\")", "_x0041_", "Kiểm tra “năm”", "TRUE", "0012", "a,b"]
    (tmp_path / "book.xlsx").write_bytes(b"".join(write_xlsx(native._replace(seq=n, actor=text) for n, text in enumerate(texts))))
    subprocess.run([office, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to",
                    "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false", "--outdir", tmp_path, tmp_path / "book.xlsx"],
                   check=True, timeout=180, stdout=subprocess.DEVNULL)
    with (tmp_path / "book.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["actor"] for row in rows] == texts
    assert [row["seq"] for row in rows] == [str(n) for n in range(len(texts))]

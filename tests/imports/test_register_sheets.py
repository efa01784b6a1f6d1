"""Workbooks as offices keep them: a title above the heading, empty sheets beside the table, merged cells, one wrong day among many."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest

from inspect_app.imports.problems import NothingThere
from inspect_app.imports.register_files import opened, places
from inspect_app.imports.register_samples import samples_of

HEADING = ("Số", "Đơn vị", "Ngày kiểm tra", "Nội dung", "Kết quả")
ROWS = (("1", "Đội Kho", "03/02/2024", "Thiếu sổ", "Đạt"), ("2", "Đội Xe", "04/02/2024", "Không rào", "Chưa đạt"))
LETTERHEAD = (("ĐẢNG BỘ CÔNG TY", None, None, "ĐẢNG CỘNG SẢN VIỆT NAM"), (None, None, None, "Hà Nội, ngày 5 tháng 3 năm 2024"),
              ("SỔ THEO DÕI KIỂM TRA NĂM 2024",), ())


def workbook(path: Path, *rows: Sequence[str | None], merged: Sequence[str] = (), empty: bool = False) -> Path:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    if empty:
        page = book.create_sheet("Sổ")
    for row in rows:
        page.append(row)
    for area in merged:
        page.merge_cells(area)
    book.save(path)
    return path


def read(path: Path, at: int = 0) -> tuple[int, tuple[str, ...], list[tuple[str, ...]]]:
    with opened(places([path])[at]) as table:
        return table.at, table.heading, [tuple(line.cells) for line in table.lines]


def test_the_heading_is_found_under_a_letterhead_and_a_title(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", *LETTERHEAD, HEADING, *ROWS, merged=("A1:B1", "D1:E1", "A3:E3"))
    assert read(path) == (5, HEADING, list(ROWS))
    text = tmp_path / "b.csv"
    text.write_text("SỔ THEO DÕI KIỂM TRA\n\n" + "\n".join(";".join(row) for row in (HEADING, *ROWS)), "utf-8")
    assert read(text)[1:] == (HEADING, list(ROWS))


def test_the_first_row_is_the_heading_wherever_it_may_be_one(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("kind,2019,2020\nx,a,b\ny,c,d\n", "utf-8")
    assert read(path) == (1, ("kind", "2019", "2020"), [("x", "a", "b"), ("y", "c", "d")])


def test_a_heading_is_taken_for_what_a_mapping_asks_of_it(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ("Tên sổ", "Năm", "Tháng"), HEADING, *ROWS)
    with opened(places([path])[0], is_heading=set(HEADING).issubset) as table:
        assert (table.at, table.heading, len(list(table.lines))) == (2, HEADING, 2)


def test_a_heading_of_two_rows_is_read_to_its_end(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ("Số", "Kiểm tra", None, "Kết quả"), (None, "Ngày kiểm tra", "Nội dung", None),
                    ("1", "03/02/2024", "Thiếu sổ", "Đạt"), merged=("A1:A2", "B1:C1", "D1:D2"))
    assert read(path) == (2, ("Số", "Ngày kiểm tra", "Nội dung", "Kết quả"), [("1", "03/02/2024", "Thiếu sổ", "Đạt")])


def test_a_merged_cell_says_the_same_in_each_of_its_rows(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", HEADING, ROWS[0], (None, None, None, "Cửa khóa", "Chưa đạt"), (None, None, None, "Đèn hỏng", None), ROWS[1],
                    merged=("A2:A4", "B2:B4", "C2:C4", "E3:E4"))
    assert read(path)[2] == [ROWS[0], (*ROWS[0][:3], "Cửa khóa", "Chưa đạt"), (*ROWS[0][:3], "Đèn hỏng", "Chưa đạt"), ROWS[1]]


def test_what_is_wrong_with_a_merged_cell_is_wrong_with_each_of_its_rows(tmp_path: Path) -> None:
    rows = (("1", "Đội Kho", "=TODAY()", "Thiếu sổ", ""), ("2", "Đội Xe", None, "Không rào", ""))
    path = workbook(tmp_path / "a.xlsx", HEADING, *rows, merged=("C2:C3",))
    with opened(places([path])[0]) as table:
        assert [line.problem and (line.problem.column, line.problem.code) for line in table.lines] == [("Ngày kiểm tra", "formula")] * 2


def test_an_empty_sheet_beside_a_table_is_left_out_and_one_alone_is_said_to_be_empty(tmp_path: Path) -> None:
    [sample] = samples_of([workbook(tmp_path / "a.xlsx", HEADING, *ROWS, empty=True)])
    assert (sample.place.name, sample.rows, sample.at) == ("Sổ", 2, 1)
    with pytest.raises(NothingThere, match="is empty"):
        samples_of([workbook(tmp_path / "b.xlsx")])


def test_one_wrong_day_makes_no_text_of_a_column_that_is_called_a_day(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Số,Ngày kiểm tra,Ghi chú\n1,03/02/2024,03/02/2024\n2,31/02/2024,chưa rõ\n3,05/02/2024,\n", "utf-8")
    [sample] = samples_of([path])
    assert {one.name: one.type for one in sample.columns} == {"Số": "number", "Ngày kiểm tra": "day", "Ghi chú": "text"}

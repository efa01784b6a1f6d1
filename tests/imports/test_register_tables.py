"""Tables of a register are read whatever wrote them, and a file that is not what it says is refused in one sentence that names the remedy."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from random import Random

import openpyxl
import pytest

from inspect_app.imports.problems import NotReadable
from inspect_app.imports.register_files import opened, places
from inspect_app.imports.sheet_rows import LONGEST_CELL, Line
from tests.imports.both import in_both
from tests.imports.workbooks import HEADING, STYLES, workbook


def read(path: Path, encoding: str | None = None) -> tuple[tuple[str, ...], list[Line]]:
    [place] = places([path])
    with opened(place, encoding=encoding) as table:
        return table.heading, list(table.lines)


def cells(path: Path, encoding: str | None = None) -> list[Sequence[str]]:
    return [tuple(line.cells) for line in read(path, encoding)[1]]


def problems(path: Path) -> list[tuple[int, str, str]]:
    wrong = [line for line in read(path)[1] if line.problem is not None]
    assert all(in_both(line.problem.message) for line in wrong if line.problem is not None)
    return [(line.number, line.problem.column, line.problem.code) for line in wrong if line.problem is not None]


@pytest.mark.parametrize(("raw", "encoding"), [
    ("mã,nội dung\n1,thiếu sổ\n".encode(), None),
    ("\ufeffmã,nội dung\r\n1,thiếu sổ\r\n".encode(), None),
    ("mã;nội dung\n1;thiếu sổ\n".encode("utf-16"), None),
    ("mã\tnội dung\n1\tthiếu sổ\n".encode("utf-16-be"), "utf-16-be"),
    ("mã|nội dung\n1|thiếu sổ\n".encode(), "utf-8"),
    ("ma\u0303,n\u00f4\u0323i dung\n1,thi\u00ea\u0301u s\u00f4\u0309\n".encode("cp1258"), "windows-1258"),
])
def test_a_table_of_text_is_read_in_the_encoding_and_with_the_delimiter_that_it_has(tmp_path: Path, raw: bytes, encoding: str | None) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(raw)
    heading, lines = read(path, encoding)
    assert heading == ("mã", "nội dung") and [line.number for line in lines] == [2]
    assert len(lines[0].cells) == 2 and lines[0].problem is None


def test_packed_tables_folders_and_zips_are_looked_into(tmp_path: Path) -> None:
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"x,y\n1,2\n"))
    assert cells(tmp_path / "a.csv.gz") == [("1", "2")]
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("sub/one.csv", "x,y\n1,2\n")
        archive.writestr("two.csv", "x,y\n3,4\n")
    assert [place.name for place in places([tmp_path / "b.zip"])] == ["one.csv", "two.csv"]
    assert [place.name for place in places([tmp_path])] == ["a.csv"]


AT = datetime.fromisoformat("2019-05-31T10:30")


def test_what_a_spreadsheet_writes_is_read_as_it_shows(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in (["id", "day", "at", "n", "yes", "text"], [1, date(2019, 5, 31), AT, 10.5, True, "a\nb"],
                ["007", None, None, 3, False, "=1+1"], [None] * 6, [2, date(1900, 2, 28), None, -0.25, None, " x "]):
        page.append(row)
    page["F3"].data_type = "s"
    book.create_sheet("Other").append(["z"])
    path = tmp_path / "a.xlsx"
    book.save(path)
    assert [place.name for place in places([path])] == ["Sheet", "Other"]
    with opened(places([path])[0]) as table:
        told = [(line.number, *line.cells) for line in table.lines]
    assert told == [(2, "1", "2019-05-31", "2019-05-31T10:30:00", "10.5", "TRUE", "a\nb"), (3, "007", "", "", "3", "FALSE", "=1+1"),
                    (5, "2", "1900-02-28", "", "-0.25", "", " x ")]


def test_days_are_found_by_their_style_in_both_calendars(tmp_path: Path) -> None:
    rows = HEADING + '<row r="2"><c r="A2"><v>43616</v></c><c r="B2" s="1"><v>43616</v></c></row><row r="3"><c r="B3" s="2"><v>1</v></c></row>'
    assert cells(workbook(tmp_path / "a.xlsx", rows)) == [("43616", "2019-05-31"), ("", "1900-01-01")]
    other = workbook(tmp_path / "b.xlsx", rows, properties='<workbookPr date1904="1"/>')
    assert cells(other) == [("43616", "2023-06-01"), ("", "1904-01-02")]


@pytest.mark.parametrize(("cell", "column", "code"), [
    ('<c r="B2"><f>1+1</f><v>2</v></c>', "day", "formula"),
    ('<c r="B2"><f>HYPERLINK("x")</f></c>', "day", "formula"),
    ('<c r="B2" t="e"><v>#REF!</v></c>', "day", "error"),
    ('<c r="B2" t="s"><v>99</v></c>', "day", "damaged"),
    ('<c r="B2" t="s"><v>-1</v></c>', "day", "damaged"),
    ('<c r="B2"><v>1e999</v></c>', "day", "damaged"),
    ('<c r="B2"><v>many</v></c>', "day", "damaged"),
    ('<c r="B2"><v>NaN</v></c>', "day", "damaged"),
    ('<c r="B2" s="1"><v>-5</v></c>', "day", "day"),
    ('<c r="B2" s="1"><v>99999999</v></c>', "day", "day"),
    (f'<c r="B2" t="inlineStr"><is><t>{"x" * 2**20}</t></is></c>', "day", "too_long"),
    ('<c r="XFD2"><v>1</v></c>', "XFD", "column"),
    ('<c r="E2"><v>1</v></c>', "", "width"),
])
def test_a_cell_of_a_sheet_that_cannot_be_trusted_is_named_and_the_rest_is_read(tmp_path: Path, cell: str, column: str, code: str) -> None:
    path = workbook(tmp_path / "a.xlsx", f'{HEADING}<row r="2"><c r="A2"><v>1</v></c>{cell}</row><row r="3"><c r="A3"><v>7</v></c></row>')
    assert problems(path) == [(2, column, code)]
    assert tuple(read(path)[1][-1].cells) == ("7", "")


@pytest.mark.parametrize(("text", "column", "code"), [
    ("1\n", "", "width"), ("1,2,3\n", "", "width"), ("1,a\0b\n", "y", "not_text"), (f"1,{'x' * (LONGEST_CELL + 1)}\n", "y", "too_long")])
def test_a_row_of_text_that_cannot_be_taken_is_named_and_the_rest_is_read(tmp_path: Path, text: str, column: str, code: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"x,y\n{text}7,8\n", "utf-8")
    assert problems(path) == [(2, column, code)]
    assert tuple(read(path)[1][-1].cells) == ("7", "8")


@pytest.mark.parametrize(("raw", "says"), [
    (b"", "empty"), (b"\n\n", "empty"), (b"\xff\xfe", "empty"), (b"a,b,a\n", "stands there twice"),
    (b"x,y\n1,caf\xe9\n", "is not utf-8"), (b'x,y\n"1,2\n', "no proper CSV"), (b"x,y\n1," + b"z" * 2**20 + b"\n", "longer than"),
    (b"\x89PNG\r\n\x1a\n\x00\x00", "no table of text"), (b"x\x00,\x00y\x00\n\x00", "UTF-16 without its mark"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old workbook"),
    (b"PK\x03\x04rubbish", "cannot be opened"), (b"\x1f\x8brubbish", "gzip archive"),
    (gzip.compress(b"x,y\n" + b"1,2\n" * 99, mtime=0)[:-20], "ends too early"),
    (b"\xff\xfex\x00,\x00y\x00\n\x00\x00\xd8", "is not utf-16"), (",".join(f"c{n}" for n in range(1001)).encode() + b"\n", "more than 1000 columns"),
    (b"BZh91AYxxxxx", "bzip2 archive"), (b"MZ\x90\x00\x03\x00\x00\x00", "no table of text"),
])
def test_a_file_that_is_no_table_is_refused_in_a_sentence(tmp_path: Path, raw: bytes, says: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(raw)
    with pytest.raises(NotReadable, match=says) as refused:
        read(path)
    assert in_both(refused.value.says, says)


def test_bombs_are_refused_before_they_fill_anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("streams", "archives"):
        monkeypatch.setattr(f"inspect_app.imports.{place}.FREE", 2**20)
    bomb = b"x,y\n" + (b"1," + b" " * 25_000 + b"\n") * 100
    packed = tmp_path / "a.csv.gz"
    packed.write_bytes(gzip.compress(bomb, 9))
    with pytest.raises(NotReadable, match="unpacks to more than"):
        read(packed)
    with zipfile.ZipFile(tmp_path / "b.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("a.csv", bomb)
    with pytest.raises(NotReadable, match="unpacks to more than"):
        read(tmp_path / "b.zip")
    book = workbook(tmp_path / "c.xlsx", HEADING + '<row r="2"><c r="A2"><v>1</v></c></row>' + " " * 3_000_000)
    with pytest.raises(NotReadable, match="unpacks to more than"):
        read(book)
    shared = workbook(tmp_path / "d.xlsx", HEADING, shared="<si><t>" + "x" * 3_000_000 + "</t></si>")
    with pytest.raises(NotReadable, match=r"unpacks to more than|million characters"):
        read(shared)


BILLION = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(("parts", "says"), [
    ({"xl/worksheets/sheet1.xml": f"{BILLION}<worksheet/>"}, "document type"),
    ({"xl/sharedStrings.xml": f"{BILLION}<sst/>"}, "document type"),
    ({"xl/workbook.xml": f"{BILLION}<workbook/>"}, "document type"),
    ({"xl/worksheets/sheet1.xml": "<worksheet><sheetData><row>"}, "damaged"),
    ({"xl/worksheets/sheet1.xml": ""}, "damaged"),
    ({"xl/worksheets/sheet1.xml": f'<worksheet a="{"x" * 3_000_000}"/>'}, "one tag in it is longer"),
    ({"xl/worksheets/sheet1.xml": "<worksheet/>"}, "is empty"),
    ({"xl/workbook.xml": "<workbook/>"}, "no workbook"),
    ({"xl/_rels/workbook.xml.rels": "<Relationships/>"}, "holds no table"),
    ({"xl/_rels/workbook.xml.rels": '<R><Relationship Id="rId1" Target="../../../../etc/passwd"/></R>'}, "holds no table"),
    ({"xl/worksheets/sheet1.xml": '<?xml version="1.0" encoding="made-up"?><worksheet/>'}, "cannot be read|damaged"),
    ({"xl/worksheets/sheet1.xml": '<worksheet><sheetData><row r="1"><c r="A1"><f>1</f></c></row></sheetData></worksheet>'}, "in the heading"),
    ({"xl/worksheets/sheet1.xml": '<worksheet><sheetData><row r="9999999"><c r="A1"><v>1</v></c></row></sheetData></worksheet>'},
     "more than 1000000 rows"),
])
def test_a_workbook_that_hides_something_or_is_broken_is_refused(tmp_path: Path, parts: dict[str, str], says: str) -> None:
    with pytest.raises(NotReadable, match=says) as refused:
        read(workbook(tmp_path / "a.xlsx", HEADING, styles=STYLES, parts=parts))
    assert in_both(refused.value.says, says)


def test_whatever_befalls_a_file_it_is_read_or_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in (["id", "day", "text"], [1, date(2019, 5, 31), "thiếu sổ"], [2, None, "x" * 500]):
        page.append(row)
    book.save(tmp_path / "whole.xlsx")
    text = "id,day,text\n1,31/05/2019,thiếu sổ\n".encode() * 9
    sound = {"a.xlsx": (tmp_path / "whole.xlsx").read_bytes(), "a.csv": text, "a.csv.gz": gzip.compress(text, mtime=0)}
    random, refused = Random(7), 0
    for n in range(600):
        name = random.choice([*sound])
        raw = bytearray(sound[name])
        for _ in range(random.randint(1, 8)):
            at = random.randrange(len(raw))
            raw[at:at + random.randint(0, 4)] = random.randbytes(random.randint(0, 4))
        path = tmp_path / name
        path.write_bytes(raw[:random.randint(1, len(raw))] if n % 5 == 0 else raw)
        try:
            read(path)
        except NotReadable as said:
            assert str(said) and in_both(said.says)
            refused += 1
    assert 100 < refused < 600


def test_a_zip_that_holds_something_else_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("run.exe", b"MZ")
    with pytest.raises(NotReadable, match="holds tables"):
        places([tmp_path / "a.zip"])
    for name in ("none.csv", "."):
        with pytest.raises(NotReadable, match="there is no"):
            places([tmp_path / name])

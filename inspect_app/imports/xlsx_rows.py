"""Reading a sheet of a workbook (Office Open XML, .xlsx), piece by piece, from the XML itself. No formula is ever worked out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import BinaryIO, NamedTuple

from inspect_app.imports.archives import member
from inspect_app.imports.problems import NothingThere, NotReadable
from inspect_app.imports.sheet_rows import (
    LONGEST_CELL,
    MOST_COLUMNS,
    MOST_ROWS,
    CellProblem,
    IsHeading,
    Line,
    Table,
    heading_of,
    judged,
    too_many_rows,
    under_heading,
)
from inspect_app.imports.workbooks import CHUNK, Workbook, fed, read_part
from workflows.words import Words, filled, words

MOST_MERGED = 10_000
"""Merged cells over several rows in one sheet."""

_PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})", re.ASCII)


def read_sheet(book: Workbook, sheet: str | None = None, is_heading: IsHeading | None = None) -> Table:
    """One sheet of a workbook as a table; without a name the first. What stands in a merged cell that reaches over several rows holds for each of
    them. Raises `NotReadable`; `NothingThere`."""
    chosen = sheet if sheet is not None else next(iter(book.sheets))
    if chosen not in book.sheets:
        there = ", ".join(book.sheets)[:400]
        raise NotReadable(words(en=f"{book.name}: there is no sheet “{chosen[:60]}”; there are: {there}",
                                vi=f"{book.name}: không có trang tính “{chosen[:60]}”; đang có: {there}"))
    stream = member(book.archive, book.sheets[chosen])
    if stream is None:
        raise NotReadable(words(en=f"{book.name}: the sheet “{chosen[:60]}” holds no table; save the workbook again",
                                vi=f"{book.name}: trang tính “{chosen[:60]}” không chứa bảng; hãy lưu lại bảng tính"))
    found = under_heading(_Sheet(book, f"{book.name}, {chosen}", _merged(book, book.sheets[chosen])).lines(stream), is_heading)
    if found is None:
        raise NothingThere(words(en=f"{book.name}: the sheet “{chosen[:60]}” is empty; write its columns and rows, or send another",
                                 vi=f"{book.name}: trang tính “{chosen[:60]}” trống; hãy ghi các cột và dòng, hoặc gửi trang khác"))
    first, lines = found
    if first.problem is not None:
        raise NotReadable(filled(words(en="{name}: in the heading, {why}", vi="{name}: ở dòng tiêu đề, {why}"),
                                 name=book.name, why=first.problem.message), first.number)
    heading = heading_of(first.cells, f"{book.name}, {chosen}")
    return Table(heading, (judged(_filled(line, heading), heading) for line in lines), first.number)


def _filled(line: Line, heading: tuple[str, ...]) -> Line:
    """A sheet leaves empty cells at the end of a row out, and calls its columns by letters."""
    if line.problem is not None:
        at = _column(line.problem.column)
        return line if at >= len(heading) else Line(line.number, line.cells, line.problem._replace(column=heading[at]))
    missing = len(heading) - len(line.cells)
    return line if missing <= 0 else Line(line.number, (*line.cells, *("",) * missing))


class _Reach(NamedTuple):
    """What stands in a merged cell: the last row that it reaches, its column, its text, and what is wrong with it."""

    last: int
    at: int
    said: str
    problem: CellProblem | None


class _Sheet:
    """The handlers of the parser for one sheet; `merged` are its merged cells that reach over several rows, by the first of them."""

    def __init__(self, book: Workbook, name: str, merged: dict[int, list[tuple[int, int]]]) -> None:
        self.book, self.name, self.merged = book, name, merged
        self.reaching: list[_Reach] = []
        self.ready: list[Line] = []
        self.number = 0
        self.cells: list[str] = []
        self.problem: CellProblem | None = None
        self.at, self.kind, self.style = 0, "", 0
        self.text: list[str] = []
        self.length = 0
        self.listens = self.formula = False

    def lines(self, stream: BinaryIO) -> Iterator[Line]:
        with stream:
            for _ in fed(stream, self.name, self._start, self._end, self._heard):
                yield from self.ready
                self.ready.clear()
        yield from self.ready

    def _start(self, tag: str, attrs: dict[str, str]) -> None:
        if tag == "row":
            given = attrs.get("r", "")
            self.number = int(given) if given.isdecimal() and len(given) < 8 else self.number + 1
            if self.number > MOST_ROWS + 1:
                raise NotReadable(too_many_rows(self.name))
            self.cells, self.problem = [], None
        elif tag == "c":
            place = _PLACE.fullmatch(attrs.get("r", ""))
            self.at = _column(place[1]) if place else len(self.cells)
            style = attrs.get("s", "0")
            self.kind, self.style = attrs.get("t", "n"), int(style) if style.isdecimal() and len(style) < 6 else 0
            self.text, self.length, self.formula = [], 0, False
        elif tag == "f":
            self.formula = True
        elif tag in ("v", "t"):
            self.listens = True
        elif tag == "rPh":
            self.kind = "phonetic"

    def _heard(self, text: str) -> None:
        if self.listens and self.kind != "phonetic":
            self.length += len(text)
            if self.length <= LONGEST_CELL + 1:
                self.text.append(text)

    def _end(self, tag: str) -> None:
        if tag in ("v", "t"):
            self.listens = False
        elif tag == "rPh":
            self.kind = "inlineStr"
        elif tag == "c":
            self._keep()
        elif tag == "row" and (any(self.cells) or self.problem is not None):
            self._reach()
            self.ready.append(Line(self.number, tuple(self.cells), self.problem))

    def _reach(self) -> None:
        """What stands in a merged cell is said in each of its rows that says something."""
        self.reaching = [one for one in self.reaching if one.last >= self.number]
        for one in self.reaching:
            self.cells.extend([""] * (one.at + 1 - len(self.cells)))
            self.cells[one.at] = self.cells[one.at] or one.said
            self.problem = self.problem or one.problem
        for last, at in self.merged.get(self.number, ()):
            if at < len(self.cells):
                wrong = self.problem if self.problem is not None and self.problem.column == _letters(at) else None
                self.reaching.append(_Reach(last, at, self.cells[at], wrong))

    def _keep(self) -> None:
        said = "".join(self.text)
        if not self.length and not self.formula:
            return
        if self.at >= MOST_COLUMNS:
            self._wrong("column", words(en=f"there is something in a column beyond the {MOST_COLUMNS}th; remove it",
                                        vi=f"có nội dung ở sau cột thứ {MOST_COLUMNS}; hãy xóa đi"))
            return
        if self.formula:
            self._wrong("formula", words(en="the cell holds a formula, which nobody can check; copy the column and insert it as values",
                                         vi="ô này chứa công thức, không ai kiểm tra được; hãy sao chép cột rồi dán dưới dạng giá trị"))
            said = ""
        elif self.length > LONGEST_CELL:
            self._wrong("too_long", words(en=f"the cell holds more than {LONGEST_CELL} characters; shorten it, or keep it as a paper",
                                          vi=f"ô này có hơn {LONGEST_CELL} ký tự; hãy rút ngắn, hoặc lưu thành giấy tờ riêng"))
            said = ""
        else:
            said = self._worth(said)
        self.cells.extend([""] * (self.at + 1 - len(self.cells)))
        self.cells[self.at] = said

    def _worth(self, said: str) -> str:
        """A cell as text: shared texts looked up, days written as days, numbers without an exponent."""
        match self.kind:
            case "s":
                n = int(said) if said.isdecimal() and len(said) < 9 else -1
                if not 0 <= n < len(self.book.shared):
                    self._wrong("damaged", words(en="the cell points at a text that is not there; save the workbook again",
                                                 vi="ô này trỏ đến một văn bản không tồn tại; hãy lưu lại bảng tính"))
                    return ""
                return self.book.shared[n]
            case "b":
                return "TRUE" if said.strip() == "1" else "FALSE"
            case "e":
                self._wrong("error", words(en=f"the cell holds the error {said[:20]}; correct it", vi=f"ô này có lỗi {said[:20]}; hãy sửa"))
                return ""
            case "str" | "inlineStr" | "d":
                return said
            case _:
                return self._number(said)

    def _number(self, said: str) -> str:
        try:
            value = Decimal(said)
            if not value.is_finite() or abs(value.adjusted()) > 30:
                raise InvalidOperation
        except InvalidOperation:
            self._wrong("damaged", words(en=f"“{said[:40]}” is no number; save the workbook again",
                                         vi=f"“{said[:40]}” không phải là số; hãy lưu lại bảng tính"))
            return ""
        if self.style < len(self.book.dated) and self.book.dated[self.style]:
            return self._day(value)
        return f"{value.normalize():f}" if value else "0"

    def _day(self, value: Decimal) -> str:
        if not 0 <= value < 2_958_466:
            self._wrong("day", words(en="the cell is shown as a day, but no calendar has that day; correct it",
                                     vi="ô này hiển thị là ngày, nhưng không lịch nào có ngày đó; hãy sửa"))
            return ""
        days, part = divmod(value, 1)
        seconds = int((part * 86_400).to_integral_value())
        begins = datetime.fromisoformat("1904-01-01" if self.book.is_1904 else "1899-12-31" if days < 60 else "1899-12-30")
        when = begins + timedelta(days=int(days), seconds=seconds)
        return when.date().isoformat() if not seconds else when.isoformat(timespec="seconds")

    def _wrong(self, code: str, message: Words) -> None:
        if self.problem is None:
            self.problem = CellProblem(_letters(self.at), code, message)


def _merged(book: Workbook, part: str) -> dict[int, list[tuple[int, int]]]:
    """The merged cells of a sheet that reach over several rows: last row and column, by first row. They stand after the rows in the file, so it is
    read twice where there are any. Raises `NotReadable`."""
    found: dict[int, list[tuple[int, int]]] = {}
    left = [MOST_MERGED]

    def merge(tag: str, attrs: dict[str, str]) -> None:
        if tag != "mergeCell":
            return
        places = [_PLACE.fullmatch(corner) for corner in attrs.get("ref", "").split(":")]
        if len(places) == 2 and places[0] and places[1] and int(places[0][2]) < int(places[1][2]):
            left[0] -= 1
            if left[0] < 0:
                raise NotReadable(words(
                    en=f"{book.name}: more than {MOST_MERGED} cells of a sheet are merged; unmerge them, or save the sheet as CSV",
                    vi=f"{book.name}: có hơn {MOST_MERGED} ô bị gộp trong một trang tính; hãy bỏ gộp ô, hoặc lưu trang tính thành CSV"))
            found.setdefault(int(places[0][2]), []).append((int(places[1][2]), _column(places[0][1])))

    stream = member(book.archive, part)
    if stream is None:
        return found
    with stream:
        end = b""
        while chunk := stream.read(CHUNK):
            if b"mergeCell" in end + chunk:
                read_part(book.archive, book.name, part, merge)
                break
            end = chunk[-8:]
    return found


def _column(letters: str) -> int:
    n = 0
    for letter in letters:
        n = n * 26 + ord(letter) - 64
    return n - 1


def _letters(at: int) -> str:
    """A column as a spreadsheet calls it."""
    said, n = "", at + 1
    while n:
        n, rest = divmod(n - 1, 26)
        said = chr(65 + rest) + said
    return said

"""Reading a sheet of a workbook (Office Open XML, .xlsx), piece by piece, from the XML itself. No formula is ever worked out."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import BinaryIO, NamedTuple
from xml.parsers import expat

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
    under_heading,
)

CHUNK = 2**16
LONGEST_TAG = 2**20
MOST_SHARED = 64_000_000
"""Characters of texts that cells share; they are kept in memory."""
MOST_STYLES = 65_536
MOST_MERGED = 10_000
"""Merged cells over several rows in one sheet."""

_DATES = frozenset({14, 15, 16, 17, 22, *range(27, 37), *range(45, 48), *range(50, 59)})
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_DAY_LETTERS = re.compile(r"[ymdhs]", re.IGNORECASE)
_PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})", re.ASCII)


class Workbook(NamedTuple):
    """What has to be known before a sheet is read."""

    archive: zipfile.ZipFile
    name: str
    sheets: dict[str, str]
    is_1904: bool
    dated: tuple[bool, ...]
    shared: tuple[str, ...]


def is_workbook(archive: zipfile.ZipFile) -> bool:
    """Whether a zip is a workbook."""
    return "xl/workbook.xml" in archive.namelist()


def open_workbook(archive: zipfile.ZipFile, name: str) -> Workbook:
    """The workbook in a zip: its sheets, styles and shared texts. Raises `NotReadable`."""
    relations: dict[str, str] = {}
    sheets: dict[str, str] = {}
    told: dict[str, bool] = {}

    def relation(tag: str, attrs: dict[str, str]) -> None:
        if tag == "Relationship":
            target = attrs.get("Target", "")
            relations[attrs.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"

    def part(tag: str, attrs: dict[str, str]) -> None:
        if tag == "workbookPr":
            told["1904"] = attrs.get("date1904") in ("1", "true")
        elif tag == "sheet" and len(sheets) < 1000:
            id_ = next((value for key, value in attrs.items() if key.endswith("}id")), "")
            sheets[attrs.get("name", "")] = relations.get(id_, "")

    _read(archive, name, "xl/_rels/workbook.xml.rels", relation)
    if not _read(archive, name, "xl/workbook.xml", part) or not sheets:
        raise NotReadable(f"{name}: this zip is no workbook; save it as .xlsx again")
    return Workbook(archive, name, sheets, told.get("1904", False), _styles(archive, name), _shared(archive, name))


def read_sheet(book: Workbook, sheet: str | None = None, is_heading: IsHeading | None = None) -> Table:
    """One sheet of a workbook as a table; without a name the first. What stands in a merged cell that reaches over several rows holds for each of
    them. Raises `NotReadable`; `NothingThere`."""
    chosen = sheet if sheet is not None else next(iter(book.sheets))
    if chosen not in book.sheets:
        raise NotReadable(f"{book.name}: there is no sheet “{chosen[:60]}”; there are: {', '.join(book.sheets)[:400]}")
    stream = member(book.archive, book.sheets[chosen])
    if stream is None:
        raise NotReadable(f"{book.name}: the sheet “{chosen[:60]}” holds no table; save the workbook again")
    found = under_heading(_Sheet(book, f"{book.name}, {chosen}", _merged(book, book.sheets[chosen])).lines(stream), is_heading)
    if found is None:
        raise NothingThere(f"{book.name}: the sheet “{chosen[:60]}” is empty; write its columns and rows, or send another")
    first, lines = found
    if first.problem is not None:
        raise NotReadable(f"{book.name}: in the heading, {first.problem.message}", first.number)
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
            for _ in _fed(stream, self.name, self._start, self._end, self._heard):
                yield from self.ready
                self.ready.clear()
        yield from self.ready

    def _start(self, tag: str, attrs: dict[str, str]) -> None:
        if tag == "row":
            given = attrs.get("r", "")
            self.number = int(given) if given.isdecimal() and len(given) < 8 else self.number + 1
            if self.number > MOST_ROWS + 1:
                raise NotReadable(f"{self.name}: there are more than {MOST_ROWS} rows; send them in parts")
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
            self._wrong("column", f"there is something in a column beyond the {MOST_COLUMNS}th; remove it")
            return
        if self.formula:
            self._wrong("formula", "the cell holds a formula, which nobody can check; copy the column and insert it as values")
            said = ""
        elif self.length > LONGEST_CELL:
            self._wrong("too_long", f"the cell holds more than {LONGEST_CELL} characters; shorten it, or keep it as a paper")
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
                    self._wrong("damaged", "the cell points at a text that is not there; save the workbook again")
                    return ""
                return self.book.shared[n]
            case "b":
                return "TRUE" if said.strip() == "1" else "FALSE"
            case "e":
                self._wrong("error", f"the cell holds the error {said[:20]}; correct it")
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
            self._wrong("damaged", f"“{said[:40]}” is no number; save the workbook again")
            return ""
        if self.style < len(self.book.dated) and self.book.dated[self.style]:
            return self._day(value)
        return f"{value.normalize():f}" if value else "0"

    def _day(self, value: Decimal) -> str:
        if not 0 <= value < 2_958_466:
            self._wrong("day", "the cell is shown as a day, but no calendar has that day; correct it")
            return ""
        days, part = divmod(value, 1)
        seconds = int((part * 86_400).to_integral_value())
        begins = datetime.fromisoformat("1904-01-01" if self.book.is_1904 else "1899-12-31" if days < 60 else "1899-12-30")
        when = begins + timedelta(days=int(days), seconds=seconds)
        return when.date().isoformat() if not seconds else when.isoformat(timespec="seconds")

    def _wrong(self, code: str, message: str) -> None:
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
                raise NotReadable(f"{book.name}: more than {MOST_MERGED} cells of a sheet are merged; unmerge them, or save the sheet as CSV")
            found.setdefault(int(places[0][2]), []).append((int(places[1][2]), _column(places[0][1])))

    stream = member(book.archive, part)
    if stream is None:
        return found
    with stream:
        end = b""
        while chunk := stream.read(CHUNK):
            if b"mergeCell" in end + chunk:
                _read(book.archive, book.name, part, merge)
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


def _styles(archive: zipfile.ZipFile, name: str) -> tuple[bool, ...]:
    """Of each style of cells, whether it shows a day."""
    customs: dict[str, bool] = {}
    dated: list[bool] = []
    inside: list[str] = []

    def style(tag: str, attrs: dict[str, str]) -> None:
        if tag in ("cellXfs", "cellStyleXfs"):
            inside[:] = [tag]
        elif tag == "numFmt":
            customs[attrs.get("numFmtId", "")] = bool(_DAY_LETTERS.search(_QUOTED.sub("", attrs.get("formatCode", "").split(";")[0])))
        elif tag == "xf" and inside == ["cellXfs"] and len(dated) < MOST_STYLES:
            id_ = attrs.get("numFmtId", "0")
            dated.append(customs[id_] if id_ in customs else id_.isdecimal() and len(id_) < 5 and int(id_) in _DATES)

    _read(archive, name, "xl/styles.xml", style)
    return tuple(dated)


def _shared(archive: zipfile.ZipFile, name: str) -> tuple[str, ...]:
    """The texts that cells share; what is too long for a cell is kept as long as shows it."""
    texts: list[str] = []
    parts: list[str] = []
    state = {"listens": False, "phonetic": False, "held": 0, "whole": 0}

    def start(tag: str, _: dict[str, str]) -> None:
        if tag == "si":
            parts.clear()
            state["held"] = 0
        state["listens"] = tag == "t" and not state["phonetic"]
        state["phonetic"] = state["phonetic"] or tag == "rPh"

    def end(tag: str) -> None:
        if tag == "si":
            texts.append("".join(parts))
        elif tag == "rPh":
            state["phonetic"] = False
        state["listens"] = False

    def heard(text: str) -> None:
        if state["listens"]:
            state["held"] += len(text)
            state["whole"] += len(text)
            if state["whole"] > MOST_SHARED:
                raise NotReadable(f"{name}: it holds more than {MOST_SHARED // 1_000_000} million characters of text; save the sheet as CSV")
            if state["held"] <= LONGEST_CELL + 1:
                parts.append(text[:LONGEST_CELL + 1])

    stream = member(archive, "xl/sharedStrings.xml")
    if stream is not None:
        with stream:
            for _ in _fed(stream, name, start, end, heard):
                pass
    return tuple(texts)


def _read(archive: zipfile.ZipFile, name: str, part: str, start: Callable[[str, dict[str, str]], None]) -> bool:
    """Read a part of the workbook by its tags; whether it is there."""
    stream = member(archive, part)
    if stream is None:
        return False
    with stream:
        for _ in _fed(stream, name, start, lambda _tag: None, lambda _text: None):
            pass
    return True


def _fed(stream: BinaryIO, name: str, start: Callable[[str, dict[str, str]], None], end: Callable[[str], None],
         heard: Callable[[str], None]) -> Iterator[None]:
    """Hand a part of the workbook to a parser that knows neither document types nor entities, pausing after each piece."""
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True

    def no_doctype(*_: object) -> None:
        raise NotReadable(f"{name}: it declares a document type, which no workbook does and which can hide entities; save it again")

    parser.StartDoctypeDeclHandler = no_doctype
    parser.StartElementHandler = lambda tag, attrs: start(tag.rpartition("}")[2], attrs)
    parser.EndElementHandler = lambda tag: end(tag.rpartition("}")[2])
    parser.CharacterDataHandler = heard
    fed = 0
    try:
        while chunk := stream.read(CHUNK):
            parser.Parse(chunk, False)
            fed += len(chunk)
            if fed - parser.CurrentByteIndex > LONGEST_TAG:
                raise NotReadable(f"{name}: one tag in it is longer than {LONGEST_TAG // 2**20} MB; is it a workbook?")
            yield
        parser.Parse(b"", True)
        yield
    except expat.ExpatError as error:
        raise NotReadable(f"{name}: it is damaged ({expat.ErrorString(error.code) or 'unknown error'}); save the workbook again") from None
    except (LookupError, ValueError) as error:
        raise NotReadable(f"{name}: it cannot be read ({str(error)[:80]}); save the workbook again") from None

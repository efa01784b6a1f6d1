"""What every reader of a table hands over: a heading, and lines of cells as texts. Nothing is judged but the form."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import NamedTuple

from inspect_app.imports.problems import NotReadable
from workflows.words import Words, words

MOST_ROWS = 1_000_000
"""Rows of one table; a longer one is sent in parts."""
MOST_COLUMNS = 1_000
LONGEST_CELL = 32_767
"""Characters in a cell: what a spreadsheet holds in one."""


class CellProblem(NamedTuple):
    """What is wrong with a row: in which column (empty: with the row as a whole), a code for programs, a sentence for people, in
    every language."""

    column: str
    code: str
    message: Words


class Line(NamedTuple):
    """One row: its number (the first row is row 1), its cells in the order of the heading, and what is wrong with it already."""

    number: int
    cells: Sequence[str]
    problem: CellProblem | None = None

    @property
    def said(self) -> Sequence[str]:
        """What the row says, column by column."""
        return self.cells


@dataclass(frozen=True, slots=True)
class Table:
    """A heading, the row in which it stands, and the lines under it, to be read once."""

    heading: tuple[str, ...]
    lines: Iterator[Line]
    at: int = 1


IsHeading = Callable[[Sequence[str]], bool]
"""Whether a row, as its names of columns, is the heading that is looked for."""
LOOKED_AT = 20
"""So many rows are looked at for the heading: above it a title, a day, who wrote the table may stand."""
_FIGURE = re.compile(r"[\d.,/: -]*\d[\d.,/: %-]*", re.ASCII)


def under_heading(lines: Iterator[Line], is_heading: IsHeading | None = None) -> tuple[Line, Iterator[Line]] | None:
    """The row with the heading, and the lines under it; None where there is no row at all. It is the first of which `is_heading` holds, else the
    first that looks like one: with at least half as many cells as the fullest row, and under other rows with names alone, each once."""
    first = list(islice(lines, LOOKED_AT))
    if not first:
        return None
    at = next((n for n, line in enumerate(first) if is_heading is not None and line.problem is None and is_heading(named(line.cells))), None)
    if at is None:
        fullest = max(_filled(line) for line in first)
        at = next((n for n, line in enumerate(first) if 2 * _filled(line) >= fullest and (n == 0 or _names_alone(line))), 0)
        if at + 1 < len(first) and _goes_on(first[at], first[at + 1]):
            at += 1
    return first[at], chain(first[at + 1:], lines)


def _filled(line: Line) -> int:
    return sum(1 for cell in line.cells if cell.strip())


def _names_alone(line: Line) -> bool:
    told = [cell.strip().casefold() for cell in line.cells if cell.strip()]
    return line.problem is None and len(set(told)) == len(told) > 1 and not any(_FIGURE.fullmatch(cell) for cell in told)


def _goes_on(line: Line, following: Line) -> bool:
    """Whether a heading goes on in the row after it: names that reach over both rows stand there again, and others stand under names of a group."""
    return _names_alone(following) and _filled(following) >= _filled(line) and any(
        cell.strip() and cell == other for cell, other in zip(line.cells, following.cells, strict=False))


def named(cells: Sequence[str]) -> tuple[str, ...]:
    """Cells as names of columns."""
    return tuple(unicodedata.normalize("NFC", cell.replace("\u00a0", " ")).strip() for cell in cells)


def heading_of(cells: Sequence[str], name: str) -> tuple[str, ...]:
    """The names of the columns; empty ones at the end are left out. Raises `NotReadable` where one stands there twice or none is named."""
    found = list(named(cells))
    while found and not found[-1]:
        found.pop()
    if not found:
        raise NotReadable(words(en=f"{name}: the first row names no columns; write the names of the columns there",
                                vi=f"{name}: dòng đầu không ghi tên cột; hãy ghi tên các cột ở đó"), 1)
    if len(found) > MOST_COLUMNS:
        raise NotReadable(words(en=f"{name}: there are more than {MOST_COLUMNS} columns; leave out what is not needed",
                                vi=f"{name}: có hơn {MOST_COLUMNS} cột; hãy bỏ những cột không cần"), 1)
    for column in found:
        if column and found.count(column) > 1:
            raise NotReadable(words(en=f"{name}: the column “{column[:60]}” stands there twice; rename one",
                                    vi=f"{name}: có hai cột cùng tên “{column[:60]}”; hãy đổi tên một cột"), 1)
        if len(column) > 200 or "\0" in column:
            raise NotReadable(words(en=f"{name}: “{column[:60]}” is no name of a column; is the first row the heading?",
                                    vi=f"{name}: “{column[:60]}” không phải là tên cột; dòng đầu có phải là dòng tiêu đề không?"), 1)
    return tuple(found)


def too_many_rows(name: str) -> Words:
    """What is said of a table that is longer than `MOST_ROWS`."""
    return words(en=f"{name}: there are more than {MOST_ROWS} rows; send them in parts",
                 vi=f"{name}: có hơn {MOST_ROWS} dòng; hãy gửi thành nhiều phần")


def judged(line: Line, heading: tuple[str, ...]) -> Line:
    """The line with as many cells as the heading, or with what is wrong with it: too many, too few, too long, no text."""
    if line.problem is not None:
        return line
    width, cells = len(heading), line.cells
    if len(cells) != width:
        if len(cells) < width or any(cells[width:]):
            return Line(line.number, (), CellProblem("", "width", words(
                en=f"the row has {len(cells)} cells, the heading {width}; check its quotes and the delimiter",
                vi=f"dòng này có {len(cells)} ô, dòng tiêu đề có {width}; hãy kiểm tra dấu ngoặc kép và dấu phân cách")))
        cells = cells[:width]
    for column, cell in zip(heading, cells, strict=True):
        if len(cell) > LONGEST_CELL:
            return Line(line.number, (), CellProblem(column, "too_long", words(
                en=f"the cell holds {len(cell)} characters, at most {LONGEST_CELL} are taken; shorten it, or keep it as a paper",
                vi=f"ô này có {len(cell)} ký tự, chỉ nhận tối đa {LONGEST_CELL}; hãy rút ngắn, hoặc lưu thành giấy tờ riêng")))
        if "\0" in cell:
            return Line(line.number, (), CellProblem(column, "not_text", words(
                en="the cell holds a NUL, which is not text; remove it", vi="ô này chứa ký tự NUL, không phải văn bản; hãy xóa ký tự đó")))
    return line if cells is line.cells else Line(line.number, cells)

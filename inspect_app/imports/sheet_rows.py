"""What every reader of a table hands over: a heading, and lines of cells as texts. Nothing is judged but the form."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from inspect_app.imports.problems import NotReadable

MOST_ROWS = 1_000_000
"""Rows of one table; a longer one is sent in parts."""
MOST_COLUMNS = 1_000
LONGEST_CELL = 32_767
"""Characters in a cell: what a spreadsheet holds in one."""


class CellProblem(NamedTuple):
    """What is wrong with a row: in which column (empty: with the row as a whole), a code for programs, a sentence for people."""

    column: str
    code: str
    message: str


class Line(NamedTuple):
    """One row: its number (the heading is row 1), its cells in the order of the heading, and what is wrong with it already."""

    number: int
    cells: Sequence[str]
    problem: CellProblem | None = None

    @property
    def said(self) -> Sequence[str]:
        """What the row says, column by column."""
        return self.cells


@dataclass(frozen=True, slots=True)
class Table:
    """A heading, and the lines under it, to be read once."""

    heading: tuple[str, ...]
    lines: Iterator[Line]


def heading_of(cells: Sequence[str], name: str) -> tuple[str, ...]:
    """The names of the columns; empty ones at the end are left out. Raises `NotReadable` where one stands there twice or none is named."""
    found = [unicodedata.normalize("NFC", cell.replace("\u00a0", " ")).strip() for cell in cells]
    while found and not found[-1]:
        found.pop()
    if not found:
        raise NotReadable(f"{name}: the first row names no columns; write the names of the columns there", 1)
    if len(found) > MOST_COLUMNS:
        raise NotReadable(f"{name}: there are more than {MOST_COLUMNS} columns; leave out what is not needed", 1)
    for column in found:
        if column and found.count(column) > 1:
            raise NotReadable(f"{name}: the column “{column[:60]}” stands there twice; rename one", 1)
        if len(column) > 200 or "\0" in column:
            raise NotReadable(f"{name}: “{column[:60]}” is no name of a column; is the first row the heading?", 1)
    return tuple(found)


def judged(line: Line, heading: tuple[str, ...]) -> Line:
    """The line with as many cells as the heading, or with what is wrong with it: too many, too few, too long, no text."""
    if line.problem is not None:
        return line
    width, cells = len(heading), line.cells
    if len(cells) != width:
        if len(cells) < width or any(cells[width:]):
            return Line(line.number, (), CellProblem(
                "", "width", f"the row has {len(cells)} cells, the heading {width}; check its quotes and the delimiter"))
        cells = cells[:width]
    for column, cell in zip(heading, cells, strict=True):
        if len(cell) > LONGEST_CELL:
            return Line(line.number, (), CellProblem(column, "too_long", f"the cell holds {len(cell)} characters, at most {LONGEST_CELL} are "
                                                     "taken; shorten it, or keep it as a paper"))
        if "\0" in cell:
            return Line(line.number, (), CellProblem(column, "not_text", "the cell holds a NUL, which is not text; remove it"))
    return line if cells is line.cells else Line(line.number, cells)

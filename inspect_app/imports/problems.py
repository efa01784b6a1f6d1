"""What is wrong with a file, or with one row of it, in a sentence that names the remedy."""

from __future__ import annotations

from typing import NamedTuple


class NotReadable(Exception):
    """The file as a whole cannot be read; nothing of it may be trusted from here on."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message, line)
        self.message = message
        self.line = line

    def __str__(self) -> str:
        return self.message if self.line is None else f"line {self.line}: {self.message}"


class NothingThere(NotReadable):
    """There is a table, and no row in it."""


class RowProblem(NamedTuple):
    """One row that cannot be taken as it stands: its number, a code for programs, a sentence for people."""

    row: int
    code: str
    message: str

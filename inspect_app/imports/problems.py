"""What is wrong with a file, or with one row of it, in a sentence that names the remedy."""

from __future__ import annotations

from typing import NamedTuple

from workflows.words import LANGUAGES, Words, filled, words


class NotReadable(Exception):
    """The file as a whole cannot be read; nothing of it may be trusted from here on.

    `message` is said in every language where a page may show it; a plain text is for the console alone. `says` is the whole sentence, with its
    line."""

    def __init__(self, message: Words | str, line: int | None = None) -> None:
        super().__init__(message, line)
        self.message = message if isinstance(message, Words) else Words(tuple((language, message) for language in LANGUAGES))
        self.line = line
        self.says = self.message if line is None else filled(words(en="line {line}: {what}", vi="dòng {line}: {what}"), line=line, what=self.message)

    def __str__(self) -> str:
        return str(self.says)


class NothingThere(NotReadable):
    """There is a table, and no row in it."""


class BadValue(ValueError):
    """A text is not what it has to be: `says` goes on after the text, which may be one that nobody repeats."""

    def __init__(self, says: Words, text: str | None = None) -> None:
        super().__init__(says, text)
        self.says = says
        self.text = text

    def __str__(self) -> str:
        return f"“{self.text}” {self.says}" if self.text is not None else str(self.says)


class RowProblem(NamedTuple):
    """One row that cannot be taken as it stands: its number, a code for programs, a sentence for people."""

    row: int
    code: str
    message: str

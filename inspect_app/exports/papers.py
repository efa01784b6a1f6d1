"""Papers of a case as PDF: blocks of words that were filled in, handed over as data and set as text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from inspect_app.exports.pdf import Rows, set_as_text

TEMPLATE = Path(__file__).with_name("paper.typ")


@dataclass(frozen=True, slots=True)
class Piece:
    """A block that was filled in: its kind (title, heading, text, item, rows, told, ruled, sides, table, break), its words, its rows of labels
    and words, how many lines it rules, and the words of a table, row by row."""

    kind: str
    words: tuple[str, ...] = ()
    rows: tuple[Rows, ...] = ()
    lines: int = 0
    table: tuple[tuple[str, ...], ...] = ()
    level: int = 1


@dataclass(frozen=True, slots=True)
class Sheet:
    """A paper in one language. `marking` and `banner` stand on every page, `footer` below."""

    language: str
    title: str
    marking: str
    banner: str
    footer: tuple[str, ...]
    pieces: tuple[Piece, ...]
    made: date
    say: Mapping[str, str]


def render(sheet: Sheet) -> bytes:
    """The paper as PDF, the same bytes for the same paper."""
    return set_as_text(TEMPLATE, asdict(sheet), sheet.made)


def levelled(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """The same with headings that skip no level: what stands under a title is of the second."""
    found: list[Piece] = []
    titled = False
    for piece in pieces:
        titled = titled or piece.kind == "title"
        level = 2 if piece.kind == "heading" and titled else 1
        found.append(Piece(piece.kind, piece.words, piece.rows, piece.lines, piece.table, level))
    return tuple(found)

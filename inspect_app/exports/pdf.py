"""A case file as PDF: tagged, for archives (PDF/A-2a) and for readers that are not eyes (PDF/UA-1), with fonts of its own.

What people typed is handed over as data and set as text. No file is read but the template, nothing is fetched."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, TypeAlias

import orjson

TEMPLATE = Path(__file__).with_name("case_file.typ")
_UNSET = "could not be displayed"

Rows: TypeAlias = tuple[tuple[str, str], ...]
"""Labels, and what stands beside them."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An input that has rows."""

    label: str
    rows: tuple[Rows, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """One event of the timeline: what happened, the line of when, who and what came of it, and what was filled in."""

    title: str
    line: str
    said: Rows = ()
    lists: tuple[Listed, ...] = ()
    withheld: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """A letter, with its paragraphs (heading, text), or an item of evidence."""

    title: str
    facts: Rows
    sha256: str = ""
    paragraphs: Rows = ()


@dataclass(frozen=True, slots=True)
class OneCase:
    """A case: what stands at its head, who plays which part, what happened, its papers, and the hash of each event (number, when, hash)."""

    title: str
    facts: Rows
    parties: Rows
    events: tuple[Told, ...]
    papers: tuple[Paper, ...]
    proof: Rows
    leaves: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case file in one language: cover, cases, and the words of its own (`say`)."""

    language: str
    house: str
    title: str
    subtitle: str
    short: str
    marking: str
    footer: str
    notice: str
    made: date
    cover: Rows
    cases: tuple[OneCase, ...]
    say: Mapping[str, str]


def render(file: CaseFile) -> bytes:
    """The file as PDF, the same bytes for the same file."""
    return set_as_text(TEMPLATE, asdict(file), file.made)


def set_as_text(template: Path, file: Mapping[str, Any], day: date) -> bytes:
    """A PDF from a template of ours and data that it sets as text, the same bytes for the same data."""
    import typst

    def made(told: Any) -> bytes:
        inputs = {"file": orjson.dumps(told).decode()}
        done = typst.compile(template, root=template.parent, ignore_system_fonts=True, sys_inputs=inputs, format="pdf",
                             pdf_standards=["a-2a", "ua-1"],
                             timestamp=datetime.combine(day, time(), UTC))
        return done

    told = _plain({**file, "made": [day.year, day.month, day.day]})
    try:
        return made(told)
    except typst.TypstError as error:
        if _UNSET not in f"{error} {getattr(error, 'message', '')}":
            raise
        return made(_named(told))


def _plain(value: Any) -> Any:
    """The same with every character that shows nothing, or turns others around, written as its number."""
    if isinstance(value, str):
        return value if value.isprintable() else "".join(map(_shown, value))
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value


def _shown(character: str) -> str:
    if character == "\n" or unicodedata.category(character)[0] != "C":
        return character
    return " " if character == "\t" else _numbered(character)


def _numbered(character: str) -> str:
    return f"[U+{ord(character):04X}]"


def _named(value: Any) -> Any:
    """The same with every character that our fonts may not have written as its number: they have those of Europe and of Viet Nam."""
    if isinstance(value, str):
        return "".join(c if c == "\n" or _in_fonts(ord(c)) else _numbered(c) for c in value)
    if isinstance(value, dict):
        return {key: _named(each) for key, each in value.items()}
    return [_named(each) for each in value] if isinstance(value, list) else value


def _in_fonts(code: int) -> bool:
    return 0x20 <= code < 0x180 or 0x1EA0 <= code <= 0x1EF9 or code in _ALSO


_ALSO = frozenset(map(ord, "ƠơƯưʼ‐–—‘’“”„†•…€₫→×−≤≥")) | {0x300, 0x301, 0x303, 0x309, 0x323, 0x302, 0x306, 0x31B}

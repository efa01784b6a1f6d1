"""What the papers of a ruleset are called, and how they are numbered: data that letters and files are made from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any

from workflows.words import LANGUAGES, Words

PLACES = ("number", "year", "body", "unit")
"""What a numbering scheme may fill in: the running number, the year, and the short names of body and unit."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One kind of paper: its code, its name, and how its reference is written; empty where it bears none."""

    code: str
    title: Words
    numbering: str = ""

    def reference(self, **values: object) -> str:
        """The reference of one paper: `reference(number=3, year=2026, body="UBKT", unit="")`."""
        return reference(self.numbering, **values)


def reference(scheme: str, **values: object) -> str:
    """A sound scheme filled in: `reference("{number:02}-QD/{body}", number=3, body="RB")`."""
    return scheme.format(**dict.fromkeys(PLACES, "") | values)


def series(scheme: str, **values: object) -> str:
    """The series that a scheme counts in: the reference with its number left open, so that two schemes that would write the same number never
    do."""
    open_ = re.sub(r"\{number(:[0-9]*)?\}", "{{#}}", scheme)
    return open_.format(**dict.fromkeys(PLACES, "") | values)


def read_papers(documents: Mapping[str, Any], numbering: Mapping[str, Any]) -> tuple[tuple[Paper, ...], list[str]]:
    """The papers, and what is wrong with them."""
    found, defects = [], []
    for code, scheme in numbering.items():
        if code not in documents:
            defects.append(f"the numbering “{code}” is of no document")
        if not isinstance(scheme, str) or not sound(scheme):
            defects.append(f"the numbering “{code}” needs {{number}}, and of places only: {', '.join(PLACES)}")
    for code, texts in documents.items():
        if not re.fullmatch(r"[a-z][a-z0-9_]*", code):
            defects.append(f"the document “{code}”: a code has small letters, digits and _")
        try:
            title = Words(tuple(sorted(texts.items())))
        except (ValueError, AttributeError):
            defects.append(f"the document “{code}” needs a text in each of: {', '.join(LANGUAGES)}")
            continue
        found.append(Paper(code, title, str(numbering.get(code, ""))))
    return tuple(found), defects


def sound(scheme: str) -> bool:
    """Whether a numbering scheme names its number, and of places only those there are; it is filled in, never carried out."""
    try:
        found = [(name, how, conversion) for _, name, how, conversion in Formatter().parse(scheme) if name is not None]
    except ValueError:
        return False
    names = [name for name, _, _ in found]
    return names.count("number") == 1 and set(names) <= set(PLACES) and all(
        not conversion and re.fullmatch(r"0?[1-9]?" if name == "number" else "", how or "") for name, how, conversion in found)

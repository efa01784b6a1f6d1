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
        return self.numbering.format(**values)


def read_papers(documents: Mapping[str, Any], numbering: Mapping[str, Any]) -> tuple[tuple[Paper, ...], list[str]]:
    """The papers, and what is wrong with them."""
    found, defects = [], []
    for code, scheme in numbering.items():
        if code not in documents:
            defects.append(f"the numbering “{code}” is of no document")
        if not isinstance(scheme, str) or not _sound(scheme):
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


def _sound(scheme: str) -> bool:
    try:
        named = {name for _, name, _, _ in Formatter().parse(scheme) if name is not None}
        scheme.format(**dict.fromkeys(PLACES, 1))
    except (ValueError, KeyError, IndexError):
        return False
    return "number" in named and named <= set(PLACES)

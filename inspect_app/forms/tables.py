"""Rows of a form taken from a table that somebody has already: a sheet of a workbook or a CSV file whose columns are called as the fields are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from itertools import islice
from pathlib import Path

from inspect_app.errors import Problem
from inspect_app.forms.build import MOST_ROWS, Lists
from inspect_app.imports.problems import NothingThere, NotReadable
from inspect_app.imports.register_files import opened, places
from inspect_app.imports.sheet_rows import Line
from inspect_app.services.folding import folded
from workflows.inputs import Choice, Day, Input, Many, Office, Unit, Yes
from workflows.words import words

_DAY = re.compile(r"([0-9]{1,2})[./-]([0-9]{1,2})[./-]([0-9]{4})", re.ASCII)
_YES = frozenset({"x", "1", "yes", "true", "co"})


def rows_of(path: Path, many: Many, lists: Lists) -> tuple[list[dict[str, str]], list[Problem]]:
    """The rows of the first table in a file with columns that are called as the fields of `many` are, with what of them a list does not know, at its
    field. A column is called by the field's label, in any language, or its name; others are left out. Raises `NotReadable` where there is none of
    them, or no row."""
    columns, lines = _first(path, many)
    found: list[dict[str, str]] = []
    problems: list[Problem] = []
    for n, line in enumerate(lines[:MOST_ROWS]):
        if line.problem:
            raise NotReadable(line.problem.message, line.number)
        row = {i.name: "" for i in many.of}
        for i, text in zip(columns, line.said, strict=True):
            if i is not None and (said := text.strip()):
                value = _value(i, said, lists)
                row[i.name] = value or ""
                if value is None:
                    problems.append(Problem(f"/data/{many.name}/{n}/{i.name}", "not_listed", said[:200]))
        found.append(row)
    if len(lines) > MOST_ROWS:
        problems.append(Problem(f"/data/{many.name}", "too_many", str(MOST_ROWS)))
    return found, problems


def _first(path: Path, many: Many) -> tuple[list[Input | None], list[Line]]:
    """Which field each column of the table tells, and its lines."""
    def fields(heading: Iterable[str]) -> list[Input | None]:
        return [next((i for i in many.of if folded(column) in _names(i)), None) for column in heading]

    seen: list[str] = []
    for place in places([path]):
        try:
            with opened(place, is_heading=lambda heading: any(fields(heading))) as table:
                if any(fields(table.heading)):
                    return fields(table.heading), list(islice((line for line in table.lines if line.problem or any(map(str.strip, line.said))),
                                                              MOST_ROWS + 1))
                seen += table.heading
        except NothingThere:
            continue
    named = ", ".join(column for column in seen if column)[:300]
    raise NotReadable(words(en=f"its columns are: {named}", vi=f"bảng có các cột: {named}") if named else words(
        en="it is empty", vi="bảng trống"))


def _names(i: Input) -> set[str]:
    return {folded(i.name), folded(i.name.replace("_", " ")), *(folded(text) for _, text in i.label.texts)}


def _value(i: Input, said: str, lists: Lists) -> str | None:
    """What the field takes; None where its list has no such thing."""
    match i:
        case Choice():
            return _one([(code, text) for code, words in i.options for _, text in words.texts], said)
        case Office():
            return _one(lists.offices, said)
        case Unit():
            return _one(lists.units, said)
        case Day():
            return _day(said)
        case Yes():
            return "y" if folded(said) in _YES else ""
        case _:
            return said


def _one(pairs: Iterable[tuple[str, str]], said: str) -> str | None:
    """The code that is said itself, or by its words or their beginning; None where there is none, or more than one."""
    known, words = list(pairs), folded(said)
    found = ({code for code, _ in known if code == said} or {code for code, text in known if folded(text) == words}
             or {code for code, text in known if folded(text).startswith(f"{words} ")})
    return found.pop() if len(found) == 1 else None


def _day(said: str) -> str | None:
    """A day as ISO 8601 writes it, or day, month, year."""
    turned = _DAY.fullmatch(said)
    text = f"{turned[3]}-{turned[2]:0>2}-{turned[1]:0>2}" if turned else said[:10]
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None


__all__ = ["rows_of"]

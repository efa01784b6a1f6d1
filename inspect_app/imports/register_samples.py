"""What the first rows of a table show of its columns: of which type they are, in which form days are written, which codes occur, what is unique."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from inspect_app.imports.problems import NothingThere, NotReadable
from inspect_app.imports.register_facts import ENOUGH, FACTS, likeness
from inspect_app.imports.register_files import Place, opened, places
from inspect_app.imports.register_values import FALSE, NUMBER, TRUE, Column, value_of
from inspect_app.imports.sheet_rows import CellProblem
from workflows.words import filled, words

SAMPLED = 2_000
"""So many rows of each table are looked at."""
MOST_CODES = 12
FORMS = ("%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d", "%Y%m%d", "%d/%m/%y", "%m/%d/%y", "%d %b %Y", "%d %B %Y", "%b %d, %Y",
         "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%m/%d/%Y %H:%M:%S")
"""Forms of days that are tried, beside the international one."""
ALMOST_ALL, MOST = 0.95, 0.5
"""The share of filled cells that makes a type; and where the name of the column asks for it, so that one wrong day makes no text of the others."""
MOST_TRIED = 300
"""So many different cells are tried for being days."""
_LIKE_A_DAY = re.compile(r"(?=.*\d)[\w/.,: +-]{6,35}")


@dataclass(frozen=True, slots=True)
class Seen:
    """What is seen of a column: its type, the share of its filled cells that are of it, forms or codes, a few of its cells."""

    name: str
    type: str
    share: float
    formats: tuple[str, ...]
    codes: tuple[str, ...]
    samples: tuple[str, ...]
    filled: float
    is_unique: bool


@dataclass(frozen=True, slots=True)
class Sample:
    """What is seen of a table: the row of its heading, and of how many rows."""

    place: Place
    at: int
    rows: int
    whole: bool
    columns: tuple[Seen, ...]
    values: dict[str, frozenset[str]]

    def column(self, name: str) -> Seen | None:
        return next((one for one in self.columns if one.name == name), None)


def samples_of(paths: Sequence[Path], encoding: str | None = None) -> list[Sample]:
    """A look at every table in these files, those of text in an encoding that they do not show themselves; an empty one beside others is left out.
    Raises `NotReadable`."""
    found: list[Sample] = []
    empty: list[NotReadable] = []
    for place in places(paths):
        try:
            found.append(_sample(place, encoding))
        except NothingThere as nothing:
            empty.append(nothing)
    if not found:
        raise empty[0]
    return found


def _sample(place: Place, encoding: str | None) -> Sample:
    with opened(place, encoding=encoding) as table:
        lines = list(islice(table.lines, SAMPLED + 1))
    sound = [line for line in lines[:SAMPLED] if line.problem is None]
    if lines and not sound and (problem := lines[0].problem) is not None:
        raise NotReadable(filled(words(en="{name}: no row of it can be read; {why}", vi="{name}: không đọc được dòng nào; {why}"),
                                 name=place.name, why=problem.message), lines[0].number)
    cells = {name: [line.cells[at].strip() for line in sound] for at, name in enumerate(table.heading) if name}
    columns = tuple(_seen(name, column) for name, column in cells.items())
    return Sample(place, table.at, len(sound), len(lines) <= SAMPLED, columns,
                  {one.name: frozenset(cells[one.name]) for one in columns if one.type in ("text", "number")})


def _seen(name: str, cells: list[str]) -> Seen:
    filled = [cell for cell in cells if cell]
    asked = {fact.type for fact in FACTS if fact.type in ("day", "number") and likeness(name, fact) >= ENOUGH}
    kind, share, formats = _kind(filled, asked)
    different = Counter(filled)
    codes = tuple(sorted(different)) if kind == "text" and 1 < len(different) <= MOST_CODES and len(filled) > 3 * len(different) and all(
        len(cell) <= 40 for cell in different) else ()
    shown = tuple(cell[:60] for cell in dict.fromkeys(filled))[:3]
    return Seen(name, kind, share, formats, codes, shown, len(filled) / len(cells) if cells else 0.0,
                bool(filled) and len(different) == len(cells))


def _kind(filled: list[str], asked: set[str]) -> tuple[str, float, tuple[str, ...]]:
    """The narrowest type that almost all filled cells are of; for one that the name asks for, most are enough."""
    if not filled:
        return "text", 1.0, ()
    if {cell.casefold() for cell in filled} <= TRUE | FALSE and len({cell.casefold() for cell in filled}) > 1 and not {"0", "1"} & set(filled):
        return "yes", 1.0, ()
    days, formats = _days(filled, MOST if "day" in asked else ALMOST_ALL)
    if days >= (MOST if "day" in asked else ALMOST_ALL):
        return "day", days, formats
    numbers = sum(1 for cell in filled if NUMBER.fullmatch(cell) and not (len(cell) > 1 and cell[0] == "0" and cell[1] != "."))
    if numbers / len(filled) >= (MOST if "number" in asked else ALMOST_ALL):
        return "number", numbers / len(filled), ()
    return "text", 1.0, ()


def _days(filled: list[str], enough: float) -> tuple[float, tuple[str, ...]]:
    """The share of cells that are days, and the forms it takes to read them; where 3/4/2020 fits two, the one that reads more."""
    filled = list(dict.fromkeys(filled))[:MOST_TRIED]
    if sum(1 for cell in filled if _LIKE_A_DAY.fullmatch(cell)) < enough * len(filled):
        return 0.0, ()
    left = [cell for cell in filled if not _is_day(cell, ())]
    taken: list[str] = []
    while left and len(taken) < 2:
        counted = {form: sum(1 for cell in left if _is_day(cell, (form,))) for form in FORMS}
        best = max(FORMS, key=lambda form: counted[form])
        if counted[best] < max(1, len(filled) // 100):
            break
        taken.append(best)
        left = [cell for cell in left if not _is_day(cell, (best,))]
    return 1 - len(left) / len(filled), tuple(taken)


def _is_day(cell: str, formats: tuple[str, ...]) -> bool:
    return not isinstance(value_of(Column("", "day", formats), cell, None), CellProblem)

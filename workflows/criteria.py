"""Criteria by which the work of a unit is looked at: countable facts, never a person and never what anybody thinks."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from workflows.figures import FIGURES
from workflows.words import LANGUAGES, Words

KEYS = ("code", "about", "label", "counts", "figure")
OF_THE_MIND = re.compile(
    r"\b(opinions?|beliefs?|attitudes?|loyalty|loyal|convictions?|ideolog\w*|thoughts?|morals?|character|personality"
    r"|tư tưởng|quan điểm|thái độ|trung thành|lòng tin|niềm tin|phẩm chất|đạo đức|lối sống|tính cách|nhận thức)\b", re.IGNORECASE)
"""Words by which a criterion would rate what somebody thinks or is."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion: what it looks at, and what is counted."""

    code: str
    label: Words
    counts: Words
    about: str = "unit"
    figure: str | None = None
    """What is counted for it from cases, where that can be; see `workflows.figures`."""


def read_criteria(rows: Any) -> tuple[tuple[Criterion, ...], list[str]]:
    """The criteria, and what is wrong with them. One that is about a person, or about what people think, is refused."""
    if not isinstance(rows, list) or any(not isinstance(row, dict) for row in rows):
        return (), ["the criteria are rows: [[criteria]]"]
    found, defects = [], []
    for number, row in enumerate(rows, 1):
        at = f"the criterion “{row.get('code', number)}”"
        defects += [f"{at}: unknown “{key}”; possible: {', '.join(KEYS)}" for key in row if key not in KEYS]
        if not isinstance(row.get("code"), str):
            defects.append(f"{at} needs a code")
        if row.get("about") != "unit":
            defects.append(f"{at} is about “{row.get('about')}”: criteria are about the work of a unit, never about a person")
        if row.get("figure") not in (None, *FIGURES):
            defects.append(f"{at} counts a figure “{row['figure']}” that does not exist; there are: {', '.join(FIGURES)}")
        texts = {}
        for key in ("label", "counts"):
            try:
                texts[key] = Words(tuple(sorted(row[key].items())))
            except (KeyError, ValueError, AttributeError):
                defects.append(f"{at}: “{key}” needs a text in each of: {', '.join(LANGUAGES)}")
        minds = [match[0] for text in texts.values() for _, said in text.texts
                 if (match := OF_THE_MIND.search(unicodedata.normalize("NFC", said)))]
        defects += [f"{at} speaks of “{word}”: a criterion counts facts, it does not rate what anybody thinks or is" for word in minds]
        if len(texts) == 2 and not minds:
            found.append(Criterion(str(row.get("code")), texts["label"], texts["counts"], figure=row.get("figure")))
    twice = sorted({c.code for c in found if sum(other.code == c.code for other in found) > 1})
    return tuple(found), defects + [f"the criterion “{code}” stands there twice" for code in twice]

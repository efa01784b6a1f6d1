"""Matters that are like one that is about to be entered: looked for among the open ones that whoever enters it may see anyway, by the words of
their titles and their unit. Names of persons are no words to look by: nowhere is one person's matters put together."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy import select

from inspect_app.models import person
from inspect_app.services.folding import folded
from inspect_app.services.house import House
from inspect_app.services.queries import CaseRow, Filter, register
from workflows.acts import Actor

SAYS, LONG, WORDS, COMMON, MOST = 4, 6, 12, 25, 5
"""Letters of a word by which titles are looked up, and of one that says something by itself; so many words are looked by; one that so many titles
have says nothing; so many matters are shown."""
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Like:
    """A matter that is like the new one, the words its title shares, and whether it is of the same unit."""

    row: CaseRow
    words: tuple[str, ...]
    same_unit: bool


def _names(house: House) -> frozenset[str]:
    with house.db.reading() as session:
        return frozenset(word for name in session.execute(select(person.c.full_name)).scalars() for word in folded(name).split())


def telling(house: House, texts: Iterable[str]) -> list[str]:
    """The words by which one may look, the longest first: folded, no numbers, no names of persons."""
    found = dict.fromkeys(word for text in texts for word in _WORD.findall(folded(text)) if len(word) >= SAYS and not word.isdigit())
    names = _names(house) if found else frozenset()
    return sorted((word for word in found if word not in names), key=lambda word: -len(word))[:WORDS]


def _shared(texts: Iterable[str], title: str, names: frozenset[str]) -> tuple[str, ...]:
    """What a title says as these texts do: long words, and pairs of words that stand together, which is what words are in some languages."""
    def parts(text: str) -> set[str]:
        said = _WORD.findall(folded(text))
        pairs = {f"{a} {b}" for a, b in pairwise(said) if not {a, b} & names and len(a) + len(b) >= LONG}
        return pairs | {word for word in said if len(word) >= LONG and word not in names and not word.isdigit()}

    both = parts(" . ".join(texts)) & parts(title)
    return tuple(sorted(part for part in both if not any(part != other and part in other.split() for other in both)))


def like(house: House, actor: Actor, texts: Iterable[str], unit: str | None, workflow: str) -> list[Like]:
    """The open matters in this actor's sight that are most like what these texts say; nothing where none is."""
    told = list(texts)
    rows: dict[str, CaseRow] = {}
    for word in telling(house, told):
        hits = register(house, actor, Filter(q=word, is_open=True), limit=COMMON).rows
        rows |= {row.uid: row for row in hits} if len(hits) < COMMON else {}
    names = _names(house) if rows else frozenset()
    found = [Like(row, _shared(told, row.title, names), unit is not None and row.unit == unit) for row in rows.values()]
    found = [one for one in found if len(one.words) >= 2 or (one.words and one.same_unit and one.row.workflow.name == workflow)]
    return sorted(found, key=lambda one: (-len(one.words) - one.same_unit, -one.row.updated_at))[:MOST]


__all__ = ["Like", "like", "telling"]

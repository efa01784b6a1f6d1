"""Matters that are like one that is about to be entered: looked for among the open ones that whoever enters it may see anyway, by the words of
their titles and their unit. Names of persons are no words to look by: nowhere is one person's matters put together."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from inspect_app.models import person
from inspect_app.services.folding import folded
from inspect_app.services.house import House
from inspect_app.services.queries import CaseRow, Filter, register
from workflows.acts import Actor

LONG, WORDS, COMMON, MOST = 4, 10, 25, 5
"""Letters of a word that says something; so many words are looked by; one that so many titles have says nothing; so many matters are shown."""
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
    found = dict.fromkeys(word for text in texts for word in _WORD.findall(folded(text)) if len(word) >= LONG and not word.isdigit())
    names = _names(house) if found else frozenset()
    return sorted((word for word in found if word not in names), key=lambda word: -len(word))[:WORDS]


def like(house: House, actor: Actor, texts: Iterable[str], unit: str | None, workflow: str) -> list[Like]:
    """The open matters in this actor's sight that are most like what these texts say; nothing where none is."""
    shared: dict[str, list[str]] = {}
    rows: dict[str, CaseRow] = {}
    for word in telling(house, texts):
        hits = register(house, actor, Filter(q=word, is_open=True), limit=COMMON).rows
        for row in hits if len(hits) < COMMON else ():
            shared.setdefault(row.uid, []).append(word)
            rows[row.uid] = row
    found = [Like(rows[uid], tuple(words), unit is not None and rows[uid].unit == unit) for uid, words in shared.items()]
    found = [one for one in found if len(one.words) + one.same_unit >= 2 or (one.row.workflow.name == workflow and len(one.words[0]) > LONG + 3)]
    return sorted(found, key=lambda one: (-len(one.words) - one.same_unit, -one.row.updated_at))[:MOST]


__all__ = ["Like", "like", "telling"]

"""Asking the index of words: which cases have them, newest first. It says numbers of cases alone; whoever asks finds those of them that are theirs
to see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from inspect_app.db import Fixed, Session, array_of, together
from inspect_app.services import wording

NEAR, ANYWHERE, TITLE = range(3)
"""The cases where each word stands near the one that was typed before it; all others that have them; those of both that have them in number and
title."""

_FIND = Fixed(f"""SELECT rowid FROM case_found WHERE case_found MATCH
    CASE WHEN EXISTS (SELECT 1 FROM case_found WHERE case_found MATCH '{wording.LONG}') THEN :match ELSE :brief END
  AND rowid < :before ORDER BY rowid DESC LIMIT :most""",  # noqa: S608 - joined from constants
              "SELECT inspect_find(:query, '', :before, :most)")
"""On SQLite what is asked of long titles alone is left out where there are none: its index would open the lists of all words for it."""
_FIND_RARE = Fixed(_FIND.sqlite, "SELECT inspect_find(:query, 'rare', :before, :most)")
_LACKS = """(SELECT 1 FROM json_each({}) w WHERE instr(' ' || t.words || ' ', ' ' || w.value || ' ') = 0
  AND instr(' ' || t.words || ' ', ' _' || w.value || ' ') = 0)"""
_FIND_AMONG = Fixed(f"""SELECT case_id FROM case_text t WHERE case_id AMONG :own AND case_id < :before AND NOT EXISTS {_LACKS.format(":needed")}
  AND (:apart = '[]' OR EXISTS {_LACKS.format(":apart")}) ORDER BY case_id DESC LIMIT :most""",  # noqa: S608 - joined from constants
                    "SELECT inspect_find(:query, :own, :before, :most)")
"""Of few cases SQLite looks at the words themselves: its index would open the list of each word for each case."""

_SAID_IN_FTS5 = ((" & !", " NOT "), (" & ", " AND "), (" | ", " OR "), ("'", '"'))
"""How SQLite says what PostgreSQL says otherwise; no word has any of these signs."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for: words, and the units (by number) and cases (as a JSON list) to which the reader's sight narrows it; None where it is
    wide."""

    words: list[str]
    units: tuple[int, ...] | None = None
    own: str | None = None

    def ways(self) -> tuple[int, ...]:
        return (NEAR, ANYWHERE) if len(self.words) > 1 else (ANYWHERE,)

    def asked(self, way: int, within: Sequence[int] = ()) -> dict[str, str]:
        """The question in the words of both databases. Words that stand near each other are found by their pairs alone, which are rarer; so are those
        of a number and title, unless it is long."""
        two, single = wording.chain(self.words) if way == TITLE else ([], [])
        if way == ANYWHERE:
            queries = [self._apart()]
        else:
            queries = [_all([*two, *single]), _all([*self.words, wording.LONG])] if two else [_all(self.needed(way))]
        if within:
            queries = [f"({query}) & {_any(map(wording.of_unit, within))}" for query in queries]
        brief = [query for query in queries if len(queries) == 1 or wording.LONG not in query]
        return {"query": array_of(queries), "match": _in_fts5(queries), "brief": _in_fts5(brief)}

    def _apart(self) -> str:
        """All of them somewhere, and not near each other. Where a number and title that is not long has all of them they are near; so some stand
        elsewhere, which is rarer than the words are. Numbers may stand apart in any title."""
        query = " & ".join(_any((word, wording.elsewhere(word))) for word in self.words)
        if len(self.words) > 1:
            if not any(word.isdigit() for word in self.words):
                query = f"{query} & {_any((*map(wording.elsewhere, self.words), wording.LONG))}"
            query = f"({query}) & !({_all(wording.pairs(self.words))})"
        return query

    def needed(self, way: int) -> list[str]:
        """What has to be in the index of a case."""
        return wording.pairs(self.words) if way == NEAR else self.words


def _in_fts5(queries: list[str]) -> str:
    """Any of these, as SQLite says it."""
    return reduce(lambda told, two: told.replace(*two), _SAID_IN_FTS5, " | ".join(f"({query})" for query in queries))


def _all(found: Iterable[str]) -> str:
    return " & ".join(f"'{word}'" for word in found)


def _any(found: Iterable[str]) -> str:
    return "(" + " | ".join(f"'{word}'" for word in found) + ")"


def find(session: Session, question: Question, way: int, before: int, most: int) -> list[int]:
    """The next cases of the index under the number `before`, newest first, at most so many."""
    narrow = {"before": before, "most": most}
    if question.units is None or question.own is None:
        return [int(row[0]) for row in _FIND.run(session, question.asked(way) | narrow)]
    found = _having(session, question, way, narrow | {"own": question.own}) if question.own != "[]" else set()
    if question.units:
        found |= {int(row[0]) for row in _FIND_RARE.run(session, question.asked(way, question.units) | narrow)}
    return sorted(found, reverse=True)[:most]


def _having(session: Session, question: Question, way: int, narrow: dict[str, Any]) -> set[int]:
    """Those of few cases in whose index the words stand in this way."""
    told = {"needed": together(question.needed(way)), "apart": together(wording.pairs(question.words) if way == ANYWHERE else ())}
    return {int(row[0]) for row in _FIND_AMONG.run(session, question.asked(way) | told | narrow)}


__all__ = ["ANYWHERE", "NEAR", "TITLE", "Question", "find"]

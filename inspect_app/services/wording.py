"""The words a case is found by: single words and pairs of words that stand near each other, lower case, without diacritics, đ as d, numbers without
leading noughts.

Vietnamese words are mostly two syllables, so a pair is nearly a word: it is rarer than its parts, and found sooner. Names are mostly three, and their
order differs from register to register: so a pair has no order, and one word may stand between."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations, pairwise
from typing import Any
from zlib import crc32

from inspect_app.services.folding import folded
from workflows.definition import Workflow
from workflows.inputs import Input, Klass, Many, Text

LONGEST_WORD = 40
"""A longer one is no word: a hash, an address."""
MOST_WORDS = 6000
"""So many words and pairs of one case are kept; what comes later in its history is not found."""

MOST_PAIRED = 8
"""Of a number and title together with at most so many words (but for digits) every two are kept as a pair."""
LONG = "0long"
"""The word by which cases with a longer number and title are told apart in the index."""

_WORD = re.compile(r"[^\W_]+")


def words(text: str) -> list[str]:
    """`"Đội Kho số 007"` → `["doi", "kho", "so", "7"]`, in their order."""
    found = [word.lstrip("0") or "0" if word[0] == "0" and word.isdigit() else word for word in _WORD.findall(folded(text))]
    return [word for word in found if len(word) <= LONGEST_WORD]


def pairs(found: list[str]) -> list[str]:
    """Each word with the one after it: what a question asks for, in whatever order its words stand."""
    return [_pair(one, other) for one, other in pairwise(found)]


def bits(text: str) -> int:
    """A mark for each of the words of a text, of 62 that there are: what has all words of a question has all their marks, and of what has the marks
    most has the words. Digits have none: they stand in numbers. One mark more is of every text, so that none is ever a step away from all of them."""
    found = 1 << 62
    for word in words(text):
        if not word.isdigit():
            found |= 1 << crc32(word.encode()) % 62
    return found


def marks(found: list[str]) -> int:
    """How many marks words have together."""
    return bits(" ".join(found)).bit_count() - 1


def near(found: list[str]) -> list[str]:
    """Each word with the one after it and the one after that: what is kept of a text."""
    return [_pair(*two) for two in (*pairwise(found), *zip(found, found[2:], strict=False))]


def every(found: list[str]) -> list[str]:
    """What is kept of the words of a number and title beside what is kept of any text: every two of them, so that they are found by pairs however
    far apart they stand; or, of very many, that they are. Digits are in numbers, where each is rare enough by itself."""
    told = [word for word in found if not word.isdigit()]
    return [_pair(*two) for two in combinations(told, 2)] if len(told) <= MOST_PAIRED else [LONG]


def chain(found: list[str]) -> tuple[list[str], list[str]]:
    """Of what `every` keeps where all these words are in a number and title: pairs in which each of them is, and the words that are in none. No
    pairs: nothing is known."""
    two = pairs([word for word in found if not word.isdigit()])
    return two, [word for word in found if word.isdigit()] if two else found


def _pair(one: str, other: str) -> str:
    return f"{one}_{other}" if one < other else f"{other}_{one}"


def of_unit(number: int) -> str:
    """The word by which the cases of a unit are told apart in the index."""
    return f"0u{number}"


def elsewhere(word: str) -> str:
    """How a word is kept that stands in a text or unit of a case and not in its number and title; no word begins with a line."""
    return f"_{word}"


def entitled(number: str, title: str) -> list[str]:
    """A number and title as they are kept for finding."""
    told = [words(number), words(title)]
    return [*every([*told[0], *told[1]]), *(word for found in told for word in (*found, *near(found)))]


def indexed(before: str, texts: Iterable[str]) -> str:
    """The texts of a case as they are kept for finding, after what is kept of it before: number and title first of all."""
    kept = dict.fromkeys(before.split())
    for text in texts:
        found = words(text)
        kept |= dict.fromkeys([*(elsewhere(word) for word in found if word not in kept), *near(found)])
        if len(kept) > MOST_WORDS:
            break
    return " ".join(list(kept)[:MOST_WORDS])


def plain_texts(workflow: Workflow, trigger: str, data: Mapping[str, Any]) -> Iterator[str]:
    """What was typed into inputs of class plain. What no workflow declares, and statements, testimony, names and whatever is more delicate, is in
    no index."""
    given: dict[str, list[Input]] = {}
    for transition in workflow.triggers.get(trigger, ()):
        for i in transition.inputs:
            given.setdefault(i.name, []).append(i)
    for name, value in data.items():
        for i in given.get(name, ())[:1]:
            if not all(one.klass is Klass.PLAIN for one in given[name]):
                continue
            if isinstance(i, Text) and isinstance(value, str):
                yield value
            elif isinstance(i, Many) and isinstance(value, list):
                plain = [c.name for c in i.of if isinstance(c, Text) and c.klass is Klass.PLAIN]
                yield from (str(row[column]) for row in value if isinstance(row, dict) for column in plain if row.get(column))


__all__ = ["LONG", "bits", "chain", "elsewhere", "entitled", "every", "indexed", "marks", "near", "of_unit", "pairs", "plain_texts", "words"]

"""One line of a derivation: why something came out as it did, in every shipped language, with the keys of the ruleset it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from workflows.words import LANGUAGES, Words


class Line(NamedTuple):
    """A sentence, and the keys that a page may link it to."""

    text: Words
    keys: tuple[str, ...] = ()

    def say(self, language: str) -> str:
        return self.text.say(language)


def line(text: Words, *keys: str, **values: object) -> Line:
    """The sentence with `{name}` filled in, a day written as its language writes it; it begins as a sentence does."""
    told = [(language, text.format(**{name: _in(language, value) for name, value in values.items()})) for language, text in text.texts]
    return Line(Words(tuple((language, text[:1].upper() + text[1:]) for language, text in told)), keys)


def _in(language: str, value: object) -> object:
    return day(value).say(language) if isinstance(value, date) else value.say(language) if isinstance(value, Words) else value


def day(value: date) -> Words:
    """A day in every language."""
    return Words((("en", value.isoformat()), ("vi", value.strftime("%d/%m/%Y"))))


def named(names: Mapping[str, Words], part: str, code: str) -> Words:
    """What a code is called by the terms of a ruleset, `named(terms, "sanction", "warning")`; the code itself where it has no name."""
    return names.get(f"{part}.{code}") or Words(tuple((language, code) for language in sorted(LANGUAGES)))


def listed(names: Mapping[str, Words], part: str, codes: tuple[str, ...]) -> Words:
    """Several codes, separated by commas; a dash where there are none."""
    return Words(tuple((language, ", ".join(named(names, part, code).say(language) for code in codes) or "–") for language in sorted(LANGUAGES)))

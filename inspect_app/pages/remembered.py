"""The administrative history in words: what each act is called, and what it noted, by name and in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from inspect_app import http, i18n
from workflows.acts import SYSTEM
from workflows.roles import LABELS, Role

HIDDEN = ("digest", "id")
"""Facts that programs compare and people do not read."""
BEFORE = "_before"
CHOICES = ("kind", "line", "language", "purpose", "format")
"""Facts that are one of few codes, with words of their own."""
DAYS = ("since", "until", "dissolved_on", "due_on")


def told(rows: Iterable[Mapping[str, Any]], names: Mapping[str, str], matters: Mapping[str, str]) -> list[dict[str, Any]]:
    """Each row with the words of its act, and its facts as (what it is, words): texts, or a list of texts. `names` are those of people by identifier,
    `matters` those of workflows."""
    return [{**row, "words": act(row["what"]), "name": who(row), "said": [
        (fact(name), _value(name, value, names, matters)) for name, value in row["facts"].items()
        if value not in (None, "", []) and name not in HIDDEN]} for row in rows]


def who(row: Mapping[str, Any]) -> str:
    """Who did it: their name, or what the system and the console are called."""
    kind, _, user = str(row["name"]).partition(":")
    if kind == SYSTEM.id:
        return LABELS[Role.SYSTEM].say(http.language())
    return i18n.say(http.language(), "orgpage.console", user=user) if kind == "console" else str(row["name"])


def act(what: str) -> str:
    """What an administrative act is called."""
    return _words("orgact", what)


def fact(name: str) -> str:
    """What a fact is called; that it was so before is said beside it."""
    if name.endswith(BEFORE):
        return i18n.say(http.language(), "orgpage.was_before", what=_words("orgfact", name.removesuffix(BEFORE)))
    return _words("orgfact", name)


def _words(part: str, code: str) -> str:
    key = f"{part}.{code}"
    return i18n.say(http.language(), key) if key in i18n.messages(http.language()) else code.replace("_", " ")


def _value(name: str, value: Any, names: Mapping[str, str], matters: Mapping[str, str]) -> str | list[str]:
    language, name = http.language(), name.removesuffix(BEFORE)
    if isinstance(value, bool):
        return i18n.say(language, "word.yes" if value else "orgpage.no")
    if isinstance(value, list | tuple):
        return [_piece(one, names) for one in value]
    if name == "expires_at":
        return i18n.moment(int(value), http.house().zone, language)
    text = str(value)
    if name in DAYS:
        return _day(text)
    if name == "role":
        return LABELS[Role(text)].say(language) if text in set(Role) else text
    if name == "scope":
        return i18n.say(language, "orgpage.everything") if text == "*" else ", ".join(matters.get(one, one) for one in text.split())
    if name == "scopes":
        return ", ".join(_words("scope", one) for one in text.split())
    if name in CHOICES:
        return _words("orgvalue", text)
    return names.get(text, text)


def _piece(one: Any, names: Mapping[str, str]) -> str:
    """A line of a list: a row that was taken in is its kind, its key and what became of it."""
    if isinstance(one, list | tuple) and one:
        kind, *key, outcome = [str(part) for part in one]
        return f"{_words('orgkind', kind)}: {', '.join(names.get(part, part) for part in key)} – {_words('orgin', outcome)}"
    return names.get(str(one), str(one))


def _day(text: str) -> str:
    try:
        return i18n.day(date.fromisoformat(text), http.language())
    except ValueError:
        return text

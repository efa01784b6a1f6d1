"""Sentences in every shipped language, kept beside the rule they speak of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

LANGUAGES = ("en", "vi")
"""The shipped languages; the first is the one everything falls back to."""


BESIDE: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}
"""What is called something beside the law that speaks of it, by language and `kind name`: time limits and letters, by whoever shows them; other
workflows; and, as `kind workflow.name`, their states and acts."""


@dataclass(frozen=True, slots=True)
class Words:
    """One text in every shipped language; a missing language is a defect found when it is loaded."""

    texts: tuple[tuple[str, str], ...]

    def __post_init__(self) -> None:
        texts = dict(self.texts)
        missing = [code for code in LANGUAGES if not texts.get(code, "").strip()]
        if missing:
            raise ValueError(f"the text {texts!r} lacks the language {', '.join(missing)}")

    def say(self, language: str, **values: object) -> str:
        """The text in `language`, or in the first shipped language, with `{name}` filled from `values`."""
        texts = dict(self.texts)
        text = texts.get(language) or texts[LANGUAGES[0]]
        return text.format(**values) if values else text

    def __str__(self) -> str:
        return self.say(LANGUAGES[0])


def named(names: Mapping[str, str], kind: str, code: object, owner: object = None) -> str:
    """What a code is called that a rule or an effect speaks of; the code itself where nothing names it. `owner` is the workflow whose it is, where
    that is told."""
    return names.get(f"{kind} {owner}.{code}") or names.get(f"{kind} {code}") or str(code)


def by_terms(terms: Mapping[str, Words], workflow: str, language: str) -> dict[str, str]:
    """What the terms of a ruleset call acts, states, workflows and time limits, by `kind name` as rules of `workflow` speak of them."""
    found = {}
    for key, text in terms.items():
        part, _, name = key.partition(".")
        if part in ("trigger", "workflow", "clock"):
            found[f"{part} {name.removeprefix(f'{workflow}.')}"] = found[f"{part} {name}"] = text.say(language)
        elif part == "state":
            found[f"states {name}"] = text.say(language)
    return found


def words(**texts: str) -> Words:
    """`words(en="Close", vi="Đóng")`."""
    return Words(tuple(sorted(texts.items())))


def filled(text: Words, **values: object) -> Words:
    """The same text with `{name}` filled in, in every language; a value that is `Words` is said in that language."""
    return Words(tuple(
        (code, said.format(**{name: value.say(code) if isinstance(value, Words) else value for name, value in values.items()}))
        for code, said in text.texts))


def joined(texts: Iterable[Words], between: str = "; ") -> Words:
    """One text of several, in every language; there has to be at least one."""
    several = list(texts)
    return Words(tuple((code, between.join(text.say(code) for text in several)) for code in LANGUAGES))

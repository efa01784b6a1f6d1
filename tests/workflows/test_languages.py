"""What a person reads stands there in every shipped language, or the program does not start."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import pytest

from workflows.catalogue import load_catalogue
from workflows.errors import BadDefinition
from workflows.guards import Rule
from workflows.pack import read_workflow
from workflows.roles import LABELS, Role
from workflows.ruleset import GENERIC, read_ruleset
from workflows.words import LANGUAGES, Words, words


def texts(value: Any) -> Iterator[Words]:
    """Every text inside a value."""
    if isinstance(value, Words):
        yield value
    elif isinstance(value, tuple):
        for inner in value:
            yield from texts(inner)
    elif is_dataclass(value) and not isinstance(value, Rule):
        for f in fields(value):
            yield from texts(getattr(value, f.name))


@pytest.mark.parametrize("given", [{"en": "Close"}, {"vi": "Đóng"}, {"en": "Close", "vi": "  "}, {}])
def test_a_missing_language_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="lacks the language"):
        words(**given)


def test_a_text_falls_back_to_the_first_language() -> None:
    close = words(en="Close {what}", vi="Đóng {what}")
    assert close.say("vi", what="3") == "Đóng 3"
    assert close.say("fr", what="3") == "Close 3"
    assert close.say("en") == str(close) == "Close {what}"


def test_a_missing_language_in_a_workflow_file_is_a_load_error() -> None:
    text = '''name = "w"\nversion = 1\ntitle = { en = "W" }\n[states]\na = { label = { vi = "A" }, final = true }
[[transitions]]\ntrigger = "open"\nsource = ""\ndest = "a"\nwho = ["officer"]\nlabel = { en = "Open" }\n'''
    with pytest.raises(BadDefinition) as caught:
        read_workflow(text, "w.toml")
    places = [d.split(":")[0] for d in caught.value.defects]
    assert places == ["state “a”", "transition “open”", "title"]
    assert all("every shipped language" in d for d in caught.value.defects)


def test_a_missing_language_in_a_ruleset_is_a_load_error() -> None:
    text = 'name = "r"\nversion = 1\ntitle = { en = "R" }\n[terms]\nunit = { vi = "đơn vị" }\n'
    with pytest.raises(BadDefinition) as caught:
        read_ruleset(text, "r.toml", GENERIC)
    assert caught.value.defects == ("“title” needs a text in each of: en, vi", "“unit” needs a text in each of: en, vi")


def test_every_role_has_its_name_in_every_language_and_no_two_share_it() -> None:
    assert set(LABELS) == set(Role)
    for language in LANGUAGES:
        said = [LABELS[role].say(language) for role in Role]
        assert len(said) == len(set(said))


@pytest.mark.parametrize("workflow", load_catalogue().workflows, ids=lambda w: w.name)
def test_every_text_of_a_workflow_is_there_in_every_language(workflow: Any) -> None:
    found = list(texts((workflow.title, workflow.states, workflow.transitions, workflow.entries)))
    assert len(found) > 20
    for language in LANGUAGES:
        assert all(dict(w.texts)[language].strip() for w in found)


@pytest.mark.parametrize("workflow", load_catalogue().workflows, ids=lambda w: w.name)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_states_of_a_workflow_are_called_the_same(workflow: Any, language: str) -> None:
    said = [state.label.say(language) for state in workflow.states]
    assert len(said) == len(set(said))

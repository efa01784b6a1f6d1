"""Every kind of letter that a workflow serves is called by what it is."""

from __future__ import annotations

import pytest

from inspect_app import i18n
from inspect_app.services.letters import title_of
from workflows.catalogue import BUILT_IN
from workflows.effects import Serve
from workflows.words import LANGUAGES

SERVED = sorted({(w.name, e.letter) for w in BUILT_IN for t in (*w.transitions, *w.entries) for e in t.effects if isinstance(e, Serve)})


@pytest.mark.parametrize(("workflow", "kind"), SERVED)
def test_every_letter_has_a_title_of_its_own(workflow: str, kind: str) -> None:
    titles = [i18n.say(language, title_of(kind, workflow)) for language in LANGUAGES]
    assert titles[0] != i18n.say("en", "letter.other") and len(set(titles)) == len(titles)

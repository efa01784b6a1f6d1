"""What somebody typed is text on every page: three hundred hostile texts in every field of every form yield no new element and no new attribute."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from flask import Flask
from lxml import html
from werkzeug.datastructures import MultiDict

from config import Settings
from inspect_app.forms.build import Lists, draw
from inspect_app.pages.organisation import FORMS as ORGANISING
from tests.conftest import application
from tests.pages.hostile import HARMLESS, PAYLOADS, intruders, skeleton
from tests.pages.test_pages import OURS, Visitor
from tests.services.organisation import Organisation
from workflows.entries import ENTRIES
from workflows.inputs import Input, Many, Text

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
FIELDS = ("{% from '_parts.html' import one_field %}<form>{% for f in drawn.form %}"
          "{{ one_field(f, drawn, drawn.inputs[f.name]) }}{% endfor %}</form>")
PEOPLE = ("chair", "officer", "head", "auditor", "admin")
FEW = ("officer", "chair")
"""Those who stand for everybody where it has to be quick."""
STEP = 89
"""How many payloads lie between those of neighbours, so that a few renderings see many of them; it shares no factor with their number."""

Say = Callable[[], str]


@pytest.fixture
def app(settings: Settings, org: Organisation) -> Flask:
    return application(settings, org.house)


def rotated(start: int) -> Say:
    """Each call gives another payload, from `start` on; each start begins elsewhere, so that as many starts as payloads show every field all."""
    at = [start]

    def say() -> str:
        at[0] += STEP
        return PAYLOADS[at[0] % len(PAYLOADS)]

    return say


# Every declared field --------------------------------------------------------------------------------------------------------


def declared(org: Organisation) -> Iterator[tuple[str, Sequence[Input]]]:
    """Every form that is drawn from a declaration: each act of each workflow, what any case knows, and what is done to the organisation."""
    for law in org.house.catalogue.by_name.values():
        for t in law.transitions:
            yield f"{law.name}.{t.trigger}", t.asked
    for entry in ENTRIES:
        yield entry.trigger, entry.asked
    for name, doing in ORGANISING.items():
        yield name, doing.inputs


def typed(inputs: Sequence[Input], say: Say) -> MultiDict[str, str]:
    """Every field filled in, two rows of each list."""
    sent: MultiDict[str, str] = MultiDict()
    for i in inputs:
        if isinstance(i, Many):
            for n in range(2):
                for part in i.of:
                    sent[f"{i.name}-{n}-{part.name}"] = say()
        elif i.kind != "computed":
            sent[i.name] = say()
    return sent


def drawn(app: Flask, inputs: Sequence[Input], say: Say) -> str:
    asked = [i for i in inputs if i.kind != "computed"]
    names = [("1", say()), ("2", say())]
    lists = Lists(names, names, names, names, names, lambda of: names, lambda one: names)
    form = draw(asked, {i.name: i.label.say("en") for i in asked}, lists, "en", typed(asked, say))
    form.problems = {i.name: [say()] for i in asked}
    return app.jinja_env.from_string(FIELDS).render(drawn=form)


def every_field(app: Flask, org: Organisation, starts: Sequence[int]) -> None:
    seen = set[str]()
    with app.test_request_context("/"):
        for name, inputs in declared(org):
            seen.add(name)
            plain = skeleton(drawn(app, inputs, lambda: HARMLESS))
            for start in starts:
                page = drawn(app, inputs, rotated(start))
                assert skeleton(page) == plain, (name, start)
    assert len(set(PAYLOADS)) == 300
    assert len(seen) > 150 and any(isinstance(i, Text) for _, inputs in declared(org) for i in inputs)


def test_every_declared_field_gives_hostile_text_back_as_text(app: Flask, org: Organisation) -> None:
    every_field(app, org, (0, 151))


@pytest.mark.full
def test_every_declared_field_gives_each_of_three_hundred_back_as_text(app: Flask, org: Organisation) -> None:
    every_field(app, org, range(len(PAYLOADS)))


# Every form of every page ----------------------------------------------------------------------------------------------------


def places(app: Flask, org: Organisation) -> list[str]:
    """Every page whose address has nothing to fill in, each form of an act on the organisation and of what is opened, and a case with its forms."""
    case = org.ordered()
    found = [rule.rule for rule in app.url_map.iter_rules()
             if "GET" in (rule.methods or ()) and not rule.arguments and not rule.rule.startswith("/api")]
    found += [f"/organisation/do/{name}" for name in ORGANISING]
    found += [f"/cases/new/{name}" for name in org.house.catalogue.by_name] + [f"/intake/{name}" for name in org.house.catalogue.by_name]
    law = org.house.catalogue.by_name["inspection"]
    found += [f"/cases/{case}", f"/cases/{case}/papers"]
    found += [f"/cases/{case}/acts/{t.trigger}" for t in (*law.transitions, *ENTRIES)]
    return [one for one in dict.fromkeys(found) if one not in ("/sign-in/provider", "/healthz", "/readyz", "/metrics", "/organisation/export")]


def forms(page: str) -> Iterator[tuple[str | None, str, dict[str, str], list[str]]]:
    """(address, method, what it hides, its text fields) of each form of a page that has a field for text."""
    for form in html.document_fromstring(page).iter("form"):
        texts = [str(one.get("name")) for one in form.iter("input", "textarea") if one.get("name") and one.get("type", "text") in (
            "text", "search", "email", "password", "date", "url", "tel")]
        if texts:
            hidden = {str(one.get("name")): one.get("value", "") for one in form.iter("input") if one.get("type") == "hidden" and one.get("name")}
            for chosen in form.iter("select"):
                options = [one.get("value") for one in chosen.iter("option") if one.get("value")]
                if chosen.get("name") and options:
                    hidden[str(chosen.get("name"))] = str(options[0])
            yield form.get("action"), form.get("method", "get"), hidden, texts


def every_form(app: Flask, org: Organisation, starts: Sequence[int], people: Sequence[str] = PEOPLE) -> None:
    sent = set[tuple[int, str, tuple[str, ...]]]()
    paths = places(app, org)
    for start in starts:
        for login in people:
            visitor = Visitor(app)
            visitor.sign_in(login)
            say = rotated(start)
            for path in paths:
                page = visitor.get(path)
                if page.mimetype != "text/html" or page.status_code >= 300:
                    continue
                assert list(intruders(page.text)) == [], path
                for action, method, hidden, texts in forms(page.text):
                    where = action or path
                    if (start, where, tuple(texts)) in sent:
                        continue
                    sent.add((start, where, tuple(texts)))
                    data = hidden | {name: say() for name in texts}
                    told: dict[str, Any] = {"data": data} if method == "post" else {"query_string": data}
                    answer = visitor.client.open(where, method=method.upper(), headers=OURS, follow_redirects=True, **told)
                    assert answer.status_code < 500, where
                    if answer.mimetype == "text/html":
                        assert list(intruders(answer.text)) == [], (where, data)
    assert len({where for _, where, _ in sent}) > 30, sorted(sent)


def test_every_form_of_every_page_takes_hostile_text_for_text(app: Flask, org: Organisation) -> None:
    every_form(app, org, (0,), FEW)


@pytest.mark.full
def test_every_form_of_every_page_takes_many_hostile_texts_for_text(app: Flask, org: Organisation) -> None:
    every_form(app, org, range(1, 13))

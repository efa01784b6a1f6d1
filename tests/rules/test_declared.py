"""House rules on what is declared: policies, sentences, inputs, languages, and a manual that cannot drift."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from string import Formatter

import pytest
from flask import Flask

from config import Settings
from inspect_app import http, i18n
from inspect_app.access.policy import Policy, policy
from inspect_app.app import create_app
from inspect_app.cli.main import build
from inspect_app.cli.manual import generated
from inspect_app.exports.formats import FORMATS
from workflows.catalogue import BUILT_IN, load_catalogue
from workflows.inputs import Input, Klass, Many
from workflows.words import LANGUAGES

ROOT = Path(__file__).resolve().parents[2]
TRANSLATIONS = ROOT / "inspect_app" / "translations"


def application(tmp_path: Path) -> Flask:
    return create_app(Settings(database_url=f"sqlite:///{tmp_path / 'x.db'}", mode="test", data=tmp_path))


def test_every_route_and_method_declares_its_policy(tmp_path: Path) -> None:
    http.every_policy_is_declared(application(tmp_path))


def test_the_application_does_not_start_where_one_is_missing(tmp_path: Path) -> None:
    app = application(tmp_path)

    app.add_url_rule("/forgotten", "forgotten", policy(GET=Policy.PUBLIC)(lambda: ""), methods=["POST"])
    with pytest.raises(LookupError, match="forgotten declares no policy for POST"):
        http.every_policy_is_declared(app)


def every_input() -> list[tuple[str, Input]]:
    found: list[tuple[str, Input]] = []
    for w in load_catalogue().workflows:
        for t in (*w.transitions, *w.entries):
            for i in t.inputs:
                found.append((f"{w.name}.{t.trigger}.{i.name}", i))
                found += [(f"{w.name}.{t.trigger}.{i.name}.{c.name}", c) for c in (i.of if isinstance(i, Many) else ())]
    return found


def test_every_input_declares_its_class_and_readers() -> None:
    for where, i in every_input():
        assert i.klass in Klass, where
        assert i.readers, where


def tables() -> dict[str, dict[str, str]]:
    found = {}
    for path in TRANSLATIONS.glob("*.toml"):
        raw = tomllib.loads(path.read_text("utf-8"))
        found[path.stem] = {f"{part}.{key}": text for part, texts in raw.items() for key, text in texts.items()}
    return found


def test_each_shipped_language_is_complete_and_no_other_is_half_there() -> None:
    assert set(tables()) == set(LANGUAGES)
    first, *others = (set(table) for table in tables().values())
    for other in others:
        assert other == first


def test_a_translation_fills_in_the_same_values() -> None:
    def places(text: str) -> set[str | None]:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}

    told = tables()
    for key, text in told[LANGUAGES[0]].items():
        for language in LANGUAGES:
            assert places(told[language][key]) == places(text), key


def test_every_message_a_page_asks_for_exists_and_every_message_is_asked_for() -> None:
    sources = [p.read_text("utf-8") for p in (ROOT / "inspect_app").rglob("*") if p.suffix in (".py", ".html")]
    text = "\n".join(sources)
    asked = set(re.findall(r"""["']([a-z]+\.[a-z_0-9]+)["']""", text))
    families = set(re.findall(r"""["']([a-z]+)\.["'] ~""", text)) | {"problem", "klass", "clock", "why", "orgact", "orgfact", "orgvalue", "orgkind"}
    known = set(tables()[LANGUAGES[0]])
    assert {key for key in known if key not in asked and key.split(".")[0] not in families} == set()
    for key in re.findall(r"""say\(["']([a-z]+\.[a-z_0-9]+)["']""", text):
        assert key in known, key


def test_every_time_limit_has_a_name_and_every_step_of_a_derivation_a_sentence() -> None:
    known = set(tables()[LANGUAGES[0]])
    limits = {"due"}.union(*(w.clocks for w in BUILT_IN))
    assert {key for key in known if key.startswith("clock.")} == {f"clock.{name}" for name in limits}
    told = (ROOT / "workflows" / "clocks.py").read_text("utf-8")
    codes = set(re.findall(r"""Why\(["']([a-z_]+)["']""", told)) | {"limit_d", "limit_wd", "limit_m", "paused", "away"}
    assert {key for key in known if key.startswith("why.")} == {f"why.{code}" for code in codes}


def test_the_pseudo_locale_finds_text_that_was_written_into_a_page() -> None:
    text = i18n.say("zz", "work.title")
    assert text != i18n.say("en", "work.title")
    assert len(text) >= len(i18n.say("en", "work.title")) * 1.4
    hard = re.compile(r">\s*([A-Z][a-z]+(?: [a-z]+)+)\s*<")
    for template in (ROOT / "inspect_app" / "templates").glob("*.html"):
        assert hard.findall(template.read_text("utf-8")) == [], template.name
    assert hard.findall("<p>Some words here</p>") == ["Some words here"]


def test_generated_pages_are_current() -> None:
    for name, text in generated(build()).items():
        page = ROOT / "docs" / "reference" / name
        assert page.exists(), f"{name} is missing; run `make docs`"
        assert page.read_text("utf-8") == text, f"{name} is out of date; run `make docs`"


def test_every_command_setting_trigger_and_format_appears_in_the_docs() -> None:
    text = "\n".join(p.read_text("utf-8") for p in (ROOT / "docs").rglob("*.md"))
    for w in load_catalogue().workflows:
        for trigger in w.triggers:
            assert f"`{trigger}`" in text, trigger
    for name in FORMATS:
        assert f"`{name}`" in text


def test_the_documentation_points_only_to_pages_that_are_there() -> None:
    for page in [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md"]:
        for target in re.findall(r"\]\(([^)#]+)", page.read_text("utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name} points to {target}"


def test_the_openapi_document_is_current(tmp_path: Path) -> None:
    drawn = application(tmp_path).test_client().get("/api/v1/openapi.json").get_json()
    kept = json.loads((ROOT / "docs" / "reference" / "openapi.json").read_text("utf-8"))
    assert kept == drawn, "docs/reference/openapi.json is out of date; run `make docs`"

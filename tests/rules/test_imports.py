"""Who may import whom: the layers are held, and each contract proves that it can fail."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rules.house import ROOT, Source, breaks, imported, offences, sources

LAYERS = (
    "app",
    *("api", "pages", "cli", "jobs", "forms", "http", "schemas", "services"),
    *("access", "audit", "exports", "imports", "i18n", "models", "db", "errors"),
)


def reaches_beyond_the_standard_library(source: Source) -> Iterator[str]:
    """The law imports itself, the standard library, and (in the engine alone) `transitions`."""
    for statement, name in imported(source.tree):
        top = name.split(".")[0]
        is_engine = source.path == "workflows/engine.py" and top == "transitions"
        if top not in sys.stdlib_module_names and top != "workflows" and not is_engine:
            yield source.at(statement, f"{top} does not belong into the law")


def imports_transitions(source: Source) -> Iterator[str]:
    """One wrapper knows the library that runs workflows."""
    for statement, name in imported(source.tree):
        if name.split(".")[0] == "transitions" and source.path != "workflows/engine.py":
            yield source.at(statement, "only workflows/engine.py imports transitions")


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Hold the contracts against the packages in this folder."""
    program = Path(sys.executable).with_name("lint-imports")
    environ = {**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"}
    return subprocess.run([program, "--no-cache"], cwd=folder, env=environ, capture_output=True, text=True, check=False)


@pytest.fixture
def replica(tmp_path: Path) -> Path:
    """Packages with the names of ours and nothing in them, under our contracts."""
    for name in LAYERS:
        (tmp_path / "inspect_app" / name).mkdir(parents=True)
        (tmp_path / "inspect_app" / name / "__init__.py").touch()
    (tmp_path / "inspect_app" / "__init__.py").touch()
    (tmp_path / "inspect_app" / "app.py").write_text("import inspect_app.api, inspect_app.pages\n")
    (tmp_path / "workflows").mkdir()
    (tmp_path / "workflows" / "__init__.py").touch()
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text("utf-8"), "utf-8")
    return tmp_path


def test_the_layers_are_held() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_layer_is_named_in_the_contracts() -> None:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    named = " | ".join(layer for contract in told for layer in contract.get("layers", []))
    expected = {f"inspect_app.{name}" for name in LAYERS} | {"workflows"}
    assert {name.strip("()") for name in named.split(" | ")} == expected


def test_packages_that_import_nothing_pass(replica: Path) -> None:
    done = lint(replica)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("importer", "target"),
    [
        ("inspect_app/api", "inspect_app.pages"),
        ("inspect_app/cli", "inspect_app.jobs"),
        ("inspect_app/api", "inspect_app.forms"),
        ("inspect_app/jobs", "inspect_app.http"),
        ("inspect_app/forms", "inspect_app.http"),
        ("inspect_app/services", "inspect_app.schemas"),
        ("inspect_app/access", "inspect_app.audit"),
        ("inspect_app/models", "inspect_app.services"),
        ("inspect_app/errors", "inspect_app.db"),
        ("workflows", "inspect_app.errors"),
        ("workflows", "sqlalchemy"),
    ],
)
def test_an_import_against_the_layers_is_caught(replica: Path, importer: str, target: str) -> None:
    (replica / importer / "__init__.py").write_text(f"import {target}\n")
    done = lint(replica)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "BROKEN" in done.stdout


def test_the_console_may_start_the_application(replica: Path) -> None:
    (replica / "inspect_app" / "cli" / "running.py").write_text("from inspect_app import app\n")
    assert lint(replica).returncode == 0


def test_the_law_needs_the_standard_library_only() -> None:
    assert offences(reaches_beyond_the_standard_library, sources(("workflows",))) == []


def test_one_module_knows_the_library_that_runs_workflows() -> None:
    assert offences(imports_transitions, sources(("inspect_app", "workflows", "config.py"))) == []


@pytest.mark.parametrize("text", ["import flask", "from sqlalchemy import select", "from config import Settings"])
def test_a_law_that_reaches_out_is_caught(text: str) -> None:
    assert breaks(reaches_beyond_the_standard_library, "workflows/guards.py", text)


@pytest.mark.parametrize("text", ["import transitions", "from transitions.core import Machine"])
def test_a_second_user_of_transitions_is_caught(text: str) -> None:
    assert breaks(imports_transitions, "inspect_app/services/casework.py", text)
    assert breaks(reaches_beyond_the_standard_library, "workflows/draw.py", text)
    assert not breaks(imports_transitions, "workflows/engine.py", text)
    assert not breaks(reaches_beyond_the_standard_library, "workflows/engine.py", text)

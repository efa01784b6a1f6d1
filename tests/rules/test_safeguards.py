"""The table of safeguards is true: each guard named stands in a transition, each piece of code exists, each test is there."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

import pytest

from workflows.catalogue import load_catalogue
from workflows.guards import GUARDS
from workflows.safeguards import AGAINST_MISUSE, SAFEGUARDS, Safeguard

ROOT = Path(__file__).resolve().parents[2]
STANDING = {g.rule.name for w in load_catalogue().workflows for t in (*w.transitions, *w.entries) for g in t.checks}
EVERY = [pytest.param(one, id=f"{kind}-{one.number}") for kind, table in (("safeguard", SAFEGUARDS), ("misuse", AGAINST_MISUSE)) for one in table]


def defects(one: Safeguard) -> list[str]:
    """What a row of the table says that is not so."""
    found = []
    for name in one.by:
        module, _, attribute = name.partition(":")
        if attribute and not hasattr(import_module(module), attribute):
            found.append(f"there is no {name}")
        elif not attribute and (name not in GUARDS or name not in STANDING):
            found.append(f"the guard {name} stands in no transition")
    for test in one.tests:
        path, _, name = test.partition("::")
        file = ROOT / path
        names = {n.name for n in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(n, ast.FunctionDef)} if file.is_file() else set()
        if name not in names:
            found.append(f"there is no test {test}")
    if not one.open and not (one.by and one.tests):
        found.append("it names no code or no test, and does not say what is open")
    return found


@pytest.mark.parametrize("one", EVERY)
def test_each_row_names_what_exists(one: Safeguard) -> None:
    assert defects(one) == []


def test_the_table_is_whole() -> None:
    assert [one.number for one in SAFEGUARDS] == list(range(1, 27))
    assert [one.number for one in AGAINST_MISUSE] == list(range(1, 21))


@pytest.mark.parametrize("row", [
    Safeguard(1, "x", ("no_such_guard",), ("tests/rules/test_safeguards.py::test_the_table_is_whole",)),
    Safeguard(1, "x", ("workflows.effects:NoSuchThing",), ("tests/rules/test_safeguards.py::test_the_table_is_whole",)),
    Safeguard(1, "x", ("actor_has_no_tie",), ("tests/rules/test_safeguards.py::test_that_is_not_there",)),
    Safeguard(1, "x", ("actor_has_no_tie",), ())])
def test_a_row_that_names_what_is_not_there_is_caught(row: Safeguard) -> None:
    assert defects(row)

"""A file is read in one sitting, and its name says what is in it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import PurePosixPath

import pytest

from tests.rules.house import EVERYTHING, Source, breaks, offences, sources

AT_MOST = 400
AT_MOST_IN_TESTS = 600
WRITTEN = (".py", ".html", ".css", ".js")


def is_too_long(source: Source) -> Iterator[str]:
    """No file is longer than one sitting; migrations are written once and never read again."""
    if source.path.startswith("migrations/"):
        return
    limit = AT_MOST_IN_TESTS if source.path.startswith("tests/") else AT_MOST
    lines = source.text.count("\n")
    if lines > limit:
        yield f"{source.path}: {lines} lines, at most {limit}: give one of its thoughts a file of its own"


def is_named_after_nothing(source: Source) -> Iterator[str]:
    """A file is named after what is in it."""
    if PurePosixPath(source.path).stem in ("util", "utils", "helper", "helpers", "misc", "common"):
        yield f"{source.path}: name it after what is in it"


def has_code_in_init(source: Source) -> Iterator[str]:
    """`__init__.py` holds names: a docstring, imports, and constants."""
    if PurePosixPath(source.path).name != "__init__.py":
        return
    for node in source.tree.body:
        is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        is_name = isinstance(node, ast.Assign | ast.AnnAssign) and not any(
            isinstance(part, ast.Call | ast.Lambda) for part in ast.walk(node)
        )
        if not (is_docstring or is_name or isinstance(node, ast.Import | ast.ImportFrom)):
            yield source.at(node, "no code in __init__.py beyond names")


def test_every_file_is_read_in_one_sitting() -> None:
    assert offences(is_too_long, sources(EVERYTHING, WRITTEN)) == []


def test_every_file_is_named_after_what_is_in_it() -> None:
    assert offences(is_named_after_nothing, sources(EVERYTHING)) == []


def test_init_holds_names_only() -> None:
    assert offences(has_code_in_init, sources(EVERYTHING)) == []


def test_a_long_file_is_caught() -> None:
    assert breaks(is_too_long, "inspect_app/app.py", "\n" * 401)
    assert breaks(is_too_long, "tests/test_app.py", "\n" * 601)
    assert not breaks(is_too_long, "inspect_app/app.py", "\n" * 400)
    assert not breaks(is_too_long, "migrations/versions/0001_first_shape.py", "\n" * 401)


def test_a_file_named_after_nothing_is_caught() -> None:
    assert breaks(is_named_after_nothing, "inspect_app/utils.py", "")


@pytest.mark.parametrize("text", ["def f(): ...", "class A: ...", "app = Flask()", "if True: x = 1", "print()"])
def test_code_in_init_is_caught(text: str) -> None:
    assert breaks(has_code_in_init, "inspect_app/api/__init__.py", text)
    assert not breaks(has_code_in_init, "inspect_app/api/cases.py", text)
    assert not breaks(has_code_in_init, "inspect_app/api/__init__.py", '"""Doc."""\nfrom a import b\n__all__ = ["b"]')

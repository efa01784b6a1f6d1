"""Reading our own source: what the house rules are held against."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

APPLICATION = ("inspect_app", "workflows", "migrations", "config.py", "wsgi.py")
EVERYTHING = (*APPLICATION, "tests", "benchmarks", "examples")
NOT_OURS = ("inspect_app/static/vendor/", "tests/browser/vendor/")


@dataclass(frozen=True)
class Source:
    """One file: where it stands under the root of the project, and what is written in it."""

    path: str
    text: str

    @property
    def tree(self) -> ast.Module:
        return _parse(self.text)

    def at(self, node: ast.AST, why: str) -> str:
        """An offence, as a sentence that leads to its line."""
        return f"{self.path}:{getattr(node, 'lineno', 1)}: {why}"


Rule = Callable[[Source], Iterator[str]]


@cache
def _parse(text: str) -> ast.Module:
    return ast.parse(text)


@cache
def sources(places: tuple[str, ...], endings: tuple[str, ...] = (".py",)) -> tuple[Source, ...]:
    """Our own files under these places."""
    files: list[Path] = []
    for place in places:
        here = ROOT / place
        files += sorted(here.rglob("*")) if here.is_dir() else [here]
    found = []
    for file in files:
        path = file.relative_to(ROOT).as_posix()
        if file.is_file() and file.suffix in endings and not path.startswith(NOT_OURS) and "__pycache__" not in path:
            found.append(Source(path, file.read_text("utf-8")))
    return tuple(found)


def offences(rule: Rule, among: tuple[Source, ...]) -> list[str]:
    """Every breach of a rule, so that a failing test shows them all at once."""
    return [offence for source in among for offence in rule(source)]


def breaks(rule: Rule, path: str, text: str) -> bool:
    """Whether this text, standing at this path, would be caught: how each rule proves that it can fail."""
    return bool(list(rule(Source(path, text))))


def dotted(node: ast.AST) -> str:
    """`a.b.c` as written, or an empty text for anything that is not plain names."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        left = dotted(node.value)
        return f"{left}.{node.attr}" if left else ""
    return ""


def imported(tree: ast.Module) -> Iterator[tuple[ast.stmt, str]]:
    """Everything that is imported, under its full name: `a.b` for `import a.b`, `a.b` for `from a import b`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)

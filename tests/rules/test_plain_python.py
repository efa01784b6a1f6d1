"""Python as this house writes it: no moment without a zone, nothing swallowed, nothing left undone, no waiting."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.rules.house import APPLICATION, EVERYTHING, Source, breaks, dotted, imported, offences, sources

LEFT_UNDONE = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")
BARE_IGNORE = re.compile(r"#\s*type:\s*ignore(?!\[)")
DEAD_TESTS = ("pytest.mark." + "skip", "pytest.mark." + "skipif", "pytest.mark." + "xfail")


def makes_naive_moments(source: Source) -> Iterator[str]:
    """Every moment knows its zone."""
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Call):
            continue
        name, given = dotted(node.func).split("."), {keyword.arg for keyword in node.keywords}
        is_zoned = bool(given & {"tzinfo", "tz"})
        if name[-1] == "datetime" and len(node.args) < 8 and not is_zoned and (node.args or given):
            yield source.at(node, "datetime(…) without tzinfo")
        if name[-2:] in (["datetime", "now"], ["datetime", "fromtimestamp"]):
            zoneless = len(node.args) < (1 if name[-1] == "now" else 2) and not is_zoned
            if zoneless:
                yield source.at(node, f"datetime.{name[-1]}(…) without a zone")
        if name[-1] in ("utcnow", "utcfromtimestamp"):
            yield source.at(node, f"{name[-1]} gives a moment without a zone")


def swallows_everything(source: Source) -> Iterator[str]:
    """A handler names what it expects; catching everything is for cleaning up and raising on."""
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.ExceptHandler):
            continue
        kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        names = [dotted(kind) if kind else "" for kind in kinds]
        raises_on = isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None
        if "Exception" in names or (("BaseException" in names or "" in names) and not raises_on):
            yield source.at(node, "name the exceptions that are expected here")


def leaves_work_undone(source: Source) -> Iterator[str]:
    """Nothing is promised in the code."""
    for number, line in enumerate(source.text.splitlines(), 1):
        if LEFT_UNDONE.search(line):
            yield f"{source.path}:{number}: open an issue instead"
        if BARE_IGNORE.search(line):
            yield f"{source.path}:{number}: say which type error is ignored"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Raise) and any(
            isinstance(part, ast.Name) and part.id == "NotImplementedError" for part in ast.walk(node)
        ):
            yield source.at(node, "NotImplementedError is a promise")
        if isinstance(node, ast.Attribute) and dotted(node) in DEAD_TESTS:
            yield source.at(node, "a test runs, or it is not there")


def sleeps(source: Source) -> Iterator[str]:
    """A test waits for what it wants to see, never for a time."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and (dotted(node) == "time.sleep" or node.attr == "wait_for_timeout"):
            yield source.at(node, "wait for what you want to see, not for a time")
    for statement, name in imported(source.tree):
        if name == "time.sleep":
            yield source.at(statement, "wait for what you want to see, not for a time")


def test_every_moment_knows_its_zone() -> None:
    assert offences(makes_naive_moments, sources(APPLICATION)) == []


def test_nothing_is_swallowed() -> None:
    assert offences(swallows_everything, sources(EVERYTHING)) == []


def test_nothing_is_left_undone() -> None:
    assert offences(leaves_work_undone, sources(EVERYTHING)) == []


def test_no_test_sleeps() -> None:
    assert offences(sleeps, sources(("tests",))) == []


@pytest.mark.parametrize(
    "text",
    [
        "datetime(2024, 1, 1)",
        "datetime.datetime(2024, 1, 1, hour=3)",
        "datetime.now()",
        "datetime.fromtimestamp(0)",
        "datetime.utcnow()",
        "datetime.utcfromtimestamp(0)",
    ],
)
def test_a_naive_moment_is_caught(text: str) -> None:
    assert breaks(makes_naive_moments, "inspect_app/now.py", text)


@pytest.mark.parametrize(
    "text",
    ["datetime(2024, 1, 1, tzinfo=UTC)", "datetime.now(UTC)", "datetime.fromtimestamp(0, tz=UTC)", "date(2024, 1, 1)"],
)
def test_a_moment_with_its_zone_passes(text: str) -> None:
    assert not breaks(makes_naive_moments, "inspect_app/now.py", text)


@pytest.mark.parametrize("kind", [" Exception", " (ValueError, Exception)", "", " BaseException"])
def test_swallowing_is_caught(kind: str) -> None:
    assert breaks(swallows_everything, "inspect_app/app.py", f"try: f()\nexcept{kind}: pass")


def test_cleaning_up_and_raising_on_passes() -> None:
    assert not breaks(swallows_everything, "inspect_app/db/database.py", "try: f()\nexcept BaseException:\n  undo()\n  raise")
    assert not breaks(swallows_everything, "inspect_app/db/database.py", "try: f()\nexcept ValueError: pass")


@pytest.mark.parametrize(
    "text",
    [
        "# TO" "DO later",
        "x = 1  # type: " "ignore",
        "raise NotImplementedError",
        "raise NotImplementedError('later')",
        "import pytest\n@pytest.mark.skip\ndef f(): ...",
    ],
)
def test_work_left_undone_is_caught(text: str) -> None:
    assert breaks(leaves_work_undone, "inspect_app/app.py", text)


@pytest.mark.parametrize("text", ["import time\ntime.sleep(1)", "from time import sleep", "page.wait_for_timeout(100)"])
def test_a_sleeping_test_is_caught(text: str) -> None:
    assert breaks(sleeps, "tests/test_app.py", text)

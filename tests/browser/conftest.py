"""A real Chromium, driven as a person would: a desk's screen and a telephone's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.system_packages import REMEDY, chromium_program

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


HOUSES = ("depot", "hospital")
CROSSED = {"language": "vi", "basis": "handling", "width": 390, "dark": True}
"""In a short run the depot goes with these, the hospital with the others; what is crossed with them belongs to the long proofs."""
IN_BOTH = ("test_journeys",)
"""What is gone through in both houses in a short run as well. All else takes turns there: the first test of a file in the depot, the next in the
hospital."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser; each house is loaded on one of the processes."""
    here = Path(__file__).parent
    for item in items:
        if not item.path.is_relative_to(here):
            continue
        item.add_marker("browser")
        given = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        house = next((value for value in given.values() if value in HOUSES), None)
        item.add_marker(pytest.mark.xdist_group(f"browser {house or HOUSES[1]}"))
        if house is not None and not _is_short(item, house, given):
            item.add_marker("full")


def _is_short(item: pytest.Item, house: str, given: Mapping[str, Any]) -> bool:
    """Whether a test is gone through in this house in a short run."""
    assert isinstance(item, pytest.Function)
    turns = [name for name in vars(item.module) if name.startswith("test_")]
    if item.module.__name__.rpartition(".")[2] not in IN_BOTH and HOUSES[turns.index(item.originalname) % 2] != house:
        return False
    return all((given[name] == with_depot) == (house == HOUSES[0]) for name, with_depot in CROSSED.items() if name in given)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser of this run. Where there is none, what needs it fails with the remedy."""
    program = chromium_program()
    if program is None:
        pytest.fail(f"Chromium was not found. {REMEDY}", pytrace=False)
    with sync_playwright() as playwright:
        expect.set_options(timeout=30_000)
        running = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def browser(chromium: Browser) -> Iterator[Browser]:
    """The same browser for each test; the windows that a test opened are shut in its end."""
    yield chromium
    for context in chromium.contexts:
        context.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page on a desk's screen, nobody signed in."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A page on a telephone's screen, nobody signed in."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    yield context.new_page()
    context.close()

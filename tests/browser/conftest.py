"""A real Chromium, driven as a person would: a desk's screen and a telephone's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

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


CROSSED = {"language": "vi", "basis": "handling", "width": 390}
"""In a short run the depot goes with these, the hospital with the others; what is crossed with them belongs to the long proofs."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker("browser")
            given = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
            house = next((value for value in given.values() if value in ("depot", "hospital")), None)
            item.add_marker(pytest.mark.xdist_group(f"{item.path.stem} {house}"))  # one server for them, on one of the processes
            if house is not None and any(name in given and (given[name] == with_depot) != (house == "depot") for name, with_depot in CROSSED.items()):
                item.add_marker("full")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
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

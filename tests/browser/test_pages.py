"""Every page: usable by everyone (axe), whole on a phone, and within the strict policy of scripts and styles."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.serving import PASSWORD, served

AXE = (Path(__file__).parent / "vendor" / "axe" / "axe.min.js").read_text("utf-8")
PLACES = [("chair", "/"), ("chair", "/cases"), ("chair", "/cases?show=all&q=a"), ("chair", "/cases/new"), ("chair", "/cases/new/inspection"),
          ("officer", "/cases/new/shortcoming"), ("head", "/responsibilities"), ("head", "/"), ("auditor", "/exports"), ("admin", "/"),
          ("admin", "/organisation"), ("admin", "/organisation/people"), ("admin", "/organisation/import"), ("admin", "/organisation/history"),
          ("admin", "/organisation/do/add-unit"), ("admin", "/organisation/do/add-office"), ("admin", "/setup"),
          ("chair", "/account"), ("chair", "/account/factors"), ("chair", "/account/sessions"), ("chair", "/account/tokens"), ("chair", "/prove"),
          ("chair", "/registers"), ("chair", "/search"), ("auditor", "/searches"), ("chair", "/nowhere")]


@pytest.fixture(scope="module", params=["depot", "hospital"])
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(request.param, tmp_path_factory.mktemp(request.param)) as url:
        yield url


def signed_in(browser: Browser, address: str, login: str, width: int = 1280, *, dark: bool = False, scripts: bool = True,
              expected: str = "404") -> tuple[Page, list[str]]:
    """Somebody's page, and what its console complains of but for the status that is expected."""
    page = browser.new_context(viewport={"width": width, "height": 850}, color_scheme="dark" if dark else "light",
                               java_script_enabled=scripts).new_page()
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") and expected not in m.text else None)
    page.goto(f"{address}/sign-in")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.click("main form button")
    page.wait_for_load_state()
    return page, complaints


def sound(page: Page, complaints: list[str], width: int) -> None:
    """Nothing for axe to find, nothing wider than the screen, nothing the policy had to stop, once the page is whole."""
    page.wait_for_load_state()
    found = page.evaluate(AXE + "; axe.run(document, {resultTypes: ['violations'], "
                                "runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})")
    assert [(v["id"], v["nodes"][0]["html"][:120]) for v in found["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.querySelectorAll('[style], style').length") == 0
    assert complaints == []


@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_is_sound(browser: Browser, address: str, width: int) -> None:
    people: dict[str, tuple[Page, list[str]]] = {}
    for login, place in PLACES:
        if login not in people:
            people[login] = signed_in(browser, address, login, width)
        page, complaints = people[login]
        page.goto(address + place)
        sound(page, complaints, width)


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_of_a_case_and_every_form_on_it_are_sound(browser: Browser, address: str, width: int) -> None:
    page, complaints = signed_in(browser, address, "chair", width)
    for workflow in ("inspection", "responsibility", "shortcoming"):
        page.goto(f"{address}/cases?workflow={workflow}")
        page.goto(address + str(page.locator("tbody a").first.get_attribute("href")))
        sound(page, complaints, width)
        for form in [a.get_attribute("href") for a in page.locator("a[href*='/acts/']").all()]:
            page.goto(address + str(form))
            sound(page, complaints, width)


def test_signing_in_is_sound_and_a_wrong_password_is_said(browser: Browser, address: str) -> None:
    page = browser.new_context(viewport={"width": 390, "height": 850}).new_page()
    page.goto(f"{address}/sign-in")
    sound(page, [], 390)
    page.fill("#login", "chair")
    page.fill("#password", "not this")
    page.click("main form button")
    expect(page.locator("[role=alert]")).to_be_visible()


def test_after_signing_in_one_is_where_one_wanted_to_go(browser: Browser, address: str) -> None:
    page = browser.new_context().new_page()
    page.goto(f"{address}/cases?show=all")
    page.fill("#login", "chair")
    page.fill("#password", PASSWORD)
    page.click("main form button")
    expect(page).to_have_url(f"{address}/cases?show=all")

"""Administration in a real browser, without script and on a telephone: an account from nothing to its end; and every page and form of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from inspect_app.pages.organisation import FORMS
from tests.browser.serving import PASSWORD, console, served
from tests.browser.test_pages import signed_in, sound


@pytest.fixture(scope="module", params=["depot", "hospital"])
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str, Path]]:
    folder = tmp_path_factory.mktemp(request.param)
    with served(request.param, folder) as address:
        yield request.param, address, folder


def pressed(page: Page, what: str) -> None:
    page.click(what)
    page.wait_for_load_state()


def newcomer(page: Page, address: str, name: str, unit: str) -> str:
    """Somebody without an account, added by the form; returns the address of their page."""
    page.goto(f"{address}/organisation/do/add-person?unit={unit}")
    page.fill("#name", name)
    pressed(page, "form.act button.btn-primary")
    return page.url


def test_an_account_is_given_used_and_closed_on_a_telephone(browser: Browser, house: tuple[str, str, Path]) -> None:
    which, address, folder = house
    unit = "PK1" if which == "depot" else "MED"
    admin = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844}).new_page()
    admin.goto(f"{address}/sign-in")
    admin.fill("#login", "admin")
    admin.fill("#password", PASSWORD)
    pressed(admin, "main form button")
    there = newcomer(admin, address, "Nguyễn Thị Ánh", unit)
    pressed(admin, "a[href*='give-account']")
    admin.fill("#login", "anh")
    pressed(admin, "form.act button.btn-primary")
    expect(admin).to_have_url(there)
    pressed(admin, "section[aria-labelledby=account] form button")
    link = admin.locator("code.secret").inner_text()
    assert admin.evaluate("document.documentElement.scrollWidth") <= 390
    anh = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844}).new_page()
    anh.goto(link)
    for field in ("#password", "#again"):
        anh.fill(field, "a long walk by the river")
    pressed(anh, "main form button")
    anh.fill("#login", "anh")
    anh.fill("#password", "a long walk by the river")
    pressed(anh, "main form button")
    expect(anh).to_have_url(f"{address}/")
    admin.goto(there)
    pressed(admin, "a[href*='close-account']")
    pressed(admin, "form.act button.btn-primary")
    anh.reload()
    expect(anh).to_have_url(re.compile("/sign-in"))
    admin.goto(f"{address}/organisation/history")
    said = admin.locator("ol.timeline li .what").all_inner_texts()
    assert len(said) >= 4 and not any("_" in words for words in said)
    console(folder, "audit", "verify")


@pytest.mark.parametrize("dark", [True, False])
@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_of_administration_is_sound(browser: Browser, house: tuple[str, str, Path], width: int, dark: bool) -> None:
    which, address, _ = house
    unit, office = ("PK1", "head-pk1") if which == "depot" else ("MED", "head-med")
    page, complaints = signed_in(browser, address, "admin", width, dark=dark, expected="422")
    page.goto(f"{address}/organisation/people")
    person = str(page.locator("tbody a").nth(2).get_attribute("href")).rpartition("/")[2]
    places = ["/organisation", f"/organisation?q={unit}", f"/organisation/units/{unit}", f"/organisation/offices/{office}",
              f"/organisation/people/{person}", "/organisation/history", "/organisation/import", "/setup"]
    for place in places:
        page.goto(address + place)
        sound(page, complaints, width)


@pytest.mark.full
@pytest.mark.parametrize("width", [1280, 390])
def test_every_form_of_administration_is_sound(browser: Browser, house: tuple[str, str, Path], width: int) -> None:
    which, address, _ = house
    unit, office = ("PK1", "head-pk1") if which == "depot" else ("MED", "head-med")
    page, complaints = signed_in(browser, address, "admin", width)
    page.goto(f"{address}/organisation/people")
    person = str(page.locator("tbody a").nth(2).get_attribute("href")).rpartition("/")[2]
    for name, doing in FORMS.items():
        if not set(doing.needs) & {"calendar", "ruleset"}:
            page.goto(f"{address}/organisation/do/{name}?unit={unit}&office={office}&person={person}&number=1&other={person}")
            sound(page, complaints, width)

"""The head of every page is one row, opens without a script, and shuts again; and in a real browser hostile text starts nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from tests.browser.serving import served
from tests.browser.test_pages import signed_in, sound
from tests.pages.hostile import PAYLOADS

ROW = 60
"""A row is no higher, in pixels."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served("depot", tmp_path_factory.mktemp("depot")) as url:
        yield url


def height(page: Page) -> int:
    return int(page.evaluate("document.querySelector('header').offsetHeight"))


@pytest.mark.parametrize(("width", "dark"), [
    (360, False), (1280, True), *(pytest.param(*one, marks=pytest.mark.full) for one in ((390, True), (1024, False), (1920, False)))])
def test_the_head_is_one_row_and_what_it_opens_is_sound(browser: Browser, address: str, width: int, dark: bool) -> None:
    page, complaints = signed_in(browser, address, "chair", width, dark=dark)
    assert height(page) <= ROW
    for one in page.locator("header summary:visible").all():
        one.click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        expect(page.locator("header .panel:visible, header .groups:visible").first).to_be_visible()
        one.click()
    page.locator("header summary:visible").first.click()
    sound(page, complaints, width)


@pytest.mark.parametrize("width", [390, 1280])
def test_every_place_is_reached_without_a_script(browser: Browser, address: str, width: int) -> None:
    page, _ = signed_in(browser, address, "chair", width, scripts=False)
    page.locator("header summary:visible").nth(0 if width < 1200 else 1).click()
    page.locator("#menu-cases a:visible").first.click()
    expect(page).to_have_url(f"{address}/cases")
    page.locator("header .me summary").click()
    page.locator("#me button[name=theme][value=dark]").click()
    expect(page.locator('link[href*="dark.css"]')).to_have_attribute("media", "screen")
    expect(page.locator("body")).to_have_css("background-color", "rgb(16, 23, 31)")


def test_escape_shuts_what_is_open_and_gives_the_focus_back(browser: Browser, address: str) -> None:
    page, _ = signed_in(browser, address, "chair")
    page.locator("header .me summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#me")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.locator("#me")).to_be_hidden()
    assert page.evaluate("document.activeElement.matches('header .me summary')")


def test_hostile_text_opens_no_dialog_and_starts_no_program(browser: Browser, address: str) -> None:
    page, complaints = signed_in(browser, address, "officer")
    said: list[str] = []

    def shut(dialog: Dialog) -> None:
        said.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", shut)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{address}/cases/new/shortcoming")
    for n, field in enumerate(page.locator("form.act input[type=text]:visible, form.act textarea:visible").all()):
        field.fill("".join(one for one in PAYLOADS[n::7] if "\n" not in one)[:180])
    for field in page.locator("form.act select:visible").all():
        field.select_option(index=1)
    page.locator("form.act button.btn-primary").click()
    page.wait_for_load_state()
    expect(page.locator("main img, main iframe, main b, main svg[onload], main form[action*=evil]")).to_have_count(0)
    page.goto(f"{address}/cases?q=alert")
    page.wait_for_load_state()
    assert said == [] and [one for one in complaints if "Content Security Policy" in one] == []

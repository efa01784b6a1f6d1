"""The screens of daily work in a real Chromium: usable by everyone, in both themes, with the keyboard, and without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.serving import served
from tests.browser.test_pages import signed_in, sound


@pytest.fixture(scope="module", params=["depot", "hospital"])
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(request.param, tmp_path_factory.mktemp(request.param)) as url:
        yield url


def to_the_check(page: Page, address: str) -> None:
    """Enter a matter as far as the look at everything."""
    page.goto(f"{address}/intake/inspection")
    page.fill("#what", "On 3 October the duty book was not kept, in the main store.")
    page.click("form.act button.btn-primary")
    page.select_option("#unit", index=2)
    page.click("form.act button.btn-primary")
    page.select_option("#source", "signal")
    page.fill("#act_on", "2025-10-03")
    page.click("form.act button.btn-primary")
    expect(page.locator("#like")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("dark", [False, True])
def test_every_screen_of_daily_work_is_sound(browser: Browser, address: str, width: int, dark: bool) -> None:
    page, complaints = signed_in(browser, address, "officer", width, dark=dark, expected="422")

    def is_sound() -> None:
        sound(page, complaints, width)

    for place in ("/", "/cases?show=all&workflow=inspection&mine=1&since=90", "/intake/inspection"):
        page.goto(address + place)
        is_sound()
    to_the_check(page, address)
    is_sound()
    page.goto(f"{address}/cases?show=all&workflow=inspection&sort=-updated")
    page.check(".pick input >> nth=0")
    page.click(".bulk button")
    is_sound()
    page.click("button[value='inspection:note_for_record']")
    is_sound()
    page.goto(f"{address}/cases?workflow=inspection")
    page.click("table a[href*='within'] >> nth=0")
    is_sound()
    page.goto(f"{page.url.partition('?')[0]}/acts/note_for_record")
    is_sound()


def test_a_matter_is_entered_and_acted_on_without_javascript(browser: Browser, address: str) -> None:
    page, _ = signed_in(browser, address, "officer", scripts=False)
    to_the_check(page, address)
    page.click("form.act button.btn-primary")
    expect(page.locator(".done")).to_be_visible()
    case = page.url.partition("?")[0]
    page.fill("#comment-body", "Ask for the second book too.")
    page.click("form[action$='/comments'] button")
    expect(page.locator(".remark")).to_have_text("Ask for the second book too.")
    page.goto(f"{case}/acts/assess")
    expect(page.locator(".follows li")).not_to_have_count(0)
    other, _ = signed_in(browser, address, "officer", scripts=False)
    other.goto(f"{case}/acts/assess")
    for one, text in ((other, "It seems founded."), (page, "Typed with care.")):
        one.fill("#assessment", text)
        one.check("#no_duplicate")
        one.click("form.act button.btn-primary")
    expect(page.locator("#typed-1")).to_have_value("Typed with care.")
    page.goto(f"{case}?kind=state")
    expect(page.locator(".timeline li")).to_have_count(2)
    page.click(".picture a.step >> nth=0")
    expect(page.locator("form.act")).to_be_visible()


def test_one_act_in_several_cases_and_a_saved_view_without_javascript(browser: Browser, address: str) -> None:
    page, _ = signed_in(browser, address, "officer", scripts=False)
    page.goto(f"{address}/cases?show=all&workflow=inspection&sort=-updated")
    for n in range(2):
        page.check(f".pick input >> nth={n}")
    page.click(".bulk button")
    page.click("button[value='inspection:note_for_record']")
    page.fill("#note", "Seen in the weekly round.")
    page.click("form.act button.btn-primary")
    expect(page.locator("tr[data-status='201']")).to_have_count(2)
    page.goto(f"{address}/cases?workflow=inspection&unit=&mine=1")
    page.click(".set-ups details >> nth=0 >> summary")
    page.fill("#view-name", "Mine")
    page.click("form[action='/views'] button")
    expect(page.locator("h1")).to_have_text("Mine")
    expect(page.locator(".chips a.chip")).to_have_count(2)


def test_the_keyboard_leads_to_my_work_and_through_the_rows(browser: Browser, address: str) -> None:
    page, _ = signed_in(browser, address, "chair")
    page.goto(f"{address}/cases?show=all")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("tbody tr >> nth=1")).to_have_class("here")
    page.keyboard.press("k")
    expect(page.locator("tbody tr >> nth=0")).to_have_class("here")
    page.keyboard.press("Enter")
    expect(page.locator("#happened")).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("m")
    expect(page).to_have_url(f"{address}/")
    page.goto(f"{address}/cases")
    page.keyboard.press("/")
    expect(page.locator("#search-box")).to_be_focused()
    page.keyboard.type("gm")
    expect(page.locator("#search-box")).to_have_value("gm")


def test_what_follows_is_told_anew_as_soon_as_a_day_is_entered(browser: Browser, address: str) -> None:
    page, complaints = signed_in(browser, address, "officer")
    page.goto(f"{address}/cases/new/shortcoming")
    page.fill("#what", "The door of the store stood open.")
    page.fill("#due", "2031-12-10")
    page.press("#due", "Tab")
    expect(page.locator("#what-follows")).to_contain_text("2031")
    assert page.input_value("#what") == "The door of the store stood open."
    assert page.url == f"{address}/cases/new/shortcoming" and complaints == []


def test_on_paper_nothing_can_be_pressed_and_explanations_stand_open(browser: Browser, address: str) -> None:
    page, _ = signed_in(browser, address, "officer")
    page.goto(f"{address}/cases?workflow=inspection&sort=-updated")
    page.click("tbody a >> nth=0")
    why = page.locator("#limits ~ ul details.why").first
    expect(why.locator("summary ~ *").first).not_to_be_visible()
    page.emulate_media(media="print")
    expect(why.locator("summary ~ *").first).to_be_visible()
    assert page.locator("main .btn:visible, main button:visible").count() == 0

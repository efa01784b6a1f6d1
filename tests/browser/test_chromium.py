"""The browser that the tests are given is real, and has the two widths that matter."""

from __future__ import annotations

from playwright.sync_api import Page


def test_a_page_is_a_desk_wide_and_runs_scripts(page: Page) -> None:
    page.set_content("<button onclick=\"this.textContent = 'pressed'\">press</button>")
    page.get_by_role("button").click()
    assert page.get_by_role("button").text_content() == "pressed"
    assert page.evaluate("innerWidth") == 1280


def test_a_phone_is_a_hand_wide(phone: Page) -> None:
    phone.set_content("<meta name=viewport content='width=device-width'><p>kiểm tra</p>")
    assert phone.evaluate("innerWidth") == 390

"""A register goes from its files to its cases in a browser, on a screen and on a phone, and every page on the way is sound."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.serving import served
from tests.browser.test_pages import signed_in, sound
from tests.services.registers import MAPPING, register


@pytest.mark.parametrize("width", [390, pytest.param(1280, marks=pytest.mark.full)])
def test_a_register_is_sent_mapped_previewed_and_imported(browser: Browser, tmp_path: Path, width: int) -> None:
    files = sorted(register(tmp_path / "r").iterdir())
    with served("hospital", tmp_path) as address:
        page, complaints = signed_in(browser, address, "chair", width)
        page.goto(f"{address}/registers")
        sound(page, complaints, width)
        page.set_input_files("#files", files)
        page.click("main form button")
        page.wait_for_url("**/registers/*")
        sound(page, complaints, width)
        page.fill("#mapping", MAPPING)
        page.click("button[value=preview]")
        page.locator("#would").wait_for()
        sound(page, complaints, width)
        page.click("button[value=import]")
        page.locator(".done").wait_for()
        sound(page, complaints, width)
        page.goto(f"{address}/cases?show=contradictory")
        assert page.locator("tbody a").count() == 2
        page.goto(address + str(page.locator("tbody a").first.get_attribute("href")))
        assert page.locator("main .alert-box").is_visible()
        sound(page, complaints, width)

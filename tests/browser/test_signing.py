"""Signing in with a printed sheet, and a half-typed order that comes back after a new proof: in a real browser, without script."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.heading import ME, opened
from tests.browser.serving import PASSWORD, served


@pytest.fixture(scope="module", params=["depot", "hospital"])
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp(request.param)
    with served(request.param, folder) as address:
        yield address, folder / "inspect.db"


def signed_in(browser: Browser, address: str, login: str) -> Page:
    page = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844}).new_page()
    page.goto(f"{address}/sign-in")
    return sign_in(page, login)


def sign_in(page: Page, login: str) -> Page:
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.click("main form button")
    page.wait_for_load_state()
    return page


def age(database: Path, **columns: int) -> None:
    """Let all sessions have been proved, or used, so many minutes ago."""
    with sqlite3.connect(database, timeout=20) as session:
        for column, minutes in columns.items():
            session.execute(f"UPDATE session SET {column} = {column} - ?", (minutes * 60_000_000,))


def test_a_half_typed_order_comes_back_after_a_new_proof(browser: Browser, house: tuple[str, Path]) -> None:
    address, database = house
    chair = signed_in(browser, address, "chair")
    chair.click("a[href$='/acts/issue'] >> nth=0")
    chair.select_option("#team_lead", index=3)
    chair.select_option("#lead_declared", "clean")
    chair.click("button[name=add]")
    for n, person in enumerate((5, 6)):
        chair.select_option(f"#team-{n}-person", index=person)
        chair.select_option(f"#team-{n}-declared", "clean")
    chair.fill("#period_from", date.today().isoformat())  # noqa: DTZ011
    chair.fill("#period_to", (date.today() + timedelta(days=30)).isoformat())  # noqa: DTZ011
    chair.fill("#plan", "Two days <on site> & one more.")
    second = chair.input_value("#team-1-person")
    age(database, proved_at=6)
    chair.click("form.act button.btn-primary")
    expect(chair).to_have_url(re.compile("/prove"))
    chair.fill("#password", PASSWORD)
    chair.click("main form button")
    expect(chair).to_have_url(re.compile("/acts/issue"))
    expect(chair.locator(".done")).to_be_visible()
    assert chair.input_value("#plan") == "Two days <on site> & one more."
    assert chair.input_value("#team-1-person") == second
    chair.click("form.act button.btn-primary")
    assert chair.locator("svg [data-state].state-current").get_attribute("data-state") == "ordered"


def test_a_half_typed_record_comes_back_after_the_session_ended(browser: Browser, house: tuple[str, Path]) -> None:
    address, database = house
    officer = signed_in(browser, address, "officer")
    officer.goto(f"{address}/cases/new/inspection")
    officer.fill("#what", "Đèn hành lang <tầng 2> không sáng.")
    age(database, seen_at=21)
    officer.click("form.act button.btn-primary")
    expect(officer).to_have_url(re.compile("/sign-in"))
    expect(officer.locator(".done")).to_be_visible()
    sign_in(officer, "officer")
    expect(officer).to_have_url(re.compile("/cases/new/inspection"))
    assert officer.input_value("#what") == "Đèn hành lang <tầng 2> không sáng."


def test_with_a_printed_sheet_one_signs_in_on_a_phone(browser: Browser, house: tuple[str, Path]) -> None:
    address, _ = house
    head = signed_in(browser, address, "head")
    opened(head, ME)
    head.click(ME)
    head.click("a[href='/account/factors'] >> nth=0")
    head.click("section[aria-labelledby=sheet] button")
    expect(head.locator(".codes code")).to_have_count(10)
    codes = head.locator(".codes code").all_inner_texts()
    assert head.evaluate("document.documentElement.scrollWidth") <= 390
    head.emulate_media(media="print")
    expect(head.locator(".codes")).to_be_visible()
    expect(head.locator("header")).to_be_hidden()
    head.emulate_media(media="screen")
    opened(head, "form[action='/sign-out'] button")
    head.click("form[action='/sign-out'] button")
    sign_in(head, "head")
    expect(head).to_have_url(re.compile("/sign-in/second"))
    head.fill("#code", codes[0].lower().replace("-", " "))
    head.click("main form button")
    expect(head.locator("summary[aria-controls=me]")).to_be_visible()

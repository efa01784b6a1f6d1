"""The main job of each of the three, in a real browser, in both houses, without script, in under ten clicks after signing in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.heading import opened
from tests.browser.serving import PASSWORD, served


@pytest.fixture(scope="module", params=["depot", "hospital"])
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(request.param, tmp_path_factory.mktemp(request.param)) as url:
        yield url


class Person:
    """Someone at a browser without script; every click is counted."""

    def __init__(self, browser: Browser, address: str, login: str) -> None:
        context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900}, accept_downloads=True)
        self.page: Page = context.new_page()
        self.address, self.clicks = address, 0
        self.page.goto(address)
        self.page.fill("#login", login)
        self.page.fill("#password", PASSWORD)
        self.click("main form button")

    def click(self, what: str) -> None:
        self.clicks += 1 + opened(self.page, what)
        self.page.click(what)
        self.page.wait_for_load_state()

    def state(self) -> str:
        """The state of the case on the page, by its code in the picture."""
        return str(self.page.locator("svg [data-state].state-current").get_attribute("data-state"))


def test_the_committee_opens_a_case(browser: Browser, address: str) -> None:
    officer = Person(browser, address, "officer")
    officer.click("nav a[href='/cases/new']")
    officer.click("a[href='/cases/new/inspection']")
    officer.page.select_option("#unit", index=2)
    if officer.page.locator("#title").count():
        officer.page.fill("#title", "Sổ trực tháng 10")
    officer.page.select_option("#source", "signal")
    officer.page.fill("#what", "On 3 October the duty book was not kept, in the main store.")
    officer.click("form.act button.btn-primary")
    expect(officer.page.locator(".done")).to_be_visible()
    assert officer.state() == "registered"
    assert officer.clicks < 10


def test_the_chair_orders_an_inspection_with_a_team(browser: Browser, address: str) -> None:
    chair = Person(browser, address, "chair")
    chair.click("a[href$='/acts/issue'] >> nth=0")
    chair.page.select_option("#team_lead", index=3)
    chair.page.select_option("#lead_declared", "clean")
    chair.click("button[name=add]")
    for n, person in enumerate((5, 6)):
        chair.page.select_option(f"#team-{n}-person", index=person)
        chair.page.select_option(f"#team-{n}-declared", "clean")
    chair.page.fill("#period_from", date.today().isoformat())  # noqa: DTZ011
    chair.page.fill("#period_to", (date.today() + timedelta(days=30)).isoformat())  # noqa: DTZ011
    chair.page.fill("#plan", "Two days on site.")
    assert chair.page.input_value("#team_lead")
    chair.click("form.act button.btn-primary")
    assert chair.state() == "ordered", chair.page.inner_text("main")
    assert chair.clicks < 10


def test_the_head_of_a_unit_receives_and_acknowledges(browser: Browser, address: str) -> None:
    head = Person(browser, address, "head")
    head.click(".call a.btn-primary >> nth=0")
    if head.page.locator("form[action$='/acts/receive']").count():
        head.click("form[action$='/acts/receive'] button")
        assert head.page.locator(".leaf code").inner_text()
        head.click("main a.btn-primary")
    head.click("a[href$='/acts/acknowledge']")
    head.page.fill("#statement", "I take it on and report by the end of the month.")
    head.click("form.act button.btn-primary")
    assert len(head.page.locator(".leaf code").inner_text()) == 64
    head.click("main a.btn-primary")
    head.click("main .acts a[href^='/cases/'] >> nth=-1")
    assert head.state() == "acknowledged"
    assert head.clicks < 10


def test_the_auditor_takes_histories_away(browser: Browser, address: str) -> None:
    auditor = Person(browser, address, "auditor")
    auditor.click("nav a[href='/exports']")
    auditor.page.check("input[value=jsonl]")
    auditor.page.fill("#reason", "the yearly audit")
    with auditor.page.expect_download() as waiting:
        auditor.clicks += 1
        auditor.page.click("form.act button.btn-primary")
    text = Path(waiting.value.path()).read_text("utf-8")
    assert text.count("\n") > 300
    assert auditor.clicks < 10


def test_a_wrong_field_is_named_beside_it_and_nothing_typed_is_lost(browser: Browser, address: str) -> None:
    officer = Person(browser, address, "officer")
    officer.page.goto(f"{address}/cases/new/inspection")
    officer.page.fill("#what", "short")
    officer.click("form.act button.btn-primary")
    expect(officer.page.locator("#wrong-what")).to_be_visible()
    expect(officer.page.locator("#wrong-source")).to_be_visible()
    assert officer.page.input_value("#what") == "short"


def test_who_has_no_part_in_a_case_finds_none(browser: Browser, address: str) -> None:
    chair = Person(browser, address, "chair")
    chair.page.goto(f"{address}/cases?show=all&workflow=inspection")
    there = chair.page.locator("tbody a").first.get_attribute("href")
    admin = Person(browser, address, "admin")
    answer = admin.page.goto(f"{address}{there}")
    assert answer is not None
    assert answer.status == 404
    assert admin.page.locator("table").count() == 0

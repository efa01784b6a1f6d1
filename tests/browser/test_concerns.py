"""A concern about the chair in a real browser, in both houses and languages: sent without an account, unseen by the line, handed over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.serving import PASSWORD, served
from tests.browser.test_pages import sound

CHAIRS = {"depot": "Phạm Đức Khoan", "hospital": "Margaret Ellwood"}
ENDED = {"vi": "Đã chuyển đến nơi có thẩm quyền", "en": "It was handed over to another body"}
ROW, NEXT = re.compile(r"<tr\b"), re.compile(r'<a [^>]*rel="next" href="([^"]+)"')
LINE = ("chair", "officer", "member", "recorder", "admin", "auditor", "head")


@pytest.fixture(scope="module", params=["depot", "hospital"])
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    with served(request.param, tmp_path_factory.mktemp(request.param)) as url:
        yield url, request.param


def signed_in(browser: Browser, address: str, login: str) -> Page:
    page = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900}).new_page()
    page.goto(address)
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.click("main form button")
    page.wait_for_load_state()
    return page


def report(page: Page, address: str, language: str, chair: str) -> str:
    """Send a concern about the chair; returns the receipt code."""
    page.goto(f"{address}/concern?language={language}")
    page.select_option("#unit", index=2)
    page.fill("#what", "A finding was taken out of the report after the committee had heard it.")
    page.select_option("#conduct", "act")
    page.fill("#place", "sitting of May")
    page.fill("#happened_from", "2026-05-04")
    page.fill("[name='named-0-described']", f"{chair} …")
    page.click("form.act .btn-primary")
    return page.locator(".receipt code").inner_text()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_concern_about_the_chair(browser: Browser, place: tuple[str, str], language: str) -> None:
    address, house = place
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    reporter = context.new_page()
    line = {login: signed_in(browser, address, login) for login in LINE}
    before = {login: total(page, address) for login, page in line.items()}
    assert before["auditor"] > 100 and before["admin"] == 0
    code = report(reporter, address, language, CHAIRS[house])
    assert context.cookies() == []

    contact = signed_in(browser, address, "contact")
    contact.goto(f"{address}/cases?workflow=concern&sort=-opened")
    there = str(contact.locator("tbody a").first.get_attribute("href")).partition("?")[0]
    for login, page in line.items():
        assert total(page, address) == before[login]
        answer = page.goto(address + there)
        assert answer is not None and answer.status == 404
        page.context.close()

    contact.goto(f"{address}{there}/acts/assess")
    contact.fill("#assessment", "specific, can be verified")
    contact.fill("#told", "We have it and look into it.")
    contact.click("form.act .btn-primary")
    contact.goto(f"{address}{there}/acts/ask_reporter")
    contact.fill("#question", "Who else was there?")
    contact.click("form.act .btn-primary")

    reporter.goto(f"{address}/concern/back?language={language}")
    reporter.fill("#code", code.lower())
    reporter.click("main .btn-primary")
    expect(reporter.get_by_text("Who else was there?")).to_be_visible()
    reporter.fill("#facts", "Two members of the committee.")
    reporter.click("section[aria-labelledby=add] .btn-primary")
    expect(reporter.locator(".done")).to_be_visible()

    contact.goto(f"{address}{there}/acts/hand_over")
    contact.fill("#to_body", "the body above")
    contact.fill("#reason", "It is about the committee itself.")
    contact.click("form.act .btn-primary")
    expect(contact.locator(".done")).to_be_visible()
    reporter.goto(f"{address}/concern/back?language={language}")
    reporter.fill("#code", code)
    reporter.click("main .btn-primary")
    expect(reporter.get_by_text(ENDED[language])).to_be_visible()
    context.close()


def total(page: Page, address: str) -> int:
    """How many cases the register of whoever is signed in holds, page after page, as their browser is sent it."""
    found, place = 0, "/cases?show=all"
    while place:
        answer = page.request.get(address + place)
        assert answer.ok
        text = answer.text()
        found += len(ROW.findall(text.partition("<tbody")[2].partition("</tbody>")[0]))
        more = NEXT.search(text)
        place = unescape(more[1]) if more else ""
    return found


@pytest.mark.parametrize("width", [1280, 390])
def test_the_pages_of_concerns_are_sound(browser: Browser, place: tuple[str, str], width: int) -> None:
    address, house = place
    page = browser.new_context(viewport={"width": width, "height": 850}).new_page()
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
    for path in ("/concern", "/concern/back", "/sign-in"):
        page.goto(address + path)
        sound(page, complaints, width)
    code = report(page, address, "en", CHAIRS[house])
    sound(page, complaints, width)
    page.goto(f"{address}/concern/back")
    page.fill("#code", code)
    page.click("main .btn-primary")
    sound(page, complaints, width)
    page.goto(f"{address}/sign-in")
    page.fill("#login", "unit")
    page.fill("#password", PASSWORD)
    page.click("main form button")
    for path in ("/concerns", "/concern"):
        page.goto(address + path)
        sound(page, complaints, width)
    page.goto(f"{address}/concerns")
    page.click("ul.cards a")
    sound(page, complaints, width)

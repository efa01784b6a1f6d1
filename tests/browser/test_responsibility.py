"""Scenario S7 in a real browser without script: a head contests, a head is silent, the wrong head is asked; on both bases, in both houses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.serving import console, served
from tests.browser.test_journeys import Person
from tests.browser.test_pages import signed_in, sound
from workflows.calendar import add

TODAY = date.today()  # noqa: DTZ011
NAMES = {"depot": ("head-pk1", "head-pk2", "BTV"), "hospital": ("head-med", "head-sur", "ACP")}
NOT_AN_ADMISSION = {"depot": "Trả lời không phải là thừa nhận vi phạm.", "hospital": "Answering is not an admission."}


@dataclass
class Place:
    """A served demonstration."""

    which: str
    url: str
    folder: Path


@pytest.fixture(scope="module", params=["depot", "hospital"])
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp(request.param)
    with served(request.param, folder) as url:
        yield Place(request.param, url, folder)


both_bases = pytest.mark.parametrize("basis", ["handling", "oversight"])


def assigned(browser: Browser, place: Place, basis: str) -> tuple[Person, str]:
    """An officer holds a head responsible and serves it; returns the officer, at the page of the case, and its number."""
    office, _, body = NAMES[place.which]
    officer = Person(browser, place.url, "officer")
    officer.page.goto(f"{place.url}/cases?show=open&workflow=inspection&state=following_up")
    officer.click("table.list tbody a >> nth=0")
    officer.click("a[href$='/acts/hold_responsible']")
    page = officer.page
    page.select_option("#basis", basis)
    page.select_option("#office", office)
    page.select_option("#line", "unit")
    page.select_option("#level", "direct")
    page.fill("#owed", "Say what is done about it, by whom and by when.")
    page.fill("#due", (TODAY + timedelta(days=30)).isoformat())
    page.fill("#finding", f"The round was not walked on four nights ({basis}).")
    if basis == "oversight":
        page.fill("#matter_on", (TODAY - timedelta(days=30)).isoformat())
    page.fill("#summary", "The night round of your area was not walked on four nights.")
    page.select_option("#determiner", body)
    before = page.url
    officer.click("form.act button.btn-primary")
    letter = page.locator(".letter").inner_text()
    expect(page).to_have_url(before)
    assert "not walked on four nights" in letter and NOT_AN_ADMISSION[place.which] in letter and f"{place.url}/answer/" in letter
    page.fill("#summary", "The night round of your area was not walked on four nights in a row.")
    officer.click("form.act button.btn-primary")
    assert "in a row" in page.locator(".letter").inner_text()
    officer.click("form.act button.btn-primary")
    expect(page.locator(".done")).to_be_visible()
    links = page.locator("section[aria-labelledby=responsibility] li a").all()
    officer.page.goto(place.url + max((str(a.get_attribute("href")) for a in links), key=lambda href: number_of(officer.page, place, href)))
    officer.click("a[href$='/acts/notify']")
    page.fill("#served_on", TODAY.isoformat())
    officer.click("form.act button.btn-primary")
    assert officer.state() == "notified"
    return officer, str(page.locator(".head .minor").first.inner_text()).split(" ")[0]


def number_of(page: Page, place: Place, href: str) -> str:
    """The number of a linked case, by which the newest is known."""
    return page.locator(f"li:has(a[href='{href}']) .minor").first.inner_text().split(" ")[0]


def history(officer: Person) -> list[str]:
    """The states the case has been in, by their codes in the picture."""
    officer.page.reload()
    return [str(g.get_attribute("data-state")) for g in officer.page.locator("svg [data-state].state-visited, svg [data-state].state-current").all()]


def answers(browser: Browser, place: Place, login: str, number: str) -> Person:
    """Someone opens the one link, and is asked to sign in first."""
    someone = Person.__new__(Person)
    someone.page = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844}).new_page()
    someone.address, someone.clicks = place.url, 0
    someone.page.goto(f"{place.url}/answer/{number}")
    someone.page.fill("#login", login)
    someone.page.fill("#password", "inspect-demo")
    someone.click("main form button")
    assert someone.page.url == f"{place.url}/answer/{number}"
    assert NOT_AN_ADMISSION[place.which] in someone.page.inner_text("main")
    return someone


def received(someone: Person, place: Place) -> None:
    """They press the first button, keep the receipt and go back."""
    someone.click("form[action$='/acts/receive'] button")
    assert len(someone.page.locator(".leaf code").inner_text()) == 64
    assert NOT_AN_ADMISSION[place.which] in someone.page.inner_text("main")
    someone.click("main a.btn-primary")


def determined(browser: Browser, place: Place, uid: str, outcome: str) -> None:
    member = Person(browser, place.url, "member")
    member.page.goto(f"{place.url}/cases/{uid}/acts/determine")
    member.page.select_option("#outcome", outcome)
    member.page.fill("#reasons", "As the file shows, with what was reported before.")
    member.click("form.act button.btn-primary")
    assert member.state() == "determined", member.page.inner_text("main")


def uid_of(officer: Person) -> str:
    return officer.page.url.split("/cases/")[1].split("?")[0].split("/")[0]


@both_bases
def test_a_head_contests_with_a_prior_report_and_it_is_reduced(browser: Browser, place: Place, basis: str) -> None:
    officer, number = assigned(browser, place, basis)
    head = answers(browser, place, "head", number)
    received(head, place)
    head.click("a[href$='/acts/contest']")
    head.page.fill("#grounds", "I had reported that nobody was there to walk it.")
    head.page.fill("#reported_on", (TODAY - timedelta(days=60)).isoformat())
    head.click("form.act button.btn-primary")
    expect(head.page.locator("[role=alert]")).to_be_visible()
    head.page.fill("#reported_to", "The head of the house")
    head.page.fill("#report_reference", "Letter 12, file 3, page 4")
    head.click("form.act button.btn-primary")
    assert "Letter 12" in head.page.inner_text(".letter")
    head.click("main a.btn-primary")
    officer.page.reload()
    officer.click("a[href$='/acts/escalate']")
    officer.page.fill("#reason", "The head names a report of before; the superior should hear it.")
    officer.click("form.act button.btn-primary")
    assert officer.state() == "escalated"
    determined(browser, place, uid_of(officer), "reduced")
    states = history(officer)
    assert "contested" in states and "determined" in states and not {"acknowledged", "acknowledged_with_reservation", "no_response"} & set(states)
    head.page.reload()
    assert "As the file shows" in head.page.inner_text("main")
    head.click("section[aria-labelledby=letters] a >> nth=0")
    assert "As the file shows" in head.page.inner_text(".letter")


@both_bases
def test_a_wrong_office_names_the_right_one_which_is_asked_anew(browser: Browser, place: Place, basis: str) -> None:
    officer, number = assigned(browser, place, basis)
    head = answers(browser, place, "head", number)
    received(head, place)
    head.click("a[href$='/acts/misdirect']")
    head.page.select_option("#right_office", NAMES[place.which][1])
    head.page.fill("#explanation", "The round belongs to the other area.")
    head.click("form.act button.btn-primary")
    officer.page.reload()
    assert officer.state() == "misdirected"
    links = [str(a.get_attribute("href")) for a in officer.page.locator("section[aria-labelledby=responsibility] li a").all()]
    officer.page.goto(place.url + max(links, key=lambda href: number_of(officer.page, place, href)))
    assert officer.state() == "identified"
    officer.click("a[href$='/acts/notify']")
    officer.page.fill("#served_on", TODAY.isoformat())
    officer.click("form.act button.btn-primary")
    right = answers(browser, place, "unit", str(officer.page.locator(".head .minor").first.inner_text()).split(" ")[0])
    received(right, place)
    officer.page.reload()
    assert officer.state() == "received"


@both_bases
def test_a_silent_head_is_reminded_twice_and_reported_and_never_shown_as_acknowledging(browser: Browser, place: Place, basis: str) -> None:
    officer, _ = assigned(browser, place, basis)
    served_on = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).date()
    for limit, state in (("8wd", "notified"), ("10wd", "no_response"), ("20wd", "escalated")):
        console(place.folder, "sweep", "--now", f"{(add(served_on, limit) + timedelta(days=1)).isoformat()}T00:00:00+07:00")
        officer.page.reload()
        assert officer.state() == state
        if state == "notified":
            assert officer.page.locator("section[aria-labelledby=letters] a").count() == 3
    determined(browser, place, uid_of(officer), "confirmed")
    states = history(officer)
    assert {"notified", "no_response", "escalated", "determined"} <= set(states)
    assert not {"received", "acknowledged", "acknowledged_with_reservation", "contested"} & set(states)


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_to_answer_its_letter_and_its_receipt_are_sound(browser: Browser, place: Place, width: int) -> None:
    page, complaints = signed_in(browser, place.url, "head", width)
    page.goto(f"{place.url}/responsibilities")
    for href in [str(a.get_attribute("href")) for a in page.locator(".cards h2 a").all()][:3]:
        page.goto(place.url + href)
        sound(page, complaints, width)
        links = page.locator("section[aria-labelledby=receipts] a, section[aria-labelledby=letters] a").all()
        for link in [str(a.get_attribute("href")) for a in links]:
            page.goto(place.url + link)
            sound(page, complaints, width)

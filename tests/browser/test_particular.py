"""The screens for particular people in a real browser, at both widths and in both houses: the person concerned, the auditor, the committee, whoever
answers an observation, the administrator. axe finds nothing, nothing is wider than the screen, and each way is gone without script as well."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.serving import console, served
from tests.browser.test_journeys import Person
from tests.browser.test_pages import signed_in, sound

TODAY = date.today()  # noqa: DTZ011
PLACES = (("chair", "/desk"), ("chair", "/organisation/map"), ("chair", "/organisation/map?measure=days"), ("chair", "/observations"),
          ("admin", "/administration"), ("admin", "/workflows"), ("admin", "/workflows/discipline"), ("auditor", "/engagements"), ("auditor", "/log"))


@pytest.fixture(scope="module", params=["depot", "hospital"])
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp(request.param)
    with served(request.param, folder) as url:
        console(folder, "work", "--once")
        yield url, folder


@pytest.mark.parametrize("width", [1280, 390])
def test_every_screen_of_these_people_is_sound(browser: Browser, place: tuple[str, Path], width: int) -> None:
    people = {login: signed_in(browser, place[0], login, width) for login in ("chair", "admin", "auditor", "head")}
    for login, path in PLACES:
        page, complaints = people[login]
        page.goto(place[0] + path)
        sound(page, complaints, width)
    page, complaints = people["chair"]
    page.goto(f"{place[0]}/desk")
    where = str(page.locator(".cards a").first.get_attribute("href"))
    for path in (where, f"{where}/minutes"):
        page.goto(place[0] + path)
        sound(page, complaints, width)
    page, complaints = people["head"]
    page.goto(f"{place[0]}/cases?show=all&workflow=inspection")
    page.goto(place[0] + str(page.locator("tbody a").first.get_attribute("href")))
    expect(page.locator("#company")).to_be_visible()
    sound(page, complaints, width)


def test_an_auditor_begins_draws_observes_and_is_answered(browser: Browser, place: tuple[str, Path]) -> None:
    auditor = Person(browser, place[0], "auditor")
    auditor.click("nav a[href='/engagements']")
    auditor.click(".cards a")
    page = auditor.page
    if page.locator("#covers_from").count():
        page.fill("#covers_from", (TODAY - timedelta(days=700)).isoformat())
        page.fill("#covers_until", TODAY.isoformat())
        auditor.click("form.act button.btn-primary")
    page.fill("#size", "5")
    auditor.click("form:has(#size) button.btn-primary")
    assert page.locator("#samples ~ .table-wrap tbody tr").count() == 5
    page.select_option("#unit", index=1)
    page.fill("#says", "Five signals were left without an assessment.")
    page.fill("#due", (TODAY + timedelta(days=14)).isoformat())
    auditor.click("form:has(#says) button.btn-primary")
    chair = Person(browser, place[0], "chair")
    chair.click("nav a[href='/observations']")
    chair.page.fill("textarea >> nth=0", "They were assessed on the next day; see the register.")
    chair.click("form:has(textarea) button.btn-primary")
    page.reload()
    auditor.click("button[name=accepted][value=yes]")
    expect(page.locator(".row-box .tag").first).to_be_visible()
    console(place[1], "audit", "verify")

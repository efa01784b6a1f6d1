"""The fast track in a real browser, without script: at most three clicks after signing in, one page, at most five required fields."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.heading import opened
from tests.browser.serving import PASSWORD, served

TODAY = date.today()  # noqa: DTZ011
MOST_CLICKS, MOST_FIELDS = 3, 5
UNDER = {"depot": "Kho Phụ tùng ô tô", "hospital": "Damson Ward"}
"""A unit whose head stands right below the account `unit`."""


@pytest.fixture(scope="module", params=["depot", "hospital"])
def house(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module", params=["vi", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def address(house: str, language: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(house, tmp_path_factory.mktemp(f"{house}-{language}")) as url:
        yield url


class Desk:
    """Someone who has signed in, in a language; what they click from here on is counted, and what a form insists on."""

    def __init__(self, browser: Browser, address: str, login: str, language: str) -> None:
        context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
        self.page: Page = context.new_page()
        self.page.goto(address)
        self.page.fill("#login", login)
        self.page.fill("#password", PASSWORD)
        self.page.click("main form button")
        self.page.wait_for_load_state()
        if self.page.get_attribute("html", "lang") != language:
            opened(self.page, wanted := f"button[name=language][value={language}]")
            self.page.click(wanted)
            self.page.wait_for_load_state()
        self.address, self.clicks, self.fields = address, 0, 0

    def click(self, what: str) -> None:
        self.clicks += 1 + opened(self.page, what)
        self.page.locator(what).first.click()
        self.page.wait_for_load_state()

    def fill(self, **told: str) -> None:
        """Fill in what the form insists on, and what is told; dates lie in the past unless they are told."""
        form = self.page.locator("form.act")
        wanted = form.locator("[aria-required=true]").all()
        self.fields = len(wanted) + form.locator("fieldset.picks").count()
        for one in [*wanted, *(form.locator(f"#{name}") for name in told)]:
            self._fill(one, told.get(one.get_attribute("id") or "", ""))
        for tick in form.locator("fieldset.picks input").all()[3:6]:
            tick.check()

    def _fill(self, one: Locator, value: str) -> None:
        kind = one.evaluate("e => e.tagName + ' ' + (e.getAttribute('type') || '')").strip()
        if kind.startswith("SELECT"):
            choices = one.locator("option").all_inner_texts()
            one.select_option(index=next(n for n, text in enumerate(choices) if n and (not value or text.endswith(value))))
        elif kind == "INPUT checkbox":
            one.check()
        elif kind == "INPUT date":
            one.fill(value or (TODAY - timedelta(days=1)).isoformat())
        else:
            one.fill(value or "The book was kept and signed on every day of the week.")

    def send(self) -> None:
        self.click("form.act button.btn-primary")
        expect(self.page.locator(".done, .leaf code").first).to_be_visible()
        assert self.clicks <= MOST_CLICKS
        assert self.fields <= MOST_FIELDS

    def record(self, workflow: str, **told: str) -> str:
        """Record something from the home page; returns the address of what was opened."""
        self.click(f"#record ~ ul a[href='/cases/new/{workflow}']")
        self.fill(**told)
        self.send()
        return self.page.url.partition("?")[0]

    def step(self, trigger: str, within: str = "") -> None:
        """Take a step that waits on the home page."""
        self.click(f"{within} a[href$='/acts/{trigger}']")
        self.fill()
        self.send()

    def state(self) -> str:
        return str(self.page.locator("svg [data-state].state-current").get_attribute("data-state"))




@pytest.fixture
def desk(browser: Browser, address: str, language: str):  # type: ignore[no-untyped-def]
    return lambda login: Desk(browser, address, login, language)


def test_f1_a_shortcoming_becomes_an_action(desk, address: str) -> None:  # type: ignore[no-untyped-def]
    officer = desk("officer")
    officer.record("shortcoming", office="")
    assert officer.state() == "noted" and officer.fields == 5
    owner = desk("unit")
    owner.step("finish", "#promises")
    assert owner.state() == "done"


def test_f2_a_talk_is_noted_and_the_person_says_that_they_saw_it(desk, house: str) -> None:  # type: ignore[no-untyped-def]
    superior = desk("unit")
    superior.record("talk", person=UNDER[house])
    assert superior.state() == "noted" and superior.fields == 4
    person = desk("head")
    person.click("tr:has(a[href$='/acts/see']) td a[href^='/cases/']")
    person.click("form[action$='/acts/see'] button")
    assert person.state() == "seen" and person.clicks <= MOST_CLICKS


def test_f3_a_records_check_with_nothing_found_ends_in_a_sheet(desk) -> None:  # type: ignore[no-untyped-def]
    officer = desk("officer")
    officer.record("records_check")
    assert officer.state() == "nothing_found" and officer.fields == 5
    officer.click("a[href$='/sheet']")
    expect(officer.page.locator("article.letter .signatures")).to_be_visible()


def test_f4_a_signal_ends_without_a_case_between_two_people_and_stands_on_the_ledger(desk) -> None:  # type: ignore[no-untyped-def]
    officer = desk("officer")
    officer.click("#waits tr:has(a[href$='/acts/propose']) td a[href^='/cases/']")
    uid = officer.page.url.partition("?")[0].rpartition("/")[2]
    officer.click("a[href$='/acts/propose_no_case']")
    officer.fill()
    officer.send()
    chair = desk("chair")
    chair.click(f"a[href='/cases/{uid}/acts/close_no_case']")
    chair.fill()
    chair.send()
    assert chair.state() == "closed_no_case"
    auditor = desk("auditor")
    auditor.click("nav a[href='/silence']")
    expect(auditor.page.locator(f"main a[href='/cases/{uid}']")).to_be_visible()


def test_f5_and_f6_a_head_receives_and_takes_more_time(desk) -> None:  # type: ignore[no-untyped-def]
    head = desk("head")
    number = head.page.locator(".call a[href^='/answer/']").first.get_attribute("href")
    head.click(f".call a.btn[href='{number}']")
    head.click("form[action$='/acts/receive'] button")
    expect(head.page.locator(".leaf code")).to_be_visible()
    assert head.clicks <= MOST_CLICKS
    again = desk("head")
    again.click(f".call a.btn[href='{number}']")
    again.click("a[href$='/acts/extend_statement']")
    again.fill(until=str(again.page.locator("#more-time time").last.get_attribute("datetime")))
    assert again.fields == 2
    again.send()


def test_f7_a_roll_out_goes_to_many_units_and_a_leader_answers(desk) -> None:  # type: ignore[no-untyped-def]
    officer = desk("officer")
    officer.record("rollout")
    assert officer.state() == "called" and officer.fields == 2
    assert officer.page.locator("#linked ~ ul li").count() == 3
    leader = desk("unit")
    leader.step("answer", "#waits tr[data-workflow=rollout]")
    assert leader.state() == "answered" and leader.fields == 2


def test_f8_a_meeting_that_took_place_is_typed_back_at_once(desk, house: str) -> None:  # type: ignore[no-untyped-def]
    recorder = desk("recorder")
    recorder.click("#record ~ ul a[href='/sittings']")
    recorder.click("a[href='/sittings/unit_check_held']")
    recorder.fill(person=UNDER[house])
    recorder.send()
    assert recorder.state() == "concluded" and recorder.fields == 5
    assert recorder.page.locator(".timeline > li").count() == recorder.page.locator(".timeline > li .tag").count() == 5


def test_f9_a_unit_check_is_announced_and_concluded(desk, house: str) -> None:  # type: ignore[no-untyped-def]
    leader = desk("unit")
    leader.record("unit_check", person=UNDER[house], held_on=(TODAY + timedelta(days=2)).isoformat())
    assert leader.state() == "announced" and leader.fields == 3
    meeting = desk("head")
    meeting.step("conclude", "#waits")
    assert meeting.state() == "concluded"


def test_f10_a_minor_matter_is_noted_answered_and_settled_or_made_formal(desk, house: str) -> None:  # type: ignore[no-untyped-def]
    superior = desk("unit")
    superior.record("minor_matter", person=UNDER[house])
    assert superior.state() == "noted" and superior.fields == 4
    settling = desk("unit")
    settling.click("#waits tr:has(a[href$='/acts/settle_without']) .next a.btn")
    settling.step("settle")
    assert settling.state() == "settled" and settling.fields == 2
    concerned = desk("unit")
    concerned.page.goto(f"{concerned.address}/cases?workflow=minor_matter")
    own = [str(a.get_attribute("href")) for a in concerned.page.locator("tbody a").all()]
    for place in own:
        concerned.page.goto(concerned.address + place)
        if concerned.page.locator("a[href$='/acts/answer']").count():
            break
    concerned.click("form[action$='/acts/make_formal'] button")
    assert concerned.state() == "made_formal" and concerned.clicks == 1


def test_a_unit_leaders_home_page_has_four_things(desk) -> None:  # type: ignore[no-untyped-def]
    leader = desk("unit")
    for place in ("#meeting", "#promises-title", "#waiting", "#record"):
        expect(leader.page.locator(place)).to_be_visible()
    assert leader.page.locator("#meeting ~ .card a").count() == 1



"""Every page that anybody gets to by links is usable by everyone, whole on a telephone, light or dark, and within the strict policy: nobody lists
them, they are walked to."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.serving import served
from tests.browser.test_pages import AXE, signed_in

PEOPLE = ("chair", "officer", "head", "lead", "auditor", "admin", "unit", "data", "contact")
FIRST = ("/", "/cases?show=all&q=nothing+has+these+words", "/nowhere")
BY_HAND = {"admin": ("/organisation/mail", "/setup"), "auditor": ("/searches", "/silence")}
"""Pages that are not far from a menu, and whose way leads over a button."""
EACH, ALL = 1, 80
"""So many pages of one kind, and so many in all for one person."""
FILES = re.compile(r"\.(pdf|json|ics|svg|mmd|dot)$|/(file|download|receipts/[0-9]+|samples/[0-9]+)$|^/(static|api)/")
"""What is no page, but a file to keep."""
_SAME = ((re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}"), "U"),
         (re.compile(r"(?<=/)[0-9]{4}-[0-9q]+(?=/|$)"), "N"), (re.compile(r"(?<=/)[0-9]+(?=/|$)"), "N"),
         (re.compile(r"/(units|offices|desk|calendars|workflows)/[^/]+"), r"/\1/X"), (re.compile(r"/papers/[^/]+/[^/]+"), "/papers/X/X"))


def kind(path: str) -> str:
    """What kind of page an address leads to: without what names one thing of many."""
    told = path.split("?")[0]
    for pattern, instead in _SAME:
        told = pattern.sub(instead, told)
    return told


def wrong(page: Page, width: int) -> list[str]:
    """What is wrong with the page that is shown."""
    found = page.evaluate(AXE + "; axe.run(document, {resultTypes: ['violations'], "
                                "runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})")
    said = [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in found["violations"]]
    wide = page.evaluate("document.documentElement.scrollWidth")
    said += [f"{wide} pixels wide"] if wide > width else []
    return said + ["a style of its own"] * page.evaluate("document.querySelectorAll('[style], style').length")


@pytest.mark.full
@pytest.mark.parametrize(("width", "dark"), [(390, True), (1280, False), (390, False), (1280, True)])
@pytest.mark.parametrize("house", ["depot", "hospital"])
def test_every_page_that_anybody_gets_to_is_sound(browser: Browser, tmp_path: Path, house: str, width: int, dark: bool) -> None:
    trouble: list[tuple[str, str, list[str]]] = []
    looked = Counter[str]()
    with served(house, tmp_path / house) as address:
        for login in PEOPLE:
            page, complaints = signed_in(browser, address, login, width, dark=dark)
            ahead, seen, own = [*FIRST, *BY_HAND.get(login, ())], set(FIRST), 0
            while ahead and own < ALL:
                path = ahead.pop(0)
                if path != "/" and looked[kind(path)] >= EACH:
                    continue
                looked[kind(path)] += 1
                own += 1
                answer = page.goto(address + path)
                assert answer is not None and answer.status < 500, (login, path)
                if found := wrong(page, width) + complaints:
                    trouble.append((login, path, found))
                complaints.clear()
                for link in page.eval_on_selector_all("a[href]:not([download])", "all => all.map(a => a.getAttribute('href'))"):
                    there = str(link).split("#")[0]
                    if there.startswith("/") and there not in seen and not FILES.search(there.split("?")[0]):
                        seen.add(there)
                        ahead.append(there)
            page.context.close()
    assert trouble == []
    assert len(looked) > 100

"""What is printed, in a real Chromium: the report of the month stays on one page."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.serving import served
from tests.browser.test_pages import signed_in


@pytest.fixture(scope="module", params=["depot", "hospital"])
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(request.param, tmp_path_factory.mktemp(request.param)) as url:
        yield url


def test_the_monthly_report_prints_on_one_page_for_everybody(browser: Browser, address: str) -> None:
    for login in ("officer", "chair", "unit"):
        page, _ = signed_in(browser, address, login, 1280)
        page.goto(f"{address}/figures/month")
        page.wait_for_load_state()
        assert len(re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf(prefer_css_page_size=True))) == 1
        page.context.close()


def test_a_long_month_of_work_stays_on_one_page(browser: Browser, address: str) -> None:
    """Rows with long names."""
    page, _ = signed_in(browser, address, "officer", 1280)
    page.goto(f"{address}/figures/month")
    page.wait_for_load_state()
    page.evaluate("""document.querySelectorAll('.report td[data-label]:last-child').forEach((one) => {
        one.textContent = 'Division of surgery, ward of short stays'; })""")
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf(prefer_css_page_size=True))) == 1

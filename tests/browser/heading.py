"""The head of a page, whose places hang behind a menu, a group or one's own name."""

from __future__ import annotations

from playwright.sync_api import Page

ME = "#me a[href='/account']"
"""The way to one's own account."""


def opened(page: Page, what: str) -> int:
    """Open what hides something of the head, as one has to before pressing it. Returns how many clicks that took; none for all else."""
    clicks = 0
    for summary in page.locator("summary[aria-controls]").all():
        hidden = page.locator(f"#{summary.get_attribute('aria-controls')}").locator(what.removeprefix("nav ").removeprefix("#me ")).first
        if hidden.count() and not hidden.is_visible() and summary.is_visible():
            summary.click()
            clicks += 1
    return clicks

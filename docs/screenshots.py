"""Take the pictures of the documentation from the demonstration, in Chromium: `make screenshots`."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import ARGUMENTS
from tests.browser.serving import PASSWORD, served
from tests.system_packages import chromium_program

HERE = Path(__file__).parent / "screenshots"
WIDTHS = {1280: 900, 390: 844}


def signed_in(browser: Browser, address: str, login: str, width: int) -> Page:
    page = browser.new_context(viewport={"width": width, "height": WIDTHS[width]}).new_page()
    page.goto(f"{address}/sign-in")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.click("main form button")
    page.wait_for_load_state()
    return page


def take(browser: Browser, address: str, width: int, tag: str) -> None:
    """The six main pages: work, register, case, form of an act, responsibility of a head, exports."""

    def keep(page: Page, name: str) -> None:
        page.wait_for_load_state()
        page.screenshot(path=HERE / f"{name}{tag}-{width}.png", clip={"x": 0, "y": 0, "width": width, "height": min(
            page.evaluate("document.documentElement.scrollHeight"), 1400)}, full_page=True)

    chair = signed_in(browser, address, "chair", width)
    keep(chair, "work")
    chair.goto(f"{address}/cases")
    keep(chair, "register")
    chair.goto(f"{address}/cases?workflow=inspection&sort=-updated")
    chair.click("tbody a >> nth=0")
    keep(chair, "case")
    chair.goto(f"{address}/")
    chair.click("a[href$='/acts/issue'] >> nth=0")
    chair.click("form.act button.btn-primary")
    keep(chair, "act")
    head = signed_in(browser, address, "head", width)
    head.click(".call a.btn-primary >> nth=0")
    keep(head, "responsibility")
    auditor = signed_in(browser, address, "auditor", width)
    auditor.goto(f"{address}/exports")
    keep(auditor, "exports")


def main() -> None:
    HERE.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_program(), args=ARGUMENTS)
        for house, tag in (("hospital", ""), ("depot", "-vi")):
            with TemporaryDirectory() as folder, served(house, Path(folder)) as address:
                for width in WIDTHS:
                    take(browser, address, width, tag)
        browser.close()


if __name__ == "__main__":
    main()

"""Walking through the pages as a person does: doors are clicked, forms are filled in, and pictures are taken where they are asked for."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.heading import opened
from tests.browser.serving import PASSWORD

DESK, PHONE = 1280, 390
HEIGHTS = {DESK: 900, PHONE: 844}
SCREEN = {DESK: 1080, PHONE: 1500}
"""The most of a page that a picture shows, in its pixels."""


@dataclass
class Album:
    """Where the pictures of the tutorials go. Without `PICTURES` none are taken."""

    folder: Path | None
    language: str
    dark: bool = False

    @classmethod
    def of(cls, language: str) -> Album:
        told = os.environ.get("PICTURES", "")
        return cls(Path(told).resolve() if told else None, language, "PICTURES_DARK" in os.environ)

    def keep(self, page: Page, name: str, part: str = "main") -> None:
        """Keep a picture of a part of the page, as far as one screen shows it."""
        if self.folder is None:
            return
        width = int(page.viewport_size["width"]) if page.viewport_size else DESK
        box = page.locator(part).first.bounding_box()
        assert box is not None, part
        top = box["y"] + float(page.evaluate("window.scrollY"))
        clip = {"x": 0, "y": top, "width": width, "height": min(box["height"], SCREEN[width]), "scale": 1}
        with_tools = page.context.new_cdp_session(page)
        taken = with_tools.send("Page.captureScreenshot", {"format": "webp", "quality": 60, "clip": clip, "captureBeyondViewport": True})
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / f"{name}.{self.language}.webp").write_bytes(base64.b64decode(taken["data"]))


@dataclass
class Walker:
    """Somebody at a screen, signed in, in a language; what the console complains of is kept."""

    page: Page
    address: str
    login: str
    album: Album
    password: str = PASSWORD
    complaints: list[str] = field(default_factory=list)
    turn: list[str] = field(default_factory=lambda: [""])
    """Who acted last: a page that another has acted on since is loaded anew."""

    def go(self, place: str) -> None:
        """Go to a place; whose session ended meanwhile signs in again and is led there."""
        self.page.goto(f"{self.address}{place}")
        if self.login and "/sign-in" in self.page.url:
            self.page.fill("#login", self.login)
            self.page.fill("#password", self.password)
            self.press("main form button")

    def prove(self) -> None:
        """Say once more who one is, before what needs a fresh proof."""
        self.go("/prove")
        self.page.fill("#password", self.password)
        self.page.click("main form button")
        self.page.wait_for_load_state()

    def press(self, what: str | Locator) -> None:
        """Press something; the page that follows is there afterwards, also where the last proof was too old."""
        target = self.page.locator(what).first if isinstance(what, str) else what
        if isinstance(what, str):
            opened(self.page, what)
        target.click()
        self.page.wait_for_load_state()
        if "/prove" in self.page.url:
            self.page.fill("#password", self.password)
            self.page.click("main form button")
            self.page.wait_for_load_state()
            self.page.click("form.act button.btn-primary")
            self.page.wait_for_load_state()

    def picture(self, name: str, part: str = "main") -> None:
        self.album.keep(self.page, name, part)

    def says(self, *words: str) -> None:
        """The page says each of these."""
        for one in words:
            expect(self.page.locator("main")).to_contain_text(one)

    # A case --------------------------------------------------------------------------------------------------------------------------

    def case(self, uid: str) -> None:
        self.go(f"/cases/{uid}")

    def state(self) -> str:
        """The state of the case on the page, by its code in the picture."""
        return str(self.page.locator("svg [data-state].state-current").first.get_attribute("data-state"))

    def door(self, trigger: str) -> None:
        """Press the door of an act on the page one is on."""
        self.press(f"main a[href$='/acts/{trigger}'], main form[action$='/acts/{trigger}'] button")

    def act(self, uid: str, trigger: str, state: str = "", *, shown: str = "", done: str = "", **told: Any) -> None:
        """Take a step in a case, from its page: its door, its form, and what came of it. `shown` and `done` name pictures of the form filled in, and
        of the page afterwards."""
        if self.turn != [self.login] or f"/cases/{uid}" != self.page.url.removeprefix(self.address).partition("?")[0]:
            self.case(uid)
        self.turn[0] = self.login
        self.door(trigger)
        if "/acts/" in self.page.url:
            self.fill(**told)
            self.send(shown)
        expect(self.page.locator(".done, .leaf code").first).to_be_visible()
        if state:
            assert self.state() == state, self.page.inner_text("main")[:600]
        if done:
            self.picture(done)

    def send(self, shown: str = "") -> None:
        if shown:
            self.picture(shown)
        self.press("form.act button.btn-primary")

    def linked(self, section: str) -> str:
        """The newest case that a section of the page leads to."""
        rows = self.page.locator(f"section[aria-labelledby={section}] li:has(> a[href^='/cases/'])").all()
        newest = max(rows, key=lambda li: li.locator(".minor").first.inner_text().partition(" ")[0])
        return str(newest.locator("a").first.get_attribute("href")).removeprefix("/cases/")

    # A form --------------------------------------------------------------------------------------------------------------------------

    def fill(self, **told: Any) -> None:
        """Fill in fields by their names: a person or an office by the words it goes by, rows as rows, evidence as its numbers."""
        for name, value in told.items():
            self._fill(name, value)

    def _fill(self, name: str, value: Any) -> None:
        if isinstance(value, Sequence) and not isinstance(value, str) and value and isinstance(value[0], Mapping):
            for n, row in enumerate(value):
                if not self.page.locator(f"[id='at-{name}-{n}-{next(iter(row))}']").count():
                    self.press(f"button[name=add][value='{name}']")
                for inner, one in row.items():
                    self._fill(f"{name}-{n}-{inner}", one)
            return
        if isinstance(value, Sequence) and not isinstance(value, str):
            for one in value:
                self.page.check(f"[id='at-{name}'] input[value='{one}']")
            return
        place = self.page.locator(f"[id='{name}']")
        if value is True:
            place.check()
        elif place.evaluate("e => e.tagName") == "SELECT":
            self._select(place, str(value))
        else:
            place.fill(str(value))

    @staticmethod
    def _select(place: Locator, value: str) -> None:
        """Choose by the code, else by the words that an option begins with."""
        options = place.locator("option").all()
        codes = [o.get_attribute("value") for o in options]
        if value not in codes:
            said = place.locator("option").all_inner_texts()
            value = next((code or "" for code, words in zip(codes, said, strict=True) if words.startswith(value)), "")
            assert value, said
        place.select_option(value=value)


@dataclass
class Troupe:
    """Everybody who takes part, each signed in once for a screen; at the end no console may have complained."""

    browser: Browser
    address: str
    language: str
    passwords: dict[str, str] = field(default_factory=dict)
    walkers: dict[tuple[str, int], Walker] = field(default_factory=dict)
    turn: list[str] = field(default_factory=lambda: [""])

    def page(self, width: int = DESK) -> tuple[Page, list[str]]:
        """A page of nobody's, and what its console complains of."""
        album = Album.of(self.language)
        context = self.browser.new_context(viewport={"width": width, "height": HEIGHTS[width]}, color_scheme="dark" if album.dark else "light",
                                           locale={"en": "en-GB", "vi": "vi-VN"}[self.language],
                                           has_touch=width == PHONE, is_mobile=width == PHONE, accept_downloads=True)
        page, complaints = context.new_page(), list[str]()
        page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda e: complaints.append(str(e)))
        return page, complaints

    def visitor(self, width: int = DESK) -> Walker:
        """Somebody who is not signed in."""
        page, complaints = self.page(width)
        return self._kept(Walker(page, self.address, "", Album.of(self.language), complaints=complaints, turn=self.turn), width)

    def _kept(self, walker: Walker, width: int) -> Walker:
        self.walkers[walker.login or f"visitor {len(self.walkers)}", width] = walker
        return walker

    def __call__(self, login: str, width: int = DESK) -> Walker:
        """Somebody at their screen; they sign in when they come for the first time."""
        if (login, width) in self.walkers:
            return self.walkers[login, width]
        page, complaints = self.page(width)
        walker = Walker(page, self.address, login, Album.of(self.language), self.passwords.get(login, PASSWORD), complaints, self.turn)
        walker.go("/sign-in")
        if page.get_attribute("html", "lang") != self.language:
            walker.press(f"button[name=language][value={self.language}]")
        return self._kept(walker, width)

    def content(self) -> None:
        """No console complained, on no screen."""
        complaints = {key: w.complaints for key, w in self.walkers.items() if w.complaints}
        assert complaints == {}, complaints

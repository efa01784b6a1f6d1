"""The menu at the head of every page: the places this reader may go to, grouped by what people do; and the choice of a light or a dark page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Blueprint, g, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from inspect_app import http, i18n
from inspect_app.access.policy import TABLE, Policy, policy
from inspect_app.pages.signing import back_to, with_cookie
from inspect_app.services import desk, directory
from workflows.roles import Role

pages = Blueprint("menu", __name__)

THEMES: Mapping[str, str | None] = {"auto": "(prefers-color-scheme: dark)", "light": None, "dark": "screen"}
"""The choices of light and dark, and for which media the dark colours hold with each; paper is always light."""

Right = Callable[[frozenset[Role]], bool]


def _everybody(granted: frozenset[Role]) -> bool:
    return True


def _one_of(*roles: Role) -> Right:
    return lambda granted: bool(granted & set(roles))


def _may(action: Policy) -> Right:
    """Whoever the door itself lets through."""
    return _one_of(*TABLE[action].granted)


def _has_a_desk(granted: frozenset[Role]) -> bool:
    return bool(granted & desk.SITTING) or desk.may_have(http.house(), http.actor())


GROUPS: Mapping[str, tuple[tuple[str, str, Right], ...]] = {
    "mine": (
        ("home.work", "menu.work", _everybody),
        ("home.responsibilities", "menu.responsibilities", _everybody),
        ("deadlines.show", "menu.deadlines", _everybody),
        ("concerns.mine", "menu.concerns", _everybody),
        ("audits.listed", "menu.observations", _one_of(Role.CHAIR, Role.UNIT_LEAD)),
        ("access.answer", "menu.unredacted", _one_of(Role.DATA_OFFICER)),
    ),
    "cases": (
        ("home.register", "menu.register", _everybody),
        ("acts.choose", "menu.open", _one_of(Role.OFFICER, Role.CHAIR, Role.MEMBER, Role.UNIT_LEAD, Role.RECORDER)),
        ("desk.choose", "menu.desk", _has_a_desk),
        ("exports.choose", "menu.exports", _may(Policy.EXPORTS)),
        ("registers.choose", "menu.registers", _one_of(Role.CHAIR)),
    ),
    "programme": (("learning.show", "menu.learning", _everybody),),
    "figures": (
        ("figures.newest", "menu.published", _everybody),
        ("heat.show", "heat.title", _everybody),
        ("figures.month", "menu.month", _everybody),
    ),
    "oversight": (
        ("access.mine", "menu.engagements", _one_of(Role.AUDITOR)),
        ("silence.show", "menu.silence", _one_of(Role.AUDITOR)),
        ("search.noted", "menu.searches", _one_of(Role.AUDITOR)),
        ("log.show", "menu.log", _one_of(Role.AUDITOR)),
        ("access.why", "menu.explain", _one_of(Role.AUDITOR, Role.DATA_OFFICER)),
        ("retention.show", "menu.retention", _one_of(Role.DATA_OFFICER, Role.CHAIR)),
    ),
    "administration": (
        ("overview.show", "menu.overview", _may(Policy.ADMINISTERS)),
        ("organisation.tree", "menu.organisation", _may(Policy.ADMINISTERS)),
        ("organisation.people", "orgpage.people", _may(Policy.ADMINISTERS)),
    ),
}
"""What people do, and the places where they do it: the page, what it is called, and who is shown it."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the menu; `here` says that it is the page that is shown."""

    url: str
    words: str
    here: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Places that belong together under a name. A group with one place is that place."""

    code: str
    places: tuple[Place, ...]

    @property
    def here(self) -> bool:
        return any(place.here for place in self.places)


def groups() -> list[Group]:
    """The menu of whoever reads; what they have no right to is not in it, and an empty group is none."""
    if g.get("actor") is None:
        return []
    granted, language = directory.granted(http.house(), g.actor), http.language()
    found = []
    for code, places in GROUPS.items():
        shown = tuple(Place(url_for(end), i18n.say(language, key), request.endpoint == end) for end, key, right in places if right(granted))
        if shown:
            found.append(Group(code, shown))
    return found


OWN = ("oversight", "administration")
"""The groups of those who conduct no case."""


def own(granted: frozenset[Role]) -> list[Place]:
    """The places of whoever conducts no case, where nothing waits for them in one: administrators, auditors, data officers."""
    return [Place(url_for(end), i18n.say(http.language(), key), False) for code in OWN for end, key, right in GROUPS[code] if right(granted)]


def theme() -> str:
    """Light, dark, or what the device asks for."""
    chosen = request.cookies.get(http.cookie_name("theme"), "auto")
    return chosen if chosen in THEMES else "auto"


@pages.post("/theme")
@policy(POST=Policy.SIGNED_IN)
def choose_theme() -> Answer:
    """Remember on this device how its pages look, until the reader signs out."""
    answer = redirect(back_to(request.form.get("next")), 303)
    chosen = request.form.get("theme", "")
    return with_cookie(answer, "theme", None if chosen == "auto" else chosen) if chosen in THEMES else answer

"""What the address of the register asks: read once, for the list, its chips and tabs, saved views, and the way through a filtered set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from urllib.parse import parse_qsl, urlencode

from flask import url_for

from inspect_app import http, i18n
from inspect_app.now import now
from inspect_app.services import directory
from inspect_app.services.queries import Filter
from workflows.acts import Actor
from workflows.definition import Workflow

TABS = ("open", "overdue", "ended", "all", "contradictory", "rehearsal")
SINCE = ("7", "30", "90")
"""Days within which something happened."""
_DAY = 86_400_000_000
"""µs."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A question to the register, as its address says it. `mine` narrows it to cases in which the reader has a part, `since` to those in which
    something happened within so many days, `body` to those that a body decides."""

    show: str = "open"
    state: str | None = None
    workflow: str | None = None
    unit: str | None = None
    q: str | None = None
    mine: str | None = None
    since: str | None = None
    sort: str | None = None
    body: str | None = None

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> Listing:
        """Read an address; what it does not know is left out."""
        told = {name: asked.get(name) or None for name in ("state", "workflow", "unit", "q", "sort", "body")}
        show, since = asked.get("show", "open"), asked.get("since")
        return cls(show=show if show in TABS else "open", mine="1" if asked.get("mine") else None, since=since if since in SINCE else None, **told)

    @classmethod
    def within(cls, question: str) -> Listing:
        """The same from one text, as a saved view or the way through a set keeps it."""
        return cls.of(dict(parse_qsl(question[:2000])))

    @property
    def question(self) -> str:
        """It as one text; what is usual is left out."""
        told = {name: value for name, value in asdict(self).items() if value}
        return urlencode({name: value for name, value in told.items() if (name, value) != ("show", "open")})

    @property
    def order(self) -> str:
        """How the list is ordered."""
        return self.sort or ("due" if self.show in ("open", "overdue") else "-updated")

    @property
    def private(self) -> bool:
        """Whether it names words, by which somebody might be meant."""
        return self.q is not None

    def wanted(self, actor: Actor) -> Filter:
        """It as a filter; `mine` is always the reader."""
        return Filter(
            state=self.state, workflow=self.workflow, unit=self.unit, q=self.q, body=self.body, overdue=True if self.show == "overdue" else None,
            contradictory=True if self.show == "contradictory" else None, assigned_to=actor.id if self.mine else None,
            updated_since=now() - int(self.since) * _DAY if self.since else None,
            is_open={"open": True, "overdue": True, "ended": False}.get(self.show), rehearsal=self.show == "rehearsal")

    def address(self, **changed: str | None) -> str:
        """The address of the register with something changed; None takes it away."""
        told = {name: value for name, value in (asdict(self) | changed).items() if value}
        return url_for("home.register", **{name: value for name, value in told.items() if (name, value) != ("show", "open")})

    def ordered(self, by: str) -> str:
        """The address of the same list ordered by something, or turned round where it is ordered by it already."""
        return self.address(sort=f"-{by}" if self.order == by else by)

    def case(self, uid: str) -> str:
        """The address of a case of this list, from which one goes on through the list."""
        return url_for("casefile.show", uid=uid, within=self.question or "show=open")


def chips(asked: Listing, law: Workflow | None, units: Mapping[str, str]) -> list[tuple[str, str]]:
    """(what a filter says, the address without it) for each filter that is set."""
    language, house = http.language(), http.house()
    rules = house.catalogue.rulesets_by_name[directory.ruleset_of(house)]

    def say(key: str, **values: object) -> str:
        return i18n.say(language, key, **values)

    found = []
    if asked.workflow:
        called = i18n.workflow_label(law, rules, language) if law else asked.workflow
        found.append((f"{say('col.kind')}: {called}", asked.address(workflow=None, state=None)))
    if asked.state:
        called = i18n.state_label(law, rules, language, asked.state) if law and asked.state in law.by_name else asked.state
        found.append((f"{say('col.state')}: {called}", asked.address(state=None)))
    if asked.unit:
        found.append((f"{say('col.unit')}: {units.get(asked.unit, asked.unit)}", asked.address(unit=None)))
    if asked.body:
        called = directory.unit_names(house, [asked.body]).get(asked.body, asked.body)
        found.append((say("list.body", body=called), asked.address(body=None)))
    if asked.mine:
        found.append((say("list.mine"), asked.address(mine=None)))
    if asked.since:
        found.append((say("list.since", days=asked.since), asked.address(since=None)))
    if asked.q:
        found.append((f"“{asked.q}”", asked.address(q=None)))
    return found


__all__ = ["SINCE", "TABS", "Listing", "chips"]

"""Who answers for an office on a day: its holder, who acts in it, or the last of a chain of delegates. Pure, exact to the day.

A vacant office is answered for by its superior's. A delegate passes on only where the delegation says so, and only within its scope."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

ANY_SCOPE = "*"


class Appointed(NamedTuple):
    """Someone holds an office, or acts in it, from a day to a day (None: no end), both included."""

    person: int
    acting: bool
    since: date
    until: date | None

    def on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


class Delegated(NamedTuple):
    """The giver lets the taker answer in an office, for the workflows in `scope` (`*`: all), from a day to a day."""

    giver: int
    taker: int
    scope: str
    may_pass_on: bool
    since: date
    until: date

    def on(self, day: date) -> bool:
        return self.since <= day <= self.until

    def covers(self, workflow: str) -> bool:
        return self.scope == ANY_SCOPE or workflow in self.scope.split()

    def meets(self, other: Delegated) -> bool:
        """Whether both hold on some day, for some workflow."""
        mine, theirs = set(self.scope.split()), set(other.scope.split())
        return self.since <= other.until and other.since <= self.until and (ANY_SCOPE in mine | theirs or bool(mine & theirs))


@dataclass(frozen=True, slots=True)
class OfficeHistory:
    """An office over time: the office above it on its line, and everything that was ever said of who answers. Oldest first."""

    number: int
    superior: int | None = None
    appointed: tuple[Appointed, ...] = ()
    delegated: tuple[Delegated, ...] = ()

    def holders(self, day: date) -> tuple[int, ...]:
        """Who holds it on this day; several where it has several seats, the newest first."""
        return tuple(dict.fromkeys(a.person for a in reversed(self.appointed) if not a.acting and a.on(day)))

    def acting(self, day: date) -> int | None:
        """Who acts in it on this day."""
        return next((a.person for a in reversed(self.appointed) if a.acting and a.on(day)), None)


class Answerer(NamedTuple):
    """Who answers, for which office it came to them (another one where the first is vacant), and through whom."""

    person: int
    office: int
    through: tuple[int, ...]


def first(offices: Mapping[int, OfficeHistory], number: int, day: date) -> tuple[int, OfficeHistory] | None:
    """Who acts in an office or holds it on a day, before any delegation; where it is vacant, of the office above it."""
    seen: set[int] = set()
    at: int | None = number
    while at is not None and at in offices and at not in seen:
        seen.add(at)
        office = offices[at]
        found = office.acting(day) or next(iter(office.holders(day)), None)
        if found is not None:
            return found, office
        at = office.superior
    return None


def answerer(offices: Mapping[int, OfficeHistory], number: int, day: date, workflow: str = ANY_SCOPE) -> Answerer | None:
    """Who answers for an office on a day; None where it and everything above it is vacant."""
    found = first(offices, number, day)
    return Answerer(*_last(found[1], found[0], day, workflow)) if found is not None else None


def speakers(offices: Mapping[int, OfficeHistory], number: int, day: date, workflow: str = ANY_SCOPE) -> tuple[int, ...]:
    """Everybody whose word is the office's on a day: who answers, through whom it came to them, and its holders."""
    found = answerer(offices, number, day, workflow)
    own = offices[number].holders(day) if number in offices else ()
    return tuple(dict.fromkeys((*([found.person, *found.through] if found else ()), *own)))


def _last(office: OfficeHistory, first: int, day: date, workflow: str) -> tuple[int, int, tuple[int, ...]]:
    through: list[int] = []
    person, may = first, True
    while may:
        given = next((d for d in reversed(office.delegated) if d.giver == person and d.on(day) and d.covers(workflow)), None)
        if given is None or given.taker in (*through, person):
            break
        through.append(person)
        person, may = given.taker, given.may_pass_on
    return person, office.number, tuple(through)


def may_not_delegate(office: OfficeHistory, new: Delegated) -> str | None:
    """Why a delegation cannot be entered, as a code; None where it can.

    It would end before it begins, go to its own giver, have nobody behind it on its first day, give one answer to two people, or lead
    back to someone who is already in the chain."""
    if new.until < new.since:
        return "order"
    if new.giver == new.taker:
        return "self"
    if any(d.giver == new.giver and d.meets(new) for d in office.delegated):
        return "twice"
    if not _stands_behind(office, new):
        return "not_theirs"
    if new.giver in _reached(office.delegated, new):
        return "circle"
    return None


def _stands_behind(office: OfficeHistory, new: Delegated) -> bool:
    """The giver answers on the first day: as holder, acting, or by a delegation that may be passed on and covers this one's scope."""
    day = new.since
    if new.giver in office.holders(day) or new.giver == office.acting(day):
        return True
    scope = set(new.scope.split())
    return any(d.taker == new.giver and d.may_pass_on and d.since <= day and new.until <= d.until
               and (d.scope == ANY_SCOPE or scope <= set(d.scope.split())) for d in office.delegated)


def _reached(delegated: Iterable[Delegated], new: Delegated) -> set[int]:
    """Everyone to whom the taker's own delegations lead, as far as they meet the new one."""
    known, ahead = {new.taker}, [new.taker]
    table = [d for d in delegated if d.meets(new)]
    while ahead:
        person = ahead.pop()
        for d in table:
            if d.giver == person and d.taker not in known:
                known.add(d.taker)
                ahead.append(d.taker)
    return known


def may_not_appoint(office: OfficeHistory, new: Appointed, seats: int) -> str | None:
    """Why an appointment cannot be entered, as a code; None where it can: it ends before it begins, or the seat is taken."""
    if new.until is not None and new.until < new.since:
        return "order"
    same = [a for a in office.appointed if a.acting == new.acting and (new.until is None or a.since <= new.until)
            and (a.until is None or new.since <= a.until)]
    if any(a.person == new.person for a in same):
        return "twice"
    days = [new.since, *(a.since for a in same if a.since > new.since)]
    most = max((sum(a.on(day) for a in same) for day in days), default=0)
    return "taken" if most >= (1 if new.acting else seats) else None

"""Lists: a page of the register, and what waits for somebody. Which cases stand on it is found by `services.roads`. Nothing here writes."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ColumnElement, and_, false, or_

from inspect_app.access.numbers import among, among_texts
from inspect_app.access.parts import Viewer, reach_of
from inspect_app.db import Session
from inspect_app.errors import Invalid, Problem
from inspect_app.models import cases
from inspect_app.models.case import FAR
from inspect_app.services import roads, wording
from inspect_app.services.filters import SORTS, Filter, conditions
from inspect_app.services.house import House
from inspect_app.services.narrowing import mine
from inspect_app.services.roads import SPARE, Place
from inspect_app.services.rows import NUMBER, TITLE, CaseRow, Known, today, told
from inspect_app.services.standing import viewer_of
from workflows.acts import Actor
from workflows.roles import Role

AT_A_TIME, MOST_LOOKS = 200, 50
"""How many open cases are looked at in one go for what waits, and how often at most."""
TITLED = 2
"""So much is told of a case of which no more is told by the way than number and title."""
WITH_WORDS, MARKED = 400, 1.2
"""So many cases are looked at in one go for those that have words, at most, and so many times what a page needs at first."""

ALL = Filter()


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; `cursor` leads to the next, None at the end."""

    rows: tuple[CaseRow, ...]
    cursor: str | None


def register(house: House, actor: Actor, wanted: Filter = ALL, *, sort: str = "-updated", limit: int = 50, cursor: str | None = None) -> Page:
    """One page of the cases this actor may know of. Raises `Invalid` for an unknown sort or cursor."""
    if sort not in SORTS:
        raise Invalid((Problem("/sort", "unknown", f"Sort by one of: {', '.join(SORTS)}."),))
    after = _read_cursor(cursor, sort) if cursor is not None else None
    with house.db.reading(reach_of(actor)) as session:
        viewer = viewer_of(session, actor, today(house))
        way = roads.plan(session, house, viewer, wanted, sort)
        if not wanted.q:
            rows = _told(session, house, viewer, roads.ahead(session, way, after, limit + 1))
            return Page(tuple(rows[:limit]), place(rows[limit - 1], sort) if len(rows) > limit else None)
        ids, on, known = having(session, way, after, limit + 1)
        rows = told(session, house, viewer, ids[:limit], known)
    more = place(rows[-1], sort) if len(ids) > limit else cursor_at(sort, *on) if on else None
    return Page(tuple(rows), more)


def _told(session: Session, house: House, viewer: Viewer, met: Sequence[roads.Met]) -> list[CaseRow]:
    return told(session, house, viewer, [one.place.id for one in met], {one.place.id: one.said for one in met if one.said})


def having(session: Session, way: roads.Plan, after: Place | None, most: int) -> tuple[list[int], Place | None, Known]:
    """The next cases of a list that have all words of its question in number and title, at most so many; the place from which to look on where the
    end was not reached; and those rows that are known by the way."""
    ids, known, seen, right = list[int](), dict[int, Sequence[Any]](), 0, 0
    wanted = min(WITH_WORDS, most + SPARE if way.told else int(MARKED * most * way.often.marked / way.often.have) + SPARE)
    for _ in range(MOST_LOOKS):
        looked = roads.ahead(session, way, after, wanted)
        found = [one.place.id for one in looked if set(wording.words(" ".join(_titled(one.said)))).issuperset(way.words)]
        known |= {one.place.id: one.said for one in looked if len(one.said) > TITLED}
        ids, seen, right = ids + found, seen + len(looked), right + len(found)
        after = looked[-1].place if len(looked) == wanted else None
        if after is None or len(ids) >= most:
            break
        wanted = min(WITH_WORDS, max(most, (most - len(ids)) * seen // max(1, right)) + SPARE)
    return ids[:most], after, known


def _titled(said: Sequence[Any]) -> Sequence[str]:
    """Number and title, of what was told of a case by the way."""
    return said if len(said) == TITLED else (said[NUMBER], said[TITLE])


def place(row: CaseRow, sort: str) -> str:
    """The cursor of the place of a case in a list."""
    return cursor_at(sort, _value(row, sort), row.id)


def _value(row: CaseRow, sort: str) -> int:
    """What a case is ordered by."""
    match sort.lstrip("-"):
        case "due":
            return FAR if row.due_at is None else row.due_at
        case "updated":
            return row.updated_at
        case _:
            return row.opened_at


def cursor_at(sort: str, value: int, number: int) -> str:
    """The cursor to what comes after this value and case."""
    return urlsafe_b64encode(orjson.dumps((sort, value, number))).decode("ascii").rstrip("=")


def _read_cursor(text: str, sort: str) -> Place:
    try:
        told, value, last = orjson.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if told != sort or any(not isinstance(n, int) or abs(n) >= 2**63 for n in (value, last)):
            raise ValueError
    except (ValueError, TypeError):
        raise Invalid((Problem("/cursor", "invalid", "Take the cursor from the list's own answer, with the same sort."),)) from None
    return Place(value, last)


def work(house: House, actor: Actor, *, limit: int = 50, cursor: str | None = None) -> Page:
    """One page of what waits for this actor, most urgent first. Raises `Invalid` for a cursor of another list."""
    after = _read_cursor(cursor, "due") if cursor is not None else None
    with house.db.reading(reach_of(actor)) as session:
        viewer = viewer_of(session, actor, today(house))
        way = roads.plan(session, house, viewer, Filter(is_open=True), "due", ~cases.c.paused, *_may_wait(house, viewer))
        found, after = among_those_ahead(session, house, viewer, way, after, limit + 1, limit, lambda row: bool(row.waits))
    if len(found) > limit:
        return Page(tuple(found[:limit]), place(found[limit - 1], "due"))
    return Page(tuple(found), None if after is None else cursor_at("due", *after))


def among_those_ahead(session: Session, house: House, viewer: Viewer, way: roads.Plan, after: Place | None, first: int, limit: int | None,
                      keeps: Callable[[CaseRow], bool]) -> tuple[list[CaseRow], Place | None]:
    """Of the next cases of a list those that are kept, until they are more than `limit` (None: all that may be looked at), and the place from which
    to look on where the end was not reached. So many are looked at `first`."""
    found: list[CaseRow] = []
    for look in range(MOST_LOOKS):
        most = AT_A_TIME if look else first
        looked = roads.ahead(session, way, after, most)
        found += filter(keeps, _told(session, house, viewer, looked))
        after = looked[-1].place if len(looked) == most else None
        if after is None or (limit is not None and len(found) > limit):
            break
    return found, after


def _may_wait(house: House, viewer: Viewer) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Cases that may wait for somebody: those whose state waits for a part that they have by themselves, and of all others those whose state waits
    for a part that grants give. So that few are looked at in vain. Before all that, by the name of the state alone, at which PostgreSQL looks
    before it asks whether a case may be known."""
    by_grant = {Role(code) for codes in {viewer.everywhere, *viewer.granted.values()} for code in codes.split(",") if code}
    by_self = set(Role) if viewer.playing is None else set(viewer.playing)
    by_self |= {Role.DECIDER} if viewer.bodies else set()
    by_self |= {Role.SUPERIOR} if viewer.offices else set()
    reached = None if viewer.units is None or viewer.fast_units is None else among(cases.c.unit_id, viewer.units | viewer.fast_units)
    own, granted = _waiting(house, by_self, answers=bool(viewer.offices)), _waiting(house, by_grant)
    in_state = among_texts(cases.c.definition + cases.c.state, map("".join, granted))
    return (among_texts(cases.c.state, {state for _, state in own | granted}),
            or_(in_state if reached is None else and_(reached, in_state),
                and_(or_(false(), *mine(viewer)), among_texts(cases.c.definition + cases.c.state, map("".join, own)))))


def _waiting(house: House, parts: set[Role], *, answers: bool = False) -> set[tuple[str, str]]:
    """The laws and states that wait for one of these parts, or for that of whoever `answers` for its office."""
    found = set()
    for law, w in house.catalogue.by_hash.items():
        whose = parts | {w.held_role} if answers and w.held_role else parts
        found |= {(law, state) for state, who in w.waits_for.items() if not who.isdisjoint(whose)}
    return found


__all__ = ["SORTS", "Filter", "Page", "conditions", "cursor_at", "having", "place", "register", "work"]

"""By which roads the cases of a page are found.

A page is the next few cases in the order of the list that the reader sees and the filters let through. Two ways lead to it: to walk along an index
in the order of the list until the page is full, which is short where much is seen; or to gather all that is seen and sort it, which is short where
little is. A reader's sight has several roads: their own cases and those of their offices, few and gathered; and the units of their grants. Each road
is asked for one page, and the pages are merged. A road only narrows what is looked at: what is told is decided by `visible_to` on every one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, exists, literal, or_, select, tuple_

from inspect_app.access.numbers import among, spelt_out
from inspect_app.access.parts import Viewer, handling, visible_to
from inspect_app.db import Fixed, Session
from inspect_app.errors import Invalid, Problem
from inspect_app.models import case_role, cases, dossier, person, register_flag, stream, unit, unit_above
from inspect_app.models.case import FAR
from inspect_app.now import now
from inspect_app.services import word_index, wording
from inspect_app.services.house import House
from inspect_app.services.remembering import Remembered
from inspect_app.services.rows import fast
from inspect_app.services.steering import looked_at, steered, walked, worded
from inspect_app.services.word_index import TITLE, Question
from workflows.roles import Role

FEW = 1000
"""So many cases are named by their numbers; where there are more, they are met soon enough on the way."""
SAMPLE, DENSE = 100, 50
"""Of those that have words so many of the newest are looked at first: where they are one in fifty, they are not few."""
_MANY = Remembered[bool](600.0)
"""Words that many cases have."""
WALK = 4
"""Walking costs a step for each case on the way, gathering a few for each case in sight: they meet where the square of those in sight is so many
times all cases."""

SORTS: dict[str, tuple[Any, bool]] = {
    "due": (cases.c.due_order, False),
    "-due": (cases.c.due_order, True),
    "updated": (cases.c.updated_at, False),
    "-updated": (cases.c.updated_at, True),
    "opened": (cases.c.opened_at, False),
    "-opened": (cases.c.opened_at, True),
}
"""What a list is ordered by, and whether downwards."""

WINDOW, NARROWED, WIDER = 6, 12, 4
"""The first span of due days is so wide that about six pages, of open and ended cases, would lie in it if cases lay evenly, or twelve where more is
asked for than that they are open; each next one is four times as wide."""
ENOUGH = 1.5
"""Of the changes so many pages of some units are looked at first, if they were changed as often as all others."""
MOST_UNITS = 400
GATHERED = 600
"""So few cases of some units are read at once, whatever the page."""

_DUE = "SELECT due_order FROM cases WHERE is_open = 1 AND due_order >= :after AND due_order < 9007199254740992 ORDER BY"
_DAYS = Fixed(f"SELECT ({_DUE} due_order, id LIMIT 1), ({_DUE} due_order DESC, id DESC LIMIT 1)",
              "SELECT * FROM inspect_days(:after)")
"""The first and the last due day of open cases from a place on."""
_CHANGE = Fixed("SELECT at FROM stream WHERE at <= :after ORDER BY at DESC, id DESC LIMIT 1 OFFSET :steps")
"""When that many streams before a place were changed."""
_ENDS = Remembered[tuple[int, int]](60.0)
"""The first and the last due day of all open cases, as they were a short while ago."""
_NEWEST = Remembered[int](60.0)
"""When the newest so many streams were changed, as it was a short while ago."""
_WITHIN = Fixed("SELECT a.unit_id FROM unit u JOIN unit_above a ON a.above_id = u.id WHERE u.code = :code")
"""The units in the one that is asked for."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list asks for; every part may be left out. `unit` includes its subtree; `q` are words of number and title, without diacritics;
    `contradictory` are cases from a register that contradicts itself."""

    state: str | None = None
    workflow: str | None = None
    unit: str | None = None
    overdue: bool | None = None
    assigned_to: str | None = None
    q: str | None = None
    updated_since: int | None = None
    dossier: str | None = None
    is_open: bool | None = None
    contradictory: bool | None = None
    body: str | None = None
    """The code of the body that decides."""
    rehearsal: bool | None = False
    """Rehearsals stand in no list but their own; None: both."""


class Place(NamedTuple):
    """A place in a list: what the case there is ordered by, and its number."""

    value: int
    id: int


class Met(NamedTuple):
    """A case of a list: its place, and its number and title where its words are asked for."""

    place: Place
    said: str = ""


class _Road(NamedTuple):
    """A condition that narrows what is looked at. `walks` says that it is met on the way along the order of the list, `along` that this is the order
    of streams, in which an index has what was changed. `share` is how large a part of all units this is, and `about` about how many cases that are,
    where it is worth to ask for what lies within a span of the order; else 0."""

    where: tuple[ColumnElement[bool], ...] = ()
    walks: bool = False
    along: bool = False
    share: float = 0
    about: float = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """How the pages of one list are found. `pieces` are the open and the ended cases where they lie apart in the order; `words` have to be in
    number and title; the index tells of them where it is `indexed`, and has told before of few."""

    roads: tuple[_Road, ...]
    conditions: tuple[ColumnElement[bool], ...]
    sort: str
    pieces: tuple[bool | None, ...]
    overdue: bool | None
    words: list[str]
    indexed: bool
    window: int = WINDOW
    walked: bool = False
    """The words are those of many cases, and next to nothing else narrows the list: it is walked along by them."""


def plan(session: Session, house: House, viewer: Viewer, wanted: Filter, sort: str, *more: ColumnElement[bool]) -> Plan:
    """By which roads the pages of a list are found. Raises `Invalid` for a text that cannot be looked for."""
    _sound(wanted)
    parts = _parts(session, wanted.assigned_to) if wanted.assigned_to else None
    beyond = wanted if parts is None else replace(wanted, assigned_to=None)
    asked = (*conditions(house, beyond), *more, visible_to(viewer, fast(house), looked_at(cases.c.id)))
    words, indexed = list(dict.fromkeys(wording.words(wanted.q or ""))), wanted.rehearsal is False
    is_open = _is_open(house, wanted)
    pieces = (None,) if SORTS[sort][0] is not cases.c.due_order else (True, False) if len(is_open) == 2 else tuple(is_open)
    if not is_open or (wanted.q and not words):
        return Plan((), asked, sort, pieces, wanted.overdue, words, indexed)
    few = parts if parts is not None else _few(session, words) if indexed and words else None
    roads = (_Road((among(cases.c.id, few),)),) if few is not None else tuple(_roads(session, house, viewer, wanted, sort))
    indexed = indexed and few is parts
    everything = len(roads) == 1 and roads[0].walks and not roads[0].where
    all_of_them = replace(wanted, q=None, is_open=None) == Filter() and not more
    walked = bool(words) and everything and all_of_them
    return Plan(roads, asked, sort, pieces, wanted.overdue, words, indexed, WINDOW if all_of_them else NARROWED, walked)


def by_words(session: Session, way: Plan, after: Place | None, most: int) -> list[Place]:
    """The next places of a list whose cases have the words, at most so many, whether or not the reader may know of them."""
    key, down = SORTS[way.sort]
    name = next(name for name, (column, _) in SORTS.items() if column is key)
    start = after or (Place(FAR, FAR) if down else Place(-FAR, 0))
    found: list[tuple[int, int]] = []
    for piece in way.pieces:
        along = f"{'-' if down else ''}{name}{'' if piece is None else ' open' if piece else ' ended'}"
        found += word_index.walk(session, way.words, along, start, most)
    return [Place(value, id_) for value, id_ in sorted(((value, id_) for id_, value in found), reverse=down)[:most]]


def ahead(session: Session, way: Plan, after: Place | None, most: int) -> list[Met]:
    """The next cases of a list after a place, at most so many. Once a page is full, what comes after its end is asked for by no road any more."""
    (key, down), found, full = SORTS[way.sort], dict[int, Met](), list[ColumnElement[bool]]()
    for road in way.roads:
        with steered(session, walks=road.walks):
            for piece in way.pieces:
                rows = None
                for within in full or _spans(session, way, road, piece, after, most):
                    rows = session.execute(_query(session, way, road, piece, after, most, within)).all()
                    if full or len(rows) == most:
                        break
                else:
                    rows = session.execute(_query(session, way, road, piece, after, most)).all()
                found |= {id_: Met(Place(value, id_), " ".join(said)) for id_, value, *said in rows}
                if len(found) >= most:
                    end = sorted(found.values(), reverse=down)[most - 1].place.value
                    full = [key >= end if down else key <= end]
    return sorted(found.values(), reverse=down)[:most]


def _spans(session: Session, way: Plan, road: _Road, piece: bool | None, after: Place | None, most: int) -> Iterator[ColumnElement[bool]]:
    """Within what a page of some units likely lies, the open ones by due day or all by their last change: each span wider than the one before. So no
    more is read than about a page, however many units there are and however the cases lie; instead of half of everything all is asked for. Both
    ends of a span are said: of one end alone PostgreSQL takes for granted that it lets a third of everything through."""
    if road.share and way.sort == "due" and piece:
        (begin, end), start = _ends(session), after.value if after else -FAR
        begin = max(begin, start)
        width = max(1, int((end - begin) * way.window * most / road.about))
        while 2 * width < end - begin:
            yield and_(cases.c.due_order >= start, cases.c.due_order < begin + width)
            width *= WIDER
    if road.share and way.sort == "-updated" and road.along:
        steps, newest = int(ENOUGH * most / road.share), after.value if after else FAR
        while (since := _changed(session, newest, steps)) is not None:
            yield and_(stream.c.at >= since, stream.c.at <= newest)
            steps *= WIDER


def _ends(session: Session) -> tuple[int, int]:
    """Between which due days open cases lie; an end before the beginning says that there are none."""
    known = _ENDS.get(session, ())
    if known is None:
        begin, end = _DAYS.run(session, {"after": 0})[0]
        known = _ENDS.keep(session, (), (begin, end)) if begin is not None else (0, -1)
    return known


def _changed(session: Session, newest: int, steps: int) -> int | None:
    """Since when so many streams were changed up to a moment; None where they are fewer."""
    since = _NEWEST.get(session, steps) if newest == FAR else None
    if since is None:
        found = _CHANGE.run(session, {"after": newest, "steps": steps})
        since = found[0][0] if found else None
        if since is not None and newest == FAR:
            _NEWEST.keep(session, steps, since)
    return since


def _query(session: Session, way: Plan, road: _Road, piece: bool | None, after: Place | None, most: int, *within: ColumnElement[bool]) -> Any:
    key, down = SORTS[way.sort]
    key, tie = (stream.c.at, stream.c.id) if road.along else (key, cases.c.id)
    said = (cases.c.number, cases.c.title) if way.words else ()
    query = worded(select(cases.c.id, key, *said).where(*road.where, *within, *way.conditions), walks=road.walks)
    query = query.join(stream, cases.c.id == walked(session, stream.c.id)) if road.along else query
    if piece is not None:
        query = query.where(cases.c.is_open == piece)
        query = query.where(cases.c.due_order >= now()) if piece and way.overdue is False else query
    if after is not None:
        here, there = tuple_(key, tie), tuple_(literal(after.value), literal(after.id))
        query = query.where(here < there if down else here > there)
    return query.order_by(*((key.desc(), tie.desc()) if down else (key, tie))).limit(most)


def _roads(session: Session, house: House, viewer: Viewer, wanted: Filter, sort: str) -> Iterable[_Road]:
    """The roads of a reader's sight within the unit that is asked for, those first that fill a page: of the others little is left to ask then."""
    changes = SORTS[sort][0] is cases.c.updated_at
    within = None if wanted.unit is None else {id_ for (id_,) in _WITHIN.run(session, {"code": wanted.unit})}
    if viewer.units is None or viewer.wide:
        apart = bool(wanted.dossier or wanted.body or wanted.contradictory)
        yield _units(session, viewer, within, changes) if within is not None else _Road((), not apart, changes and not apart)
        return
    seen = viewer.units if within is None else viewer.units & within
    if seen:
        yield _units(session, viewer, seen, changes)
    fast_units = viewer.fast_units if within is None or viewer.fast_units is None else viewer.fast_units & within
    if fast_units is None or fast_units - viewer.units:
        road = _units(session, viewer, within if fast_units is None else fast_units, changes)
        yield road._replace(where=(*road.where, cases.c.workflow.in_(fast(house))))
    inside = () if within is None else (among(walked(session, cases.c.unit_id), within),)
    for way in mine(viewer):
        yield _Road((way, *inside))


def _units(session: Session, viewer: Viewer, units: Iterable[int] | None, changes: bool) -> _Road:
    """The cases of some units: gathered where they are likely few, else met on the way."""
    if units is None:
        return _Road((), True, changes)
    seen = sorted(units)
    share = len(seen) / max(len(seen), viewer.units_in_all)
    if len(seen) > MOST_UNITS:
        walks = viewer.cases_in_all * share ** 2 > WALK
        on_the_way = walked(session, stream.c.unit_id if changes else cases.c.unit_id)
        return _Road((spelt_out(on_the_way, seen),), True, changes) if walks else _Road((among(cases.c.unit_id, seen),))
    about = viewer.cases_in_all * share
    if changes and len(seen) == 1:
        return _Road((among(stream.c.unit_id, seen),), along=True)
    road = _Road((among(stream.c.unit_id, seen),), along=True) if changes else _Road((among(cases.c.unit_id, seen),))
    return road._replace(share=share, about=about) if about > GATHERED else road


def mine(viewer: Viewer, case: ColumnElement[int] = cases.c.id) -> list[ColumnElement[bool]]:
    """Where the cases are that somebody sees without any grant: their own, those of their offices, those of their bodies. `case` as in
    `visible_to`."""
    offices = [*handling(viewer.offices, cases.c.office_id), *handling(viewer.offices, cases.c.superior_office_id)]
    bodies = [cases.c.body_id.in_(viewer.bodies)] if viewer.bodies else []
    own = [among(case, viewer.own | viewer.held)] if viewer.own is not None and viewer.own | viewer.held else []
    together = [or_(*own, *offices, *bodies)] if own or offices or bodies else []
    if viewer.own is None:
        owned = select(case_role.c.case_id).where(case_role.c.person_id == viewer.actor.person_id, case_role.c.until_seq.is_(None))
        together.append(cases.c.id.in_(owned))
    return together


def _parts(session: Session, uid: str) -> Sequence[int] | None:
    """The cases in which somebody plays a part, where they are few enough to name."""
    found = session.execute(_assigned(uid).distinct().limit(FEW + 1)).scalars().all()
    return found if len(found) <= FEW else None


def _few(session: Session, words: list[str]) -> Sequence[int] | None:
    """The cases that have words, where they are few enough to name."""
    if _MANY.get(session, key := " ".join(sorted(words))):
        return None
    found = word_index.find(session, Question(words), TITLE, FAR, SAMPLE)
    if len(found) < SAMPLE:
        return found
    if found[0] - found[-1] >= SAMPLE * DENSE:
        found = word_index.find(session, Question(words), TITLE, FAR, FEW + 1)
        return found if len(found) <= FEW else None
    _MANY.keep(session, key, True)
    return None


def _assigned(uid: str) -> Any:
    """The cases in which somebody plays a part that may be told."""
    return select(case_role.c.case_id).join(person, person.c.id == case_role.c.person_id).where(
        person.c.uid == uid, case_role.c.until_seq.is_(None), case_role.c.role.not_in((Role.REPORTER, Role.PROTECTED)))


def _is_open(house: House, wanted: Filter) -> frozenset[bool]:
    """Whether the cases of a list may be open, and whether they may have ended: a state may be one of open or of ended cases alone."""
    found = {True, False} if wanted.is_open is None else {wanted.is_open}
    found &= {True} if wanted.overdue else {True, False}
    if wanted.state:
        found &= {not w.is_final(wanted.state) for w in house.catalogue.by_hash.values() if any(s.name == wanted.state for s in w.states)}
    return frozenset(found)


def _sound(wanted: Filter) -> None:
    if any("\0" in (text or "") for text in (wanted.state, wanted.workflow, wanted.unit, wanted.assigned_to, wanted.q, wanted.dossier)):
        raise Invalid((Problem("/q", "character", "The character NUL occurs in no text; leave it out."),))


def conditions(house: House, wanted: Filter) -> list[ColumnElement[bool]]:
    """What a list asks for, but for its words, as conditions on cases. Raises `Invalid` for a text that cannot be looked for."""
    _sound(wanted)
    found: list[ColumnElement[bool]] = []
    if wanted.state:
        found.append(cases.c.state == wanted.state)
    if wanted.workflow:
        found.append(cases.c.workflow == wanted.workflow)
    if wanted.unit:
        top = select(unit.c.id).where(unit.c.code == wanted.unit).scalar_subquery()
        found.append(exists().where(unit_above.c.unit_id == cases.c.unit_id, unit_above.c.above_id == top))
    if wanted.body:
        found.append(cases.c.body_id == select(unit.c.id).where(unit.c.code == wanted.body.replace("\0", "")).scalar_subquery())
    if wanted.overdue is not None:
        over = and_(cases.c.is_open, cases.c.due_order < now())
        found.append(over if wanted.overdue else ~over)
    if wanted.assigned_to:
        found.append(cases.c.id.in_(_assigned(wanted.assigned_to)))
    if wanted.updated_since is not None:
        found.append(cases.c.updated_at >= wanted.updated_since)
    if wanted.dossier:
        found.append(cases.c.dossier_id == select(dossier.c.id).where(dossier.c.uid == wanted.dossier).scalar_subquery())
    if wanted.contradictory is not None:
        flagged = select(register_flag.c.case_id).where(register_flag.c.until.is_(None))
        found.append(cases.c.id.in_(flagged) if wanted.contradictory else ~flagged.where(register_flag.c.case_id == cases.c.id).exists())
    is_open = _is_open(house, wanted)
    flags = ((cases.c.rehearsal, wanted.rehearsal), (cases.c.is_open, next(iter(is_open)) if len(is_open) == 1 else wanted.is_open))
    return found + [column == told for column, told in flags if told is not None]


__all__ = ["SORTS", "Filter", "Met", "Place", "Plan", "ahead", "conditions", "mine", "plan"]

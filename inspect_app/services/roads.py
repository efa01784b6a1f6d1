"""By which roads the cases of a page are found.

A page is the next few cases in the order of the list that the reader sees and the filters let through. Two ways lead to it: to walk along an index
in the order of the list until the page is full, which is short where much is seen; or to gather all that is seen and sort it, which is short where
little is. A reader's sight has several roads: their own cases, those of their offices and of their bodies, and the units of their grants. Each road
is asked for one page, and the pages are merged. What a list asks for is a road by itself where few cases fulfil it. How many there are is counted
before (`services.narrowing`); where a walk may lead past very many in vain, it goes a stretch, and then what there is fewest of is gathered. A road
only narrows what is looked at: what is told is decided by `visible_to` and the filters on every one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, literal, or_, select, true, tuple_

from inspect_app.access.numbers import among, spelt_out
from inspect_app.access.parts import Viewer, visible_to
from inspect_app.db import Fixed, Session
from inspect_app.models import case_role, cases, stream
from inspect_app.models.case import FAR
from inspect_app.now import now
from inspect_app.services import word_index, wording
from inspect_app.services.filters import SORTS, Filter, conditions, openness, part_of, sound
from inspect_app.services.house import House
from inspect_app.services.narrowing import Some, asked_for, of_their_own
from inspect_app.services.reckoning import MOST, few_of
from inspect_app.services.remembering import Remembered
from inspect_app.services.rows import at_once, fast
from inspect_app.services.steering import How, found_otherwise, steered, walked, worded
from inspect_app.services.stretches import STRETCH, days, further
from inspect_app.services.word_index import TITLE, Question

FEW = 1000
"""So many cases are named by their numbers; where there are more, they are met soon enough on the way."""
SAMPLE, DENSE = 100, 50
"""Of those that have words so many of the newest are looked at first: where they are one in fifty, they are not few."""
_MANY = Remembered[bool](600.0)
"""Words that many cases have."""
WINDOW, NARROWED, WIDER = 6, 12, 4
"""The first span of due days is so wide that about six pages, of open and ended cases, would lie in it if cases lay evenly, or twelve where more is
asked for than that they are open; each next one is four times as wide."""
ENOUGH = 1.5
"""Of the changes, or openings, so many pages of some units are looked at first, if they had them as often as all others."""
TRIES = 3
"""Along a list a stretch is gone, then four times as many steps and so on, before what it asks for is gathered where something narrows it."""
PAGE = 50
"""Cases on a page, about."""
LOOKED_UP = {"sqlite": 10, "postgresql": 3}
"""So many cases are passed by, with what the index says by which a list asks for them, while one of a unit is looked up."""
SAID = {"sqlite": {"due": ("body", "workflow", "overdue"), "opened": ("body", "workflow", "state"), "updated": ("state", "changed")},
        "postgresql": {"due": ("overdue",), "opened": (), "updated": ("state", "changed")}}
"""What the indexes of units say of each case, so that it need not be looked up in vain. Of what PostgreSQL is not to look for by an index, it asks no
index."""
MOST_UNITS = 400
WALK = 4
"""Walking with the units on the way costs a step for each case, gathering a few for each case in sight: they meet where the square of those in
sight is so many times all cases."""
GATHERED = 600
"""So few cases of some units are read at once, whatever the page."""

_WITHIN = Fixed("SELECT a.unit_id FROM unit u JOIN unit_above a ON a.above_id = u.id WHERE u.code = :code LIMIT :most")
"""The units in the one that is asked for."""


class Place(NamedTuple):
    """A place in a list: what the case there is ordered by, and its number."""

    value: int
    id: int


class Met(NamedTuple):
    """A case of a list: its place, and what was told of it by the way: its number and title where words are asked for, else all that `rows.told`
    takes, or nothing."""

    place: Place
    said: Sequence[Any]


class _Road(NamedTuple):
    """A condition that narrows what is looked at. `walks` says that it is met on the way along the order of the list, `along` that this is the order
    of streams, in which an index has what was changed. `share` is about how large a part of all cases is looked for on it (by due day: how large a
    part of all units this is), and `about` how many cases the units have, where it is worth to ask for what lies within a span of
    the order; else 0. `instead` narrows what is gathered, about `beyond` cases, where a stretch of the way was not
    enough; empty where the way is gone to its end. `seeks` says that what it has in common is what cases are to be looked for by."""

    where: tuple[ColumnElement[bool], ...] = ()
    walks: bool = False
    along: bool = False
    share: float = 0
    about: float = 0
    instead: tuple[ColumnElement[bool], ...] = ()
    beyond: int = 0
    seeks: bool = False

    @property
    def how(self) -> How:
        return "walks" if self.walks else "seeks" if self.seeks else ""


class _Span(NamedTuple):
    """From where to where the order of a list is looked at, both included; `ends` where nothing of it is left beyond."""

    first: int
    last: int
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """How the pages of one list are found. `conditions` are what every case of it fulfils, as a road asks it that walks, or one that does not.
    `of_streams` is what the streams of all of them fulfil. `pieces` are the open and the ended cases where they lie apart in the order; none was
    changed before `since`, where the list is in the order of changes; `words` have to be in number and title; the index tells of them where it is
    `indexed`, and has told before of few."""

    roads: tuple[_Road, ...]
    conditions: Callable[[bool], tuple[ColumnElement[bool], ...]]
    sort: str
    pieces: tuple[bool | None, ...]
    overdue: bool | None
    since: int
    words: list[str]
    indexed: bool
    of_streams: tuple[ColumnElement[bool], ...] = ()
    window: int = WINDOW
    walked: bool = False
    """The words are those of many cases, and so much is in sight that the list may be walked along by them."""


def plan(session: Session, house: House, viewer: Viewer, wanted: Filter, sort: str, *more: ColumnElement[bool]) -> Plan:
    """By which roads the pages of a list are found. Raises `Invalid` for a text that cannot be looked for."""
    sound(wanted)
    parts = _parts(session, wanted.assigned_to) if wanted.assigned_to else None
    beyond = wanted if parts is None else replace(wanted, assigned_to=None)

    @cache
    def asked(walks: bool) -> tuple[ColumnElement[bool], ...]:
        beside = partial(found_otherwise, session, walks)
        return *conditions(house, beyond, beside), *more, visible_to(viewer, fast(house), beside)

    words, indexed = list(dict.fromkeys(wording.words(wanted.q or ""))), wanted.rehearsal is False
    is_open = openness(house, wanted)
    pieces = (None,) if SORTS[sort][0] is not cases.c.due_order else (True, False) if len(is_open) == 2 else tuple(is_open)
    if not is_open or (wanted.q and not words):
        return Plan((), asked, sort, pieces, wanted.overdue, -FAR, words, indexed)
    known = parts if parts is not None else _few(session, words) if indexed and words else None
    roads = (_Road((among(cases.c.id, known),)),) if known is not None else tuple(_roads(session, house, viewer, beyond, sort))
    indexed = indexed and known is parts
    all_of_them = replace(wanted, q=None, is_open=None) == Filter() and not more
    on_the_way = bool(words) and indexed and known is None and any(road.walks and not road.seeks for road in roads)
    of_streams = (stream.c.state_mark == wording.mark(wanted.state),) if wanted.state else ()
    since = -FAR if wanted.updated_since is None or SORTS[sort][0] is not cases.c.updated_at else wanted.updated_since
    return Plan(roads, asked, sort, pieces, wanted.overdue, since, words, indexed, of_streams, WINDOW if all_of_them else NARROWED, on_the_way)


def by_words(session: Session, way: Plan, after: Place | None, most: int) -> list[Place]:
    """The next places of a list whose cases have the words, at most so many, whether or not the reader may know of them. Fewer do not say that there
    are no more: where a piece was not walked to its end, nothing of the others that comes after is told."""
    key, down = SORTS[way.sort]
    name = next(name for name, (column, _) in SORTS.items() if column is key)
    start = after or (Place(FAR, FAR) if down else Place(-FAR, 0))
    found, ends = list[Place](), list[Place]()
    for piece in way.pieces:
        along = f"{'-' if down else ''}{name}{'' if piece is None else ' open' if piece else ' ended'}"
        met = [Place(value, id_) for id_, value in word_index.walk(session, way.words, along, start, most)]
        found += met
        if len(met) < most and len(way.pieces) > 1 and word_index.walk(session, [""], along, start, 1):
            ends.append(met[-1] if met else start)
    end = (max if down else min)(ends, default=None)
    return [one for one in sorted(found, reverse=down) if end is None or (one >= end if down else one <= end)][:most]


def ahead(session: Session, way: Plan, after: Place | None, most: int) -> list[Met]:
    """The next cases of a list after a place, at most so many. Once a page is full, what comes after its end is asked for by no road any more."""
    down, found, full = SORTS[way.sort][1], dict[int, Met](), None
    for road in way.roads:
        for piece in way.pieces:
            begin = _begin(way, piece, after)
            for span in [full] if full else _spans(session, way, road, piece, begin, most):
                rows = _asked(session, way, road, piece, begin, most, span)
                if full or span.ends or len(rows) == most:
                    break
            else:
                rows = _asked(session, way, _Road(road.instead, seeks=True) if road.instead else road, piece, begin, most)
            found |= {id_: Met(Place(value, id_), said) for id_, value, *said in rows}
            if len(found) >= most:
                end = sorted(found.values(), reverse=down)[most - 1].place.value
                full = _Span(end, after.value if after else FAR) if down else _Span(after.value if after else -FAR, end)
    return sorted(found.values(), reverse=down)[:most]


def _spans(session: Session, way: Plan, road: _Road, piece: bool | None, after: Place | None, most: int) -> Iterator[_Span]:
    """Within what a page of some units likely lies, the open ones by due day, or all by openings or changes: each wider than the one before. So no
    more is read than about a page, however many units there are and however the cases lie; instead of half of everything all is asked for. Both
    ends of a span are said: of one end alone PostgreSQL takes for granted that it lets a third of everything through."""
    down = SORTS[way.sort][1]
    start = after.value if after else FAR if down else -FAR
    if road.share and piece:
        begin, end = days(session)
        begin, end = (begin, min(end, start)) if down else (max(begin, start), end)
        width = max(1, int((end - begin) * way.window * most / road.about))
        while 2 * width < end - begin:
            yield _Span(end - width, start) if down else _Span(start, begin + width)
            width *= WIDER
    if piece is None and (road.instead or road.share):
        steps = int(ENOUGH * most / road.share) if road.share else STRETCH
        for wider in range(TRIES):
            there = further(session, way.sort, start, steps * WIDER ** wider)
            if there is None and steps * WIDER ** wider > road.beyond:
                break
            if there is None:
                yield _Span(-FAR, start, ends=True) if down else _Span(start, FAR, ends=True)
                break
            yield _Span(there, start, ends=there < way.since) if down else _Span(start, there)


def _asked(session: Session, way: Plan, road: _Road, piece: bool | None, after: Place | None, most: int, span: _Span | None = None) -> Sequence[Any]:
    """The next cases of a road in one piece of a list, at most so many, within a span of its order."""
    with steered(session, road.how):
        return session.execute(_query(session, way, road, piece, after, most, span)).all()


def _query(session: Session, way: Plan, road: _Road, piece: bool | None, after: Place | None, most: int, span: _Span | None) -> Any:
    """What is asked of a road. First of all from where on: of several bounds SQLite goes by the first."""
    key, down = SORTS[way.sort]
    key, tie = (stream.c.at, stream.c.id) if road.along else (key, cases.c.id)
    key = key if road.walks or road.along or road.share else found_otherwise(session, False, key)
    said = (cases.c.number, cases.c.title) if way.words else at_once(session)
    within = () if span is None else (key >= span.first, key <= span.last)
    least = _bounds(way, piece)[0]
    within = (*within, key >= least) if down and least > -FAR else within
    if after is not None:
        here, there = tuple_(key, tie), tuple_(literal(after.value), literal(after.id))
        within = (here < there if down else here > there, *within)
    query = worded(select(cases.c.id, key, *said).where(*within, *road.where, *way.conditions(road.walks)), road.how)
    if road.along:
        query = query.join(stream, cases.c.id == walked(session, stream.c.id)).where(*way.of_streams)
    if piece is not None:
        query = query.where(cases.c.is_open == piece)
    return query.order_by(*((key.desc(), tie.desc()) if down else (key, tie))).limit(most)


def _bounds(way: Plan, piece: bool | None) -> tuple[int, int]:
    """Between which places of the order all cases of a list lie: by when they were changed, or whether they are overdue."""
    if piece and way.overdue is not None:
        return (-FAR, now() - 1) if way.overdue else (now(), FAR)
    return way.since, FAR


def _begin(way: Plan, piece: bool | None, after: Place | None) -> Place | None:
    """After which place to look: no sooner than where the first case of the list may stand."""
    least, most = _bounds(way, piece)
    if SORTS[way.sort][1]:
        return after if most == FAR else min(after or Place(FAR, FAR), Place(most + 1, 0))
    return after if least == -FAR else max(after or Place(-FAR, 0), Place(least, 0))


def _roads(session: Session, house: House, viewer: Viewer, wanted: Filter, sort: str) -> Iterable[_Road]:
    """The roads of a list: to what it asks for, where there are few of that; else whoever sees most things walks along it, and all others go by the
    roads of their sight within the unit that is asked for, those first that fill a page: of the others little is left to ask then."""
    changes, due, number = SORTS[sort][0] is cases.c.updated_at, SORTS[sort][0] is cases.c.due_order, viewer.cases_in_all

    def about(some: Collection[int]) -> int:
        return number * len(some) // max(1, viewer.units_in_all)

    within = None if wanted.unit is None else _within(session, viewer, wanted.unit)
    there = () if within is None else (among(walked(session, cases.c.unit_id), within),)
    beside = replace(wanted, updated_since=None) if changes else wanted
    narrow = min(asked_for(session, viewer, beside), key=lambda one: (one.size, due > one.ordered), default=Some(FAR, true(), true()))
    part, dear = _part(narrow, number), LOOKED_UP[session.dialect.name]
    vain = 1 if narrow.kind in SAID[session.dialect.name][sort.lstrip("-")] else dear
    some_of = partial(_units, session, viewer, sort, part)
    few = _Road((narrow.where, *there), due and narrow.ordered, seeks=True)
    along = few if few.walks else _Road(there, True, changes, instead=() if due or narrow.size == FAR else few.where, beyond=narrow.size)
    if within is not None and about(within) <= narrow.size:
        narrow, few = Some(about(within), *there, *there), some_of(within)
        along = few

    def sooner(size: int, met: ColumnElement[bool], road: _Road) -> _Road:
        """The road to some that are so many, or that to what is asked for, where this is fewer, or less is passed by on it than is looked up in vain
        on the other."""
        if narrow.size <= min(few_of(number), size) or (road.share and _passed(narrow, few, size, number, dear) < min(size, PAGE / part) * vain):
            return _also(few, met)
        return road._replace(instead=(narrow.where, met, *there), beyond=narrow.size) if not due and road.share and narrow.size < size else road

    if viewer.units is None or viewer.wide:
        yield few if narrow.size <= few_of(number) else along
        return
    if seen := viewer.units if within is None else viewer.units & within:
        yield sooner(about(seen), among(walked(session, cases.c.unit_id), seen), some_of(seen))
    leads = viewer.fast_units if within is None or viewer.fast_units is None else viewer.fast_units & within
    fast_track = walked(session, cases.c.workflow).in_(fast(house))
    if leads is None:
        yield sooner(FAR, fast_track, _also(along, fast_track))
    elif leads - viewer.units:
        road = _also(some_of(leads), fast_track)
        yield sooner(about(leads), and_(among(walked(session, cases.c.unit_id), leads), fast_track), road)
    own = list(of_their_own(session, viewer))
    if gathered := [one for one in own if one.size <= few_of(number)]:
        road = _Road((or_(*(one.where for one in gathered)), *there))
        yield sooner(sum(one.size for one in gathered), or_(*(one.met for one in gathered)), road)
    many = [one for one in own if one.size > few_of(number)]
    yield from (sooner(one.size, one.met, _Road((one.where, *there), True)) for one in many if due and one.ordered)
    if met := [one.met for one in many if not (due and one.ordered)]:
        yield sooner(FAR, or_(*met), _also(along, or_(*met)))


def _within(session: Session, viewer: Viewer, code: str) -> frozenset[int] | None:
    """The units in the one that is asked for; None where they are so many that they narrow next to nothing."""
    most = viewer.units_in_all // 2
    found = _WITHIN.run(session, {"code": code, "most": most + 1})
    return None if len(found) > most else frozenset(id_ for (id_,) in found)


def _also(road: _Road, where: ColumnElement[bool]) -> _Road:
    """A road on which something else is asked of each case."""
    return road._replace(where=(*road.where, where), instead=(*road.instead, where) if road.instead else ())


def _part(narrow: Some, number: int) -> float:
    """About how large a part of all cases a list asks for; what is not rare is not counted."""
    return 1.0 if narrow.size == FAR else narrow.size / number if narrow.size * MOST < number else 1 / WIDER


def _passed(narrow: Some, few: _Road, size: int, number: int, dear: int) -> float:
    """How much is passed by on the road to what a list asks for, of which so many are in sight: a page of them along the list, or all."""
    return PAGE * number / max(1, size) if few.walks else narrow.size * (1 + dear * size / max(1, number))


def _units(session: Session, viewer: Viewer, sort: str, part: float, units: Iterable[int]) -> _Road:
    """The cases of some units, of which a list asks for a part: gathered where they are likely few, else met on the way."""
    seen, changes, due = sorted(units), SORTS[sort][0] is cases.c.updated_at, SORTS[sort][0] is cases.c.due_order
    share = len(seen) / max(len(seen), viewer.units_in_all)
    if len(seen) > MOST_UNITS:
        walks = viewer.cases_in_all * share ** 2 > WALK
        on_the_way = walked(session, stream.c.unit_id if changes else cases.c.unit_id)
        return _Road((spelt_out(on_the_way, seen),), True, changes) if walks else _Road((among(cases.c.unit_id, seen),))
    about = viewer.cases_in_all * share
    road = _Road((among(stream.c.unit_id if changes else cases.c.unit_id, seen),), along=changes)
    if about <= GATHERED or (len(seen) == 1 and not due):
        return road._replace(walks=len(seen) == 1 and not due and not changes)
    return road._replace(share=share if due else share * part, about=about)


def _parts(session: Session, uid: str) -> Sequence[int] | None:
    """The cases in which somebody plays a part, where they are few enough to name."""
    found = session.execute(select(case_role.c.case_id).where(*part_of(uid)).distinct().limit(FEW + 1)).scalars().all()
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


__all__ = ["Met", "Place", "Plan", "ahead", "by_words", "plan"]

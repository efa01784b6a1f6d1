"""By which roads the cases of a page are found.

A page is the next few cases in the order of the list that the reader sees and the filters let through. Two ways lead to it: to walk along an index
in the order of the list until the page is full, which is short where much is seen; or to gather all that is seen and sort it, which is short where
little is. A reader's sight has several roads: their own cases, those of their offices and of their bodies, and the units of their grants. Each road
is asked for one page, and the pages are merged. What a list asks for is a road by itself where few cases fulfil it. How many there are is counted
before (`services.narrowing`); where a walk may lead past very many in vain, it goes a stretch, and then what there is fewest of is gathered. A road
only narrows what is looked at: what is told is decided by `visible_to` and the filters on every one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, literal, or_, select, tuple_

from inspect_app.access.numbers import among, spelt_out
from inspect_app.access.parts import Viewer, visible_to
from inspect_app.db import Fixed, Session
from inspect_app.models import case_role, cases, stream
from inspect_app.models.case import FAR
from inspect_app.now import now
from inspect_app.services import word_index, wording
from inspect_app.services.filters import SORTS, Filter, conditions, openness, part_of, sound
from inspect_app.services.house import House
from inspect_app.services.narrowing import Some, asked_for, body_of, of_their_own
from inspect_app.services.reckoning import few_of
from inspect_app.services.remembering import Remembered
from inspect_app.services.rows import at_once, fast
from inspect_app.services.steering import How, found_otherwise, steered, walked, worded
from inspect_app.services.stretches import STRETCH, days, further
from inspect_app.services.weighing import ALWAYS, MUCH, Often, Weighing
from inspect_app.services.word_index import TITLE, Question

FEW = 1000
"""So many cases are named by their numbers; where there are more, they are met soon enough on the way."""
SAMPLE, DENSE = 100, 50
"""Of those that have words so many of the newest are looked at first: where they are one in fifty, they are not few."""
BY_CHANCE = 0.12
"""So large a part of all titles has the mark of any word."""
_OFTEN = Remembered[Often](600.0)
"""How often words are met that many cases have."""
WINDOW, WIDER = 6, 4
"""The first span of due days is so wide that about six pages, of open and ended cases, would lie in it if cases lay evenly; each next one is four
times as wide."""
ENOUGH = 1.5
"""Of the changes, or openings, so many pages of some units are looked at first, if they had them as often as all others."""
TRIES, WORTH = 3, 2
"""Along a list a stretch is gone, then four times as many steps and so on, before what it asks for is gathered where something narrows it; and no
stretch that costs more than half of that."""
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
    """A condition that narrows what is looked at, `by` an index that has about so many cases `on` it (`services.weighing`). `walks` says that it is
    met on the way along the order of the list, `along` that this is the order of streams, in which an index has what was changed. `share` is about
    how large a part of all cases is looked for on it, and `about` how many these are, where it is worth to ask for what lies within a span of the
    order; else 0. `instead` narrows what is gathered, where a stretch of the way was not enough, or one of more than `beyond` steps would have to be
    gone; empty where the way is gone to its end. `seeks` says that what it has in common is what cases are to be looked for by."""

    where: tuple[ColumnElement[bool], ...] = ()
    by: str = ""
    on: float = 0
    walks: bool = False
    along: bool = False
    share: float = 0
    about: float = 0
    instead: tuple[ColumnElement[bool], ...] = ()
    beyond: float = 0
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
    changed before `since`, where the list is in the order of changes. `words` have to be in number and title, which are about so `often`: all that
    have their marks are told."""

    roads: tuple[_Road, ...]
    conditions: Callable[[bool], tuple[ColumnElement[bool], ...]]
    sort: str
    pieces: tuple[bool | None, ...]
    overdue: bool | None
    since: int
    words: list[str]
    often: Often = ALWAYS
    of_streams: tuple[ColumnElement[bool], ...] = ()
    walked: bool = False
    """The words are those of many cases, and so much is in sight that the list may be walked along by them."""


def plan(session: Session, house: House, viewer: Viewer, wanted: Filter, sort: str, *more: ColumnElement[bool]) -> Plan:
    """By which roads the pages of a list are found. Raises `Invalid` for a text that cannot be looked for."""
    sound(wanted)
    parts = _parts(session, wanted.assigned_to) if wanted.assigned_to else None
    beyond = wanted if parts is None else replace(wanted, assigned_to=None)

    words = list(dict.fromkeys(wording.words(wanted.q or "")))
    if words:
        marks = wording.bits(" ".join(words))
        more = (*more, cases.c.title_bits.op("&")(marks) == marks)

    @cache
    def asked(walks: bool) -> tuple[ColumnElement[bool], ...]:
        beside = partial(found_otherwise, session, walks)
        return *conditions(house, beyond, beside), *more, visible_to(viewer, fast(house), beside)

    is_open = openness(house, wanted)
    pieces = (None,) if SORTS[sort][0] is not cases.c.due_order else (True, False) if len(is_open) == 2 else tuple(is_open)
    if not is_open or (wanted.q and not words):
        return Plan((), asked, sort, pieces, wanted.overdue, -FAR, words)
    few, often = _few(session, words) if parts is None and words and wanted.rehearsal is False else (None, ALWAYS)
    known = parts if parts is not None else few
    roads = (_Road((among(cases.c.id, known),)),) if known is not None else tuple(_roads(session, house, viewer, beyond, sort, often, is_open))
    on_the_way = often is not ALWAYS and known is None and any(road.walks and not road.seeks for road in roads)
    of_streams = (stream.c.state_mark == wording.mark(wanted.state),) if wanted.state else ()
    since = -FAR if wanted.updated_since is None or SORTS[sort][0] is not cases.c.updated_at else wanted.updated_since
    return Plan(roads, asked, sort, pieces, wanted.overdue, since, words, often, of_streams, on_the_way)


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
        width = max(1, int((end - begin) * min(1.0, WINDOW * most / max(1.0, road.about))))
        while 2 * width < end - begin:
            yield _Span(end - width, start) if down else _Span(start, begin + width)
            width *= WIDER
    if piece is None and (road.instead or road.share):
        steps = max(int(min(ENOUGH * most / (road.share or 1.0), FAR)), STRETCH if road.instead else 0)
        for wider in range(TRIES):
            if wider and road.instead and steps * WIDER ** wider > road.beyond:
                break
            there = further(session, way.sort, start, steps * WIDER ** wider)
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
    query = worded(select(cases.c.id, key, *said).where(*within, *road.where, *way.conditions(road.walks or road.by.startswith("units"))), road.how)
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


def _roads(session: Session, house: House, viewer: Viewer, wanted: Filter, sort: str, often: Often, open_too: Set[bool]) -> Iterable[_Road]:
    """The roads of a list: whoever sees most things walks along it, and all others go by the roads of their sight within the unit that is asked for,
    those first that fill a page: of the others little is left to ask then. Instead of each the one to what the list asks for is taken where that is
    shorter."""
    order, number, whole = sort.lstrip("-"), max(1, viewer.cases_in_all), max(1, viewer.units_in_all)
    due, changes = order == "due", order == "updated"
    within = None if wanted.unit is None else _within(session, viewer, wanted.unit)
    if within is not None and not within:
        return
    there = () if within is None else (among(walked(session, cases.c.unit_id), within),)
    of_them = 1.0 if within is None else len(within) / whole
    in_them = {} if within is None else {"unit": of_them}
    asked = tuple(asked_for(session, viewer, replace(wanted, updated_since=None) if changes else wanted))
    both = due or wanted.state or wanted.overdue or len(open_too) != 1
    weighing = Weighing(session.dialect.name, number, asked, often, 1.0 if both else 1 / MUCH if True in open_too else 1 - 1 / MUCH)

    def shortest(road: _Road, seen: float, theirs: Mapping[str, float], *met: ColumnElement[bool], lie: Set[int] | None = within) -> _Road:
        """A road, or a shorter one to what is asked for, on which it is asked of each case whether it is `met`. Such a part of all cases is `seen` on
        both, all in the units in which they `lie`; `theirs` is what an index may say of it."""
        hits, ordered, step = number * seen * weighing.part, bool(road.walks or road.share), weighing.step(road.by, theirs)
        ways = [(weighing.along(road.by, road.on, hits, theirs) if ordered else weighing.gathered(road.by, road.on, theirs), step, road)]
        gathered = list[tuple[float, float, _Road]]()
        if within is not None and not road.by.startswith("units"):
            units = _also(_units(session, viewer, sort, weighing.part * seen / of_them, within), *met)
            ways.append((weighing.along(units.by, units.on, hits, theirs), weighing.step(units.by, theirs), units))
        for one in asked if lie is None else [one.within(lie) for one in asked]:
            to_it = _Road((one.where, *met), one.kind, weighing.size(one), due and one.ordered, seeks=True)
            if to_it.walks:
                ways.append((weighing.along(one.kind, to_it.on, hits, theirs), step, to_it))
            else:
                gathered.append((weighing.gathered(one.kind, to_it.on, theirs), step, to_it))
            if one.numbers is not None and ordered and one.kind not in weighing.says(road.by) and session.dialect.name == "sqlite":
                kept = walked(session, stream.c.id if road.along else cases.c.id).in_(one.numbers)
                ways.append((weighing.along(road.by, road.on, hits, theirs, one), weighing.step(road.by, theirs, one), _also(road, kept)))
        _, step, best = min([*ways, *gathered], key=lambda way: way[0])
        if due or not gathered or best.seeks or not (best.walks or best.share):
            return best
        beyond, _, other = min(gathered, key=lambda way: way[0])
        step *= WORTH * max(1.0, best.on) / number
        return best._replace(instead=other.where, beyond=beyond / step, share=best.share or seen * weighing.part)

    along = _Road(there, order, number, True, changes)
    if viewer.units is None or viewer.wide:
        yield shortest(along, of_them, in_them, *there)
        return
    if seen := viewer.units if within is None else viewer.units & within:
        share = len(seen) / whole
        road = _units(session, viewer, sort, weighing.part, seen)
        yield shortest(road, share, {"unit": share}, among(walked(session, cases.c.unit_id), seen), lie=seen)
    leads = viewer.fast_units if within is None or viewer.fast_units is None else viewer.fast_units & within
    fast_track = walked(session, cases.c.workflow).in_(fast(house))
    if leads is None:
        yield shortest(_also(along, fast_track), of_them / MUCH, in_them, fast_track, *there)
    elif leads - viewer.units:
        share, met = len(leads) / whole, and_(among(walked(session, cases.c.unit_id), leads), fast_track)
        yield shortest(_also(_units(session, viewer, sort, weighing.part, leads), fast_track), share / MUCH, {"unit": share}, met, lie=leads)
    bodies = viewer.bodies if wanted.body is None else tuple(body_of(session, wanted.body).intersection(viewer.bodies))
    own = list(of_their_own(session, replace(viewer, bodies=bodies)))
    if gathered := [one for one in own if one.size <= few_of(number)]:
        road = _Road((or_(*(one.where for one in gathered)), *there), "", size := sum(one.size for one in gathered))
        yield shortest(road, size / number * of_them, in_them, or_(*(one.met for one in gathered)), *there)
    many = [one for one in own if one.size > few_of(number)]
    for one in many:
        if due and one.ordered:
            yield shortest(_Road((one.where, *there), one.kind, one.size, True), *_theirs(number, in_them, [one]), one.met, *there)
    if beside := [one for one in many if not (due and one.ordered)]:
        met = or_(*(one.met for one in beside))
        yield shortest(_also(along, met), *_theirs(number, in_them, beside), met, *there)


def _theirs(number: int, in_units: Mapping[str, float], own: Sequence[Some]) -> tuple[float, Mapping[str, float]]:
    """How large a part of all cases somebody sees of these, in some units, and what an index may say of them."""
    share = min(1.0, sum(one.size for one in own) / number)
    return share * in_units.get("unit", 1.0), dict(in_units) | ({own[0].kind: share} if len({one.kind for one in own}) == 1 else {})


def _within(session: Session, viewer: Viewer, code: str) -> frozenset[int] | None:
    """The units in the one that is asked for; None where they are so many that they narrow next to nothing."""
    most = viewer.units_in_all // 2
    found = _WITHIN.run(session, {"code": code, "most": most + 1})
    return None if len(found) > most else frozenset(id_ for (id_,) in found)


def _also(road: _Road, *where: ColumnElement[bool]) -> _Road:
    """A road on which something else is asked of each case."""
    return road._replace(where=(*road.where, *where))


def _units(session: Session, viewer: Viewer, sort: str, part: float, units: Iterable[int]) -> _Road:
    """The cases of some units, of which a list asks for a part: gathered where they are likely few, else met on the way."""
    order, seen = sort.lstrip("-"), sorted(units)
    due, changes, share = order == "due", order == "updated", len(seen) / max(len(seen), viewer.units_in_all)
    about = viewer.cases_in_all * share
    if len(seen) > MOST_UNITS and about * share > WALK:
        on_the_way = walked(session, stream.c.unit_id if changes else cases.c.unit_id)
        return _Road((spelt_out(on_the_way, seen),), order, viewer.cases_in_all, True, changes)
    if len(seen) > MOST_UNITS:
        return _Road((among(cases.c.unit_id, seen),), "units due", about)
    road = _Road((among(stream.c.unit_id if changes else cases.c.unit_id, seen),), f"units {order}", about, along=changes)
    if about <= GATHERED or (len(seen) == 1 and not due):
        return road._replace(walks=len(seen) == 1 and not due and not changes)
    return road._replace(share=share * part, about=about * part)


def _parts(session: Session, uid: str) -> Sequence[int] | None:
    """The cases in which somebody plays a part, where they are few enough to name."""
    found = session.execute(select(case_role.c.case_id).where(*part_of(uid)).distinct().limit(FEW + 1)).scalars().all()
    return found if len(found) <= FEW else None


def _few(session: Session, words: list[str]) -> tuple[Sequence[int] | None, Often]:
    """The cases that have words, where they are few enough to name, and how often they are met."""
    if often := _OFTEN.get(session, key := " ".join(sorted(words))):
        return None, often
    found = word_index.find(session, Question(words), TITLE, FAR, SAMPLE)
    if len(found) == SAMPLE and found[0] - found[-1] >= SAMPLE * DENSE:
        found = word_index.find(session, Question(words), TITLE, FAR, FEW + 1)
    if len(found) < SAMPLE or (len(found) <= FEW and found[0] - found[-1] >= SAMPLE * DENSE):
        return found, ALWAYS
    have = len(found) / (found[0] - found[-1] + 1)
    return None, _OFTEN.keep(session, key, Often(have, min(1.0, have + BY_CHANCE ** wording.marks(words))))


__all__ = ["Met", "Place", "Plan", "ahead", "by_words", "plan"]

"""By which roads the cases of a page are found.

A page is the next few cases in the order of the list that the reader sees and the filters let through. Two ways lead to it: to walk along an index
in the order of the list until the page is full, which is short where much is seen; or to gather all that is seen and sort it, which is short where
little is. A reader's sight has several roads: their own cases, those of their offices and of their bodies, and the units of their grants. Each road
is asked for one page, and the pages are merged. What a list asks for is a road by itself where few cases fulfil it. How many there are is counted
before (`services.narrowing`), and which road is the shortest is weighed (`services.choosing`); where a walk may lead past very many in vain, it goes
a stretch, and then what there is fewest of is gathered. On PostgreSQL the next cases of a road are pointed out, where its index tells more than the
database would ask it (`services.pointing`). A road only narrows what is looked at: what is told is decided by `visible_to` and the filters on every
one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, literal, select, tuple_

from inspect_app.access.numbers import among
from inspect_app.access.parts import Viewer, visible_to
from inspect_app.db import Session
from inspect_app.models import case_role, cases
from inspect_app.models.case import FAR
from inspect_app.now import now
from inspect_app.services import weighing, word_index, wording
from inspect_app.services.choosing import Road, roads_to
from inspect_app.services.filters import SORTS, Filter, conditions, openness, part_of, sound
from inspect_app.services.house import House
from inspect_app.services.narrowing import body_of
from inspect_app.services.pointing import pointed_out
from inspect_app.services.remembering import Remembered
from inspect_app.services.rows import at_once, fast
from inspect_app.services.steering import found_otherwise, steered, worded
from inspect_app.services.stretches import STRETCH, days, further
from inspect_app.services.weighing import ALWAYS, RARELY, Often
from inspect_app.services.word_index import TITLE, Question

FEW = 1000
"""So many cases are named by their numbers; where there are more, they are met soon enough on the way."""
SAMPLE, DENSE = 100, 50
"""Of those that have words so many of the newest are looked at first: where they are one in fifty, they are not few."""
BY_CHANCE = 0.12
"""So large a part of all titles has the mark of any word."""
_OFTEN = Remembered[Often](600.0)
"""How often words are met that many cases have."""
WINDOW, NARROWED, WIDER = 8, 12, 4
"""The first span of due days is so wide that about eight pages, of open and ended cases, would lie in it if cases lay evenly, or twelve where more is
asked for than that they are open and no index tells it; half as many for ended ones, which are more. Each next one is four times as wide."""
ENOUGH = 2
"""Of the changes, or openings, so many pages of some units are looked at first, if they had them as often as all others."""
SPARE, MOST_MET, MORE, VAIN = 3, 400, 3, 20
"""So many more cases are looked at than a page still needs, and so many at most in one go; what was not enough is looked for among so many times as
many as likely are. Where but one of so many that are pointed out is one of the list, no more are."""
SOME = 64
"""Of more units PostgreSQL takes the order of the list for the shorter way, whatever part of it is looked at."""
_ORDERS = frozenset(f"{of_units}{order}" for of_units in ("", "units ") for order in ("due", "opened", "updated"))
"""The roads that are the order of a list, and the same of some units; all others are in the order of due days."""
_TOLD = ("state", "workflow", "body")
"""What a list may ask for that PostgreSQL points out where the index of a road says it."""
TRIES = 3
"""Along a list a stretch is gone, then four times as many steps and so on, before what it asks for is gathered where something narrows it."""


class Place(NamedTuple):
    """A place in a list: what the case there is ordered by, and its number."""

    value: int
    id: int


class Met(NamedTuple):
    """A case of a list: its place, and what was told of it by the way: all that `rows.told` takes, its number and title alone where words are asked
    for, or nothing."""

    place: Place
    said: Sequence[Any]


class _Span(NamedTuple):
    """From where to where the order of a list is looked at, both included; `ends` where nothing of it is left beyond. Of what stands where it is left
    it is no more than up to the number `until`."""

    first: int
    last: int
    ends: bool = False
    until: int | None = None


_DAYLESS = _Span(FAR, FAR)
"""What has no due day."""
_Way = tuple[Road, bool | None]
"""A road, in one piece of a list."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How the pages of one list are found. `conditions` are what every case of it fulfils, as a road asks it that walks, or one that does not.
    `pieces` are the open and the ended cases where they lie apart in the order; none was changed before `since`, where the list is in the order of
    changes. `words` have to be in number and title, which are about so `often`: all that have their marks are told. `told` is what a list asks for
    that an index may say, where PostgreSQL may point out what is next; whether something is asked `besides`, no index says."""

    roads: tuple[Road, ...]
    conditions: Callable[[bool], tuple[ColumnElement[bool], ...]]
    sort: str
    pieces: tuple[bool | None, ...]
    overdue: bool | None
    since: int
    words: list[str]
    often: Often = ALWAYS
    window: int = WINDOW
    told: Mapping[str, Any] = field(default_factory=dict)
    besides: bool = False


def plan(session: Session, house: House, viewer: Viewer, wanted: Filter, sort: str, *more: ColumnElement[bool]) -> Plan:
    """By which roads the pages of a list are found. Raises `Invalid` for a text that cannot be looked for."""
    sound(wanted)
    parts = _parts(session, wanted.assigned_to) if wanted.assigned_to else None
    beyond = wanted if parts is None else replace(wanted, assigned_to=None)

    words, besides = list(dict.fromkeys(wording.words(wanted.q or ""))), bool(more)
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
    bodies = body_of(session, wanted.body)
    by_sight = () if known is not None else roads_to(session, house, viewer, beyond, sort, often, is_open, bodies)
    roads = tuple(by_sight) if known is None else (Road((among(cases.c.id, known),)),)
    since = -FAR if wanted.updated_since is None or SORTS[sort][0] is not cases.c.updated_at else wanted.updated_since
    told = _told(wanted, is_open, bodies) if known is None and session.dialect.name == "postgresql" else {}
    window = WINDOW if not besides and (told or replace(wanted, is_open=None) == Filter()) else NARROWED
    return Plan(roads, asked, sort, pieces, wanted.overdue, since, words, often, window, told, besides)


def _told(wanted: Filter, is_open: frozenset[bool], bodies: frozenset[int]) -> dict[str, Any]:
    """What a list asks for that an index may say, each under its kind (`services.weighing`)."""
    return {"state": wanted.state or None, "workflow": (wanted.workflow,) if wanted.workflow else None,
            "body": next(iter(bodies), 0) if wanted.body else None, "open": next(iter(is_open)) if len(is_open) == 1 else None}


def ahead(session: Session, way: Plan, after: Place | None, most: int) -> list[Met]:
    """The next cases of a list after a place, at most so many. Where that is among those without a due day, which are most, SQLite is asked for these
    by themselves: of a place it takes the day alone for where to begin, and would go through all that have none."""
    if after is None or after.value != FAR or session.dialect.name != "sqlite":
        return _ahead(session, way, after, most, None)
    found = _ahead(session, way, after, most, _DAYLESS)
    if SORTS[way.sort][1] and len(found) < most:
        found += _ahead(session, way, Place(FAR - 1, FAR), most - len(found), None)
    return found


def _ahead(session: Session, way: Plan, after: Place | None, most: int, within: _Span | None) -> list[Met]:
    """The same within a span of the order: first those on the roads on which PostgreSQL points them out. Once a page is full, what comes after its
    end is asked for by no road any more. Open and ended cases are asked for at once where they are named."""
    down = SORTS[way.sort][1]
    pieces = way.pieces[::-1] if down else way.pieces
    ways = [(road, piece) for road in way.roads for piece in ((None,) if len(pieces) > 1 and not road.by else pieces)]
    together, others = list[_Way](), list[_Way]()
    for road, piece in ways:
        (together if _is_pointed_out(way, road) and _is_pointed_out(way, road.instead or road) else others).append((road, piece))
    named = {number for road, _ in others for number in road.numbers} if together else set()
    rows = _pointed_out(session, way, together, after, most, named=named)
    if rows is None:
        way, others = replace(way, told={}), [*together, *others]
    elif named:
        others = [(road, piece) for road, piece in others if not road.numbers]
    found = _by_number(rows or ())
    for road, piece in others:
        full = _until(way, after, [met.place for met in found.values()], most) or within
        found |= _by_number(_within(_asked, session, way, road, piece, after, most, full))
    return sorted(found.values(), reverse=down)[:most]


def _by_number(rows: Sequence[Any]) -> dict[int, Met]:
    return {id_: Met(Place(value, id_), said) for id_, value, *said in rows}


def _until(way: Plan, after: Place | None, found: Collection[Place], most: int) -> _Span | None:
    """Where a page ends for which so many are found; None where they do not fill it."""
    if len(found) < most:
        return None
    down = SORTS[way.sort][1]
    end = sorted(found, reverse=down)[most - 1].value
    return _Span(end, after.value if after else FAR) if down else _Span(after.value if after else -FAR, end)


def _within(asks: Callable[..., Sequence[Any]], session: Session, way: Plan, road: Road, piece: bool | None, after: Place | None, most: int,
            full: _Span | None) -> Sequence[Any]:
    """The next cases of a road in one piece of a list, at most so many, as far as a page that is full; `asks` for them within a span."""
    road, begin = road if full and full != _DAYLESS else road.of(piece), _begin(way, piece, after)
    for span in [full] if full else _spans(session, way, road, piece, begin, most):
        rows = asks(session, way, road, piece, begin, most, span)
        if full or span.ends or len(rows) == most:
            return rows
    return asks(session, way, road.instead or road, piece, begin, most, None)


def _spans(session: Session, way: Plan, road: Road, piece: bool | None, after: Place | None, most: int) -> Iterator[_Span]:
    """Within what a page of some units likely lies, by due day, by openings or by changes: each wider than the one before. So no more is read than
    about a page, however many units there are and however the cases lie; instead of half of everything all is asked for. Few ended cases have a due
    day: where there is none, those that come next have the next numbers. Both ends of a span are said: of one end alone PostgreSQL takes for granted
    that it lets a third of everything through."""
    down = SORTS[way.sort][1]
    start = after.value if after else FAR if down else -FAR
    begin, end = days(session, piece) if road.share and (piece or (piece is False and way.told)) else (0, -1)
    if end == start == FAR:
        width = int(ENOUGH * most / road.share) * (-1 if down else 1)
        number = after.id if after else int(road.about / road.share)
        for wider in range(TRIES):
            yield _Span(FAR, FAR, until=number + width * WIDER ** wider)
    elif end == FAR:
        if not down:
            yield _Span(start, FAR - 1)
    elif end >= begin:
        begin, end = (begin, min(end, start)) if down else (max(begin, start), end)
        window = way.window if piece else way.window / 2
        width = max(1, int((end - begin) * min(1.0, window * most / max(1.0, road.about))))
        while 2 * width < end - begin:
            yield _Span(end - width, start) if down else _Span(start, begin + width)
            width *= WIDER
    if piece is None and way.pieces == (None,) and (road.instead or road.share):
        steps = max(int(min(ENOUGH * most / (road.share or 1.0), FAR)), STRETCH if road.instead else 0)
        for wider in range(TRIES):
            if wider and road.instead and steps * WIDER ** wider > road.beyond:
                break
            there = further(session, way.sort, start, steps * WIDER ** wider)
            if there is None:
                yield _Span(-FAR, start, ends=True) if down else _Span(start, FAR, ends=True)
                break
            yield _Span(there, start, ends=there < way.since) if down else _Span(start, there)


def _asked(session: Session, way: Plan, road: Road, piece: bool | None, after: Place | None, most: int, span: _Span | None) -> Sequence[Any]:
    """The next cases of a road within a span of its order, told."""
    if _is_pointed_out(way, road):
        rows = _pointed_out(session, way, [(road, piece)], after, most, span)
        if rows is not None:
            return rows
        way = replace(way, told={})
    with steered(session, road.how):
        return session.execute(_query(session, way, road, piece, after, most, span)).all()


def _is_pointed_out(way: Plan, road: Road) -> bool:
    """Whether the index of a road tells more than PostgreSQL would ask it: words, units, or what a list asks for. A list of which no index tells most
    is found by one statement, unless it would be led astray."""
    says = weighing.SAYS["postgresql"].get(road.by, ())
    if way.besides and len(road.units) <= SOME:
        return False
    if not way.told or not says or (road.seeks and not road.walks and not road.by.startswith("units")):
        return False
    if (way.words and "words" not in says) or (road.by == "body" and road.body is None and way.told["body"] is None):
        return False
    return bool(way.words or road.units or any(way.told[kind] is not None for kind in says if kind in _TOLD))


def _pointed_out(session: Session, way: Plan, ways: Sequence[_Way], after: Place | None, most: int,
                 within: _Span | None = None, named: Collection[int] = ()) -> Sequence[Any] | None:
    """The next cases that PostgreSQL points out on some roads, each in one piece of a list, and of some that are `named`; no others are looked up: of
    all together those that come next, and of them are told those that the reader may know of, and that fulfil all else. None where these are so few
    that PostgreSQL sooner finds them itself."""
    down, found, seen, begin = SORTS[way.sort][1], list[Any](), 0, after
    wanted = most + (most // 2 if way.overdue is not None and way.pieces == (None,) else SPARE)
    places, ended = list[Place](), set[int]()
    while len(found) < most:
        for number, (road, piece) in enumerate(ways):
            if number not in ended:
                span = within or _until(way, begin, places, wanted)
                ahead_on = _within(_next, session, way, road, piece, begin, wanted, span)
                places = list({*places, *(Place(value, id_) for id_, value in ahead_on)})
                ended |= {number} if len(ahead_on) < wanted and span is within else set()
        met, places = (there := sorted(places, reverse=down))[:wanted], there[wanted:]
        to_them = Road((among(cases.c.id, {*named, *(place.id for place in met)}),))
        known_to = met[-1] if places or len(ended) < len(ways) else None
        with steered(session):
            found += session.execute(_query(session, way, to_them, None, begin, most, None, known_to)).all() if met or named else ()
        if known_to is None:
            break
        begin, seen = known_to, seen + len(met)
        if seen > MOST_MET and len(found) * VAIN < seen:
            return None
        wanted = min(MOST_MET, MORE * max(1, most - len(found)) * seen // max(1, len(found)) + MORE * SPARE)
    return found[:most]


def _next(session: Session, way: Plan, road: Road, piece: bool | None, after: Place | None, most: int, span: _Span | None) -> list[tuple[int, int]]:
    """The next cases that PostgreSQL points out on a road within a span of its order, as numbers and places."""
    says = (road.by, *weighing.SAYS["postgresql"][road.by])
    (least, end), down = _bounds(way, piece), SORTS[way.sort][1]
    asked = {kind: way.told[kind] if kind in says else None for kind in _TOLD}
    asked |= {"road": road.by if road.by in _ORDERS else "due", "down": down, "units": road.units, "offices": road.offices,
              "body": road.body or asked["body"],
              "workflows": asked["workflow"] or (road.workflows if "workflow" in says else ()),
              "is_open": way.told["open"] if piece is None else piece,
              "first": max(span.first, least) if span else least, "last": min(span.last, end) if span else end,
              "until": span.until if span else None}
    place = after or (Place(FAR, FAR) if down else Place(-FAR, 0))
    return pointed_out(session, way.words, asked | {"value": place.value, "id": place.id}, most)


def _query(session: Session, way: Plan, road: Road, piece: bool | None, after: Place | None, most: int, span: _Span | None,
           until: Place | None = None) -> Any:
    """What is asked of a road. First of all from where on: of several bounds SQLite goes by the first."""
    key, down = SORTS[way.sort]
    key, tie = key if road.walks or road.share else found_otherwise(session, False, key), cases.c.id
    said = (cases.c.number, cases.c.title) if way.words and not way.told else at_once(session)
    within = () if span is None else (key >= span.first, key <= span.last)
    if span and span.until is not None:
        until = Place(FAR, span.until)
    least = _bounds(way, piece)[0]
    within = (*within, key >= least) if down and least > -FAR else within
    here = tuple_(key, tie)
    if until is not None:
        there = tuple_(literal(until.value), literal(until.id))
        within = (*within, here >= there if down else here <= there)
    if after is not None and span is not None and span.first == span.last == after.value and not road.asks:
        within = (key == after.value, tie < after.id if down else tie > after.id)
    elif after is not None:
        there = tuple_(literal(after.value), literal(after.id))
        within = (here < there if down else here > there, *within)
    query = worded(select(cases.c.id, key, *said).where(*within, *road.where, *way.conditions(road.walks or road.asks)), road.how)
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


def _parts(session: Session, uid: str) -> Sequence[int] | None:
    """The cases in which somebody plays a part, where they are few enough to name."""
    found = session.execute(select(case_role.c.case_id).where(*part_of(uid)).distinct().limit(FEW + 1)).scalars().all()
    return found if len(found) <= FEW else None


def _few(session: Session, words: list[str]) -> tuple[Sequence[int] | None, Often]:
    """The cases that have words, where they are few enough to name, and how often they are met."""
    known = _OFTEN.get(session, key := " ".join(sorted(words)))
    if known not in (None, RARELY):
        return None, known
    found = word_index.find(session, Question(words), TITLE, FAR, FEW + 1 if known else SAMPLE)
    if len(found) == SAMPLE and found[0] - found[-1] >= SAMPLE * DENSE:
        found = word_index.find(session, Question(words), TITLE, FAR, FEW + 1)
    if len(found) < SAMPLE or (len(found) <= FEW and found[0] - found[-1] >= SAMPLE * DENSE):
        _OFTEN.keep(session, key, RARELY)
        return found, ALWAYS
    have = len(found) / (found[0] - found[-1] + 1)
    return None, _OFTEN.keep(session, key, Often(have, min(1.0, have + BY_CHANCE ** wording.marks(words))))


__all__ = ["Met", "Place", "Plan", "ahead", "plan"]

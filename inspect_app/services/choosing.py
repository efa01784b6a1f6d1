"""Which roads lead to the cases of a list, of several to the same cases the one that costs least."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from typing import NamedTuple

from sqlalchemy import ColumnElement, or_

from inspect_app.access.numbers import among, spelt_out
from inspect_app.access.parts import Viewer
from inspect_app.db import Fixed, Session
from inspect_app.models import cases
from inspect_app.services.filters import Filter
from inspect_app.services.house import House
from inspect_app.services.narrowing import Some, asked_for, of_their_own
from inspect_app.services.reckoning import few_of
from inspect_app.services.rows import fast
from inspect_app.services.steering import How, found_otherwise, walked
from inspect_app.services.weighing import MUCH, Often, Weighing

WORTH = 2
"""A stretch of a list is gone where gathering costs at least so many times as much, and the ended cases are met on the way where that is so much
shorter than to gather those of the units."""
MOST_UNITS = 400
"""So many units are asked for one after the other."""
WALK = 4
"""Walking with the units on the way costs a step for each case, gathering a few for each case in sight: they meet where the square of those in
sight is so many times all cases."""
GATHERED = 600
"""So few cases of some units are read at once, whatever the page."""

_WITHIN = Fixed("SELECT a.unit_id FROM unit u JOIN unit_above a ON a.above_id = u.id WHERE u.code = :code LIMIT :most")
"""The units in the one that is asked for."""


class Road(NamedTuple):
    """A condition that narrows what is looked at, `by` an index that has about so many cases `on` it (`services.weighing`). `walks` says that it is
    met on the way along the order of the list. `units`, `body`, `numbers`, `offices` and `workflows` are those of all cases on it, where it has not
    all. `share` is about how large a part of all cases is looked for on it, and `about` how many these are, where it is worth to ask for what lies
    within a span of the order; else 0. `instead` is gone where a stretch of the way was not enough, or one of more than `beyond` steps
    would have to be gone; None where the way is gone to its end. The ended cases, of which few have a due day, are met on the way where they are
    `ended`: by due day no span has few of them. `seeks` says that what it has in common is what cases are to be looked for by."""

    where: tuple[ColumnElement[bool], ...] = ()
    by: str = ""
    on: float = 0
    walks: bool = False
    units: tuple[int, ...] = ()
    body: int | None = None
    numbers: tuple[int, ...] = ()
    offices: tuple[int, ...] = ()
    workflows: tuple[str, ...] = ()
    share: float = 0
    about: float = 0
    instead: Road | None = None
    beyond: float = 0
    ended: tuple[ColumnElement[bool], ...] = ()
    seeks: bool = False

    def of(self, piece: bool | None) -> Road:
        """The same for the open or the ended cases."""
        if not self.ended or piece is not False:
            return self
        return Road(self.ended, "due", walks=True, units=self.units, body=self.body, workflows=self.workflows)

    @property
    def asks(self) -> bool:
        """Whether the index of units is asked all that it says of a case."""
        return self.by.startswith("units")

    @property
    def how(self) -> How:
        return "walks" if self.walks else "seeks" if self.seeks else ""


def roads_to(session: Session, house: House, viewer: Viewer, wanted: Filter, sort: str, often: Often, open_too: Set[bool],
             in_bodies: Set[int]) -> Iterable[Road]:
    """The roads of a list: whoever sees most things walks along it, and all others go by the roads of their sight within the unit that is asked for,
    those first that fill a page: of the others little is left to ask then. Instead of each the one to what the list asks for is taken where that is
    shorter."""
    order, number, whole = sort.lstrip("-"), max(1, viewer.cases_in_all), max(1, viewer.units_in_all)
    due = order == "due"
    within = None if wanted.unit is None else _within(session, viewer, wanted.unit)
    if within is not None and not within:
        return
    there = () if within is None else (among(walked(session, cases.c.unit_id), within),)
    of_them = 1.0 if within is None else len(within) / whole
    in_them = {} if within is None else {"unit": of_them}
    asked = tuple(asked_for(session, viewer, replace(wanted, updated_since=None) if order == "updated" else wanted, in_bodies))
    both = due or wanted.state or wanted.overdue or len(open_too) != 1
    weighing = Weighing(session.dialect.name, number, asked, often, 1.0 if both else 1 / MUCH if True in open_too else 1 - 1 / MUCH)

    def shortest(road: Road, seen: float, theirs: Mapping[str, float], *met: ColumnElement[bool], lie: Set[int] | None = within) -> Road:
        """A road, or a shorter one to what is asked for, on which it is asked of each case whether it is `met`. Such a part of all cases is `seen` on
        both, all in the units in which they `lie`; `theirs` is what an index may say of it."""
        hits, ordered, step = number * seen * weighing.part, bool(road.walks or road.share), weighing.step(road.by, theirs)
        ways = [(weighing.along(road.by, road.on, hits, theirs) if ordered else weighing.gathered(road.by, road.on, hits, theirs), step, road)]
        gathered = list[tuple[float, float, Road]]()
        here = met if lie is None else (*met, among(walked(session, cases.c.unit_id), lie))
        if within is not None and not road.by.startswith("units"):
            units = _also(_units(session, viewer, sort, weighing.part * seen / of_them, within), *met)
            units = units._replace(body=road.body, workflows=road.workflows, offices=road.offices)
            ways.append((weighing.along(units.by, units.on, hits, theirs), weighing.step(units.by, theirs), units))
        if lie is not None and asked and not due and len(lie) <= MOST_UNITS:
            index, on = f"units {order}", number * len(lie) / whole
            of_them_all = _also(Road((among(cases.c.unit_id, lie),), index, on, units=tuple(lie), seeks=True), *met)
            gathered.append((weighing.gathered(index, on, hits, theirs), step, of_them_all))
        for one in asked if lie is None else [one.within(lie) for one in asked]:
            to_it = Road((one.where, *here), one.kind, weighing.size(one), due and one.ordered, seeks=True)
            if to_it.walks:
                to_it = to_it._replace(units=tuple(lie or ()), body=road.body, workflows=road.workflows)
                ways.append((weighing.along(one.kind, to_it.on, hits, theirs), step, to_it))
            else:
                gathered.append((weighing.gathered(one.kind, to_it.on, hits, theirs), step, to_it))
            if one.numbers is not None and ordered and one.kind not in weighing.says(road.by) and session.dialect.name == "sqlite":
                kept = walked(session, cases.c.id).in_(one.numbers)
                ways.append((weighing.along(road.by, road.on, hits, theirs, one), weighing.step(road.by, theirs, one), _also(road, kept)))
        _, step, best = min([*ways, *gathered], key=lambda way: way[0])
        if best.by == "units due" and WORTH * weighing.along("due", number, hits, theirs) < weighing.gathered(best.by, best.on, hits, theirs):
            return best._replace(ended=here)
        if due or not gathered or best.seeks or not (best.walks or best.share):
            return best
        beyond, _, other = min(gathered, key=lambda way: way[0])
        step *= WORTH * max(1.0, best.on) / number
        return best._replace(instead=other, beyond=beyond / step, share=best.share or seen * weighing.part)

    along = Road(there, order, number, True, tuple(within or ()))
    if viewer.units is None or viewer.wide:
        yield shortest(along, of_them, in_them)
        return
    if seen := viewer.units if within is None else viewer.units & within:
        share = len(seen) / whole
        road = _units(session, viewer, sort, weighing.part, seen)
        yield shortest(road, share, {"unit": share}, lie=seen)
    leads = viewer.fast_units if within is None or viewer.fast_units is None else viewer.fast_units & within
    fast_track = walked(session, cases.c.workflow).in_(workflows := tuple(_on_fast_track(house, wanted)))
    if leads is None and workflows:
        yield shortest(_also(along, fast_track)._replace(workflows=workflows), of_them / MUCH, in_them, fast_track)
    elif leads and workflows and leads - viewer.units:
        road, share = _also(_units(session, viewer, sort, weighing.part, leads), fast_track), len(leads) / whole
        yield shortest(road._replace(workflows=workflows), share / MUCH, {"unit": share}, fast_track, lie=leads)
    bodies = viewer.bodies if wanted.body is None else tuple(in_bodies & set(viewer.bodies))
    own = list(of_their_own(session, replace(viewer, bodies=bodies)))
    if gathered := [one for one in own if one.size <= few_of(number)]:
        here = () if within is None else (among(found_otherwise(session, False, cases.c.unit_id), within),)
        named = tuple((viewer.own or frozenset()) | viewer.held) if viewer.own is not None and len(gathered) == 1 and gathered[0] is own[0] else ()
        road = Road((or_(*(one.where for one in gathered)), *here), "", size := sum(one.size for one in gathered))
        by_office = {one.kind for one in gathered} <= {"office", "superior"}
        offices = tuple(number for numbers in viewer.offices.values() for number in numbers) if by_office else ()
        yield shortest(road._replace(numbers=named, offices=offices), size / number * of_them, in_them, or_(*(one.met for one in gathered)))
    many = [one for one in own if one.size > few_of(number)]
    for one in many:
        if due and one.ordered:
            road = Road((one.where, *there), one.kind, one.size, True, tuple(within or ()), one.body)
            yield shortest(road, *_theirs(number, in_them, [one]), one.met)
    if beside := [one for one in many if not (due and one.ordered)]:
        met = or_(*(one.met for one in beside))
        road = _also(along, met)._replace(body=beside[0].body if len(beside) == 1 else None)
        yield shortest(road, *_theirs(number, in_them, beside), met)


def _theirs(number: int, in_units: Mapping[str, float], own: Sequence[Some]) -> tuple[float, Mapping[str, float]]:
    """How large a part of all cases somebody sees of these, in some units, and what an index may say of them."""
    share = min(1.0, sum(one.size for one in own) / number)
    return share * in_units.get("unit", 1.0), dict(in_units) | ({own[0].kind: share} if len({one.kind for one in own}) == 1 else {})


def _within(session: Session, viewer: Viewer, code: str) -> frozenset[int] | None:
    """The units in the one that is asked for; None where they are so many that they narrow next to nothing."""
    most = viewer.units_in_all // 2
    found = _WITHIN.run(session, {"code": code, "most": most + 1})
    return None if len(found) > most else frozenset(id_ for (id_,) in found)


def _on_fast_track(house: House, wanted: Filter) -> Iterable[str]:
    """The fast-track workflows of which a list may have cases."""
    named = fast(house) if wanted.workflow is None else set(fast(house)) & {wanted.workflow}
    return named if wanted.state is None else {w.name for w in house.catalogue.by_hash.values() if w.name in named and wanted.state in w.by_name}


def _also(road: Road, *where: ColumnElement[bool]) -> Road:
    """A road on which something else is asked of each case."""
    return road._replace(where=(*road.where, *where))


def _units(session: Session, viewer: Viewer, sort: str, part: float, units: Iterable[int]) -> Road:
    """The cases of some units, of which a list asks for a part: gathered where they are likely few, else met on the way."""
    order, seen = sort.lstrip("-"), sorted(units)
    due, share = order == "due", len(seen) / max(len(seen), viewer.units_in_all)
    about = viewer.cases_in_all * share
    if len(seen) > MOST_UNITS and about * share > WALK:
        return Road((spelt_out(walked(session, cases.c.unit_id), seen),), order, viewer.cases_in_all, True, tuple(seen))
    if len(seen) > MOST_UNITS:
        return Road((among(cases.c.unit_id, seen),), "units due", about, units=tuple(seen))
    road = Road((among(cases.c.unit_id, seen),), f"units {order}", about, units=tuple(seen))
    if about <= GATHERED or (len(seen) == 1 and not due):
        return road._replace(walks=len(seen) == 1 and not due)
    return road._replace(share=share * part, about=about * part)


__all__ = ["Road", "roads_to"]

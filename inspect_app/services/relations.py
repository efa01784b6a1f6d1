"""What the organisation is and was around some people: offices, units, delegations, ties and second records, and nothing of the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, select

from inspect_app.access.conflicts import UNDER_A_CHAIR, Belonged, Granted, Held, Passed, Post, Snapshot, Tied, superiors_of
from inspect_app.db import Session
from inspect_app.models import appointment, belonging, close_tie, delegation, office, person, role_grant, unit_above
from workflows.roles import Role

One = TypeVar("One")
SOME = 400
"""How many values one statement is given."""


def at_a_time(values: Sequence[One]) -> Iterator[Sequence[One]]:
    """The values in portions that a statement takes."""
    return (values[n:n + SOME] for n in range(0, len(values), SOME))


def everyone_in(org: Snapshot) -> set[int]:
    """Everyone a snapshot speaks of."""
    return {*org.same, *org.same.values(), *(h.person for h in org.held), *(b.person for b in org.belonged), *(g.person for g in org.granted),
            *(p for d in org.passed for p in (d.giver, d.taker)), *(p for t in org.tied for p in (t.one, t.other))}


def around(session: Session, people: Iterable[int], whole_line: Iterable[int]) -> Snapshot:
    """Enough of the organisation to judge who is walled because of these people: for all, their other records and their chains of
    delegation; for those in `whole_line`, close ties, the lines of their offices and units up and down, and grants as well."""
    same: dict[int, int] = {}
    known = _records(session, set(people), same)
    lined = _records(session, set(whole_line), same) if whole_line else set()
    parts = _lines(session, lined) if lined else Snapshot()
    reached = known | everyone_in(parts)
    reached = _records(session, reached, same, known)
    passed = _passed(session, reached)
    _records(session, {p for d in passed for p in (d.giver, d.taker)}, same, reached)
    return Snapshot(parts.offices, parts.above, parts.held, passed, parts.belonged, parts.tied, parts.granted, same)


def superiors_on(session: Session, person_id: int, day: date) -> frozenset[int]:
    """Who stands right above a person on a day: holds the office right above theirs, or heads a unit that they belong to or hold an office in."""
    return superiors_of(around(session, (person_id,), (person_id,)), person_id, day)


def _all(session: Session, values: Iterable[int], query: Callable[[Sequence[int]], Any], make: Callable[..., One]) -> tuple[One, ...]:
    return tuple(make(*row) for some in at_a_time(sorted(values)) for row in session.execute(query(some)))


def _records(session: Session, people: set[int], same: dict[int, int], known: set[int] | None = None) -> set[int]:
    """These people with every other record of theirs; `known` were looked up before."""
    p = person.c
    found = people | (known or set())
    ahead = found - (known or set())
    while ahead:
        pairs = _all(session, ahead, lambda some: select(p.id, p.same_as_id).where(
            p.same_as_id.is_not(None), p.id.in_(some) | p.same_as_id.in_(some)), lambda *pair: pair)
        same.update(pairs)
        ahead = {one for pair in pairs for one in pair} - found
        found |= ahead
    return found


def _passed(session: Session, people: set[int]) -> tuple[Passed, ...]:
    """Every delegation of an office that one of these people ever gave or took."""
    d = delegation.c
    mine = {office for some in at_a_time(sorted(people)) for office in
            session.execute(select(d.office_id).where(d.from_id.in_(some) | d.to_id.in_(some)).distinct()).scalars()}
    return _all(session, mine, lambda some: select(d.office_id, d.from_id, d.to_id, d.since_on, d.until_on).where(d.office_id.in_(some)), Passed)


def _lines(session: Session, people: set[int]) -> Snapshot:
    a, b, g, o, t, u = appointment.c, belonging.c, role_grant.c, office.c, close_tie.c, unit_above.c
    tied = _all(session, people, lambda some: select(t.one_id, t.other_id, t.since_on, t.until_on).where(t.one_id.in_(some) | t.other_id.in_(some)),
                Tied)
    mine = {n for some in at_a_time(sorted(people)) for n in session.execute(select(a.office_id).where(a.person_id.in_(some)).distinct()).scalars()}
    belonged = _belonged(session, lambda some: b.person_id.in_(some), lambda some: person.c.id.in_(some), people)
    offices = _offices(session, o.id.in_, mine)
    _walk(session, offices, set(offices), lambda new: o.superior_id.in_(new))
    _climb(session, offices)
    units = {x.unit for x in belonged} | {post.unit for post in offices.values()}
    above = _above(session, units)
    offices |= _offices(session, o.unit_id.in_, {x for line in above.values() for x in line})
    _climb(session, offices)
    headed = {offices[n].unit for n in mine if n in offices}
    below = {n for some in at_a_time(sorted(headed)) for n in session.execute(select(u.unit_id).where(u.above_id.in_(some))).scalars()}
    belonged = tuple({*belonged, *_belonged(session, lambda some: b.unit_id.in_(some), lambda some: person.c.unit_id.in_(some), below)})
    held = _all(session, offices, lambda some: select(a.office_id, a.person_id, a.since_on, a.until_on).where(a.office_id.in_(some)), Held)
    granted = _grants(session, lambda some: g.person_id.in_(some), people)
    if granted:
        tops = {x.unit for x in granted}
        near = {n for some in at_a_time(sorted(tops)) for row in
                session.execute(select(u.unit_id, u.above_id).where(u.unit_id.in_(some) | u.above_id.in_(some))) for n in row}
        granted = tuple({*granted, *_grants(session, lambda some: g.unit_id.in_(some), near)})
    above |= _above(session, ({x.unit for x in belonged} | {x.unit for x in granted}) - set(above))
    return Snapshot(offices, above, held, (), belonged, tied, granted)


def _offices(session: Session, chosen: Callable[[Sequence[int]], ColumnElement[bool]], values: Iterable[int]) -> dict[int, Post]:
    o = office.c
    return dict(_all(session, values, lambda some: select(o.id, o.unit_id, o.superior_id).where(chosen(some)), lambda n, at, up: (n, Post(at, up))))


def _walk(session: Session, offices: dict[int, Post], ahead: set[int], chosen: Callable[[Sequence[int]], ColumnElement[bool]]) -> None:
    """Add what the offices lead to, step by step, until nothing is new."""
    while ahead:
        found = _offices(session, chosen, ahead)
        ahead = set(found) - set(offices)
        offices |= found


def _climb(session: Session, offices: dict[int, Post]) -> None:
    """Add every office above these."""
    while ahead := {post.superior for post in offices.values() if post.superior is not None} - set(offices):
        offices |= _offices(session, office.c.id.in_, ahead)


def _above(session: Session, units: Iterable[int]) -> dict[int, frozenset[int]]:
    u = unit_above.c
    found: dict[int, set[int]] = {}
    for below, top in _all(session, units, lambda some: select(u.unit_id, u.above_id).where(u.unit_id.in_(some)), lambda *pair: pair):
        found.setdefault(below, set()).add(top)
    return {n: frozenset(tops) for n, tops in found.items()}


def _belonged(session: Session, dated: Callable[[Sequence[int]], ColumnElement[bool]], today: Callable[[Sequence[int]], ColumnElement[bool]],
              values: Iterable[int]) -> tuple[Belonged, ...]:
    """Where people belonged; for those of whom no period is kept, where they belong today holds since ever."""
    b, p = belonging.c, person.c
    kept = _all(session, values, lambda some: select(b.person_id, b.unit_id, b.since_on, b.until_on).where(dated(some)), Belonged)
    bare = select(b.id).where(b.person_id == p.id).exists()
    return kept + _all(session, values, lambda some: select(p.id, p.unit_id).where(p.unit_id.is_not(None), today(some), ~bare),
                       lambda n, at: Belonged(n, at, date.min, None))


def _grants(session: Session, chosen: Callable[[Sequence[int]], ColumnElement[bool]], values: Iterable[int]) -> tuple[Granted, ...]:
    g = role_grant.c
    roles = (Role.CHAIR.value, *UNDER_A_CHAIR)
    return _all(session, values, lambda some: select(g.person_id, g.role, g.unit_id, g.since_on, g.until_on).where(g.role.in_(roles), chosen(some)),
                Granted)


__all__ = ["around", "at_a_time", "everyone_in", "superiors_on"]

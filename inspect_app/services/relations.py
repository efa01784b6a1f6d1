"""What the organisation is and was around some people: offices, units, delegations, ties and second records, and nothing of the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import BindParameter, Select, bindparam, select

from inspect_app.access.conflicts import UNDER_A_CHAIR, Belonged, Granted, Held, Passed, Post, Snapshot, Tied, superiors_of
from inspect_app.db import Session
from inspect_app.models import appointment, belonging, close_tie, delegation, office, person, role_grant, unit_above
from workflows.roles import Role

One = TypeVar("One")
SOME = 400
"""How many values one statement is given."""

_A, _B, _D, _G, _O, _P, _T, _U = appointment.c, belonging.c, delegation.c, role_grant.c, office.c, person.c, close_tie.c, unit_above.c
_SOME: BindParameter[int] = bindparam("some", expanding=True)
_ROLES = (Role.CHAIR.value, *UNDER_A_CHAIR)
_BARE = ~select(_B.id).where(_B.person_id == _P.id).exists()

# Statements are made once: a case that is opened asks for some twenty.
_TWINS = select(_P.id, _P.same_as_id).where(_P.same_as_id.is_not(None), _P.id.in_(_SOME) | _P.same_as_id.in_(_SOME))
_GIVEN = select(_D.office_id).where(_D.from_id.in_(_SOME) | _D.to_id.in_(_SOME)).distinct()
_PASSED = select(_D.office_id, _D.from_id, _D.to_id, _D.since_on, _D.until_on).where(_D.office_id.in_(_SOME))
_TIED = select(_T.one_id, _T.other_id, _T.since_on, _T.until_on).where(_T.one_id.in_(_SOME) | _T.other_id.in_(_SOME))
_HOLDING = select(_A.office_id).where(_A.person_id.in_(_SOME)).distinct()
_HELD = select(_A.office_id, _A.person_id, _A.since_on, _A.until_on).where(_A.office_id.in_(_SOME))
_OFFICES = select(_O.id, _O.unit_id, _O.superior_id)
_OFFICES_THEMSELVES, _OFFICES_BELOW, _OFFICES_IN = (_OFFICES.where(column.in_(_SOME)) for column in (_O.id, _O.superior_id, _O.unit_id))
_UNITS_BELOW = select(_U.unit_id).where(_U.above_id.in_(_SOME))
_UNITS_AROUND = select(_U.unit_id, _U.above_id).where(_U.unit_id.in_(_SOME) | _U.above_id.in_(_SOME))
_UNITS_ABOVE = select(_U.unit_id, _U.above_id).where(_U.unit_id.in_(_SOME))
_BELONGED = select(_B.person_id, _B.unit_id, _B.since_on, _B.until_on)
_BELONGS = select(_P.id, _P.unit_id).where(_P.unit_id.is_not(None), _BARE)
_OF_PEOPLE = _BELONGED.where(_B.person_id.in_(_SOME)), _BELONGS.where(_P.id.in_(_SOME))
_OF_UNITS = _BELONGED.where(_B.unit_id.in_(_SOME)), _BELONGS.where(_P.unit_id.in_(_SOME))
_GRANTED = select(_G.person_id, _G.role, _G.unit_id, _G.since_on, _G.until_on).where(_G.role.in_(_ROLES))
_GRANTED_TO, _GRANTED_AT = (_GRANTED.where(column.in_(_SOME)) for column in (_G.person_id, _G.unit_id))


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


def _all(session: Session, values: Iterable[int], query: Select[Any], make: Callable[..., One]) -> tuple[One, ...]:
    return tuple(make(*row) for some in at_a_time(sorted(values)) for row in session.execute(query, {"some": some}))


def _one(n: int) -> int:
    return n


def _pair(one: int, other: int) -> tuple[int, int]:
    return one, other


def _records(session: Session, people: set[int], same: dict[int, int], known: set[int] | None = None) -> set[int]:
    """These people with every other record of theirs; `known` were looked up before."""
    found = people | (known or set())
    ahead = found - (known or set())
    while ahead:
        pairs = _all(session, ahead, _TWINS, _pair)
        same.update(pairs)
        ahead = {one for pair in pairs for one in pair} - found
        found |= ahead
    return found


def _passed(session: Session, people: set[int]) -> tuple[Passed, ...]:
    """Every delegation of an office that one of these people ever gave or took."""
    return _all(session, set(_all(session, people, _GIVEN, _one)), _PASSED, Passed)


def _lines(session: Session, people: set[int]) -> Snapshot:
    tied = _all(session, people, _TIED, Tied)
    mine = set(_all(session, people, _HOLDING, _one))
    belonged = _belonged(session, _OF_PEOPLE, people)
    offices = _offices(session, _OFFICES_THEMSELVES, mine)
    _walk(session, offices, set(offices), _OFFICES_BELOW)
    _climb(session, offices)
    units = {x.unit for x in belonged} | {post.unit for post in offices.values()}
    above = _above(session, units)
    offices |= _offices(session, _OFFICES_IN, {x for line in above.values() for x in line})
    _climb(session, offices)
    headed = {offices[n].unit for n in mine if n in offices}
    below = set(_all(session, headed, _UNITS_BELOW, _one))
    belonged = tuple({*belonged, *_belonged(session, _OF_UNITS, below)})
    held = _all(session, offices, _HELD, Held)
    granted = _all(session, people, _GRANTED_TO, Granted)
    if granted:
        near = {n for pair in _all(session, {x.unit for x in granted}, _UNITS_AROUND, _pair) for n in pair}
        granted = tuple({*granted, *_all(session, near, _GRANTED_AT, Granted)})
    above |= _above(session, ({x.unit for x in belonged} | {x.unit for x in granted}) - set(above))
    return Snapshot(offices, above, held, (), belonged, tied, granted)


def _offices(session: Session, chosen: Select[Any], values: Iterable[int]) -> dict[int, Post]:
    return dict(_all(session, values, chosen, lambda n, at, up: (n, Post(at, up))))


def _walk(session: Session, offices: dict[int, Post], ahead: set[int], chosen: Select[Any]) -> None:
    """Add what the offices lead to, step by step, until nothing is new."""
    while ahead:
        found = _offices(session, chosen, ahead)
        ahead = set(found) - set(offices)
        offices |= found


def _climb(session: Session, offices: dict[int, Post]) -> None:
    """Add every office above these."""
    while ahead := {post.superior for post in offices.values() if post.superior is not None} - set(offices):
        offices |= _offices(session, _OFFICES_THEMSELVES, ahead)


def _above(session: Session, units: Iterable[int]) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = {}
    for below, top in _all(session, units, _UNITS_ABOVE, _pair):
        found.setdefault(below, set()).add(top)
    return {n: frozenset(tops) for n, tops in found.items()}


def _belonged(session: Session, chosen: tuple[Select[Any], Select[Any]], values: Iterable[int]) -> tuple[Belonged, ...]:
    """Where people belonged; for those of whom no period is kept, where they belong today holds since ever."""
    wanted, (dated, today) = set(values), chosen
    return _all(session, wanted, dated, Belonged) + _all(session, wanted, today, lambda n, at: Belonged(n, at, date.min, None))


__all__ = ["around", "at_a_time", "everyone_in", "superiors_on"]

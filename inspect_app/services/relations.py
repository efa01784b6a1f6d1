"""What the organisation is and was around some people: offices, units, delegations, ties and second records, and nothing of the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any, TypeVar

from inspect_app.access.conflicts import UNDER_A_CHAIR, Belonged, Granted, Held, Passed, Post, Snapshot, Tied, superiors_of
from inspect_app.db import Fixed, Session, together
from workflows.roles import Role

One = TypeVar("One")
SOME = 400
"""How many values one statement is given that names them one by one."""

_ROLES = ", ".join(f"'{role}'" for role in (Role.CHAIR.value, *UNDER_A_CHAIR))


# A case that is opened asks for some twenty of these.
_TWINS = Fixed("SELECT id, same_as_id FROM person WHERE same_as_id IS NOT NULL AND (id AMONG :some OR same_as_id AMONG :some)")
_GIVEN = Fixed("SELECT DISTINCT office_id FROM delegation WHERE from_id AMONG :some OR to_id AMONG :some")
_PASSED = Fixed("SELECT office_id, from_id, to_id, since_on, until_on FROM delegation WHERE office_id AMONG :some")
_TIED = Fixed("SELECT one_id, other_id, since_on, until_on FROM close_tie WHERE one_id AMONG :some OR other_id AMONG :some")
_HOLDING = Fixed("SELECT DISTINCT office_id FROM appointment WHERE person_id AMONG :some")
_HELD = Fixed("SELECT office_id, person_id, since_on, until_on FROM appointment WHERE office_id AMONG :some")
_OFFICES_THEMSELVES, _OFFICES_BELOW, _OFFICES_IN = (
    Fixed(f"SELECT id, unit_id, superior_id FROM office WHERE {column} AMONG :some") for column in ("id", "superior_id", "unit_id"))  # noqa: S608
_UNITS_BELOW = Fixed("SELECT unit_id FROM unit_above WHERE above_id AMONG :some")
_UNITS_AROUND = Fixed("SELECT unit_id, above_id FROM unit_above WHERE unit_id AMONG :some OR above_id AMONG :some")
_UNITS_ABOVE = Fixed("SELECT unit_id, above_id FROM unit_above WHERE unit_id AMONG :some")
_OF_PEOPLE, _OF_UNITS = ((
    Fixed(f"SELECT person_id, unit_id, since_on, until_on FROM belonging WHERE {dated} AMONG :some"),  # noqa: S608
    Fixed(f"SELECT id, unit_id FROM person WHERE unit_id IS NOT NULL AND {now} AMONG :some "  # noqa: S608
           "AND NOT EXISTS (SELECT 1 FROM belonging b WHERE b.person_id = person.id)"))
    for dated, now in (("person_id", "id"), ("unit_id", "unit_id")))
_GRANTED_TO, _GRANTED_AT = (
    Fixed(f"SELECT person_id, role, unit_id, since_on, until_on FROM role_grant WHERE role IN ({_ROLES}) AND {column} AMONG :some")  # noqa: S608
    for column in ("person_id", "unit_id"))


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


def _all(session: Session, values: Iterable[int], query: Fixed, make: Callable[..., One]) -> tuple[One, ...]:
    told = set(values)
    return tuple(make(*row) for row in query.run(session, {"some": together(told)})) if told else ()


def _dated(kind: Callable[..., One]) -> Callable[..., One]:
    """Makes one of these of a row that ends with its period."""

    def make(*row: Any) -> One:
        *told, since, until = row
        return kind(*told, day_read(since), None if until is None else day_read(until))

    return make


def day_read(day: date | str) -> date:
    """A day as a fixed statement gives it: SQLite gives days as texts."""
    return date.fromisoformat(day) if isinstance(day, str) else day


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
    return _all(session, set(_all(session, people, _GIVEN, _one)), _PASSED, _dated(Passed))


def _lines(session: Session, people: set[int]) -> Snapshot:
    tied = _all(session, people, _TIED, _dated(Tied))
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
    held = _all(session, offices, _HELD, _dated(Held))
    granted = _all(session, people, _GRANTED_TO, _dated(Granted))
    if granted:
        near = {n for pair in _all(session, {x.unit for x in granted}, _UNITS_AROUND, _pair) for n in pair}
        granted = tuple({*granted, *_all(session, near, _GRANTED_AT, _dated(Granted))})
    above |= _above(session, ({x.unit for x in belonged} | {x.unit for x in granted}) - set(above))
    return Snapshot(offices, above, held, (), belonged, tied, granted)


def _offices(session: Session, chosen: Fixed, values: Iterable[int]) -> dict[int, Post]:
    return dict(_all(session, values, chosen, lambda n, at, up: (n, Post(at, up))))


def _walk(session: Session, offices: dict[int, Post], ahead: set[int], chosen: Fixed) -> None:
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


def _belonged(session: Session, chosen: tuple[Fixed, Fixed], values: Iterable[int]) -> tuple[Belonged, ...]:
    """Where people belonged; for those of whom no period is kept, where they belong today holds since ever."""
    wanted, (dated, today) = set(values), chosen
    return _all(session, wanted, dated, _dated(Belonged)) + _all(session, wanted, today, lambda n, at: Belonged(n, at, date.min, None))


__all__ = ["around", "at_a_time", "day_read", "everyone_in", "superiors_on"]

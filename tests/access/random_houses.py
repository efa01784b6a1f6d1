"""Random organisations with moves, delegations and second records, small enough to be judged by hand, and the people of a case in them."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from inspect_app.access.conflicts import Belonged, Granted, Held, Involved, Passed, Post, Snapshot, Tied

FIRST = date(2026, 1, 1)
ROLES = ("chair", "member", "officer", "recorder", "auditor", "unit_lead")


def a_day(rng: Random) -> date:
    return FIRST + timedelta(days=rng.randrange(12))


def a_period(rng: Random) -> tuple[date, date | None]:
    since = a_day(rng)
    return since, None if rng.random() < 0.4 else since + timedelta(days=rng.randrange(8))


def an_organisation(rng: Random, persons: int = 9, units: int = 4, offices: int = 6) -> Snapshot:
    """Persons, units and offices are numbered from 1; trees lead to smaller numbers."""
    parents = {u: rng.choice([None, *range(1, u)]) if u > 1 else None for u in range(1, units + 1)}
    above: dict[int, frozenset[int]] = {}
    for u in parents:
        parent = parents[u]
        above[u] = frozenset({u}) | (above[parent] if parent else frozenset())
    posts = {o: Post(rng.randint(1, units), rng.choice([None, *range(1, o)]) if o > 1 else None) for o in range(1, offices + 1)}

    def person() -> int:
        return rng.randint(1, persons)

    def pair() -> tuple[int, int]:
        one, other = rng.sample(range(1, persons + 1), 2)
        return one, other

    held = tuple(Held(rng.randint(1, offices), person(), *a_period(rng)) for _ in range(rng.randrange(9)))
    passed = tuple(Passed(rng.randint(1, 2), *pair(), *a_period(rng)) for _ in range(rng.randrange(5)))
    belonged = tuple(Belonged(person(), rng.randint(1, units), *a_period(rng)) for _ in range(rng.randrange(9)))
    pairs = [pair() for _ in range(rng.randrange(4))]
    tied = tuple(Tied(min(both), max(both), *a_period(rng)) for both in pairs)
    granted = tuple(Granted(person(), rng.choice(ROLES), rng.randint(1, units), *a_period(rng)) for _ in range(rng.randrange(6)))
    same = {second: rng.randint(1, second - 1) for second in range(2, persons + 1) if rng.random() < 0.15}
    return Snapshot(posts, above, held, passed, belonged, tied, granted, same)


def some_people(rng: Random, persons: int = 9) -> Involved:
    """The people of a case: few of each kind, often none."""

    def some() -> dict[int, date]:
        return {rng.randint(1, persons): a_day(rng) for _ in range(rng.choice((0, 0, 1, 1, 2)))}

    return Involved(a_day(rng), some(), some(), some(), some(), some(), some(), rng.random() < 0.5, rng.random() < 0.5)

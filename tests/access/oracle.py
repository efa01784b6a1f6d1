"""The walls of a case by brute force: on each day by itself, from sets of pairs, without any thought for speed.

Written from the rules in docs/explanation/access.md, and shares nothing with what it judges but the shape of the facts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from inspect_app.access.conflicts import Involved, Snapshot

Pairs = set[tuple[int, int]]


def closure(pairs: Pairs) -> Pairs:
    """All pairs that chains of pairs connect."""
    whole = set(pairs)
    while more := {(a, d) for a, b in whole for c, d in whole if b == c} - whole:
        whole |= more
    return whole


def walled_on(org: Snapshot, case: Involved, day: date) -> set[tuple[int, str]]:
    """Who is walled from what on one day."""

    def happened(fact: Any) -> bool:
        """It held on some day between the act and this day."""
        first, last = max(case.act_on, fact.since), min(day, fact.until or date.max)
        return bool(first <= last and (fact.until is None or fact.since <= fact.until))

    everyone = range(1, 10)
    same = closure({(p, p) for p in everyone} | {p for a, b in org.same.items() for p in ((a, b), (b, a))})

    def whole(people: set[int]) -> set[int]:
        return {b for a, b in same if a in people}

    def so_far(people: Mapping[int, date]) -> set[int]:
        return whole({p for p, since in people.items() if since <= day and case.act_on <= day})

    def tied_to(people: set[int]) -> set[int]:
        return whole({b for t in org.tied if happened(t) for a, b in ((t.one, t.other), (t.other, t.one)) if a in people})

    def offices_of(people: set[int]) -> set[int]:
        return {h.office for h in org.held if happened(h) and h.person in people}

    def holders_of(offices: set[int]) -> set[int]:
        return whole({h.person for h in org.held if happened(h) and h.office in offices})

    def is_head(office: int) -> bool:
        above = org.offices[office].superior
        return above is None or org.offices[above].unit != org.offices[office].unit

    def superiors_of(people: set[int]) -> set[int]:
        offices = offices_of(people)
        units = {b.unit for b in org.belonged if happened(b) and b.person in people} | {org.offices[o].unit for o in offices}
        right_above = {org.offices[o].superior for o in offices} - {None}
        return holders_of({o for o in org.offices if o in right_above or (org.offices[o].unit in units and is_head(o))})

    under = closure({(o, post.superior) for o, post in org.offices.items() if post.superior is not None})

    def holders_below(people: set[int]) -> set[int]:
        mine = offices_of(people)
        return holders_of({low for low, high in under if high in mine})

    def subordinates_of(people: set[int]) -> set[int]:
        headed = {org.offices[o].unit for o in offices_of(people) if is_head(o)}
        in_units = {b.person for b in org.belonged if happened(b) and org.above[b.unit] & headed}
        return holders_below(people) | whole(in_units)

    def by_grant(people: set[int]) -> set[int]:
        grants = [g for g in org.granted if happened(g)]
        pairs = [(c.person, w.person) for c in grants if c.role == "chair" for w in grants
                 if w.role in ("member", "officer", "recorder") and c.unit in org.above[w.unit]]
        return whole({low for high, low in pairs if high in people} | {high for high, low in pairs if low in people})

    respondents, named = so_far(case.respondents), so_far(case.named)
    walled: dict[str, set[int]] = {
        "all": respondents | tied_to(respondents) | so_far(case.declared)
        | named | tied_to(named) | superiors_of(named) | holders_below(named) | by_grant(named),
        "appeal_decider": so_far(case.below),
        "verifier": so_far(case.owners),
        "decider": set() if case.investigators_may_decide else so_far(case.investigators),
    }
    near = set() if case.superior_may_investigate else superiors_of(respondents) | subordinates_of(respondents)
    walled["team_lead"] = walled["team_member"] = near
    together: Pairs = set()
    for office in {p.office for p in org.passed}:
        steps = {(p.giver, p.taker) for p in org.passed if p.office == office and happened(p)}
        chained = closure({(x, y) for a, b in steps for x, p in same if p == a for q, y in same if q == b})
        together |= chained | {(b, a) for a, b in chained}
    return {(p, part) for part, people in walled.items() for p in people | {b for a, b in together if a in people}}


def walls_by_force(org: Snapshot, case: Involved, last: date) -> dict[tuple[int, str], date]:
    """(person, part) → the first day on which they are walled from it, up to `last`; nothing changes but on a day on which something begins."""
    found: dict[tuple[int, str], date] = {}
    dated: tuple[Any, ...] = (*org.held, *org.passed, *org.belonged, *org.tied, *org.granted)
    seeds = (case.respondents, case.named, case.declared, case.below, case.owners, case.investigators)
    changes = {case.act_on, *(fact.since for fact in dated), *(day for people in seeds for day in people.values())}
    for day in sorted(day for day in changes if case.act_on <= day <= last):
        for wall in walled_on(org, case, day):
            found.setdefault(wall, day)
    return found

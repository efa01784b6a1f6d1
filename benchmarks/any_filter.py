"""Any list: with one or two filters that some case in sight fulfils, in any order, from the beginning or from somewhere inside. The 95th percentile
over many of them, in the database, for each who asks."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from statistics import median, quantiles
from typing import Any

from sqlalchemy import text

from benchmarks.answering import Store, ours, somewhere
from benchmarks.filling import LITTLE, MANY, ONE, SEATED
from benchmarks.measures import Figure
from inspect_app.models.case import FAR
from inspect_app.now import now
from inspect_app.services import queries
from inspect_app.services.queries import SORTS, Filter
from workflows.acts import Actor

PLACES = 3
"""Pages of each order from which the cases are drawn whose like is asked for."""
WITHOUT = 0.68
"""So large a part of all cases has no due day: most of those that are ended."""
REPEATED = 3
"""So often each list is asked for, after once: the middle counts."""
_CASE = text("""SELECT c.state, c.workflow, u.code, a.code, b.code, c.is_open, c.due_order, c.title,
    (SELECT p.uid FROM case_role r JOIN person p ON p.id = r.person_id
      WHERE r.case_id = c.id AND r.until_seq IS NULL AND r.role <> 'reporter' LIMIT 1)
  FROM cases c JOIN unit u ON u.id = c.unit_id LEFT JOIN unit a ON a.id = u.parent_id LEFT JOIN unit b ON b.id = c.body_id WHERE c.id = :id""")


def any_filter(name: str, store: Store, number: int) -> Iterator[Figure]:
    """So many lists for each who asks."""
    for who in (ONE, MANY, LITTLE, SEATED):
        actor, chance = store.actors[who], random.Random(who)
        drawn = [page.id for sort in SORTS for _ in range(PLACES)
                 for page in queries.register(store.house, actor, sort=sort, cursor=_somewhere(sort, chance, store)).rows]
        spent = [_asked(store, actor, chance, chance.choice(drawn)) for _ in range(number)]
        yield Figure("finding", f"{name}, {store.org.cases:,}: any filter, {who}", quantiles(spent, n=20)[-1], "ms", "<=", 5.0)


def _asked(store: Store, actor: Actor, chance: random.Random, case: int) -> float:
    """One list that has this case, be it on another page: ms."""
    told = _told(store, chance, case)
    wanted = Filter(**{key: value for kind in chance.sample(list(told), chance.choice((1, 1, 2))) for key, value in told[kind].items()})
    sort = chance.choice(list(SORTS))
    cursor = _somewhere(sort, chance, store) if chance.random() < 0.5 else None
    spent = [ours(store, actor, lambda house, actor, chance, org: queries.register(house, actor, wanted, sort=sort, cursor=cursor), chance)
             for _ in range(1 + REPEATED)]
    return median(spent[1:])


def _somewhere(sort: str, chance: random.Random, store: Store) -> str:
    """The cursor of a place by chance in a list, also among those that have no due day."""
    if sort.endswith("due") and chance.random() < WITHOUT:
        return queries.cursor_at(sort, FAR, chance.randint(1, store.org.cases))
    return somewhere(sort, chance, store.org)


def _told(store: Store, chance: random.Random, case: int) -> Mapping[str, dict[str, Any]]:
    """What may be asked for to find this case."""
    with store.house.db.reading("all") as session:
        state, workflow, unit, above, body, is_open, due, title, person = session.execute(_CASE, {"id": case}).one()
    topic, name = title.split(" – ")
    told = {"state": {"state": state}, "workflow": {"workflow": workflow}, "unit": {"unit": unit}, "above": {"unit": above}, "body": {"body": body},
            "open": {"is_open": bool(is_open)}, "overdue": {"overdue": bool(is_open and due < now())}, "person": {"assigned_to": person},
            "name": {"q": name}, "topic": {"q": topic}, "word": {"q": chance.choice(f"{topic} {name}".split())}}
    return {kind: asked for kind, asked in told.items() if None not in asked.values()}


__all__ = ["any_filter"]

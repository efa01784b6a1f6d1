"""Random organisations written into a database, each with one case, side by side under numbers of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from random import Random
from uuid import UUID

from sqlalchemy import insert

from inspect_app.access.conflicts import Belonged, Granted, Held, Involved, Passed, Post, Snapshot, Tied
from inspect_app.db import Session
from inspect_app.models import (
    appointment,
    belonging,
    case_role,
    cases,
    close_tie,
    declared_conflict,
    delegation,
    dossier,
    event,
    named,
    office,
    person,
    role_grant,
    stream,
    unit,
)
from inspect_app.services.house import House
from tests.access.random_houses import an_organisation, some_people
from workflows.acts import Actor
from workflows.calendar import start_of

APART = 100
"""Numbers of one organisation lie this far from those of the next."""
PERSONS, UNITS, OFFICES = 9, 4, 6


@dataclass
class Settled:
    """A random organisation as it stands in the database, and the people of its one case."""

    n: int
    org: Snapshot
    people: Involved
    case_id: int
    uid: str
    workflow: str
    office_id: int | None
    unit_id: int
    closed_circle: bool
    roles: dict[int, list[str]]

    def actor(self, person_id: int) -> Actor:
        return Actor(_uid(1, person_id), f"Person {person_id}", person_id)

    @property
    def everyone(self) -> range:
        return range(self.n * APART + 1, self.n * APART + PERSONS + 1)


def _uid(kind: int, number: int) -> str:
    return str(UUID(int=kind << 64 | number, version=4))


def shifted(org: Snapshot, by: int) -> Snapshot:
    """The same organisation under other numbers."""
    return Snapshot({o + by: Post(p.unit + by, p.superior + by if p.superior else None) for o, p in org.offices.items()},
                    {u + by: frozenset(x + by for x in line) for u, line in org.above.items()},
                    tuple(h._replace(office=h.office + by, person=h.person + by) for h in org.held),
                    tuple(p._replace(office=p.office + by, giver=p.giver + by, taker=p.taker + by) for p in org.passed),
                    tuple(b._replace(person=b.person + by, unit=b.unit + by) for b in org.belonged),
                    tuple(t._replace(one=t.one + by, other=t.other + by) for t in org.tied),
                    tuple(g._replace(person=g.person + by, unit=g.unit + by) for g in org.granted),
                    {a + by: b + by for a, b in org.same.items()})


def settle(session: Session, house: House, n: int, seed: int) -> Settled:
    """Write the organisation of this seed as the n-th. Afterwards `replant` once."""
    rng = Random(seed)
    by = n * APART
    org, told = shifted(an_organisation(rng, PERSONS, UNITS, OFFICES), by), some_people(rng, PERSONS)
    org = replace(org, passed=tuple(p._replace(until=p.until or date(2026, 2, 1)) for p in org.passed))

    def here(some: Mapping[int, date]) -> dict[int, date]:
        return {p + by: max(day, told.act_on) for p, day in some.items()}

    people = Involved(told.act_on, here(told.respondents), here(told.named), here(told.declared), {}, here(told.owners), here(told.investigators))
    for u, line in sorted(org.above.items()):
        parent = next((x for x in sorted(line, reverse=True) if x != u and org.above[x] == line - {u}), None)
        session.execute(insert(unit).values(id=u, code=f"u{u}", name=f"Unit {u}", parent_id=parent, path=f"/{u}/"))
    for p in range(by + 1, by + PERSONS + 1):
        session.execute(insert(person).values(id=p, uid=_uid(1, p), full_name=f"Person {p}", called=str(p), same_as_id=org.same.get(p)))
    for o, post in sorted(org.offices.items()):
        session.execute(insert(office).values(id=o, code=f"o{o}", title=f"Office {o}", unit_id=post.unit, superior_id=post.superior))
    write(session, (*org.held, *org.passed, *org.belonged, *org.tied, *org.granted))
    workflow = rng.choice(["inspection", "responsibility", "shortcoming"])
    roles = {"respondent": people.respondents, "owner": people.owners, "team_member": people.investigators}
    held = workflow != "inspection" and rng.random() < 0.6 and not (people.respondents or people.owners)
    office_id = by + rng.randint(1, OFFICES) if held else None
    made = Settled(n, org, people, by, _uid(2, by), workflow, office_id, by + rng.randint(1, UNITS), rng.random() < 0.2, {})
    _case(session, house, made, roles)
    return made


def write(session: Session, rows: Iterable[Held | Passed | Belonged | Tied | Granted]) -> None:
    """Facts of the organisation as rows."""
    for r in rows:
        dated = {"since_on": r.since, "until_on": r.until}
        if isinstance(r, Held):
            session.execute(insert(appointment).values(office_id=r.office, person_id=r.person, **dated))
        elif isinstance(r, Passed):
            session.execute(insert(delegation).values(office_id=r.office, from_id=r.giver, to_id=r.taker, reason="test", **dated))
        elif isinstance(r, Belonged):
            session.execute(insert(belonging).values(person_id=r.person, unit_id=r.unit, **dated))
        elif isinstance(r, Tied):
            session.execute(insert(close_tie).values(one_id=r.one, other_id=r.other, sealed_reason="sealed", **dated))
        else:
            session.execute(insert(role_grant).values(person_id=r.person, role=r.role, unit_id=r.unit, **dated))


def _case(session: Session, house: House, made: Settled, roles: Mapping[str, Mapping[int, date]]) -> None:
    law, rules = house.catalogue.by_name[made.workflow], house.catalogue.rulesets_by_name["generic"]
    id_ = made.case_id
    session.execute(insert(dossier).values(id=id_, uid=_uid(3, id_), position=0, opened_at=0))
    session.execute(insert(stream).values(id=id_, cid=id_.to_bytes(16, "big"), kind="case", seq=0, head=b"", at=0))
    session.execute(insert(cases).values(
        id=id_, uid=made.uid, number=f"n{id_}", dossier_id=id_, workflow=law.name, definition=house.pin(session, law),
        ruleset=house.pin(session, rules), state=law.states[0].name, seq=1, is_open=True, unit_id=made.unit_id, title=f"Case {id_}", opened_at=0,
        updated_at=0, office_id=made.office_id, closed_circle=made.closed_circle))
    seq = _event(session, house, id_, 1, made.people.act_on)
    for role, people in roles.items():
        for p, day in people.items():
            seq = _event(session, house, id_, seq + 1, day)
            session.execute(insert(case_role).values(case_id=id_, person_id=p, role=role, since_seq=seq))
            made.roles.setdefault(p, []).append(role)
    for table, some in ((named, made.people.named), (declared_conflict, made.people.declared)):
        for p, day in some.items():
            seq = _event(session, house, id_, seq + 1, day)
            session.execute(insert(table).values(case_id=id_, person_id=p, seq=seq))


def _event(session: Session, house: House, case_id: int, seq: int, day: date) -> int:
    at = start_of(day, house.zone) + 3_600_000_000
    session.execute(insert(event).values(
        id=_uid(4, case_id * 100 + seq), stream_id=case_id, seq=seq, envelope=b"", leaf=b"", trigger="t", before="", after="", actor="test", role="",
        occurred_at=at, zone="Z", late=False, recorded_at=at, origin="act", fits=True))
    return seq

"""The organisation of a demonstration: its units, posts, people, grants and accounts, as rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from sqlalchemy import insert, update
from uuid_utils import uuid4

from inspect_app.db import Session
from inspect_app.models import account, appointment, belonging, office, person, role_grant, unit
from inspect_app.services import setup
from inspect_app.services.demonstration_data import HouseData, UnitData
from inspect_app.services.units import replant
from workflows.acts import Actor

LONG = 3 * 365
"""Days since which most posts are held."""


@dataclass
class Organisation:
    """Who and what there is, by the names that the data gives them."""

    data: HouseData
    today: date
    units: dict[str, int] = field(default_factory=dict)
    people: dict[str, Actor] = field(default_factory=dict)
    offices: dict[str, int] = field(default_factory=dict)
    heads: dict[str, str] = field(default_factory=dict)
    """The key of the person who answers for a unit today."""

    def ago(self, days: int) -> date:
        return self.today - timedelta(days=days)


def head_office(code: str) -> str:
    """The code of the post that heads a unit."""
    return f"head-{code.lower()}"


def settle(
    session: Session, data: HouseData, today: date, seed: int, password: str, hash_password: Callable[[str], str]
) -> Organisation:
    """Write the organisation, in the order of its file."""
    made = Organisation(data, today)
    rng = Random(f"{seed}/{data.house}/people")  # noqa: S311
    for u in data.units:
        _unit(session, made, u)
    replant(session)
    names = _names(data, rng)
    for p in data.people:
        _person(session, made, p.key, p.name, p.called, p.unit)
        if p.account:
            session.execute(
                insert(account).values(
                    person_id=made.people[p.key].person_id,
                    login=p.key,
                    password_hash=hash_password(password),
                    language=data.language,
                )
            )
        since, until = (
            (today - timedelta(days=p.days[0]), today + timedelta(days=p.days[1])) if p.days else (made.ago(LONG), None)
        )
        for role in p.grants:
            _grant(session, made, p.key, role, data.units[0].code, since, until, p.what if role == "auditor" else None)
    for u in data.units:
        if u.post:
            _post(session, made, u, u.post, names, rng)
    for o in data.offices:
        _office(session, made, o.code, o.title, o.unit, 1 + len(o.others))
        for key in (o.holder, *o.others):
            _appoint(session, made, o.code, _someone(session, made, key, names, o.unit), made.ago(LONG))
    for u in data.units:
        _superior(session, made, u)
    for o in data.offices:
        if o.above:
            session.execute(update(office).where(office.c.code == o.code).values(superior_id=made.offices[o.above]))
    setup.keep(session, "appeal_body", data.appeal_body)
    setup.keep(session, "concerns_contact", made.people[data.concerns_contact].id)
    return made


def _unit(session: Session, made: Organisation, u: UnitData) -> None:
    id_ = session.execute(
        insert(unit)
        .values(
            code=u.code,
            name=u.name,
            kind=u.kind,
            external=u.external,
            path="/",
            parent_id=made.units[u.parent] if u.parent else None,
        )
        .returning(unit.c.id)
    ).scalar_one()
    made.units[u.code] = id_


def _names(data: HouseData, rng: Random) -> Iterator[tuple[str, str]]:
    """Full names and how their bearers are called, never the same twice."""
    taken = {p.name for p in data.people}
    while True:
        parts = {part: rng.choice(data.names[part]) for part in ("family", "middle", "given") if part in data.names}
        full = data.names["full"].format(**parts)
        if full not in taken:
            taken.add(full)
            yield full, data.names["called"].format(**parts)


def _person(session: Session, made: Organisation, key: str, name: str, called: str, unit_code: str) -> None:
    uid = str(uuid4())
    id_ = session.execute(
        insert(person)
        .values(uid=uid, full_name=name, called=called, unit_id=made.units[unit_code])
        .returning(person.c.id)
    ).scalar_one()
    session.execute(insert(belonging).values(person_id=id_, unit_id=made.units[unit_code], since_on=made.ago(LONG)))
    made.people[key] = Actor(uid, name, id_, made.data.language)


def _someone(session: Session, made: Organisation, key: str, names: Iterator[tuple[str, str]], unit_code: str) -> str:
    if key not in made.people:
        _person(session, made, key, *next(names), unit_code)
    return key


def _post(
    session: Session, made: Organisation, u: UnitData, title: str, names: Iterator[tuple[str, str]], rng: Random
) -> None:
    """The post that heads a unit, with who holds it, held it before, or acts in it."""
    code = head_office(u.code)
    _office(session, made, code, title, u.code)
    since = made.ago(LONG - rng.randrange(400))
    if u.changed is not None:
        before = _someone(session, made, f"before-{u.code}", names, u.code)
        _appoint(session, made, code, before, since, until=made.ago(u.changed + 1))
        since = made.ago(u.changed)
    answers = u.head
    if not u.vacant:
        answers = answers or _someone(session, made, f"head-{u.code}", names, u.code)
        _appoint(session, made, code, answers, since)
    if u.acting:
        answers = _someone(session, made, f"acting-{u.code}", names, u.code)
        _appoint(session, made, code, answers, made.ago(200), acting=True)
    if answers is None:
        return
    made.heads[u.code] = answers
    if not u.external and u.kind == "unit":
        _grant(session, made, answers, "unit_lead", u.code, since, None)


def _office(session: Session, made: Organisation, code: str, title: str, unit_code: str, seats: int = 1) -> None:
    line = "body" if any(u.code == unit_code and u.kind == "body" and not u.external for u in made.data.units) else "unit"
    made.offices[code] = session.execute(
        insert(office).values(code=code, title=title, unit_id=made.units[unit_code], line=line, seats=seats).returning(office.c.id)
    ).scalar_one()


def _appoint(
    session: Session,
    made: Organisation,
    code: str,
    key: str,
    since: date,
    until: date | None = None,
    acting: bool = False,
) -> None:
    session.execute(
        insert(appointment).values(
            office_id=made.offices[code],
            person_id=made.people[key].person_id,
            acting=acting,
            since_on=since,
            until_on=until,
        )
    )


def _superior(session: Session, made: Organisation, u: UnitData) -> None:
    """The post above on the line of units: that of the unit above, or of the first body outside."""
    outside = next((o.code for o in made.data.units if o.external and o.post), None)
    above = u.parent or (outside if not u.external else None)
    inside_body = u.kind == "body" and not u.external
    if above and head_office(above) in made.offices and head_office(u.code) in made.offices and not inside_body:
        session.execute(
            update(office)
            .where(office.c.code == head_office(u.code))
            .values(superior_id=made.offices[head_office(above)])
        )


def _grant(
    session: Session, made: Organisation, key: str, role: str, unit_code: str, since: date, until: date | None,
    reason: str | None = None,
) -> None:
    session.execute(
        insert(role_grant).values(
            person_id=made.people[key].person_id,
            role=role,
            unit_id=made.units[unit_code],
            since_on=since,
            until_on=until,
            reason=reason,
        )
    )

"""The organisation as it is read: the tree, a unit, an office with its history, people with what is granted to them, what was changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import case, func, or_, select

from inspect_app.access.offices import ANY_SCOPE, OfficeHistory, answerer
from inspect_app.access.parts import in_force
from inspect_app.db import Fixed, Session
from inspect_app.errors import NotFound
from inspect_app.models import absence, account, appointment, belonging, close_tie, delegation, office, person, role_grant, unit, unit_above
from inspect_app.services import chronicle
from inspect_app.services.administering import facts_in
from inspect_app.services.folding import folded
from inspect_app.services.house import House
from inspect_app.services.queries import today
from inspect_app.services.standing import histories

Row = Mapping[str, Any]
PAGE = 50


@dataclass(frozen=True, slots=True)
class Answers:
    """Who answers for an office on a day, and why: `how` is holds, acts, delegated, or above (it came from the office above); `through`
    are those who delegated it; `office` is the office it comes from."""

    person: str
    name: str
    how: str
    office: str
    through: tuple[str, ...]


def tree(house: House, q: str = "") -> list[Row]:
    """Every unit and body in the order of the tree, with its depth and how many offices it has; with `q` those of that name or code and what stands
    above them."""
    above, offices = unit.alias(), select(func.count(office.c.id)).where(office.c.unit_id == unit.c.id).scalar_subquery()
    with house.db.reading() as session:
        rows = session.execute(select(unit.c.code, unit.c.name, unit.c.kind, unit.c.external, unit.c.path, unit.c.dissolved_on,
                                      above.c.code.label("parent"), offices.label("offices"))
                               .outerjoin(above, above.c.id == unit.c.parent_id).order_by(unit.c.external, unit.c.path)).mappings().all()
    told: list[Row] = [{**row, "depth": row["path"].count("/") - 2} for row in rows]
    if not q:
        return told
    words = folded(q).split()
    wanted = {number for row in told if all(word in folded(f"{row['name']} {row['code']}") for word in words) for number in row["path"].split("/")}
    return [row for row in told if row["path"].split("/")[-2] in wanted]


def below(session: Session, unit_id: int) -> list[Row]:
    """A unit and everything below it: an index lookup in the closure, however large the tree is."""
    query = select(unit.c.code, unit.c.name).join(unit_above, unit_above.c.unit_id == unit.c.id).where(unit_above.c.above_id == unit_id)
    return [dict(row) for row in session.execute(query.order_by(unit.c.path)).mappings()]


def unit_page(house: House, code: str) -> dict[str, Any]:
    """A unit with what stands directly below it, its offices with who answers for each today and why, its people, and roles granted for it.
    Raises `NotFound`."""
    above, heir, day = unit.alias(), unit.alias(), today(house)
    if "\0" in code:
        raise NotFound
    with house.db.reading() as session:
        row = session.execute(select(unit, above.c.code.label("parent"), above.c.name.label("parent_name"), heir.c.code.label("successor"),
                                     heir.c.name.label("successor_name"))
                              .outerjoin(above, above.c.id == unit.c.parent_id).outerjoin(heir, heir.c.id == unit.c.successor_id)
                              .where(unit.c.code == code)).mappings().first()
        if row is None:
            raise NotFound
        children = session.execute(select(unit.c.code, unit.c.name, unit.c.kind, unit.c.dissolved_on).where(unit.c.parent_id == row["id"])
                                   .order_by(unit.c.dissolved_on.is_not(None), unit.c.code)).mappings().all()
        posts = session.execute(select(office.c.id, office.c.code, office.c.title, office.c.seats).where(office.c.unit_id == row["id"])
                                .order_by(office.c.code)).mappings().all()
        known = histories(session, [post["id"] for post in posts])
        told = [{**post, "holders": _holders(session, post["id"], day), "answers": _answers(session, known, post["id"], day)} for post in posts]
        grants = session.execute(select(person.c.uid, person.c.full_name, role_grant.c.role, role_grant.c.since_on, role_grant.c.until_on)
                                 .join(person, person.c.id == role_grant.c.person_id)
                                 .where(role_grant.c.unit_id == row["id"], in_force(role_grant, day))
                                 .order_by(role_grant.c.role, person.c.full_name)).mappings().all()
        here = session.execute(select(func.count()).select_from(person).where(person.c.unit_id == row["id"])).scalar_one()
    return {"unit": dict(row), "children": children, "offices": told, "grants": grants, "people": here}


def _holders(session: Session, office_id: int, day: date) -> list[Row]:
    a = appointment.c
    rows = session.execute(select(person.c.uid, person.c.full_name, a.acting, a.since_on, a.until_on).join(person, person.c.id == a.person_id)
                           .where(a.office_id == office_id, in_force(appointment, day)).order_by(a.acting, a.since_on)).mappings()
    return [dict(row) for row in rows]


def _answers(session: Session, known: Mapping[int, OfficeHistory], number: int, day: date, workflow: str = ANY_SCOPE) -> Answers | None:
    """Who answers, in words that a page can say."""
    found = answerer(known, number, day, workflow)
    if found is None:
        return None
    names = {id_: (uid, name) for id_, uid, name in session.execute(
        select(person.c.id, person.c.uid, person.c.full_name).where(person.c.id.in_((found.person, *found.through))))}
    code = session.execute(select(office.c.code).where(office.c.id == found.office)).scalar_one()
    first = (*found.through, found.person)[0]
    how = "delegated" if found.through else "acts" if known[found.office].acting(day) == first else "holds"
    return Answers(*names[found.person], "above" if found.office != number and how == "holds" else how, code,
                   tuple(names[id_][1] for id_ in found.through))


def office_page(house: House, code: str) -> dict[str, Any]:
    """An office with everyone who ever held it, acted in it or was delegated it, newest first, and who answers today.
    Raises `NotFound`."""
    above, day = office.alias(), today(house)
    if "\0" in code:
        raise NotFound
    with house.db.reading() as session:
        row = session.execute(select(office, unit.c.code.label("unit"), unit.c.name.label("unit_name"), above.c.code.label("superior"),
                                     above.c.title.label("superior_title"))
                              .join(unit, unit.c.id == office.c.unit_id).outerjoin(above, above.c.id == office.c.superior_id)
                              .where(office.c.code == code)).mappings().first()
        if row is None:
            raise NotFound
        number, known = row["id"], histories(session, (row["id"],))
        scopes = [ANY_SCOPE, *sorted({w for given in known[number].delegated if given.on(day) for w in given.scope.split()} - {ANY_SCOPE})]
        answers = {scope: _answers(session, known, number, day, scope) for scope in scopes}
        held, given = appointments(session, office_code=code), delegations(session, office_code=code)
    return {"office": dict(row), "appointments": held, "delegations": given, "answers": answers, "today": day}


def _period(dated: Any) -> list[Any]:
    return [dated.c.since_on.label("since"), dated.c.until_on.label("until")]


def appointments(session: Session, *, office_code: str | None = None, person_uid: str | None = None, on: date | None = None, after: int = 0,
                 limit: int = 100_000) -> list[Row]:
    """Appointments, newest first where one office or person is asked for, else in the order in which they were entered."""
    a = appointment
    query = select(a.c.id, office.c.code.label("office"), office.c.title, person.c.uid.label("person"), person.c.full_name.label("name"), a.c.acting,
                   *_period(a)).join(office, office.c.id == a.c.office_id).join(person, person.c.id == a.c.person_id)
    return _chosen(session, query, a, office_code, person.c.uid == person_uid if person_uid else None, on, after, limit)


def delegations(session: Session, *, office_code: str | None = None, person_uid: str | None = None, on: date | None = None, after: int = 0,
                limit: int = 100_000) -> list[Row]:
    """Delegations, as `appointments`; a person's are those they gave or were given."""
    d, giver, taker = delegation, person.alias(), person.alias()
    query = select(d.c.id, office.c.code.label("office"), office.c.title, giver.c.uid.label("from"), giver.c.full_name.label("from_name"),
                   taker.c.uid.label("to"), taker.c.full_name.label("to_name"), d.c.scope, d.c.may_pass_on, *_period(d), d.c.reason).join(
        office, office.c.id == d.c.office_id).join(giver, giver.c.id == d.c.from_id).join(taker, taker.c.id == d.c.to_id)
    whose = or_(giver.c.uid == person_uid, taker.c.uid == person_uid) if person_uid else None
    return _chosen(session, query, d, office_code, whose, on, after, limit)


def _chosen(session: Session, query: Any, table: Any, office_code: str | None, whose: Any, on: date | None, after: int, limit: int) -> list[Row]:
    if office_code:
        query = query.where(office.c.code == office_code)
    if whose is not None:
        query = query.where(whose)
    if on is not None:
        query = query.where(in_force(table, on))
    order = [table.c.since_on.desc(), table.c.id.desc()] if (office_code or whose is not None) and not after and limit > 1000 else [table.c.id]
    rows = session.execute(query.where(table.c.id > after).order_by(*order).limit(limit)).mappings().all()
    return [{k: bool(v) if k in ("acting", "may_pass_on") else v for k, v in row.items()} for row in rows]


def offices(house: House, unit_code: str | None = None, after: int = 0, limit: int = 100_000) -> list[Row]:
    """Offices in the order in which they were entered, those of a unit where one is asked for."""
    above = office.alias()
    query = select(office.c.id, office.c.code, office.c.title, unit.c.code.label("unit"), office.c.line, above.c.code.label("superior"),
                   office.c.seats).join(unit, unit.c.id == office.c.unit_id).outerjoin(above, above.c.id == office.c.superior_id)
    if unit_code:
        query = query.where(unit.c.code == unit_code)
    with house.db.reading() as session:
        return [dict(row) for row in session.execute(query.where(office.c.id > after).order_by(office.c.id).limit(limit)).mappings()]


def people(house: House, q: str = "", page: int = 1) -> tuple[list[Row], bool]:
    """People by name with unit, account and the roles granted to them today; and whether there are more on the next page."""
    day = today(house)
    query = select(person.c.id, person.c.uid, person.c.full_name, unit.c.name.label("unit_name"), account.c.login, account.c.active).outerjoin(
        unit, unit.c.id == person.c.unit_id).outerjoin(account, account.c.person_id == person.c.id).order_by(person.c.full_name, person.c.id)
    with house.db.reading() as session:
        if q:
            words = folded(q).split()
            names = session.execute(select(person.c.id, person.c.full_name, account.c.login).outerjoin(account, account.c.person_id == person.c.id))
            hits = [id_ for id_, name, login in names if all(word in folded(f"{name} {login or ''}") for word in words)]
            query = query.where(person.c.id.in_(hits))
        rows = session.execute(query.offset((page - 1) * PAGE).limit(PAGE + 1)).mappings().all()
        granted: dict[int, list[tuple[str, str]]] = {}
        for who, role, code in session.execute(select(role_grant.c.person_id, role_grant.c.role, unit.c.code)
                                               .join(unit, unit.c.id == role_grant.c.unit_id)
                                               .where(role_grant.c.person_id.in_([row["id"] for row in rows]), in_force(role_grant, day))
                                               .order_by(role_grant.c.id)):
            granted.setdefault(who, []).append((role, code))
    return [{**row, "grants": granted.get(row["id"], [])} for row in rows[:PAGE]], len(rows) > PAGE


def person_page(house: House, uid: str) -> dict[str, Any]:
    """Somebody: where they belong and belonged, offices, grants, absences, close ties (never why), and others of the same name who are not noted to
    be the same person (`alike`). Raises `NotFound`."""
    same = person.alias()
    if "\0" in uid:
        raise NotFound
    with house.db.reading() as session:
        row = session.execute(select(person, account.c.login, account.c.active, same.c.uid.label("same_as"), same.c.full_name.label("same_as_name"))
                              .outerjoin(account, account.c.person_id == person.c.id).outerjoin(same, same.c.id == person.c.same_as_id)
                              .where(person.c.uid == uid)).mappings().first()
        if row is None:
            raise NotFound
        number = row["id"]
        where = session.execute(select(unit.c.code, unit.c.name, *_period(belonging)).join(belonging, belonging.c.unit_id == unit.c.id)
                                .where(belonging.c.person_id == number).order_by(belonging.c.since_on.desc())).mappings().all()
        grants = session.execute(select(role_grant.c.id, role_grant.c.role, unit.c.code, unit.c.name, *_period(role_grant), role_grant.c.reason)
                                 .join(unit, unit.c.id == role_grant.c.unit_id).where(role_grant.c.person_id == number)
                                 .order_by(role_grant.c.since_on.desc(), role_grant.c.id.desc())).mappings().all()
        away = session.execute(select(absence.c.id, absence.c.kind, *_period(absence)).where(absence.c.person_id == number)
                               .order_by(absence.c.since_on.desc())).mappings().all()
        other = case((close_tie.c.one_id == number, close_tie.c.other_id), else_=close_tie.c.one_id)
        ties = session.execute(select(person.c.uid, person.c.full_name, *_period(close_tie)).join(close_tie, person.c.id == other)
                               .where(or_(close_tie.c.one_id == number, close_tie.c.other_id == number))
                               .order_by(close_tie.c.since_on.desc())).mappings().all()
        root = row["same_as_id"] or number
        alike = session.execute(select(person.c.uid, unit.c.name).outerjoin(unit, unit.c.id == person.c.unit_id).where(
            person.c.full_name == row["full_name"], func.coalesce(person.c.same_as_id, person.c.id) != root).order_by(person.c.id)).mappings().all()
        return {"person": dict(row), "alike": alike, "belongings": where, "grants": grants, "absences": away, "ties": ties, "today": today(house),
                "appointments": appointments(session, person_uid=uid), "delegations": delegations(session, person_uid=uid)}


_HISTORY = Fixed("""SELECT e.seq, e."trigger", e.actor, p.full_name, e.occurred_at, c.body, e.leaf FROM event e JOIN stream s ON s.id = e.stream_id
  LEFT JOIN content c ON c.event_id = e.event_id AND c.subject_id = 0 LEFT JOIN person p ON p.uid = e.actor
  WHERE s.kind = :kind AND e.seq < :before ORDER BY e.seq DESC LIMIT :limit""")


def history(house: House, before: int | None = None, limit: int = PAGE) -> list[dict[str, Any]]:
    """What was changed, newest first: number, what, who, when (µs since 1970 UTC), the facts that were noted, and its leaf in the log."""
    with house.db.reading("all") as session:
        rows = _HISTORY.run(session, {"kind": chronicle.STREAM, "before": before or 2**31 - 1, "limit": limit})
    return [{"seq": seq, "what": what, "actor": actor, "name": name or actor, "at": at, "facts": facts_in(body) if body else {},
             "leaf": bytes(leaf).hex()} for seq, what, actor, name, at, body, leaf in rows]


def names_in(house: House, rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Names for the identifiers that the facts of a history speak of."""
    told = {str(value) for row in rows for value in row["facts"].values() if isinstance(value, str) and len(value) == 36}
    with house.db.reading() as session:
        return {uid: name for uid, name in session.execute(select(person.c.uid, person.c.full_name).where(person.c.uid.in_(told)))}


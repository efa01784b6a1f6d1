"""One-time links: with one a person sets their own password, the first time or anew. Nobody else ever sets one.

A link is no token: it stands in the address of its own page, `/welcome/<secret>`, holds for some days and for one use."""

from __future__ import annotations

from secrets import token_urlsafe
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, and_, delete, exists, insert, or_, select, update
from uuid_utils import uuid4

from inspect_app.access.parts import in_force
from inspect_app.db import Session
from inspect_app.errors import Invalid, NotFound, Problem
from inspect_app.models import account, identity, one_time_link, person, role_grant, unit, unit_above
from inspect_app.now import now
from inspect_app.services import chronicle, factors, passwords, sessions, tokens
from inspect_app.services.administering import may_administer
from inspect_app.services.house import House
from inspect_app.services.sessions import hashed
from inspect_app.services.units import plant
from workflows.acts import Actor
from workflows.calendar import day_of
from workflows.roles import Role

DAY = 86_400_000_000
HOLDS = {"first": 7 * DAY, "reset": DAY, "recover": DAY}
"""How long a link holds, by purpose: `first` for an account that has no password yet, `reset` for a new one, `recover` for a new one
where the second factor is lost too."""

ADMIN = "admin"
"""The account of the first administrator."""

TOP = "HOUSE"
"""The unit that a house without units gets with its first administrator."""


class Welcome(NamedTuple):
    """Whom a link is for, and in which language they read."""

    name: str
    login: str
    purpose: str
    has_factor: bool
    language: str


def make(house: House, by: Actor, login: str, *, factor_lost: bool = False) -> str:
    """A link for an account, as an address to hand over; the links of before are void. Raises `Invalid` for an unknown account."""
    with house.db.atomic() as session:
        return _make(session, house, by, login.casefold(), factor_lost=factor_lost)


def hand_over(house: House, by: Actor, uid: str) -> str:
    """A link that whoever administers somebody's unit may hand over to them: for their first sign-in, or for a new password where they have a
    second factor, which stays, so that the link alone lets nobody in. For who has a password alone it is for the console, so that no administrator
    takes over an account. Raises `NotFound`, `NotYours`."""
    with house.db.atomic() as session:
        row = _open_account(session, uid)
        if row is None or _wanted(session, row) is None:
            raise NotFound
        may_administer(session, house, by, row.unit_id)
        return _make(session, house, by, row.login)


def wanted(house: House, uid: str) -> str | None:
    """For what a link may be handed over to somebody: `first` or `reset`; None where there is none to hand over."""
    with house.db.reading() as session:
        row = _open_account(session, uid)
        return _wanted(session, row) if row is not None else None


def _open_account(session: Session, uid: str) -> Row[Any] | None:
    a = account.c
    query = select(a.person_id, a.login, a.password_hash, person.c.unit_id, _waits_for_a_password().label("waits"))
    return session.execute(query.join(person, person.c.id == a.person_id).where(person.c.uid == uid, a.active)).first()


def _wanted(session: Session, row: Row[Any]) -> str | None:
    if row.waits:
        return "first"
    return "reset" if row.password_hash and factors.of(session, row.person_id) else None


class Last(NamedTuple):
    """The newest link of somebody: for what, when it was made, and when it was used, if it was. Moments are µs since 1970 UTC."""

    purpose: str
    made_at: int
    used_at: int | None


def last(house: House, person_id: int | None) -> Last | None:
    """The newest one-time link that was made for a person; None where none was."""
    o = one_time_link.c
    with house.db.reading() as session:
        row = session.execute(select(o.purpose, o.made_at, o.used_at).where(o.person_id == person_id).order_by(o.made_at.desc()).limit(1)).first()
        return Last(*row) if row else None


def _waits_for_a_password() -> ColumnElement[bool]:
    return and_(account.c.password_hash.is_(None), ~exists().where(identity.c.person_id == account.c.person_id))


def _make(session: Session, house: House, by: Actor, login: str, *, factor_lost: bool = False) -> str:
    found = session.execute(select(account.c.person_id, account.c.password_hash, person.c.uid)
                            .join(person, person.c.id == account.c.person_id).where(account.c.login == login)).first()
    if found is None:
        raise Invalid((Problem("/login", "unknown", f"There is no account “{login}”."),))
    purpose = "recover" if factor_lost else "reset" if found.password_hash else "first"
    secret, moment = token_urlsafe(32), now()
    session.execute(delete(one_time_link).where(one_time_link.c.person_id == found.person_id, one_time_link.c.used_at.is_(None)))
    session.execute(insert(one_time_link).values(secret_hash=hashed(secret), person_id=found.person_id, purpose=purpose, made_at=moment,
                                                 expires_at=moment + HOLDS[purpose]))
    chronicle.note(session, house, by, "make_link", {"person": found.uid, "purpose": purpose})
    return f"{house.public_url}/welcome/{secret}"


def _good(secret: str) -> tuple[ColumnElement[bool], ...]:
    return one_time_link.c.secret_hash == hashed(secret), one_time_link.c.used_at.is_(None), one_time_link.c.expires_at > now()


def look(house: House, secret: str) -> Welcome:
    """Whom a link is for. Raises `NotFound` where it was used, is over, or never was."""
    with house.db.reading() as session:
        row = session.execute(
            select(person.c.full_name, account.c.login, one_time_link.c.purpose, person.c.id, account.c.language)
            .join(account, account.c.person_id == one_time_link.c.person_id).join(person, person.c.id == account.c.person_id)
            .where(*_good(secret), account.c.active)).first()
        if row is None:
            raise NotFound("This link was used, or is too old; ask for another.")
        return Welcome(row[0], row[1], row[2], row[2] != "recover" and bool(factors.of(session, row[3])), row[4])


def use(house: House, secret: str, password: str, again: str) -> None:
    """Set the password of the person the link is for: every session of before ends, and where it is a new one every token too.

    Raises `NotFound` or `Invalid`."""
    for_whom = look(house, secret)
    passwords.check(password, again, second_factor=for_whom.has_factor, about=(for_whom.login, for_whom.name))
    new = passwords.hashed(house, password)
    with house.db.atomic() as session:
        used = session.execute(update(one_time_link).where(*_good(secret)).values(used_at=now())
                               .returning(one_time_link.c.person_id, one_time_link.c.purpose)).first()
        if used is None:
            raise NotFound("This link was used, or is too old; ask for another.")
        session.execute(update(account).where(account.c.person_id == used.person_id).values(password_hash=new))
        sessions.end_all(session, used.person_id)
        if used.purpose != "first":
            tokens.revoke_all(session, used.person_id)
        if used.purpose == "recover":
            factors.forget(session, used.person_id)
        uid, name = session.execute(select(person.c.uid, person.c.full_name).where(person.c.id == used.person_id)).one()
        chronicle.note(session, house, Actor(uid, name, used.person_id), "use_link", {"person": uid, "purpose": used.purpose})


def first_administrator(house: House, by: Actor) -> str | None:
    """A link for the first administrator, whose account is made where there is none; None once an administrator has a password or a
    provider's identity. Safe to repeat: the newest link is the one that holds."""
    with house.db.atomic() as session:
        today = day_of(now(), house.zone)
        grants = role_grant.join(account, account.c.person_id == role_grant.c.person_id)
        holds = role_grant.c.role == Role.ADMIN.value, in_force(role_grant, today), account.c.active
        can = select(account.c.person_id).select_from(grants).where(*holds)
        comes = or_(account.c.password_hash.is_not(None), exists().where(identity.c.person_id == account.c.person_id))
        if session.execute(can.where(comes).limit(1)).first():
            return None
        if session.execute(select(account.c.person_id).where(account.c.login == ADMIN)).first() is None:
            _appoint(session, house, by)
        return _make(session, house, by, ADMIN)


def _appoint(session: Session, house: House, by: Actor) -> None:
    """The account of the first administrator, granted for the top of the organisation; a house without a unit gets its first."""
    top = session.execute(select(unit.c.id).where(unit.c.parent_id.is_(None), ~unit.c.external).order_by(unit.c.id).limit(1)).scalar()
    top = top or plant(session, code=TOP, name="The organisation", kind="unit", external=False, parent_id=None)
    uid = str(uuid4())
    id_ = session.execute(insert(person).values(uid=uid, full_name="Administrator", called="Administrator", unit_id=top)
                          .returning(person.c.id)).scalar_one()
    session.execute(insert(account).values(person_id=id_, login=ADMIN))
    session.execute(insert(role_grant).values(person_id=id_, role=Role.ADMIN.value, unit_id=top, since_on=day_of(now(), house.zone),
                                              reason="first administrator"))
    chronicle.note(session, house, by, "add_administrator", {"person": uid, "login": ADMIN})


def nobody_has_come(session: Session) -> bool:
    """Whether there is nobody but the first administrator, who has not set a password yet."""
    return not session.execute(select(person.c.id).where(~exists().where(account.c.person_id == person.c.id, account.c.login == ADMIN,
                                                                         account.c.password_hash.is_(None))).limit(1)).first()


def make_room(session: Session) -> None:
    """Take the first administrator away again, who has not come yet, for a demonstration that brings people of its own."""
    waiting = session.execute(select(account.c.person_id).where(account.c.login == ADMIN, account.c.password_hash.is_(None))).scalar()
    if waiting is not None:
        for table in (one_time_link, role_grant, account):
            session.execute(delete(table).where(table.c.person_id == waiting))
        session.execute(delete(person).where(person.c.id == waiting))
        units = session.execute(select(unit.c.code)).scalars().all()
        if units == [TOP]:
            session.execute(delete(unit_above))
            session.execute(delete(unit))

"""Signing in: a password or a provider, then the second factor where there is one; and proving once more who one is."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, update

from inspect_app.db import Session
from inspect_app.errors import Unknown
from inspect_app.models import account, person
from inspect_app.now import now
from inspect_app.services import chronicle, factors, keys, passwords, sessions, tries
from inspect_app.services.house import House
from inspect_app.services.sessions import MINUTE, Place, SignedIn
from workflows.acts import Actor

HALF = 10 * MINUTE
"""How long after the password the second factor may be given."""


@dataclass(frozen=True, slots=True)
class Entered:
    """How far somebody has come: `secret` of a session for the cookie, or `half`, to come back with a code of the second factor."""

    secret: str | None = None
    half: str | None = None


def sign_in(house: House, login: str, password: str, place: Place) -> Entered:
    """Sign in with a password. Raises `Unknown`, the same for a wrong name and a wrong password, or `TooMany`."""
    login = login.casefold()
    counted = tries.at_sign_in(login, place.address)
    tries.begin(house, counted)
    with house.db.reading() as session:
        found = session.execute(select(account.c.person_id, account.c.password_hash, account.c.active).where(account.c.login == login)).first()
    kept = found.password_hash if found and found.active else None
    if not passwords.holds(house, kept, password) or found is None:
        raise Unknown("This name and password do not belong together.")
    new = passwords.hashed(house, password) if passwords.is_dated(house, found.password_hash) else None
    with house.db.atomic() as session:
        tries.forgive(session, counted)
        if new is not None:
            same = account.c.person_id == found.person_id, account.c.password_hash == found.password_hash
            session.execute(update(account).where(*same).values(password_hash=new))
        return enter(session, house, found.person_id, place)


def enter(session: Session, house: House, person_id: int, place: Place) -> Entered:
    """Let in somebody who gave the first factor: wholly, or half where a second one is due. Raises `Unknown` for an account that is off."""
    epoch = session.execute(select(account.c.epoch).where(account.c.person_id == person_id, account.c.active)).scalar()
    if epoch is None:
        raise Unknown("This account is switched off; ask the administrator.")
    if factors.of(session, person_id):
        return Entered(half=keys.seal(house, f"{now()} {person_id} {epoch}", "half"))
    return Entered(sessions.begin(session, person_id, epoch, place))


def finish(house: House, half: str, code: str, place: Place) -> Entered:
    """The second step of signing in. Raises `Unknown` for a wrong code, or where it took more than ten minutes; or `TooMany`."""
    made_at, person_id, epoch = [int(n) for n in (keys.unseal(house, half, "half") or "0 0 0").split()]
    if now() - made_at > HALF:
        raise Unknown("This took too long; sign in again.")
    if not factors.check(house, person_id, code):
        raise Unknown("This code is wrong, or was used before; type the next one.")
    with house.db.atomic() as session:
        if session.execute(select(account.c.epoch).where(account.c.person_id == person_id, account.c.active)).scalar() != epoch:
            raise Unknown("This took too long; sign in again.")
        return Entered(sessions.begin(session, person_id, epoch, place))


def is_half(house: House, half: str) -> bool:
    """Whether this is the beginning of a sign-in that may still be finished."""
    return now() - int((keys.unseal(house, half, "half") or "0").split()[0]) <= HALF


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody is asked for, to prove who they are."""

    password: bool
    code: bool


def asked(house: House, actor: Actor) -> Asked:
    """What this person is asked for: the password where they have one, and a code of the app. A sheet's codes are kept for signing in."""
    with house.db.reading() as session:
        kept, secret = session.execute(select(account.c.password_hash, account.c.totp_secret).where(account.c.person_id == actor.person_id)).one()
    return Asked(kept is not None, secret is not None)


def prove(house: House, signed: SignedIn, password: str, code: str, address: str) -> str:
    """Step up: the person of a session proves again who they are, and the session gets a new secret, which is returned.

    Raises `Unknown` or `TooMany`."""
    person_id, wanted = signed.actor.person_id, asked(house, signed.actor)
    assert person_id is not None
    with house.db.reading() as session:
        login, kept = session.execute(select(account.c.login, account.c.password_hash).where(account.c.person_id == person_id)).one()
    counted = tries.at_sign_in(login, address)
    tries.begin(house, counted)
    right = not wanted.password or passwords.holds(house, kept, password)
    if not (right and (wanted.password or wanted.code) and (not wanted.code or factors.check(house, person_id, code, sheet=False))):
        raise Unknown("This does not prove who you are; check what you typed.")
    with house.db.atomic() as session:
        tries.forgive(session, counted)
        return sessions.renew(session, signed)


def change_password(house: House, signed: SignedIn, password: str, again: str) -> None:
    """A new password of one's own; every other session ends. Raises `Invalid`."""
    actor = signed.actor
    with house.db.reading() as session:
        login, factor = login_of(session, actor.person_id), bool(factors.of(session, actor.person_id))
    passwords.check(password, again, second_factor=factor, about=(login, actor.name))
    new = passwords.hashed(house, password)
    with house.db.atomic() as session:
        session.execute(update(account).where(account.c.person_id == actor.person_id).values(password_hash=new))
        sessions.end_all(session, actor.person_id, keep=signed.secret_hash)
        chronicle.note(session, house, actor, "change_password", {"person": actor.id})


def stand_alone(house: House, signed: SignedIn, password: str, again: str) -> None:
    """Before the last second factor goes: a password that stands alone, the one there is or a new one. Raises `Invalid`."""
    with house.db.reading() as session:
        login, kept = session.execute(select(account.c.login, account.c.password_hash).where(account.c.person_id == signed.actor.person_id)).one()
    passwords.check(password, again, second_factor=False, about=(login, signed.actor.name))
    if not passwords.holds(house, kept, password):
        new = passwords.hashed(house, password)
        with house.db.atomic() as session:
            session.execute(update(account).where(account.c.person_id == signed.actor.person_id).values(password_hash=new))
            chronicle.note(session, house, signed.actor, "change_password", {"person": signed.actor.id})


def use_language(house: House, actor: Actor, language: str) -> None:
    """Remember the language someone reads in."""
    with house.db.atomic() as session:
        session.execute(update(account).where(account.c.person_id == actor.person_id).values(language=language))
        chronicle.note(session, house, actor, "set_language", {"person": actor.id, "language": language})


def login_of(session: Session, person_id: int | None) -> str:
    """The name under which a person signs in."""
    return str(session.execute(select(account.c.login).where(account.c.person_id == person_id)).scalar_one())


def actor_of_login(session: Session, login: str) -> Actor:
    """The person behind a login. Raises `Unknown`."""
    row = session.execute(
        select(person.c.uid, person.c.full_name, person.c.id, account.c.language)
        .join(account, account.c.person_id == person.c.id)
        .where(account.c.login == login.casefold())
    ).first()
    if row is None:
        raise Unknown(f"There is no account “{login}”.")
    return Actor(row[0], row[1], row[2], row[3])

"""Accounts as an administrator keeps them: given, renamed, closed, opened again, signed out everywhere. Never a password, never a token's secret.

Whoever has a closed account comes in by no door from that moment on: sessions and tokens end, links are void, and nothing is mailed. What they hold
and what is granted to them stays until it is ended, so that it is seen to be theirs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select, update

from inspect_app.db import Session
from inspect_app.models import account, identity, one_time_link, person, token
from inspect_app.models import session as sessions_table
from inspect_app.now import now
from inspect_app.services import administrators, factors, persons, sessions, setup, tokens
from inspect_app.services.administering import Done, Named, carry_out, may_administer, person_named, refuse
from inspect_app.services.administrators import Administered
from inspect_app.services.house import House
from inspect_app.services.ledger import Key
from inspect_app.services.queries import today
from inspect_app.services.sessions import ABSOLUTE, IDLE
from workflows.acts import Actor
from workflows.words import LANGUAGES


@dataclass(frozen=True, slots=True)
class Kept:
    """An account as its administrator sees it: `comes` is whether its person can sign in (a password, or a provider's identity)."""

    login: str
    language: str
    active: bool
    comes: bool
    secured: bool
    sessions: int
    tokens: int


def kept(house: House, uid: str) -> Kept | None:
    """The account of a person; None where they have none."""
    a, s, t, moment = account.c, sessions_table.c, token.c, now()
    with house.db.reading() as session:
        row = session.execute(select(a.person_id, a.login, a.language, a.active, a.password_hash, a.epoch)
                              .join(person, person.c.id == a.person_id).where(person.c.uid == uid)).first()
        if row is None:
            return None
        linked = session.execute(select(identity.c.person_id).where(identity.c.person_id == row.person_id)).first() is not None
        places = session.execute(select(func.count()).select_from(sessions_table).where(
            s.person_id == row.person_id, s.epoch == row.epoch, s.seen_at > moment - IDLE, s.created_at > moment - ABSOLUTE)).scalar_one()
        programs = session.execute(select(func.count()).select_from(token).where(
            t.person_id == row.person_id, t.revoked_at.is_(None), t.expires_at > moment)).scalar_one()
        return Kept(row.login, row.language, bool(row.active), linked or row.password_hash is not None, bool(factors.of(session, row.person_id)),
                    int(places), int(programs))


def of(house: House, actor: Actor, who: str) -> Kept:
    """The account of someone, by identifier or login. Raises `Invalid` where there is nobody so called, or where they have none."""
    with house.db.reading() as session:
        someone = person_named(session, actor, who)
    found = kept(house, someone.code)
    if found is None:
        refuse(actor, "person", "fault.no_account")
    return found


def give(house: House, actor: Actor, who: str, login: str, language: str = LANGUAGES[0], *, key: Key | None = None) -> Done:
    """Give an account to someone who has none; they choose their password by a one-time link. Raises `Invalid`, `NotYours`."""

    def work(session: Session) -> tuple[str, Mapping[str, Any]]:
        someone = _whose(session, house, actor, who)
        if session.execute(select(account.c.login).where(account.c.person_id == someone.id)).first() is not None:
            refuse(actor, "login", "fault.account_there")
        persons.write_account(session, actor, someone.id, login, language)
        return "give_account", {"person": someone.code, "login": login.casefold(), "language": language}

    return carry_out(house, actor, work, key)


def change(house: House, actor: Actor, who: str, login: str, language: str) -> Done:
    """Another name of an account, or the language its person is written to in. Raises `Invalid`, `NotYours`."""

    def work(session: Session) -> tuple[str, Mapping[str, Any]]:
        someone, before = _theirs(session, house, actor, who)
        told = {"login": login.casefold(), "language": language}
        facts = {name: value for name, value in told.items() if value != getattr(before, name)}
        if not facts:
            refuse(actor, "", "fault.nothing_new")
        persons.write_account(session, actor, someone.id, login, language)
        return "change_account", {"person": someone.code, **facts, **{f"{name}_before": getattr(before, name) for name in facts}}

    return carry_out(house, actor, work)


def close(house: House, actor: Actor, who: str) -> Done:
    """Close an account: nobody comes in by it any more. Not one's own, not that of the contact for concerns, and not the last one that administers.
    Raises `Invalid`, `NotYours`."""

    def work(session: Session) -> tuple[str, Mapping[str, Any]]:
        someone, row = _theirs(session, house, actor, who)
        if someone.id == actor.person_id:
            refuse(actor, "person", "fault.own_account")
        if not row.active:
            refuse(actor, "person", "fault.nothing_new")
        before = administrators.administered(session, today(house))
        shut(session, someone.id)
        look(session, house, actor, someone.id, before, "person")
        return "close_account", {"person": someone.code}

    return carry_out(house, actor, work)


def shut(session: Session, person_id: int) -> None:
    """Close an account in a transaction: its sessions, tokens and links end with it."""
    session.execute(update(account).where(account.c.person_id == person_id).values(active=False))
    sessions.end_all(session, person_id)
    tokens.revoke_all(session, person_id)
    session.execute(delete(one_time_link).where(one_time_link.c.person_id == person_id, one_time_link.c.used_at.is_(None)))


def set_closed(session: Session, person_id: int, *, closed: bool) -> None:
    """Let an account be closed or open, in a transaction."""
    active = session.execute(select(account.c.active).where(account.c.person_id == person_id)).scalar()
    if closed and active:
        shut(session, person_id)
    elif not closed and active is False:
        session.execute(update(account).where(account.c.person_id == person_id).values(active=True))


def look(session: Session, house: House, actor: Actor, person_id: int, before: Administered, field: str) -> None:
    """Whether an account may be closed, after it was: somebody still administers the house, and the contact for concerns is still there to read
    them. `before` is how long the house was administered. Raises `Invalid`."""
    if setup.is_contact(session, person_id):
        refuse(actor, field, "fault.is_contact")
    administrators.look(session, actor, before, today(house), field)


def open_again(house: House, actor: Actor, who: str) -> Done:
    """Open a closed account again, with the password it had; its sessions and tokens stay ended. Raises `Invalid`, `NotYours`."""

    def work(session: Session) -> tuple[str, Mapping[str, Any]]:
        someone, before = _theirs(session, house, actor, who)
        if before.active:
            refuse(actor, "person", "fault.nothing_new")
        session.execute(update(account).where(account.c.person_id == someone.id).values(active=True))
        return "open_account", {"person": someone.code}

    return carry_out(house, actor, work)


def sign_out(house: House, actor: Actor, who: str) -> Done:
    """Sign somebody out everywhere. Raises `Invalid`, `NotYours`."""

    def work(session: Session) -> tuple[str, Mapping[str, Any]]:
        someone, _ = _theirs(session, house, actor, who)
        sessions.end_all(session, someone.id)
        return "end_sessions", {"person": someone.code}

    return carry_out(house, actor, work)


def revoke_tokens(house: House, actor: Actor, who: str) -> Done:
    """End every token of somebody's programs. Raises `Invalid`, `NotYours`."""

    def work(session: Session) -> tuple[str, Mapping[str, Any]]:
        someone, _ = _theirs(session, house, actor, who)
        tokens.revoke_all(session, someone.id)
        return "revoke_tokens", {"person": someone.code}

    return carry_out(house, actor, work)


def _whose(session: Session, house: House, actor: Actor, who: str) -> Named:
    someone = person_named(session, actor, who)
    may_administer(session, house, actor, someone.unit_id)
    return someone


def _theirs(session: Session, house: House, actor: Actor, who: str) -> tuple[Named, Any]:
    """Someone with an account, and the account as it stands."""
    someone = _whose(session, house, actor, who)
    row = session.execute(select(account.c.login, account.c.language, account.c.active).where(account.c.person_id == someone.id)).first()
    if row is None:
        refuse(actor, "person", "fault.no_account")
    return someone, row

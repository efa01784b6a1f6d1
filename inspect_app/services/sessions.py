"""Sessions of browsers, in the database: begun, looked up with each request, proved again, listed, ended. Only hashes of secrets are kept."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from secrets import token_urlsafe
from typing import NamedTuple

from sqlalchemy import delete, insert, select, update

from inspect_app.db import Fixed, Session
from inspect_app.errors import NotFound
from inspect_app.models import account
from inspect_app.models import session as sessions
from inspect_app.now import now
from inspect_app.services import chronicle
from inspect_app.services.house import House
from workflows.acts import Actor

MINUTE = 60_000_000
IDLE = 20 * MINUTE
ABSOLUTE = 600 * MINUTE
REMEMBERED = 60 * MINUTE
"""How long after its end a session is remembered, so that a form of its writer can be kept for them."""

FRESH = 5 * MINUTE
"""How long a proof of who one is holds for decisions, exports and administration."""


class Place(NamedTuple):
    """Where a request comes from, as its session remembers it: the address, and what the browser says it is."""

    address: str = ""
    agent: str = ""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A browser's session: who it is, the token its forms carry, when it was last used, and when its owner last proved who they are."""

    actor: Actor
    csrf: str
    seen_at: int
    secret_hash: str
    id: str
    proved_at: int
    secured: bool
    """They have a second factor."""

    @property
    def is_fresh(self) -> bool:
        return now() - self.proved_at <= FRESH


class Listed(NamedTuple):
    """A session as its owner sees it."""

    id: str
    created_at: int
    seen_at: int
    address: str
    agent: str


def hashed(secret: str) -> str:
    """What is kept of a secret of 256 random bits."""
    return sha256(secret.encode("utf-8")).hexdigest()


def begin(session: Session, person_id: int, epoch: int, place: Place) -> str:
    """A new session, in the transaction that found out who it is; returns the secret for the cookie. Old sessions are cleared away."""
    secret, moment = token_urlsafe(32), now()
    session.execute(delete(sessions).where(sessions.c.created_at < moment - ABSOLUTE - REMEMBERED))
    session.execute(insert(sessions).values(
        token_hash=hashed(secret), id=token_urlsafe(9), person_id=person_id, epoch=epoch, csrf=token_urlsafe(32), created_at=moment,
        seen_at=moment, proved_at=moment, address=place.address[:60], agent="".join(c for c in place.agent if c.isprintable())[:200]))
    return secret


SECURED = """CASE WHEN a.totp_secret IS NOT NULL
  OR EXISTS (SELECT 1 FROM one_time_code c WHERE c.person_id = a.person_id AND c.used_at IS NULL) THEN 1 ELSE 0 END"""
"""Whether the person of an account `a` has a second factor."""

_SESSION = Fixed(f"""SELECT s.csrf, s.seen_at, p.uid, p.full_name, p.id, a.language, s.id, s.proved_at, {SECURED} FROM session s
  JOIN person p ON p.id = s.person_id JOIN account a ON a.person_id = p.id
  WHERE s.token_hash = :hash AND s.epoch = a.epoch AND a.active AND s.seen_at > :idle AND s.created_at > :oldest""")  # noqa: S608 – joined from constants


def session_of(house: House, secret: str) -> SignedIn | None:
    """Whose session a cookie's secret is; None where it is over or was never there."""
    moment, hash_ = now(), hashed(secret)
    with house.db.glance() as session:
        rows = _SESSION.run(session, {"hash": hash_, "idle": moment - IDLE, "oldest": moment - ABSOLUTE})
    if not rows:
        return None
    csrf, seen_at, uid, name, person_id, language, id_, proved_at, secured = rows[0]
    return SignedIn(Actor(uid, name, person_id, language), csrf, seen_at, hash_, id_, proved_at, bool(secured))


_ENDED = Fixed("SELECT person_id, csrf FROM session WHERE token_hash = :hash")


def writer_of(house: House, secret: str, csrf: str) -> int | None:
    """Who typed the form that comes with this cookie and token, where the session has ended by itself; None where it was signed out."""
    with house.db.glance() as session:
        rows = _ENDED.run(session, {"hash": hashed(secret)})
    return int(rows[0][0]) if rows and rows[0][1] == csrf else None


def seen(house: House, signed: SignedIn) -> None:
    """Remember that the session was used, at most once a minute."""
    if now() - signed.seen_at > MINUTE:
        with house.db.atomic() as session:
            session.execute(update(sessions).where(sessions.c.token_hash == signed.secret_hash).values(seen_at=now()))


def renew(session: Session, signed: SignedIn) -> str:
    """The owner proved again who they are: the session gets a new secret, and its proof is fresh. Other forms of it stay good. Returns the
    secret. Raises `NotFound` where the session was ended meanwhile."""
    secret = token_urlsafe(32)
    changed = session.execute(update(sessions).where(sessions.c.token_hash == signed.secret_hash)
                              .values(token_hash=hashed(secret), proved_at=now(), seen_at=now()))
    if not changed.rowcount:
        raise NotFound
    return secret


def listed(house: House, person_id: int | None) -> list[Listed]:
    """Where someone is signed in, last used first."""
    moment, s = now(), sessions.c
    with house.db.reading() as session:
        rows = session.execute(
            select(s.id, s.created_at, s.seen_at, s.address, s.agent).join(account, account.c.person_id == s.person_id)
            .where(s.person_id == person_id, s.epoch == account.c.epoch, s.seen_at > moment - IDLE, s.created_at > moment - ABSOLUTE)
            .order_by(s.seen_at.desc(), s.id))
        return [Listed(*row) for row in rows]


def sign_out(house: House, secret: str) -> None:
    """End the session of a cookie."""
    with house.db.atomic() as session:
        session.execute(delete(sessions).where(sessions.c.token_hash == hashed(secret)))


def end(house: House, actor: Actor, id_: str) -> None:
    """End one of one's own sessions. Raises `NotFound`."""
    with house.db.atomic() as session:
        if not session.execute(delete(sessions).where(sessions.c.id == id_, sessions.c.person_id == actor.person_id)).rowcount:
            raise NotFound
        chronicle.note(session, house, actor, "end_session", {"person": actor.id})


def end_others(house: House, signed: SignedIn) -> None:
    """Sign out everywhere but here: every session of before is void from now on, wherever it may be."""
    with house.db.atomic() as session:
        person_id = signed.actor.person_id
        end_all(session, person_id, keep=signed.secret_hash)
        chronicle.note(session, house, signed.actor, "end_sessions", {"person": signed.actor.id})


def end_everywhere(house: House, by: Actor, who: Actor) -> None:
    """Sign a person out everywhere, as an administrator does."""
    with house.db.atomic() as session:
        end_all(session, who.person_id)
        chronicle.note(session, house, by, "end_sessions", {"person": who.id})


def end_all(session: Session, person_id: int | None, keep: str | None = None) -> None:
    """End every session of a person, but for the one kept."""
    epoch = session.execute(update(account).where(account.c.person_id == person_id).values(epoch=account.c.epoch + 1)
                            .returning(account.c.epoch)).scalar_one()
    session.execute(delete(sessions).where(sessions.c.person_id == person_id, sessions.c.token_hash != (keep or "")))
    session.execute(update(sessions).where(sessions.c.person_id == person_id).values(epoch=epoch))

"""Who someone is: passwords, sessions of browsers, tokens of programs. Only hashes of secrets are kept."""

from __future__ import annotations

import hmac
import zlib
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_urlsafe
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, insert, select, update

from inspect_app.db import Fixed, Session
from inspect_app.errors import Unknown
from inspect_app.models import account, person, sign_in_try, token
from inspect_app.models import session as sessions
from inspect_app.now import now
from inspect_app.services.house import House
from workflows.acts import Actor

_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""argon2id at OWASP's minimum, about 25 ms."""

_ROOM = BoundedSemaphore(2)
"""Two passwords at a time: signing in cannot take the whole machine."""

MINUTE = 60_000_000
IDLE = 20 * MINUTE
ABSOLUTE = 600 * MINUTE
TRIES, WINDOW = 10, 15 * MINUTE
PREFIX = "insp"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A browser's session: who it is, and the token its forms carry."""

    actor: Actor
    csrf: str
    seen_at: int
    secret_hash: str


def hash_password(password: str) -> str:
    """An argon2id hash of a password."""
    with _ROOM:
        return _HASHER.hash(password)


_NOBODY = _HASHER.hash("nobody has this password")


def _hash(secret: str) -> str:
    return sha256(secret.encode("utf-8")).hexdigest()


def sign_in(house: House, login: str, password: str) -> str:
    """A new session's secret for the cookie. Raises `Unknown`; the answer is the same for a wrong name and a wrong password."""
    login_hash = _hash(login.casefold())
    with house.db.reading() as session:
        tries = session.execute(
            select(func.count()).where(sign_in_try.c.login_hash == login_hash, sign_in_try.c.tried_at > now() - WINDOW)
        ).scalar_one()
        found = session.execute(
            select(account.c.person_id, account.c.password_hash, account.c.epoch, account.c.active).where(account.c.login == login.casefold())
        ).first()
    if tries >= TRIES:
        raise Unknown("Too many tries; wait a quarter of an hour.")
    with _ROOM:
        right = False
        with suppress(VerificationError, InvalidHashError):
            right = bool(_HASHER.verify(found.password_hash if found else _NOBODY, password))
    with house.db.atomic() as session:
        if found is None or not right or not found.active:
            session.execute(insert(sign_in_try).values(login_hash=login_hash, tried_at=now()))
            refused = True
        else:
            refused = False
            secret = token_urlsafe(32)
            session.execute(delete(sign_in_try).where(sign_in_try.c.login_hash == login_hash))
            session.execute(delete(sessions).where(sessions.c.created_at < now() - ABSOLUTE))
            session.execute(
                insert(sessions).values(
                    token_hash=_hash(secret),
                    id=token_urlsafe(9),
                    person_id=found.person_id,
                    epoch=found.epoch,
                    csrf=token_urlsafe(32),
                    created_at=now(),
                    seen_at=now(),
                    proved_at=now(),
                    address="",
                    agent="",
                )
            )
    if refused:
        raise Unknown("This name and password do not belong together.")
    return secret


_SESSION = Fixed("""SELECT s.csrf, s.seen_at, p.uid, p.full_name, p.id, a.language FROM session s JOIN person p ON p.id = s.person_id
  JOIN account a ON a.person_id = p.id WHERE s.token_hash = :hash AND s.epoch = a.epoch AND a.active
    AND s.seen_at > :idle AND s.created_at > :oldest""")


def session_of(house: House, secret: str) -> SignedIn | None:
    """Whose session a cookie's secret is; None where it is over or was never there."""
    moment = now()
    hashed = _hash(secret)
    with house.db.glance() as session:
        rows = _SESSION.run(session, {"hash": hashed, "idle": moment - IDLE, "oldest": moment - ABSOLUTE})
    if not rows:
        return None
    csrf, seen_at, uid, name, person_id, language = rows[0]
    return SignedIn(Actor(uid, name, person_id, language), csrf, seen_at, hashed)


def seen(house: House, signed: SignedIn) -> None:
    """Remember that the session was used, at most once a minute."""
    if now() - signed.seen_at > MINUTE:
        with house.db.atomic() as session:
            session.execute(update(sessions).where(sessions.c.token_hash == signed.secret_hash).values(seen_at=now()))


def sign_out(house: House, secret: str) -> None:
    """End a session."""
    with house.db.atomic() as session:
        session.execute(delete(sessions).where(sessions.c.token_hash == _hash(secret)))


def use_language(house: House, actor: Actor, language: str) -> None:
    """Remember the language someone reads in."""
    with house.db.atomic() as session:
        session.execute(update(account).where(account.c.person_id == actor.person_id).values(language=language))


def create_token(house: House, login: str, name: str, scopes: str, days: int) -> str:
    """A bearer token for an account, shown once. `scopes` is `read`, or `read write`. Raises `Unknown` for an unknown login."""
    identifier, secret = token_urlsafe(6), token_urlsafe(32)
    with house.db.atomic() as session:
        person_id = session.execute(select(account.c.person_id).where(account.c.login == login)).scalar()
        if person_id is None:
            raise Unknown(f"There is no account “{login}”.")
        session.execute(
            insert(token).values(
                id=identifier,
                person_id=person_id,
                name=name,
                secret_hash=_hash(secret),
                scopes=scopes,
                created_at=now(),
                expires_at=now() + days * 1440 * MINUTE,
            )
        )
    return f"{PREFIX}_{identifier}.{secret}.{_crc(identifier + secret)}"


def _crc(text: str) -> str:
    return f"{zlib.crc32(text.encode('ascii')):08x}"


_TOKEN = Fixed("""SELECT t.secret_hash, t.scopes, p.uid, p.full_name, p.id, a.language FROM token t JOIN person p ON p.id = t.person_id
  JOIN account a ON a.person_id = p.id WHERE t.id = :id AND t.revoked_at IS NULL AND t.expires_at > :now AND a.active""")


def token_actor(house: House, text: str) -> tuple[Actor, frozenset[str]]:
    """Who a bearer token speaks for, and its scopes. Raises `Unknown`."""
    identifier, _, rest = text.removeprefix(f"{PREFIX}_").partition(".")
    secret, _, crc = rest.partition(".")
    if not text.startswith(f"{PREFIX}_") or not (text.isascii() and text.isprintable()) or crc != _crc(identifier + secret):
        raise Unknown("This token is not one of ours; copy it again.")
    with house.db.glance() as session:
        rows = _TOKEN.run(session, {"id": identifier, "now": now()})
    if not rows or not hmac.compare_digest(rows[0][0], _hash(secret)):
        raise Unknown("This token is unknown, revoked or over; create a new one.")
    _, scopes, uid, name, person_id, language = rows[0]
    return Actor(uid, name, person_id, language), frozenset(scopes.split())


def revoke_token(house: House, identifier: str) -> bool:
    """End a token; whether there was one."""
    with house.db.atomic() as session:
        return session.execute(update(token).where(token.c.id == identifier, token.c.revoked_at.is_(None)).values(revoked_at=now())).rowcount == 1


def actor_of_login(session: Session, login: str) -> Actor:
    """The person behind a login, for the console's `--as`. Raises `Unknown`."""
    row = session.execute(
        select(person.c.uid, person.c.full_name, person.c.id, account.c.language)
        .join(account, account.c.person_id == person.c.id)
        .where(account.c.login == login)
    ).first()
    if row is None:
        raise Unknown(f"There is no account “{login}”.")
    return Actor(row[0], row[1], row[2], row[3])

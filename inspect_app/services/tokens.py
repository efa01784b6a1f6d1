"""Bearer tokens of programs: made once, kept as a hash, with scopes, an end and the addresses they may come from.

A token never exceeds its person: what may be done with it is its scopes, and of those what the person may do at that moment."""

from __future__ import annotations

import hmac
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address, ip_network
from secrets import token_hex, token_urlsafe
from typing import NamedTuple

from sqlalchemy import insert, select, update

from inspect_app.db import Fixed, Session
from inspect_app.errors import Invalid, Problem, Unknown
from inspect_app.models import token
from inspect_app.now import now
from inspect_app.services import chronicle
from inspect_app.services.house import House
from inspect_app.services.identity import actor_of_login
from inspect_app.services.sessions import MINUTE, SECURED, hashed
from workflows.acts import Actor

PREFIX = "insp"
LONGEST = 90
"""Days."""


class Scope(StrEnum):
    """What a token may do of what its person may."""

    READ = "read"
    WRITE = "write"
    """Acts that touch nobody's standing."""
    DECIDE = "decide"
    """Beside `write`: acts that touch a person's standing."""
    EXPORT = "export"
    """Take histories away."""
    ADMINISTER = "administer"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A token to be made. `scopes` always hold `read`; `decide` brings `write` with it; no `addresses` is everywhere."""

    name: str
    scopes: tuple[str, ...]
    days: int
    addresses: tuple[str, ...] = ()


class Listed(NamedTuple):
    """A token as its person sees it."""

    id: str
    name: str
    scopes: tuple[str, ...]
    addresses: tuple[str, ...]
    created_at: int
    expires_at: int


def days_of(text: str) -> int:
    """`"30d"` → 30, at most `LONGEST`. Raises `Invalid`."""
    number = text.removesuffix("d")
    if not number.isascii() or not number.isdigit() or not 1 <= int(number) <= LONGEST:
        raise Invalid((Problem("/expires", "invalid", f"Write a number of days from 1d to {LONGEST}d."),))
    return int(number)


def wanted(name: str, scopes: Iterable[str], days: int, addresses: Iterable[str] = ()) -> Wanted:
    """A token as it was asked for. Raises `Invalid` with everything that is wrong."""
    problems = []
    told = {*scopes, Scope.READ}
    if unknown := sorted(told - set(Scope)):
        problems.append(Problem("/scopes", "unknown", f"There is no scope “{unknown[0]}”; there are: {', '.join(Scope)}."))
    if Scope.DECIDE in told:
        told.add(Scope.WRITE)
    if not name.strip() or len(name) > 100:
        problems.append(Problem("/name", "length", "Write 1 to 100 characters."))
    if not 1 <= days <= LONGEST:
        problems.append(Problem("/days", "range", f"Give a number from 1 to {LONGEST}."))
    networks = []
    for one in addresses:
        try:
            networks.append(str(ip_network(one.strip(), strict=False)))
        except ValueError:
            problems.append(Problem("/addresses", "network", f"“{one[:50]}” is no network; write 192.0.2.0/24, or one address."))
    if len(" ".join(networks)) > 1000:
        problems.append(Problem("/addresses", "length", "Write 0 to 1000 characters."))
    if problems:
        raise Invalid(tuple(problems))
    return Wanted(name.strip(), tuple(s for s in Scope if s in told), days, tuple(networks))


def create(house: House, by: Actor, owner: Actor, asked: Wanted) -> str:
    """Make a token for a person; it is returned once and never shown again."""
    identifier, secret = token_hex(6), token_urlsafe(32)
    expires_at = now() + asked.days * 1440 * MINUTE
    with house.db.atomic() as session:
        session.execute(insert(token).values(
            id=identifier, person_id=owner.person_id, name=asked.name, secret_hash=hashed(secret), scopes=" ".join(asked.scopes),
            addresses=" ".join(asked.addresses) or None, created_at=now(), expires_at=expires_at))
        chronicle.note(session, house, by, "create_token", {
            "person": owner.id, "token": identifier, "name": asked.name, "scopes": " ".join(asked.scopes),
            "addresses": " ".join(asked.addresses), "expires_at": expires_at})
    return f"{PREFIX}_{identifier}.{secret}.{_crc(identifier + secret)}"


def create_token(house: House, login: str, name: str, scopes: str, days: int, by: Actor | None = None, addresses: Iterable[str] = ()) -> str:
    """A token for an account, by its name; `scopes` with blanks between them. Raises `Unknown` or `Invalid`."""
    with house.db.reading() as session:
        owner = actor_of_login(session, login)
    return create(house, by or owner, owner, wanted(name, scopes.split(), days, addresses))


def _crc(text: str) -> str:
    return f"{zlib.crc32(text.encode('ascii')):08x}"


_TOKEN = Fixed(f"""SELECT t.secret_hash, t.scopes, t.addresses, p.uid, p.full_name, p.id, a.language, {SECURED} FROM token t
  JOIN person p ON p.id = t.person_id JOIN account a ON a.person_id = p.id
  WHERE t.id = :id AND t.revoked_at IS NULL AND t.expires_at > :now AND a.active""")  # noqa: S608 – joined from constants


def token_actor(house: House, text: str, address: str = "") -> tuple[Actor, frozenset[str], bool]:
    """Who a bearer token that comes from an address speaks for, its scopes, and whether they have a second factor. Raises `Unknown`."""
    identifier, _, rest = text.removeprefix(f"{PREFIX}_").partition(".")
    secret, _, crc = rest.partition(".")
    if not text.startswith(f"{PREFIX}_") or not (text.isascii() and text.isprintable()) or crc != _crc(identifier + secret):
        raise Unknown("This token is not one of ours; copy it again.")
    with house.db.glance() as session:
        rows = _TOKEN.run(session, {"id": identifier, "now": now()})
    if not rows or not hmac.compare_digest(rows[0][0], hashed(secret)):
        raise Unknown("This token is unknown, revoked or over; create a new one.")
    _, scopes, networks, uid, name, person_id, language, secured = rows[0]
    if networks and not _within(address, networks.split()):
        raise Unknown("This token does not hold for the address it comes from.")
    return Actor(uid, name, person_id, language), frozenset(scopes.split()), bool(secured)


def _within(address: str, networks: Iterable[str]) -> bool:
    try:
        told = ip_address(address)
    except ValueError:
        return False
    told = getattr(told, "ipv4_mapped", None) or told
    return any(told in ip_network(n) for n in networks)


def listed(house: House, person_id: int | None) -> list[Listed]:
    """The tokens of a person that are still good, newest first."""
    t = token.c
    with house.db.reading() as session:
        rows = session.execute(
            select(t.id, t.name, t.scopes, t.addresses, t.created_at, t.expires_at)
            .where(t.person_id == person_id, t.revoked_at.is_(None), t.expires_at > now()).order_by(t.created_at.desc(), t.id))
        return [Listed(id_, name, tuple(scopes.split()), tuple((networks or "").split()), made, ends)
                for id_, name, scopes, networks, made, ends in rows]


def revoke(house: House, by: Actor, identifier: str, *, own: bool = True) -> bool:
    """End a token, with `own` one's own only; whether there was one that was still good."""
    good = [token.c.id == identifier, token.c.revoked_at.is_(None)]
    with house.db.atomic() as session:
        done = session.execute(update(token).where(*good, *([token.c.person_id == by.person_id] if own else [])).values(revoked_at=now())).rowcount
        if done:
            chronicle.note(session, house, by, "revoke_token", {"token": identifier})
    return bool(done)


def revoke_all(session: Session, person_id: int | None) -> None:
    """End every token of a person."""
    session.execute(update(token).where(token.c.person_id == person_id, token.c.revoked_at.is_(None)).values(revoked_at=now()))


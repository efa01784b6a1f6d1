"""Tries at signing in, kept in the database: whoever guesses waits longer and longer, and nobody can lock another out.

The limit of an account counts for one address: a stranger who guesses at an account makes their own address wait, never the owner's. An
address that guesses at many accounts waits for all of them. An IPv6 network of 64 bits is one address. A second factor counts for its
person, who has given the right password already."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy import delete, func, insert, select

from inspect_app.db import Session
from inspect_app.errors import TooMany
from inspect_app.models import sign_in_try
from inspect_app.now import now
from inspect_app.services.bulk import one_at_a_time
from inspect_app.services.house import House

SECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class Limit:
    """How many wrong tries within how many seconds are free, and how long to wait after the next: `first` seconds, then twice as long each
    time, at most `most`."""

    free: int
    window: int
    first: int
    most: int


LIMITS = {"pair": Limit(5, 3600, 10, 900), "address": Limit(30, 3600, 10, 900), "factor": Limit(5, 600, 600, 600)}
"""By kind: an account from one address, an address, a second factor."""


def hashed(*parts: str) -> str:
    """What is kept of an account or an address."""
    return sha256("\n".join(parts).encode("utf-8")).hexdigest()


def network(address: str) -> str:
    """The address as it is counted."""
    try:
        told = ip_address(address)
    except ValueError:
        return "?"
    return str(ip_network((told, 64), strict=False)) if isinstance(told, IPv6Address) and not told.ipv4_mapped else str(told)


def at_sign_in(login: str, address: str) -> dict[str, str]:
    """What a try with a password counts for."""
    place = network(address)
    return {"pair": hashed(login.casefold(), place), "address": hashed(place)}


def begin(house: House, counted: dict[str, str]) -> None:
    """Count a try before it is known whether it is right, so that many at once gain nothing. Raises `TooMany`."""
    moment = now()
    with house.db.atomic() as session:
        one_at_a_time(session, "sign_in_try")
        waits = [_wait(session, kind, what, moment) for kind, what in counted.items()]
        if max(waits) <= 0:
            session.execute(insert(sign_in_try), [{"login_hash": what, "tried_at": moment, "kind": kind} for kind, what in counted.items()])
            return
    raise TooMany(-(-max(waits) // SECOND))


def _wait(session: Session, kind: str, what: str, moment: int) -> int:
    """How long from now until the next try, in µs."""
    limit = LIMITS[kind]
    n, last = session.execute(select(func.count(), func.max(sign_in_try.c.tried_at)).where(
        sign_in_try.c.login_hash == what, sign_in_try.c.kind == kind, sign_in_try.c.tried_at > moment - limit.window * SECOND)).one()
    if n < limit.free:
        return 0
    wait: int = int(last) + min(limit.first * 2 ** min(n - limit.free, 20), limit.most) * SECOND - moment
    return wait


def forgive(session: Session, counted: dict[str, str]) -> None:
    """The try was right: the account's are forgotten, the address is one try better off, and old ones go."""
    moment = now()
    for kind, what in counted.items():
        mine = sign_in_try.c.login_hash == what
        if kind == "address":
            newest = select(func.max(sign_in_try.c.id)).where(mine, sign_in_try.c.kind == kind).scalar_subquery()
            session.execute(delete(sign_in_try).where(sign_in_try.c.id == newest))
        else:
            session.execute(delete(sign_in_try).where(mine, sign_in_try.c.kind == kind))
    session.execute(delete(sign_in_try).where(sign_in_try.c.tried_at < moment - max(limit.window for limit in LIMITS.values()) * SECOND))

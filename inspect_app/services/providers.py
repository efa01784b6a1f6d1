"""Signing in at a provider of identities (OpenID Connect): code with PKCE, by Authlib. Whom a provider names is known by issuer and
subject alone, never by mail. No network is used inside a transaction."""

from __future__ import annotations

from dataclasses import dataclass
from secrets import token_urlsafe

import orjson
from sqlalchemy import delete, insert, select

from inspect_app.db import DRIVER_CONFLICTS
from inspect_app.errors import Invalid, NotFound, Problem, Unknown, Unreadable
from inspect_app.models import identity as identities
from inspect_app.models import sign_in_state
from inspect_app.now import now
from inspect_app.services import chronicle, sessions
from inspect_app.services.house import House, Provider
from inspect_app.services.identity import Entered, enter
from inspect_app.services.sessions import MINUTE, Place, SignedIn, hashed
from workflows.acts import Actor

UNDER_WAY = 10 * MINUTE
"""How long a sign-in at the provider may take."""

PURPOSES = ("sign_in", "link", "prove")


class NotLinked(Unknown):
    """The identity belongs to no account here."""


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A sign-in at the provider: what for, where to go afterwards, who began it where somebody was signed in, and its secrets."""

    purpose: str
    after: str
    nonce: str
    verifier: str
    person_id: int | None = None


def configured(house: House) -> Provider:
    """The provider of this house. Raises `NotFound` where there is none."""
    if house.provider is None:
        raise NotFound
    return house.provider


def begin(house: House, purpose: str, after: str, back: str, signed: SignedIn | None = None) -> tuple[str, str]:
    """(state, the provider's address to go to). The state also belongs into a cookie of the browser that goes. `back` is our own address
    to which the provider sends it back. Raises `Unavailable`."""
    from inspect_app.services import openid  # here, because its libraries are large and most processes never speak with the provider

    provider = configured(house)
    state = token_urlsafe(32)
    going = UnderWay(purpose, after, token_urlsafe(32), token_urlsafe(48), signed.actor.person_id if signed else None)
    address = openid.address_to(provider, going, state, back)
    told = {name: getattr(going, name) for name in UnderWay.__slots__}
    with house.db.atomic() as session:
        session.execute(delete(sign_in_state).where(sign_in_state.c.made_at < now() - UNDER_WAY))
        session.execute(insert(sign_in_state).values(state_hash=hashed(state), data=orjson.dumps(told).decode(), made_at=now()))
    return state, address


def take(house: House, state: str, from_cookie: str) -> UnderWay:
    """The sign-in that is under way in this browser; it is taken once. Raises `Unreadable` for a state that was forged, taken before, or
    begun in another browser, or where it took too long."""
    found = None
    if state and state == from_cookie:
        with house.db.atomic() as session:
            mine = sign_in_state.c.state_hash == hashed(state), sign_in_state.c.made_at > now() - UNDER_WAY
            found = session.execute(delete(sign_in_state).where(*mine).returning(sign_in_state.c.data)).scalar()
    if found is None:
        raise Unreadable("This sign-in was not begun here, was used before, or took too long. Go to the page for signing in and begin again.")
    return UnderWay(**orjson.loads(found))


def subject_of(house: House, going: UnderWay, code: str, issuer: str | None, back: str) -> str:
    """Who the provider says it is: the code is exchanged and the identity token checked. Raises `Unknown` or `Unavailable`."""
    from inspect_app.services import openid  # here, as above

    provider = configured(house)
    if issuer is not None and issuer != provider.issuer:
        raise Unknown("The answer comes from another provider of identities.")
    return openid.subject_of(provider, going, code, back)


def sign_in(house: House, subject: str, place: Place) -> Entered:
    """Let in the person this identity belongs to. Raises `Unknown` where it belongs to nobody here."""
    with house.db.atomic() as session:
        found = session.execute(select(identities.c.person_id).where(identities.c.issuer == configured(house).issuer,
                                                                     identities.c.subject == subject)).scalar()
        if found is None:
            raise NotLinked("This identity belongs to no account here. Sign in with a password and link it, or ask the administrator.")
        return enter(session, house, found, place)


def prove(house: House, signed: SignedIn, subject: str) -> str:
    """Step up by the provider: returns the session's new secret. Raises `Unknown` where the identity is another's."""
    with house.db.atomic() as session:
        found = session.execute(select(identities.c.person_id).where(identities.c.issuer == configured(house).issuer,
                                                                     identities.c.subject == subject)).scalar()
        if found != signed.actor.person_id:
            raise NotLinked("This identity is not yours here.")
        return sessions.renew(session, signed)


def link(house: House, by: Actor, owner: Actor, subject: str) -> None:
    """Tie an identity of the provider to a person, by an administrator or by the person who is signed in. Raises `Invalid` where it is tied."""
    issuer = configured(house).issuer
    if not 1 <= len(subject) <= 300:
        raise Invalid((Problem("/subject", "length", "Write 1 to 300 characters."),))
    try:
        with house.db.atomic() as session:
            session.execute(insert(identities).values(issuer=issuer, subject=subject, person_id=owner.person_id))
            chronicle.note(session, house, by, "link_identity", {"person": owner.id, "issuer": issuer})
    except DRIVER_CONFLICTS:
        with house.db.reading() as session:
            theirs = session.execute(select(identities.c.person_id).where(identities.c.issuer == issuer, identities.c.subject == subject)).scalar()
        if theirs != owner.person_id:
            raise Invalid((Problem("/subject", "taken", "This identity belongs to another account."),)) from None


def unlink(house: House, by: Actor, owner: Actor) -> None:
    """Untie the provider's identities from a person."""
    with house.db.atomic() as session:
        session.execute(delete(identities).where(identities.c.person_id == owner.person_id))
        chronicle.note(session, house, by, "unlink_identity", {"person": owner.id})


def is_linked(house: House, person_id: int | None) -> bool:
    """Whether this person may sign in at the provider of this house."""
    if house.provider is None:
        return False
    with house.db.reading() as session:
        return session.execute(select(identities.c.person_id).where(identities.c.issuer == house.provider.issuer,
                                                                    identities.c.person_id == person_id).limit(1)).first() is not None


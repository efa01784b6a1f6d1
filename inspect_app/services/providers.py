"""Signing in at a provider of identities (OpenID Connect): code with PKCE, by Authlib. Whom a provider names is known by issuer and
subject alone, never by mail. No network is used inside a transaction."""

from __future__ import annotations

from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Any
from urllib.parse import urlsplit

import orjson
import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from sqlalchemy import delete, insert, select

from inspect_app.db import DRIVER_CONFLICTS
from inspect_app.errors import Invalid, NotFound, Problem, Refusal, Unknown, Unreadable
from inspect_app.models import identity as identities
from inspect_app.models import sign_in_state
from inspect_app.now import now
from inspect_app.services import chronicle, sessions
from inspect_app.services.house import House, Provider
from inspect_app.services.identity import Entered, enter
from inspect_app.services.sessions import MINUTE, Place, SignedIn, hashed
from workflows.acts import Actor

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures with two keys; never `none`, never a secret that both know."""

UNDER_WAY = 10 * MINUTE
"""How long a sign-in at the provider may take."""

LEEWAY = 60
"""Seconds by which the provider's clock may differ."""

SECONDS = 10
PURPOSES = ("sign_in", "link", "prove")


class NotLinked(Unknown):
    """The identity belongs to no account here."""


class Unavailable(Refusal):
    """The provider of identities does not answer, or answers what it should not."""

    def __str__(self) -> str:
        return "The provider of identities does not answer as it should; try again later, or sign in with a password."


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
    provider = configured(house)
    state = token_urlsafe(32)
    going = UnderWay(purpose, after, token_urlsafe(32), token_urlsafe(48), signed.actor.person_id if signed else None)
    more = {"prompt": "login", "max_age": "0"} if purpose == "prove" else {}
    endpoint = _told(_metadata(provider), "authorization_endpoint")
    client = OAuth2Session(provider.client_id, scope="openid", redirect_uri=back, code_challenge_method="S256")
    address, _ = client.create_authorization_url(endpoint, state=state, code_verifier=going.verifier, nonce=going.nonce, **more)
    told = {name: getattr(going, name) for name in UnderWay.__slots__}
    with house.db.atomic() as session:
        session.execute(delete(sign_in_state).where(sign_in_state.c.made_at < now() - UNDER_WAY))
        session.execute(insert(sign_in_state).values(state_hash=hashed(state), data=orjson.dumps(told).decode(), made_at=now()))
    return state, str(address)


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
    provider = configured(house)
    if issuer is not None and issuer != provider.issuer:
        raise Unknown("The answer comes from another provider of identities.")
    metadata = _metadata(provider)
    client = OAuth2Session(provider.client_id, provider.client_secret, redirect_uri=back, token_endpoint_auth_method=_method(metadata))
    try:
        told = client.fetch_token(_told(metadata, "token_endpoint"), code=code, code_verifier=going.verifier, timeout=SECONDS, allow_redirects=False)
    except OAuthError:
        raise Unknown("The provider of identities does not accept this sign-in; begin again.") from None
    except (requests.RequestException, ValueError):
        raise Unavailable from None
    claims = _claims(provider, metadata, str(told.get("id_token") or ""))
    if claims.get("nonce") != going.nonce:
        raise Unknown("The provider's answer belongs to another sign-in; begin again.")
    if going.purpose == "prove" and not _is_recent(claims.get("auth_time")):
        raise Unknown("The provider did not ask anew who you are.")
    return str(claims["sub"])


def _is_recent(moment: Any) -> bool:
    return isinstance(moment, int) and abs(now() // 1_000_000 - moment) <= sessions.FRESH // 1_000_000


def _claims(provider: Provider, metadata: dict[str, Any], token: str) -> dict[str, Any]:
    """The claims of an identity token whose signature, issuer, audience and times hold. Raises `Unknown`."""
    try:
        claims = jwt.decode(token, _keys(metadata), algorithms=list(ALGORITHMS)).claims
        jwt.JWTClaimsRegistry(now=now() // 1_000_000, leeway=LEEWAY, exp={"essential": True}, iat={"essential": True},
                              sub={"essential": True}).validate(claims)
    except (JoseError, ValueError, TypeError, KeyError):
        raise Unknown("The provider's answer cannot be trusted: its signature or its times do not hold.") from None
    audience = claims.get("aud")
    theirs = [audience] if isinstance(audience, str) else audience
    if claims.get("iss") != provider.issuer or theirs != [provider.client_id] or claims.get("azp", provider.client_id) != provider.client_id:
        raise Unknown("The provider's answer is meant for another application.")
    if not isinstance(claims["sub"], str) or not 1 <= len(claims["sub"]) <= 300:
        raise Unknown("The provider's answer names nobody.")
    return dict(claims)


def _keys(metadata: dict[str, Any]) -> KeySet:
    told: Any = _fetched(_told(metadata, "jwks_uri"))
    return KeySet.import_key_set(told)


def _metadata(provider: Provider) -> dict[str, Any]:
    """What the provider says of itself; it has to be the one that was configured, word for word. Raises `Unavailable`."""
    told = _fetched(f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
    if told.get("issuer") != provider.issuer:
        raise Unavailable
    return told


def _told(metadata: dict[str, Any], name: str) -> str:
    """An address of the provider: https where the provider itself is."""
    address = metadata.get(name)
    if not isinstance(address, str) or urlsplit(address).scheme not in ("https", urlsplit(str(metadata["issuer"])).scheme):
        raise Unavailable
    return address


def _method(metadata: dict[str, Any]) -> str:
    known = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return "client_secret_basic" if "client_secret_basic" in known else "client_secret_post"


def _fetched(address: str) -> dict[str, Any]:
    try:
        answer = requests.get(address, timeout=SECONDS, allow_redirects=False, headers={"Accept": "application/json"})
        told = answer.json() if answer.status_code == 200 else None
    except (requests.RequestException, ValueError):
        raise Unavailable from None
    if not isinstance(told, dict):
        raise Unavailable
    return told


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


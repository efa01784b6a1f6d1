"""Speaking OpenID Connect with a provider of identities, by Authlib: where to send a browser, and whom the answer names."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from inspect_app.errors import Unavailable, Unknown
from inspect_app.now import now
from inspect_app.services import sessions
from inspect_app.services.house import Provider
from inspect_app.services.providers import UnderWay

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures with two keys; never `none`, never a secret that both know."""

LEEWAY = 60
"""Seconds by which the provider's clock may differ."""

SECONDS = 10

def address_to(provider: Provider, going: UnderWay, state: str, back: str) -> str:
    """The provider's address to which a browser goes; `back` is our own, to which it is sent back. Raises `Unavailable`."""
    more = {"prompt": "login", "max_age": "0"} if going.purpose == "prove" else {}
    endpoint = _told(_metadata(provider), "authorization_endpoint")
    client = OAuth2Session(provider.client_id, scope="openid", redirect_uri=back, code_challenge_method="S256")
    address, _ = client.create_authorization_url(endpoint, state=state, code_verifier=going.verifier, nonce=going.nonce, **more)
    return str(address)


def subject_of(provider: Provider, going: UnderWay, code: str, back: str) -> str:
    """Whom the provider names: the code is exchanged, and the identity token checked. Raises `Unknown` or `Unavailable`."""
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

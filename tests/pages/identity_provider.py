"""A provider of identities (OpenID Connect) in the process of the tests: it insists on PKCE, and can be told to lie."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from secrets import token_urlsafe
from threading import Thread
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from werkzeug.serving import make_server
from werkzeug.wrappers import Response as Answer

from inspect_app.now import now

CLIENT, SECRET = "inspect", "the secret of inspect"


@dataclass
class Provider:
    """Who is signed in there, and what it says other than it should."""

    issuer: str = ""
    subject: str = "248289761001"
    lies: dict[str, Any] = field(default_factory=dict)
    signs_with: str = "own"
    says_issuer: str | None = None
    ahead: int = 0
    """Seconds by which its clock is ahead: a test may hold the time of its own thread only."""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1"}))
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)

    def claims(self, code: dict[str, str]) -> dict[str, Any]:
        moment = now() // 1_000_000 + self.ahead
        told = {"iss": self.issuer, "sub": self.subject, "aud": CLIENT, "iat": moment, "exp": moment + 300, "nonce": code["nonce"],
                "auth_time": moment if code.get("max_age") == "0" else moment - 3600, "email": "chair@example.org", "email_verified": True}
        return {name: value for name, value in (told | self.lies).items() if value is not None}

    def token(self, code: dict[str, str]) -> str:
        claims = self.claims(code)
        if self.signs_with == "none":
            return jwt.encode({"alg": "none"}, claims, OctKey.import_key("x" * 32), algorithms=["none"])
        if self.signs_with == "secret":
            return jwt.encode({"alg": "HS256", "kid": "k1"}, claims, OctKey.import_key(SECRET), algorithms=["HS256"])
        key = self.key if self.signs_with == "own" else RSAKey.generate_key(2048, {"kid": "k1"})
        return jwt.encode({"alg": "RS256", "kid": "k1"}, claims, key)


def application(provider: Provider) -> Flask:
    """Its pages: configuration, keys, the door, and where codes are exchanged."""
    app = Flask("identity_provider")

    @app.get("/.well-known/openid-configuration")
    def configuration() -> Response:
        return jsonify(issuer=provider.says_issuer or provider.issuer, authorization_endpoint=f"{provider.issuer}/authorize",
                       token_endpoint=f"{provider.issuer}/token", jwks_uri=f"{provider.issuer}/keys",
                       token_endpoint_auth_methods_supported=["client_secret_basic"])

    @app.get("/keys")
    def keys() -> Response:
        return jsonify(keys=[provider.key.as_dict(private=False)])

    @app.get("/authorize")
    def authorize() -> Answer:
        told = request.args.to_dict()
        provider.asked.append(told)
        assert told["response_type"] == "code"
        assert told["code_challenge_method"] == "S256"
        code = token_urlsafe(16)
        provider.codes[code] = told
        return redirect(f"{told['redirect_uri']}?{urlencode({'code': code, 'state': told['state'], 'iss': provider.issuer})}")

    @app.post("/token")
    def token() -> tuple[Response, int]:
        told = provider.codes.pop(request.form["code"], None)
        who = request.authorization
        verifier = request.form.get("code_verifier", "")
        challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        if told is None or who is None or (who.username, who.password) != (CLIENT, SECRET):
            return jsonify(error="invalid_grant"), 400
        if not hmac.compare_digest(challenge, told["code_challenge"]) or request.form["redirect_uri"] != told["redirect_uri"]:
            return jsonify(error="invalid_grant"), 400
        return jsonify(access_token="x", token_type="Bearer", id_token=provider.token(told)), 200

    return app


@contextmanager
def running() -> Iterator[Provider]:
    """The provider, listening on this machine."""
    provider = Provider()
    server = make_server("127.0.0.1", 0, application(provider), threaded=True)
    provider.issuer = f"http://127.0.0.1:{server.port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()

"""Sessions of browsers and tokens of programs; only hashes of the secrets are kept. And tries at signing in."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table

from inspect_app.models.base import Digest, Id, Moment, metadata, number

session = Table(
    "session", metadata,
    Column("token_hash", Digest, primary_key=True),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False, index=True),
    Column("epoch", Integer, nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
)

token = Table(
    "token", metadata,
    Column("id", String(16), primary_key=True),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False, index=True),
    Column("name", String(100), nullable=False),
    Column("secret_hash", Digest, nullable=False),
    Column("scopes", String(200), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("revoked_at", Moment),
)

sign_in_try = Table(
    "sign_in_try", metadata, number(),
    Column("login_hash", Digest, nullable=False, index=True),
    Column("tried_at", Moment, nullable=False, index=True),
)

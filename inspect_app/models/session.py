"""Sessions of browsers, tokens of programs, second factors and links; only hashes of secrets are kept. And tries at signing in."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text, UniqueConstraint

from inspect_app.models.base import IMPERSONAL, OF_PERSON, Digest, Id, Moment, metadata, number

session = Table(
    "session", metadata,
    Column("token_hash", Digest, primary_key=True, info=OF_PERSON),
    Column("id", String(16), nullable=False, unique=True, info=IMPERSONAL),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False, index=True, info=OF_PERSON),
    Column("epoch", Integer, nullable=False),
    Column("csrf", String(64), nullable=False, info=IMPERSONAL),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("proved_at", Moment, nullable=False),
    Column("address", String(60), nullable=False, info=OF_PERSON),
    Column("agent", String(200), nullable=False, info=OF_PERSON),
)
"""`proved_at` is when the person last proved who they are: signing in, or stepping up. `id` names a session in lists."""

kept_form = Table(
    "kept_form", metadata,
    Column("id", String(24), primary_key=True, info=IMPERSONAL),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False, index=True, info=OF_PERSON),
    Column("path", String(300), nullable=False, info=OF_PERSON),
    Column("fields", Text, nullable=False, info=OF_PERSON),
    Column("made_at", Moment, nullable=False, index=True),
)
"""A half-typed form, kept while its writer proves who they are; sealed, and gone after an hour."""

token = Table(
    "token", metadata,
    Column("id", String(16), primary_key=True, info=IMPERSONAL),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False, index=True, info=OF_PERSON),
    Column("name", String(100), nullable=False, info=OF_PERSON),
    Column("secret_hash", Digest, nullable=False, info=OF_PERSON),
    Column("scopes", String(200), nullable=False, info=IMPERSONAL),
    Column("addresses", String(1000), info=OF_PERSON),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("revoked_at", Moment),
)
"""`addresses` are networks (CIDR) with blanks between them; none is everywhere."""

sign_in_try = Table(
    "sign_in_try", metadata, number(),
    Column("login_hash", Digest, nullable=False, index=True, info=OF_PERSON),
    Column("tried_at", Moment, nullable=False, index=True),
    Column("kind", String(12), nullable=False, server_default="password", info=IMPERSONAL),
)
"""Refused tries, by a hash of the account, of the address, or of a second factor; `kind` says of which."""

one_time_code = Table(
    "one_time_code", metadata, number(),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False, index=True, info=OF_PERSON),
    Column("code_hash", Digest, nullable=False, info=OF_PERSON),
    Column("made_at", Moment, nullable=False),
    Column("used_at", Moment),
    UniqueConstraint("person_id", "code_hash"),
)
"""The sheet of one-time codes of a person: a full second factor on paper."""

one_time_link = Table(
    "one_time_link", metadata,
    Column("secret_hash", Digest, primary_key=True, info=OF_PERSON),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False, index=True, info=OF_PERSON),
    Column("purpose", String(20), nullable=False, info=IMPERSONAL),
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
)
"""`purpose` is first or reset."""

identity = Table(
    "identity", metadata,
    Column("issuer", String(300), primary_key=True, info=OF_PERSON),
    Column("subject", String(300), primary_key=True, info=OF_PERSON),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False, index=True, info=OF_PERSON),
)
"""Who someone is to a provider of identities (OpenID Connect): by issuer and subject, never by mail."""

sign_in_state = Table(
    "sign_in_state", metadata,
    Column("state_hash", Digest, primary_key=True, info=IMPERSONAL),
    Column("data", Text, nullable=False, info=OF_PERSON),
    Column("made_at", Moment, nullable=False, index=True),
)
"""A sign-in at a provider that is under way: its nonce, its PKCE verifier, where to go afterwards. Taken once."""

"""The law of workflows and rulesets, kept under its hash from its first use, so that replay needs no file."""

from sqlalchemy import Column, Integer, LargeBinary, String, Table

from inspect_app.models.base import IMPERSONAL, Digest, Moment, metadata

definition = Table(
    "definition", metadata,
    Column("hash", Digest, primary_key=True, info=IMPERSONAL),
    Column("kind", String(10), nullable=False, info=IMPERSONAL),
    Column("name", String(100), nullable=False, info=IMPERSONAL),
    Column("version", Integer, nullable=False),
    Column("law", LargeBinary, nullable=False, info=IMPERSONAL),
    Column("first_used_at", Moment, nullable=False),
)

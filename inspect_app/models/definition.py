"""The law of workflows and rulesets, kept under its hash from its first use, so that replay needs no file."""

from sqlalchemy import Column, Integer, LargeBinary, String, Table

from inspect_app.models.base import Digest, Moment, metadata

definition = Table(
    "definition", metadata,
    Column("hash", Digest, primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("name", String(100), nullable=False),
    Column("version", Integer, nullable=False),
    Column("law", LargeBinary, nullable=False),
    Column("first_used_at", Moment, nullable=False),
)

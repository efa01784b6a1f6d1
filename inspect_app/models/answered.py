"""Requests that were answered, by actor and key, so that the same request gets the same answer and acts once."""

from sqlalchemy import Column, String, Table

from inspect_app.models.base import Digest, Id, Moment, Uid, metadata

answered = Table(
    "answered", metadata,
    Column("actor", String(200), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("request", Digest, nullable=False),
    Column("case_id", Id, nullable=False),
    Column("event", Uid, nullable=False),
    Column("created_at", Moment, nullable=False),
)

"""Requests that were answered, by actor and key, so that the same request gets the same answer and acts once."""

from sqlalchemy import Column, String, Table

from inspect_app.models.base import IMPERSONAL, OF_CASE, Digest, Id, Moment, Uid, metadata

answered = Table(
    "answered", metadata,
    Column("actor", String(200), primary_key=True, info=OF_CASE),
    Column("key", String(200), primary_key=True, info=OF_CASE),
    Column("request", Digest, nullable=False, info=OF_CASE),
    Column("case_id", Id, nullable=False),
    Column("event", Uid, nullable=False, info=IMPERSONAL),
    Column("created_at", Moment, nullable=False),
)

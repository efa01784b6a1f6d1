"""Items of evidence: files stored under a random name, or references to papers kept elsewhere."""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, Table, UniqueConstraint

from inspect_app.models.base import OF_CASE, Digest, Id, Moment, metadata, number

evidence = Table(
    "evidence", metadata, number(),
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False),
    Column("n", Integer, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("held_as", String(20), nullable=False, info=OF_CASE),
    Column("sha256", Digest, info=OF_CASE),
    Column("size", BigInteger),
    Column("media_type", String(120), info=OF_CASE),
    Column("stored_as", String(64), info=OF_CASE),
    Column("withdrawn_seq", Integer),
    UniqueConstraint("case_id", "n"),
)

upload = Table(
    "upload", metadata,
    Column("stored_as", String(64), primary_key=True, info=OF_CASE),
    Column("made_at", Moment, nullable=False, index=True),
)
"""Files that were stored before their event; those without an event are removed after a day."""

"""Streams of events: each case is one; so are exports. `head` is the hash of the newest leaf, `at` its moment."""

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, text

from inspect_app.models.base import IMPERSONAL, ROOM, Moment, metadata, number

_OUTSIDE = text("kind <> 'case'")
"""The few streams that are no case's are found at once; those of cases have nothing of this index."""

stream = Table(
    "stream", metadata, number(),
    Column("cid", LargeBinary(16), nullable=False, unique=True, info=IMPERSONAL),
    Column("kind", String(12), nullable=False, info=IMPERSONAL),
    Column("seq", Integer, nullable=False),
    Column("head", LargeBinary(32), nullable=False, info=IMPERSONAL),
    Column("at", Moment, nullable=False),
    Index("ix_stream_outside", "kind", sqlite_where=_OUTSIDE, postgresql_where=_OUTSIDE),
    postgresql_with=ROOM,
)

"""Streams of events: each case is one; so are exports. `head` is the hash of the newest leaf, `at` its moment: the register is walked by it,
newest first, so that the wide row of a case needs no index that every act would have to change. `unit_id` is that of the case: who walks sees it on
the way, and on PostgreSQL an index has what was changed in some units (SQLite is spared one more index that every act would have to change)."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, text

from inspect_app.models.base import IMPERSONAL, ROOM, Moment, metadata, number

BY_UNIT = "ix_stream_unit"
"""The index that PostgreSQL alone has, by unit and moment. Migration 0018."""

_OUTSIDE = text("kind <> 'case'")
"""The few streams that are no case's are found at once; those of cases have nothing of this index."""

stream = Table(
    "stream", metadata, number(),
    Column("cid", LargeBinary(16), nullable=False, unique=True, info=IMPERSONAL),
    Column("kind", String(12), nullable=False, info=IMPERSONAL),
    Column("seq", Integer, nullable=False),
    Column("head", LargeBinary(32), nullable=False, info=IMPERSONAL),
    Column("at", Moment, nullable=False),
    Column("unit_id", BigInteger),
    Index("ix_stream_at", "at", "id", "unit_id"),
    Index("ix_stream_outside", "kind", sqlite_where=_OUTSIDE, postgresql_where=_OUTSIDE),
    postgresql_with=ROOM,
)

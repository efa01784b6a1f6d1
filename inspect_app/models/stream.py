"""Streams of events: each case is one; so are exports. `head` is the hash of the newest leaf, `at` its moment: the register is walked by it,
newest first, so that the wide row of a case needs no index that every act would have to change. `unit_id` is that of the case: an
index has what was changed in some units, and who walks along all changes for many units sees it on the way. So does who looks for cases of one
state, by one of the few marks that all states have (`services.wording.mark`): the second line does not guard streams, and a mark does not say which
state it is."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, text

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
    Column("unit_id", BigInteger),
    Column("state_mark", Integer, nullable=False, server_default="0", info=IMPERSONAL),
    Index("ix_stream_at", "at", "id", "unit_id", "state_mark"),
    Index("ix_stream_unit", "unit_id", "at", "id", "state_mark"),
    Index("ix_stream_outside", "kind", sqlite_where=_OUTSIDE, postgresql_where=_OUTSIDE),
    postgresql_with=ROOM,
)

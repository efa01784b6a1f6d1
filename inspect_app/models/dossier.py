"""The tree of linked cases. Its row is the lock of every write, and the counter of `position`."""

from sqlalchemy import Column, Integer, LargeBinary, String, Table

from inspect_app.models.base import IMPERSONAL, OF_CASE, ROOM, Digest, Moment, Uid, metadata, number

dossier = Table(
    "dossier", metadata, number(),
    Column("uid", Uid, nullable=False, unique=True, info=IMPERSONAL),
    Column("position", Integer, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("source", String(300), unique=True, info=OF_CASE),
    Column("source_digest", Digest, info=OF_CASE),
    Column("source_log", LargeBinary, info=OF_CASE),
    postgresql_with=ROOM,
)
"""`source` names the trace of an imported log, `source_digest` its content, so that importing it again writes nothing."""

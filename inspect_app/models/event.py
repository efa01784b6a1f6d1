"""Events: what happened, once, committed to by hash, never changed. Beside the envelope stand the standard facts as plain columns."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, LargeBinary, String, Table, UniqueConstraint

from inspect_app.models.base import Id, Moment, Uid, metadata, number

event = Table(
    "event", metadata, number("event_id"),
    Column("id", Uid, nullable=False, unique=True),
    Column("stream_id", Id, ForeignKey("stream.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("envelope", LargeBinary, nullable=False),
    Column("leaf", LargeBinary(32), nullable=False),
    Column("dossier_id", Id),
    Column("position", Integer),
    Column("trigger", String(100), nullable=False),
    Column("before", String(60), nullable=False),
    Column("after", String(60), nullable=False),
    Column("actor", String(200), nullable=False),
    Column("role", String(20), nullable=False),
    Column("on_behalf_of", String(200)),
    Column("recorded_for", String(200)),
    Column("occurred_at", Moment, nullable=False),
    Column("zone", String(40), nullable=False),
    Column("late", Boolean, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("origin", String(10), nullable=False),
    Column("fits", Boolean, nullable=False),
    Column("source_row", Integer),
    UniqueConstraint("stream_id", "seq"),
    UniqueConstraint("dossier_id", "position"),
)
"""The ledger alone writes these rows, dossier and pending row in the same statement: no foreign keys are checked where none could fail."""

content = Table(
    "content", metadata,
    Column("event_id", Id, ForeignKey("event.event_id"), primary_key=True),
    Column("subject_id", Id, primary_key=True, server_default="0"),
    Column("body", LargeBinary, nullable=False),
)
"""What an event's commitments stand for, a JSON list of [salt, name, value]; erasure deletes a row here and nothing else."""

log_pending = Table(
    "log_pending", metadata,
    Column("event_id", Id, primary_key=True, autoincrement=False),
)
"""Events that wait to be put into the log; written in the event's own transaction."""

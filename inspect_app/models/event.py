"""Events: what happened, once, committed to by hash, never changed. Beside the envelope stand the standard facts as plain columns."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, UniqueConstraint, text

from inspect_app.models.base import IMPERSONAL, OF_CASE, Id, Moment, Uid, metadata, number

KEEPS = ("\"trigger\" IN ('hold', 'lift_hold', 'propose_erasure', 'propose_disposal', 'decline_proposal', 'erase', 'dispose', 'erase_again', "
         "'dispose_again')")
"""Which events an index holds: the few by which content is held or goes, so that they are found without reading all others."""
SILENT = ("(late OR \"trigger\" IN ('answer_lapsed', 'notify') OR substr(\"trigger\", 1, 7) = 'extend_' "
          "OR substr(\"trigger\", 1, 16) = 'grant_extension_')")
"""The same for the ledger of silence: late entries, limits that a head let pass, more time, and notices, which may say what is not shown."""

event = Table(
    "event", metadata, number("event_id"),
    Column("id", Uid, nullable=False, unique=True, info=IMPERSONAL),
    Column("stream_id", Id, ForeignKey("stream.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("envelope", LargeBinary, nullable=False, info=IMPERSONAL),
    Column("leaf", LargeBinary(32), nullable=False, info=IMPERSONAL),
    Column("dossier_id", Id),
    Column("position", Integer),
    Column("trigger", String(100), nullable=False, info=IMPERSONAL),
    Column("before", String(60), nullable=False, info=IMPERSONAL),
    Column("after", String(60), nullable=False, info=IMPERSONAL),
    Column("actor", String(200), nullable=False, info=OF_CASE),
    Column("role", String(20), nullable=False, info=IMPERSONAL),
    Column("on_behalf_of", String(200), info=OF_CASE),
    Column("recorded_for", String(200), info=OF_CASE),
    Column("occurred_at", Moment, nullable=False),
    Column("zone", String(40), nullable=False, info=IMPERSONAL),
    Column("late", Boolean, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("origin", String(10), nullable=False, info=IMPERSONAL),
    Column("fits", Boolean, nullable=False),
    Column("source_row", Integer),
    UniqueConstraint("stream_id", "seq"),
    UniqueConstraint("dossier_id", "position"),
    Index("ix_event_keeping", "stream_id", "seq", sqlite_where=text(KEEPS), postgresql_where=text(KEEPS)),
    Index("ix_event_silence", "event_id", sqlite_where=text(SILENT), postgresql_where=text(SILENT)),
)
"""The ledger alone writes these rows, dossier and pending row in the same statement: no foreign keys are checked where none could fail."""

content = Table(
    "content", metadata,
    Column("event_id", Id, ForeignKey("event.event_id"), primary_key=True),
    Column("subject_id", Id, primary_key=True, server_default="0"),
    Column("body", LargeBinary, nullable=False, info=OF_CASE),
)
"""What an event's commitments stand for, a JSON list of [salt, name, value]; erasure deletes a row here and nothing else."""

log_pending = Table(
    "log_pending", metadata,
    Column("event_id", Id, primary_key=True, autoincrement=False),
)
"""Events that wait to be put into the log; written in the event's own transaction."""

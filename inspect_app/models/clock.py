"""Time limits bound to an event; some fire a trigger when they run out."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from inspect_app.models.base import IMPERSONAL, OF_CASE, Digest, Id, Moment, metadata, number

clock = Table(
    "clock", metadata, number(),
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False, index=True),
    Column("name", String(60), nullable=False, info=IMPERSONAL),
    Column("limit", String(10), nullable=False, info=IMPERSONAL),
    Column("started_seq", Integer, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("then", String(100), info=IMPERSONAL),
    Column("status", String(10), nullable=False, info=IMPERSONAL),
    Column("ended_at", Moment),
    Column("times", Integer, nullable=False, server_default="1"),
    Column("calendar", Digest, info=IMPERSONAL),
    Column("compared", Digest, info=IMPERSONAL),
    Column("grounds", Text, info=OF_CASE),
    Index("ix_clock_due", "status", "due_at"),
)
"""`status` is running, paused, stopped or fired. `times` is which of the repetitions it is, `calendar` the version it was derived under,
`compared` the newest it was compared with, `grounds` what else its day is derived from (see `workflows.timekeeping.Clock`); they are
missing in rows that are older than calendars."""

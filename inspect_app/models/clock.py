"""Time limits bound to an event; some fire a trigger when they run out."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table

from inspect_app.models.base import Id, Moment, metadata, number

clock = Table(
    "clock", metadata, number(),
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False, index=True),
    Column("name", String(60), nullable=False),
    Column("limit", String(10), nullable=False),
    Column("started_seq", Integer, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("then", String(100)),
    Column("status", String(10), nullable=False),
    Column("ended_at", Moment),
    Index("ix_clock_due", "status", "due_at"),
)
"""`status` is running, paused, stopped or fired."""

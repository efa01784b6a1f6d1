"""Calendars as they stand, each version kept under its hash among the definitions; and days on which nobody could act."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Integer, String, Table

from inspect_app.models.base import IMPERSONAL, Digest, Moment, metadata, number

calendar = Table(
    "calendar", metadata,
    Column("name", String(60), primary_key=True, info=IMPERSONAL),
    Column("title", String(200), nullable=False, info=IMPERSONAL),
    Column("version", Integer, nullable=False),
    Column("week", String(7), nullable=False, info=IMPERSONAL),
    Column("country", String(10), info=IMPERSONAL),
    Column("hash", Digest, ForeignKey("definition.hash"), nullable=False, info=IMPERSONAL),
)
"""`week` is empty where the ruleset's holds; `country` is the one it was seeded from."""

calendar_day = Table(
    "calendar_day", metadata,
    Column("calendar", String(60), ForeignKey("calendar.name"), primary_key=True, info=IMPERSONAL),
    Column("on", Date, primary_key=True),
    Column("works", Boolean, nullable=False),
    Column("what", String(200), nullable=False, info=IMPERSONAL),
)
"""A day off, or a day that is worked although the week says otherwise."""

outage = Table(
    "outage", metadata, number(),
    Column("since_on", Date, nullable=False),
    Column("until_on", Date, nullable=False),
    Column("reason", String(400), nullable=False, info=IMPERSONAL),
    Column("noted_at", Moment, nullable=False),
)
"""What would end on one of these days ends one working day after them."""

"""Requests of auditors to read one case unredacted, and who agreed to them."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Integer, String, Table

from inspect_app.models.base import OF_CASE, Id, Moment, metadata, number

unredacted = Table(
    "unredacted", metadata, number(),
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False, index=True),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False, index=True, info=OF_CASE),
    Column("reason", String(1000), nullable=False, info=OF_CASE),
    Column("days", Integer, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("answered_by_id", Id, ForeignKey("person.id"), info=OF_CASE),
    Column("answered_at", Moment),
    Column("agreed", Boolean),
    Column("until_on", Date),
)
"""`until_on` is the last day of what was agreed to; withdrawn, it is the day before."""

"""Letters an act left behind: to whom, of what kind, because of which event."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table

from inspect_app.models.base import OF_CASE, Id, Moment, metadata, number

letter = Table(
    "letter", metadata, number(),
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False, index=True),
    Column("seq", Integer, nullable=False),
    Column("kind", String(60), nullable=False, info=OF_CASE),
    Column("role", String(20), nullable=False, info=OF_CASE),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False, index=True, info=OF_CASE),
    Column("made_at", Moment, nullable=False),
    Column("read_at", Moment),
)

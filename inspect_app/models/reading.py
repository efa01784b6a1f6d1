"""Who opened which file, on which day, how often: shown to each person concerned and to the auditor."""

from sqlalchemy import Column, Date, ForeignKey, Integer, String, Table

from inspect_app.models.base import IMPERSONAL, OF_CASE, Id, Moment, metadata

case_read = Table(
    "case_read", metadata,
    Column("case_id", Id, ForeignKey("cases.id"), primary_key=True),
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True, index=True, info=OF_CASE),
    Column("read_on", Date, primary_key=True),
    Column("door", String(10), nullable=False, info=IMPERSONAL),
    Column("part", String(20), nullable=False, info=OF_CASE),
    Column("times", Integer, nullable=False),
    Column("first_at", Moment, nullable=False),
    Column("last_at", Moment, nullable=False),
)
"""`part` is the one they played when they first opened it that day; what follows within a minute counts as the same opening."""

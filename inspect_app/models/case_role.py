"""Who plays which part in a case, from which event to which; and who is excluded from it."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table

from inspect_app.models.base import Id, metadata

case_role = Table(
    "case_role", metadata,
    Column("case_id", Id, ForeignKey("cases.id"), primary_key=True),
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True, index=True),
    Column("role", String(20), primary_key=True),
    Column("since_seq", Integer, nullable=False),
    Column("until_seq", Integer),
)

exclusion = Table(
    "exclusion", metadata,
    Column("case_id", Id, ForeignKey("cases.id"), primary_key=True),
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True, index=True),
    Column("kind", String(20), nullable=False),
)

"""Who plays which part in a case, from which event to which; who is named in it; and who is walled off from it."""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, String, Table

from inspect_app.models.base import OF_CASE, Id, metadata

case_role = Table(
    "case_role", metadata,
    Column("case_id", Id, ForeignKey("cases.id"), primary_key=True),
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True, info=OF_CASE),
    Column("role", String(20), primary_key=True, info=OF_CASE),
    Column("since_seq", Integer, nullable=False),
    Column("until_seq", Integer),
    Column("until_on", Date),
    Index("ix_case_role_person", "person_id", "case_id", "role", "until_seq", "until_on"),
)
"""`until_on` ends a need-to-know grant on a day; `until_seq` ends any part with an event."""

named = Table(
    "named", metadata,
    Column("case_id", Id, ForeignKey("cases.id"), primary_key=True),
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True, index=True, info=OF_CASE),
    Column("seq", Integer, nullable=False),
)
"""Persons whom a concern speaks of: they have no part in the case and do not know of it."""

exclusion = Table(
    "exclusion", metadata,
    Column("case_id", Id, ForeignKey("cases.id"), primary_key=True),
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True, index=True, info=OF_CASE),
    Column("part", String(20), primary_key=True, info=OF_CASE),
    Column("since_on", Date, nullable=False),
)
"""The walls of a case, kept by `services.walls`: `part` is `all`, or the role that this person may not play. It holds no reason."""

declared_conflict = Table(
    "declared_conflict", metadata,
    Column("case_id", Id, ForeignKey("cases.id"), primary_key=True),
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True, index=True, info=OF_CASE),
    Column("seq", Integer, nullable=False),
)
"""Who declared a conflict in a case, or was found to have one."""

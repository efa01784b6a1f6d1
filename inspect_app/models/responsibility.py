"""Responsibilities as heads see them: one row for each case of responsibility, kept by effects."""

from sqlalchemy import Column, Date, ForeignKey, String, Table

from inspect_app.models.base import OF_CASE, Id, metadata

responsibility = Table(
    "responsibility", metadata,
    Column("case_id", Id, ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    Column("office_id", Id, ForeignKey("office.id"), nullable=False, index=True),
    Column("person_id", Id, ForeignKey("person.id"), index=True, info=OF_CASE),
    Column("basis", String(20), nullable=False, info=OF_CASE),
    Column("level", String(20), nullable=False, info=OF_CASE),
    Column("due_on", Date, nullable=False),
)

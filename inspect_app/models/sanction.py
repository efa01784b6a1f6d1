"""Sanctions that were imposed, by the rung of the ladder."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table

from inspect_app.models.base import Id, metadata, number

sanction = Table(
    "sanction", metadata, number(),
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False, index=True),
    Column("seq", Integer, nullable=False),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False, index=True),
    Column("rung", String(60), nullable=False),
)

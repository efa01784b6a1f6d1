"""Sanctions that were imposed, by the rung of the ladder."""

from sqlalchemy import Column, Date, ForeignKey, Integer, String, Table

from inspect_app.models.base import OF_CASE, Id, metadata, number

sanction = Table(
    "sanction", metadata, number(),
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False, index=True),
    Column("seq", Integer, nullable=False),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False, index=True, info=OF_CASE),
    Column("rung", String(60), nullable=False, info=OF_CASE),
    Column("effective_on", Date),
    Column("expires_on", Date),
    Column("ended_seq", Integer),
    Column("ended_as", String(10), info=OF_CASE),
)
"""`ended_as` is spent, varied or revoked; a sanction that is not ended stands."""

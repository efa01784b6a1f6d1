"""Dated grants of a role for a unit and its subtree, each with its reason; an auditor's is the engagement, with mandate and end."""

from sqlalchemy import Column, Date, ForeignKey, String, Table

from inspect_app.models.base import OF_PERSON, Id, metadata, number

role_grant = Table(
    "role_grant", metadata, number(),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False, index=True, info=OF_PERSON),
    Column("role", String(20), nullable=False, info=OF_PERSON),
    Column("unit_id", Id, ForeignKey("unit.id"), nullable=False, index=True),
    Column("since_on", Date, nullable=False),
    Column("until_on", Date),
    Column("reason", String(1000), info=OF_PERSON),
)

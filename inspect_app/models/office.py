"""Offices (posts that someone holds), and who holds or acts in them from when to when."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, String, Table

from inspect_app.models.base import Id, metadata, number

office = Table(
    "office", metadata, number(),
    Column("code", String(60), nullable=False, unique=True),
    Column("title", String(300), nullable=False),
    Column("unit_id", Id, ForeignKey("unit.id"), nullable=False, index=True),
    Column("line", String(10), nullable=False, server_default="unit"),
    Column("superior_id", Id, ForeignKey("office.id"), index=True),
)

appointment = Table(
    "appointment", metadata, number(),
    Column("office_id", Id, ForeignKey("office.id"), nullable=False, index=True),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False, index=True),
    Column("acting", Boolean, nullable=False, server_default="0"),
    Column("since_on", Date, nullable=False),
    Column("until_on", Date),
)

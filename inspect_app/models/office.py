"""Offices (posts that someone holds), who holds or acts in them from when to when, and to whom they are delegated."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Integer, String, Table

from inspect_app.models.base import IMPERSONAL, OF_PERSON, Id, metadata, number

office = Table(
    "office", metadata, number(),
    Column("code", String(60), nullable=False, unique=True, info=IMPERSONAL),
    Column("title", String(300), nullable=False, info=IMPERSONAL),
    Column("unit_id", Id, ForeignKey("unit.id"), nullable=False, index=True),
    Column("line", String(10), nullable=False, server_default="unit", info=IMPERSONAL),
    Column("superior_id", Id, ForeignKey("office.id"), index=True),
    Column("seats", Integer, nullable=False, server_default="1"),
)
"""`line` is unit or body; `superior_id` leads up that line. An office of several seats is held by several, each for themselves."""

appointment = Table(
    "appointment", metadata, number(),
    Column("office_id", Id, ForeignKey("office.id"), nullable=False, index=True),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False, index=True, info=OF_PERSON),
    Column("acting", Boolean, nullable=False, server_default="0"),
    Column("since_on", Date, nullable=False),
    Column("until_on", Date),
)

delegation = Table(
    "delegation", metadata, number(),
    Column("office_id", Id, ForeignKey("office.id"), nullable=False, index=True),
    Column("from_id", Id, ForeignKey("person.id"), nullable=False, index=True, info=OF_PERSON),
    Column("to_id", Id, ForeignKey("person.id"), nullable=False, index=True, info=OF_PERSON),
    Column("scope", String(300), nullable=False, server_default="*", info=IMPERSONAL),
    Column("may_pass_on", Boolean, nullable=False, server_default="0"),
    Column("since_on", Date, nullable=False),
    Column("until_on", Date, nullable=False),
    Column("reason", String(1000), nullable=False, info=OF_PERSON),
)
"""`scope` is `*`, or names of workflows with blanks between them."""

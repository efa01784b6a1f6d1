"""People, and the accounts with which some of them sign in."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Table

from inspect_app.models.base import Id, Uid, metadata, number

person = Table(
    "person", metadata, number(),
    Column("uid", Uid, nullable=False, unique=True),
    Column("full_name", String(300), nullable=False),
    Column("called", String(100), nullable=False),
    Column("unit_id", Id, ForeignKey("unit.id"), index=True),
)

account = Table(
    "account", metadata,
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True),
    Column("login", String(100), nullable=False, unique=True),
    Column("password_hash", String(300), nullable=False),
    Column("language", String(10), nullable=False, server_default="en"),
    Column("epoch", Integer, nullable=False, server_default="0"),
    Column("active", Boolean, nullable=False, server_default="1"),
)

"""People, the accounts with which some of them sign in, their close ties, and when they are away."""

from sqlalchemy import Boolean, CheckConstraint, Column, Date, ForeignKey, Integer, String, Table, Text

from inspect_app.models.base import OF_PERSON, Id, Uid, metadata, number

person = Table(
    "person", metadata, number(),
    Column("uid", Uid, nullable=False, unique=True, info=OF_PERSON),
    Column("full_name", String(300), nullable=False, info=OF_PERSON),
    Column("called", String(100), nullable=False, info=OF_PERSON),
    Column("unit_id", Id, ForeignKey("unit.id"), index=True),
    Column("same_as_id", Id, ForeignKey("person.id"), index=True, info=OF_PERSON),
)
"""`same_as_id` names the one record of somebody who was entered twice: what excludes one excludes the other."""

belonging = Table(
    "belonging", metadata, number(),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False, index=True, info=OF_PERSON),
    Column("unit_id", Id, ForeignKey("unit.id"), nullable=False, index=True),
    Column("since_on", Date, nullable=False),
    Column("until_on", Date),
)
"""To which unit somebody belonged from when to when; `person.unit_id` is where they belong today."""

account = Table(
    "account", metadata,
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True, info=OF_PERSON),
    Column("login", String(100), nullable=False, unique=True, info=OF_PERSON),
    Column("password_hash", String(300), info=OF_PERSON),
    Column("language", String(10), nullable=False, server_default="en", info=OF_PERSON),
    Column("epoch", Integer, nullable=False, server_default="0"),
    Column("active", Boolean, nullable=False, server_default="1"),
    Column("totp_secret", String(300), info=OF_PERSON),
    Column("totp_step", Integer, nullable=False, server_default="0"),
)
"""`totp_secret` is encrypted under a key outside the database; `totp_step` is the last step that was accepted."""

close_tie = Table(
    "close_tie", metadata, number(),
    Column("one_id", Id, ForeignKey("person.id"), nullable=False, index=True, info=OF_PERSON),
    Column("other_id", Id, ForeignKey("person.id"), nullable=False, index=True, info=OF_PERSON),
    Column("since_on", Date, nullable=False),
    Column("until_on", Date),
    Column("sealed_reason", Text, nullable=False, info=OF_PERSON),
    CheckConstraint("one_id < other_id", name="in_order"),
)
"""A pair, in the order of their numbers, and nothing but that it is a close tie; the reason is sealed and never shown."""

absence = Table(
    "absence", metadata, number(),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False, index=True, info=OF_PERSON),
    Column("kind", String(20), nullable=False, info=OF_PERSON),
    Column("since_on", Date, nullable=False),
    Column("until_on", Date, nullable=False),
)
"""Leave and illness: they stop the clock of what somebody has to answer."""

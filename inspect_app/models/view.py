"""What people set up for themselves: saved views of the register, the columns they look at, intakes they have not sent yet."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text

from inspect_app.models.base import IMPERSONAL, OF_PERSON, Id, Moment, metadata, number

saved_view = Table(
    "saved_view", metadata, number(),
    Column("code", String(16), nullable=False, unique=True, info=IMPERSONAL),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False, index=True, info=OF_PERSON),
    Column("name", String(100), nullable=False, info=OF_PERSON),
    Column("question", String(2000), nullable=False, info=OF_PERSON),
    Column("unit_id", Id, ForeignKey("unit.id"), index=True),
    Column("made_at", Moment, nullable=False),
)
"""`question` is what the address of the register asks; it holds no case. With `unit_id` it is shared with those who are granted a role there."""

register_look = Table(
    "register_look", metadata,
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True, autoincrement=False, info=OF_PERSON),
    Column("columns", String(200), nullable=False, info=OF_PERSON),
)
"""The columns of the register that somebody looks at, in their order, with blanks between them."""

draft = Table(
    "draft", metadata,
    Column("id", String(24), primary_key=True, info=IMPERSONAL),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False, index=True, info=OF_PERSON),
    Column("workflow", String(60), nullable=False, info=IMPERSONAL),
    Column("step", Integer, nullable=False),
    Column("fields", Text, nullable=False, info=OF_PERSON),
    Column("changed_at", Moment, nullable=False, index=True),
)
"""An intake that was begun and not sent: sealed, for its writer alone, and gone when it was sent or its time is over."""

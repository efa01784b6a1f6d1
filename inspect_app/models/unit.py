"""Units and bodies, each a tree; `path` holds the ancestors' numbers, “/1/5/9/”, so that a subtree is a prefix."""

from sqlalchemy import Boolean, Column, ForeignKey, String, Table

from inspect_app.models.base import Id, metadata, number

unit = Table(
    "unit", metadata, number(),
    Column("code", String(60), nullable=False, unique=True),
    Column("name", String(300), nullable=False),
    Column("kind", String(10), nullable=False, server_default="unit"),
    Column("external", Boolean, nullable=False, server_default="0"),
    Column("parent_id", Id, ForeignKey("unit.id"), index=True),
    Column("path", String(400), nullable=False, index=True),
)

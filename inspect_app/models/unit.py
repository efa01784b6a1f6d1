"""Units and bodies, each a tree; `path` holds the ancestors' numbers, “/1/5/9/”, for the order of the tree."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, String, Table

from inspect_app.models.base import IMPERSONAL, Id, metadata, number

unit = Table(
    "unit", metadata, number(),
    Column("code", String(60), nullable=False, unique=True, info=IMPERSONAL),
    Column("name", String(300), nullable=False, info=IMPERSONAL),
    Column("kind", String(10), nullable=False, server_default="unit", info=IMPERSONAL),
    Column("external", Boolean, nullable=False, server_default="0"),
    Column("parent_id", Id, ForeignKey("unit.id"), index=True),
    Column("path", String(400), nullable=False, index=True, info=IMPERSONAL),
    Column("dissolved_on", Date),
    Column("successor_id", Id, ForeignKey("unit.id"), index=True),
)
"""`kind` is unit or body. A dissolved one keeps its cases; they are for those above its successor too."""

unit_above = Table(
    "unit_above", metadata,
    Column("unit_id", Id, ForeignKey("unit.id"), primary_key=True),
    Column("above_id", Id, ForeignKey("unit.id"), primary_key=True),
    Column("steps", Integer, nullable=False),
    Index("ix_unit_above_above", "above_id", "unit_id"),
)
"""Every unit with itself and everything above it, and above the successor of a dissolved one: a subtree is an index lookup."""

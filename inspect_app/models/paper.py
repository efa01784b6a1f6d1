"""Where the series of papers stand; and the texts and schemes that a house wrote itself."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table

from inspect_app.models.base import IMPERSONAL, Digest, metadata

paper_series = Table(
    "paper_series", metadata,
    Column("series", String(200), primary_key=True, info=IMPERSONAL),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("last", Integer, nullable=False),
)
"""A series is its scheme with the number left open, within a year."""

paper_law = Table(
    "paper_law", metadata,
    Column("name", String(100), primary_key=True, info=IMPERSONAL),
    Column("version", Integer, nullable=False),
    Column("hash", Digest, ForeignKey("definition.hash"), nullable=False, info=IMPERSONAL),
)
"""`name` is ruleset/paper.language for a text, ruleset/paper.number for a numbering scheme; each version is kept under its hash."""

"""What a case is found by: words beside the case, which no act touches; each database keeps its own index over them."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Table, Text, text

from inspect_app.models.base import OF_CASE, Id, metadata

case_text = Table(
    "case_text", metadata,
    Column("case_id", Id, ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    Column("words", Text, nullable=False, info=OF_CASE),
    Column("stale", Boolean, nullable=False, server_default="0"),
    Index("ix_case_text_stale", "case_id", sqlite_where=text("stale"), postgresql_where=text("stale")),
)
"""`words` are single words and pairs of words near each other, without diacritics, each once, with a space between; those that do not
stand in number and title have a line before them (`services.wording`). `stale` asks the background work to make them anew."""

BESIDE_THE_TABLES = frozenset({"case_found", "case_found_data", "case_found_idx", "case_found_docsize", "case_found_config", "ix_case_text_found",
                               "found"})
"""What the databases keep over `words` by themselves: on SQLite an FTS5 table, on PostgreSQL a generated column with its index. Migration 0010."""

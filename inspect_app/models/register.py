"""Registers of the past that were taken in: each row by its key and the hash of its content, the cases it became, what contradicts itself."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from inspect_app.models.base import IMPERSONAL, OF_CASE, Digest, Id, Moment, metadata, number

register_row = Table(
    "register_row", metadata, number(),
    Column("register", String(60), nullable=False, info=IMPERSONAL),
    Column("part", String(60), nullable=False, info=IMPERSONAL),
    Column("key", Digest, nullable=False, info=IMPERSONAL),
    Column("n", Integer, nullable=False),
    Column("digest", Digest, nullable=False, info=OF_CASE),
    Column("row", Integer, nullable=False),
    Column("dossier_id", Id, ForeignKey("dossier.id")),
    Column("recorded_at", Moment, nullable=False),
    Column("changed_at", Moment),
    UniqueConstraint("register", "part", "key", "n"),
)
"""`part` is the table of the register, `key` the hash of what tells its rows apart, `n` counts rows that share a key, `row` is where
it stood when it was first taken in. A row without a dossier became no case: other rows look it up. A row whose case was disposed of has no
digest any more, and is not taken in again."""

register_case = Table(
    "register_case", metadata,
    Column("case_id", Id, ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    Column("row_id", Id, ForeignKey("register_row.id"), nullable=False, index=True),
    Column("name", String(60), nullable=False, info=IMPERSONAL),
)
"""Which case of its row a case is, by the name that the mapping gives it."""

register_flag = Table(
    "register_flag", metadata,
    Column("case_id", Id, ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    Column("rule", String(60), primary_key=True, info=IMPERSONAL),
    Column("row_id", Id, ForeignKey("register_row.id"), nullable=False, index=True),
    Column("says", Text, nullable=False, info=OF_CASE),
    Column("since", Moment, nullable=False),
    Column("until", Moment),
    Index("ix_register_flag_until", "until", "case_id"),
)
"""A contradiction in what the register says; `until` is when a corrected row no longer contradicted itself."""

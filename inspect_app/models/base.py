"""The metadata all tables share, and the column types used throughout."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Identity, Integer, MetaData, String

metadata = MetaData(naming_convention={
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
})

Id = BigInteger().with_variant(Integer(), "sqlite")
"""Row numbers. SQLite needs INTEGER for them."""

Moment = BigInteger
"""Microseconds since 1970 UTC: the same number in both databases, and the number that is hashed."""

Uid = String(36)
"""A public identifier (UUID, RFC 9562), in its text form."""

Digest = String(64)
"""SHA-256, hexadecimal."""


def number(name: str = "id") -> Column[Any]:
    """A primary key that the database counts."""
    return Column(name, Id, Identity(always=False), primary_key=True)


OF_CASE = {"personal": "case"}
"""Marks a column that says something of a person because of a case: it is empty, or its row gone, once the case was disposed of."""

OF_PERSON = {"personal": "person"}
"""Marks a column about somebody as a person of the house: it stays while they do."""

IMPERSONAL = {"personal": None}
"""Marks a column of texts or bytes that says nothing of a person."""

ROOM = {"fillfactor": 70}
"""For rows that every act changes: room on their page for the next version."""

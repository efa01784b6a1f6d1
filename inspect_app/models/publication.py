"""Figures that were published: each quarter once, and revisions beside it."""

from sqlalchemy import Column, Integer, LargeBinary, String, Table, UniqueConstraint

from inspect_app.models.base import IMPERSONAL, Digest, Moment, metadata, number

publication = Table(
    "publication", metadata, number(),
    Column("quarter", String(7), nullable=False, info=IMPERSONAL),
    Column("revision", Integer, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("sha256", Digest, nullable=False, info=IMPERSONAL),
    Column("body", LargeBinary, nullable=False, info=IMPERSONAL),
    Column("counted", LargeBinary, nullable=False, info=IMPERSONAL),
    Column("event", String(64), nullable=False, info=IMPERSONAL),
    UniqueConstraint("quarter", "revision"),
)
"""Rows are added and never changed. `body` is what was published, in canonical JSON, and `sha256` its hash, which the administrative event
`event` says too; `counted` is what was counted, which nobody is shown: a revision is compared with it."""

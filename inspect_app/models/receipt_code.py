"""Receipt codes: with one a reporter comes back to a concern without an account. Only hashes are kept."""

from sqlalchemy import Column, ForeignKey, String, Table

from inspect_app.models.base import OF_CASE, Digest, Id, Moment, metadata

receipt_code = Table(
    "receipt_code", metadata,
    Column("code_hash", Digest, primary_key=True, info=OF_CASE),
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False, index=True),
    Column("language", String(10), nullable=False, info=OF_CASE),
    Column("made_at", Moment, nullable=False),
    Column("seen_at", Moment),
)

"""What an auditor does within an engagement: the checkpoint that was handed over, samples, observations that have to be answered by a day."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Integer, LargeBinary, String, Table, Text

from inspect_app.models.base import IMPERSONAL, OF_CASE, Digest, Id, Moment, metadata, number

engagement = Table(
    "engagement", metadata, number(),
    Column("grant_id", Id, ForeignKey("role_grant.id"), nullable=False, unique=True),
    Column("opened_at", Moment, nullable=False),
    Column("covers_from", Date, nullable=False),
    Column("covers_until", Date, nullable=False),
    Column("note", Text, nullable=False, info=IMPERSONAL),
    Column("named", String(300), nullable=False, info=IMPERSONAL),
)
"""One row where the auditor of a grant has opened it: `note` is the signed checkpoint, `named` the line that the seed of its samples holds."""

audit_sample = Table(
    "audit_sample", metadata, number(),
    Column("engagement_id", Id, ForeignKey("engagement.id"), nullable=False, index=True),
    Column("size", Integer, nullable=False),
    Column("among", Integer, nullable=False),
    Column("population", LargeBinary, nullable=False, info=IMPERSONAL),
    Column("digest", Digest, nullable=False, info=IMPERSONAL),
    Column("drawn_at", Moment, nullable=False),
)
"""`population` are the random names of the streams of the cases it was drawn from, packed; `digest` commits to them."""

observation = Table(
    "observation", metadata, number(),
    Column("engagement_id", Id, ForeignKey("engagement.id"), nullable=False, index=True),
    Column("unit_id", Id, ForeignKey("unit.id"), nullable=False, index=True),
    Column("case_id", Id, ForeignKey("cases.id"), index=True),
    Column("says", String(4000), nullable=False, info=OF_CASE),
    Column("due_on", Date, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("answer", String(4000), info=OF_CASE),
    Column("answered_by_id", Id, ForeignKey("person.id"), info=OF_CASE),
    Column("answered_at", Moment),
    Column("accepted", Boolean),
    Column("settled_at", Moment),
)
"""`accepted` is what the auditor found of the answer."""

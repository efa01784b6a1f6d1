"""Exports that run in the background: what was asked for, how far it is, and where the file lies until it expires."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from inspect_app.models.base import IMPERSONAL, OF_CASE, OF_PERSON, Digest, Id, Moment, Uid, metadata, number

export_job = Table(
    "export_job", metadata, number(),
    Column("uid", Uid, nullable=False, unique=True, info=IMPERSONAL),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False, index=True, info=OF_PERSON),
    Column("event", Uid, nullable=False, unique=True, info=IMPERSONAL),
    Column("asked", Text, nullable=False, info=OF_CASE),
    Column("state", String(10), nullable=False, info=IMPERSONAL),
    Column("asked_at", Moment, nullable=False),
    Column("started_at", Moment),
    Column("ended_at", Moment),
    Column("expires_at", Moment),
    Column("lease_until", Moment),
    Column("tries", Integer, nullable=False),
    Column("at_most", Id, nullable=False),
    Column("events", Id, nullable=False),
    Column("bytes", Id, nullable=False),
    Column("sha256", Digest, info=IMPERSONAL),
    Column("holds", String(90), info=IMPERSONAL),
    Column("stored_as", String(60), info=OF_CASE),
    Column("problem", String(400), info=IMPERSONAL),
    Index("ix_export_job_state", "state", "id"),
)
"""`event` is the one in the stream of exports by which it was asked for; `asked` the order, as JSON; `at_most` the events that were counted
beforehand; `holds` names the
cases that are in the file, as a hash, so that nobody fetches it who may no longer see each of them."""

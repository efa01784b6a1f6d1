"""Notices: what somebody is told of a case, on their page and by mail. The mails are the outbox. And how each wants to be told."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, Text, text

from inspect_app.models.base import IMPERSONAL, OF_CASE, OF_PERSON, Digest, Id, Moment, metadata, number

mail = Table(
    "mail", metadata, number(),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False, index=True, info=OF_PERSON),
    Column("kind", String(20), nullable=False, info=IMPERSONAL),
    Column("made_at", Moment, nullable=False),
    Column("state", String(10), nullable=False, info=IMPERSONAL),
    Column("next_at", Moment, nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("lease_until", Moment),
    Column("ended_at", Moment),
    Column("problem", Text, info=OF_PERSON),
    Index("ix_mail_next", "state", "next_at"),
)
"""One e-mail to one person. `kind` is notice, digest or address; `state` is waiting, sending, sent, dead or dropped. It holds no text: that is
written when it is sent, from what the person may know then. `problem` is what the mail server said last."""

notice = Table(
    "notice", metadata, number(),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False, info=OF_CASE),
    Column("case_id", Id, ForeignKey("cases.id"), index=True),
    Column("observation_id", Id, ForeignKey("observation.id"), index=True),
    Column("seq", Integer, nullable=False),
    Column("kind", String(20), nullable=False, info=IMPERSONAL),
    Column("role", String(20), nullable=False, info=OF_CASE),
    Column("clock", String(60), info=IMPERSONAL),
    Column("due_on", Date),
    Column("made_at", Moment, nullable=False),
    Column("read_at", Moment),
    Column("weighed", Boolean, nullable=False, server_default="0"),
    Column("mail_id", Id, ForeignKey("mail.id"), index=True),
    Index("ix_notice_person", "person_id", "id"),
    Index("ix_notice_unweighed", "id", sqlite_where=text("weighed = 0"), postgresql_where=text("NOT weighed")),
)
"""Written in the transaction of the act, or of the round of reminders. `kind` is letter, part,
reminder or observed; `seq` the event it comes from, or the one with which the time limit of a reminder began, or 0. What was observed by an auditor
need not be about a case. `weighed` says that it was decided whether it goes into a mail, and into which."""

mail_address = Table(
    "mail_address", metadata,
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True, info=OF_PERSON),
    Column("address", String(254), nullable=False, info=OF_PERSON),
    Column("set_at", Moment, nullable=False),
    Column("confirmed_at", Moment),
)
"""Where somebody wants their mail. Nothing but the question whether it is theirs goes there before they confirmed it."""

notice_choice = Table(
    "notice_choice", metadata,
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True, info=OF_PERSON),
    Column("kind", String(20), primary_key=True, info=IMPERSONAL),
    Column("way", String(10), nullable=False, info=IMPERSONAL),
)
"""How somebody wants to be told of a kind: at_once, digest, or here (in the application alone)."""

feed = Table(
    "feed", metadata,
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True, info=OF_PERSON),
    Column("secret_hash", Digest, nullable=False, unique=True, info=OF_PERSON),
    Column("made_at", Moment, nullable=False),
)
"""The calendar feed of a person; it reads deadlines and nothing else. A new one takes the place of the old."""

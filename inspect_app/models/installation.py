"""Facts about this installation that no setting may change, such as the log's name."""

from sqlalchemy import Column, String, Table, Text

from inspect_app.models.base import IMPERSONAL, OF_PERSON, metadata

installation = Table("installation", metadata,
                     Column("name", String(60), primary_key=True, info=IMPERSONAL),
                     Column("value", Text, nullable=False, info=OF_PERSON))

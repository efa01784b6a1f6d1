"""Comments on a case: beside the record, in no event, gone with the case."""

from sqlalchemy import Column, ForeignKey, Table, Text

from inspect_app.models.base import OF_CASE, Id, Moment, metadata, number

case_comment = Table(
    "case_comment", metadata, number(),
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False, index=True),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False, index=True, info=OF_CASE),
    Column("body", Text, nullable=False, info=OF_CASE),
    Column("made_at", Moment, nullable=False),
    Column("changed_at", Moment),
)
"""`changed_at` is when its writer last changed it: the page says that they did."""

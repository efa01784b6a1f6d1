"""The figures of units for the map of the organisation, a quarter at a time, as they were when the quarter was over: never counted again."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table

from inspect_app.models.base import IMPERSONAL, Id, Moment, metadata

unit_figure = Table(
    "unit_figure", metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("quarter", String(2), primary_key=True, info=IMPERSONAL),
    Column("unit_id", Id, ForeignKey("unit.id"), primary_key=True, autoincrement=False),
    Column("measure", String(20), primary_key=True, info=IMPERSONAL),
    Column("above_id", Id),
    Column("value", Integer, nullable=False),
    Column("among", Integer, nullable=False),
    Column("frozen_at", Moment, nullable=False),
)
"""`value` is counted in the unit itself and all below it, as the tree stood; `among` is of how many, where that decides what is shown; `above_id` the
unit above it then."""

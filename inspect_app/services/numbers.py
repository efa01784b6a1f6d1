"""Numbers of papers: each series counts up by one with the act that takes the number, without a gap and without a double.

The number stands on the paper before its act is written, and is taken in the act's own transaction only where the series still is where it was;
else the paper is drawn anew with the next."""

from __future__ import annotations

from inspect_app.db import Fixed, Session
from inspect_app.services.house import House

_AT = Fixed("SELECT last FROM paper_series WHERE series = :series AND year = :year")
_FIRST = Fixed("INSERT INTO paper_series (series, year, last) VALUES (:series, :year, :number) ON CONFLICT (series, year) DO NOTHING")
_NEXT = Fixed("UPDATE paper_series SET last = :number WHERE series = :series AND year = :year AND last = :number - 1")


class NumberTaken(Exception):
    """Another paper took the number first."""


def upcoming(session: Session, series: str, year: int) -> int:
    """The number that the next paper of a series would have."""
    rows = _AT.run(session, {"series": series, "year": year})
    return int(rows[0][0]) + 1 if rows else 1


def peek(house: House, series: str, year: int) -> int:
    """`upcoming`, in a reading of its own."""
    with house.db.reading() as session:
        return upcoming(session, series, year)


def claim(session: Session, series: str, year: int, number: int) -> None:
    """Take a number, in the transaction of the act that bears it. Raises `NumberTaken`."""
    values = {"series": series, "year": year, "number": number}
    if (_FIRST if number == 1 else _NEXT).changed(session, values) != 1:
        raise NumberTaken


__all__ = ["NumberTaken", "claim", "peek", "upcoming"]

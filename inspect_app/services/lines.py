"""Lines of the standard facts, made of columns as the database gives them."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING

from sqlalchemy import Select, func, select

from inspect_app.db import Session
from inspect_app.exports.columns import FACTS, in_lines, schema
from inspect_app.exports.pseudonyms import Pseudonyms
from inspect_app.exports.template import TEXTS, Lines, Shape
from inspect_app.models import dossier, event
from inspect_app.services.bulk import copied, literal_sql, stream_rows

if TYPE_CHECKING:
    import pyarrow

FIRST = 250
"""Dossiers whose lines are asked for before all others."""
FEW, MANY = 256, 4096
"""Events that become columns together: at first, so that nobody waits, and later."""


def lines(session: Session, query: Select[tuple[object, ...]], shape: Shape, pseudonyms: Pseudonyms | None, *,
          whole: bool = True) -> Generator[Lines, None, None]:
    """The lines of the rows of a query that gives `FACTS`, in its order, by dossier. Not the `whole`: a portion, which is asked for at once."""
    with closing(_tables(session, query, whole)) as tables:
        yield from in_lines(tables, shape, pseudonyms)


def _tables(session: Session, query: Select[tuple[object, ...]], whole: bool) -> Generator[pyarrow.Table, None, None]:
    import pyarrow as pa

    many = FEW
    if session.dialect.name == "sqlite":
        texts = [name in TEXTS for name in FACTS]
        with closing(stream_rows(session, query)) as rows:
            while block := list(islice(rows, many)):
                *columns, fits = zip(*block, strict=True)
                told = [[value or None for value in column] if text else column for text, column in zip(texts, columns, strict=False)]
                arrays = [pa.array(column, field.type) for column, field in zip((*told, map(bool, fits)), schema(), strict=True)]
                yield pa.table(arrays, schema=schema())
                many = MANY
        return
    for portion in _portions(session, query) if whole else [query]:
        with closing(copied(session, _told(literal_sql(session, portion)), many, MANY)) as flow:
            for data in flow:
                yield _read(data)
                many = MANY


def _portions(session: Session, query: Select[tuple[object, ...]]) -> Iterator[Select[tuple[object, ...]]]:
    """The query for the first dossiers, and for all others: the server sorts everything that it is asked for before it sends the first row."""
    least = session.execute(select(func.min(dossier.c.id))).scalar_one()
    if least is not None:
        yield query.where(event.c.dossier_id < least + FIRST)
        yield query.where(event.c.dossier_id >= least + FIRST)


def _told(query: str) -> str:
    """The query with no text that is empty, which would be told from none by quotes."""
    listed = ", ".join(map(_quoted, FACTS))
    told = ", ".join(f"NULLIF({_quoted(name)}, '')" if name in TEXTS else _quoted(name) for name in FACTS)
    return f"SELECT {told} FROM ({query}) AS facts ({listed})"  # noqa: S608 - names of our own


def _quoted(name: str) -> str:
    return f'"{name}"'


def _read(data: bytes) -> pyarrow.Table:
    """Rows of CSV as the server writes them, as columns."""
    import pyarrow as pa
    from pyarrow import csv

    return csv.read_csv(
        pa.BufferReader(data),
        read_options=csv.ReadOptions(use_threads=False, column_names=schema().names, block_size=len(data) + 1),
        parse_options=csv.ParseOptions(newlines_in_values=b'"' in data),
        convert_options=csv.ConvertOptions(column_types=schema(), null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=False,
                                           true_values=["t"], false_values=["f"]))


__all__ = ["lines"]

"""Whether a column is one of many values, as each database reads it fastest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import BigInteger, Boolean, ColumnElement, Dialect, any_, bindparam, false, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.visitors import InternalTraversal
from sqlalchemy.types import TypeEngine, UserDefinedType

from inspect_app.db import array_of


class _Together(UserDefinedType[Sequence[Any]]):
    """Values sent in one text and read as what they are compared with: the driver would look at each of them, and send numbers as the narrowest kind
    that holds them, to be widened for every row."""

    cache_ok = True
    render_bind_cast = True

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def get_col_spec(self, **_kw: Any) -> str:
        return f"{self.kind}[]"

    def bind_processor(self, dialect: Dialect) -> Any:
        return self._as_text

    def literal_processor(self, dialect: Dialect) -> Any:
        return lambda told: "'" + self._as_text(told).replace("'", "''") + "'"

    def _as_text(self, told: Sequence[Any]) -> str:
        return array_of(told) if self.kind == "TEXT" else "{" + ",".join(map(str, told)) + "}"


class _Among(ColumnElement[bool]):
    """A condition in two wordings. On SQLite the values stand in the statement itself: to read hundreds of places to be filled in would take it
    longer than the rows. On PostgreSQL they fill one place, so that the statement is the same for everybody, and planned once; unless they are
    `of_laws`, and so the same for very many: it looks up what stands in the statement, and compares all else one by one, for every row."""

    inherit_cache = True
    type = Boolean()
    _traverse_internals = [("spelt_out", InternalTraversal.dp_clauseelement), ("in_one_place", InternalTraversal.dp_clauseelement)]

    def __init__(self, column: ColumnElement[Any], told: Sequence[Any], kind: TypeEngine[Any], of_laws: bool = False) -> None:
        self.spelt_out = spelt_out(column, told)
        self.in_one_place: ColumnElement[bool] = column == any_(bindparam(None, told, kind, literal_execute=of_laws))

    def self_group(self, against: Any = None) -> Any:
        """As it is: compared with 1, as SQLite is told a truth otherwise, it would find nothing by an index."""
        return self

    @property
    def _from_objects(self) -> Any:
        return self.spelt_out._from_objects


@compiles(_Among)
def _spelt_out(element: _Among, compiler: Any, **told: Any) -> Any:
    return compiler.process(element.spelt_out, **told)


@compiles(_Among, "postgresql")
def _in_one_place(element: _Among, compiler: Any, **told: Any) -> Any:
    return compiler.process(element.in_one_place, **told)


def spelt_out(column: ColumnElement[Any], told: Sequence[Any]) -> ColumnElement[bool]:
    """Whether a column is one of these values, which stand in the statement itself: where very many rows are asked, PostgreSQL too is quicker so,
    which looks them up then."""
    return column.in_(bindparam(None, told, expanding=True, literal_execute=True))


def among(column: ColumnElement[int], numbers: Iterable[int]) -> ColumnElement[bool]:
    """Whether a column is one of these numbers. Of a single one an index also knows the order of what follows it."""
    told = sorted(numbers)
    if len(told) == 1:
        return column == literal(told[0], BigInteger)
    return _Among(column, told, _Together("BIGINT")) if told else false()


def among_texts(column: ColumnElement[str], texts: Iterable[str]) -> ColumnElement[bool]:
    """Whether a column is one of these texts, which come from the laws alone and not from a reader."""
    told = sorted(texts)
    return _Among(column, told, _Together("TEXT"), of_laws=True) if told else false()


__all__ = ["among", "among_texts", "spelt_out"]

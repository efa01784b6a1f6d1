"""Cells become values: each as its column is declared, spelled one way whatever the file wrote, so that only a change is a change."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from inspect_app.imports.moments import in_zone, moment, placed
from inspect_app.imports.problems import BadValue
from inspect_app.imports.sheet_rows import CellProblem
from workflows.words import filled, words

TYPES = ("text", "day", "moment", "number", "code", "yes")
CLASSES = ("plain", "personal", "sensitive", "sealed")
NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,10})?", re.ASCII)
TRUE, FALSE = frozenset({"true", "yes", "1", "x", "có", "đúng"}), frozenset({"false", "no", "0", "không", "sai"})

_THE_CELL = words(en="the cell", vi="ô này")
_EMPTY = words(en="the cell is empty, and this column is needed; fill it in", vi="ô trống, trong khi cột này phải có nội dung; hãy điền")

Values = Mapping[str, str]
"""What a row says, by column; a day is 2019-05-31, a moment has its offset, a number no trailing zeros. What is empty is not there."""


@dataclass(frozen=True, slots=True)
class Column:
    """How one column is read. `klass` says how delicate it is."""

    name: str
    type: str = "text"
    formats: tuple[str, ...] = ()
    codes: Mapping[str, str] = field(default_factory=dict)
    needed: bool = False
    klass: str = "plain"


def value_of(column: Column, cell: str, zone: ZoneInfo | None) -> str | CellProblem | None:
    """What a cell says, None where it is empty, or what is wrong with it. The sentence of a delicate cell never repeats it."""
    said = cell.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not said:
        return CellProblem(column.name, "empty", _EMPTY) if column.needed else None
    try:
        return _READ[column.type](column, said, zone)
    except BadValue as error:
        shown = _THE_CELL if column.klass != "plain" else f"“{said[:80]}”"
        return CellProblem(column.name, column.type, filled(words(en="{cell} {why}", vi="{cell} {why}"), cell=shown, why=error.says))


def _text(_: Column, said: str, __: ZoneInfo | None) -> str:
    return unicodedata.normalize("NFC", said)


def _number(_: Column, said: str, __: ZoneInfo | None) -> str:
    bare = said.replace("\u00a0", "").replace(" ", "")
    if not NUMBER.fullmatch(bare):
        raise BadValue(words(en="is not a number written like 12 or 12.5; correct it, or declare the column as text",
                             vi="không phải là số viết như 12 hay 12.5; hãy sửa, hoặc khai báo cột là văn bản (text)"))
    number = Decimal(bare)
    return f"{number.normalize():f}" if number else "0"


def _code(column: Column, said: str, _: ZoneInfo | None) -> str:
    found = column.codes.get(unicodedata.normalize("NFC", said))
    if found is None:
        known = ", ".join(column.codes)[:200]
        raise BadValue(words(en=f"is not among the codes of this column ({known}); correct it, or add it to codes",
                             vi=f"không có trong các mã của cột này ({known}); hãy sửa, hoặc thêm vào codes"))
    return found


def _yes(_: Column, said: str, __: ZoneInfo | None) -> str:
    bare = unicodedata.normalize("NFC", said).casefold()
    if bare not in TRUE | FALSE:
        raise BadValue(words(en="is neither yes nor no; correct it", vi="không phải là có (yes) hay không (no); hãy sửa"))
    return "yes" if bare in TRUE else "no"


def _day(column: Column, said: str, _: ZoneInfo | None) -> str:
    return _read_day(said, column.formats)


@lru_cache(maxsize=65_536)
def _read_day(said: str, formats: tuple[str, ...]) -> str:
    when = _written(said, formats)
    if when is None:
        raise BadValue(words(
            en=f"is no day written like {_as_in(formats, ' or ') or '2019-05-31'}; correct it, or add its form to formats",
            vi=f"không phải là ngày viết như {_as_in(formats, ' hoặc ') or '2019-05-31'}; hãy sửa, hoặc thêm dạng đó vào formats"))
    return when.date().isoformat()


def _moment(column: Column, said: str, zone: ZoneInfo | None) -> str:
    return _read_moment(said, column.formats, zone)


@lru_cache(maxsize=65_536)
def _read_moment(said: str, formats: tuple[str, ...], zone: ZoneInfo | None) -> str:
    when = _written(said, formats)
    if when is None:
        raise BadValue(words(
            en=f"is no day and time written like {_as_in(formats, ' or ') or '2019-05-31T10:00'}; correct it, or add its form to formats",
            vi=f"không phải là ngày giờ viết như {_as_in(formats, ' hoặc ') or '2019-05-31T10:00'}; hãy sửa, hoặc thêm dạng đó vào formats"))
    local = when if when.tzinfo is not None and when.utcoffset() is not None else in_zone(when, zone)
    _, offset = placed(local)
    return f"{local:%Y-%m-%dT%H:%M:%S}{offset}"


def _as_in(formats: tuple[str, ...], between: str) -> str:
    """The last of May 2019 in each of these forms: people know a form by an example."""
    return between.join(datetime.fromisoformat("2019-05-31T10:00").strftime(form) for form in formats)


def _written(said: str, formats: tuple[str, ...]) -> datetime | None:
    """The day and time that a text says in one of these forms, or in the international one."""
    for form in formats:
        try:
            return datetime.strptime(said, form)  # noqa: DTZ007 - the clock of the register; its zone is added where a moment is asked for
        except ValueError:
            continue
    if len(said) >= 10 and said[4] == "-" and said[7] == "-":
        try:
            return datetime.fromisoformat(said)
        except ValueError:
            return None
    return None


_READ = {"text": _text, "day": _day, "moment": _moment, "number": _number, "code": _code, "yes": _yes}


def when_of(value: str, zone: ZoneInfo | None) -> tuple[int, str]:
    """The moment (µs since 1970 UTC) and offset of a day or moment, as `value_of` spells it. Raises `BadValue` without a zone."""
    return moment(value if len(value) > 10 else f"{value}T00:00:00", zone)


def days_after(day: str, days: str) -> str | None:
    """A day so many days later; None where there is no such day, or no whole number of days."""
    try:
        whole = int(days)
        return (datetime.fromisoformat(day) + timedelta(days=whole)).date().isoformat()
    except (ValueError, OverflowError):
        return None

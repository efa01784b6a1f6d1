"""The organisation from a JSON document, a CSV file, a folder of them or a zip: bytes in, rows out, nothing judged but the form."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from inspect_app.imports.archives import DAMAGED
from inspect_app.imports.problems import NotReadable

MOST_BYTES = 64 * 2**20
MOST_ROWS = 200_000
_MARKED = re.compile(r"'+[=+\-@\t\r]")


class Shape(NamedTuple):
    """What a file may hold: columns by kind of row, and the head of a JSON document."""

    columns: Mapping[str, Sequence[str]]
    head: Mapping[str, Any]


class Given(NamedTuple):
    """One row as it was given: its kind, where it stands in its file (the first is 1), and its values by column."""

    kind: str
    row: int
    values: dict[str, Any]


def read(name: str, content: bytes, shape: Shape) -> list[Given]:
    """The rows of a file: JSON, a zip of CSV files, or a CSV file named after its kind (`units.csv`). Raises `NotReadable`."""
    if content.startswith(b"PK\x03\x04"):
        return _limited(_zipped(content, shape.columns))
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return _limited(_document(content, shape))
    return _limited(_table(name, content, shape.columns))


def read_path(path: Path, shape: Shape) -> list[Given]:
    """The rows of a file or of a folder of CSV files. Raises `NotReadable`, OSError."""
    if not path.is_dir():
        if path.stat().st_size > MOST_BYTES:
            raise NotReadable(f"{path.name} is larger than {MOST_BYTES // 2**20} MiB; send it in parts.")
        return read(path.name, path.read_bytes(), shape)
    columns = shape.columns
    found = [file for kind in columns if (file := path / f"{kind}.csv").is_file()]
    if not found:
        raise NotReadable(f"There is none of these files in the folder {path.name}: {', '.join(f'{kind}.csv' for kind in columns)}.")
    return _limited(row for file in found for row in _table(file.name, file.read_bytes(), columns))


def _limited(rows: Iterator[Given]) -> list[Given]:
    found: list[Given] = []
    for row in rows:
        found.append(row)
        if len(found) > MOST_ROWS:
            raise NotReadable(f"There are more than {MOST_ROWS} rows; send them in parts.")
    return found


def _document(content: bytes, shape: Shape) -> Iterator[Given]:
    try:
        raw = orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise NotReadable(f"This is not JSON: {str(error)[:200]}.") from None
    columns = shape.columns
    if any(raw.get(name) != value for name, value in shape.head.items()):
        raise NotReadable(f"The document begins with {orjson.dumps(shape.head).decode()[1:-1]}; this one does not.")
    for kind, rows in raw.items():
        if kind in shape.head:
            continue
        _known(kind, kind, columns)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise NotReadable(f"“{kind}” is not a list of objects.")
    for kind in columns:
        for n, row in enumerate(raw.get(kind, ()), 1):
            _only(kind, row, columns[kind])
            for name, value in row.items():
                if value is not None and not isinstance(value, str | int | bool):
                    raise NotReadable(f"“{kind}”, row {n}: “{name}” is neither a text, a whole number, true, false nor null.")
            yield Given(kind, n, row)


def _zipped(content: bytes, columns: Mapping[str, Sequence[str]]) -> Iterator[Given]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = {Path(info.filename).name: info for info in archive.infolist() if not info.is_dir()}
            for name in names:
                _known(name.removesuffix(".csv"), name, columns)
            if sum(info.file_size for info in names.values()) > MOST_BYTES:
                raise NotReadable(f"Unpacked it is larger than {MOST_BYTES // 2**20} MiB; send it in parts.")
            for kind in columns:
                if f"{kind}.csv" in names:
                    with archive.open(names[f"{kind}.csv"]) as file:
                        yield from _table(f"{kind}.csv", file.read(MOST_BYTES + 1), columns)
    except DAMAGED as error:
        raise NotReadable(f"This zip cannot be read: {str(error)[:200]}.") from None


def _table(name: str, content: bytes, columns: Mapping[str, Sequence[str]]) -> Iterator[Given]:
    kind = Path(name).name.lower().removesuffix(".csv")
    _known(kind, name, columns)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotReadable(f"{name} is not UTF-8; save it as “CSV UTF-8”.") from None
    first = text.partition("\n")[0]
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
    try:
        head = [column.strip() for column in next(lines, [])]
        if len(set(head)) != len(head):
            raise NotReadable(f"{name} names a column twice.")
        _only(name, dict.fromkeys(head), columns[kind])
        for n, line in enumerate(lines, 1):
            if not any(line):
                continue
            if len(line) != len(head):
                raise NotReadable(f"{name}, row {n}: it has {len(line)} values for {len(head)} columns.")
            yield Given(kind, n, {column: _plain(value) for column, value in zip(head, line, strict=True)})
    except csv.Error as error:
        raise NotReadable(f"{name} is not CSV: {error}.") from None


def _plain(value: str) -> str:
    return value[1:] if _MARKED.match(value) else value


def _known(kind: str, name: str, columns: Mapping[str, Sequence[str]]) -> None:
    if kind not in columns:
        raise NotReadable(f"“{name[:60]}” is not known here; there are: {', '.join(columns)}.")


def _only(where: str, row: Mapping[str, Any], allowed: Sequence[str]) -> None:
    for name in row:
        if name not in allowed:
            raise NotReadable(f"“{where}” has no column “{str(name)[:60]}”; there are: {', '.join(allowed)}.")

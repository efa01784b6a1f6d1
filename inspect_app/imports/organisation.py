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
from workflows.words import words

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
            raise NotReadable(words(en=f"{path.name} is larger than {MOST_BYTES // 2**20} MiB; send it in parts.",
                                    vi=f"{path.name} lớn hơn {MOST_BYTES // 2**20} MiB; hãy gửi thành nhiều phần."))
        return read(path.name, path.read_bytes(), shape)
    columns = shape.columns
    found = [file for kind in columns if (file := path / f"{kind}.csv").is_file()]
    if not found:
        asked = ", ".join(f"{kind}.csv" for kind in columns)
        raise NotReadable(words(en=f"There is none of these files in the folder {path.name}: {asked}.",
                                vi=f"Thư mục {path.name} không có tệp nào trong số: {asked}."))
    return _limited(row for file in found for row in _table(file.name, file.read_bytes(), columns))


def _limited(rows: Iterator[Given]) -> list[Given]:
    found: list[Given] = []
    for row in rows:
        found.append(row)
        if len(found) > MOST_ROWS:
            raise NotReadable(words(en=f"There are more than {MOST_ROWS} rows; send them in parts.",
                                    vi=f"Có hơn {MOST_ROWS} dòng; hãy gửi thành nhiều phần."))
    return found


def _document(content: bytes, shape: Shape) -> Iterator[Given]:
    try:
        raw = orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise NotReadable(words(en=f"This is not JSON: {str(error)[:200]}.",
                                vi=f"Đây không phải là JSON: lỗi ở dòng {error.lineno}, cột {error.colno}.")) from None
    columns = shape.columns
    if any(raw.get(name) != value for name, value in shape.head.items()):
        head = orjson.dumps(shape.head).decode()[1:-1]
        raise NotReadable(words(en=f"The document begins with {head}; this one does not.",
                                vi=f"Văn bản phải bắt đầu bằng {head}; tệp này thì không."))
    for kind, rows in raw.items():
        if kind in shape.head:
            continue
        _known(kind, kind, columns)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise NotReadable(words(en=f"“{kind}” is not a list of objects.", vi=f"“{kind}” không phải là danh sách các đối tượng JSON."))
    for kind in columns:
        for n, row in enumerate(raw.get(kind, ()), 1):
            _only(kind, row, columns[kind])
            for name, value in row.items():
                if value is not None and not isinstance(value, str | int | bool):
                    raise NotReadable(words(en=f"“{kind}”, row {n}: “{name}” is neither a text, a whole number, true, false nor null.",
                                            vi=f"“{kind}”, dòng {n}: “{name}” không phải là văn bản, số nguyên, true, false hay null."))
            yield Given(kind, n, row)


def _zipped(content: bytes, columns: Mapping[str, Sequence[str]]) -> Iterator[Given]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = {Path(info.filename).name: info for info in archive.infolist() if not info.is_dir()}
            for name in names:
                _known(name.removesuffix(".csv"), name, columns)
            if sum(info.file_size for info in names.values()) > MOST_BYTES:
                raise NotReadable(words(en=f"Unpacked it is larger than {MOST_BYTES // 2**20} MiB; send it in parts.",
                                        vi=f"Sau khi giải nén, tệp lớn hơn {MOST_BYTES // 2**20} MiB; hãy gửi thành nhiều phần."))
            for kind in columns:
                if f"{kind}.csv" in names:
                    with archive.open(names[f"{kind}.csv"]) as file:
                        yield from _table(f"{kind}.csv", file.read(MOST_BYTES + 1), columns)
    except DAMAGED as error:
        raise NotReadable(words(en=f"This zip cannot be read: {str(error)[:200]}.", vi="Không đọc được tệp zip này; hãy tạo lại tệp.")) from None


def _table(name: str, content: bytes, columns: Mapping[str, Sequence[str]]) -> Iterator[Given]:
    kind = Path(name).name.lower().removesuffix(".csv")
    _known(kind, name, columns)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotReadable(words(en=f"{name} is not UTF-8; save it as “CSV UTF-8”.",
                                vi=f"{name} không theo bảng mã UTF-8; hãy lưu thành “CSV UTF-8”.")) from None
    first = text.partition("\n")[0]
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
    try:
        head = [column.strip() for column in next(lines, [])]
        if len(set(head)) != len(head):
            raise NotReadable(words(en=f"{name} names a column twice.", vi=f"{name} có hai cột cùng tên."))
        _only(name, dict.fromkeys(head), columns[kind])
        for n, line in enumerate(lines, 1):
            if not any(line):
                continue
            if len(line) != len(head):
                raise NotReadable(words(en=f"{name}, row {n}: it has {len(line)} values for {len(head)} columns.",
                                        vi=f"{name}, dòng {n}: có {len(line)} giá trị cho {len(head)} cột."))
            yield Given(kind, n, {column: _plain(value) for column, value in zip(head, line, strict=True)})
    except csv.Error as error:
        raise NotReadable(words(en=f"{name} is not CSV: {error}.", vi=f"{name} không đúng dạng CSV ở dòng {lines.line_num}.")) from None


def _plain(value: str) -> str:
    return value[1:] if _MARKED.match(value) else value


def _known(kind: str, name: str, columns: Mapping[str, Sequence[str]]) -> None:
    if kind not in columns:
        raise NotReadable(words(en=f"“{name[:60]}” is not known here; there are: {', '.join(columns)}.",
                                vi=f"Ở đây không có “{name[:60]}”; đang có: {', '.join(columns)}."))


def _only(where: str, row: Mapping[str, Any], allowed: Sequence[str]) -> None:
    for name in row:
        if name not in allowed:
            raise NotReadable(words(en=f"“{where}” has no column “{str(name)[:60]}”; there are: {', '.join(allowed)}.",
                                    vi=f"“{where}” không có cột “{str(name)[:60]}”; đang có: {', '.join(allowed)}."))

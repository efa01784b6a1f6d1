"""Reading a table that is text: encoding and delimiter are found where the mapping does not name them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO

from inspect_app.imports.problems import NothingThere, NotReadable
from inspect_app.imports.sheet_rows import LOOKED_AT, MOST_ROWS, IsHeading, Line, Table, heading_of, judged, too_many_rows, under_heading
from workflows.words import words

DELIMITERS = ",;\t|"
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def read_csv_table(stream: BinaryIO, name: str, delimiter: str | None = None, encoding: str | None = None,
                   is_heading: IsHeading | None = None) -> Table:
    """The table in `stream`. A mark at its beginning names the encoding; else it is `encoding`, or UTF-8. Raises `NotReadable`; `NothingThere`."""
    head = stream.peek(2**16)[:2**16] if isinstance(stream, io.BufferedReader) else b""
    marked = next((known for mark, known in _MARKS if head.startswith(mark)), None)
    chosen = marked or encoding or "utf-8"
    if marked is None and encoding is None and head.count(0, 0, 4096) * 10 > len(head[:4096]):
        raise NotReadable(words(en=f"{name}: this is no table of text (or UTF-16 without its mark); save it as “CSV UTF-8”",
                                vi=f"{name}: đây không phải là bảng dạng văn bản (hoặc là UTF-16 thiếu dấu đầu tệp); hãy lưu thành “CSV UTF-8”"))
    text = io.TextIOWrapper(stream, encoding=chosen, errors="strict", newline="")
    found = under_heading(_lines(text, name, delimiter or _delimiter(head, chosen), chosen), is_heading)
    if found is None:
        raise NothingThere(words(en=f"{name}: the file is empty; export it again", vi=f"{name}: tệp trống; hãy xuất lại"))
    first, lines = found
    heading = heading_of(first.cells, name)
    return Table(heading, (judged(line, heading) for line in lines), first.number)


def _delimiter(head: bytes, encoding: str) -> str:
    """Of the usual delimiters, the one that stands most often outside quotes in one of the first lines: the first of those with most of one."""
    lines = head.decode(encoding, "ignore").lstrip("\ufeff").splitlines()[:LOOKED_AT]
    bare = ["".join(line.split('"')[::2]) for line in lines]
    if not bare:
        return DELIMITERS[0]
    first = max(DELIMITERS, key=bare[0].count)
    return first if bare[0].count(first) else max(DELIMITERS, key=lambda mark: max(line.count(mark) for line in bare))


def _lines(text: io.TextIOWrapper, name: str, delimiter: str, encoding: str) -> Iterator[Line]:
    rows = csv.reader(text, delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, cells in enumerate(rows, 1):
            if number > MOST_ROWS + 1:
                raise NotReadable(too_many_rows(name))
            if any(cells):
                yield Line(number, cells)
    except (UnicodeDecodeError, UnicodeError):
        raise NotReadable(words(
            en=f"{name}: about row {number + 1} the file is not {encoding}; save it as “CSV UTF-8”, or name its encoding in the mapping, like "
               "encoding = \"windows-1258\"",
            vi=f"{name}: khoảng dòng {number + 1} tệp không theo bảng mã {encoding}; hãy lưu thành “CSV UTF-8”, hoặc ghi bảng mã trong bản ánh xạ, "
               "như encoding = \"windows-1258\"")) from None
    except csv.Error as error:
        if "field larger" in str(error):
            at, most = rows.line_num, csv.field_size_limit()
            raise NotReadable(words(
                en=f"{name}: in line {at} a cell is longer than {most} characters; check its quotes, or shorten it",
                vi=f"{name}: ở dòng {at} có ô dài hơn {most} ký tự; hãy kiểm tra dấu ngoặc kép, hoặc rút ngắn")) from None
        raise NotReadable(words(
            en=f"{name}: in line {rows.line_num} this is no proper CSV ({error}); check its quotes and the delimiter",
            vi=f"{name}: dòng {rows.line_num} không đúng dạng CSV; hãy kiểm tra dấu ngoặc kép và dấu phân cách")) from None
    finally:
        with suppress(ValueError):  # who reads only the first rows has closed it already
            text.detach()

"""The organisation as one JSON document, or as CSV, one file for each kind of row: the same bytes for the same rows, in both directions."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_ONE_DAY = (1980, 1, 1, 0, 0, 0)

Document = Mapping[str, Sequence[Mapping[str, Any]]]
"""Rows by kind. Values are texts, whole numbers, true, false, or None."""


def to_json(document: Document, head: Mapping[str, Any]) -> bytes:
    """The document as JSON; `head` names its format and version."""
    return orjson.dumps({**head, **document}, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def to_csv(document: Document, columns: Mapping[str, Sequence[str]]) -> dict[str, bytes]:
    """A CSV file (RFC 4180, UTF-8) for each kind, by its name."""
    return {f"{kind}.csv": _table(document.get(kind, ()), names) for kind, names in columns.items()}


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The files in one archive, the same bytes whenever it is made."""
    page = io.BytesIO()
    with zipfile.ZipFile(page, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _ONE_DAY), content, zipfile.ZIP_DEFLATED)
    return page.getvalue()


def _table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> bytes:
    page = io.StringIO(newline="")
    write = csv.writer(page, lineterminator="\r\n").writerow
    write(columns)
    for row in rows:
        write([_cell(row[name]) for name in columns])
    return page.getvalue().encode("utf-8")


def _cell(value: Any) -> str:
    """A value as a cell that no spreadsheet runs as a formula; reading takes the mark away again."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = "" if value is None else str(value)
    return f"'{text}" if _FORMULA.match(text) else text

"""History as a workbook (Office Open XML): one row an event, typed cells, in flat memory. Texts are kept as texts, so nothing is ever a formula.

Written by hand because it leaves while it is written: libraries keep a temporary file and take ten times as long."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain

from inspect_app.exports.chunks import CHUNK
from inspect_app.exports.history import HistoryEvent
from inspect_app.exports.table import IN_JSON, ZONED, Column, Kind, as_json
from inspect_app.exports.template import How, Lines, Say, Shape, Template, filler
from inspect_app.exports.zipped import Entry, zipped

ROWS = 1_048_576
"""Rows that a sheet can have, the one with the names included; then the next sheet begins."""
BYTES = 1_500_000_000
"""Bytes of a sheet, unpacked, after which the next one begins."""
LONGEST = 32_767
"""Characters (UTF-16) that a cell can have."""
_EFFORT = 1

_SPECIAL = re.compile("[&<>\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]|_(?=x[0-9A-Fa-f]{4}_)")
_ENTITY = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_TEXT = '<c t="inlineStr"><is><t xml:space="preserve">'
_END = "</t></is></c>"
_NO_NUMBER = f"{_TEXT}{{}}{_END}"
_SAY = {
    Kind.TEXT: lambda fact: Say(fact, How.PLAIN, _TEXT, _END, "<c/>"),
    Kind.NUMBER: lambda fact: Say(fact, How.PLAIN, "<c><v>", "</v></c>"),
    Kind.PLACED: lambda fact: Say(fact, How.DAYS, '<c s="1"><v>', "</v></c>", _NO_NUMBER),
    Kind.UTC: lambda fact: Say(fact, How.DAYS_UTC, '<c s="1"><v>', "</v></c>", _NO_NUMBER),
    Kind.FLAG: lambda fact: Say(fact, How.BIT, '<c t="b"><v>', "</v></c>", "<c/>"),
}
_LINE: Template = ("<row>", *(_SAY[column.kind](column.fact) for column in ZONED), "</row>")
_OPEN: Template = _LINE[:-1]

_NS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPES = (
    f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Default Extension="xml" ContentType="{_MAIN}.worksheet+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_MAIN}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_MAIN}.styles+xml"/></Types>'
)
_ROOT = (
    f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
_STYLES = (
    f'{_XML}<styleSheet xmlns="{_NS}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
_WIDTH = {Kind.NUMBER: 9, Kind.FLAG: 7, Kind.PLACED: 20, Kind.UTC: 20, Kind.JSON: 60, Kind.TEXT: 18}


@lru_cache(maxsize=4096)
def inside(text: str) -> str:
    """The text as it stands in a cell: markup and what XML forbids written as entities, and cut where a cell would end, saying so."""
    if len(text) * 2 > LONGEST:
        text = _cut(text)
    return _SPECIAL.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    return _ENTITY.get(found[0]) or f"_x{ord(found[0]):04X}_"


def _cut(text: str) -> str:
    units = text.encode("utf-16-le", "surrogatepass")
    if len(units) <= 2 * LONGEST:
        return text
    kept = units[: 2 * (LONGEST - 60)].decode("utf-16-le", "ignore")
    return f"{kept} … (cut here: {len(text) - len(kept)} characters more)"


def write_xlsx(events: Iterable[HistoryEvent]) -> Iterator[bytes]:
    """The events as a workbook, every committed fact."""
    return in_book(rows(events))


def rows(events: Iterable[HistoryEvent]) -> Iterator[bytes]:
    """The row of each event, with every committed fact."""
    fill = filler(_OPEN, inside)
    for event in events:
        cells = [f"{_TEXT}{inside(text)}{_END}" if text != "{}" else "<c/>" for text in as_json(event)]
        yield f"{fill(event)}{''.join(cells)}</row>".encode()


def in_book(rows: Iterable[bytes]) -> Iterator[bytes]:
    """The rows of all committed facts as a workbook."""
    return _book((*ZONED, *IN_JSON), (Lines(1, row) for row in rows))


SHAPE = Shape(_LINE, inside)
"""The standard facts as a row."""


def join_xlsx(lines: Iterable[Lines]) -> Iterator[bytes]:
    """The lines of the standard facts as a workbook."""
    return _book(ZONED, lines)


def _book(columns: tuple[Column, ...], rows: Iterable[Lines]) -> Iterator[bytes]:
    return zipped(_parts(columns, iter(rows)), _EFFORT)


def _parts(columns: tuple[Column, ...], rows: Iterator[Lines]) -> Iterator[Entry]:
    yield Entry("[Content_Types].xml", [_TYPES.encode()])
    yield Entry("_rels/.rels", [_ROOT.encode()])
    yield Entry("xl/styles.xml", [_STYLES.encode()])
    sheets = 0
    following: list[Lines] = []
    while not sheets or following:
        sheets += 1
        yield Entry(f"xl/worksheets/sheet{sheets}.xml", _sheet(columns, rows, following))
    named = "".join(f'<sheet name="history{n if n > 1 else ""}" sheetId="{n}" r:id="rId{n}"/>' for n in range(1, sheets + 1))
    yield Entry("xl/workbook.xml", [f'{_XML}<workbook xmlns="{_NS}" xmlns:r="{_RELATIONS}"><sheets>{named}</sheets></workbook>'.encode()])
    related = "".join(f'<Relationship Id="rId{n}" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in range(1, sheets + 1))
    styles = f'<Relationship Id="rId{sheets + 1}" Type="{_RELATIONS}/styles" Target="styles.xml"/>'
    yield Entry("xl/_rels/workbook.xml.rels", [f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{related}{styles}</Relationships>'.encode()])


def _sheet(columns: tuple[Column, ...], rows: Iterator[Lines], following: list[Lines]) -> Iterator[bytes]:
    """One sheet; the first rows that have no room in it are left in `following`, which holds the first rows of this one."""
    widths = "".join(f'<col min="{n}" max="{n}" width="{_WIDTH[c.kind]}" customWidth="1"/>' for n, c in enumerate(columns, 1))
    names = "".join(f'<c s="2" t="inlineStr"><is><t>{c.name}</t></is></c>' for c in columns)
    yield (f'{_XML}<worksheet xmlns="{_NS}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" '
           f'state="frozen"/></sheetView></sheetViews><cols>{widths}</cols><sheetData><row>{names}</row>').encode()
    held, size, total, count = list[bytes](), 0, 0, 1
    for many in chain(following[:], rows):
        if following and many is following[0]:
            following.clear()
        if count > 1 and (count + many.events > ROWS or total >= BYTES):
            following.append(many)
            break
        held.append(many.text)
        count += many.events
        size += len(many.text)
        if size >= CHUNK:
            yield b"".join(held)
            held.clear()
            total, size = total + size, 0
    yield b"".join(held) + b"</sheetData></worksheet>"

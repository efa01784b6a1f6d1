"""Workbooks made by hand, so that each can be wrong in the one way that a test is about."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STYLES = (f'<styleSheet {MAIN}><numFmts count="1"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/></numFmts>'
          '<cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/></cellXfs></styleSheet>')
HEADING = '<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c><c r="B1" t="inlineStr"><is><t>day</t></is></c></row>'


def sheet(rows: str) -> str:
    return f"<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>"


def workbook(path: Path, rows: str, *, shared: str = "", styles: str = STYLES, properties: str = "", parts: Mapping[str, str] | None = None,
             compressed: bool = True) -> Path:
    """A workbook with one sheet, “Visits”, of these rows; `parts` replace or add files in it."""
    files = {
        "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{RELS}">{properties}<sheets><sheet name="Visits" sheetId="1" r:id="rId1"/></sheets>'
                           "</workbook>",
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
                                      'Type="x" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet(rows),
        "xl/styles.xml": styles,
        **({"xl/sharedStrings.xml": f"<sst {MAIN}>{shared}</sst>"} if shared else {}),
        **(parts or {}),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path

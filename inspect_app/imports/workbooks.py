"""A workbook (Office Open XML, .xlsx): which sheets it has, and its parts, read piece by piece from the XML itself."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple
from xml.parsers import expat

from inspect_app.imports.archives import member
from inspect_app.imports.problems import NotReadable
from inspect_app.imports.sheet_rows import LONGEST_CELL
from workflows.words import words

CHUNK = 2**16
LONGEST_TAG = 2**20
MOST_SHARED = 64_000_000
"""Characters of texts that cells share; they are kept in memory."""
MOST_STYLES = 65_536

_DATES = frozenset({14, 15, 16, 17, 22, *range(27, 37), *range(45, 48), *range(50, 59)})
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_DAY_LETTERS = re.compile(r"[ymdhs]", re.IGNORECASE)


class Workbook(NamedTuple):
    """What has to be known before a sheet is read."""

    archive: zipfile.ZipFile
    name: str
    sheets: dict[str, str]
    is_1904: bool
    dated: tuple[bool, ...]
    shared: tuple[str, ...]


def is_workbook(archive: zipfile.ZipFile) -> bool:
    """Whether a zip is a workbook."""
    return "xl/workbook.xml" in archive.namelist()


def open_workbook(archive: zipfile.ZipFile, name: str) -> Workbook:
    """The workbook in a zip: its sheets, styles and shared texts. Raises `NotReadable`."""
    relations: dict[str, str] = {}
    sheets: dict[str, str] = {}
    told: dict[str, bool] = {}

    def relation(tag: str, attrs: dict[str, str]) -> None:
        if tag == "Relationship":
            target = attrs.get("Target", "")
            relations[attrs.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"

    def part(tag: str, attrs: dict[str, str]) -> None:
        if tag == "workbookPr":
            told["1904"] = attrs.get("date1904") in ("1", "true")
        elif tag == "sheet" and len(sheets) < 1000:
            id_ = next((value for key, value in attrs.items() if key.endswith("}id")), "")
            sheets[attrs.get("name", "")] = relations.get(id_, "")

    read_part(archive, name, "xl/_rels/workbook.xml.rels", relation)
    if not read_part(archive, name, "xl/workbook.xml", part) or not sheets:
        raise NotReadable(words(en=f"{name}: this zip is no workbook; save it as .xlsx again",
                                vi=f"{name}: tệp zip này không phải là bảng tính; hãy lưu lại thành .xlsx"))
    return Workbook(archive, name, sheets, told.get("1904", False), _styles(archive, name), _shared(archive, name))


def _styles(archive: zipfile.ZipFile, name: str) -> tuple[bool, ...]:
    """Of each style of cells, whether it shows a day."""
    customs: dict[str, bool] = {}
    dated: list[bool] = []
    inside: list[str] = []

    def style(tag: str, attrs: dict[str, str]) -> None:
        if tag in ("cellXfs", "cellStyleXfs"):
            inside[:] = [tag]
        elif tag == "numFmt":
            customs[attrs.get("numFmtId", "")] = bool(_DAY_LETTERS.search(_QUOTED.sub("", attrs.get("formatCode", "").split(";")[0])))
        elif tag == "xf" and inside == ["cellXfs"] and len(dated) < MOST_STYLES:
            id_ = attrs.get("numFmtId", "0")
            dated.append(customs[id_] if id_ in customs else id_.isdecimal() and len(id_) < 5 and int(id_) in _DATES)

    read_part(archive, name, "xl/styles.xml", style)
    return tuple(dated)


def _shared(archive: zipfile.ZipFile, name: str) -> tuple[str, ...]:
    """The texts that cells share; what is too long for a cell is kept as long as shows it."""
    texts: list[str] = []
    parts: list[str] = []
    state = {"listens": False, "phonetic": False, "held": 0, "whole": 0}

    def start(tag: str, _: dict[str, str]) -> None:
        if tag == "si":
            parts.clear()
            state["held"] = 0
        state["listens"] = tag == "t" and not state["phonetic"]
        state["phonetic"] = state["phonetic"] or tag == "rPh"

    def end(tag: str) -> None:
        if tag == "si":
            texts.append("".join(parts))
        elif tag == "rPh":
            state["phonetic"] = False
        state["listens"] = False

    def heard(text: str) -> None:
        if state["listens"]:
            state["held"] += len(text)
            state["whole"] += len(text)
            if state["whole"] > MOST_SHARED:
                most = MOST_SHARED // 1_000_000
                raise NotReadable(words(en=f"{name}: it holds more than {most} million characters of text; save the sheet as CSV",
                                        vi=f"{name}: có hơn {most} triệu ký tự văn bản; hãy lưu trang tính thành CSV"))
            if state["held"] <= LONGEST_CELL + 1:
                parts.append(text[:LONGEST_CELL + 1])

    stream = member(archive, "xl/sharedStrings.xml")
    if stream is not None:
        with stream:
            for _ in fed(stream, name, start, end, heard):
                pass
    return tuple(texts)


def read_part(archive: zipfile.ZipFile, name: str, part: str, start: Callable[[str, dict[str, str]], None]) -> bool:
    """Read a part of the workbook by its tags; whether it is there. Raises `NotReadable`."""
    stream = member(archive, part)
    if stream is None:
        return False
    with stream:
        for _ in fed(stream, name, start, lambda _tag: None, lambda _text: None):
            pass
    return True


def fed(stream: BinaryIO, name: str, start: Callable[[str, dict[str, str]], None], end: Callable[[str], None],
        heard: Callable[[str], None]) -> Iterator[None]:
    """Hand a part of the workbook to a parser that knows neither document types nor entities, pausing after each piece. Raises `NotReadable`."""
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True

    def no_doctype(*_: object) -> None:
        raise NotReadable(words(
            en=f"{name}: it declares a document type, which no workbook does and which can hide entities; save it again",
            vi=f"{name}: có khai báo kiểu tài liệu (DOCTYPE), điều không bảng tính nào có và có thể che giấu nội dung; hãy lưu lại"))

    parser.StartDoctypeDeclHandler = no_doctype
    parser.StartElementHandler = lambda tag, attrs: start(tag.rpartition("}")[2], attrs)
    parser.EndElementHandler = lambda tag: end(tag.rpartition("}")[2])
    parser.CharacterDataHandler = heard
    given = 0
    try:
        while chunk := stream.read(CHUNK):
            parser.Parse(chunk, False)
            given += len(chunk)
            if given - parser.CurrentByteIndex > LONGEST_TAG:
                raise NotReadable(words(en=f"{name}: one tag in it is longer than {LONGEST_TAG // 2**20} MB; is it a workbook?",
                                        vi=f"{name}: có thẻ dài hơn {LONGEST_TAG // 2**20} MB; đây có phải là bảng tính không?"))
            yield
        parser.Parse(b"", True)
        yield
    except expat.ExpatError as error:
        raise NotReadable(words(en=f"{name}: it is damaged ({expat.ErrorString(error.code) or 'unknown error'}); save the workbook again",
                                vi=f"{name}: bảng tính bị hỏng; hãy lưu lại bảng tính")) from None
    except (LookupError, ValueError) as error:
        raise NotReadable(words(en=f"{name}: it cannot be read ({str(error)[:80]}); save the workbook again",
                                vi=f"{name}: không đọc được bảng tính; hãy lưu lại bảng tính")) from None

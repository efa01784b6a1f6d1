"""A case file on paper: tagged, for archives, in any language of ours; what people typed is set as text and never read as markup."""

from __future__ import annotations

import unicodedata
from datetime import date
from functools import cache

import pypdfium2
import pytest

from inspect_app.exports.pdf import CaseFile, Listed, OneCase, Paper, Told, render

WORDS = {key: key for key in ("contents", "parties", "timeline", "papers", "verification", "verification_says", "number", "recorded", "leaf",
                              "none", "page")}
MARKUP = ("#{i}", "#emph[{i}]", "*{i}*", "_{i}_", "`{i}`", "$x_{i}$", "= {i}", "- {i}", "+ {i}", "/ a: {i}", "<l{i}>", "@r{i}", "\\{i}", "#let a={i}",
          '#include "/etc/passwd{i}"', '#read("case_file.typ{i}")', "#panic({i})", "]{i}", "[{i}", "){i}", "({i}", '"{i}', '\\"){i}', "// {i}",
          "/* {i} */", "#eval(\"{i}\")", "http://x/{i}", "---{i}", "~{i}", "'{i}'", "=HYPERLINK({i})", "<script>{i}</script>", "%PDF-{i}", "${i}$$",
          "#set page(width: {i}pt)", "#pagebreak(){i}", "{{{i}}}", "#import \"@preview/x:{i}\"", "\u202e{i}", "\x07{i}", "中文{i}", "🙂{i}")
PAYLOADS = [text.replace("{i}", str(n)) for n in range(8) for text in MARKUP][:300]


def paper(*texts: str, language: str = "en") -> CaseFile:
    """A file that says these texts wherever a file says anything."""
    events = tuple(Told(text, text, ((text, text),), (Listed(text, (((text, text),),)),), text) for text in texts)
    one = OneCase(texts[0], ((texts[0], texts[0]),), ((texts[0], texts[0]),), events,
                  tuple(Paper(text, ((text, text),), "ab" * 32, ((text, text),)) for text in texts), (("log", "x"),), (("1", "today", "cd" * 32),))
    of_file = (texts[0],) * 7
    return CaseFile(language, *of_file, date(2026, 5, 4), ((texts[0], texts[0]),), (one,), WORDS)


@cache
def read(file_of: tuple[str, ...], language: str = "en") -> tuple[int, str]:
    """Pages, and the text on them without its blanks."""
    document = pypdfium2.PdfDocument(render(paper(*file_of, language=language)))
    return len(document), "".join("".join(page.get_textpage().get_text_bounded() for page in document).split())


def shown(text: str) -> str:
    """The text as a paper shows it: what shows nothing by itself, or is not in our fonts, by its number."""
    numbered = "".join(f"[U+{ord(c):04X}]" if unicodedata.category(c)[0] == "C" or ord(c) > 0x2FFF else c for c in text)
    return "".join(numbered.split())


def test_vietnamese_is_set_with_every_mark() -> None:
    text = "Kỷ luật đảm bảo: ẳ ẵ ặ ấ ầ ẩ ẫ ậ ế ề ể ễ ệ ố ồ ổ ỗ ộ ớ ờ ở ỡ ợ ứ ừ ử ữ ự ỳ ỵ ỷ ỹ Đ ơ ư"
    assert shown(text) in unicodedata.normalize("NFC", read((text,), "vi")[1])


def test_it_is_tagged_and_for_archives_and_the_same_each_time() -> None:
    raw = render(paper("text"))
    assert raw == render(paper("text"))
    for mark in (b"/MarkInfo", b"/StructTreeRoot", b"pdfaid:part", b"pdfuaid:part", b"/Lang"):
        assert mark in raw
    assert b"/JavaScript" not in raw
    assert b"/EmbeddedFile" not in raw


def test_three_hundred_hostile_texts_are_set_as_texts() -> None:
    pages, said = read(tuple(PAYLOADS))
    assert len(PAYLOADS) == 300
    assert pages > 30
    flat = said.replace("-", "")
    missing = [text for text in PAYLOADS if shown(text).replace("-", "") not in flat]
    assert missing == []


@pytest.mark.parametrize("text", ["\x00", "\u202e", "中文", "🙂", "\ufffe", "\t", "e\u0301"])
def test_no_character_keeps_a_paper_from_being_made(text: str) -> None:
    assert read((f"a{text}b",))[0] >= 3

"""Three hundred texts that try to be more than text in a page or a table, and what a page is made of when its texts are taken away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import html

BREAKS = ("", '"', "'", '">', "'>", "</textarea>", "</title>", "</option></select>", "-->", "</p></dd></dl>", "</script>", "&quot;>", "%22%3E", '\\"',
          '"\n', " ", "`", "\u2028", "</style>", "]]>")
BEGINNINGS = ("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>", " onmouseover=alert(1) x=",
              " autofocus onfocus=alert(1) ", "<iframe src=javascript:alert(1)>", '<a href="javascript:alert(1)">x</a>', "<b>bold</b>",
              "<form action=//evil.example>", "<style>*{display:none}</style>", "<meta http-equiv=refresh content=0>", "{{7*7}}{% raw %}",
              "=cmd|'/c calc'!A0", "@SUM(1+1)*{request}", "<math><mtext><table><mglyph><style>")
PAYLOADS = tuple(f"{one}{other}" for one in BREAKS for other in BEGINNINGS)
HARMLESS = "Nothing in particular"


def skeleton(page: str) -> list[tuple[str, tuple[str, ...]]]:
    """The elements of a page in order, each with the names of its attributes, and without any text or value."""
    return [(str(one.tag), tuple(sorted(map(str, one.attrib)))) for one in _elements(page)]


def _elements(page: str) -> list[Any]:
    """The elements of a page, without comments."""
    return list(html.document_fromstring(page).iter("*"))


def intruders(page: str) -> Iterator[str]:
    """What stands in a page that no page of ours has: scripts and styles of its own, handlers, and addresses that are programs or elsewhere."""
    for one in _elements(page):
        for name, value in ((str(name), str(value)) for name, value in one.attrib.items()):
            address = "".join(value.casefold().split())
            elsewhere = address.startswith(("javascript:", "data:", "vbscript:", "//")) or "evil.example" in address.split("?")[0]
            if name.startswith("on") or name == "style" or (name in ("href", "src", "action", "formaction", "data") and elsewhere):
                yield html.tostring(one, encoding="unicode")[:120]
        if one.tag in ("iframe", "b", "math", "object", "embed", "base") or (one.tag == "style") or (one.tag == "script" and not one.get("src")) or (
                one.tag == "meta" and one.get("http-equiv")) or (one.tag == "img" and one.get("src") == "x"):
            yield html.tostring(one, encoding="unicode")[:120]

"""A how-to page in Vietnamese says what the English one says: the same headings in number, the same commands, the same code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

HOWTO = Path(__file__).resolve().parents[2] / "docs" / "howto"
FENCED = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
REMARK = re.compile(r" {2,}# .*")


def code(text: str) -> list[str]:
    """The blocks of code of a page, in their order, without the remarks behind commands."""
    return [REMARK.sub("", block) for block in FENCED.findall(text)]


def prose(text: str) -> str:
    """What stands around the blocks of code."""
    return FENCED.sub("", text)


@pytest.mark.parametrize("vietnamese", sorted(HOWTO.glob("*.vi.md")), ids=lambda page: page.name)
def test_both_languages_say_the_same_and_are_linked(vietnamese: Path) -> None:
    english = HOWTO / vietnamese.name.replace(".vi.md", ".md")
    ours, theirs = (page.read_text("utf-8") for page in (vietnamese, english))
    assert ours.splitlines()[2] == f"[English]({english.name})"
    assert theirs.splitlines()[2] == f"[Tiếng Việt]({vietnamese.name})"
    headings, rows = re.compile(r"^#+ ", re.MULTILINE), re.compile(r"^\|", re.MULTILINE)
    for kind in (headings, rows):
        assert kind.findall(prose(ours)) == kind.findall(prose(theirs))
    assert code(ours) == code(theirs)
    words = re.compile(r"`[^`\n]+`")
    assert set(words.findall(prose(ours))) == set(words.findall(prose(theirs)))
    links = re.compile(r"\]\(([^)]+)\)")
    elsewhere = [{link.replace(".vi.md", ".md") for link in links.findall(text)} - {english.name} for text in (ours, theirs)]
    assert elsewhere[0] == elsewhere[1]


def test_the_contents_name_every_page() -> None:
    named = set(re.findall(r"\]\(([^)]+)\)", (HOWTO / "README.md").read_text("utf-8")))
    assert named == {page.name for page in HOWTO.glob("*.md")} - {"README.md"}

"""The tutorials show what there is: every picture they name is there, and every picture that is there is named."""

from __future__ import annotations

import re
from pathlib import Path

TUTORIALS = Path(__file__).resolve().parents[2] / "docs" / "tutorials"


def named(page: Path) -> set[str]:
    """The pictures that a page shows."""
    return set(re.findall(r"!\[[^\]]+\]\(pictures/([^)]+)\)", page.read_text("utf-8")))


def test_every_picture_of_a_tutorial_is_there_and_every_picture_is_shown() -> None:
    shown = set().union(*(named(page) for page in TUTORIALS.glob("*.md")))
    assert shown == {path.name for path in (TUTORIALS / "pictures").iterdir()}


def test_every_tutorial_is_there_in_both_languages_with_pictures_of_its_own_and_is_linked() -> None:
    pages = {page.name for page in TUTORIALS.glob("*.??.md")}
    users = {name.partition(".")[0] for name in pages}
    assert pages == {f"{user}.{language}.md" for user in users for language in ("en", "vi")}
    contents = (TUTORIALS / "README.md").read_text("utf-8")
    for name in pages:
        language = name.split(".")[1]
        assert f"({name})" in contents
        assert named(TUTORIALS / name)
        assert all(picture.endswith(f".{language}.webp") for picture in named(TUTORIALS / name)), name

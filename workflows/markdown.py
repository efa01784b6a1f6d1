"""Tables in Markdown, for the generated manual."""

from __future__ import annotations

from collections.abc import Iterable


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """The lines of a table, its text as it is given; an empty line ends it."""
    first = list(heads)
    return ["| " + " | ".join(row) + " |" for row in (first, ["---"] * len(first), *rows)] + [""]


def inert(text: str) -> str:
    """A text that can stand in a table: nothing in it ends its place or becomes markup; lines are kept."""
    for old, new in (("\\", "\\\\"), ("|", "\\|"), ("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", ""), ("\n", "<br>")):
        text = text.replace(old, new)
    return text.strip() or "–"

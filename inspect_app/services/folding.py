"""Text for searching: lower case, without diacritics, đ as d, so that what is typed without marks is found."""

from __future__ import annotations

import unicodedata

_GONE = {n: None for n in range(0x20000) if unicodedata.combining(chr(n))}
_PLAIN: dict[int, int | None] = {**_GONE, ord("đ"): ord("d")}
"""What becomes of the letters and marks of a text whose marks stand apart; above the first two planes there are no marks."""


def folded(text: str) -> str:
    """`"Đội Kho số 2"` → `"doi kho so 2"`."""
    if text.isascii():
        return " ".join(text.lower().split())
    return " ".join(unicodedata.normalize("NFD", text.casefold()).translate(_PLAIN).split())

"""Text for searching: lower case, without diacritics, đ as d, so that what is typed without marks is found."""

from __future__ import annotations

import unicodedata


def folded(text: str) -> str:
    """`"Đội Kho số 2"` → `"doi kho so 2"`."""
    if text.isascii():
        return " ".join(text.lower().split())
    plain = unicodedata.normalize("NFD", text.casefold()).replace("đ", "d")
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())

"""Keys that XML allows: `Event Name` is written `Event_x0020_Name`, so that a reader can have it back."""

from __future__ import annotations

import re
from collections.abc import Container

_LETTER = (r"A-Za-z_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u0131\u0134-\u013e\u0141-\u0148\u014a-\u017e\u0180-\u01c3"
           r"\u01cd-\u01f0\u01fa-\u0217\u1ea0-\u1ef9")
_PREFIXED = re.compile(rf"([{_LETTER}][{_LETTER}0-9.-]*):(?=[{_LETTER}])")
_LIKE_ESCAPED = "_(?=x(?:[0-9A-F]{4}|[1-9A-F][0-9A-F]{4}|10[0-9A-F]{4})_)"
_FORBIDDEN = re.compile(f"^[^{_LETTER}]|[^{_LETTER}0-9.-]|{_LIKE_ESCAPED}")


def safe_key(key: str, prefixes: Container[str]) -> str:
    """The key as a name of XML; one colon stays where the prefix before it is declared."""
    match = _PREFIXED.match(key)
    if match is not None and match[1] in prefixes and not _FORBIDDEN.search(match[1]):
        return match[0] + _FORBIDDEN.sub(_escape, key[match.end():])
    return _FORBIDDEN.sub(_escape, key) or "_"


def _escape(match: re.Match[str]) -> str:
    return f"_x{ord(match[0]):04X}_"

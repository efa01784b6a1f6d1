"""Keys of a XES log as they were meant: `Event_x0020_Name` is the written form of `Event Name`.

A key of XES is a name of XML: no blanks, no digit at its start. What cannot stand in a name is written as `_xHHHH_`,
the number of the character; only what had to be written so is read so, and every other spelling is kept as it is."""

from __future__ import annotations

import re

_LETTER = (r"A-Za-z_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u0131\u0134-\u013e\u0141-\u0148\u014a-\u017e\u0180-\u01c3"
           r"\u01cd-\u01f0\u01fa-\u0217\u1ea0-\u1ef9")
_ESCAPED = re.compile(r"_x([0-9A-F]{4}|[1-9A-F][0-9A-F]{4}|10[0-9A-F]{4})_(?=(x[0-9A-F]{4,6}_)?)")
_FIRST = re.compile(f"[{_LETTER}]")
_LATER = re.compile(f"[{_LETTER}0-9.-]")


class Keys(dict[str, str]):
    """Written key to key, kept so that each spelling is looked at once and stored once."""

    def __missing__(self, written: str) -> str:
        key = _ESCAPED.sub(_character, written) if "_x" in written else written
        if len(self) < 10_000:
            self[written] = key
        return key


def _character(match: re.Match[str]) -> str:
    point = int(match[1], 16)
    if 0xD800 <= point <= 0xDFFF:
        return match[0]
    character = chr(point)
    if character == "_":
        return character if match[2] else match[0]
    legal = _LATER if match.start() else _FIRST
    return match[0] if legal.fullmatch(character) else character

"""On which line of a TOML file a part of a workflow stands; the reader of TOML keeps no lines."""

from __future__ import annotations

import re

from workflows.errors import Place

_TABLE = re.compile(r"\s*\[\s*([\w.\"'-]+)\s*\]\s*(#.*)?$")
_ROW = re.compile(r"\s*\[\[\s*([\w.]+)\s*\]\]\s*(#.*)?$")
_KEY = re.compile(r"\s*([\w\"'-]+)(?:\.([\w\"'-]+))?\s*[.=]")
_LONG = re.compile(r'"""|\'\'\'')


class Lines:
    """The places of one file. Where a file is written in a way that gives none, the line is None."""

    def __init__(self, text: str) -> None:
        self._rows = text.splitlines()
        self._states: dict[str, int] = {}
        self._transitions: list[int] = []
        table, within = "", False
        for number, row in enumerate(self._rows, 1):
            opened = within
            within ^= len(_LONG.findall(row)) % 2 == 1
            if opened:
                continue
            if found := _ROW.match(row):
                table = found[1]
                if table == "transitions":
                    self._transitions.append(number)
            elif found := _TABLE.match(row):
                table = found[1]
                part, _, name = table.partition(".")
                if part == "states" and name:
                    self._states.setdefault(_bare(name.split(".")[0]), number)
            elif found := _KEY.match(row):
                if table == "states":
                    self._states.setdefault(_bare(found[1]), number)
                elif not table and found[1] == "states" and found[2]:
                    self._states.setdefault(_bare(found[2]), number)

    def of(self, place: Place, transitions: int) -> int | None:
        """The line of a place, in a file with so many transitions."""
        if place.state is not None:
            return self._states.get(place.state)
        n = place.transition
        if n is None or len(self._transitions) != transitions or n >= transitions:
            return None
        first = self._transitions[n]
        last = self._transitions[n + 1] - 1 if n + 1 < transitions else len(self._rows)
        line = first
        for name in place.inputs:
            named = re.compile(rf"\bname\s*=\s*[\"']{re.escape(name)}[\"']")
            line = next((k for k in range(line, last + 1) if named.search(self._rows[k - 1])), line)
        return line


def _bare(key: str) -> str:
    return key.strip("\"'")

"""Codes that the ruleset of a case lists: sanctions, factors, grounds, levels. A workflow names the list, the ruleset fills it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from workflows.inputs import Input, Listed, Many

Place = tuple[str | int, ...]
"""Where in the data of an act a value stands: the input, and in rows the number of the row and the column."""


def codes(values: Mapping[str, Any], of: str) -> tuple[str, ...]:
    """The codes of a list, each once, in the order of the ruleset; see `inputs.Listed`. Nothing where the ruleset has no such key."""
    if "*" not in of and "?" not in of:
        return tuple(values.get(of, ()))
    pattern = re.compile(re.escape(of).replace(r"\*", "[a-z_]+").replace(r"\?", "([a-z_]+)"))
    found: list[str] = []
    for key in values:
        match = pattern.fullmatch(key)
        if match is not None:
            found += [match[1]] if "?" in of else list(values[key])
    return tuple(dict.fromkeys(found))


def unlisted(inputs: tuple[Input, ...], data: Mapping[str, Any], values: Mapping[str, Any]) -> Iterator[tuple[Place, tuple[str, ...]]]:
    """Every place in the data with a code that the ruleset does not list, and what it lists there."""
    for i in inputs:
        given = data.get(i.name)
        if isinstance(i, Many) and isinstance(given, list):
            for n, row in enumerate(given):
                for place, possible in unlisted(i.of, row, values):
                    yield (i.name, n, *place), possible
        elif isinstance(i, Listed) and given is not None:
            possible = codes(values, i.of)
            told = given if isinstance(given, list) else [given]
            if any(code not in possible for code in told) or len(set(told)) < len(told):
                yield (i.name,), possible

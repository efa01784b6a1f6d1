"""Small numbers in a tree: which may be shown so that no number under the least can be read, or worked out from those that are shown. Pure."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

LEAST = 5
"""The smallest number that is shown inside the house."""

Key = TypeVar("Key", bound=Hashable)


def shown(values: Mapping[Key, int], above: Mapping[Key, Key | None], least: int = LEAST) -> frozenset[Key]:
    """Of a tree whose every number counts what lies below it as well, those that may be shown. When those right below a number that is shown are
    taken away from it, what is left is itself at least `least`: the smallest of them is hidden until it is so. Below a hidden number nothing is
    shown."""
    below: dict[Key | None, list[Key]] = {}
    for key in values:
        parent = above.get(key)
        below.setdefault(parent if parent in values else None, []).append(key)
    found: set[Key] = set()
    ahead = [key for key in below.get(None, ()) if values[key] >= least]
    while ahead:
        key = ahead.pop()
        if key in found:
            continue
        found.add(key)
        kept = sorted((one for one in below.get(key, ()) if values[one] >= least), key=lambda one: values[one])
        while kept and values[key] - sum(values[one] for one in kept) < least:
            kept.pop(0)
        ahead += kept
    return frozenset(found)

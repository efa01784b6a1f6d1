"""Samples of guards seen together, each speaking of what the guard in question asks for."""

from __future__ import annotations

from typing import Any

from workflows.guards import Guard


def merged(one: Any, two: Any) -> Any:
    """Two values of a fact or an input seen together."""
    if isinstance(one, dict) and isinstance(two, dict):
        return one | two
    if isinstance(one, (tuple, list)) and not hasattr(one, "_fields"):
        return type(one)([*one, *(item for item in two if item not in one)])
    if isinstance(one, (set, frozenset)):
        return frozenset(one) | frozenset(two)
    return two


def in_its_words(g: Guard, sample: dict[str, Any], value: Any) -> Any:
    """Facts or data of a sample, speaking of the step, limit, strand or result that the guard asks for instead of the sample's own."""
    named = dict(g.args)
    instead: dict[Any, Any] = {}
    for name, mine in sample.items():
        theirs = named[name]
        for one in mine if isinstance(mine, tuple) else (mine,):
            instead[one] = theirs[0] if isinstance(theirs, tuple) else theirs
    return _instead(instead, value) if instead else value


def _instead(instead: dict[Any, Any], value: Any) -> Any:
    if isinstance(value, dict):
        return {_instead(instead, key): _instead(instead, one) for key, one in value.items()}
    if isinstance(value, tuple):
        made = [_instead(instead, one) for one in value]
        return type(value)(*made) if hasattr(value, "_fields") else tuple(made)
    if isinstance(value, (list, set, frozenset)):
        return type(value)(_instead(instead, one) for one in value)
    return instead.get(value, value) if isinstance(value, str) else value

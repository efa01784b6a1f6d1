"""What differs between two laws of a workflow: states and acts that were added, that are gone, and what changed in the others. Pure, on the laws as
they are kept, so that a version that no file holds any more can be compared as well."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

ADDED, GONE, CHANGED = "added", "gone", "changed"
WORKFLOW, STATE, ACT = "workflow", "state", "act"
LISTS = ("source", "who", "guards", "inputs", "effects", "parents")
_HEAD = ("version", "fast", "parents", "needs_parent", "recorded")


class Part(NamedTuple):
    """One field that changed: what is only in the law before, what is only in the law after."""

    field: str
    before: tuple[str, ...]
    after: tuple[str, ...]


class Change(NamedTuple):
    """One thing that differs: a state, an act, or the workflow itself."""

    what: str
    name: str
    how: str
    parts: tuple[Part, ...] = ()


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Every difference, the workflow itself first, then states, then acts in the order of the law after."""
    head = _parts(before, after, _HEAD)
    return [*([Change(WORKFLOW, str(after.get("name", "")), CHANGED, head)] if head else []), *_states(before, after), *_acts(before, after)]


def _states(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    old, new = ({s["name"]: s for s in law.get("states", ())} for law in (before, after))
    for name, state in new.items():
        if name not in old:
            yield Change(STATE, name, ADDED)
        elif found := _parts(old[name], state, sorted({*old[name], *state} - {"name"})):
            yield Change(STATE, name, CHANGED, found)
    yield from (Change(STATE, name, GONE) for name in old if name not in new)


def _acts(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    old, new = ([*law.get("transitions", ()), *law.get("entries", ())] for law in (before, after))
    for ours, theirs in _paired(old, new):
        if ours is None and theirs is not None:
            yield Change(ACT, theirs["trigger"], ADDED)
        elif theirs is None and ours is not None:
            yield Change(ACT, ours["trigger"], GONE)
        elif ours is not None and theirs is not None and (found := _parts(ours, theirs, sorted({*ours, *theirs} - {"trigger"}))):
            yield Change(ACT, theirs["trigger"], CHANGED, found)


_Pair = tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]


def _paired(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> list[_Pair]:
    """Acts of the same trigger, like with like: those that are the same, then those that leave the same states, then in their order."""
    left, right = list(old), list(new)
    pairs: list[_Pair] = []
    for alike in (tuple(sorted({key for one in (*old, *new) for key in one})), ("trigger", "source"), ("trigger",)):
        for theirs in list(right):
            ours = next((one for one in left if all(one.get(key) == theirs.get(key) for key in alike)), None)
            if ours is not None:
                left.remove(ours)
                right.remove(theirs)
                pairs.append((ours, theirs))
    return [*pairs, *((None, one) for one in right), *((one, None) for one in left)]


def _parts(before: Mapping[str, Any], after: Mapping[str, Any], fields: Sequence[str]) -> tuple[Part, ...]:
    found = []
    for field in fields:
        one, other = before.get(field), after.get(field)
        if one == other:
            continue
        if field in LISTS:
            ours, theirs = ([said(item) for item in value or ()] for value in (one, other))
            found.append(Part(field, tuple(item for item in ours if item not in theirs), tuple(item for item in theirs if item not in ours)))
        else:
            found.append(Part(field, (said(one),), (said(other),)))
    return tuple(found)


def said(value: Any) -> str:
    """A value of a law on one line: what it is called first, then what else it says."""
    if not isinstance(value, Mapping):
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    name = next((str(value[key]) for key in ("name", "code", "kind") if value.get(key)), "")
    rest = {key: told for key, told in sorted(value.items()) if told not in (None, "", [], {}, False) and str(told) != name}
    return f"{name} {json.dumps(rest, ensure_ascii=False, sort_keys=True)}" if rest else name

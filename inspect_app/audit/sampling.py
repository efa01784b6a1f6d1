"""Samples that anyone can recompute: which cases an auditor looks at follows from a checkpoint that was handed over before, and from nothing that
anybody chose. Pure.

The seed is the SHA-256 of the rule's name, the three lines of the checkpoint and the engagement. Each name of the population is put in the order
of the SHA-256 of seed and name, and the sample is the first so many: a larger one begins with the smaller one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

import orjson

from inspect_app.audit import checkpoint
from inspect_app.audit.checkpoint import Checkpoint
from inspect_app.audit.notes import BadNote

RULE = "inspect-app/sample/v1"
LARGEST_FILE = 64 * 2**20
"""Bytes of a sample's file that are read at most."""


class BadSample(Exception):
    """A file is no sample, or not the one that the rule gives; the sentence says what differs."""


def seed(point: Checkpoint, engagement: str) -> bytes:
    """What decides the order: `engagement` is one line that names unit, period and mandate's number."""
    return sha256(f"{RULE}\n{point.text()}{engagement}\n".encode()).digest()


def digest(population: Iterable[str]) -> str:
    """The SHA-256 of a population: its names in order, one a line."""
    return sha256("".join(f"{name}\n" for name in sorted(population)).encode()).hexdigest()


def drawn(by: bytes, population: Iterable[str], size: int) -> tuple[str, ...]:
    """The first `size` names of a population, in the order that the seed gives them."""
    return tuple(sorted(set(population), key=lambda name: (sha256(by + name.encode()).digest(), name))[:size])


def written(point: Checkpoint, note: str, engagement: str, population: Iterable[str], size: int) -> bytes:
    """A sample as a file: everything that the rule needs, and what came of it."""
    names = sorted(set(population))
    by = seed(point, engagement)
    return orjson.dumps({"rule": RULE, "checkpoint": note, "engagement": engagement, "seed": by.hex(), "population": names,
                         "population_sha256": digest(names), "size": size, "sample": list(drawn(by, names, size))}, option=orjson.OPT_INDENT_2)


def recomputed(raw: bytes, kept: Checkpoint | None = None) -> Mapping[str, Any]:
    """What a file says, where its sample is the one that the rule gives; with `kept`, a checkpoint that somebody holds, only where it is of that.
    Raises `BadSample`, and `BadNote` where it holds no checkpoint."""
    told = _read(raw)
    point = checkpoint.read(told["checkpoint"].split("\n\n")[0].rstrip("\n") + "\n")
    if kept is not None and kept.text() != point.text():
        raise BadSample("its checkpoint is not the one that was kept")
    by = seed(point, told["engagement"])
    names = told["population"]
    if names != sorted(set(names)) or told["population_sha256"] != digest(names):
        raise BadSample("its population is not in order, or not the one it names")
    if told["seed"] != by.hex():
        raise BadSample("its seed is not that of its checkpoint and engagement")
    if told["sample"] != list(drawn(by, names, told["size"])):
        raise BadSample("its sample is not the one that the rule gives")
    return told


_KINDS: Mapping[str, type] = {"rule": str, "checkpoint": str, "engagement": str, "seed": str, "population": list, "population_sha256": str,
                              "size": int, "sample": list}


def _read(raw: bytes) -> dict[str, Any]:
    try:
        told = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise BadSample("it is no JSON") from None
    if not isinstance(told, dict) or set(told) != set(_KINDS) or any(not isinstance(told[name], kind) for name, kind in _KINDS.items()):
        raise BadSample("it is no sample: a part is missing, or of another kind")
    if told["rule"] != RULE or isinstance(told["size"], bool) or told["size"] < 0:
        raise BadSample(f"it follows another rule than {RULE}")
    if not all(isinstance(name, str) for name in (*told["population"], *told["sample"])):
        raise BadSample("a name in it is no text")
    return told


__all__ = ["BadNote", "BadSample", "digest", "drawn", "recomputed", "seed", "written"]

"""The signer: signs the newest tree of a log, once it has seen for itself that it goes on from the one it signed last.

What it saw last stands in a file of its own beside its key, apart from the database: size, root, and the compact range, from which it
works out every later root itself, from the leaf hashes alone. So nobody who holds the database, but not this folder, gets a tree signed
that forgets or changes anything. It keeps one file for each log, by the log's name."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from inspect_app.audit.checkpoint import Checkpoint
from inspect_app.audit.merkle import EMPTY, Range
from inspect_app.audit.notes import Signer
from inspect_app.errors import Refusal

FOLDER = "signer"
PORTION = 65_536

Leaves = Callable[[int, int], list[bytes]]
"""The leaf hashes from one place up to another."""


class SignerRefuses(Refusal):
    """The tree that was to be signed does not go on from the one that was signed last; the sentence says how."""


@dataclass(frozen=True)
class Seen:
    """The tree that was signed last."""

    size: int
    root: bytes
    hashes: tuple[bytes, ...]
    before: str = ""
    """The log that this one was begun from, where it was begun here."""


def sign(folder: Path, key: Signer, point: Checkpoint, leaves: Leaves) -> str:
    """The signed note of a checkpoint. Raises `SignerRefuses`; then nothing was signed, and nothing is forgotten."""
    with _state(folder, point.origin) as path:
        seen = _read(path)
        if point.size < seen.size:
            raise SignerRefuses(f"a tree of {seen.size} leaves was signed, this one has {point.size}: the log was rolled back")
        grown = Range(seen.size, seen.hashes)
        begin = seen.size
        while begin < point.size:
            more = leaves(begin, min(begin + PORTION, point.size))
            if not more:
                raise SignerRefuses(f"the leaf {begin} is missing")
            grown.extend(more)
            begin += len(more)
        if grown.size != point.size or grown.root() != point.root:
            raise SignerRefuses(f"the tree of {point.size} leaves does not go on from the one of {seen.size} that was signed")
        if point.size > seen.size:
            _write(path, Seen(grown.size, point.root, tuple(grown.hashes), seen.before))
        return point.signed([key])


def begin(folder: Path, name: str, before: Checkpoint, leaves: Leaves) -> None:
    """Begin a log of this name that goes on from a tree of another one; from now on the signer signs nothing under the name that does not.
    Only who may write in this folder can do so. Raises `SignerRefuses` where the leaves are not those of the tree."""
    grown = Range()
    while grown.size < before.size:
        more = leaves(grown.size, min(grown.size + PORTION, before.size))
        if not more:
            break
        grown.extend(more)
    if (grown.size, grown.root()) != (before.size, before.root):
        raise SignerRefuses(f"the {before.size} leaves of {before.origin} are not those of its root; verify the history first")
    with _state(folder, name) as path:
        _write(path, Seen(grown.size, before.root, tuple(grown.hashes), before.origin))


def last_seen(folder: Path, origin: str) -> Seen:
    """The tree that was signed last; the empty one where none was. Raises `SignerRefuses` where the file cannot be read."""
    return _read(_path(folder, origin))


def _path(folder: Path, origin: str) -> Path:
    return folder / FOLDER / f"{sha256(origin.encode()).hexdigest()[:32]}.json"


@contextmanager
def _state(folder: Path, origin: str) -> Iterator[Path]:
    """The file of a log, for one process at a time."""
    path = _path(folder, origin)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    place = os.open(path.with_suffix(".lock"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(place, fcntl.LOCK_EX)
        yield path
    finally:
        os.close(place)


def _read(path: Path) -> Seen:
    try:
        told = json.loads(path.read_text("ascii"))
        seen = Seen(int(told["size"]), bytes.fromhex(told["root"]), tuple(bytes.fromhex(value) for value in told["hashes"]),
                    str(told.get("from", "")))
        if Range(seen.size, seen.hashes).root() != seen.root:
            raise ValueError
    except FileNotFoundError:
        return Seen(0, EMPTY, ())
    except (ValueError, KeyError, TypeError):
        raise SignerRefuses(f"what was signed last cannot be read from {path}; bring the file back from its safe place") from None
    return seen


def _write(path: Path, seen: Seen) -> None:
    """Whole or not at all, and on the disk before anybody gets the note."""
    part = path.with_suffix(".part")
    told: dict[str, object] = {"size": seen.size, "root": seen.root.hex(), "hashes": [value.hex() for value in seen.hashes]}
    told |= {"from": seen.before} if seen.before else {}
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
        json.dump(told, file)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    place = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)

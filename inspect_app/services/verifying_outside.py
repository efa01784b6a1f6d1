"""Verifying against what is held outside the database: checkpoints, codes on papers, receipts, and what the signer saw last."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import orjson

from inspect_app.audit import checkpoint, merkle, notes, receipts
from inspect_app.audit.checkpoint import Checkpoint
from inspect_app.audit.notes import BadNote, Verifier
from inspect_app.db import Session
from inspect_app.services import checkpoints, signer
from inspect_app.services.house import House
from inspect_app.services.signer import SignerRefuses
from inspect_app.services.verified import Finding, Verified

MOST_RECEIPTS = 1_000_000


@dataclass
class Outside:
    """What is held outside the database: checkpoints (name of the file, bytes), receipts (the same), further keys to believe, and codes that
    were printed on papers. Where a backup is restored (`restoring`), a receipt that is newer than everything in it makes it older, not changed."""

    checkpoints: Sequence[tuple[str, bytes]] = ()
    receipts: Iterable[tuple[str, bytes]] = ()
    keys: Sequence[Verifier] = ()
    codes: Sequence[str] = ()
    restoring: bool = False


class Promise(NamedTuple):
    """What a receipt says: its name, the log, when the event was recorded."""

    name: str
    log: str
    at: int


@dataclass
class Run:
    """A verification under way."""

    session: Session
    house: House
    done: Verified


def promised(files: Iterable[tuple[str, bytes]], known: Sequence[Verifier], house: House, done: Verified) -> dict[bytes, Promise]:
    """The leaves that receipts promise, each with what the receipt says; what is no receipt of this log cannot be told from anything."""
    found: dict[bytes, Promise] = {}
    for name, raw in files:
        try:
            told = receipts.opened(_note_in(raw), known)
            if told.log not in house.log_names:
                raise BadNote(f"it is of another log, “{told.log}”")
        except BadNote as error:
            done.unknown.append(f"receipt {name}: {error}")
            continue
        done.receipts += 1
        found[told.leaf] = Promise(name, told.log, told.at)
        if len(found) >= MOST_RECEIPTS:
            done.unknown.append(f"only the first {MOST_RECEIPTS} receipts were read")
            break
    return found


def _note_in(raw: bytes) -> bytes:
    """The note of a receipt: the file itself, or what the answer to an act holds it in."""
    if raw.lstrip()[:1] != b"{":
        return raw
    try:
        told = orjson.loads(raw)
        for name in ("event", "receipt"):
            told = told[name] if isinstance(told.get(name), dict) else told
        return str(told["note"]).encode()
    except (orjson.JSONDecodeError, KeyError, AttributeError):
        raise BadNote("it is no receipt") from None


def hold_against(run: Run, outside: Outside, known: Sequence[Verifier]) -> None:
    """The log against what is held outside the database."""
    done, house = run.done, run.house
    nodes, size = checkpoints.nodes(run.session), done.leaves
    for name, raw in outside.checkpoints:
        try:
            note = notes.read(raw)
            point = checkpoint.read(note.text)
            believed = notes.believed(note, known)
        except BadNote as error:
            done.unknown.append(f"{name}: {error}")
            continue
        if point.origin not in house.log_names:
            done.unknown.append(f"{name}: it is of another log, “{point.origin}”")
        elif point.origin != house.log and point.size > (left := _left(house, point.origin)):
            done.older.append(f"{name} knows {point.size} leaves of {point.origin}, from which this log was begun at {left}: the rest is not here")
        elif not _goes_on(run, name, point, nodes, size) and not believed:
            done.unknown.append(f"{name}: it goes with this log, but no known key signed it")
    for code in outside.codes:
        _hold_code(run, code.strip().upper(), nodes, size)
    try:
        _hold_signer(run, nodes, size)
    except SignerRefuses as error:
        done.unknown.append(str(error))


def _hold_signer(run: Run, nodes: merkle.Nodes, size: int) -> None:
    """The log against what the signer saw last of it, and of those before it: where one of those had gone on, this one was to be begun by who
    holds the signer's folder. Raises `SignerRefuses`."""
    house = run.house
    for n, one in enumerate(house.former, 1):
        seen = signer.last_seen(house.keys, one.log)
        after = house.former[n].log if n < len(house.former) else house.log
        if seen.size > one.size and signer.last_seen(house.keys, after).before != one.log:
            run.done.older.append(f"the signer knows {seen.size} leaves of {one.log}; {after} was begun from {one.size} of them, and not here")
        elif 0 < seen.size <= one.size:
            _goes_on(run, f"the signer of {one.log}", Checkpoint(one.log, seen.size, seen.root), nodes, size)
    seen = signer.last_seen(house.keys, house.log)
    if seen.size:
        _goes_on(run, "the signer", Checkpoint(house.log, seen.size, seen.root), nodes, size)


def _left(house: House, log: str) -> int:
    """At how many leaves a former log was left."""
    return next(one.size for one in house.former if one.log == log)


def _hold_code(run: Run, code: str, nodes: merkle.Nodes, size: int) -> None:
    """The log against a code on a paper: its size, and letters that only the tree of that size gives."""
    number = code.partition("-")[0]
    if not (number.isascii() and number.isdigit() and len(number) <= 16):
        run.done.unknown.append(f"{code} is no code of a checkpoint")
    elif int(number) > size:
        run.done.older.append(f"the code {code} knows {number} leaves, {size} are here: this is an older state, or its end was cut off")
    else:
        try:
            same = Checkpoint(run.house.log_at(int(number)), int(number), merkle.root_at(int(number), nodes)).code == code
        except LookupError:
            same = False
        if not same:
            run.done.add(Finding(f"code {code}", 0, f"the first {number} leaves are not those of this code", int(number)))


def _goes_on(run: Run, name: str, point: Checkpoint, nodes: merkle.Nodes, size: int) -> bool:
    """Whether something is wrong between a checkpoint and this log; it is told."""
    if point.size > size:
        run.done.older.append(f"{name} knows {point.size} leaves, {size} are here: this is an older state of the log, or its end was cut off")
        return True
    try:
        same = merkle.root_at(point.size, nodes) == point.root
    except LookupError:
        same = False
    if not same:
        run.done.add(Finding(name, 0, f"the first {point.size} leaves are not those of the checkpoint: history was changed", point.size))
    return not same


def broken(run: Run, leaf: bytes, told: Promise, later: bool) -> None:
    """Tell a promise that is not kept: of the log left behind, of a later state than this, or of an event that was taken out."""
    if told.log != run.house.log:
        run.done.older.append(f"receipt {told.name}: its event was promised by {told.log}, from which this log was begun without it")
    elif later:
        run.done.older.append(f"receipt {told.name}: its event is newer than everything here")
    else:
        run.done.add(Finding(f"receipt {told.name}", 0, f"the event with the leaf {leaf.hex()} was promised, and is not there"))

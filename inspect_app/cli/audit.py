"""The log and its verification: `audit verify | checkpoint | consistency | tables`."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from inspect_app.audit import checkpoint, merkle, notes, sampling
from inspect_app.audit.checkpoint import Checkpoint
from inspect_app.audit.merkle import BadProof
from inspect_app.audit.notes import BadNote, Verifier
from inspect_app.audit.sampling import BadSample
from inspect_app.cli.history import group
from inspect_app.errors import NotFound, Unreadable
from inspect_app.services import checkpoints, mirrors, verifying
from inspect_app.services.house import House
from inspect_app.services.verified import INTACT, OLDER, TAMPERED, UNKNOWN, Verified

SHOWN = 20
_SAID = {INTACT: "intact", TAMPERED: "tampered", OLDER: "older than a checkpoint", UNKNOWN: "cannot tell"}


def add(commands: Any) -> None:
    """`commands` are the subparsers of the whole command; the group `audit` is there already."""
    what = group(commands, "audit", "hold the history against itself")
    one = what.add_parser("verify", help="the whole history and every table derived from it: 0 intact, 2 tampered, 3 older, 4 cannot tell",
                          description="Example: inspect-app audit verify --checkpoint kept-elsewhere.txt --receipts receipts/")
    one.add_argument("--checkpoint", type=Path, action="append", default=[], metavar="F", help="a checkpoint kept outside; may be repeated")
    one.add_argument("--receipts", type=Path, metavar="DIR", help="a folder of receipts, one a file")
    one.add_argument("--code", action="append", default=[], metavar="CODE", help="the code of a checkpoint, from a paper; may be repeated")
    one.add_argument("--key", action="append", default=[], metavar="LINE", help="a key to believe besides those the log announced")
    one.add_argument("--json", action="store_true")
    one.set_defaults(handler=_verify)
    one = what.add_parser("checkpoint", help="the newest signed checkpoint, to be kept outside",
                          description="Example: inspect-app audit checkpoint --out checkpoint.txt")
    one.add_argument("--out", type=Path, metavar="F")
    one.set_defaults(handler=_checkpoint)
    one = what.add_parser("consistency", help="whether the log of checkpoint B goes on from that of A: 0 it does, 2 it does not, 3, 4 as verify",
                          description="Example: inspect-app audit consistency january.txt june.txt")
    one.add_argument("first", type=Path, metavar="A")
    one.add_argument("second", type=Path, metavar="B")
    one.add_argument("--proof", type=Path, metavar="F", help="write the proof there, one hash a line")
    one.set_defaults(handler=_consistency)
    one = what.add_parser("sample", help="whether a sample is the one that its rule gives, offline: 0 it is, 2 it is not, 4 cannot tell",
                          description="Example: inspect-app audit sample sample-3-1.json --checkpoint begin.txt")
    one.add_argument("file", type=Path, metavar="FILE")
    one.add_argument("--checkpoint", type=Path, metavar="F", help="the checkpoint that was handed over when the engagement was opened")
    one.set_defaults(handler=_sample, needs="nothing")
    one = what.add_parser("tables", help="which tables and columns verification covers, and which not",
                          description="Example: inspect-app audit tables --json")
    one.add_argument("--json", action="store_true")
    one.set_defaults(handler=_tables, needs="nothing")


def _verify(house: House, args: Namespace) -> int:
    try:
        keys = [Verifier.read(line) for line in args.key]
    except BadNote as error:
        raise Unreadable(f"--key: {error}") from None
    outside = verifying.Outside([(str(path), bounded(path)) for path in args.checkpoint], files_in(args.receipts) if args.receipts else (), keys,
                                args.code)
    done = verifying.verify(house, outside)
    if args.json:
        print(orjson.dumps(done.as_json(), option=orjson.OPT_INDENT_2).decode())
    else:
        _tell(done)
    return done.status


def _tell(done: Verified) -> None:
    if done.first is not None:
        print(f"First: {done.first}")
    for one in done.findings[:SHOWN]:
        print(one)
    if done.found > SHOWN:
        print(f"… and {done.found - SHOWN} more.")
    for line in (*done.older, *done.unknown):
        print(line)
    print(f"{done.streams} streams, {done.events} events, {done.leaves} leaves, {done.checkpoints} checkpoints, {done.receipts} receipts; "
          f"{done.waiting} events wait, {done.unsigned} leaves are unsigned.")
    print(f"{_SAID[done.status]}.")


def bounded(path: Path) -> bytes:
    """The beginning of a file, as long as a note may be and one byte more, so that a longer one is refused and not read whole."""
    with path.open("rb") as file:
        return file.read(notes.LARGEST + 1)


def files_in(folder: Path) -> Iterator[tuple[str, bytes]]:
    if not folder.is_dir():
        raise Unreadable(f"{folder} is no folder of receipts.")
    return ((path.name, bounded(path)) for path in sorted(folder.iterdir()) if path.is_file())


def _checkpoint(house: House, args: Namespace) -> int:
    newest = checkpoints.newest(house)
    if args.out is None:
        sys.stdout.write(newest.note)
        return 0
    args.out.write_text(newest.note, "utf-8")
    print(f"{args.out}: {newest.point.size} leaves, code {newest.point.code}")
    return 0


def _consistency(house: House, args: Namespace) -> int:
    points: list[Checkpoint] = []
    for path in (args.first, args.second):
        try:
            points.append(checkpoints.opened(house, bounded(path)))
        except BadNote as error:
            print(f"{path}: {error}")
            return UNKNOWN
    first, second = points
    if first.size > second.size:
        raise Unreadable(f"{args.first} is newer than {args.second}; name the older one first.")
    try:
        proof = checkpoints.consistent(house, first, second)
    except NotFound as error:
        print(error)
        return OLDER
    try:
        merkle.check_consistency(first.size, second.size, first.root, second.root, proof)
    except BadProof as error:
        print(f"The log of {args.second} does not go on from that of {args.first}: {error}.")
        return TAMPERED
    if args.proof is not None:
        args.proof.write_text(checkpoint.write_proof(proof), "ascii")
    print(f"The log of {second.size} leaves goes on from that of {first.size}; {len(proof)} hashes show it.")
    return INTACT


def _sample(house: House, args: Namespace) -> int:
    with args.file.open("rb") as file:
        raw = file.read(sampling.LARGEST_FILE + 1)
    try:
        if len(raw) > sampling.LARGEST_FILE:
            raise BadSample("it is larger than any sample")
        kept = checkpoint.read(notes.read(bounded(args.checkpoint)).text) if args.checkpoint else None
        told = sampling.recomputed(raw, kept)
    except BadNote as error:
        print(f"cannot tell: {error}.")
        return UNKNOWN
    except BadSample as error:
        print(f"{args.file}: {error}.")
        return TAMPERED
    print("\n".join(told["sample"]))
    print(f"{len(told['sample'])} of {len(told['population'])}, as the rule {told['rule']} gives them.")
    return INTACT


def _tables(house: House, args: Namespace) -> int:
    covered: dict[str, dict[str, list[str]]] = {}
    for table, columns in mirrors.BY_REPLAY.items():
        covered.setdefault(table, {})["recomputed"] = list(columns)
    for one in (*mirrors.OF_CASES, *mirrors.OF_ORGANISATION):
        covered.setdefault(one.table, {})["committed"] = [*([one.case] if one.case else []), *one.columns]
    if args.json:
        print(orjson.dumps({"covered": covered, "uncovered": dict(mirrors.UNCOVERED)}, option=orjson.OPT_INDENT_2).decode())
        return 0
    for table, how in sorted(covered.items()):
        print(f"{table}: {'; '.join(f'{kind} {chr(44).join(columns)}' for kind, columns in how.items())}")
    for what, why in mirrors.UNCOVERED.items():
        print(f"not covered: {what} ({why})")
    return 0

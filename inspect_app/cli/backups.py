"""`backup | restore | drill`: a copy of everything but the keys, put back only where it holds."""

from __future__ import annotations

import argparse
import sys
from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from config import Settings
from inspect_app.cli.audit import bounded, files_in
from inspect_app.cli.running import console_actor
from inspect_app.errors import Unreadable
from inspect_app.services import archive, backing_up, drilling, restoring
from inspect_app.services.archive import Recipient
from inspect_app.services.backing_up import Taken
from inspect_app.services.founding import is_founded, open_house
from inspect_app.services.restoring import Restored
from inspect_app.services.verifying import Outside
from workflows.acts import Actor

SHOWN = 20


def add(commands: Any) -> None:
    one = commands.add_parser("backup", help="database, evidence files, packs and the newest checkpoint in one file, while the server runs",
                              description="Example: inspect-app backup /backups/today.backup --key backup.key.pub")
    one.add_argument("file", type=Path, metavar="FILE", help="a file that is not there yet")
    _key(one, "seal it for this key (`inspect-app key backup`); may be repeated")
    one.set_defaults(handler=_backup, needs="settings")
    one = commands.add_parser("restore", help="put a backup into an empty place, once it is verified",
                              description="Example: inspect-app restore /backups/today.backup --key backup.key --checkpoint kept-elsewhere.txt")
    one.add_argument("file", type=Path, metavar="FILE")
    _key(one, "the secret of a key that it is sealed for")
    _outside(one)
    one.add_argument("--new-log", action="store_true", help="where later states are known, begin a new log whose first leaf names the old one")
    one.set_defaults(handler=_restore, needs="settings")
    one = commands.add_parser("drill", help="take a backup, restore it beside everything, verify that, and throw it away: 0 where all of it holds",
                              description="Example: inspect-app drill --key backup.key")
    one.add_argument("file", type=Path, nargs="?", metavar="FILE", help="try this backup instead of a new one")
    _key(one, "the secret of a key that it is sealed for")
    _outside(one)
    one.add_argument("--room", type=Path, metavar="FOLDER", help="where there is room for a copy of everything")
    one.set_defaults(handler=_drill, needs="settings")


def _key(one: argparse.ArgumentParser, help_: str) -> None:
    one.add_argument("--key", type=Path, action="append", default=[], metavar="F", help=help_)


def _outside(one: argparse.ArgumentParser) -> None:
    one.add_argument("--checkpoint", type=Path, action="append", default=[], metavar="F", help="a checkpoint kept outside; may be repeated")
    one.add_argument("--receipts", type=Path, metavar="DIR", help="a folder of receipts, one a file")
    one.add_argument("--code", action="append", default=[], metavar="CODE", help="the code of a checkpoint, from a paper; may be repeated")


def _held(args: Namespace) -> Outside:
    return Outside([(str(path), bounded(path)) for path in args.checkpoint], files_in(args.receipts) if args.receipts else (), (), args.code)


def _keys(args: Namespace) -> list[Recipient]:
    return [archive.read_key(path) for path in args.key]


def _backup(settings: Settings, args: Namespace) -> int:
    keys, house = _keys(args), open_house(settings, background=True)
    if not is_founded(house.db):
        raise Unreadable("Nothing is set up here yet; run `inspect-app init` first.")
    taken = backing_up.back_up(house, args.file, settings.packs, keys)
    if not keys:
        print(f"{args.file} is not encrypted: whoever holds it reads everything; --key seals it.", file=sys.stderr)
    return _tell_taken(args.file, taken)


def _tell_taken(where: object, taken: Taken) -> int:
    print(f"{where}: {taken.rows} rows, {taken.files} files of evidence, {taken.packs} packs, {taken.size} bytes; "
          f"the newest signed checkpoint has {taken.leaves} leaves. No key is in it: keep the folder of keys elsewhere.")
    return _tell_missing(taken.missing)


def _tell_missing(missing: list[str]) -> int:
    for one in missing[:SHOWN]:
        print(f"missing: {one}", file=sys.stderr)
    if missing:
        print(f"{len(missing)} files of evidence are missing or damaged; look for them in older backups.", file=sys.stderr)
    return 1 if missing else 0


def _restore(settings: Settings, args: Namespace) -> int:
    done = restoring.restore(settings, args.file, Actor(console_actor(), "console"), _keys(args), _held(args), new_log=args.new_log)
    return _tell_restored(settings, args.file, done)


def _tell_restored(settings: Settings, path: Path, done: Restored) -> int:
    taken = datetime.fromtimestamp(done.header.made_at / 1e6, UTC).isoformat(timespec="seconds")
    print(f"{path}, taken {taken}: verified and restored: {done.rows} rows, {done.files} files of evidence, {done.verified.streams} streams, "
          f"{done.verified.events} events, {done.verified.leaves} leaves of {done.header.log}.")
    for line in done.verified.older[:SHOWN]:
        print(f"Lost: {line}")
    if done.begun is not None:
        before = done.begun.before
        print(f"A new log, {done.begun.log}, goes on from {before.size} leaves of {before.origin}, code {before.code}.")
    if done.packs:
        print(f"Packs are in {settings.data / restoring.PACKS}: {', '.join(done.packs)}; name their folders in INSPECT_PACKS.")
    if done.again:
        print(f"Taken out again, as it had been after the backup: {done.again} acts of erasure or disposal.")
    print("Everybody signs in anew. What was revoked after the backup was taken has to be revoked again.")
    return _tell_missing(done.missing)


def _drill(settings: Settings, args: Namespace) -> int:
    house = open_house(settings, background=True)
    if args.file is None and not is_founded(house.db):
        raise Unreadable("Nothing is set up here yet; run `inspect-app init` first.")
    done = drilling.drill(house, settings, Actor(console_actor(), "console"), args.file, _keys(args), _held(args), args.room)
    if done.taken is not None:
        print(f"taken: {done.taken.rows} rows, {done.taken.files} files of evidence, {done.taken.size} bytes.")
    told = done.verified
    print(f"restored and verified: {told.streams} streams, {told.events} events, {told.leaves} leaves, {told.checkpoints} checkpoints. "
          "The copy is thrown away.")
    return told.status or _tell_missing(done.restored.missing)

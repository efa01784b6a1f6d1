"""Taking a backup while everything runs: every row as one snapshot shows it, evidence files, packs, the newest checkpoint; never a key.

The rows are written by name and kind, one form for both databases, so that a backup of one is restored into the other, and into a later version
of the application. What is under way (sessions, links, exports) is left out: a restore brings no ended session back to life."""

from __future__ import annotations

import os
import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Boolean, Date, Integer, LargeBinary, Table, select

from inspect_app.db import Fixed, Session
from inspect_app.errors import Unreadable
from inspect_app.models import evidence, log_key, metadata
from inspect_app.now import now
from inspect_app.services import checkpoints
from inspect_app.services.archive import PIECE, Recipient, Writer
from inspect_app.services.bulk import stream_rows
from inspect_app.services.house import House

VERSION = 1
NAME = re.compile(r"[0-9a-f]{64}")
"""How a stored file of evidence is called."""
_UNDER_WAY = "under way when the backup was taken"
LEFT_OUT: Mapping[str, str] = {
    "session": "a session that was ended meanwhile would live again; people sign in anew",
    "one_time_link": "a link that was used meanwhile would work again; make new ones",
    **dict.fromkeys(("sign_in_state", "sign_in_try", "kept_form", "draft", "export_job", "upload"), _UNDER_WAY),
}
"""Tables that no backup holds, each with the reason."""

_SCHEMA = Fixed("SELECT version_num FROM alembic_version")


@dataclass
class Taken:
    """What a backup holds. `missing` are files of evidence that the history speaks of and that were not there, or not as it says."""

    rows: int = 0
    files: int = 0
    packs: int = 0
    leaves: int = 0
    size: int = 0
    missing: list[str] = field(default_factory=list)


def back_up(house: House, out: Path, packs: Sequence[Path] = (), recipients: Sequence[Recipient] = ()) -> Taken:
    """Write a backup to a file that is not there yet: whole, and on the disk, or not at all. Raises `Unreadable`, `OSError`."""
    if out.exists():
        raise Unreadable(f"{out} is there already; name another file.")
    part, taken = out.with_name(f"{out.name}.part"), Taken()
    part.unlink(missing_ok=True)
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb", buffering=PIECE) as file:
            _write(house, Writer(file, recipients), packs, taken)
            file.flush()
            os.fsync(file.fileno())
            taken.size = file.tell()
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    return taken


def _write(house: House, writer: Writer, packs: Sequence[Path], taken: Taken) -> None:
    with house.db.snapshot("all") as session:
        signed = checkpoints.newest_signed(session, house.log)
        taken.leaves = signed.point.size if signed else 0
        writer.entry({"kind": "backup", "v": VERSION, "log": house.log, "schema": str(_SCHEMA.run(session, {})[0][0]), "made_at": now(),
                      "checkpoint": signed.note if signed else None,
                      "keys": list(session.execute(select(log_key.c.key).order_by(log_key.c.announced_at, log_key.c.key)).scalars())})
        for table in metadata.sorted_tables:
            if table.name not in LEFT_OUT:
                columns = [[column.name, kind_of(column.type)] for column in table.columns]
                writer.entry({"kind": "table", "name": table.name, "columns": columns}, _rows(session, table, taken))
        held = select(evidence.c.stored_as, evidence.c.sha256, evidence.c.case_id, evidence.c.n).where(evidence.c.stored_as.is_not(None))
        files = session.execute(held.order_by(evidence.c.id)).all()
    for stored_as, digest, case_id, n in files:
        _evidence(house, writer, str(stored_as), str(digest), f"case {case_id}, item {n}", taken)
    for place in packs:
        _pack(writer, place, taken)
    writer.end()


def kind_of(type_: Any) -> str:
    """How values of a column are written: `truth`, `number`, `bytes` (base64), `day` (ISO 8601), `text`."""
    for base, kind in ((Boolean, "truth"), (Integer, "number"), (LargeBinary, "bytes"), (Date, "day")):
        if isinstance(type_, base):
            return kind
    return "text"


_WRITTEN: Mapping[str, Callable[[Any], Any]] = {"truth": bool, "bytes": lambda value: b64encode(value).decode(), "day": str}


def _rows(session: Session, table: Table, taken: Taken) -> Iterator[bytes]:
    """The rows of a table, one JSON array a line."""
    told = [(n, _WRITTEN[kind]) for n, kind in enumerate(kind_of(column.type) for column in table.columns) if kind in _WRITTEN]
    for row in stream_rows(session, select(table).order_by(*table.primary_key.columns)):
        values = list(row)
        for n, written in told:
            if values[n] is not None:
                values[n] = written(values[n])
        taken.rows += 1
        yield orjson.dumps(values) + b"\n"


def _evidence(house: House, writer: Writer, name: str, digest: str, where: str, taken: Taken) -> None:
    """One file of evidence. A damaged one is kept as it is: what is left of it may be all there is."""
    path, found = house.data / "evidence" / name, sha256()

    def pieces() -> Iterator[bytes]:
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                found.update(piece)
                yield piece

    if not NAME.fullmatch(name) or not path.is_file():
        taken.missing.append(f"{where}: {path} is not there")
        return
    writer.entry({"kind": "evidence", "name": name}, pieces())
    taken.files += 1
    if found.hexdigest() != digest:
        taken.missing.append(f"{where}: {path} is not the file that the history speaks of")


def _pack(writer: Writer, place: Path, taken: Taken) -> None:
    """The files of a pack, by the folder's own name."""
    taken.packs += 1
    for path in sorted(place.rglob("*")):
        inside = path.relative_to(place)
        if path.is_file() and not any(part.startswith((".", "__pycache__")) for part in inside.parts):
            writer.entry({"kind": "pack", "name": "/".join((place.resolve().name, *inside.parts))}, _pieces(path))


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece

"""Unpacking a backup: rows into a database of the schema that the backup has, which is then brought to the newest, and files into folders.

Nothing in the file is believed: tables, columns and kinds of values have to be those of the schema, names of files those that a backup gives."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import MetaData, Table, insert, inspect, text

from inspect_app.audit import notes
from inspect_app.db import Database, Fixed, Session
from inspect_app.models import installation
from inspect_app.services import founding
from inspect_app.services.archive import BadArchive, Reader
from inspect_app.services.backing_up import LEFT_OUT, NAME, VERSION, kind_of
from inspect_app.services.bulk import insert_rows
from inspect_app.services.founding import RESTORING

LARGEST_ROW = 64 << 20
AT_ONCE, AT_ONCE_BYTES = 1000, 4 << 20
MOST_SETTINGS = 1000
MOST_PARTS, LONGEST_PART = 20, 200
_SCHEMA = re.compile(r"[0-9]{4}")
_NOT_ROWS = {"alembic_version", *LEFT_OUT}

_LATER = Fixed("PRAGMA defer_foreign_keys = ON", "SELECT 1")
_FOREIGN = text("""SELECT CAST(CAST(conrelid AS regclass) AS text), quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
  WHERE contype = 'f' AND connamespace = 'public'::regnamespace""")
_COUNTED = text("""SELECT CAST(CAST(d.refobjid AS regclass) AS text), quote_ident(a.attname), CAST(CAST(d.objid AS regclass) AS text)
  FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S' JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
  WHERE d.deptype IN ('a', 'i') AND s.relnamespace = 'public'::regnamespace""")


@dataclass(frozen=True)
class Header:
    """What a backup says of itself: its log, the schema of its rows, when it was taken (µs), the newest checkpoint then."""

    log: str
    schema: str
    made_at: int
    checkpoint: str | None


@dataclass
class Unpacked:
    """What was unpacked. `settings` are the rows by which an installation is one; they are not in the database yet."""

    header: Header
    rows: int = 0
    files: int = 0
    packs: set[str] = field(default_factory=set)
    settings: dict[str, str] = field(default_factory=dict)


def unpack(db: Database, reader: Reader, path: Path, files: Path, packs: Path) -> Unpacked:
    """Unpack everything, the rows in one transaction. Raises `BadArchive`, and the driver's errors; then no row is left."""
    entries = reader.entries()
    first = next(entries, None)
    done = Unpacked(_header(path, first[0] if first else {}))
    with db.atomic("all") as session:
        try:
            founding.migrate_in(session, done.header.schema)
        except founding.UnknownSchema:
            raise BadArchive(f"{path} has the schema {done.header.schema}, which this version does not know; restore it with the version that "
                             "took it, or a later one.") from None
        with _references_later(session):
            _unpack(session, entries, path, files, packs, done)
        founding.migrate_in(session)
        session.execute(insert(installation).values(name=RESTORING, value=done.header.log))
    return done


def _unpack(session: Session, entries: Iterator[tuple[dict[str, Any], Iterator[bytes]]], path: Path, files: Path, packs: Path,
            done: Unpacked) -> None:
    left = set(inspect(session).get_table_names()) - _NOT_ROWS
    for header, pieces in entries:
        kind, name = header.get("kind"), header.get("name")
        if kind == "table" and isinstance(name, str) and name in left:
            left.remove(name)
            _table(session, path, name, header.get("columns"), pieces, done)
        elif kind == "evidence" and isinstance(name, str) and NAME.fullmatch(name):
            _file(files / name, path, pieces)
            done.files += 1
        elif kind == "pack" and (parts := _parts(name)):
            _file(packs.joinpath(*parts), path, pieces)
            done.packs.add(parts[0])
        else:
            raise BadArchive(f"{path} holds what no backup of this schema holds: {str(kind)[:40]!r} {str(name)[:80]!r}. Take another copy of it.")


def _header(path: Path, told: Mapping[str, Any]) -> Header:
    log, schema, made_at, note = (told.get(name) for name in ("log", "schema", "made_at", "checkpoint"))
    if told.get("kind") != "backup" or told.get("v") != VERSION:
        raise BadArchive(f"{path} is a backup of another kind; restore it with the version that took it.")
    sound = isinstance(log, str) and notes.is_name(log) and isinstance(schema, str) and _SCHEMA.fullmatch(schema) and type(made_at) is int
    if not sound or not (note is None or isinstance(note, str)):
        raise BadArchive(f"{path} does not say what it is a backup of. Take another copy of it.")
    return Header(str(log), str(schema), int(made_at or 0), note)


def _parts(name: object) -> tuple[str, ...]:
    """The parts of a name in a pack; none where it could lead elsewhere."""
    parts = tuple(name.split("/")) if isinstance(name, str) else ()
    sound = 2 <= len(parts) <= MOST_PARTS and all(
        part and len(part.encode()) <= LONGEST_PART and part[0] != "." and part.isprintable() and "\\" not in part for part in parts)
    return parts if sound else ()


def _file(place: Path, path: Path, pieces: Iterator[bytes]) -> None:
    try:
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with place.open("xb") as file:
            place.chmod(0o600)
            for piece in pieces:
                file.write(piece)
    except (FileExistsError, NotADirectoryError, IsADirectoryError):
        raise BadArchive(f"{path} holds the file {place.name} twice. Take another copy of it.") from None


@contextmanager
def _references_later(session: Session) -> Iterator[None]:
    """Rows may refer to rows that come later; at the end every reference leads somewhere, or the transaction fails. And numbers that the
    database counts go on after those that are there."""
    _LATER.run(session, {})
    if session.dialect.name == "sqlite":
        yield
        return
    foreign = session.execute(_FOREIGN).all()
    for table, name, _ in foreign:
        session.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))
    yield
    for table, name, said in foreign:
        session.execute(text(f"ALTER TABLE {table} ADD CONSTRAINT {name} {said}"))
    for table, column, counter in session.execute(_COUNTED).all():
        session.execute(text(f"SELECT setval('{counter}', GREATEST(COALESCE(MAX({column}), 0), 1), MAX({column}) IS NOT NULL) FROM {table}"))  # noqa: S608


def _table(session: Session, path: Path, name: str, columns: Any, pieces: Iterator[bytes], done: Unpacked) -> None:
    table = Table(name, MetaData(), autoload_with=session, resolve_fks=False)
    kinds = {column.name: kind_of(column.type) for column in table.columns}
    try:
        told = {str(column): str(kind) for column, kind in columns}
    except (TypeError, ValueError):
        told = {}
    if not told or len(told) != len(columns) or any(kinds.get(column) != kind for column, kind in told.items()):
        raise BadArchive(f"{path} holds the table {name} with columns that its schema does not have. Take another copy of it.")
    kept = tuple(told)
    read = [_READERS[kind] for kind in told.values()]
    embedded = session.dialect.name == "sqlite"
    held: list[tuple[Any, ...]] = []
    size = 0
    for line in _lines(path, pieces):
        try:
            raw = orjson.loads(line)
            row = tuple(None if value is None else reads(value, embedded) for reads, value in zip(read, raw, strict=True))
        except (orjson.JSONDecodeError, NotBase64, ValueError, TypeError):
            raise BadArchive(f"{path} holds a row of {name} that cannot be read. Take another copy of it.") from None
        done.rows += 1
        if name == installation.name:
            _setting(path, dict(zip(kept, row, strict=True)), done)
            continue
        held.append(row)
        size += len(line)
        if len(held) >= AT_ONCE or size >= AT_ONCE_BYTES:
            insert_rows(session, table, kept, held)
            held, size = [], 0
    insert_rows(session, table, kept, held)


def _setting(path: Path, row: Mapping[str, Any], done: Unpacked) -> None:
    name, value = row.get("name"), row.get("value")
    if not isinstance(name, str) or not isinstance(value, str) or name == RESTORING or len(done.settings) >= MOST_SETTINGS:
        raise BadArchive(f"{path} holds settings that no installation has. Take another copy of it.")
    done.settings[name] = value


def _lines(path: Path, pieces: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        yield from whole
        if len(rest) > LARGEST_ROW:
            raise BadArchive(f"{path} holds a row that is larger than any. Take another copy of it.")
    if rest:
        raise BadArchive(f"{path} holds half a row. Take another copy of it.")


def _truth(value: Any, embedded: bool) -> Any:
    if not isinstance(value, bool):
        raise TypeError
    return int(value) if embedded else value


def _number(value: Any, embedded: bool) -> Any:
    if type(value) is not int or not -(2**63) <= value < 2**63:
        raise TypeError
    return value


def _bytes(value: Any, embedded: bool) -> Any:
    return b64decode(value, validate=True)


def _day(value: Any, embedded: bool) -> Any:
    day = date.fromisoformat(value)
    return day.isoformat() if embedded else day


def _said(value: Any, embedded: bool) -> Any:
    if not isinstance(value, str):
        raise TypeError
    return value


_READERS: Mapping[str, Callable[[Any, bool], Any]] = {"truth": _truth, "number": _number, "bytes": _bytes, "day": _day, "text": _said}

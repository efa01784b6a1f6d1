"""Files of evidence: stored under a random name outside the web root and before the act, checked when they are read."""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import IO, Any

from sqlalchemy import delete, insert, select

from inspect_app.access.parts import reach_of, sees_everything
from inspect_app.access.reading import PAPER, conducts, may_read_paper, readable
from inspect_app.errors import Invalid, NotFound, Problem, Tampered
from inspect_app.imports.archives import DAMAGED
from inspect_app.models import evidence, upload
from inspect_app.now import now
from inspect_app.services import untold, untraced
from inspect_app.services.events import events_of
from inspect_app.services.house import House
from inspect_app.services.queries import CaseRow
from workflows.acts import Actor

PDF, PNG, JPEG, TEXT, CSV = "application/pdf", "image/png", "image/jpeg", "text/plain", "text/csv"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODT = "application/vnd.oasis.opendocument.text"
ENDINGS = {"pdf": PDF, "png": PNG, "jpg": JPEG, "jpeg": JPEG, "txt": TEXT, "csv": CSV, "docx": DOCX, "xlsx": XLSX, "odt": ODT}
"""The kinds of file that are kept, by their usual endings."""

UNTRACED: dict[str, Callable[[bytes], bytes | None]] = {JPEG: untraced.jpeg, PNG: untraced.png, TEXT: bytes, CSV: bytes}
"""Kinds from which everything about their maker can be taken out, and how."""

UNTOLD = ("", "application/octet-stream")
"""What a sender says who does not know."""

PIECE = 1 << 20
DAY = 86_400_000_000
MOST_ENTRIES, MOST_UNPACKED, MOST_RATIO = 1000, 200 << 20, 100
"""What a packed document may hold; more is refused unopened."""

_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored file: its name here, its hash and size, what it is, and what the sender called it."""

    stored_as: str
    sha256: str
    size: int
    media_type: str
    filename: str

    def told(self) -> dict[str, Any]:
        """What the file answers itself of an item of evidence: `OF_FILE`."""
        return {"held_as": "file", "sha256": self.sha256, "size": self.size, "media_type": self.media_type, "filename": self.filename}


OF_FILE = frozenset({"held_as", "sha256", "size", "media_type", "filename"})
"""The inputs of an item of evidence that its file answers."""


def store(house: House, stream: IO[bytes], filename: str, declared: str, pointer: str = "/file", *, of_reporter: bool = False) -> Kept:
    """Keep a file: written and synced under a random name, and noted, before any act speaks of it. Raises `Invalid` where it is not what it says.

    For a reporter (`of_reporter`) it is kept without what it says of its maker, its name included; a kind from which that cannot be
    taken out is refused."""
    name = token_hex(32)
    folder = house.data / "evidence"
    folder.mkdir(parents=True, exist_ok=True)
    with house.db.atomic() as session:
        session.execute(insert(upload).values(stored_as=name, made_at=now()))
    part = folder / f"{name}.part"
    try:
        digest, size = _write(part, stream)
        called = _called(filename)
        found = _kind(part, called, declared.partition(";")[0].strip().lower(), pointer)
        if of_reporter:
            _untrace(part, found, pointer)
            with part.open("rb") as file:
                digest, size = _measured(file)
            called = f"file.{next(ending for ending, kind in ENDINGS.items() if kind == found)}"
    except BaseException:
        part.unlink(missing_ok=True)
        discard(house, name)
        raise
    part.replace(folder / name)
    _sync(folder)
    return Kept(name, digest, size, found, called)


def _write(part: Path, stream: IO[bytes]) -> tuple[str, int]:
    digest, size = sha256(), 0
    with part.open("xb") as file:
        os.fchmod(file.fileno(), 0o600)
        while piece := stream.read(PIECE):
            digest.update(piece)
            size += len(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest(), size


def _untrace(part: Path, kind: str, pointer: str) -> None:
    """Write the file anew without what it says of its maker. Raises `Invalid` for a kind that may hide it too well."""
    if kind not in UNTRACED:
        raise Invalid((Problem(pointer, "traces", "A file of this kind may hold its writer's name. Send a picture of the pages, or plain text."),))
    clean = UNTRACED[kind](part.read_bytes())
    if clean is None:
        raise Invalid((Problem(pointer, "kind", "This picture is damaged; take it again."),))
    with part.open("r+b") as file:
        file.truncate(0)
        file.write(clean)
        file.flush()
        os.fsync(file.fileno())


def _measured(file: IO[bytes]) -> tuple[str, int]:
    digest, size = sha256(), 0
    while piece := file.read(PIECE):
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _called(filename: str) -> str:
    """The last part of a sender's file name, without what a name should not hold."""
    last = filename.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in last if c.isprintable()).strip()[-200:] or "file"


def _kind(path: Path, filename: str, declared: str, pointer: str) -> str:
    """What a file is by its content. Raises `Invalid` where it is nothing we keep, or not what its sender or its ending says."""
    found = sniffed(path)
    if found is None:
        raise Invalid((Problem(pointer, "kind", f"Send one of: {', '.join(ENDINGS)}; this file is none of them."),))
    by_name = ENDINGS.get(filename.rpartition(".")[2].lower())
    for said, how in ((declared if declared not in UNTOLD else None, "is sent as"), (by_name, "is named as")):
        if said is not None and said != found and not {said, found} <= {TEXT, CSV}:
            raise Invalid((Problem(pointer, "kind", f"This file {how} {said}, but its content is {found}; send it as what it is."),))
    return CSV if found == TEXT and CSV in (declared, by_name) else found


def sniffed(path: Path) -> str | None:
    """The media type of a file's content, or None where it is no kind that is kept."""
    with path.open("rb") as file:
        head = file.read(8)
        if head.startswith(b"%PDF-"):
            return PDF
        if head == b"\x89PNG\r\n\x1a\n":
            return PNG
        if head.startswith(b"\xff\xd8\xff"):
            return JPEG
        if head.startswith(b"PK\x03\x04"):
            return _packed(file)
        file.seek(0)
        return TEXT if head and _is_text(file) else None


def _is_text(file: IO[bytes]) -> bool:
    rest = b""
    while piece := file.read(PIECE):
        if _CONTROLS.search(piece):
            return False
        whole = rest + piece
        try:
            whole.decode("utf-8")
            rest = b""
        except UnicodeDecodeError as error:
            if error.reason != "unexpected end of data" or len(whole) - error.start > 3:
                return False
            rest = whole[error.start:]
    return not rest


def _packed(file: IO[bytes]) -> str | None:
    """Which document a zip archive is; one with macros, too many parts or too much in them is none."""
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            names = {p.filename for p in parts}
            unpacked, packed = sum(p.file_size for p in parts), sum(p.compress_size for p in parts)
            if len(parts) > MOST_ENTRIES or unpacked > MOST_UNPACKED or unpacked > MOST_RATIO * max(packed, 1):
                return None
            if any(n.lower().endswith("vbaproject.bin") for n in names):
                return None
            if "[Content_Types].xml" in names:
                return DOCX if "word/document.xml" in names else XLSX if "xl/workbook.xml" in names else None
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                return ODT if archive.read("mimetype").decode("ascii", "replace").strip() == ODT else None
            return None
    except DAMAGED:
        return None


def discard(house: House, stored_as: str) -> None:
    """Remove a stored file that no event speaks of; one that an event speaks of stays."""
    with house.db.reading() as session:
        if session.execute(select(upload.c.stored_as).where(upload.c.stored_as == stored_as)).first() is None:
            return
    (house.data / "evidence" / stored_as).unlink(missing_ok=True)
    with house.db.atomic() as session:
        session.execute(delete(upload).where(upload.c.stored_as == stored_as))


def sweep(house: House, older_than: int = DAY) -> int:
    """Remove files that have waited for an event for more than a day; how many."""
    with house.db.reading() as session:
        names = session.execute(select(upload.c.stored_as).where(upload.c.made_at < now() - older_than)).scalars().all()
    for name in names:
        discard(house, name)
    return len(names)


@contextmanager
def until_told(house: House, kept: Kept | None) -> Iterator[None]:
    """While an act is tried that speaks of a stored file: where no event came of it, the file goes."""
    try:
        yield
    finally:
        if kept is not None:
            discard(house, kept.stored_as)


@dataclass(frozen=True, slots=True)
class Item:
    """An item of evidence as a reader may see it."""

    n: int
    seq: int
    held_as: str
    sha256: str | None
    size: int | None
    media_type: str | None
    stored_as: str | None
    withdrawn_seq: int | None
    added_at: int
    said: Mapping[str, Any]


def number_of(house: House, case_id: int, seq: int) -> int:
    """The number of the item that an event added."""
    with house.db.reading("all") as session:
        return int(session.execute(select(evidence.c.n).where(evidence.c.case_id == case_id, evidence.c.seq == seq)).scalar_one())


def items(house: House, row: CaseRow, actor: Actor) -> list[Item]:
    """The items of a case that this reader may see, by number.

    Who handles the case sees all of them; a party sees what it added itself, and what is cited in what it may read."""
    with house.db.reading(reach_of(actor)) as session:
        found = session.execute(select(evidence).where(evidence.c.case_id == row.id).order_by(evidence.c.n)).mappings().all()
        events = list(events_of(session, row.id)) if found else []
    everything = sees_everything(actor)
    handles = everything or conducts(row.parts)
    named = frozenset() if handles else untold.cited(row.workflow, events, row.parts)
    by_seq = {e.seq: e for e in events}
    shown = []
    for item in found:
        event = by_seq[item["seq"]]
        own = untold.is_own(event, row.parts, actor.id)
        as_paper = event.trigger == PAPER and not may_read_paper(event.data, None if everything else row.parts, row.unredacted)
        if (handles and not as_paper) or own or item["n"] in named:
            said, _ = readable(row.workflow, event.trigger, event.data, None if everything else row.parts, row.unredacted)
            shown.append(Item(item["n"], item["seq"], item["held_as"], item["sha256"], item["size"], item["media_type"], item["stored_as"],
                              item["withdrawn_seq"], event.recorded_at, said))
    return shown


def cited(house: House, row: CaseRow) -> frozenset[int]:
    """The numbers of the items that are cited in what somebody with the parts of this row may read."""
    with house.db.reading("all") as session:
        return untold.cited(row.workflow, events_of(session, row.id), row.parts, row.unredacted)


def item(house: House, row: CaseRow, actor: Actor, n: int) -> Item:
    """One item. Raises `NotFound` where there is none, or it is not this reader's to see."""
    for one in items(house, row, actor):
        if one.n == n:
            return one
    raise NotFound


def content(house: House, one: Item) -> tuple[IO[bytes], int]:
    """The file of an item, open at its beginning, and its size. Raises `NotFound` for a paper kept elsewhere, `Tampered` where the file is not
    the one its event committed to."""
    if one.stored_as is None:
        raise NotFound("This item is a paper kept elsewhere; its place is in the list.")
    try:
        file = (house.data / "evidence" / one.stored_as).open("rb")
    except FileNotFoundError:
        raise Tampered(f"The file of item {one.n} is gone.") from None
    digest, size = _measured(file)
    if digest != one.sha256 or size != one.size:
        file.close()
        raise Tampered(f"The file of item {one.n} is not the one its event speaks of.")
    file.seek(0)
    return file, size


def rows_of(house: House, case_id: int) -> list[dict[str, Any]]:
    """The rows of the items of evidence of a case, by number."""
    with house.db.reading("all") as session:
        rows = session.execute(select(evidence).where(evidence.c.case_id == case_id).order_by(evidence.c.n)).mappings().all()
    return [dict(row) for row in rows]


__all__ = ["OF_FILE", "Item", "Kept", "cited", "content", "discard", "item", "items", "number_of", "rows_of", "sniffed", "store", "sweep",
           "until_told"]

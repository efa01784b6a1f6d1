"""Restoring a backup into an empty place: all of it is verified before any of it is used, and what does not hold leaves nothing behind.

Everything is made beside the place first: the embedded database as another file, evidence and packs in a folder of their own. On PostgreSQL the
rows lie in the database itself, which has no name until the last transaction gives it the one it had, so that nothing serves from it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, Protocol

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import make_url

from config import BadSetting, Settings
from inspect_app.db import DRIVER_ERRORS, Database, Session
from inspect_app.errors import Refusal
from inspect_app.models import evidence, installation
from inspect_app.services import beginning, emptiness, erasing_again, founding, verifying
from inspect_app.services.archive import PIECE, BadArchive, Reader, Recipient
from inspect_app.services.beginning import Begun
from inspect_app.services.founding import RESTORING, open_house
from inspect_app.services.house import FORMER, LOG, House, read_former
from inspect_app.services.sequencing import Sequencer
from inspect_app.services.unpacking import Header, Unpacked, unpack
from inspect_app.services.verified import INTACT, OLDER, TAMPERED, Verified
from inspect_app.services.verifying import Outside
from workflows.acts import Actor

EVIDENCE, PACKS = "evidence", "packs"
STAGED = ".restoring"


class CannotRestore(Refusal):
    """The backup is not put in place; the sentence says why, and what to do. Nothing was changed."""


class Again(Protocol):
    """Something that happened after a backup and has to happen again in what is restored from it; returns how often."""

    def __call__(self, session: Session, house: House) -> int: ...


AGAIN: tuple[Again, ...] = (erasing_again.erase_again,)
"""What is done again, in order, before anything is used. A backup from before an erasure brings the content back; the list that is kept outside
the database takes it out again."""


@dataclass
class Restored:
    """What was restored. `missing` are files of evidence that the history speaks of and that the backup does not hold as it says."""

    header: Header
    rows: int
    files: int
    packs: list[str]
    verified: Verified
    missing: list[str] = field(default_factory=list)
    again: int = 0
    begun: Begun | None = None


class _Place(NamedTuple):
    """Where a restore goes, and the settings of where it is made first."""

    settings: Settings
    staged: Settings
    database: Path | None


def restore(settings: Settings, path: Path, actor: Actor, known: Sequence[Recipient] = (), outside: Outside | None = None, *,
            new_log: bool = False) -> Restored:
    """Put a backup in the place that the settings name, once it is verified; by a new log where that is asked for.

    Raises `BadArchive`, `CannotRestore`, `SignerRefuses`, `BadSetting`, `OSError`; then nothing is left behind."""
    place = _place(settings)
    with path.open("rb", buffering=PIECE) as file:
        reader = Reader(path, file, known)
        with _staging(place):
            db = Database(place.staged.database_owner_url or place.staged.database_url)
            try:
                done = _restored(db, place, path, reader, actor, outside or Outside(), new_log)
            except BaseException:
                emptiness.clear(db)
                raise
            finally:
                db.close()
            if place.database is not None:
                with _files_in_place(place):
                    _beside(place.database).replace(place.database)
    return done


def _restored(db: Database, place: _Place, path: Path, reader: Reader, actor: Actor, outside: Outside, new_log: bool) -> Restored:
    try:
        unpacked = unpack(db, reader, path, place.staged.data / EVIDENCE, place.staged.data / PACKS)
    except DRIVER_ERRORS as error:
        raise BadArchive(f"{path} holds what the database does not take ({type(error).__name__}). Take another copy of it.") from None
    application, worker = (url and make_url(url).username for url in (place.settings.database_url, place.settings.database_worker_url))
    if place.settings.database_owner_url and application:
        founding.secure(db, application, worker)
    house = open_house(replace(place.staged, packs=()), background=True)
    db.close()  # nothing of it stays open beside the processes that verify
    try:
        try:
            house.rename(unpacked.settings[LOG], read_former(unpacked.settings.get(FORMER)))
        except (KeyError, ValueError, TypeError):
            raise BadArchive(f"{path} does not name its log. Take another copy of it.") from None
        done = Restored(unpacked.header, unpacked.rows, unpacked.files, sorted(unpacked.packs), _verified(house, unpacked, outside, path, new_log))
        done.missing = list(_missing(house, place.staged.data / EVIDENCE, unpacked, path))
        with _files_in_place(place) if place.database is None else nullcontext(), db.atomic("all") as session:
            session.execute(delete(installation).where(installation.c.name == RESTORING))
            session.execute(insert(installation), [{"name": name, "value": value} for name, value in unpacked.settings.items()])
            if new_log:
                done.begun, former = beginning.begin_in(session, house, actor)
                house.rename(done.begun.log, former)
            done.again = sum(again(session, house) for again in AGAIN)
        erasing_again.settle(house, done.again)
        if done.begun is not None:
            with suppress(*DRIVER_ERRORS):  # else the worker puts it in
                Sequencer(house).round()
    finally:
        house.db.close()
    return done


def _verified(house: House, unpacked: Unpacked, outside: Outside, path: Path, new_log: bool) -> Verified:
    """The verification of what was unpacked, against the checkpoint in the backup too. Raises `CannotRestore` where it does not hold."""
    own = [(f"the checkpoint in {path}", unpacked.header.checkpoint.encode())] if unpacked.header.checkpoint else []
    done = verifying.verify(house, replace(outside, checkpoints=[*own, *outside.checkpoints], restoring=True))
    if done.status == TAMPERED:
        raise CannotRestore(f"{path} is not restored: {done.first}. {done.found} such findings. "
                            "Restore an older backup, and keep this one as evidence.")
    if done.unknown:
        raise CannotRestore(f"{path} is not restored, because this cannot be told: {done.unknown[0]}. "
                            "Give checkpoints, receipts and keys of this log.")
    if done.status == OLDER and not new_log:
        raise CannotRestore(f"{path} is not restored, because later states are known: {done.older[0]}. Restore a newer backup; if there is none, "
                            "--new-log begins a new log that names the old one.")
    assert done.status in (INTACT, OLDER)
    return done


def _missing(house: House, folder: Path, unpacked: Unpacked, path: Path) -> Iterator[str]:
    """The files of evidence that are not there as the history says. Raises `BadArchive` where there are others."""
    found, after = 0, 0
    while True:
        with house.db.reading("all") as session:
            rows = session.execute(select(evidence.c.id, evidence.c.stored_as, evidence.c.sha256, evidence.c.case_id, evidence.c.n).where(
                evidence.c.stored_as.is_not(None), evidence.c.id > after).order_by(evidence.c.id).limit(1000)).all()
        if not rows:
            break
        for _, name, digest, case_id, n in rows:
            file = folder / str(name)
            found += file.is_file()
            if not file.is_file():
                yield f"case {case_id}, item {n}: the backup does not hold the file {name}"
            elif _digest(file) != digest:
                yield f"case {case_id}, item {n}: the file {name} is not the one that the history speaks of"
        after = rows[-1][0]
    if found != unpacked.files:
        raise BadArchive(f"{path} holds {unpacked.files} files of evidence, the history speaks of {found} of them. Take another copy of it.")


def _digest(file: Path) -> str:
    digest = sha256()
    with file.open("rb") as stream:
        while piece := stream.read(PIECE):
            digest.update(piece)
    return digest.hexdigest()


def _place(settings: Settings) -> _Place:
    """Where the restore goes. Raises `CannotRestore` where that is not empty."""
    url = make_url(settings.database_url)
    database = None
    if url.get_backend_name() == "sqlite":
        if not url.database or url.database == ":memory:":
            raise BadSetting("INSPECT_DATABASE_URL must name a file, for example sqlite:///var/inspect.db.")
        database = Path(url.database)
        if database.exists() and database.stat().st_size:
            raise CannotRestore(f"{database} is there already; a backup is restored into an empty place only: "
                                "name another file in INSPECT_DATABASE_URL.")
    else:
        db = Database(settings.database_owner_url or settings.database_url)
        try:
            if not emptiness.is_empty(db):
                raise CannotRestore(f"The database {url.database} holds tables; a backup is restored into an empty one only: make a new one for it.")
        finally:
            db.close()
    if settings.data.exists() and any(path.name != STAGED for path in settings.data.iterdir()):
        raise CannotRestore(f"{settings.data} holds files; a backup is restored into an empty folder only: name another in INSPECT_DATA.")
    staged = replace(settings, data=settings.data / STAGED)
    if database is not None:
        staged = replace(staged, database_url=f"sqlite:///{_beside(database)}", database_owner_url=None, database_worker_url=None)
    return _Place(settings, staged, database)


def _beside(database: Path) -> Path:
    return database.with_name(f"{database.name}{STAGED}")


@contextmanager
def _staging(place: _Place) -> Iterator[None]:
    """Room beside the place, empty before and gone afterwards; folders that were made for it go too, where they stayed empty."""
    made = [folder for folder in (place.settings.data, *(() if place.database is None else (place.database.parent,))) if not folder.exists()]
    _sweep(place)
    place.staged.data.mkdir(parents=True, mode=0o700)
    try:
        yield
    finally:
        _sweep(place)
        for folder in made:
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()


def _sweep(place: _Place) -> None:
    shutil.rmtree(place.staged.data, ignore_errors=True)
    if place.database is not None:
        beside = _beside(place.database)
        for end in ("", "-wal", "-shm", "-journal", "-next", "-writer"):
            beside.with_name(f"{beside.name}{end}").unlink(missing_ok=True)


@contextmanager
def _files_in_place(place: _Place) -> Iterator[None]:
    """Files are in place while the database follows; where it does not, they go again. It comes last: with it there is an installation."""
    moved = [name for name in (EVIDENCE, PACKS) if (place.staged.data / name).exists()]
    try:
        for name in moved:
            (place.staged.data / name).replace(place.settings.data / name)
        yield
    except BaseException:
        for name in moved:
            shutil.rmtree(place.settings.data / name, ignore_errors=True)
        raise

"""Files of a register between two pages: kept in a folder that only who sent them comes to, until they are imported or a day is over."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from secrets import token_hex

from sqlalchemy import select

from inspect_app.access.parts import in_force
from inspect_app.errors import NotFound
from inspect_app.models import role_grant, unit, unit_above
from inspect_app.now import now
from inspect_app.services.administering import refuse
from inspect_app.services.house import House
from inspect_app.services.queries import today
from workflows.acts import Actor
from workflows.roles import Role

MOST_FILES = 20
DAY = 86_400_000_000
"""µs for which files are kept that nobody imports."""
_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)
_OWNER, _MAPPING, _BEGAN = "owner", "mapping.toml", "began"


def keep(house: House, actor: Actor, files: Sequence[tuple[str, Callable[[Path], object]]]) -> str:
    """Keep files, each with its name and what saves it at a path; returns under which name. A file `*.toml` is the mapping. Raises `Invalid`."""
    _sweep(house)
    if not files or len(files) > MOST_FILES:
        refuse(actor, "files", "fault.files", most=MOST_FILES)
    id_ = token_hex(16)
    folder = _all(house) / id_
    tables = folder / "tables"
    _all(house).mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.mkdir(mode=0o700)
    tables.mkdir(mode=0o700)
    (folder / _OWNER).write_text(actor.id, "utf-8")
    (folder / _BEGAN).write_text(str(now()), "ascii")
    for name, save in files:
        bare = re.sub(r"[^\w. -]", "_", Path(name.replace("\\", "/")).name).lstrip(".")[:120] or "table"
        if bare.lower().endswith(".toml"):
            save(folder / _MAPPING)
        elif (tables / bare).exists():
            shutil.rmtree(folder)
            refuse(actor, "files", "fault.file_twice", name=bare)
        else:
            save(tables / bare)
    if not any(tables.iterdir()):
        shutil.rmtree(folder)
        refuse(actor, "files", "fault.tables_needed")
    return id_


def kept(house: House, actor: Actor, id_: str) -> Path:
    """The folder of kept files. Raises `NotFound` where there is none, or it is somebody else's."""
    folder = _all(house) / id_
    if not _ID.fullmatch(id_) or not (folder / _OWNER).is_file() or (folder / _OWNER).read_text("utf-8") != actor.id:
        raise NotFound
    return folder


def tables(folder: Path) -> list[Path]:
    """The tables in it."""
    return sorted((folder / "tables").iterdir())


def mapping(folder: Path) -> str | None:
    """The mapping as it was last written, None where there is none yet."""
    path = folder / _MAPPING
    return path.read_bytes().decode("utf-8", "replace") if path.is_file() else None


def write_mapping(folder: Path, text: str) -> None:
    """Keep the mapping beside the tables."""
    (folder / _MAPPING).write_text(text, "utf-8")


def discard(folder: Path) -> None:
    """The files are no longer needed."""
    shutil.rmtree(folder, ignore_errors=True)


def units_of(house: House, actor: Actor) -> list[tuple[str, str]]:
    """Code and name of the units whose registers this person may take in: those for which they are chair, and all below."""
    on = today(house)
    with house.db.reading() as session:
        mine = select(unit_above.c.unit_id).join(role_grant, role_grant.c.unit_id == unit_above.c.above_id).where(
            role_grant.c.person_id == actor.person_id, role_grant.c.role == Role.CHAIR.value, in_force(role_grant, on))
        rows = session.execute(select(unit.c.code, unit.c.name).where(unit.c.id.in_(mine), unit.c.dissolved_on.is_(None)).order_by(unit.c.path))
        return [(code, name) for code, name in rows]


def _all(house: House) -> Path:
    return house.data / "registers"


def _sweep(house: House) -> None:
    """What nobody imported for a day goes."""
    at = now()
    for folder in _all(house).glob("*"):
        began = folder / _BEGAN
        told = began.read_text("ascii") if began.is_file() else "0"
        if not told.isdecimal() or int(told) + DAY < at:
            shutil.rmtree(folder, ignore_errors=True)

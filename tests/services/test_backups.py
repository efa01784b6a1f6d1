"""Backups: taken while everything runs, restored whole or not at all, and never in place of a later state; on either database, from either."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import text

from config import BadSetting, Settings
from inspect_app.audit import histories
from inspect_app.db import Database
from inspect_app.errors import Unreadable
from inspect_app.models import metadata
from inspect_app.services import (
    archive,
    backing_up,
    beginning,
    casework,
    checkpoints,
    drilling,
    emptiness,
    evidence,
    founding,
    keeping_log,
    keys,
    proofs,
    restoring,
    verifying,
)
from inspect_app.services.archive import BadArchive, Reader, Recipient, Writer
from inspect_app.services.beginning import CannotBegin
from inspect_app.services.founding import is_founded, open_house
from inspect_app.services.restoring import CannotRestore, restore
from inspect_app.services.verifying import Outside
from tests.postgres import Cluster
from tests.services.organisation import Organisation
from workflows.acts import Act, Actor

CONSOLE = Actor("console:test", "test")
KINDS = ("sqlite", "postgresql")
SQLITE = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
FROM_EITHER_TO_EITHER = pytest.mark.parametrize(("settings", "elsewhere"), [
    pytest.param(one, other, marks=[pytest.mark.postgresql] * ("postgresql" in (one, other)) + [pytest.mark.full] * (one == other))
    for one in KINDS for other in KINDS], indirect=True)
"""In the suite from each database to the other; from each to its own kind with the long proofs, and on SQLite in the tests of all else."""
_numbers = count()


@pytest.fixture
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path, settings: Settings) -> Iterator[Settings]:
    """An empty place beside the house, with the same keys."""
    place = replace(settings, database_url=f"sqlite:///{tmp_path / 'new' / 'inspect.db'}", database_owner_url=None, database_worker_url=None,
                    data=tmp_path / "new" / "data")
    if request.param == "sqlite":
        yield place
        return
    running: Cluster = request.getfixturevalue("postgres")
    name = f"restored_{next(_numbers)}"
    yield replace(place, database_url=running.new_database(name))
    running.drop_database(name)


def a_case(org: Organisation) -> str:
    """A case with a file of evidence, all of it in the log."""
    case = org.ordered()
    kept = evidence.store(org.house, BytesIO(b"what was found"), "found.txt", "text/plain")
    said = {"description": "A record", "held_as": "file", "sha256": kept.sha256, "size": kept.size, "media_type": kept.media_type,
            "filename": kept.filename}
    casework.fire(org.house, case, Act("add_evidence", org["officer"], said, stored_as=kept.stored_as))
    keeping_log.round_of(org.house)
    return case


def rows(db: Database) -> dict[str, list[Any]]:
    """Every row that a backup holds."""
    with db.reading("all") as session:
        return {table.name: sorted((tuple(row) for row in session.execute(table.select())), key=repr)
                for table in metadata.sorted_tables if table.name not in backing_up.LEFT_OUT}


def left(place: Settings) -> list[str]:
    """What is left in a place where nothing was restored."""
    found = [str(path) for folder in {place.data, place.data.parent} if folder.exists() for path in folder.iterdir()]
    db = Database(place.database_url)
    if not db.is_sqlite and not emptiness.is_empty(db):
        found.append("tables")
    db.close()
    return found if not db.is_sqlite or Path(str(db.url.database)).parent != place.data.parent else [one for one in found if "inspect.db" not in one]


@FROM_EITHER_TO_EITHER
def test_what_is_restored_is_what_was_there(org: Organisation, settings: Settings, elsewhere: Settings, tmp_path: Path) -> None:
    case = a_case(org)
    secret, public = tmp_path / "key", tmp_path / "key.pub"
    for path, line in zip((secret, public), archive.make_key(), strict=True):
        path.write_text(line)
    pack = tmp_path / "pack"
    (pack / "inside").mkdir(parents=True)
    (pack / "inside" / "pack.toml").write_text("name = 'ours'")
    file = tmp_path / "backup"
    taken = backing_up.back_up(org.house, file, [pack], [archive.read_key(public)])
    assert (taken.files, taken.packs, taken.missing, taken.leaves) == (1, 1, [], checkpoints.newest(org.house).point.size)
    raw = file.read_bytes()
    for held in (case.encode(), b"what was found", *(key.hex().encode() for key in keys.signing(org.house.keys, keys.LOG))):
        assert held not in raw
    org.open(title="After the backup")
    with pytest.raises(BadArchive, match="--key"):
        restore(elsewhere, file, CONSOLE)
    done = restore(elsewhere, file, CONSOLE, [archive.read_key(secret)], Outside([("kept", checkpoints.newest(org.house).note.encode())]))
    assert (done.verified.status, done.missing, done.rows, done.packs) == (0, [], taken.rows, ["pack"])
    assert (elsewhere.data / "packs" / "pack" / "inside" / "pack.toml").read_text() == "name = 'ours'"
    assert [path.read_bytes() for path in (elsewhere.data / "evidence").iterdir()] == [b"what was found"]
    assert sorted(path.name for path in elsewhere.data.iterdir()) == ["evidence", "packs"]
    copy = open_house(elsewhere)
    assert is_founded(copy.db) and copy.log == org.house.log
    keeping_log.round_of(copy)
    assert verifying.verify(copy).status == 0
    with pytest.raises(Unreadable, match="is there already"):
        backing_up.back_up(copy, file)
    with pytest.raises(CannotRestore, match="empty"):
        restore(elsewhere, file, CONSOLE, [archive.read_key(secret)])
    assert is_founded(copy.db)
    copy.db.close()


@FROM_EITHER_TO_EITHER
def test_every_row_comes_back_as_it_was(org: Organisation, elsewhere: Settings, tmp_path: Path) -> None:
    a_case(org)
    before = rows(org.house.db)
    backing_up.back_up(org.house, tmp_path / "backup")
    restore(elsewhere, tmp_path / "backup", CONSOLE)
    copy = open_house(elsewhere)
    assert rows(copy.db) == before
    assert Organisation(copy, org.people).open(title="Numbers go on").seq == 1
    copy.db.close()


@FROM_EITHER_TO_EITHER
def test_what_is_written_meanwhile_is_not_in_it(org: Organisation, elsewhere: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_case(org)
    entry = Writer.entry

    def beside(writer: Writer, header: Any, pieces: Any = ()) -> None:
        if header.get("kind") == "table":
            org.open(title=f"Beside {header['name']}")
        entry(writer, header, pieces)

    with monkeypatch.context() as patch:
        patch.setattr(Writer, "entry", beside)
        backing_up.back_up(org.house, tmp_path / "backup")
    assert restore(elsewhere, tmp_path / "backup", CONSOLE).verified.status == 0


@FROM_EITHER_TO_EITHER
def test_where_a_later_state_is_known_nothing_is_restored(org: Organisation, elsewhere: Settings, tmp_path: Path) -> None:
    a_case(org)
    backing_up.back_up(org.house, tmp_path / "backup")
    old = org.house.log
    promised = checkpoints.promise(org.house, org.open(title="Lost"))
    assert promised is not None
    keeping_log.round_of(org.house)
    later = checkpoints.newest(org.house)
    with pytest.raises(CannotRestore, match="the signer knows"):
        restore(elsewhere, tmp_path / "backup", CONSOLE)
    fresh = replace(elsewhere, keys=tmp_path / "no keys")
    receipts = [("lost.txt", str(promised["note"]).encode())]
    known = (Outside([("kept", later.note.encode())]), Outside(receipts=receipts), Outside(codes=[later.point.code]))
    for outside in known if elsewhere.database_url.startswith("sqlite") else ():
        with pytest.raises(CannotRestore, match="--new-log"):
            restore(fresh, tmp_path / "backup", CONSOLE, outside=outside)
    assert left(elsewhere) == []
    done = restore(elsewhere, tmp_path / "backup", CONSOLE, outside=Outside([("kept", later.note.encode())], receipts), new_log=True)
    assert done.begun is not None and done.begun.before.origin == old and len(done.verified.older) == 3
    copy = open_house(elsewhere)
    assert copy.log == done.begun.log != old and copy.begun == done.begun.before.size < later.point.size
    keeping_log.round_of(copy)
    assert verifying.verify(copy).status == 0
    held = verifying.verify(copy, Outside([("kept", later.note.encode())], receipts))
    assert held.status == 3 and len(held.older) == 2
    copy.db.close()


@SQLITE
def test_a_new_log_names_the_old_one_in_its_first_leaf_and_goes_on_from_it(org: Organisation, tmp_path: Path) -> None:
    house, case = org.house, a_case(org)
    before = checkpoints.newest(house)
    org.act("officer", case, "note_for_record", note="it waits when the new log begins")
    begun = beginning.begin(house, CONSOLE)
    assert begun.before == before.point and house.log == begun.log != before.point.origin
    with house.db.snapshot("all") as session:
        first = checkpoints.entry_bundle(session, 0)[before.point.size]
        query = text("SELECT c.body FROM event e JOIN content c ON c.event_id = e.event_id WHERE e.\"trigger\" = 'begin_log'")
        told = session.execute(query).scalar_one()
    assert begun.log.encode() in first and before.point.origin.encode() in told and str(before.point.size).encode() in told
    keeping_log.round_of(house)
    org.act("officer", case, "note_for_record", note="it goes on")
    keeping_log.round_of(house)
    newest = checkpoints.newest(house)
    assert newest.point.origin == begun.log and newest.point.size > before.point.size
    done = verifying.verify(house, Outside([("before", before.note.encode()), ("newest", newest.note.encode())],
                                           codes=[before.point.code, newest.point.code]))
    assert (done.status, done.findings, done.waiting, done.unsigned) == (0, [], 0, 0)
    assert checkpoints.opened(house, before.note.encode()) == before.point
    with house.db.snapshot("all") as session:
        id_ = session.execute(text("SELECT id FROM cases WHERE uid = :uid"), {"uid": case}).scalar_one()
        proof, envelopes = proofs.whole_history(session, house, id_)
        assert histories.check(histories.read(proof.to_json()), envelopes, checkpoints.known(session)) == newest.point
    again = beginning.begin(house, CONSOLE)
    keeping_log.round_of(house)
    assert verifying.verify(house).status == 0 and [one.log for one in house.former] == [before.point.origin, begun.log] and again.log == house.log


@SQLITE
def test_who_holds_the_database_alone_leaves_nothing_behind_by_a_new_log(org: Organisation, settings: Settings, tmp_path: Path) -> None:
    a_case(org)
    backing_up.back_up(org.house, tmp_path / "backup")
    org.open(title="To be forgotten")
    keeping_log.round_of(org.house)
    place = replace(settings, database_url=f"sqlite:///{tmp_path / 'forged.db'}", data=tmp_path / "forged", keys=tmp_path / "own keys")
    restore(place, tmp_path / "backup", CONSOLE, new_log=True)
    forged = open_house(replace(place, keys=settings.keys))
    done = verifying.verify(forged)
    assert done.status == 3 and "not here" in done.older[0]
    forged.db.close()


@SQLITE
def test_a_new_log_does_not_begin_under_those_who_write_the_old_one(org: Organisation) -> None:
    with org.house.db.leading("log") as leads, pytest.raises(CannotBegin, match="stop"):
        assert leads
        beginning.begin(org.house, CONSOLE)


@FROM_EITHER_TO_EITHER
def test_a_forged_backup_is_not_restored(org: Organisation, elsewhere: Settings, tmp_path: Path) -> None:
    case = a_case(org)
    with org.house.db.atomic("all") as session:
        session.execute(text("UPDATE cases SET title = 'Another' WHERE uid = :uid"), {"uid": case})
    backing_up.back_up(org.house, tmp_path / "backup")
    with pytest.raises(CannotRestore, match="is not restored"):
        restore(elsewhere, tmp_path / "backup", CONSOLE)
    assert left(elsewhere) == []


@SQLITE
def test_a_file_of_evidence_that_is_gone_or_damaged_is_told(org: Organisation, settings: Settings, tmp_path: Path) -> None:
    a_case(org)
    file = next((org.house.data / "evidence").iterdir())
    for n, damage in enumerate(("damaged", "gone")):
        if damage == "damaged":
            file.write_bytes(b"something else")
        else:
            file.unlink()
        taken = backing_up.back_up(org.house, tmp_path / f"{n}.backup")
        place = replace(settings, database_url=f"sqlite:///{tmp_path / f'{n}.db'}", data=tmp_path / f"data{n}")
        assert len(taken.missing) == len(restore(place, tmp_path / f"{n}.backup", CONSOLE).missing) == 1


@pytest.fixture
def sealed(org: Organisation, tmp_path: Path) -> tuple[bytes, bytes, Recipient]:
    """A backup in the clear, the same sealed, and the key."""
    a_case(org)
    (tmp_path / "key").write_text(archive.make_key()[0])
    key = archive.read_key(tmp_path / "key")
    backing_up.back_up(org.house, tmp_path / "clear")
    backing_up.back_up(org.house, tmp_path / "sealed", (), [key])
    return (tmp_path / "clear").read_bytes(), (tmp_path / "sealed").read_bytes(), key


def read(tmp_path: Path, raw: bytes, known: list[Recipient]) -> list[Any]:
    path = tmp_path / "given"
    path.write_bytes(raw)
    with path.open("rb") as file:
        return [(header, b"".join(pieces)) for header, pieces in Reader(path, file, known).entries()]


@SQLITE
def test_no_changed_byte_and_no_missing_end_goes_unseen(sealed: tuple[bytes, bytes, Recipient], tmp_path: Path) -> None:
    clear, closed, key = sealed
    rng = Random(3)
    whole = [read(tmp_path, raw, [key]) for raw in (clear, closed)]
    assert [header.get("name") for header, _ in whole[0]] == [header.get("name") for header, _ in whole[1]]
    for raw in (clear, closed):
        for _ in range(60):
            spot = rng.randrange(len(raw))
            with pytest.raises(BadArchive):
                read(tmp_path, raw[:spot] + bytes([raw[spot] ^ 1 << rng.randrange(8)]) + raw[spot + 1:], [key])
            with pytest.raises(BadArchive):
                read(tmp_path, raw[:rng.randrange(len(raw))], [key])
        with pytest.raises(BadArchive):
            read(tmp_path, raw + b"x", [key])
    with pytest.raises(BadArchive, match="sealed for"):
        read(tmp_path, closed, [])


def hostile(change: Callable[[Writer], None], path: Path) -> Path:
    with path.open("wb") as file:
        writer = Writer(file)
        change(writer)
        writer.end()
    return path


HEADER = {"kind": "backup", "v": 1, "log": "inspect-app/0", "schema": "0007", "made_at": 1, "checkpoint": None}
NAME = "0" * 64
HOSTILE: dict[str, list[tuple[dict[str, Any], bytes]]] = {
    "nothing": [],
    "no header": [({"kind": "table"}, b"")],
    "a schema of nowhere": [(HEADER | {"schema": "9999"}, b"")],
    "a schema that is none": [(HEADER | {"schema": "head"}, b"")],
    "no log": [(HEADER, b"")],
    "a table of ours that is none": [(HEADER, b""), ({"kind": "table", "name": "alembic_version", "columns": [["version_num", "text"]]}, b'["1"]\n')],
    "a table twice": [(HEADER, b""), *[({"kind": "table", "name": "unit", "columns": [["id", "number"]]}, b"")] * 2],
    "columns that are none": [(HEADER, b""), ({"kind": "table", "name": "unit", "columns": [["x; DROP", "number"]]}, b"")],
    "columns without end": [(HEADER, b""), ({"kind": "table", "name": "unit", "columns": 7}, b"")],
    "a row that is none": [(HEADER, b""), ({"kind": "table", "name": "unit", "columns": [["id", "number"]]}, b"{}\n")],
    "a number that is none": [(HEADER, b""), ({"kind": "table", "name": "unit", "columns": [["id", "number"]]}, b"[true]\n")],
    "half a row": [(HEADER, b""), ({"kind": "table", "name": "unit", "columns": [["id", "number"]]}, b"[1")],
    "a row without what it needs": [(HEADER, b""), ({"kind": "table", "name": "unit", "columns": [["id", "number"]]}, b"[1]\n")],
    "a way out": [(HEADER, b""), ({"kind": "evidence", "name": "../../x"}, b"x")],
    "a way out of a pack": [(HEADER, b""), ({"kind": "pack", "name": "a/../../x"}, b"x")],
    "an absolute pack": [(HEADER, b""), ({"kind": "pack", "name": "/a/x"}, b"x")],
    "a file twice": [(HEADER, b""), *[({"kind": "pack", "name": "a/x"}, b"x")] * 2],
    "a file as a folder": [(HEADER, b""), ({"kind": "pack", "name": "a/x"}, b"x"), ({"kind": "pack", "name": "a/x/y"}, b"x")],
    "evidence of nothing": [(HEADER, b""), ({"kind": "table", "name": "installation", "columns": [["name", "text"], ["value", "text"]]},
                                           b'["log","inspect-app/0"]\n'), ({"kind": "evidence", "name": NAME}, b"x")],
}


@pytest.mark.parametrize("what", HOSTILE)
@SQLITE
def test_a_hostile_file_is_refused_and_leaves_nothing(what: str, settings: Settings, tmp_path: Path) -> None:
    def change(writer: Writer) -> None:
        for header, data in HOSTILE[what]:
            writer.entry(header, [data])

    place = replace(settings, database_url=f"sqlite:///{tmp_path / 'new' / 'inspect.db'}", data=tmp_path / "new" / "data")
    with pytest.raises((BadArchive, CannotRestore), match=r"[Tt]ake another copy|version|Restore"):
        restore(place, hostile(change, tmp_path / "hostile"), CONSOLE)
    assert not (tmp_path / "new").exists()


def test_a_file_that_swells_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb"
    with path.open("wb") as file:
        Writer(file)
        for _ in range(archive.ROOM // archive.PIECE // 8):
            raw = archive.DATA + zlib.compress(bytes(64 << 20), 9)
            file.write(len(raw).to_bytes(4, "big") + raw)
            break
    with path.open("rb") as file, pytest.raises(BadArchive, match="more than any"):
        list(Reader(path, file).entries())


@SQLITE
def test_the_drill_is_one_command(org: Organisation, settings: Settings, tmp_path: Path) -> None:
    a_case(org)
    (tmp_path / "key").write_text(archive.make_key()[0])
    key = archive.read_key(tmp_path / "key")
    done = drilling.drill(org.house, settings, CONSOLE, keys=[key], room=tmp_path)
    assert done.taken is not None and done.taken.files == 1 and done.verified.status == 0 and done.restored.missing == []
    backing_up.back_up(org.house, tmp_path / "backup")
    org.open(title="Meanwhile")
    keeping_log.round_of(org.house)
    assert drilling.drill(org.house, settings, CONSOLE, tmp_path / "backup", room=tmp_path).verified.status == 0
    assert list(tmp_path.glob("inspect-drill-*")) == []


@pytest.mark.postgresql
@pytest.mark.parametrize("settings", ["sqlite", pytest.param("postgresql", marks=pytest.mark.full)], indirect=True)
def test_a_restore_that_was_broken_off_is_begun_anew(tmp_path: Path, new_database: Callable[[str], str], org: Organisation, settings: Settings,
                                                     monkeypatch: pytest.MonkeyPatch) -> None:
    a_case(org)
    backing_up.back_up(org.house, tmp_path / "backup")
    place = replace(settings, database_url=new_database(f"broken_{next(_numbers)}"), database_owner_url=None, database_worker_url=None,
                    data=tmp_path / "new")
    with monkeypatch.context() as patch:
        patch.setattr(emptiness, "clear", lambda db: None)
        patch.setattr(restoring, "_verified", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            restore(place, tmp_path / "backup", CONSOLE)
    db = Database(place.database_url)
    assert not is_founded(db)
    with pytest.raises(BadSetting, match="not finished"):
        founding.found(db)
    db.close()
    assert restore(place, tmp_path / "backup", CONSOLE).verified.status == 0



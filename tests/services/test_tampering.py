"""Whoever holds the database, the keys of the log too, changes nothing unseen: every change of a covered row is found, and copies pass."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import orjson
import pytest

from config import Settings
from inspect_app.audit.envelope import b64url, digest_of, leaf_hash
from inspect_app.db import Database
from inspect_app.services import checkpoints, chronicle, keeping_log, paper_laws, signer, verifying, verifying_streams
from inspect_app.services.founding import open_house
from inspect_app.services.house import House
from inspect_app.services.verifying import Outside
from inspect_app.services.verifying_streams import Judge
from tests.services.drive import Drive
from tests.services.looking import looking
from tests.services.organisation import Organisation, organise
from tests.services.tampering import TABLES, Blind, Change, tampering
from workflows.acts import Actor

CONSOLE = Actor("console:test", "test")
STEPS = 400


@dataclass(frozen=True)
class Original:
    """A database with a history of every kind, its log kept, and what an auditor took away: the newest checkpoint, and one of before."""

    house: House
    settings: Settings
    newest: bytes
    before: bytes
    receipts: tuple[tuple[str, bytes], ...]


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory, keys_folder: Path, shaped: Callable[..., str]) -> Iterator[Original]:
    """Made once; every test works on copies."""
    folder = tmp_path_factory.mktemp("original")
    settings = Settings(database_url=shaped("sqlite", str(folder / "inspect.db"), None), mode="test", data=folder / "data",
                        keys=shutil.copytree(keys_folder, folder / "keys"))
    house = open_house(settings)
    org = organise(house)
    receipts = []
    with looking(house.db) as sql:
        Drive(org, 10, sql).run(STEPS)
    paper_laws.change_scheme(house, org["admin"], "generic", "order", "O-{number}/{year}")
    keeping_log.round_of(house)
    before = checkpoints.newest(house).note.encode()
    for n in range(3):
        event = org.open(title=f"Promised {n}")
        told = checkpoints.promise(house, event)
        assert told is not None
        receipts.append((f"{n}.json", orjson.dumps({"event": {"receipt": told}})))
    with house.db.atomic("all") as session:
        chronicle.note(session, house, CONSOLE, "add_unit", {"n": 1})
    keeping_log.round_of(house)
    yield Original(house, settings, checkpoints.newest(house).note.encode(), before, tuple(receipts))
    house.db.close()


def copied(original: Original, to: Path) -> tuple[House, Settings]:
    """A copy of the database, with the keys and what the signer saw."""
    to.mkdir()
    with closing(sqlite3.connect(str(original.house.db.url.database))) as one, closing(sqlite3.connect(to / "inspect.db")) as other:
        one.backup(other)
    settings = replace(original.settings, database_url=f"sqlite:///{to / 'inspect.db'}", keys=shutil.copytree(original.settings.keys, to / "keys"))
    house = original.house
    return House(Database(settings.database_url), house.catalogue, house.zone, house.data, "test", settings.keys), settings


def status(original: Original, house: House) -> int:
    done = verifying.verify(house, Outside([("newest", original.newest)], original.receipts))
    assert not done.found or (done.first is not None and done.first.what)
    return done.status


def test_the_history_has_rows_in_every_covered_table(original: Original) -> None:
    with closing(sqlite3.connect(str(original.house.db.url.database))) as there:
        empty = {table for table in TABLES if not there.execute(f'SELECT COUNT(*) FROM "{table}"').fetchone()[0]}
    assert empty <= {"log_pending", "calendar_day",
                     "outage", "close_tie", "absence", "delegation", "sanction", "named", "calendar", "declared_conflict"}


def blind(original: Original, folder: Path, seeds: range) -> None:
    missed = []
    for seed in seeds:
        house, settings = copied(original, folder / str(seed))
        with tampering(settings) as change:
            done = Blind(change, seed).once()
        if status(original, house) != 2:
            missed.append((seed, done))
        house.db.close()
        shutil.rmtree(folder / str(seed))
    assert missed == []


def clean(original: Original, folder: Path, times: int) -> None:
    for n in range(times):
        house, _ = copied(original, folder / f"clean{n}")
        assert status(original, house) == 0
        house.db.close()
        shutil.rmtree(folder / f"clean{n}")


def test_a_change_of_any_covered_row_is_found_and_a_copy_is_intact(original: Original, tmp_path: Path) -> None:
    blind(original, tmp_path, range(25))
    clean(original, tmp_path, 2)


def test_no_law_that_was_ever_in_force_goes_unseen(original: Original, tmp_path: Path) -> None:
    with closing(sqlite3.connect(str(original.house.db.url.database))) as there:
        laws = there.execute("SELECT hash, kind FROM definition WHERE kind NOT IN ('workflow', 'ruleset')").fetchall()
    assert laws
    for law_hash, kind in laws:
        house, settings = copied(original, tmp_path / str(law_hash))
        with tampering(settings) as change:
            change("DELETE FROM definition WHERE hash = ?", law_hash)
        assert status(original, house) == 2, kind
        house.db.close()


@pytest.mark.full
@pytest.mark.parametrize("first", range(1000, 2000, 100))
def test_a_thousand_changes_are_found_and_a_hundred_copies_are_intact(original: Original, tmp_path: Path, first: int) -> None:
    blind(original, tmp_path, range(first, first + 100))
    clean(original, tmp_path, 10)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few streams in each portion, so that a small history has many."""
    monkeypatch.setattr(verifying_streams, "STREAMS_AT_ONCE", 5)


def test_what_is_found_does_not_depend_on_the_number_of_processes(original: Original, tmp_path: Path, small: None) -> None:
    for seed in range(3000, 3008):
        house, settings = copied(original, tmp_path / str(seed))
        with tampering(settings) as change:
            blind = Blind(change, seed)
            done = [blind.once() for _ in range(seed % 4 * 5)]
        outside = Outside([("newest", original.newest)], original.receipts)
        one, three = verifying.verify(house, outside, 1), verifying.verify(house, outside, 3)
        assert one.as_json() == three.as_json(), done
        assert bool(done) == bool(one.status)
        house.db.close()


def test_what_a_process_that_ends_early_had_taken_is_verified_all_the_same(original: Original, small: None, monkeypatch: pytest.MonkeyPatch) -> None:
    here, verified = os.getpid(), Judge.portion
    monkeypatch.setattr(Judge, "portion", lambda judge, portion: verified(judge, portion) if os.getpid() == here else os._exit(1))
    assert verifying.verify(original.house, processes=2).as_json() == verifying.verify(original.house, processes=1).as_json()


def forged(original: Original, folder: Path, seed: int, kind: str = "fact") -> House:
    """A copy in which somebody with every key changed one history, and made everything after it new: chain, log, map, notes."""
    house, settings = copied(original, folder / f"forged{kind}{seed}")
    with tampering(settings) as change:
        chance = Random(seed)
        streams = [row[0] for row in change("SELECT id FROM stream WHERE kind = 'case' AND seq > 1 ORDER BY id")]
        stream = chance.choice(streams)
        events = [row[0] for row in change("SELECT event_id FROM event WHERE stream_id = ? ORDER BY seq", stream)]
        FORGING[kind](change, events, chance.randrange(len(events)))
        _chain_anew(change, stream, events)
        _log_anew(change)
    shutil.rmtree(settings.keys / signer.FOLDER)
    while checkpoints.standing(house).size < int(original.newest.split(b"\n")[1]):
        with house.db.atomic("all") as session:
            chronicle.note(session, house, CONSOLE, "add_unit", {"n": 2})
        keeping_log.round_of(house)
    return house


def _another_fact(change: Change, events: list[int], spot: int) -> None:
    body = orjson.loads(change("SELECT body FROM content WHERE event_id = ?", events[spot])[0][0])
    one = next(field for field in body if field[1] == "zone")
    env, old = orjson.loads(change("SELECT envelope FROM event WHERE event_id = ?", events[spot])[0][0]), digest_of(*one)
    one[2] = "+09:00"
    env["_sd"] = sorted([*(d for d in env["_sd"] if d != old), digest_of(*one)])
    change("UPDATE content SET body = ? WHERE event_id = ?", b"[" + b",".join(orjson.dumps(field) for field in body) + b"]", events[spot])
    change("UPDATE event SET zone = ?, envelope = ? WHERE event_id = ?", "+09:00", orjson.dumps(env), events[spot])


def _left_out(change: Change, events: list[int], spot: int) -> None:
    gone = events.pop(spot)
    for table in ("event", "content", "log_pending"):
        change(f"DELETE FROM {table} WHERE event_id = ?", gone)


def _cut_off(change: Change, events: list[int], spot: int) -> None:
    _left_out(change, events, -1)


def _put_in(change: Change, events: list[int], spot: int) -> None:
    fresh = change("SELECT MAX(event_id) + 1 FROM event")[0][0]
    columns = [row[1] for row in change("PRAGMA table_info(event)")]
    told = dict(zip(columns, change(f"SELECT {', '.join(map(_quoted, columns))} FROM event WHERE event_id = ?", events[spot])[0], strict=True))
    told |= {"event_id": fresh, "id": f"forged {fresh}", "seq": -fresh, "position": change("SELECT MAX(position) + 1 FROM event")[0][0]}
    change(f"INSERT INTO event ({', '.join(map(_quoted, columns))}) VALUES ({', '.join('?' * len(columns))})", *told.values())
    change("INSERT INTO content (event_id, subject_id, body) SELECT ?, subject_id, body FROM content WHERE event_id = ?", fresh, events[spot])
    events.insert(spot, fresh)


def _in_another_order(change: Change, events: list[int], spot: int) -> None:
    events[spot - 1], events[spot] = events[spot], events[spot - 1]


FORGING: dict[str, Callable[[Change, list[int], int], None]] = {
    "fact": _another_fact, "left out": _left_out, "cut off": _cut_off, "put in": _put_in, "order": _in_another_order}


def _quoted(name: str) -> str:
    return f'"{name}"'


def _chain_anew(change: Change, stream: int, events: list[int]) -> None:
    """Give the events of a stream their numbers, envelopes and leaves in this order, and the mirrors what follows."""
    change("UPDATE event SET seq = -event_id WHERE stream_id = ?", stream)
    head = b""
    for seq, event_id in enumerate(events, 1):
        env = orjson.loads(change("SELECT envelope FROM event WHERE event_id = ?", event_id)[0][0])
        made = orjson.dumps(env | {"seq": seq, "prev": b64url(head)}, option=orjson.OPT_SORT_KEYS)
        head = leaf_hash(made)
        change("UPDATE event SET seq = ?, envelope = ?, leaf = ? WHERE event_id = ?", seq, made, head, event_id)
    [(at,)] = change("SELECT recorded_at FROM event WHERE event_id = ?", events[-1])
    change("UPDATE stream SET seq = ?, head = ?, at = ? WHERE id = ?", len(events), head, at, stream)
    change("UPDATE cases SET seq = ?, (state, updated_at) = (SELECT after, recorded_at FROM event WHERE event_id = ?) WHERE id = ?", len(events),
           events[-1], stream)


def _log_anew(change: Callable[..., object]) -> None:
    for table in ("log_leaf", "log_tile", "log_checkpoint", "log_head", "log_map"):
        change(f"DELETE FROM {table}")
    change("INSERT INTO log_pending SELECT event_id FROM event WHERE event_id NOT IN (SELECT event_id FROM log_pending)")


def test_whoever_has_every_key_is_found_by_a_checkpoint_that_they_do_not_have(original: Original, tmp_path: Path) -> None:
    for seed in range(2):
        house = forged(original, tmp_path, seed)
        assert verifying.verify(house).status == 0, "nothing inside tells of it"
        for note in (original.newest, original.before):
            done = verifying.verify(house, Outside([("kept", note)]))
            assert (done.status, done.first and done.first.where) == (2, "kept")
        house.db.close()


@pytest.mark.parametrize("kind", FORGING)
def test_no_forgery_with_every_key_goes_with_the_newest_checkpoint(original: Original, tmp_path: Path, kind: str) -> None:
    found(original, tmp_path, kind, range(5, 6))


@pytest.mark.full
@pytest.mark.parametrize("kind", FORGING)
def test_a_thousand_forgeries_with_every_key_are_found(original: Original, tmp_path: Path, kind: str) -> None:
    found(original, tmp_path, kind, range(100, 300))


def found(original: Original, folder: Path, kind: str, seeds: range) -> None:
    missed = []
    for seed in seeds:
        house = forged(original, folder, seed, kind)
        done = verifying.verify(house, Outside([("kept", original.newest)]))
        if done.status != 2 or "kept" not in {one.where for one in done.findings}:
            missed.append(seed)
        house.db.close()
        shutil.rmtree(folder / f"forged{kind}{seed}")
    assert missed == []


def test_an_end_that_was_cut_off_is_found_with_every_key(original: Original, tmp_path: Path) -> None:
    house, settings = copied(original, tmp_path / "cut")
    with tampering(settings) as change:
        [(stream, seq, event_id)] = change("SELECT s.id, s.seq, e.event_id FROM stream s JOIN event e ON e.stream_id = s.id AND e.seq = s.seq "
                                           "WHERE s.kind = 'organisation'")
        change("DELETE FROM content WHERE event_id = ?", event_id)
        change("DELETE FROM event WHERE event_id = ?", event_id)
        change("UPDATE stream SET seq = ?, (head, at) = (SELECT leaf, recorded_at FROM event WHERE stream_id = ? AND seq = ?) WHERE id = ?",
               seq - 1, stream, seq - 1, stream)
        _log_anew(change)
    shutil.rmtree(settings.keys / signer.FOLDER)
    keeping_log.round_of(house)
    assert verifying.verify(house).status == 0
    assert verifying.verify(house, Outside([("kept", original.newest)])).status in (2, 3)
    house.db.close()


def test_a_promised_event_that_is_gone_is_named(original: Original, tmp_path: Path) -> None:
    house, settings = copied(original, tmp_path / "gone")
    with tampering(settings) as change:
        [(stream,)] = change("SELECT id FROM cases WHERE title = 'Promised 1'")
        change("DELETE FROM event WHERE stream_id = ?", stream)
    done = verifying.verify(house, Outside(receipts=original.receipts))
    assert done.status == 2 and [one.where for one in done.findings if one.where.startswith("receipt")] == ["receipt 1.json"]
    house.db.close()


def test_two_histories_from_one_backup_are_told_apart(original: Original, tmp_path: Path) -> None:
    one, _ = copied(original, tmp_path / "one")
    other, settings = copied(original, tmp_path / "other")
    for house, word in ((one, "one"), (other, "other")):
        with house.db.atomic("all") as session:
            chronicle.note(session, house, CONSOLE, "add_unit", {"word": word})
        keeping_log.round_of(house)
        assert status(original, house) == 0
    notes = [checkpoints.newest(house).note.encode() for house in (one, other)]
    assert verifying.verify(one, Outside([("the other's", notes[1])])).status == 2
    assert verifying.verify(other, Outside([("the one's", notes[0])])).status == 2
    shutil.copytree(settings.keys / signer.FOLDER, one.keys / signer.FOLDER, dirs_exist_ok=True)
    assert verifying.verify(one).status == 2, "the signer of the one has signed the other"
    one.db.close()
    other.db.close()


@pytest.mark.parametrize("note", [b"", b"{}", b"\xff" * 100, b"a\n1\n" + b"A" * 70_000, b"x\n2\nAAAA\n\n\xe2\x80\x94 x AAAAAAAA\n"])
def test_from_what_is_no_checkpoint_nothing_can_be_told(original: Original, note: bytes) -> None:
    done = verifying.verify(original.house, Outside([("kept", note)], [("promised", note)]))
    assert done.status == 4 and len(done.unknown) == 2


def test_a_house_without_a_log_is_as_it_is(org: Organisation) -> None:
    org.ordered()
    done = verifying.verify(org.house)
    assert done.status == 0 and done.waiting == done.events > 0 and done.leaves == 0

"""The log is kept: nothing is lost, nothing stands twice, whatever is cut off; and the signer forgets nothing."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from config import Settings
from inspect_app.audit import histories, merkle, receipts
from inspect_app.db import Database
from inspect_app.now import hold, now
from inspect_app.services import casework, checkpoints, chronicle, keeping_log, keys, proofs, signer, verifying
from inspect_app.services.house import House
from inspect_app.services.sequencing import Overtaken, Sequencer
from inspect_app.services.signer import SignerRefuses
from inspect_app.services.verified import Verified
from tests.services.crashing import killed
from tests.services.organisation import Organisation
from tests.services.tampering import tampering
from workflows.acts import Act, Actor

CONSOLE = Actor("console:test", "test")
SOON = 1_900_000_000_000_000


def note(house: House, times: int = 1) -> None:
    """So many administrative acts."""
    for n in range(times):
        with house.db.atomic("all") as session:
            chronicle.note(session, house, CONSOLE, "add_unit", {"n": n})


def count(house: House, what: str) -> int:
    with house.db.reading("all") as session:
        return int(session.execute(text(f"SELECT COUNT(*) FROM {what}")).scalar_one())


def found(done: Verified) -> list[str]:
    return [str(one) for one in done.findings] + done.older + done.unknown


def test_what_waits_is_put_in_once_and_signed(org: Organisation) -> None:
    org.ordered()
    done = keeping_log.round_of(org.house)
    assert done == count(org.house, "event") == count(org.house, "log_leaf") and count(org.house, "log_pending") == 0
    stands = checkpoints.standing(org.house)
    assert (stands.size, stands.signed, stands.waiting, stands.trouble) == (done + 1, done + 1, 0, None)
    assert keeping_log.round_of(org.house) == 0 and checkpoints.standing(org.house) == stands
    assert found(verifying.verify(org.house)) == []


def test_a_history_is_proven_whole_and_goes_on(org: Organisation) -> None:
    case = org.ordered()
    keeping_log.round_of(org.house)
    for waiting in (0, 1):
        with org.house.db.snapshot("all") as session:
            id_ = session.execute(text("SELECT id FROM cases WHERE uid = :uid"), {"uid": case}).scalar_one()
            proof, envelopes = proofs.whole_history(session, org.house, id_)
            known = checkpoints.known(session)
        assert histories.check(histories.read(json.loads(json.dumps(proof.to_json()))), envelopes, known).size == proof.size
        assert proofs.of_case(org.house, id_)["waiting"] == waiting
        org.act("officer", case, "note_for_record", note="a note")
    keeping_log.round_of(org.house)
    assert proofs.of_case(org.house, id_)["proof"]["size"] > proof.size


def test_an_event_that_is_committed_late_is_late_and_not_lost(house: House) -> None:
    note(house, 3)
    with house.db.atomic("all") as session:
        late = session.execute(text("SELECT MIN(event_id) FROM log_pending")).scalar_one()
        session.execute(text("DELETE FROM log_pending WHERE event_id >= :late"), {"late": late})
        session.execute(text("INSERT INTO log_pending SELECT event_id FROM event"))
    sequencer = Sequencer(house)
    assert keeping_log.round_of(house, sequencer) > 0
    note(house, 2)
    assert keeping_log.round_of(house, sequencer) == 2 and found(verifying.verify(house)) == []


def test_two_sequencers_put_nothing_in_twice(house: House) -> None:
    one, other = Sequencer(house), Sequencer(house)
    for n in range(6):
        note(house, 3)
        assert keeping_log.round_of(house, (one, other)[n % 2]) >= 3
    note(house)
    batch = one._planned()
    assert batch is not None and keeping_log.round_of(house, other) == 1
    with pytest.raises(Overtaken):
        one._write(batch)
    assert one.round() == 0 and found(verifying.verify(house)) == []


def test_what_does_not_fit_is_left_waiting_and_told_and_the_rest_goes_in(org: Organisation, settings: Settings) -> None:
    case, other = org.open().case, org.open().case
    with tampering(settings) as change:
        change(f"UPDATE event SET leaf = (SELECT e.leaf FROM event e WHERE e.stream_id = (SELECT id FROM cases WHERE uid = '{other}')) "
               f"WHERE stream_id = (SELECT id FROM cases WHERE uid = '{case}')")
    org.act("officer", case, "note_for_record", note="after it")
    org.act("officer", other, "note_for_record", note="beside it")
    sequencer = Sequencer(org.house)
    keeping_log.round_of(org.house, sequencer)
    assert count(org.house, "log_pending") == 2 == len(sequencer.refused)
    assert "its hash is not that of its bytes" in sequencer.refused.values()
    with hold(now() + 2 * checkpoints.LATE):
        assert checkpoints.standing(org.house).trouble == "late"
    assert verifying.verify(org.house).status == 2


def work(house: House) -> object:
    """A round with rows of each kind to write."""
    return keeping_log.round_of(house)


@pytest.mark.parametrize("settings", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True)
def test_a_round_that_is_killed_at_any_statement_goes_on_afterwards(org: Organisation) -> None:
    org.open()
    keeping_log.round_of(org.house)
    org.open()
    after, leaves = 1, count(org.house, "log_leaf")
    while not killed(org.house, SOON, after, work):
        assert count(org.house, "log_leaf") in (leaves, leaves + 1)
        after += 1
        if count(org.house, "log_leaf") > leaves:  # everything before the signature is written
            leaves = count(org.house, "log_leaf")
    assert after > 10, "it was cut off in its midst, and then carried out whole"
    org.open()
    assert keeping_log.round_of(org.house) == 1
    assert checkpoints.standing(org.house).trouble is None and found(verifying.verify(org.house)) == []


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_the_signer_refuses_a_log_that_was_rolled_back_or_went_another_way(house: House, tmp_path: Path) -> None:
    note(house, 3)
    keeping_log.round_of(house)
    backup = tmp_path / "backup.db"
    copy(house, backup)
    note(house, 3)
    keeping_log.round_of(house)
    restored = House(Database(f"sqlite:///{backup}"), house.catalogue, house.zone, house.data, "test", house.keys)
    note(restored, 1)
    assert checkpoints.standing(restored).size < checkpoints.standing(house).size
    with pytest.raises(SignerRefuses, match="rolled back"):
        keeping_log.round_of(restored)
    assert verifying.verify(restored).status == 3
    note(restored, 9)
    assert Sequencer(restored).round() == 9
    with restored.db.atomic("all") as session:
        newest = session.execute(text("SELECT MAX(size) FROM log_checkpoint")).scalar_one()
        session.execute(text("DELETE FROM log_checkpoint WHERE note IS NULL AND size < :newest"), {"newest": newest})
    with pytest.raises(SignerRefuses, match="does not go on"):
        checkpoints.sign(restored)
    restored.db.close()


def copy(house: House, to: Path) -> None:
    """A copy of an embedded database while it is in use."""
    with closing(sqlite3.connect(str(house.db.url.database))) as one, closing(sqlite3.connect(to)) as other:
        one.backup(other)


def test_a_new_key_is_announced_and_signed_by_the_one_before(house: House) -> None:
    note(house)
    keeping_log.round_of(house)
    keys.rotate(house.keys, keys.LOG)
    keys.rotate(house.keys, keys.RECEIPTS)
    note(house)
    keeping_log.round_of(house)
    with house.db.reading() as session:
        assert len(checkpoints.known(session)) == 4
    assert found(verifying.verify(house)) == []
    (house.keys / keys.LOG).unlink()
    keys.make(house.keys, (keys.LOG,))
    note(house)
    keeping_log.round_of(house)
    assert any("is not signed by one before it" in line for line in found(verifying.verify(house)))


def test_without_its_key_the_log_is_unsigned_and_acts_go_on(org: Organisation) -> None:
    (org.house.keys / keys.LOG).unlink()
    (org.house.keys / keys.RECEIPTS).unlink()
    event = org.open()
    assert checkpoints.promise(org.house, event) is None
    with pytest.raises(SignerRefuses):
        keeping_log.round_of(org.house)
    with hold(now() + 2 * checkpoints.UNSIGNED):
        assert checkpoints.standing(org.house).trouble == "unsigned"
    org.act("officer", event.case, "note_for_record", note="acts go on")
    done = verifying.verify(org.house)
    assert done.status == 0 and done.unsigned == 2


def test_what_the_signer_keeps_is_one_small_file(house: House) -> None:
    note(house, 20)
    keeping_log.round_of(house)
    seen = signer.last_seen(house.keys, house.log)
    assert seen.size == checkpoints.standing(house).size and len(seen.hashes) == seen.size.bit_count()
    file = next((house.keys / signer.FOLDER).glob("*.json"))
    file.write_text("{}")
    note(house)
    with pytest.raises(SignerRefuses, match="cannot be read"):
        keeping_log.round_of(house)


def test_a_promise_is_kept(org: Organisation) -> None:
    event = casework.fire(org.house, org.open().case, Act("note_for_record", org["officer"], {"note": "promised"}))
    told = checkpoints.promise(org.house, event)
    assert told is not None and told == checkpoints.promise(org.house, event)
    keeping_log.round_of(org.house)
    with org.house.db.reading() as session:
        promise = receipts.opened(str(told["note"]).encode(), checkpoints.known(session))
    assert promise == receipts.Receipt(org.house.log, bytes.fromhex(event.leaf), event.recorded_at)
    assert merkle.leaf_hash(_envelope(org.house, event.id)) == promise.leaf


def _envelope(house: House, id_: str) -> bytes:
    with house.db.reading("all") as session:
        return bytes(session.execute(text("SELECT envelope FROM event WHERE id = :id"), {"id": id_}).scalar_one())


@pytest.fixture(autouse=True)
def _no_part_files(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    yield
    assert not list(tmp_path.glob("keys/signer/*.part"))
    shutil.rmtree(tmp_path / "keys", ignore_errors=True)

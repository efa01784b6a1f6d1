"""A backup from before an erasure does not bring back what was erased: the list outside the database takes it out again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from config import Settings
from inspect_app.models import cases
from inspect_app.services import backing_up, drilling, erasures, keeping_log, retention, verifying
from inspect_app.services.founding import open_house
from inspect_app.services.restoring import restore
from tests.services.organisation import CONSOLE, Organisation
from tests.services.test_retention import NAME, closed, disposed, holders, intact, kept, proposed

__all__ = ["kept"]
SQLITE = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)


def elsewhere(settings: Settings, tmp_path: Path) -> Settings:
    return replace(settings, database_url=f"sqlite:///{tmp_path / 'new' / 'inspect.db'}", database_owner_url=None, database_worker_url=None,
                   data=tmp_path / "new" / "data")


@pytest.mark.parametrize("whole", [False, True])
def test_an_older_backup_does_not_bring_back_what_was_erased(kept: Organisation, settings: Settings, tmp_path: Path, whole: bool) -> None:
    case, other = closed(kept), closed(kept, "Somebody Else")
    intact(kept)
    backing_up.back_up(kept.house, tmp_path / "backup")
    if whole:
        disposed(kept, case)
    else:
        pieces = [{"seq": piece.seq, "field": piece.name} for piece in retention.find(kept.house, kept["two"], case, NAME)]
        proposed(kept, case, *pieces, {"seq": 2, "field": "file"})
        kept.act("two", case, "erase")
    intact(kept)
    place = elsewhere(settings, tmp_path)
    done = restore(place, tmp_path / "backup", CONSOLE, new_log=True)
    assert done.again == 1
    copy = Organisation(open_house(place), kept.people)
    keeping_log.round_of(copy.house)
    verified = verifying.verify(copy.house)
    assert (verified.status, verified.findings) == (0, [])
    assert holders(copy, NAME) == []
    assert holders(copy, "Somebody Else")
    with copy.house.db.reading("all") as session:
        state = session.execute(select(cases.c.disposed_under).where(cases.c.uid == case)).scalar()
    assert state == ("retention.no_case" if whole else None)
    assert erasures.keep(copy.house) == 0 and other
    copy.house.db.close()


@SQLITE
def test_what_was_erased_before_a_backup_is_not_erased_again(kept: Organisation, settings: Settings, tmp_path: Path) -> None:
    case = closed(kept)
    proposed(kept, case, {"seq": 3, "field": "data.note"})
    kept.act("two", case, "erase")
    intact(kept)
    backing_up.back_up(kept.house, tmp_path / "backup")
    place = elsewhere(settings, tmp_path)
    assert restore(place, tmp_path / "backup", CONSOLE).again == 0


@SQLITE
def test_the_drill_erases_again_and_verifies_it(kept: Organisation, settings: Settings, tmp_path: Path) -> None:
    case = closed(kept)
    intact(kept)
    backing_up.back_up(kept.house, tmp_path / "backup")
    disposed(kept, case)
    intact(kept)
    drilled = drilling.drill(kept.house, settings, CONSOLE, tmp_path / "backup", room=tmp_path)
    assert (drilled.restored.again, drilled.verified.status) == (1, 0)
    assert drilling.drill(kept.house, settings, CONSOLE, room=tmp_path).restored.again == 0


@SQLITE
def test_the_list_names_commitments_and_no_value_and_forgets_other_words_with_the_case(kept: Organisation) -> None:
    case = closed(kept)
    proposed(kept, case, {"seq": 1, "field": "data.what", "instead": "Somebody was seen at the store."})
    kept.act("two", case, "erase")
    path = erasures.path_of(kept.house)
    assert NAME.encode() not in path.read_bytes() and b"Somebody was seen" in path.read_bytes()
    disposed(kept, case)
    assert b"Somebody was seen" not in path.read_bytes()
    assert [entry["act"] for entry in erasures.read(path)] == ["erase", "dispose"]

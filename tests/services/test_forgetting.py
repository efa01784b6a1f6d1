"""Somebody who has left is forgotten by two persons, when no case needs to know who they were; and a name goes from every case of a dossier."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from config import Settings
from inspect_app.errors import Invalid, NotYours
from inspect_app.models import belonging, metadata, person
from inspect_app.services import backing_up, erasures, forgetting, keeping_log, persons, queries, retention_dossier, verifying
from inspect_app.services.founding import open_house
from inspect_app.services.restoring import restore
from tests.services.organisation import CONSOLE, Organisation
from tests.services.tampering import tampering
from tests.services.test_retention import SQLITE, holders, intact, kept

__all__ = ["kept"]
NAME = "Lê Thị Rời Đi"
OTHER_NAME = "Lê Thị Rời Xa"


def gone(org: Organisation) -> str:
    """Somebody of whom the administrative history says much, and who has left since."""
    uid = str(persons.add_person(org.house, CONSOLE, NAME, "W1", login="le.thi.roi.di.1971").facts["person"])
    persons.change_person(org.house, CONSOLE, uid, {"full_name": OTHER_NAME, "called": "Xa"})
    persons.change_person(org.house, CONSOLE, uid, {"full_name": NAME})
    number = persons.grant(org.house, CONSOLE, uid, "officer", "W1", reason=f"{NAME} asked for it").facts["id"]
    persons.grant(org.house, CONSOLE, "officer", "data_officer", "W2", reason=f"while {NAME} is away")
    persons.end_grant(org.house, CONSOLE, number)
    leave(org, uid)
    return uid


def leave(org: Organisation, uid: str) -> None:
    with org.house.db.atomic("all") as session:
        number = session.execute(select(person.c.id).where(person.c.uid == uid)).scalar_one()
        day = queries.today(org.house)
        session.execute(update(belonging).where(belonging.c.person_id == number).values(
            since_on=day - timedelta(days=9), until_on=day - timedelta(days=1)))


def code(refused: pytest.ExceptionInfo[Invalid]) -> str:
    return refused.value.problems[0].code


def test_who_has_left_is_forgotten_by_two_persons_and_everything_still_verifies(kept: Organisation) -> None:
    uid = gone(kept)
    intact(kept)
    assert {"person", "content"} <= set(holders(kept, NAME))
    assert [(row.needed_by, row.proposed_by) for row in forgetting.left(kept.house, kept["two"]) if row.uid == uid] == [(None, None)]
    with pytest.raises(Invalid) as refused:
        forgetting.forget(kept.house, kept["two"], uid)
    assert code(refused) == "forgetting_unproposed"
    forgetting.propose(kept.house, kept["two"], uid)
    for again in (forgetting.propose, forgetting.forget):
        with pytest.raises(Invalid) as refused:
            again(kept.house, kept["two"], uid)
        assert code(refused) in ("forgetting_waits", "forgetting_alone")
    done = forgetting.forget(kept.house, kept["deputy"], uid)
    assert len(done.facts["digests"]) >= 6
    intact(kept)
    kept.house.db.written_anew()
    for name in (NAME, OTHER_NAME, "le.thi.roi.di.1971"):
        assert holders(kept, name) == []
    assert not [row for row in forgetting.left(kept.house, kept["two"]) if row.uid == uid]


def test_nobody_is_forgotten_who_is_here_or_whom_a_case_needs_to_name(kept: Organisation) -> None:
    with pytest.raises(Invalid) as refused:
        forgetting.propose(kept.house, kept["two"], "officer")
    assert code(refused) == "forgetting_here"
    uid = gone(kept)
    with pytest.raises(NotYours):
        forgetting.propose(kept.house, kept["stranger"], uid)
    with pytest.raises(Invalid) as refused:
        forgetting.propose(kept.house, CONSOLE, uid)
    assert code(refused) == "forgetting_person"
    who = kept["officer"]
    case = kept.open(title="A case of theirs", source="signal", what="Something was seen at the store.").case
    with kept.house.db.reading("all") as session:
        assert [found[0] for found in forgetting._obstacles(session, who.person_id or 0, who.id, queries.today(kept.house))].count(
            "fault.forgetting_cases") >= 1
    assert case


def test_what_was_proposed_can_be_declined(kept: Organisation) -> None:
    uid = gone(kept)
    forgetting.propose(kept.house, kept["two"], uid)
    forgetting.decline(kept.house, kept["deputy"], uid)
    with pytest.raises(Invalid) as refused:
        forgetting.forget(kept.house, kept["deputy"], uid)
    assert code(refused) == "forgetting_unproposed"
    intact(kept)


def test_every_column_about_a_person_goes_or_is_known_to_stay() -> None:
    about = {table.name for table in metadata.sorted_tables
             if "person_id" in table.c and table.c.person_id.info.get("personal") == "person"}
    assert about - {table.name for table in forgetting.GONE} == set(forgetting.STAYS)


@SQLITE
@pytest.mark.parametrize("how", ["alone", "unproposed", "more"])
def test_forgetting_that_was_not_agreed_on_is_found(kept: Organisation, settings: Settings, how: str) -> None:
    uid = gone(kept)
    forgetting.propose(kept.house, kept["two"], uid)
    forgetting.forget(kept.house, kept["deputy"], uid)
    intact(kept)
    with tampering(settings) as change:
        if how == "more":
            change("DELETE FROM content WHERE event_id = (SELECT MAX(event_id) FROM event WHERE \"trigger\" = 'grant')")
        else:
            change("UPDATE event SET actor = ? WHERE \"trigger\" = 'propose_forgetting'", kept["deputy"].id)
            if how == "unproposed":
                change("UPDATE event SET \"trigger\" = 'decline_forgetting' WHERE \"trigger\" = 'propose_forgetting'")
    done = verifying.verify(kept.house)
    assert done.status == 2
    assert how == "more" or any({"alone": "one person alone", "unproposed": "nobody had proposed"}[how] in str(one) for one in done.findings)


@SQLITE
def test_an_older_backup_does_not_bring_a_name_back(kept: Organisation, settings: Settings, tmp_path: Path) -> None:
    uid = gone(kept)
    intact(kept)
    backing_up.back_up(kept.house, tmp_path / "backup")
    forgetting.propose(kept.house, kept["two"], uid)
    forgetting.forget(kept.house, kept["deputy"], uid)
    intact(kept)
    place = replace(settings, database_url=f"sqlite:///{tmp_path / 'new' / 'inspect.db'}", database_owner_url=None, database_worker_url=None,
                    data=tmp_path / "new" / "data")
    assert restore(place, tmp_path / "backup", CONSOLE, new_log=True).again == 1
    copy = Organisation(open_house(place), kept.people)
    keeping_log.round_of(copy.house)
    verified = verifying.verify(copy.house)
    assert (verified.status, verified.findings) == (0, [])
    copy.house.db.written_anew()
    assert holders(copy, NAME) == []
    assert erasures.keep(copy.house) == 0
    copy.house.db.close()


def taken_over(org: Organisation) -> tuple[str, str]:
    """A case that names somebody, and one that was opened from it and took that over."""
    case = org.open(title=f"About {NAME}", source="signal", what=f"{NAME} was seen at the store on 3 May.").case
    child = org.open(title=f"Again {NAME}", parent=case, source="signal", what=f"{NAME} came back on 4 May.").case
    return case, child


def test_a_name_goes_from_every_case_of_the_dossier(kept: Organisation) -> None:
    case, child = taken_over(kept)
    other = kept.open(title="Another", source="signal", what=f"{NAME} has nothing to do with the first.").case
    found = retention_dossier.named_in(kept.house, kept["two"], case, NAME)
    assert [(one.kept.uid, [(p.seq, p.name) for p in one.pieces]) for one in found] == [
        (case, [(0, "title"), (1, "data.what")]), (child, [(0, "title"), (1, "data.what")])]
    told = retention_dossier.propose(kept.house, kept["two"], case, NAME, {"basis": "third_person"}, "Somebody was seen.")
    assert [(one.event > 0, one.refused, one.left) for one in told] == [(True, None, 0)] * 2
    assert [one.refused is None for one in retention_dossier.carry_out(kept.house, kept["two"], case)] == [False, False]
    assert [one.refused for one in retention_dossier.carry_out(kept.house, kept["deputy"], case)] == [None, None]
    intact(kept)
    kept.act("chair", other, "hold", reason="an audit")
    assert retention_dossier.named_in(kept.house, kept["two"], case, NAME) == []
    assert holders(kept, "nothing to do with the first")
    kept.house.db.written_anew()
    assert holders(kept, "was seen at the store") == holders(kept, "came back on 4 May") == []


def test_a_hold_in_one_case_of_the_dossier_keeps_no_other_from_it(kept: Organisation) -> None:
    case, child = taken_over(kept)
    kept.act("chair", child, "hold", reason="proceedings in court")
    told = retention_dossier.propose(kept.house, kept["two"], case, NAME, {"basis": "third_person"}, "Somebody was seen.")
    assert [one.refused is None for one in told] == [True, False]
    assert [one.refused for one in retention_dossier.carry_out(kept.house, kept["deputy"], child)] == [None]
    intact(kept)

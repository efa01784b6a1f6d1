"""The write path: an act becomes an event, or it leaves no trace."""

from __future__ import annotations

from datetime import date
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError

from config import Settings
from inspect_app.audit.envelope import disclosed, faults
from inspect_app.db import Database
from inspect_app.errors import InSitting, Invalid, KeyReused, NotFound, NotNow, NotYours, Refused, Stale
from inspect_app.models import answered, cases, clock, content, dossier, event, exclusion, letter, log_pending, responsibility, stream
from inspect_app.now import hold, now
from inspect_app.schemas.acts import read_act
from inspect_app.services import casework, queries
from inspect_app.services.casework import Opening
from inspect_app.services.house import House
from inspect_app.services.ledger import Key
from tests.services.organisation import CONSOLE, Organisation
from workflows.acts import SYSTEM, Act


def counts(house: House) -> dict[str, int]:
    """How many rows each table has that an act may write to."""
    with house.db.reading("all") as session:
        return {
            t.name: session.execute(select(func.count()).select_from(t)).scalar_one()
            for t in (event, content, log_pending, clock, letter, cases, dossier, answered, stream)
        }


def test_opening_a_case_is_event_one(org: Organisation) -> None:
    opened = org.open()
    assert (opened.seq, opened.position, opened.before, opened.after) == (1, 1, "", "registered")
    row = queries.case(org.house, org["officer"], opened.case)
    assert (row.state, row.seq, row.title, row.unit) == ("registered", 1, "Drug book", "W1")


def test_the_row_of_the_case_mirrors_the_newest_event(org: Organisation) -> None:
    case = org.ordered()
    with org.house.db.reading("all") as session:
        row = session.execute(
            select(cases.c.id, cases.c.state, cases.c.seq, stream.c.seq, stream.c.head, dossier.c.position)
            .join(stream, stream.c.id == cases.c.id)
            .join(dossier, dossier.c.id == cases.c.dossier_id)
            .where(cases.c.uid == case)
        ).one()
        last = session.execute(select(event).where(event.c.stream_id == row[0]).order_by(event.c.seq.desc())).first()
    assert last is not None
    assert (row[1], row[2], row[3], row[4], row[5]) == (last.after, last.seq, last.seq, last.leaf, last.position)


def test_each_event_holds_the_hash_of_the_one_before_and_opens_to_its_facts(org: Organisation) -> None:
    org.ordered()
    from inspect_app.audit.envelope import b64url

    head = b""
    with org.house.db.reading("all") as session:
        rows = session.execute(
            select(event, content.c.body, stream.c.cid)
            .join(content, content.c.event_id == event.c.event_id)
            .join(stream, stream.c.id == event.c.stream_id)
            .where(stream.c.kind == "case")
            .order_by(event.c.seq)
        ).all()
    for row in rows:
        expected = {"seq": row.seq, "prev": b64url(head), "cid": b64url(row.cid), "log": org.house.log, "at": row.recorded_at}
        assert faults(row.envelope, row.leaf, row.body, expected) == []
        told = disclosed(row.body)
        assert (told["trigger"], told["before"], told["after"], told["actor"]) == (row.trigger, row.before, row.after, row.actor)
        assert (told["position"], told["role"], told["occurred_at"]) == (row.position, row.role, row.occurred_at)
        head = row.leaf
    assert len(rows) == 4


def test_rows_of_a_list_are_committed_to_one_by_one(org: Organisation) -> None:
    case = org.ordered()
    with org.house.db.reading("all") as session:
        body = session.execute(
            select(content.c.body).join(event, event.c.event_id == content.c.event_id).where(event.c.trigger == "issue")
        ).scalar_one()
    told = disclosed(body)
    assert told["data.team"] == 2
    assert told["data.team.1"] == {"person": org["one"].id, "declared": "clean"}
    assert queries.case(org.house, org["one"], case).state == "ordered"


def test_a_refused_act_leaves_no_trace(org: Organisation) -> None:
    case = org.open().case
    before = counts(org.house)
    with pytest.raises(NotNow) as now:
        org.act("officer", case, "propose", work_type="suspicion", why="it repeats")
    assert "assess" in now.value.possible
    with pytest.raises(NotYours):
        org.act("chair", case, "assess", assessment="founded", no_duplicate=True)
    org.act("officer", case, "assess", assessment="founded", no_duplicate=True)
    org.act("officer", case, "propose_no_case", ground="unfounded", sentence="nothing in it")
    between = counts(org.house)
    with pytest.raises(Invalid):
        org.act("officer", case, "no_such_trigger")
    with pytest.raises(Refused):
        org.act("chair", org.ordered(), "hold_responsible", **org.assignment(basis="oversight"))
    assert counts(org.house)["answered"] == before["answered"]
    assert counts(org.house)["event"] == between["event"] + 4


def test_a_refusal_carries_the_verdict_of_every_guard(org: Organisation) -> None:
    case = org.open().case
    org.act("officer", case, "assess", assessment="founded", no_duplicate=True)
    org.act("officer", case, "propose", work_type="suspicion", why="it repeats")
    team = org.team("one") | {"lead_declared": "conflict", "period_from": "2027-01-01", "period_to": "2026-01-01"}
    with pytest.raises(Refused) as refused:
        org.act("chair", case, "issue", **team)
    wrong = {v.code for v in refused.value.verdicts if not v.ok}
    assert wrong == {"team_has_the_right_size", "declarations_are_clean", "period_is_in_order"}
    assert any(v.ok for v in refused.value.verdicts)


def test_what_was_seen_must_be_the_newest_event(org: Organisation) -> None:
    case = org.open().case
    org.act("officer", case, "assess", seen=1, assessment="founded", no_duplicate=True)
    with pytest.raises(Stale):
        org.act("officer", case, "propose", seen=1, work_type="suspicion", why="it repeats")


def test_the_same_request_is_answered_once_and_again(org: Organisation) -> None:
    case = org.open().case
    act = Act("assess", org["officer"], {"assessment": "founded", "no_duplicate": True}, seen=1)
    first = casework.fire(org.house, case, act, key=Key("k", "r"))
    org.act("officer", case, "propose", work_type="suspicion", why="it repeats")
    again = casework.fire(org.house, case, act, key=Key("k", "r"))
    assert again == first
    with pytest.raises(KeyReused):
        casework.fire(org.house, case, act, key=Key("k", "another"))


def test_opening_twice_with_one_key_opens_once(org: Organisation) -> None:
    opening = Opening("inspection", Act("register", org["officer"], {"source": "signal", "what": "gaps on 3 May"}), "Drug book", "W1")
    one, two = (casework.open_case(org.house, opening, key=Key("o", "r")) for _ in range(2))
    assert one == two
    assert counts(org.house)["cases"] == 1


def test_an_answer_is_not_repeated_to_who_may_no_longer_see_the_case(org: Organisation) -> None:
    case = org.open().case
    act = Act("assess", org["officer"], {"assessment": "founded", "no_duplicate": True})
    casework.fire(org.house, case, act, key=Key("k", "r"))
    exclude(org, case, "officer")
    with pytest.raises(NotFound):
        casework.fire(org.house, case, act, key=Key("k", "r"))


def exclude(org: Organisation, case: str, login: str) -> None:
    with org.house.db.atomic("all") as session:
        id_ = session.execute(select(cases.c.id).where(cases.c.uid == case)).scalar_one()
        session.execute(exclusion.insert().values(case_id=id_, person_id=org[login].person_id, part="all", since_on=date(2020, 1, 1)))


@pytest.mark.parametrize("who", ["stranger", "head", "auditor"])
def test_who_has_no_part_finds_no_case_or_only_reads(org: Organisation, who: str) -> None:
    case = org.open().case
    if who == "auditor":
        assert queries.case(org.house, org[who], case).uid == case
        with pytest.raises(NotYours):
            org.act(who, case, "assess", assessment="founded", no_duplicate=True)
    else:
        with pytest.raises(NotFound):
            queries.case(org.house, org[who], case)
        with pytest.raises(NotFound):
            org.act(who, case, "assess", assessment="founded", no_duplicate=True)
        assert queries.register(org.house, org[who]).rows == ()


def test_exclusion_beats_every_grant(org: Organisation) -> None:
    case = org.open().case
    exclude(org, case, "chair")
    with pytest.raises(NotFound):
        queries.case(org.house, org["chair"], case)
    assert queries.register(org.house, org["chair"]).rows == ()
    assert queries.work(org.house, org["chair"]).rows == ()


def test_holding_a_head_responsible_opens_a_case_in_the_same_dossier(org: Organisation) -> None:
    case = org.ordered()
    done = org.act("officer", case, "hold_responsible", **org.assignment())
    rows = [r for r in queries.register(org.house, org["officer"]).rows if r.workflow.name == "responsibility"]
    assert len(rows) == 1
    child = rows[0]
    assert child.parent == case
    assert child.state == "identified"
    with org.house.db.reading("all") as session:
        first = session.execute(
            select(event.c.position, content.c.body).join(content, content.c.event_id == event.c.event_id).where(event.c.stream_id == child.id)
        ).one()
        opener = session.execute(select(content.c.body).join(event, event.c.event_id == content.c.event_id).where(event.c.id == done.id)).scalar_one()
    assert first.position == done.position + 1
    from inspect_app.audit.envelope import b64url

    assert disclosed(first.body)["parent"]["leaf"] == b64url(bytes.fromhex(done.leaf))
    assert len(disclosed(opener)["opened"]) == 1


def responsibility_of(org: Organisation, **changed: Any) -> str:
    case = org.ordered()
    org.act("officer", case, "hold_responsible", **org.assignment(**changed))
    child = next(r.uid for r in queries.register(org.house, org["officer"]).rows if r.workflow.name == "responsibility")
    org.act("officer", child, "notify", served_on="2026-01-05")
    return child


def test_a_head_receives_then_acknowledges_by_the_deadline(org: Organisation) -> None:
    child = responsibility_of(org)
    assert [r["case"].uid for r in queries.responsibilities(org.house, org["head"])] == [child]
    with pytest.raises(NotNow):
        org.act("head", child, "acknowledge", statement="I take it on")
    org.act("head", child, "receive")
    assert org.act("head", child, "acknowledge", statement="I take it on").after == "acknowledged"
    with org.house.db.reading("all") as session:
        assert session.execute(select(clock.c.status).where(clock.c.name == "answer")).scalar_one() == "stopped"
        assert session.execute(select(responsibility.c.basis)).scalar_one() == "handling"


def test_oversight_is_owed_by_who_held_the_office_then_and_answered_by_them_alone(org: Organisation) -> None:
    from inspect_app.services import offices

    offices.appoint(org.house, CONSOLE, "head-w1", "deputy", "2025-06-01")
    child = responsibility_of(org, basis="oversight", matter_on="2025-05-01")
    assert queries.responsibilities(org.house, org["deputy"]) == []
    assert org.act("head", child, "receive").actor == org["head"].id
    with pytest.raises(NotYours):
        org.act("officer", child, "contest", grounds="nobody said whose words these are")


def test_nobody_answers_for_another_where_oversight_is_owed(org: Organisation) -> None:
    from inspect_app.services import offices

    child = responsibility_of(org, basis="oversight", matter_on="2025-05-01")
    offices.appoint(org.house, CONSOLE, "head-w1", "deputy", "2021-01-01", acting=True)
    with pytest.raises((NotFound, Refused)):
        casework.fire(org.house, child, Act("receive", org["deputy"], {}, on_behalf_of=org["head"].id))


def test_a_paper_answer_is_typed_by_the_officer_and_names_its_paper(org: Organisation) -> None:
    child = responsibility_of(org)
    with pytest.raises(Invalid):
        casework.fire(org.house, child, Act("receive", org["officer"], {}, recorded_for=org["head"].id))
    typed = casework.fire(org.house, child, Act("receive", org["officer"], {"paper": "12/2026, box 3"}, recorded_for=org["head"].id))
    assert (typed.actor, typed.recorded_for, typed.role) == (org["officer"].id, org["head"].id, "head")


def test_silence_counts_only_after_the_reminders_and_a_day_to_answer_the_last(org: Organisation) -> None:
    child = responsibility_of(org)
    with pytest.raises(Refused):
        casework.fire(org.house, child, Act("answer_lapsed", SYSTEM))
    for n in range(2):
        org.act("officer", child, "remind", reminder=f"by letter {n}")
    with pytest.raises(Refused):
        casework.fire(org.house, child, Act("answer_lapsed", SYSTEM))
    with hold(now() + 86_400_000_000):
        assert casework.fire(org.house, child, Act("answer_lapsed", SYSTEM)).after == "no_response"
    assert org.act("head", child, "receive").after == "received"


def test_not_my_office_opens_the_assignment_of_the_right_one(org: Organisation) -> None:
    child = responsibility_of(org)
    org.act("head", child, "receive")
    org.act("head", child, "misdirect", right_office="head-w2", explanation="ward two keeps the book")
    rows = {r.state: r for r in queries.register(org.house, org["boss"]).rows}
    assert set(rows) == {"misdirected", "identified"}
    assert rows["identified"].parent == child


def test_nobody_determines_before_the_matter_is_decided_where_oversight_is_owed(org: Organisation) -> None:
    child = responsibility_of(org, basis="oversight", matter_on="2025-05-01")
    org.act("head", child, "receive")
    org.act("head", child, "contest", grounds="I had reported it")
    with pytest.raises(Refused) as refused:
        org.act("boss", child, "determine", outcome="confirmed", reasons="as found")
    assert {v.code for v in refused.value.verdicts if not v.ok} == {"underlying_matter_is_decided"}


def test_the_fast_track_ends_only_when_another_person_has_checked(org: Organisation) -> None:
    told = {
        "what": "The fire door is blocked.",
        "cause_kind": "direction",
        "cause": "Nobody walks the round at night.",
        "office": "head-w1",
        "due": "2099-01-01",
        "measure": "a round each night",
    }
    case = org.open("head", "shortcoming", "note", "W1", "Fire door", **told).case
    org.act("head", case, "finish", what_was_done="round is walked")
    with pytest.raises(Refused):
        casework.fire(org.house, case, Act("check", org["head"], {"what_was_seen": "all doors are free"}))  # the owner does not check their own work
    with pytest.raises(NotFound):
        casework.fire(org.house, case, Act("check", org["officer"], {"what_was_seen": "all doors are free"}))


def test_a_paused_case_stands_still_and_its_clocks_wait(org: Organisation) -> None:
    case = org.ordered()
    org.act("chair", case, "pause", ground="force", reason="flood in the archive")
    with pytest.raises(Refused):
        org.act("lead", case, "launch", office="head-w1", served_on="2026-01-05", rights_notice=True)
    org.act("chair", case, "resume")
    assert org.act("lead", case, "launch", office="head-w1", served_on="2026-01-05", rights_notice=True).after == "notified"


def test_a_late_entry_names_its_paper_and_says_that_it_is_late(org: Organisation) -> None:
    case = org.open().case
    yesterday = Act("assess", org["officer"], {"assessment": "founded", "no_duplicate": True}, occurred_at=1_767_225_600_000_000)
    with pytest.raises(Refused) as refused:
        casework.fire(org.house, case, yesterday)
    assert "late_entry_names_its_paper" in {v.code for v in refused.value.verdicts if not v.ok}
    told = Act("assess", org["officer"], {**yesterday.data, "paper": "book 4, page 2"}, occurred_at=yesterday.occurred_at)
    assert casework.fire(org.house, case, told).late
    with pytest.raises(Invalid):
        casework.fire(org.house, case, Act("propose", org["officer"], {}, occurred_at=9_000_000_000_000_000))


def test_a_sitting_is_typed_all_or_none(org: Organisation) -> None:
    one, two = org.open().case, org.open(title="Another").case
    assess = {"assessment": "founded", "no_duplicate": True}
    before = counts(org.house)
    with pytest.raises(InSitting, match="Act 2"):
        casework.sit(org.house, [(one, Act("assess", org["officer"], assess)), (two, Act("propose", org["officer"], {}))])
    assert counts(org.house) == before
    assert len(casework.sit(org.house, [(one, Act("assess", org["officer"], assess)), (two, Act("assess", org["officer"], assess))])) == 2


def test_the_database_refuses_its_owner_and_everybody_to_change_or_remove_an_event(org: Organisation, settings: Settings) -> None:
    org.open()
    owner = Database(settings.database_owner_url or settings.database_url)
    for statement in ("UPDATE event SET actor = 'x'", "DELETE FROM event", "UPDATE content SET body = body"):
        with pytest.raises(DBAPIError, match=r"never changed|permission denied"), org.house.db.atomic("all") as session:
            session.execute(text(statement))
        with pytest.raises(DBAPIError, match="never changed"), owner.atomic("all") as session:
            session.execute(text(statement))


def test_of_eight_who_act_at_once_one_wins_and_the_rest_are_stale(org: Organisation) -> None:
    matters = [org.open(title=f"Matter {n}").case for n in range(5)]
    gate, won, stale = Barrier(8), [], []

    def clerk() -> None:
        gate.wait()
        for case in matters:
            try:
                won.append(org.act("officer", case, "assess", seen=1, assessment="founded", no_duplicate=True).case)
            except Stale:
                stale.append(case)

    threads = [Thread(target=clerk) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == sorted(matters)
    assert len(stale) == 35


def test_eight_who_send_the_same_request_get_the_same_answer(org: Organisation) -> None:
    case = org.open().case
    gate, answers = Barrier(8), []
    act = Act("assess", org["officer"], {"assessment": "founded", "no_duplicate": True}, seen=1)

    def clerk() -> None:
        gate.wait()
        answers.append(casework.fire(org.house, case, act, key=Key("same", "r")))

    threads = [Thread(target=clerk) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8
    assert len({a.id for a in answers}) == 1


def test_the_gate_names_every_wrong_field(org: Organisation) -> None:
    case = org.open().case
    with pytest.raises(Invalid) as wrong:
        casework.fire(org.house, case, Act("assess", org["officer"], {"assessment": "", "extra": 1, "no_duplicate": "yes"}), read=read_act)
    assert {p.pointer for p in wrong.value.problems} == {"/data/assessment", "/data/extra", "/data/no_duplicate"}


def test_an_older_picture_decides_nothing_even_where_nobody_said_what_they_saw(org: Organisation) -> None:
    case = org.open().case
    with org.house.db.atomic("all") as session:
        session.execute(update(stream).values(seq=7))
    with pytest.raises(Stale):
        org.act("officer", case, "assess", assessment="founded", no_duplicate=True)

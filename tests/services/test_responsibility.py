"""Responsibility as an act: who answers, who determines, what silence is, what stops the clock, whom a change reaches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from inspect_app.errors import NotFound, NotYours, Refused
from inspect_app.models import absence, appointment, case_role, cases, clock, delegation, event, letter, office, person, responsibility, unit
from inspect_app.now import hold, now
from inspect_app.services import casework, clocks, offering, offices, organisation, queries, silence
from inspect_app.services.events import events_of
from inspect_app.services.replaying import replay_all
from tests.services.organisation import CONSOLE, Organisation
from workflows.acts import SYSTEM, Act
from workflows.calendar import day_of, end_of, micros

MONDAY = date(2027, 3, 1)


@contextmanager
def on(org: Organisation, day: date) -> Iterator[None]:
    """Noon of a day, in the organisation's zone."""
    with hold(micros(datetime.combine(day, time(12), org.house.zone))):
        yield


def office_id(org: Organisation, code: str) -> int:
    with org.house.db.reading("all") as session:
        return int(session.execute(select(office.c.id).where(office.c.code == code)).scalar_one())


def give(org: Organisation, code: str, login: str, since: date, until: date | None = None, *, acting: bool = False) -> None:
    """An appointment beside those there are."""
    with org.house.db.atomic("all") as session:
        session.execute(insert(appointment).values(office_id=office_id(org, code), person_id=org[login].person_id, acting=acting, since_on=since,
                                                   until_on=until))


def succeed(org: Organisation, code: str, login: str, since: date) -> None:
    """Someone holds an office from a day on; who held it before leaves the day before."""
    with org.house.db.atomic("all") as session:
        session.execute(update(appointment).where(appointment.c.office_id == office_id(org, code)).values(until_on=since - timedelta(days=1)))
    give(org, code, login, since)


def superior(org: Organisation, login: str = "stranger") -> None:
    """An office above the heads of both wards."""
    offices.add_office(org.house, CONSOLE, "head-hq", "Head of the house", "HQ")
    offices.appoint(org.house, CONSOLE, "head-hq", login, "2020-01-01")
    with org.house.db.atomic("all") as session:
        above = select(office.c.id).where(office.c.code == "head-hq").scalar_subquery()
        session.execute(update(office).where(office.c.code.in_(("head-w1", "head-w2"))).values(superior_id=above))


def matter(org: Organisation) -> str:
    with on(org, MONDAY):
        return org.ordered()


def assign(org: Organisation, case: str, **changed: Any) -> list[str]:
    """The cases of responsibility that an assignment opens."""
    before = set(children(org, case))
    org.act("officer", case, "hold_responsible", **org.assignment(**changed))
    return [uid for uid in children(org, case) if uid not in before]


def children(org: Organisation, case: str) -> list[str]:
    with org.house.db.reading("all") as session:
        parent = select(cases.c.id).where(cases.c.uid == case).scalar_subquery()
        return list(session.execute(select(cases.c.uid).where(cases.c.parent_id == parent).order_by(cases.c.id)).scalars())


def asked(org: Organisation, **changed: Any) -> str:
    """A responsibility served on a Monday."""
    case = matter(org)
    with on(org, MONDAY):
        child = assign(org, case, **changed)[0]
        org.act("officer", child, "notify", served_on=MONDAY.isoformat())
    return child


def state(org: Organisation, uid: str) -> str:
    with org.house.db.reading("all") as session:
        return str(session.execute(select(cases.c.state).where(cases.c.uid == uid)).scalar_one())


def triggers(org: Organisation, uid: str) -> list[str]:
    with org.house.db.reading("all") as session:
        id_ = session.execute(select(cases.c.id).where(cases.c.uid == uid)).scalar_one()
        return [e.trigger for e in events_of(session, id_)]


def sweep(org: Organisation, day: date) -> int:
    """The worker's rounds up to the end of a day."""
    return clocks.sweep(org.house, end_of(day, org.house.zone)).fired


def letters(org: Organisation, uid: str, kind: str) -> list[int]:
    with org.house.db.reading("all") as session:
        id_ = session.execute(select(cases.c.id).where(cases.c.uid == uid)).scalar_one()
        return list(session.execute(select(letter.c.person_id).where(letter.c.case_id == id_, letter.c.kind == kind).order_by(letter.c.id)).scalars())


def due(org: Organisation, uid: str, name: str) -> date:
    with org.house.db.reading("all") as session:
        id_ = session.execute(select(cases.c.id).where(cases.c.uid == uid)).scalar_one()
        moment = session.execute(select(clock.c.due_at).where(clock.c.case_id == id_, clock.c.name == name).order_by(clock.c.id.desc())).scalar()
    assert moment is not None
    return day_of(moment, org.house.zone)


def refused(work: Any) -> set[str]:
    with pytest.raises(Refused) as caught:
        work()
    return {v.code for v in caught.value.verdicts if not v.ok}


# Who is held responsible ----------------------------------------------------------------------------------------------


def test_the_form_that_assigns_asks_exactly_what_it_may(org: Organisation) -> None:
    flow = org.house.catalogue.by_name["inspection"]
    names = [i.name for i in flow.triggers["hold_responsible"][0].inputs]
    assert names == ["basis", "office", "line", "level", "owed", "due", "finding", "matter_on", "summary", "determiner", "paper"]


def test_the_next_superior_is_right_above_an_office_of_the_unit_on_its_line(org: Organisation) -> None:
    superior(org)
    case = matter(org)
    with on(org, MONDAY):
        assert refused(lambda: assign(org, case, level="next_superior")) == {"next_superior_stands_above_the_unit"}
        assert refused(lambda: assign(org, case, line="body")) == {"office_stands_on_its_line"}
        assert len(assign(org, case, level="next_superior", office="head-hq")) == 1


def test_a_body_on_which_an_answerer_sits_or_sat_does_not_determine(org: Organisation) -> None:
    case = matter(org)
    with on(org, MONDAY):
        give(org, "reviewer", "head", MONDAY)
        assert refused(lambda: assign(org, case)) == {"nobody_determines_their_own"}
        with org.house.db.atomic("all") as session:
            session.execute(update(appointment).where(appointment.c.person_id == org["head"].person_id, appointment.c.since_on == MONDAY)
                            .values(since_on=date(2026, 1, 1), until_on=date(2026, 6, 1)))
        assert refused(lambda: assign(org, case, basis="oversight", matter_on="2026-05-01")) == {"nobody_determines_their_own"}
        assert len(assign(org, case)) == 1


def test_who_was_entered_twice_sits_on_the_body_under_either_name(org: Organisation) -> None:
    case = matter(org)
    with org.house.db.atomic("all") as session:
        session.execute(update(person).where(person.c.id == org["boss"].person_id).values(same_as_id=org["head"].person_id))
    with on(org, MONDAY):
        assert refused(lambda: assign(org, case)) == {"nobody_determines_their_own"}


@pytest.mark.parametrize("body", ["W2", "OUT", "nowhere"])
def test_only_a_body_inside_the_house_with_someone_on_it_determines(org: Organisation, body: str) -> None:
    organisation.add_unit(org.house, CONSOLE, "OUT", "Inspectorate", kind="body", external=True)
    case = matter(org)
    with on(org, MONDAY):
        assert "a_body_inside_determines" in refused(lambda: assign(org, case, determiner=body))


def test_a_committee_answers_member_by_member_and_notes_go_to_all(org: Organisation) -> None:
    offices.add_office(org.house, CONSOLE, "deputies", "Deputy head", "W1")
    with org.house.db.atomic("all") as session:
        session.execute(update(office).where(office.c.code == "deputies").values(seats=3))
    for login in ("deputy", "two"):
        give(org, "deputies", login, date(2020, 1, 1))
    case = matter(org)
    with on(org, MONDAY):
        assert refused(lambda: assign(org, case, level="joint")) == {"joint_office_has_several_seats"}
        one, other = assign(org, case, level="joint", office="deputies")
        for uid in (one, other):
            org.act("officer", uid, "notify", served_on=MONDAY.isoformat())
        heads = {uid: {r["case"].uid for r in queries.responsibilities(org.house, org[uid])} for uid in ("deputy", "two")}
        assert sorted(map(sorted, heads.values())) == sorted([[one], [other]])
        mine = one if heads["deputy"] == {one} else other
        org.act("deputy", mine, "joint_note", note="we three asked for a second nurse")
        assert triggers(org, one if mine == other else other)[-1] == "attach_joint_note"
        org.act("deputy", mine, "receive")
        assert {state(org, one), state(org, other)} == {"received", "notified"}


# Who answers ----------------------------------------------------------------------------------------------------------


def test_handling_is_answered_by_the_holder_the_acting_head_or_a_delegate(org: Organisation) -> None:
    child = asked(org)
    with org.house.db.atomic("all") as session:
        session.execute(insert(delegation).values(office_id=office_id(org, "head-w1"), from_id=org["head"].person_id, to_id=org["two"].person_id,
                                                  scope="responsibility", since_on=MONDAY, until_on=MONDAY + timedelta(days=9), reason="a course"))
    with on(org, MONDAY):
        assert [r["case"].uid for r in queries.responsibilities(org.house, org["two"])] == [child]
        done = casework.fire(org.house, child, Act("receive", org["two"], {}, on_behalf_of=org["head"].id))
        assert (done.actor, done.on_behalf_of, done.role) == (org["two"].id, org["head"].id, "head")
        org.act("two", child, "acknowledge", statement="it is being done")
    with on(org, MONDAY + timedelta(days=20)), pytest.raises(NotFound):
        queries.case(org.house, org["two"], child)


def test_oversight_is_neither_seen_nor_answered_by_an_acting_head_or_a_delegate(org: Organisation) -> None:
    child = asked(org, basis="oversight", matter_on="2026-05-01")
    give(org, "head-w1", "deputy", MONDAY, acting=True)
    with org.house.db.atomic("all") as session:
        session.execute(insert(delegation).values(office_id=office_id(org, "head-w1"), from_id=org["head"].person_id, to_id=org["two"].person_id,
                                                  scope="*", since_on=MONDAY, until_on=MONDAY + timedelta(days=9), reason="a course"))
    with on(org, MONDAY):
        for login in ("deputy", "two"):
            assert queries.responsibilities(org.house, org[login]) == []
        for who in ("deputy", "head"):
            with pytest.raises((NotFound, Refused)):
                casework.fire(org.house, child, Act("receive", org[who], {}, on_behalf_of=org["head"].id))
        typed = casework.fire(org.house, child, Act("receive", org["officer"], {"paper": "12/2027, box 3"}, recorded_for=org["head"].id))
        assert typed.recorded_for == org["head"].id


def test_a_new_holder_is_served_again_and_the_former_one_is_relieved(org: Organisation) -> None:
    child = asked(org)
    with on(org, MONDAY):
        org.act("head", child, "receive")
        org.act("head", child, "acknowledge", statement="it is being done")
    change = MONDAY + timedelta(days=7)
    succeed(org, "head-w1", "deputy", change)
    with on(org, change):
        assert [r["case"].uid for r in queries.responsibilities(org.house, org["deputy"])] == [child]
        with pytest.raises(NotFound):
            queries.case(org.house, org["head"], child)
        clocks.sweep(org.house, now())
        assert state(org, child) == "notified"
        assert letters(org, child, "responsibility_relieved") and letters(org, child, "responsibility_notice")[-1] == org["deputy"].person_id
        assert queries.responsibilities(org.house, org["head"]) == []
        before = triggers(org, child)
        clocks.sweep(org.house, now())
        assert triggers(org, child) == before
        assert due(org, child, "answer") == change + timedelta(days=14)


def test_a_new_holder_who_answers_first_is_not_asked_twice(org: Organisation) -> None:
    child = asked(org)
    succeed(org, "head-w1", "deputy", MONDAY + timedelta(days=1))
    with on(org, MONDAY + timedelta(days=1)):
        org.act("deputy", child, "receive")
        clocks.sweep(org.house, now())
        assert state(org, child) == "received"


def test_oversight_stays_with_who_held_the_office_then(org: Organisation) -> None:
    child = asked(org, basis="oversight", matter_on="2026-05-01")
    succeed(org, "head-w1", "deputy", MONDAY + timedelta(days=1))
    with on(org, MONDAY + timedelta(days=1)):
        clocks.sweep(org.house, now())
        assert "serve_again" not in triggers(org, child)
        assert org.act("head", child, "receive").after == "received"


# Silence --------------------------------------------------------------------------------------------------------------


def test_silence_is_reminded_recorded_and_reported_never_taken_for_consent(org: Organisation) -> None:
    superior(org)
    child = asked(org)
    assert sweep(org, MONDAY + timedelta(days=3)) == 0
    assert sweep(org, MONDAY + timedelta(days=13)) == 2
    assert triggers(org, child)[-2:] == ["remind_automatically", "remind_automatically"]
    assert len(letters(org, child, "reminder")) == 2
    assert silence.ledger(org.house, org["auditor"], kind="unanswered").noted == ()
    assert sweep(org, MONDAY + timedelta(days=16)) == 1
    assert state(org, child) == "no_response"
    assert [n.case.uid for n in silence.ledger(org.house, org["auditor"], kind="unanswered").noted] == [child]
    assert sweep(org, MONDAY + timedelta(days=30)) == 1
    assert state(org, child) == "escalated"
    assert set(letters(org, child, "escalation")) == {org["stranger"].person_id, org["boss"].person_id}
    with on(org, MONDAY + timedelta(days=30)):
        seen = queries.case(org.house, org["stranger"], child)
        assert {r.value for r in seen.parts} == {"superior"}
        org.act("stranger", child, "hear", heard_on="2027-03-30", heard="nobody came", view="it was in their hands")
        org.act("boss", child, "determine", outcome="confirmed", reasons="the book was theirs to keep")
    assert not {"acknowledge", "acknowledge_with_reservation", "receive"} & set(triggers(org, child))
    assert letters(org, child, "determination")[0] == org["head"].person_id and org["boss"].person_id in letters(org, child, "determination")
    assert replay_all(org.house).found == 0


def test_one_sweep_far_ahead_does_what_the_worker_would_have_done_day_by_day(org: Organisation) -> None:
    child = asked(org)
    sweep(org, MONDAY + timedelta(days=60))
    assert triggers(org, child) == ["identify", "notify", "remind_automatically", "remind_automatically", "answer_lapsed", "escalate_silence"]
    with org.house.db.reading("all") as session:
        rows = session.execute(select(event.c.trigger, event.c.recorded_at).order_by(event.c.event_id)).all()
    days = [(day_of(at, org.house.zone) - MONDAY).days for trigger, at in rows if trigger in triggers(org, child)[2:]]
    assert days == [5, 11, 15, 19]


def test_a_clock_cut_off_after_its_work_does_not_do_it_twice(org: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    child = asked(org)
    real = casework.fire_in

    class Killed(BaseException):
        pass

    def cut_off(*args: Any, **more: Any) -> Any:
        real(*args, **more)
        raise Killed

    monkeypatch.setattr(casework, "fire_in", cut_off)
    with pytest.raises(Killed):
        sweep(org, MONDAY + timedelta(days=6))
    monkeypatch.undo()
    assert "remind_automatically" not in triggers(org, child)
    assert (sweep(org, MONDAY + timedelta(days=6)), sweep(org, MONDAY + timedelta(days=6))) == (1, 0)
    assert triggers(org, child).count("remind_automatically") == 1


def test_a_late_answer_is_taken_until_it_is_determined_and_recorded_as_late(org: Organisation) -> None:
    child = asked(org)
    sweep(org, MONDAY + timedelta(days=40))
    with on(org, MONDAY + timedelta(days=41)):
        late = org.act("head", child, "receive")
        assert (late.before, late.after, late.overdue) == ("escalated", "received", True)
        assert not org.act("head", child, "acknowledge", statement="I was abroad").overdue
    with org.house.db.reading("all") as session:
        id_ = session.execute(select(cases.c.id).where(cases.c.uid == child)).scalar_one()
        assert [e.trigger for e in events_of(session, id_) if e.overdue] == ["receive"]


def test_a_paper_signed_in_time_is_not_late_however_late_it_is_typed(org: Organisation) -> None:
    child = asked(org)
    sweep(org, MONDAY + timedelta(days=16))
    with on(org, MONDAY + timedelta(days=17)):
        typed = Act("receive", org["officer"], {"paper": "12/2027"}, recorded_for=org["head"].id, occurred_on="2027-03-05")
        assert not casework.fire(org.house, child, typed).overdue


def test_after_an_outage_silence_waits_until_the_last_reminder_had_its_day(org: Organisation) -> None:
    child = asked(org)
    with on(org, MONDAY + timedelta(days=30)):
        clocks.sweep(org.house, now())
        assert state(org, child) == "notified"
    with on(org, MONDAY + timedelta(days=31)):
        clocks.sweep(org.house, now() + 1_000_000)
        assert state(org, child) == "no_response"


# Leave and illness ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["head", "officer"])
def test_days_away_do_not_count_and_the_due_day_moves(org: Organisation, who: str) -> None:
    child = asked(org, due="2027-03-31")
    with on(org, MONDAY + timedelta(days=2)):
        org.act(who, child, "record_absence", ground="illness", away_from="2027-03-04", away_until="2027-03-10")
    assert due(org, child, "answer") == MONDAY + timedelta(days=21)
    assert due(org, child, "due") == date(2027, 4, 7)
    with org.house.db.reading("all") as session:
        assert session.execute(select(responsibility.c.due_on)).scalar_one() == date(2027, 4, 7)
    sweep(org, MONDAY + timedelta(days=16))
    assert state(org, child) == "notified"


def test_an_absence_on_file_is_noted_once_before_any_clock_runs_out(org: Organisation) -> None:
    child = asked(org)
    with org.house.db.atomic("all") as session:
        session.execute(insert(absence).values(person_id=org["head"].person_id, kind="leave", since_on=date(2027, 3, 2), until_on=date(2027, 3, 26)))
    with on(org, MONDAY + timedelta(days=2)):
        clocks.sweep(org.house, now())
        clocks.sweep(org.house, now())
    assert triggers(org, child).count("note_absence") == 1
    assert due(org, child, "answer") == date(2027, 4, 9)
    assert sweep(org, date(2027, 3, 31)) == 0


# Where it ends --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["end_with_reasons", "transfer"])
def test_oversight_is_withdrawn_where_the_matter_ends_cleared_and_handling_is_not(org: Organisation, how: str) -> None:
    case = matter(org)
    with on(org, MONDAY):
        over = assign(org, case, basis="oversight", matter_on="2026-05-01")[0]
        handled = assign(org, case)[0]
        for child in (over, handled):
            org.act("officer", child, "notify", served_on=MONDAY.isoformat())
        org.act("head", over, "receive")
        org.act("head", over, "contest", grounds="I had reported it", reported_on="2026-04-01", reported_to="the head of the house")
        data: dict[str, Any] = {"reason": "nothing in it"} | ({"to_body": "the region"} if how == "transfer" else {})
        org.act("chair", case, how, **data)
        assert (state(org, over), state(org, handled)) == ("withdrawn", "notified")
        assert letters(org, over, "responsibility_withdrawn") == [org["head"].person_id]
        with org.house.db.reading("all") as session:
            id_ = session.execute(select(cases.c.id).where(cases.c.uid == over)).scalar_one()
            last = list(events_of(session, id_))[-1]
        assert (last.actor, dict(last.data)) == ("system", {"reason": {"end_with_reasons": "ended", "transfer": "transferred"}[how]})
    assert replay_all(org.house).found == 0


def test_a_matter_closed_without_a_case_withdraws_what_it_opened(org: Organisation) -> None:
    with on(org, MONDAY):
        case = org.open().case
        child = assign(org, case, basis="oversight", matter_on="2026-05-01")[0]
        org.act("officer", case, "assess", assessment="unfounded", no_duplicate=True)
        org.act("officer", case, "propose_no_case", ground="unfounded", sentence="nothing in it")
        org.act("chair", case, "close_no_case", reason="agreed")
    assert state(org, child) == "withdrawn"


def test_the_wrong_office_closes_and_the_right_one_gets_its_own_time(org: Organisation) -> None:
    child = asked(org, due="2027-03-31", basis="oversight", matter_on="2026-05-01")
    later = MONDAY + timedelta(days=5)
    with on(org, later):
        org.act("head", child, "receive")
        org.act("head", child, "misdirect", right_office="head-w2", explanation="ward two keeps the book")
        assert state(org, child) == "misdirected"
        right = children(org, child)[0]
        org.act("officer", right, "notify", served_on=later.isoformat())
        assert [r["case"].uid for r in queries.responsibilities(org.house, org["other_head"])] == [right]
        assert due(org, right, "due") == date(2027, 4, 5)
        assert due(org, right, "answer") == later + timedelta(days=13)
        org.act("other_head", right, "receive")
        org.act("other_head", right, "contest", grounds="it was reported")
        assert refused(lambda: org.act("boss", right, "determine", outcome="confirmed", reasons="as found")) == {"underlying_matter_is_decided"}


def test_the_body_decides_as_it_is_composed_that_day(org: Organisation) -> None:
    child = asked(org)
    with on(org, MONDAY + timedelta(days=1)):
        org.act("head", child, "receive")
        org.act("head", child, "contest", grounds="it was never mine", reported_on="2027-02-01", reported_to="the head of the house")
        succeed(org, "reviewer", "two", MONDAY + timedelta(days=1))
        with pytest.raises(NotFound):
            queries.case(org.house, org["boss"], child)
        assert [row.uid for row in queries.work(org.house, org["two"]).rows if "determine" in row.waits] == [child]
        with pytest.raises(NotYours):
            org.act("officer", child, "determine", outcome="reduced", reasons="half of it")
        assert org.act("two", child, "determine", outcome="reduced", reasons="half of it").after == "determined"


def test_a_body_whose_member_became_the_head_hands_over_to_another(org: Organisation) -> None:
    organisation.add_unit(org.house, CONSOLE, "RC", "Second board", "HQ", kind="body")
    offices.add_office(org.house, CONSOLE, "second", "Member of the second board", "RC")
    offices.appoint(org.house, CONSOLE, "second", "one", "2020-01-01")
    child = asked(org)
    day = MONDAY + timedelta(days=1)
    succeed(org, "head-w1", "boss", day)
    with on(org, day):
        clocks.sweep(org.house, now())
        org.act("boss", child, "receive")
        org.act("boss", child, "acknowledge", statement="it is mine now")
        with pytest.raises(NotYours):
            org.act("boss", child, "determine", outcome="withdrawn", reasons="for myself")
        org.act("officer", child, "refer", determiner="RC", reason="the head sits on the first")
        assert org.act("one", child, "determine", outcome="confirmed", reasons="it is theirs").after == "determined"


def test_what_was_determined_leads_to_actions_or_to_a_case_of_its_own_and_then_ends(org: Organisation) -> None:
    child = asked(org)
    with on(org, MONDAY + timedelta(days=1)):
        org.act("head", child, "receive")
        org.act("head", child, "acknowledge_with_reservation", statement="it is mine", reservation="we were two short")
        org.act("boss", child, "determine", outcome="confirmed", reasons="as found")
        assert refused(lambda: org.act("officer", child, "close")) == {"withdrawn_or_linked"}
        org.act("officer", child, "open_inspection", what="The book was kept back on purpose, 3 May 2026.")
        own = children(org, child)[0]
        row = queries.case(org.house, org["officer"], own)
        assert (row.workflow.name, row.state) == ("inspection", "registered")
        matter = {"status_then": "person", "status_now": "person", "task": "own", "level": "body", "decider": org["boss"].id,
                  "what": "The head knew of it and did nothing."}
        assert refused(lambda: org.act("officer", child, "open_own_case", matters=[matter | {"respondent": org["one"].id}])) == {
            "own_case_is_about_who_answered"}
        org.act("officer", child, "open_own_case", matters=[matter | {"respondent": org["head"].id}])
        row = queries.case(org.house, org["officer"], children(org, child)[1])
        assert (row.workflow.name, row.state) == ("discipline", "opened")


def test_what_an_act_opens_is_named_before_and_said_where_it_is_refused(org: Organisation) -> None:
    child = asked(org)
    with on(org, MONDAY + timedelta(days=1)):
        org.act("head", child, "receive")
        org.act("head", child, "acknowledge", statement="it is mine")
        org.act("boss", child, "determine", outcome="confirmed", reasons="as found")
        offered = {o.transition.trigger: {v.code: v.ok for v in o.verdicts} for o in offering.offers(org.house, org["officer"], child)[1]}
        assert offered["open_inspection"]["unit_is_in_jurisdiction"] is None
        assert offered["open_own_case"]["people_named_are_known"] is None
        matter = {"status_then": "person", "status_now": "person", "task": "own", "level": "body", "decider": org["head"].id,
                  "what": "The head knew of it and did nothing.", "respondent": org["head"].id}
        with pytest.raises(Refused) as caught:
            org.act("officer", child, "open_own_case", matters=[matter])
    final = {v.code: v.ok for v in caught.value.verdicts}
    assert caught.value.trigger == "open_own_case"
    assert not final["respondent_does_not_decide"]
    assert set(final) >= set(offered["open_own_case"])
    assert all(ok is None or final[code] is ok for code, ok in offered["open_own_case"].items())


def test_the_roles_of_a_case_follow_its_office(org: Organisation) -> None:
    child = asked(org)
    with org.house.db.reading("all") as session:
        heads = session.execute(select(case_role.c.person_id).join(cases, cases.c.id == case_role.c.case_id)
                                .where(cases.c.uid == child, case_role.c.role == "head", case_role.c.until_seq.is_(None))).scalars().all()
        assert heads == [org["head"].person_id]
        body = session.execute(select(unit.c.code).join(cases, cases.c.body_id == unit.c.id).where(cases.c.uid == child)).scalar_one()
    assert body == "RB"
    with pytest.raises(NotYours):
        casework.fire(org.house, child, Act("serve_again", org["officer"], {"holder": org["head"].id}))
    with pytest.raises(Refused):
        other = asked(org, basis="oversight", matter_on="2026-05-01")
        casework.fire(org.house, other, Act("serve_again", SYSTEM, {"holder": org["head"].id}))

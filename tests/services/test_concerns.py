"""Signals from inside: who receives a concern, who never learns of it, and that nobody strikes back unseen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete, insert, select

from inspect_app.access.reading import readable
from inspect_app.errors import Invalid, NotFound
from inspect_app.models import cases, exclusion, installation, letter, named, receipt_code, sign_in_try, unit
from inspect_app.now import hold, now
from inspect_app.schemas.acts import read_act
from inspect_app.services import casework, concerns, letters, lookups, offices, organisation, queries, setup, walls
from inspect_app.services.casework import Opening
from inspect_app.services.clocks import sweep
from inspect_app.services.contacts import APPEAL_BODY, CONTACT
from inspect_app.services.events import events_of
from inspect_app.services.ledger import Event
from inspect_app.services.queries import Filter
from tests.services.organisation import CONSOLE, Organisation
from workflows.acts import Act, Actor
from workflows.errors import NotYours, Refused

DAY = 86_400_000_000
WHAT = {"what": "The stock book of May was written anew in June.", "conduct": "act", "place": "store room", "happened_from": "2026-05-04"}
HANDLED: dict[str, Any] = {"assessment": "specific", "told": "Received; we are looking into it."}


def name_contact(org: Organisation, who: str = "boss", body: str | None = None) -> None:
    with org.house.db.atomic("all") as session:
        setup.keep(session, CONTACT, org[who].id)
        if body:
            setup.keep(session, APPEAL_BODY, body)


@pytest.fixture
def org(org: Organisation) -> Organisation:
    name_contact(org)
    return org


def report(org: Organisation, who: str = "stranger", *about: str, **more: Any) -> str:
    """Raise a concern as someone; returns the case."""
    rows = {"named": [{"person": org[login].id} for login in about]} if about else {}
    return org.open(who, "concern", "raise_concern", **(WHAT | rows | more)).case


def sees(org: Organisation, who: str, case: str) -> bool:
    """Whether someone meets the case in any list, count or address."""
    house, actor = org.house, org[who]
    listed = case in {row.uid for row in queries.register(house, actor, limit=200).rows}
    waits = case in {row.uid for row in queries.work(house, actor).rows}
    try:
        queries.case(house, actor, case)
        opened = True
    except NotFound:
        opened = False
    assert opened == listed >= waits
    assert lookups.count(house, actor, Filter())[0] == len(queries.register(house, actor, limit=200).rows)
    return opened


def events(org: Organisation, case: str) -> list[Event]:
    with org.house.db.reading("all") as session:
        return list(events_of(session, session.execute(select(cases.c.id).where(cases.c.uid == case)).scalar_one()))


def unsigned(org: Organisation, code: str, unit_code: str = "W1", holds: str | None = None, **data: Any) -> None:
    opening = Opening("concern", Act("raise_concern", concerns.unsigned("en", holds), data or WHAT), "Concern", unit_code)
    concerns.report_unsigned(org.house, opening, code, read=read_act)


def test_letters_to_the_reporter_are_listed_to_nobody_else(org: Organisation) -> None:
    case = report(org, "stranger", "one")
    org.act("officer", case, "assess", **HANDLED)
    rows = {who: queries.case(org.house, org[who], case) for who in ("officer", "chair", "auditor", "stranger")}
    listed = {who: letters.listed(org.house, org[who], row) for who, row in rows.items()}
    assert [one["kind"] for one in listed.pop("stranger")] == ["acknowledgement"] and not any(listed.values())
    number = letters.listed(org.house, org["stranger"], rows["stranger"])[0]["id"]
    assert letters.read(org.house, org["stranger"], rows["stranger"], number).to == "Stranger Person"
    for who in listed:
        with pytest.raises(NotFound):
            letters.read(org.house, org[who], rows[who], number)


def test_a_concern_about_nobody_of_the_line_goes_to_the_committee(org: Organisation) -> None:
    case = report(org, "stranger", "one")
    assert sees(org, "officer", case) and sees(org, "chair", case)
    assert not sees(org, "boss", case) and not sees(org, "one", case)
    org.act("officer", case, "assess", **HANDLED)


@pytest.mark.parametrize("about", ["chair", "officer", "head", "other_head", "admin"])
def test_a_concern_about_whoever_handles_or_heads_goes_to_the_contact_alone(org: Organisation, about: str) -> None:
    case = report(org, "stranger", about)
    assert sees(org, "boss", case)
    assert not any(sees(org, who, case) for who in ("chair", "officer", "head", "other_head", "auditor", "deputy", "admin"))
    assert lookups.count(org.house, org["chair"], Filter())[0] == 0
    org.act("boss", case, "assess", **HANDLED)


def test_whoever_is_only_described_may_be_anyone_and_so_it_goes_to_the_contact(org: Organisation) -> None:
    case = report(org, named=[{"described": "somebody of the store"}])
    assert sees(org, "boss", case) and not sees(org, "chair", case)


def test_a_description_that_holds_a_name_or_an_office_names_that_person(org: Organisation) -> None:
    case = report(org, named=[{"described": "that is Chair Person, and the Head of W2"}])
    with org.house.db.reading("all") as session:
        found = set(session.execute(select(named.c.person_id).join(cases, cases.c.id == named.c.case_id).where(cases.c.uid == case)).scalars())
    assert found == {org["chair"].person_id, org["other_head"].person_id}


def test_it_stays_apart_from_the_line_where_the_reporter_asks_for_it(org: Organisation) -> None:
    case = report(org, apart=True)
    assert sees(org, "boss", case) and not sees(org, "chair", case)


def test_a_concern_about_the_contact_goes_to_whoever_answers_in_the_appeal_body(org: Organisation) -> None:
    organisation.add_unit(org.house, CONSOLE, "APP", "Appeal body", kind="body")
    offices.add_office(org.house, CONSOLE, "app-chair", "Chair of appeals", "APP")
    offices.appoint(org.house, CONSOLE, "app-chair", "deputy", "2020-01-01")
    with org.house.db.atomic("all") as session:
        setup.keep(session, APPEAL_BODY, "APP")
    case = report(org, "stranger", "boss", "chair")
    assert sees(org, "deputy", case) and not sees(org, "boss", case) and not sees(org, "chair", case)


def test_where_nobody_inside_may_receive_it_the_way_outside_is_named(org: Organisation) -> None:
    organisation.add_unit(org.house, CONSOLE, "OUT", "Inspectorate of the county", kind="body", external=True)
    with org.house.db.atomic("all") as session:
        setup.keep(session, APPEAL_BODY, "OUT")
    with pytest.raises(Invalid, match="Inspectorate of the county"):
        report(org, "stranger", "boss", "chair")
    with org.house.db.reading("all") as session:
        assert session.execute(select(cases.c.id)).first() is None


def test_the_history_never_says_who_reported_and_the_sealed_name_is_for_the_contact(org: Organisation) -> None:
    case = report(org, "stranger", "chair", reporter=org["stranger"].id)
    org.act("stranger", case, "add_facts", facts="It was on a Monday.")
    assert {e.actor for e in events(org, case)} == {"reporter"}
    workflow = org.house.catalogue.by_name["concern"]
    readers = {i.name: i.readers for i in workflow.every_input}
    assert set(readers["reporter"]) == {"reporter", "decider"}


def test_nobody_reports_in_the_name_of_another(org: Organisation) -> None:
    with pytest.raises(Refused):
        report(org, "stranger", reporter=org["one"].id)


def test_no_door_lets_a_handler_try_names_until_one_is_the_reporter(org: Organisation) -> None:
    case = report(org, "stranger")
    assert queries.register(org.house, org["chair"], Filter(assigned_to=org["stranger"].id)).rows == ()
    act = Act("add_facts", org["officer"], {"facts": "typed", "paper": "p. 1"}, recorded_for=org["stranger"].id)
    with pytest.raises(NotYours):
        casework.fire(org.house, case, act)


def test_whoever_reported_does_not_handle_it(org: Organisation) -> None:
    case = report(org, "officer")
    with pytest.raises(Refused, match="did not report it"):
        org.act("officer", case, "assess", **HANDLED)


def test_the_contact_hands_over_to_whom_nothing_ties_and_never_to_those_named(org: Organisation) -> None:
    case = report(org, "stranger", "chair")
    org.act("boss", case, "assess", **HANDLED)
    with pytest.raises(Refused):
        org.act("boss", case, "entrust_handling", person=org["chair"].id, reason="knows it")
    org.act("boss", case, "entrust_handling", person=org["two"].id, reason="of another unit")
    assert sees(org, "two", case)


def test_what_a_closed_circle_opens_stays_in_it_and_another_decides_there(org: Organisation) -> None:
    case = report(org, "stranger", "chair")
    org.act("boss", case, "assess", **HANDLED)
    told: dict[str, Any] = {"matter": "The stock book of the ward in May and June.", "feedback": "An inspection begins."}
    with pytest.raises(Refused, match="somebody else"):
        org.act("boss", case, "follow_up", **told)
    org.act("boss", case, "entrust_handling", person=org["two"].id, reason="of another unit")
    org.act("two", case, "follow_up", **told)
    with org.house.db.reading("all") as session:
        child = session.execute(select(cases.c.uid).where(cases.c.workflow == "inspection")).scalar_one()
    assert not any(sees(org, who, child) for who in ("chair", "officer", "auditor"))
    assert sees(org, "boss", child) and sees(org, "two", child)
    org.act("two", child, "assess", assessment="founded", no_duplicate=True)
    org.act("two", child, "propose", work_type="suspicion", why="it repeats")
    with pytest.raises(NotYours):
        org.act("two", child, "issue", **org.team("one", "deputy"))
    org.act("boss", child, "issue", **org.team("one", "deputy"))


def test_whoever_is_behind_a_wall_receives_nothing(org: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    def all_officers_and_chairs(session: Any, house: Any, case_id: int) -> None:
        session.execute(insert(exclusion), [{"case_id": case_id, "person_id": org[who].person_id, "part": "all", "since_on": date(2026, 1, 1)}
                                            for who in ("officer", "chair")])

    monkeypatch.setattr(walls, "rebuild", all_officers_and_chairs)
    case = report(org, "stranger", "one")
    assert sees(org, "boss", case) and not sees(org, "officer", case) and not sees(org, "chair", case)


def test_the_inspected_are_not_told_of_the_concern_it_came_from(org: Organisation) -> None:
    case = report(org)
    org.act("officer", case, "assess", **HANDLED)
    org.act("officer", case, "follow_up", matter="The stock book of the ward in May.", feedback="An inspection begins.")
    with org.house.db.reading("all") as session:
        child = session.execute(select(cases.c.uid).where(cases.c.workflow == "inspection")).scalar_one()
    org.act("officer", child, "assess", assessment="founded", no_duplicate=True)
    org.act("officer", child, "propose", work_type="suspicion", why="it repeats")
    org.act("chair", child, "issue", **org.team())
    org.act("lead", child, "launch", **LAUNCH)
    assert queries.case(org.house, org["officer"], child).parent == case
    seen = queries.case(org.house, org["head"], child)
    assert seen.parent is None and not sees(org, "head", case)
    assert "source" in readable(seen.workflow, "register", {"source": "signal"}, seen.parts)[1]


def test_no_case_takes_two_and_the_reporter_is_told_why(org: Organisation) -> None:
    case = report(org)
    org.act("officer", case, "assess", **HANDLED)
    with pytest.raises(Refused):
        org.act("chair", case, "close_no_case", reason="nothing there")
    org.act("officer", case, "propose_no_case", ground="unfounded", sentence="the book is whole")
    org.act("chair", case, "close_no_case", reason="We compared the book with the stock.")
    told = concerns.own(org.house, org["stranger"], case)
    assert [e.trigger for e in told.events] == ["raise_concern", "assess", "close_no_case"]
    with org.house.db.reading("all") as session:
        kinds = session.execute(select(letter.c.kind).where(letter.c.person_id == org["stranger"].person_id)).scalars().all()
    assert kinds == ["acknowledgement", "closed_no_case"]


def test_a_code_leads_back_and_no_other_does(org: Organisation) -> None:
    code = concerns.code_of("a secret of a form")
    unsigned(org, code)
    unsigned(org, code)
    actor, told = concerns.by_code(org.house, code.lower().replace("-", " "), "en")
    assert told.row.state == "received" and actor.holds == told.row.uid
    casework.fire(org.house, told.row.uid, Act("add_facts", actor, {"facts": "One more thing."}), read=read_act)
    with org.house.db.reading("all") as session:
        assert code not in session.execute(select(receipt_code.c.code_hash)).scalars().all()
        assert session.execute(select(cases.c.id)).scalars().all() == [told.row.id]
    for wrong in ("", code[:-1], concerns.code_of("another")):
        with pytest.raises(NotFound):
            concerns.by_code(org.house, wrong, "en")


def test_a_code_opens_one_case_and_no_other(org: Organisation) -> None:
    first, second = concerns.code_of("first"), concerns.code_of("second")
    unsigned(org, first)
    unsigned(org, second)
    actor, _ = concerns.by_code(org.house, first, "en")
    _, other = concerns.by_code(org.house, second, "en")
    with pytest.raises(NotFound):
        casework.fire(org.house, other.row.uid, Act("add_facts", actor, {"facts": "x"}))
    with pytest.raises(NotYours):
        casework.fire(org.house, str(actor.holds), Act("assess", actor, HANDLED))
    for nobody in (concerns.unsigned("en"), Actor("stranger", "x")):
        with pytest.raises(NotFound):
            casework.fire(org.house, other.row.uid, Act("add_facts", nobody, {"facts": "x"}))


def test_retaliation_is_a_concern_of_its_own_that_the_first_ones_handlers_do_not_see(org: Organisation) -> None:
    case = report(org, "stranger", "one")
    number = queries.case(org.house, org["stranger"], case).number
    second = org.open("stranger", "concern", "raise_concern", kind="retaliation", what="I was moved to night shifts.", about=number).case
    assert sees(org, "boss", second) and not sees(org, "chair", second) and not sees(org, "officer", second)
    assert queries.case(org.house, org["boss"], second).dossier != queries.case(org.house, org["stranger"], case).dossier
    with org.house.db.reading("all") as session:
        who = session.execute(select(named.c.person_id).join(cases, cases.c.id == named.c.case_id).where(cases.c.uid == second)).scalars().all()
    assert who == [org["one"].person_id]


def test_retaliation_speaks_of_ones_own_matter(org: Organisation) -> None:
    number = queries.case(org.house, org["stranger"], report(org, "stranger")).number
    with pytest.raises(Invalid, match="reported or are protected"):
        org.open("one", "concern", "raise_concern", kind="retaliation", what="I was moved to night shifts.", about=number)


def test_the_reporter_is_asked_three_times_and_silence_is_recorded(org: Organisation) -> None:
    case = report(org)
    start = now()
    for day in (31, 91):
        with hold(start + day * DAY):
            sweep(org.house, now())
    with hold(start + 91 * DAY):
        assert concerns.own(org.house, org["stranger"], case).checked
        org.act("stranger", case, "answer_check_in", how="worried", words="He no longer greets me.")
        assert not concerns.own(org.house, org["stranger"], case).checked
    with hold(start + 200 * DAY):
        sweep(org.house, now())
    with hold(start + 220 * DAY):
        sweep(org.house, now())
    triggers = [e.trigger for e in events(org, case)]
    assert triggers == ["raise_concern", "check_in", "check_in_unanswered", "check_in", "answer_check_in", "check_in", "check_in_unanswered"]


def test_a_concern_that_has_ended_still_asks_how_its_reporter_is(org: Organisation) -> None:
    case = report(org)
    org.act("chair", case, "hand_over", to_body="the county", reason="it is theirs")
    with hold(now() + 31 * DAY):
        sweep(org.house, now())
    assert events(org, case)[-1].trigger == "check_in"


@pytest.fixture
def struck(org: Organisation) -> Iterator[tuple[Organisation, str]]:
    """A concern of the head about the lead of the team, and an inspection of the head's own unit that the lead is to launch."""
    report(org, "head", "lead")
    yield org, org.ordered()


LAUNCH: dict[str, Any] = {"office": "head-w1", "served_on": "2026-01-05", "rights_notice": True}


def test_an_adverse_act_by_those_spoken_of_needs_another_decider_and_says_no_more_than_that(struck: tuple[Organisation, str]) -> None:
    org, case = struck
    with pytest.raises(Refused) as refused:
        org.act("lead", case, "launch", **LAUNCH)
    failed = {v.code: v.outer for v in refused.value.verdicts if not v.ok}
    assert set(failed) == {"actor_has_no_tie", "adverse_act_needs_another_decider"}
    assert set(failed.values()) == {"This act needs another person."}


def test_after_twelve_months_an_act_is_an_act_again(struck: tuple[Organisation, str]) -> None:
    org, case = struck
    with hold(now() + 370 * DAY):
        org.act("lead", case, "launch", **LAUNCH)


def test_tries_are_counted_by_an_address_that_is_not_kept(org: Organisation) -> None:
    for _ in range(concerns.MOST["receipt"]):
        concerns.note_try(org.house, "10.1.2.3", "receipt")
    assert not concerns.may_try(org.house, "10.1.2.3", "receipt")
    assert concerns.may_try(org.house, "10.1.2.4", "receipt") and concerns.may_try(org.house, "10.1.2.3", "concern")
    with hold(now() + concerns.HOUR + 1):
        assert concerns.may_try(org.house, "10.1.2.3", "receipt")
        concerns.note_try(org.house, "10.1.2.4", "receipt")
    with org.house.db.reading() as session:
        assert len(session.execute(select(sign_in_try.c.login_hash)).scalars().all()) == 1


def test_where_no_contact_is_named_nothing_is_sent_to_the_wrong_people(house: Any) -> None:
    from tests.services.organisation import organise

    made = organise(house)
    with house.db.atomic("all") as session:
        session.execute(delete(installation).where(installation.c.name == CONTACT))
    with pytest.raises((Invalid, Refused), match="contact"):
        report(made, "stranger", "chair")
    with house.db.reading("all") as session:
        assert session.execute(select(unit.c.id)).first() is not None and session.execute(select(cases.c.id)).first() is None

"""A unit or body is dissolved while its cases are open: whoever handles and sees them follows to the successor, with an event in each."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from inspect_app.errors import NotFound
from inspect_app.models import cases, office
from inspect_app.services import offices, organisation, passing_on, persons, queries
from inspect_app.services.events import events_of
from inspect_app.services.queries import Filter, today
from inspect_app.services.replaying import replay_all
from tests.services.organisation import CONSOLE, Organisation
from tests.services.test_responsibility import children, letters, state, triggers


def dissolve(org: Organisation, code: str, successor: str) -> None:
    """Its last day was yesterday."""
    last = (today(org.house) - timedelta(days=1)).isoformat()
    organisation.change_unit(org.house, CONSOLE, code, {"dissolved_on": last, "successor": successor})


def parts(org: Organisation, login: str, uid: str) -> set[str]:
    try:
        return {role.value for role in queries.case(org.house, org[login], uid).parts}
    except NotFound:
        return set()


def handled(org: Organisation) -> tuple[str, str, str]:
    """An inspection of a ward, the responsibility of its head, served, and a shortcoming it has to remedy."""
    case = org.ordered()
    org.act("officer", case, "hold_responsible", **org.assignment())
    duty = children(org, case)[0]
    org.act("officer", duty, "notify", served_on="2026-01-05")
    action = org.open("officer", "shortcoming", "note", what="The book has no page numbers", cause_kind="procedure", cause="nobody ordered it",
                      office="head-w1", due="2099-12-31", measure="number the pages").case
    return case, duty, action


def facts(org: Organisation, uid: str, trigger: str) -> list[dict[str, object]]:
    with org.house.db.reading("all") as session:
        id_ = session.execute(select(cases.c.id).where(cases.c.uid == uid)).scalar_one()
        return [dict(e.data) for e in events_of(session, id_) if e.trigger == trigger]


def test_the_successor_handles_and_sees_what_was_open_in_a_dissolved_unit(org: Organisation) -> None:
    case, duty, action = handled(org)
    persons.grant(org.house, CONSOLE, "deputy", "chair", "W2")
    assert (parts(org, "head", duty), parts(org, "other_head", duty), parts(org, "deputy", case)) == ({"head"}, set(), set())
    dissolve(org, "W1", "W2")
    assert parts(org, "deputy", case) == {"chair"} == parts(org, "deputy", duty)
    assert (parts(org, "head", duty), parts(org, "other_head", duty), parts(org, "other_head", action)) == (set(), {"head"}, {"owner"})
    passing_on.round_of(org.house)
    for uid in (case, duty, action):
        assert facts(org, uid, "follow_successor") == [{"unit_before": "W1", "unit_after": "W2"}]
    assert {r.uid for r in queries.register(org.house, org["chair"], Filter(unit="W2")).rows} == {case, duty, action}
    assert "serve_again" in triggers(org, duty) and letters(org, duty, "responsibility_notice")[-1] == org["other_head"].person_id
    org.act("other_head", duty, "receive")
    org.act("other_head", action, "finish", what_was_done="numbered")
    before = triggers(org, case)
    assert passing_on.round_of(org.house) == 0 and triggers(org, case) == before
    assert replay_all(org.house).found == 0


def test_where_the_successor_is_dissolved_too_a_case_goes_on_to_the_next(org: Organisation) -> None:
    case = org.ordered()
    organisation.add_unit(org.house, CONSOLE, "W3", "Ward 3", "HQ")
    dissolve(org, "W1", "W2")
    dissolve(org, "W2", "W3")
    passing_on.round_of(org.house)
    assert facts(org, case, "follow_successor") == [{"unit_before": "W1", "unit_after": "W2"}, {"unit_before": "W2", "unit_after": "W3"}]


def test_what_had_ended_stays_where_it_was_and_so_does_what_has_no_successor(org: Organisation) -> None:
    ended, case = org.open().case, org.open(unit="W2").case
    org.act("officer", ended, "assess", assessment="unfounded", no_duplicate=True)
    org.act("officer", ended, "propose_no_case", ground="unfounded", sentence="nothing in it")
    org.act("chair", ended, "close_no_case", reason="agreed")
    dissolve(org, "W1", "W2")
    organisation.change_unit(org.house, CONSOLE, "W2", {"dissolved_on": (today(org.house) - timedelta(days=1)).isoformat()})
    passing_on.round_of(org.house)
    assert facts(org, ended, "follow_successor") == facts(org, case, "follow_successor") == []


def test_an_unnamed_concern_follows_its_unit_too(org: Organisation) -> None:
    case = org.open("stranger", "concern", "raise_concern", what="The stock book of May was written anew.", conduct="act", place="store room",
                    happened_from="2026-05-04").case
    dissolve(org, "W1", "W2")
    passing_on.round_of(org.house)
    assert facts(org, case, "follow_successor") == [{"unit_before": "W1", "unit_after": "W2"}]


def test_whoever_succeeds_a_dissolved_body_determines(org: Organisation) -> None:
    _, duty, _ = handled(org)
    organisation.add_unit(org.house, CONSOLE, "RC", "Second board", "HQ", kind="body")
    offices.add_office(org.house, CONSOLE, "second", "Member of the second board", "RC")
    offices.appoint(org.house, CONSOLE, "second", "one", "2020-01-01")
    dissolve(org, "RB", "RC")
    passing_on.round_of(org.house)
    assert facts(org, duty, "follow_body") == [{"body_before": "RB", "determiner": "RC"}]
    assert parts(org, "boss", duty) == set() and "decider" in parts(org, "one", duty)
    org.act("head", duty, "receive")
    org.act("head", duty, "acknowledge", statement="it is being done")
    assert org.act("one", duty, "determine", outcome="confirmed", reasons="as found").after == "determined" == state(org, duty)


@pytest.mark.parametrize("above", [False, True])
def test_offices_of_a_dissolved_unit_come_to_stand_below_that_of_the_successor(org: Organisation, above: bool) -> None:
    offices.add_office(org.house, CONSOLE, "head-hq", "Head of the house", "HQ")
    offices.appoint(org.house, CONSOLE, "head-hq", "boss", "2020-01-01")
    offices.change_office(org.house, CONSOLE, "head-w1", {"superior": "head-hq"})
    offices.change_office(org.house, CONSOLE, "head-w2", {"superior": "head-w1" if above else "head-hq"})
    dissolve(org, "W1", "W2")
    with org.house.db.reading() as session:
        codes = {id_: code for id_, code in session.execute(select(office.c.id, office.c.code))}
        lines = {code: codes.get(superior) for code, superior in session.execute(select(office.c.code, office.c.superior_id))}
    assert (lines["head-w1"], lines["head-w2"]) == ("head-w2", "head-hq")

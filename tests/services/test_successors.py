"""What follows an office rather than a person: a seat of a committee, a report to the superior; and what an annulled decision takes with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from inspect_app.errors import NotFound
from inspect_app.models import appointment, cases, office
from inspect_app.now import now
from inspect_app.services import casework, clocks, lookups, offering, offices, queries
from inspect_app.services.events import events_of
from inspect_app.services.explaining import explain
from inspect_app.services.queries import Filter
from inspect_app.services.replaying import replay_all
from tests.services.organisation import CONSOLE, Organisation
from tests.services.test_responsibility import (
    MONDAY,
    asked,
    assign,
    children,
    give,
    letters,
    matter,
    office_id,
    on,
    state,
    succeed,
    superior,
    sweep,
    triggers,
)
from workflows.acts import SYSTEM, Act
from workflows.catalogue import Catalogue
from workflows.definition import State, Transition
from workflows.inspection_v1 import INSPECTION
from workflows.responsibility_v1 import cleared
from workflows.roles import Role
from workflows.words import words

LATER = MONDAY + timedelta(days=7)


def committee(org: Organisation, **changed: Any) -> dict[str, str]:
    """A joint responsibility served on the two deputies of a ward: case by login."""
    offices.add_office(org.house, CONSOLE, "deputies", "Deputy head", "W1")
    with org.house.db.atomic("all") as session:
        session.execute(update(office).where(office.c.code == "deputies").values(seats=3))
    for login in ("deputy", "two"):
        give(org, "deputies", login, date(2020, 1, 1))
    case = matter(org)
    with on(org, MONDAY):
        served = assign(org, case, level="joint", office="deputies", **changed)
        for uid in served:
            org.act("officer", uid, "notify", served_on=MONDAY.isoformat())
        return {login: r["case"].uid for login in ("deputy", "two") for r in queries.responsibilities(org.house, org[login])}


def leave(org: Organisation, code: str, login: str, last: date) -> None:
    with org.house.db.atomic("all") as session:
        session.execute(update(appointment).where(appointment.c.office_id == office_id(org, code), appointment.c.person_id == org[login].person_id)
                        .values(until_on=last))


def parts(org: Organisation, login: str, uid: str) -> set[str]:
    """What someone plays in a case; nothing where they may not know of it. In the list, on the page and for an act it is the same."""
    listed = [row for row in queries.register(org.house, org[login], limit=200).rows if row.uid == uid]
    try:
        shown = queries.case(org.house, org[login], uid)
    except NotFound:
        assert listed == []
        return set()
    assert [row.parts for row in listed] == [shown.parts] == [offering.offers(org.house, org[login], uid)[0].parts]
    return {role.value for role in shown.parts}


# A seat of a committee ------------------------------------------------------------------------------------------------


def test_handling_of_a_committee_passes_to_whoever_takes_the_seat(org: Organisation) -> None:
    mine = committee(org)
    with on(org, MONDAY):
        org.act("deputy", mine["deputy"], "receive")
        org.act("deputy", mine["deputy"], "acknowledge", statement="it is being done")
    leave(org, "deputies", "deputy", LATER - timedelta(days=1))
    with on(org, LATER):
        clocks.sweep(org.house, now())
        assert state(org, mine["deputy"]) == "acknowledged"  # nobody has taken the seat yet
        give(org, "deputies", "lead", LATER)
        clocks.sweep(org.house, now())
        clocks.sweep(org.house, now())
        assert (state(org, mine["deputy"]), state(org, mine["two"])) == ("notified", "notified")
        assert triggers(org, mine["deputy"]).count("serve_again") == 1 and "serve_again" not in triggers(org, mine["two"])
        assert parts(org, "lead", mine["deputy"]) >= {"head"} and "head" not in parts(org, "deputy", mine["deputy"])
        assert letters(org, mine["deputy"], "responsibility_relieved") == [org["deputy"].person_id]
        org.act("lead", mine["deputy"], "receive")
        org.act("lead", mine["deputy"], "joint_note", note="the two of us ask for a second nurse")
        assert triggers(org, mine["two"])[-1] == "attach_joint_note" and triggers(org, mine["deputy"])[-1] == "joint_note"
        assert [r["case"].uid for r in queries.responsibilities(org.house, org["lead"])] == [mine["deputy"]]
    assert replay_all(org.house).found == 0


def test_oversight_of_a_committee_stays_with_each_member_of_then(org: Organisation) -> None:
    mine = committee(org, basis="oversight", matter_on="2026-05-01")
    leave(org, "deputies", "deputy", LATER - timedelta(days=1))
    give(org, "deputies", "lead", LATER)
    with on(org, LATER):
        clocks.sweep(org.house, now())
        assert "serve_again" not in triggers(org, mine["deputy"])
        assert org.act("deputy", mine["deputy"], "receive").after == "received"


def test_whoever_answered_for_one_seat_is_not_asked_for_another(org: Organisation) -> None:
    mine = committee(org)
    leave(org, "deputies", "deputy", LATER - timedelta(days=1))
    with on(org, LATER):
        clocks.sweep(org.house, now())
        assert "serve_again" not in triggers(org, mine["deputy"])
    assert parts(org, "two", mine["deputy"]) == set()


# A report to the superior ---------------------------------------------------------------------------------------------


@pytest.fixture
def reported(org: Organisation) -> str:
    """Silence that was reported to the superior of the head."""
    superior(org)
    child = asked(org)
    sweep(org, MONDAY + timedelta(days=30))
    assert state(org, child) == "escalated"
    return child


def test_a_superior_who_left_the_office_sees_nothing_more_and_the_next_one_is_told(org: Organisation, reported: str) -> None:
    day = MONDAY + timedelta(days=40)
    with on(org, day - timedelta(days=1)):
        assert parts(org, "stranger", reported) == {"superior"} and parts(org, "two", reported) == set()
    succeed(org, "head-hq", "two", day)
    with on(org, day):
        assert parts(org, "stranger", reported) == set() and parts(org, "two", reported) == {"superior"}
        assert (lookups.count(org.house, org["stranger"], Filter())[0], lookups.count(org.house, org["two"], Filter(workflow="responsibility"))[0]) \
            == (0, 1)
        clocks.sweep(org.house, now())
        clocks.sweep(org.house, now())
        assert triggers(org, reported).count("escalate_again") == 1
        assert letters(org, reported, "escalation")[-1] == org["two"].person_id
        with pytest.raises(NotFound):
            org.act("stranger", reported, "hear", heard_on="2027-03-30", heard="nobody came", view="it was in their hands")
        org.act("two", reported, "hear", heard_on="2027-03-30", heard="nobody came", view="it was in their hands")
    assert replay_all(org.house).found == 0


def test_why_a_superior_sees_a_case_is_explained_by_the_office(org: Organisation, reported: str) -> None:
    with on(org, MONDAY + timedelta(days=31)):
        number = queries.case(org.house, org["stranger"], reported).number
        assert explain(org.house, CONSOLE, "stranger", number).parts == (Role.SUPERIOR,)
    succeed(org, "head-hq", "two", MONDAY + timedelta(days=40))
    with on(org, MONDAY + timedelta(days=40)):
        assert not explain(org.house, CONSOLE, "stranger", number).sees
        assert explain(org.house, CONSOLE, "two", number).sees


def test_a_head_who_became_their_own_superior_does_not_hear_themselves(org: Organisation, reported: str) -> None:
    day = MONDAY + timedelta(days=40)
    succeed(org, "head-hq", "head", day)
    with on(org, day):
        clocks.sweep(org.house, now())
        assert "superior" not in parts(org, "head", reported)
        before = triggers(org, reported)
        clocks.sweep(org.house, now())
        assert triggers(org, reported) == before


# What an annulled decision takes with it ------------------------------------------------------------------------------


ANNULLED = replace(
    INSPECTION, states=(*INSPECTION.states, State("annulled", words(en="annulled", vi="đã bị hủy bỏ"), final=True)),
    transitions=(*INSPECTION.transitions, Transition(
        trigger="annul_conclusion", label=words(en="Annul the conclusion", vi="Hủy bỏ kết luận"), source=("concluded", "following_up"),
        dest="annulled", who=(Role.CHAIR,), standing=True, effects=cleared("annulled"))))
"""An inspection whose conclusion can be annulled."""


def test_a_closed_responsibility_is_withdrawn_when_the_decision_under_it_is_annulled(org: Organisation) -> None:
    known = org.house.catalogue
    org.house.catalogue = Catalogue((ANNULLED, *(w for w in known.workflows if w.name != "inspection")), known.rulesets)
    case = matter(org)
    with on(org, MONDAY):
        over, handled = assign(org, case, basis="oversight", matter_on="2026-05-01")[0], assign(org, case)[0]
        with org.house.db.atomic("all") as session:
            session.execute(update(cases).where(cases.c.uid == case).values(state="concluded"))
        for uid in (over, handled):
            org.act("officer", uid, "notify", served_on=MONDAY.isoformat())
            org.act("head", uid, "receive")
            org.act("head", uid, "acknowledge", statement="it was mine")
            org.act("boss", uid, "determine", outcome="confirmed", reasons="as found")
            org.act("officer", uid, "open_inspection", what="The book was kept back on purpose, 3 May 2026.")
            settle(org, uid)
            assert org.act("officer", uid, "close").after == "closed"
        casework.fire(org.house, case, Act("annul_conclusion", org["chair"], {}))
    assert (state(org, over), triggers(org, over)[-1]) == ("closed", "annul")
    assert triggers(org, handled)[-1] == "close"
    assert letters(org, over, "responsibility_withdrawn") == [org["head"].person_id]
    with org.house.db.reading("all") as session:
        id_ = session.execute(select(cases.c.id).where(cases.c.uid == over)).scalar_one()
        last = list(events_of(session, id_))[-1]
    assert (last.actor, dict(last.data)) == (SYSTEM.id, {"reason": "annulled", "outcome": "withdrawn"})


def settle(org: Organisation, uid: str) -> None:
    """What a responsibility opened has come to an end."""
    with org.house.db.atomic("all") as session:
        session.execute(update(cases).where(cases.c.uid.in_(children(org, uid))).values(state="closed", is_open=False))

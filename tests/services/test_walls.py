"""Walls as they stand in the database: what the pure rules say, on random houses, after every change; and every door keeps to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import delete, event, func, select, update

from inspect_app.access.conflicts import Belonged, Granted, Held, Passed, Tied, walls
from inspect_app.access.parts import parts_in, visible_to
from inspect_app.db import Session
from inspect_app.errors import Invalid, NotFound, NotYours, Refused
from inspect_app.models import appointment, belonging, cases, close_tie, delegation, exclusion, named, person
from inspect_app.services import casework, offering, queries, standing
from inspect_app.services.events import events_of
from inspect_app.services.facts import everyone_in
from inspect_app.services.house import House
from inspect_app.services.standing import viewer_of
from inspect_app.services.taken import look
from inspect_app.services.units import replant
from inspect_app.services.walls import rebuild, rebuild_for
from tests.access.random_houses import FIRST, a_period
from tests.services.organisation import Organisation
from tests.services.random_rows import OFFICES, PERSONS, UNITS, Settled, settle, write
from workflows.acts import SYSTEM, Act
from workflows.roles import Role

HOUSES = 40
"""For each property, on each database; four times as many with the long proofs."""


def settled(house: House, first: int = 0) -> list[Settled]:
    with house.db.atomic("all") as session:
        made = [settle(session, house, n + 1, first + n) for n in range(HOUSES)]
        replant(session)
        for one in made:
            rebuild(session, house, one.case_id)
    return made


def first_case(session: Session) -> int:
    return int(session.execute(select(func.min(cases.c.id))).scalar_one())


def kept(session: Session, case_id: int) -> dict[tuple[int, str], date]:
    x = exclusion.c
    return {(p, part): day for p, part, day in session.execute(select(x.person_id, x.part, x.since_on).where(x.case_id == case_id))}


def expected(house: House, one: Settled) -> dict[tuple[int, str], date]:
    """What the rules say of the whole organisation, for the parts that the workflow knows; whoever holds the handling office is in it too."""
    law = house.catalogue.by_name[one.workflow]
    people = one.people
    role = law.held_role
    if one.office_id is not None and role is not None:
        assert not people.respondents and not people.owners, "the office was given to nobody yet"
    return {(p, part): day for (p, part), day in walls(one.org, people).items() if part == "all" or part in {r.value for r in law.parts}}


SEEDS = [10_000, *(pytest.param(10_000 + 100 * n, marks=pytest.mark.full) for n in range(1, 5))]


@pytest.mark.parametrize("first", SEEDS)
def test_the_walls_kept_are_those_of_the_rules_on_random_houses(house: House, first: int) -> None:
    made = settled(house, first)
    with house.db.reading("all") as session:
        for one in made:
            assert kept(session, one.case_id) == expected(house, one), one.n
    assert sum(bool(expected(house, one)) for one in made) > HOUSES // 3


def changed(rng: Random, one: Settled, session: Session) -> set[int]:
    """One random change of the organisation; returns the persons it is about."""
    by = one.n * 100
    since, until = a_period(rng)
    who, other = rng.sample(list(one.everyone), 2)
    kind = rng.randrange(7)
    org = one.org
    if kind == 0:
        row: Any = Held(by + rng.randint(1, OFFICES), who, since, until)
        one.org = replace(org, held=(*org.held, row))
    elif kind == 1:
        row = Passed(by + rng.randint(1, OFFICES), who, other, since, until or date(2026, 2, 1))
        one.org = replace(org, passed=(*org.passed, row))
    elif kind == 2:
        row = Belonged(who, by + rng.randint(1, UNITS), since, until)
        one.org = replace(org, belonged=(*org.belonged, row))
    elif kind == 3:
        row = Tied(min(who, other), max(who, other), since, until)
        one.org = replace(org, tied=(*org.tied, row))
    elif kind == 4:
        row = Granted(who, rng.choice(["chair", "officer"]), by + rng.randint(1, UNITS), since, until)
        one.org = replace(org, granted=(*org.granted, row))
    elif kind == 5:
        low, high = sorted((who, other))
        one.org = replace(org, same={**org.same, high: low})
        session.execute(update(person).where(person.c.id == high).values(same_as_id=low))
        return {low, high, *({org.same[high]} if high in org.same else ())}
    else:
        return _forgotten(one, session, rng)
    write(session, [row])
    return {who, other} if kind in (1, 3) else {who}


def _forgotten(one: Settled, session: Session, rng: Random) -> set[int]:
    """Everything of one kind that was said of the organisation is taken back."""
    org = one.org
    kind = rng.randrange(4)
    everyone = list(one.everyone)
    if kind == 0:
        one.org, gone = replace(org, held=()), {h.person for h in org.held}
        session.execute(delete(appointment).where(appointment.c.person_id.in_(everyone)))
    elif kind == 1:
        one.org, gone = replace(org, passed=()), {p for d in org.passed for p in (d.giver, d.taker)}
        session.execute(delete(delegation).where(delegation.c.from_id.in_(everyone)))
    elif kind == 2:
        one.org, gone = replace(org, belonged=()), {b.person for b in org.belonged}
        session.execute(delete(belonging).where(belonging.c.person_id.in_(everyone)))
    else:
        one.org, gone = replace(org, tied=()), {p for t in org.tied for p in (t.one, t.other)}
        session.execute(delete(close_tie).where(close_tie.c.one_id.in_(everyone)))
    return gone


@pytest.mark.parametrize("first", SEEDS)
def test_a_change_of_the_organisation_moves_the_walls_of_every_case_it_touches(house: House, first: int) -> None:
    made = settled(house, first + 1000)
    rng = Random(first)
    with house.db.atomic() as session:
        for _ in range(2):
            for one in made:
                rebuild_for(session, house, changed(rng, one, session))
    with house.db.reading("all") as session:
        for one in made:
            assert kept(session, one.case_id) == expected(house, one), one.n


@pytest.mark.parametrize("first", SEEDS)
def test_lists_single_reads_and_the_rules_agree_on_who_sees_what(house: House, first: int) -> None:
    made = settled(house, first + 2000)
    rng = Random(first)
    seen = 0
    with house.db.reading("all") as session:
        for one in made:
            day = FIRST + timedelta(days=rng.randrange(25))
            law = house.catalogue.by_name[one.workflow]
            walled = expected(house, one)
            for person_id in one.everyone:
                actor = one.actor(person_id)
                granted = [g.role for g in one.org.granted if g.person == person_id and g.since <= day and (g.until is None or g.until >= day)
                           and g.unit in one.org.above[one.unit_id]]
                walls_ = [part for (p, part), since in walled.items() if p == person_id and since <= day]
                answers = one.office_id is not None and standing.answers_for(session, one.office_id, person_id, day, law.name)
                parts = parts_in(law, ",".join(one.roles.get(person_id, ())), ",".join(granted), ",".join(walls_),
                                 closed_circle=one.closed_circle, answers=answers)
                shown = session.execute(select(cases.c.uid).where(visible_to(viewer_of(session, actor, day), queries.fast(house)))).scalars().all()
                assert shown == ([one.uid] if parts else []), (one.n, person_id)
                try:
                    assert look(session, house, one.uid, actor, day).parts == parts
                except NotFound:
                    assert not parts
                seen += bool(parts)
    assert HOUSES // 3 < seen < HOUSES * PERSONS


def test_row_security_shows_whatever_the_policy_shows_and_nothing_without_a_reader(house: House) -> None:
    if house.db.is_sqlite:
        with house.db.reading() as session:
            assert session.dialect.name == "sqlite", "only PostgreSQL has row-level security; `visible_to` stands alone here"
        return
    made = settled(house, 3000)
    rng = Random(5)
    for one in made:
        day = FIRST + timedelta(days=rng.randrange(25))
        for person_id in rng.sample(list(one.everyone), 4):
            with house.db.reading(person_id) as session:
                viewer = viewer_of(session, one.actor(person_id), day)
                policy = select(cases.c.id).where(visible_to(viewer, queries.fast(house)))
                within = set(session.execute(policy).scalars())
                alone = set(session.execute(select(cases.c.id)).scalars())
            with house.db.reading("all") as session:
                assert set(session.execute(policy).scalars()) == within <= alone, (one.n, person_id)
    with house.db.reading() as session:
        assert session.execute(select(cases.c.id)).first() is None


def statements(house: House, work: Any) -> int:
    told: list[str] = []

    def note(*args: Any) -> None:
        told.append(args[2])

    event.listen(house.db.engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(house.db.engine, "before_cursor_execute", note)
    return len([t for t in told if "exclusion" in t or "close_tie" in t or "belonging" in t or "delegation" in t])


def test_a_plain_act_costs_no_statement_for_walls_and_one_that_names_people_few(org: Organisation) -> None:
    case = org.open().case
    assert statements(org.house, lambda: org.act("officer", case, "assess", assessment="founded", no_duplicate=True)) == 0
    assert statements(org.house, lambda: org.act("officer", case, "note_for_record", note="nothing")) == 0
    org.act("officer", case, "propose", work_type="suspicion", why="it repeats")
    assert statements(org.house, lambda: org.act("chair", case, "issue", **org.team())) <= 5


def launched(org: Organisation) -> str:
    case = org.ordered()
    org.act("lead", case, "launch", office="head-w1", served_on="2026-01-05", rights_notice=True)
    return case


def tie(org: Organisation, one: str, other: str) -> None:
    pair = sorted([org[one].person_id or 0, org[other].person_id or 0])
    with org.house.db.atomic() as session:
        write(session, [Tied(pair[0], pair[1], date(2020, 1, 1), None)])
        rebuild_for(session, org.house, pair)


def test_a_close_tie_of_the_respondent_cannot_see_the_case_in_any_list_nor_act_in_it(org: Organisation) -> None:
    case = launched(org)
    assert queries.case(org.house, org["one"], case).parts
    tie(org, "one", "head")
    with pytest.raises(NotFound):
        queries.case(org.house, org["one"], case)
    with pytest.raises(NotFound):
        org.act("one", case, "note_for_record", note="I was never here")
    assert queries.register(org.house, org["one"], queries.Filter()).rows == ()
    assert Role.RESPONDENT in queries.case(org.house, org["head"], case).parts


def test_nobody_with_a_tie_is_appointed_or_granted_access(org: Organisation) -> None:
    case = launched(org)
    tie(org, "two", "head")
    with pytest.raises(Refused) as refused:
        org.act("chair", case, "grant_access", person=org["two"].id, until="2099-12-31", reason="needs to know")
    wrong = [v for v in refused.value.verdicts if not v.ok]
    assert [v.code for v in wrong] == ["nobody_named_has_a_tie"]
    assert "tie" not in wrong[0].outer


def test_who_investigated_cannot_be_made_decider(org: Organisation) -> None:
    case = launched(org)
    with org.house.db.reading("all") as session:
        assert (org["lead"].person_id, "decider") in kept(session, first_case(session))
    assert Role.TEAM_LEAD in queries.case(org.house, org["lead"], case).parts


def test_granted_access_ends_on_its_day_and_can_be_withdrawn_at_once(org: Organisation) -> None:
    case = org.open().case
    org.act("chair", case, "grant_access", person=org["stranger"].id, until="2099-12-31", reason="needs to know")
    assert queries.case(org.house, org["stranger"], case).parts == {Role.MEMBER}
    with org.house.db.reading("all") as session:
        assert look(session, org.house, case, org["stranger"], date(2099, 12, 31)).parts
        with pytest.raises(NotFound):
            look(session, org.house, case, org["stranger"], date(2100, 1, 1))
        taken = look(session, org.house, case, SYSTEM, date(2099, 12, 31))
        assert everyone_in(session, taken, date(2099, 12, 31))[Role.MEMBER] == (org["stranger"].id,)
        assert Role.MEMBER not in everyone_in(session, taken, date(2100, 1, 1))
    org.act("chair", case, "withdraw_access", person=org["stranger"].id, reason="no longer")
    with pytest.raises(NotFound):
        queries.case(org.house, org["stranger"], case)
    with pytest.raises(Invalid, match="no such part"):
        org.act("chair", case, "withdraw_access", person=org["stranger"].id, reason="again")
    with pytest.raises(Refused):
        org.act("chair", case, "grant_access", person=org["stranger"].id, until="2020-01-01", reason="too late")


def test_a_declared_conflict_ends_all_conducting_parts_at_once_and_another_person_lifts_it(org: Organisation) -> None:
    case = launched(org)
    org.act("one", case, "note_for_record", note="what I saw")
    org.act("one", case, "declare_conflict", ground="close_tie")
    with pytest.raises(NotFound):
        queries.case(org.house, org["one"], case)
    with org.house.db.reading("all") as session:
        assert [e.trigger for e in events_of(session, first_case(session)) if e.actor == org["one"].id] == ["note_for_record", "declare_conflict"]
    org.act("chair", case, "lift_conflict", person=org["one"].id, reason="it was a namesake")
    with pytest.raises(NotFound):
        queries.case(org.house, org["one"], case)
    org.act("chair", case, "grant_access", person=org["one"].id, until="2099-12-31", reason="needs to know")
    assert queries.case(org.house, org["one"], case).parts == {Role.MEMBER}
    with pytest.raises(Invalid, match="declared no conflict"):
        org.act("chair", case, "lift_conflict", person=org["two"].id, reason="there is none")


def test_a_chair_with_a_conflict_does_not_lift_it(org: Organisation) -> None:
    case = org.open().case
    org.act("chair", case, "declare_conflict", ground="interest")
    with pytest.raises(NotFound):
        org.act("chair", case, "lift_conflict", person=org["chair"].id, reason="I say so")


def test_an_officer_types_the_declaration_that_another_signed(org: Organisation) -> None:
    case = launched(org)
    casework.fire(org.house, case, Act("declare_conflict", org["officer"], {"ground": "other", "paper": "file 7, page 2"},
                                       recorded_for=org["two"].id))
    with pytest.raises(NotFound):
        queries.case(org.house, org["two"], case)


def test_a_companion_sees_and_speaks_as_the_respondent_does_and_decides_nothing(org: Organisation) -> None:
    case = launched(org)
    with pytest.raises(Refused):
        org.act("head", case, "name_companion", person=org["lead"].id)
    org.act("head", case, "name_companion", person=org["stranger"].id)
    assert queries.case(org.house, org["stranger"], case).parts == {Role.COMPANION}
    _, offers = offering.offers(org.house, org["stranger"], case)
    assert {o.transition.trigger for o in offers if o.mine} == {"report", "add_evidence"}
    with pytest.raises(NotYours):
        org.act("officer", case, "name_companion", person=org["boss"].id)
    org.act("head", case, "part_with_companion", person=org["stranger"].id)
    with pytest.raises(NotFound):
        queries.case(org.house, org["stranger"], case)


def test_the_line_of_a_person_whom_a_concern_names_does_not_know_of_it(org: Organisation) -> None:
    case = org.open().case
    with org.house.db.atomic("all") as session:
        session.execute(named.insert().values(case_id=first_case(session), person_id=org["chair"].person_id, seq=1))
        rebuild(session, org.house, first_case(session))
    for login in ("chair", "officer"):
        with pytest.raises(NotFound):
            queries.case(org.house, org[login], case)
        assert queries.register(org.house, org[login], queries.Filter()).rows == ()
    assert queries.case(org.house, org["auditor"], case).parts == {Role.AUDITOR}


def test_a_second_record_of_the_respondent_is_walled_like_the_first(org: Organisation) -> None:
    case = launched(org)
    with org.house.db.atomic() as session:
        session.execute(update(person).where(person.c.id == org["chair"].person_id).values(same_as_id=org["head"].person_id))
        rebuild_for(session, org.house, [org["chair"].person_id or 0])
    with pytest.raises(NotFound):
        queries.case(org.house, org["chair"], case)
